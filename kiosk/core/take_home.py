"""What a visitor takes along without a number: the address of a service's page, its list as plain text, its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from kiosk.core.catalogue import Agency, Catalogue, Service, Site, Zone
from kiosk.core.common import say

MOST_TEXT: Final = 420
"""Bytes of UTF-8 that a code on the screen carries as text: version 16 at level M, still half a millimetre a module."""


def page_address(server_url: str, site_id: str, service: str, language: str) -> str:
    """Return the address of a service's page on the server; "" without a server."""
    if not server_url:
        return ""
    return f"{server_url.rstrip('/')}/l/{site_id}/{service}?lang={language}"


def list_text(lines: Iterable[str]) -> str:
    """Return ``lines`` as the text of a code, or "" where they are more than one may carry."""
    text = "\n".join(line.replace("\u00ad", "") for line in lines if line)
    return text if len(text.encode()) <= MOST_TEXT else ""


def host_of(address: str) -> str:
    """Return who answers at ``address``: ``oss.go.id``."""
    return urlsplit(address).hostname or address


def zone_of(site: Site, catalogue: Catalogue, service: Service) -> Zone | None:
    """Return the waiting area of a service; None when it is not known."""
    queue = catalogue.queue_by_code.get(service.queue)
    return next((zone for zone in site.zones if queue is not None and zone.code == queue.zone), None)


def texts_of(service: Service, agency: Agency, language: str) -> tuple[str, ...]:
    """Return the texts of the catalogue that a service's sheet and paper show in ``language``."""
    told = (service.fee_note, service.duration, service.product, service.complaint)
    return (
        say(agency.short, language),
        say(service.short, language),
        *(service.requirements.get(language) or service.requirements.get("id") or ()),
        *(say(text, language) for text in told if text),
        service.legal_basis or "",
    )


def terms_in(
    texts: Iterable[str], glossary: Mapping[str, Mapping[str, str]], language: str
) -> tuple[tuple[str, str], ...]:
    """Return (term, explanation) for each term of ``glossary`` that ``texts`` use, in the order of the glossary.

    A term is found as a whole word and in its own capitals: ``KK`` is not in ``KKN``. One in small letters may begin a
    sentence.
    """
    words = " \n ".join(texts).replace("\u00ad", "")
    small = words.lower()
    found = [term for term in glossary if holds(small if term.islower() else words, term)]
    return tuple((term, say(glossary[term], language)) for term in found)


def holds(text: str, term: str) -> bool:
    """Whether ``term`` stands in ``text`` as a whole word."""
    at = text.find(term)
    while at >= 0:
        end = at + len(term)
        if not (at and text[at - 1].isalnum()) and not (end < len(text) and text[end].isalnum()):
            return True
        at = text.find(term, at + 1)
    return False
