"""Finds what a visitor may not understand: abbreviations and words of offices that nobody explains."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from kiosk.core.catalogue import Catalogue, Site
from kiosk.core.take_home import holds, texts_of

KNOWN: Final = frozenset(
    ["ATM", "HP", "ID", "MPP", "QR", "RS", "RT", "RW", "TK", "WA", "WIB", "WIT", "WITA", "WhatsApp"]
)
"""Short forms that are said more often than what they stand for."""
OFFICE_WORDS: Final = (
    "bermeterai", "dilegalisir", "legalisir", "panjar", "retribusi", "redistribusi", "wanprestasi", "yuridis",
    "legalised", "retribution", "notarised",
)  # fmt: skip
"""Words that only an office uses, in small letters."""
_CAPITALS: Final = re.compile(
    r"(?<![\w./-])(?=[A-Z])[A-Za-z]*(?:[A-Z][a-z]*){2,}\d*(?![\w])|(?<!\w)[A-Z]\d(?![\w.])"
)
"""``STNK``, ``SiCantik``, ``B3``; not ``F2.01``, the number of a form."""
_RULES: Final = re.compile(r"(?<!\w)(?:Permen\w*|Perpres|Perda|Perbup|Kepmen\w*|PERMA)(?!\w)")


def jargon(text: str) -> set[str]:
    """Return the abbreviations and office words in ``text`` that not everybody knows."""
    text = text.replace("\u00ad", "")
    found = {word for pattern in (_CAPITALS, _RULES) for word in pattern.findall(text)} - KNOWN
    return found | {word for word in OFFICE_WORDS if holds(text.lower(), word)}


def unexplained(texts: Iterable[str], glossary: Iterable[str]) -> set[str]:
    """Return the jargon of ``texts`` that ``glossary`` (its terms) does not explain."""
    terms = {part for term in glossary for part in (term, *term.split("/"))}
    return {word for text in texts for word in jargon(text) if word not in terms}


def unexplained_in(site: Site, catalogue: Catalogue) -> Mapping[str, str]:
    """Return the jargon of a site's sheets that its glossary does not explain, each with a service that has it."""
    found: dict[str, str] = {}
    for service in catalogue.services:
        agency = catalogue.agency_by_code.get(service.agency)
        for language in site.languages:
            texts = texts_of(service, agency, language) if agency else ()
            for word in unexplained(texts, site.glossary):
                found.setdefault(word, service.code)
    return found
