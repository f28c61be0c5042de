"""What the board shows: the calls of today, who is served where, and the mall's own lines. Read whole, cut as asked.

Nothing on it tells who holds a ticket: numbers, counters and what a counter is for.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.core.catalogue import Site
from server import words
from server.calling import BUSY
from server.catalogue import Catalogues, SiteDocument
from server.db.models import Call, Ticket

CALLED: Final = ("called", "recalled")
READ: Final = 60
"""Newest calls that are read; what a board missed beyond them nobody needs to hear any more."""
SHOWN: Final = 8
CLOSURES: Final = 10
"""Closed services that are named one by one; with more of them the mall has another problem than its board."""


@dataclass(frozen=True)
class CallRow:
    """One call, as the board tells it."""

    id: int
    number: str
    counter: str
    queue: str
    agency: str | None
    at: dt.datetime


@dataclass(frozen=True)
class Place:
    """A counter with the number that is there now."""

    counter: str
    number: str
    queue: str


@dataclass(frozen=True)
class Cut:
    """Which part of a site one board shows, and in which language."""

    site_id: str
    queues: frozenset[str] | None
    """None: all of them."""
    zone: str | None
    language: str

    def has(self, queue: str) -> bool:
        return self.queues is None or queue in self.queues


@dataclass(frozen=True)
class Board:
    """Everything a site's boards show at one moment."""

    document: SiteDocument
    day: dt.date
    calls: tuple[CallRow, ...]
    """Newest first, each time a number was called."""
    places: tuple[Place, ...]


def read(session: Session, catalogues: Catalogues, site_id: str, now: dt.datetime) -> Board:
    """Return the board of a site. Raises LookupError for a site that is not known."""
    document = catalogues.current(session, site_id)
    day = document.day(now)
    midnight = dt.datetime.combine(day, dt.time.min, tzinfo=document.zone)
    called = (
        select(Call.id, Call.number, Call.counter, Call.queue, Call.at, Ticket.service, Ticket.agency)
        .join(Ticket, Ticket.uuid == Call.ticket)
        .where(
            Call.site_id == site_id, Call.at >= midnight, Call.what.in_(CALLED), Ticket.voided_at.is_(None)
        )
        .order_by(Call.at.desc(), Call.id.desc())  # by the index of site and time
        .limit(READ)
    )
    busy = select(Ticket.counter, Ticket.number, Ticket.call_queue, Ticket.called_at).where(
        Ticket.site_id == site_id,
        Ticket.service_day == day,
        Ticket.call_state.in_(BUSY),
        Ticket.voided_at.is_(None),
        Ticket.counter.is_not(None),
    )
    calls = tuple(
        CallRow(row.id, row.number, row.counter, row.queue, _agency(document, row), row.at)
        for row in session.execute(called)
    )
    at_counters: dict[str, Place] = {}
    for row in session.execute(busy.order_by(Ticket.called_at)):
        at_counters[row.counter] = Place(row.counter, row.number, row.call_queue)
    places = sorted(at_counters.values(), key=lambda place: natural(place.counter))
    return Board(document, day, calls, tuple(places))


def _agency(document: SiteDocument, row: Any) -> str | None:
    service = document.catalogue.service_by_code.get(row.service)
    return service.agency if service else row.agency


def natural(text: str) -> list[tuple[int, int, str]]:
    """Return a key by which ``Loket 2`` comes before ``Loket 10``."""
    parts = re.findall(r"\d+|\D+", text)
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]


def state(board: Board, cut: Cut, build: str, *, voice: bool) -> dict[str, Any]:
    """Return what a page with this ``cut`` shows, as it is sent."""
    recent: dict[str, dict[str, Any]] = {}
    for row in board.calls:
        if cut.has(row.queue) and row.number not in recent and len(recent) < SHOWN:
            recent[row.number] = call(board, cut, row)
    return {
        "day": board.day.isoformat(),
        "build": build,
        "voice": voice,
        "recent": list(recent.values()),
        "places": [
            {"counter": place.counter, "number": place.number}
            for place in board.places
            if cut.has(place.queue)
        ],
        "lines": lines(board.document.site, closures(board.document, cut), cut.language, board.day),
    }


def call(board: Board, cut: Cut, row: CallRow) -> dict[str, Any]:
    """Return one call, as it is sent."""
    return {
        "id": row.id,
        "number": row.number,
        "counter": f"{plain(board.document.site.counter_word, cut.language)} {row.counter}",
        "where": _where(board.document, row, cut.language),
        "at": int(row.at.timestamp() * 1000),
    }


def _where(document: SiteDocument, row: CallRow, language: str) -> str:
    agency = document.catalogue.agency_by_code.get(row.agency or "")
    queue = document.catalogue.queue_by_code.get(row.queue)
    zone = next((zone for zone in document.site.zones if queue and zone.code == queue.zone), None)
    names = [agency.short if agency else None, zone.name if zone else None]
    return " · ".join(plain(name, language) for name in names if name)


def closures(document: SiteDocument, cut: Cut) -> tuple[tuple[str, str], ...]:
    """Return the services that are closed now, each with the reason, in the board's language."""
    return tuple(
        (plain(service.short, cut.language), plain(service.closed, cut.language))
        for service in document.catalogue.services
        if service.closed is not None and cut.has(service.queue)
    )[:CLOSURES]


WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def lines(site: Site, closed: tuple[tuple[str, str], ...], language: str, day: dt.date) -> list[str]:
    """Return the lines at the foot: closures first, today's hours, the mall's own lines."""
    said = [f"{service}: {reason}" for service, reason in closed]
    override = next((one for one in site.overrides if one.date == day), None)
    hours = override.hours if override else site.week.get(WEEKDAYS[day.weekday()])
    if override:
        said.append(plain(override.name, language))
    if hours is not None:
        dot = "." if language == "id" else ":"
        times = {name: f"{getattr(hours, name):%H{dot}%M}" for name in ("open", "close", "last_ticket")}
        said.append(words.say("board_hours", language, **times))
    pauses = [one for one in site.breaks if WEEKDAYS[day.weekday()] in one.days]
    for pause in pauses:
        dot = "." if language == "id" else ":"
        said.append(f"{plain(pause.name, language)}: {pause.start:%H{dot}%M}–{pause.end:%H{dot}%M}")
    said.extend(site.help.get(language) or site.help.get("id", ()))
    said.append(words.say("board_complaints", language, where=plain(site.complaint, language)))
    return said


def plain(text: Mapping[str, str], language: str) -> str:
    """Return a text of the site in ``language`` without the marks where a long word may break."""
    return (text.get(language) or text["id"]).replace("\u00ad", "")
