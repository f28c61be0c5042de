"""The list of what to bring, on paper: a box for each thing, what it costs, how long it takes, where, and the terms.

It is no ticket and says so: it carries no number, and nobody is called by it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from kiosk.core.common import say
from kiosk.core.take_home import page_address, terms_in, texts_of, zone_of
from kiosk.i18n import _, translate
from kiosk.words import date_long, fee, unknown
from printer.slip import Feed, Line, Qr, Rule, Slip, Text

if TYPE_CHECKING:
    from kiosk.core.catalogue import Service, Site
    from kiosk.settings import Settings
    from kiosk.site import SiteData

BOX: Final = "[ ] "
"""An empty box that every printer's character set has."""
SAMPLE_SERVICE: Final = "C01"


def list_slip(
    service: Service, site_data: SiteData, language: str, today: dt.date, server_url: str = ""
) -> Slip:
    """Return the list for ``service`` as known on ``today``, in ``language``."""
    site, catalogue = site_data.site, site_data.catalogue
    agency = catalogue.agency_by_code.get(service.agency)

    def tell(message: str) -> str:
        return translate(message, language)

    bring = tuple(service.requirements.get(language) or service.requirements.get("id") or ())
    lines: list[Line] = [
        Text(_plain(say(site.name, language)), bold=True),
        Text(_plain(say(site.region, language))),
        Rule(),
        *([Text(_plain(say(agency.short, language)))] if agency else []),
        Text(_plain(say(service.short, language)), bold=True, width=2, height=2),
        Feed(),
        Text(tell(_("Yang perlu Anda bawa")), align="left", bold=True),
        *(Text(f"{BOX}{_plain(item)}", align="left", hang=len(BOX)) for item in bring),
    ]
    if not bring:
        lines.append(Text(unknown(language), align="left"))
    facts = facts_of(service, site_data, language)
    lines.append(Rule())
    for head, text in facts:
        lines.append(Text(f"{head}: {_plain(text)}", align="left", hang=2))
    terms = terms_in(texts_of(service, agency, language), site.glossary, language) if agency else ()
    if terms:
        lines += [Feed(), Text(tell(_("Arti singkatan")), align="left", bold=True)]
        lines += [Text(f"{term}: {_plain(meaning)}", align="left", hang=2) for term, meaning in terms]
    address = page_address(server_url, site.id, service.code, language)
    if address:
        lines += [Feed(), Text(tell(_("Daftar ini di ponsel Anda")), bold=True), Qr(address)]
    known_on = tell(_("Keadaan {date}")).format(date=date_long(today, language))
    closing = tell(_("Ini bukan nomor antrean. Ambil nomor di mesin ini saat Anda datang."))
    lines += [Rule(), Text(known_on), Text(closing, bold=True)]
    return Slip(tuple(lines))


def facts_of(service: Service, site_data: SiteData, language: str) -> tuple[tuple[str, str], ...]:
    """Return (heading, what is known) of everything besides what to bring."""
    site = site_data.site

    def known(text: dict[str, str] | None) -> str:
        return say(text, language) if text else unknown(language)

    facts = [
        (_("Biaya"), fee(service, language)),
        (_("Waktu"), known(service.duration)),
        (_("Tempat"), _where(site, site_data, service, language)),
        (_("Hasil layanan"), known(service.product)),
        (_("Dasar hukum"), service.legal_basis or unknown(language)),
        (_("Pengaduan"), say(service.complaint or site.complaint, language)),
    ]
    if service.online:
        facts.append((_("Daring"), service.online))
    return tuple((translate(head, language), text) for head, text in facts)


def sample(settings: Settings) -> Slip:
    """Return a list for previews. Raises SiteFaults."""
    from kiosk import site

    data = site.load(settings.site_dir)
    services = data.catalogue.service_by_code
    service = services.get(SAMPLE_SERVICE, data.catalogue.services[0])
    return list_slip(service, data, settings.kiosk.language, dt.date(2026, 11, 24), settings.server.url)


def _where(site: Site, site_data: SiteData, service: Service, language: str) -> str:
    zone = zone_of(site, site_data.catalogue, service)
    queue = site_data.catalogue.queue_by_code.get(service.queue)
    if zone is None or queue is None:
        return unknown(language)
    parts = [say(zone.floor, language), say(zone.name, language)]
    if queue.counters:
        parts.append(f"{say(site.counter_word, language)} {queue.counters}")
    return ", ".join(parts)


def _plain(text: str) -> str:
    """Without soft hyphens: they are for screens, and a printer would print them."""
    return text.replace("\u00ad", "")
