"""Translation of the program's own words: gettext with Indonesian as the source language.

A msgid *is* the Indonesian sentence, so Indonesian needs no catalogue and can never be incomplete. Every other
language is one file, ``assets/locale/<tag>.po``, read at run time: no compiled copy can go stale, and adding a language
is adding a file. Site and catalogue texts are bilingual data and do not come through here.
"""

from __future__ import annotations

import gettext
import io
import re
import threading
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "assets" / "locale"
SOURCE_LANGUAGE = "id"

_lock = threading.Lock()
_loaded: dict[str, gettext.NullTranslations] = {}


_SIGNED = re.compile(r'^"Signed-By: *(\S.*?) *\\n"$', re.MULTILINE)
_HEADER = 1000
"""Characters of a file within which its header ends."""


def languages() -> tuple[str, ...]:
    """Return the tags of every language there is: the source first, then those with a file that somebody signed."""
    return (SOURCE_LANGUAGE, *sorted(path.stem for path in LOCALE.glob("*.po") if signed_by(path)))


def signed_by(path: Path) -> str:
    """Return who vouches for the translation at ``path``; "" while nobody does, and the language stays off."""
    with path.open(encoding="utf-8") as file:
        found = _SIGNED.search(file.read(_HEADER))
    return found[1] if found else ""


def translations(language: str) -> gettext.NullTranslations:
    """Return the translations of ``language``; raise ``LookupError`` that names what is allowed."""
    with _lock:
        if language not in _loaded:
            _loaded[language] = _load(language)
        return _loaded[language]


def _load(language: str) -> gettext.NullTranslations:
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    path = LOCALE / f"{language}.po"
    if not path.is_file():
        raise LookupError(f"language {language!r} has no file {path.name}; allowed: {', '.join(languages())}")
    from babel.messages import mofile, pofile  # 28 ms, and only for a language that is not the source

    with path.open("rb") as file:
        catalogue = pofile.read_po(file, locale=language, abort_invalid=True)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translate(message: str, language: str) -> str:
    """Return the Indonesian ``message`` in ``language``; the message itself where a translation is missing."""
    return translations(language).gettext(message) if message else ""


def translate_many(singular: str, plural: str, count: int, language: str) -> str:
    """Return the form for ``count`` in ``language``. Indonesian has one form; ``singular`` serves it."""
    if language == SOURCE_LANGUAGE:
        return singular
    return translations(language).ngettext(singular, plural, count)


def _(message: str) -> str:
    """Mark ``message`` for translation and return it unchanged; ``translate`` turns it into a language later.

    Marking and translating are apart because the kiosk speaks two languages at once: the screen's and the paper's.
    """
    return message
