"""What the visitor's phone shows of a service: what to bring, what it costs, where it is. The same for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kiosk.core.catalogue import Service
from kiosk.core.take_home import host_of, terms_in, texts_of, zone_of
from server import words
from server.catalogue import SiteDocument

SOFT_HYPHEN: Final = "\u00ad"


@dataclass(frozen=True)
class ServiceView:
    """One page's content, in one language."""

    title: str
    agency: str
    site: str
    region: str
    bring: tuple[str, ...]
    """Empty where nobody has told what to bring."""
    facts: tuple[tuple[str, str], ...]
    """(heading, what is known)."""
    terms: tuple[tuple[str, str], ...]
    online: str
    online_host: str
    closed: str
    language: str


def view_of(document: SiteDocument, service: Service, language: str) -> ServiceView:
    """Return the page of ``service``."""
    site, catalogue = document.site, document.catalogue
    agency = catalogue.agency_by_code[service.agency]

    def said(text: dict[str, str] | None) -> str:
        return plain(text, language) if text else words.say("ask_staff", language)

    facts = (
        ("fee", _fee(service, language)),
        ("duration", said(service.duration)),
        ("where", _where(document, service, language)),
        ("product", said(service.product)),
        ("legal_basis", service.legal_basis or words.say("ask_staff", language)),
        ("complaint", said(service.complaint or site.complaint)),
    )
    texts = texts_of(service, agency, language)
    return ServiceView(
        title=plain(service.short, language),
        agency=plain(agency.name, language),
        site=plain(site.name, language),
        region=plain(site.region, language),
        bring=tuple(service.requirements.get(language) or service.requirements.get("id") or ()),
        facts=tuple((words.say(key, language), text) for key, text in facts),
        terms=terms_in(texts, site.glossary, language),
        online=service.online or "",
        online_host=host_of(service.online) if service.online else "",
        closed=plain(service.closed, language) if service.closed else "",
        language=language,
    )


def _fee(service: Service, language: str) -> str:
    note = plain(service.fee_note, language) if service.fee_note else ""
    if service.fee_idr is None:
        return note or words.say("ask_staff", language)
    grouped = f"{service.fee_idr:,}"
    amount = f"Rp{grouped.replace(',', '.') if language == 'id' else grouped}"
    told = amount if service.fee_idr else words.say("no_fee", language)
    return f"{told} ({note})" if note else told


def _where(document: SiteDocument, service: Service, language: str) -> str:
    site = document.site
    zone = zone_of(site, document.catalogue, service)
    queue = document.catalogue.queue_by_code.get(service.queue)
    if zone is None or queue is None:
        return words.say("ask_staff", language)
    parts = [plain(zone.floor, language), plain(zone.name, language)]
    if queue.counters:
        parts.append(f"{plain(site.counter_word, language)} {queue.counters}")
    return ", ".join(parts)


def plain(text: dict[str, str], language: str) -> str:
    """Return a text of the site without the marks of where a word may break."""
    return (text.get(language) or text["id"]).replace(SOFT_HYPHEN, "")
