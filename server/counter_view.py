"""What an officer sees: who is at the counter, who waits in which queue, who was called and did not come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from server import calling, counters, line
from server.catalogue import SiteDocument
from server.db.models import Counter, Ticket
from server.queue_rules import Rule, Waiting, order

SHOWN: Final = 8
"""People shown of one queue; the rest is a count."""
MISSED_SHOWN: Final = 6


@dataclass(frozen=True)
class Person:
    """One ticket in a list."""

    ticket: UUID
    number: str
    priority: bool
    minutes: int
    """Waited so far."""
    service: dict[str, str]


@dataclass(frozen=True)
class Line:
    """One queue: how many wait, how long the first has, and who is next."""

    queue: str
    agency: dict[str, str]
    count: int
    longest: int
    """Minutes the one has waited who has waited longest."""
    people: tuple[Person, ...] = ()


@dataclass(frozen=True)
class AtHand:
    """The visitor at the counter."""

    ticket: UUID
    number: str
    priority: bool
    state: str
    """called or serving"""
    calls: int
    called_at: dt.datetime
    waited: int
    """Minutes from the ticket's issue to its call."""
    service: dict[str, str]
    agency: dict[str, str]
    language: str | None
    more: int
    """Others that are at this counter too, because it was taken over or its rows were mended."""


@dataclass(frozen=True)
class Room:
    """Everything of one counter's page."""

    code: str
    paused: bool
    serves: tuple[str, ...]
    may_serve: tuple[str, ...]
    at_hand: AtHand | None
    lines: tuple[Line, ...]
    """Of the queues it serves."""
    others: tuple[Line, ...]
    """Of every other queue: where a visitor may be sent to."""
    missed: tuple[Person, ...]
    served_today: int

    @property
    def waiting(self) -> int:
        """How many wait for this counter."""
        return sum(one.count for one in self.lines)


def room(session: Session, document: SiteDocument, row: Counter, rule: Rule, now: dt.datetime) -> Room:
    """Return the page of the counter ``row``."""
    day = document.day(now)
    allowed = counters.may_serve(document, counters.codes(row.queues))
    serves = tuple(queue for queue in allowed if queue in counters.codes(row.serves))
    every = [queue.code for queue in document.catalogue.queues]
    waiting = line.waiting(session, row.site_id, day, every)
    first: dict[str, list[Waiting]] = {}
    for queue in serves:
        in_a_row = line.regular_in_a_row(session, row.site_id, day, queue)
        first[queue] = list(order(waiting[queue], rule, in_a_row)[:SHOWN])
    tickets = _tickets(session, [one.uuid for people in first.values() for one in people])

    def line_of(queue: str) -> Line:
        people = waiting[queue]
        longest = max((_minutes(one.since, now) for one in people), default=0)
        shown = tuple(
            _person(document, tickets[one.uuid], now) for one in first.get(queue, ()) if one.uuid in tickets
        )
        return Line(queue, agency_of(document, queue), len(people), longest, shown)

    return Room(
        code=row.code,
        paused=row.paused_at is not None,
        serves=serves,
        may_serve=allowed,
        at_hand=_at_hand(document, calling.at_counter(session, row.site_id, day, row.code), now),
        lines=tuple(line_of(queue) for queue in serves),
        others=tuple(line_of(queue) for queue in every if queue not in serves),
        missed=_missed(session, document, row, day, now),
        served_today=_served(session, row, day),
    )


def agency_of(document: SiteDocument, queue: str) -> dict[str, str]:
    """Return the short name of the agency whose services wait in ``queue``; of several, all of them."""
    agencies = dict.fromkeys(one.agency for one in document.catalogue.services if one.queue == queue)
    names = [one.short for one in document.catalogue.agencies if one.code in agencies]
    return {
        language: ", ".join(dict.fromkeys((name.get(language) or name["id"]) for name in names))
        for language in document.site.languages
    } or {"id": queue}


def _tickets(session: Session, uuids: Sequence[UUID]) -> dict[UUID, Ticket]:
    rows = session.scalars(select(Ticket).where(Ticket.uuid.in_(uuids))) if uuids else ()
    return {ticket.uuid: ticket for ticket in rows}


def _person(document: SiteDocument, ticket: Ticket, now: dt.datetime) -> Person:
    since = ticket.waiting_since or now
    return Person(
        ticket.uuid,
        ticket.number,
        ticket.priority,
        _minutes(since, now),
        service_of(document, ticket.service),
    )


def service_of(document: SiteDocument, code: str) -> dict[str, str]:
    """Return a service's short name; its code where the catalogue in force has it no more."""
    found = document.catalogue.service_by_code.get(code)
    return dict(found.short) if found else {"id": code}


def _at_hand(document: SiteDocument, there: Sequence[Ticket], now: dt.datetime) -> AtHand | None:
    if not there:
        return None
    ticket = there[0]
    called = ticket.called_at or now
    return AtHand(
        ticket=ticket.uuid,
        number=ticket.number,
        priority=ticket.priority,
        state=ticket.call_state,
        calls=ticket.calls,
        called_at=called,
        waited=_minutes(ticket.issued_at or called, called),
        service=service_of(document, ticket.service),
        agency=agency_of(document, ticket.call_queue),
        language=ticket.language,
        more=len(there) - 1,
    )


def _missed(
    session: Session, document: SiteDocument, row: Counter, day: dt.date, now: dt.datetime
) -> tuple[Person, ...]:
    query = select(Ticket).where(
        Ticket.site_id == row.site_id,
        Ticket.service_day == day,
        Ticket.call_state == "no_show",
        Ticket.counter == row.code,
        Ticket.voided_at.is_(None),
    )
    rows = session.scalars(query.order_by(Ticket.done_at.desc()).limit(MISSED_SHOWN))
    return tuple(_person(document, ticket, now) for ticket in rows)


def _served(session: Session, row: Counter, day: dt.date) -> int:
    query = select(func.count()).where(
        Ticket.site_id == row.site_id,
        Ticket.service_day == day,
        Ticket.call_state == "done",
        Ticket.counter == row.code,
    )
    return session.scalars(query).one()


def _minutes(since: dt.datetime, until: dt.datetime) -> int:
    return max(0, int((until - since).total_seconds() // 60))
