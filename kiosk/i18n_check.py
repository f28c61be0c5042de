"""Whether a translation file is whole: nothing empty, nothing fuzzy, the same placeholders on both sides."""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def faults_of(path: Path) -> Iterator[str]:
    """Yield each fault of the ``.po`` file at ``path`` with the message it is in."""
    from babel.messages import pofile

    from kiosk.fonts import missing_characters

    with path.open("rb") as file:
        catalogue = pofile.read_po(file, locale=path.stem, abort_invalid=True)
    for message in catalogue:
        if not message.id:
            continue  # the header
        ids = _forms(message.id)
        forms = _forms(message.string)
        place = repr(ids[0])
        if message.fuzzy:
            yield f"{place} is marked fuzzy: somebody must look at it"
        if not all(forms):
            yield f"{place} has no translation"
            continue
        wanted = placeholders(ids[-1])
        for form in forms:
            if placeholders(form) != wanted:
                yield f"{place} has placeholders {sorted(placeholders(form))}; it must have {sorted(wanted)}"
            if missing := missing_characters(form):
                yield f"{place} has characters the font lacks: {', '.join(sorted(missing))}"


def _forms(text: Any) -> tuple[str, ...]:
    """Return singular and plural, or the one form there is; Babel has a text, a pair or nothing here."""
    return tuple(form or "" for form in text) if isinstance(text, (tuple, list)) else (text or "",)


def placeholders(text: str) -> set[str]:
    """Return the names in ``{}`` of a format string."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
