"""The paper a visitor takes away: who, what, the number, where, when, how many are ahead, the QR, one closing line.

One description serves 80 and 58 mm: the printer library wraps and enlarges for its own paper. The standard 80 mm ticket
with QR is at most 600 bytes (0.65 s on a 9,600 baud line), so every line has to earn its place.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from kiosk.core.common import say
from kiosk.core.record import Ticket, TicketState
from kiosk.i18n import _, translate, translate_many
from kiosk.words import date_long, time_of_day
from printer.slip import Big, Feed, Image, Line, Qr, Rule, Slip, Text

if TYPE_CHECKING:
    from kiosk.core.catalogue import Queue, Site
    from kiosk.settings import Settings
    from kiosk.site import SiteData

SOFT_HYPHEN: Final = "\u00ad"
SAMPLE_SERVICE: Final = "C01"


def ticket_slip(ticket: Ticket, site_data: SiteData, qr: str, *, ahead: int | None = None) -> Slip:
    """Return the paper of ``ticket`` in its own language; a copy is marked SALINAN with its number.

    ``qr`` is what the QR holds: where it is a code and not an address, it also stands below in letters, so that staff
    can read it without a scanner. ``ahead`` is the number of people waiting, None where nobody knows.
    """
    site, catalogue = site_data.site, site_data.catalogue
    language = ticket.language
    agency = catalogue.agency_by_code.get(ticket.agency)
    service = catalogue.service_by_code.get(ticket.service)
    queue = catalogue.queue_by_code.get(ticket.queue)
    lines: list[Line] = []
    if ticket.copies:
        copy = translate(_("SALINAN {number}"), language).format(number=ticket.copies)
        lines += [Text(f"* {copy} *", bold=True, width=2, height=2), Feed()]
    if site.ticket.logo:
        lines.append(Image(site_data.directory / site.ticket.logo))
    lines += [
        Text(_plain(say(site.name, language)), bold=True, width=2, height=2),
        Text(_plain(say(site.region, language))),
        Rule(),
        # A service that has left the catalogue since: its code still tells staff what it was.
        Text(_plain(say(agency.short, language)) if agency else ticket.agency, bold=True),
        Text(_plain(say(service.short, language)) if service else ticket.service),
        Feed(),
        Big(ticket.display),
        Feed(),
    ]
    if ticket.priority:
        lines += [Text(f"* {translate(_('PRIORITAS'), language)} *", bold=True, width=2, height=2), Feed()]
    if queue:
        lines += _where(site, queue, language)
    lines += [Feed(), Text(_when(site, ticket.issued_at, language))]
    if ahead is not None:
        waiting = translate_many(
            "{count} orang di depan Anda", "{count} orang di depan Anda", ahead, language
        )
        lines.append(Text(waiting.format(count=ahead)))
    lines += [Feed(), Text(translate(_("Mohon menunggu nomor Anda dipanggil"), language)), Qr(qr)]
    if "://" not in qr:
        lines.append(Text(qr))
    lines.append(Text(_plain(say(site.ticket.footer, language))))
    return Slip(tuple(lines))


def sample(settings: Settings) -> Slip:
    """Return a ticket nobody was given, for previews and test prints. Raises SiteFaults."""
    from kiosk import site
    from kiosk.core.numbers import format_number, series_band
    from kiosk.core.tickets import offline_code, qr_payload

    data = site.load(settings.site_dir)
    catalogue = data.catalogue
    service = catalogue.service_by_code.get(SAMPLE_SERVICE, catalogue.services[0])
    digit = settings.kiosk.kiosk_digit
    number = series_band(data.site.numbers, digit).first
    ticket = Ticket(
        uuid="019aaaaa-0000-7000-8000-000000000000",
        service_day=dt.date(2026, 11, 24),
        queue=service.queue,
        number=number,
        display=format_number(service.queue, number, data.site.numbers, digit),
        kiosk_digit=digit,
        service=service.code,
        agency=service.agency,
        priority=False,
        language=settings.kiosk.language,
        token="A" * 22,
        issued_at=dt.datetime(2026, 11, 24, 9, 41, tzinfo=dt.timezone(dt.timedelta(hours=7))),
        state=TicketState.RESERVED,
    )
    code = offline_code(data.site.id, ticket.service_day, ticket.display, ticket.uuid)
    return ticket_slip(ticket, data, qr_payload(settings.server.url, ticket.token, code))


def _where(site: Site, queue: Queue, language: str) -> list[Line]:
    """The counters large where they are known, else the zone; then the rest of the way."""
    zone = next((zone for zone in site.zones if zone.code == queue.zone), None)
    way = [_plain(say(zone.name, language)), _plain(say(zone.floor, language))] if zone else []
    first = (
        f"{_plain(say(site.counter_word, language))} {queue.counters}" if queue.counters else "".join(way[:1])
    )
    rest = " - ".join(way if queue.counters else way[1:])
    return [Text(text, width=size, height=size) for text, size in ((first, 2), (rest, 1)) if text]


def _when(site: Site, at: dt.datetime, language: str) -> str:
    # Two lines: together they are too wide for 58 mm, and "WIB" would stand alone.
    return f"{date_long(at.date(), language)}\n{time_of_day(at.time(), language)} {site.zone_abbreviation}"


def _plain(text: str) -> str:
    """Without soft hyphens: they are for screens, and a printer would print them."""
    return text.replace(SOFT_HYPHEN, "")
