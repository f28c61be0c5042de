"""What a day was like: who waited how long, who was served, by queue and by hour. Made of tickets and calls alone.

A ticket counts for the queue it was issued in; it waits in the queue it is in now. Waiting is from the ticket's issue
to its first call, service from the start (or, where nobody pressed it, the last call) to the end. Tickets of which the
kiosk has not told the issue are not there yet; voided ones are counted apart and in no other figure.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.catalogue import SiteDocument
from server.db.models import Call, Ticket
from server.queue_rules import can_be_called

MOST_DAYS: Final = 31
"""Of one export: a year in one file would hold up everybody else."""


@dataclass(frozen=True)
class Row:
    """One ticket's day."""

    day: dt.date
    number: str
    queue: str
    waits_in: str
    service: str
    agency: str
    priority: bool
    issued_at: dt.datetime
    called_at: dt.datetime | None
    """Its first call."""
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    counter: str
    state: str
    """waiting, called, serving, done, no_show, voided, or unprinted: nobody holds it"""

    @property
    def waited(self) -> float | None:
        """Minutes from issue to first call."""
        return _minutes(self.issued_at, self.called_at)

    @property
    def served_for(self) -> float | None:
        """Minutes of service; None where it was not finished."""
        return _minutes(self.started_at, self.ended_at) if self.state == "done" else None


@dataclass(frozen=True)
class Sum:
    """The figures of some tickets."""

    issued: int
    waiting: int
    longest: int
    """Minutes the one who waits has waited who has waited longest; 0 where nobody does."""
    served: int
    no_shows: int
    voided: int
    wait: float | None
    """The median, in minutes: half of them waited less."""
    service: float | None


@dataclass(frozen=True)
class Hour:
    """One hour of the day, of all its days together."""

    hour: int
    issued: int
    called: int
    served: int


@dataclass(frozen=True)
class Figures:
    """The figures of some days."""

    first: dt.date
    last: dt.date
    total: Sum
    queues: tuple[tuple[str, Sum], ...]
    hours: tuple[Hour, ...]


def rows(session: Session, site_id: str, first: dt.date, last: dt.date) -> list[Row]:
    """Return every ticket of the days, in the order of their issue."""
    here = (Ticket.site_id == site_id, Ticket.service_day >= first, Ticket.service_day <= last)
    called: dict[UUID, dt.datetime] = {}
    started: dict[UUID, dt.datetime] = {}
    told = select(Call.ticket, Call.what, Call.at).join(Ticket, Ticket.uuid == Call.ticket).where(*here)
    for ticket, what, at in session.execute(told.order_by(Call.id)):
        if what == "called":
            called.setdefault(ticket, at)
        if what in ("called", "serving"):
            started[ticket] = at
    query = select(Ticket).where(*here, Ticket.issued_at.is_not(None)).order_by(Ticket.issued_at, Ticket.uuid)
    return [
        _row(ticket, called.get(ticket.uuid), started.get(ticket.uuid)) for ticket in session.scalars(query)
    ]


def _row(ticket: Ticket, called: dt.datetime | None, started: dt.datetime | None) -> Row:
    assert ticket.issued_at is not None
    return Row(
        day=ticket.service_day,
        number=ticket.number,
        queue=ticket.queue,
        waits_in=ticket.call_queue,
        service=ticket.service,
        agency=ticket.agency or "",
        priority=ticket.priority,
        issued_at=ticket.issued_at,
        called_at=called,
        started_at=started,
        ended_at=ticket.done_at,
        counter=ticket.counter or "",
        state=_state(ticket),
    )


def _state(ticket: Ticket) -> str:
    if ticket.voided_at is not None:
        return "voided"
    held = can_be_called(
        paper=ticket.paper, kept=ticket.kept, voided=False, issued=True, call_state=ticket.call_state
    )
    return "unprinted" if ticket.call_state == "waiting" and not held else ticket.call_state


def figures(
    document: SiteDocument, tickets: Sequence[Row], first: dt.date, last: dt.date, now: dt.datetime
) -> Figures:
    """Return the figures of ``tickets``, the rows of the days from ``first`` to ``last``."""
    today = document.day(now)
    known = [queue.code for queue in document.catalogue.queues]
    gone = sorted({row.queue for row in tickets} - set(known))
    own: dict[str, list[Row]] = {queue: [] for queue in (*known, *gone)}
    inside: dict[str, list[Row]] = {}
    for row in tickets:
        own[row.queue].append(row)
        inside.setdefault(row.waits_in, []).append(row)
    return Figures(
        first=first,
        last=last,
        total=_sum(tickets, tickets, today, now),
        queues=tuple((queue, _sum(own[queue], inside.get(queue, ()), today, now)) for queue in own),
        hours=_hours(document, tickets),
    )


def _sum(own: Iterable[Row], inside: Iterable[Row], today: dt.date, now: dt.datetime) -> Sum:
    valid = [row for row in own if row.state not in ("voided", "unprinted")]
    waiting = [row for row in inside if row.state == "waiting" and row.day == today]
    return Sum(
        issued=len(valid),
        waiting=len(waiting),
        longest=int(max(((now - row.issued_at).total_seconds() / 60 for row in waiting), default=0)),
        served=sum(row.state == "done" for row in valid),
        no_shows=sum(row.state == "no_show" for row in valid),
        voided=sum(row.state == "voided" for row in own),
        wait=_median(row.waited for row in valid),
        service=_median(row.served_for for row in valid),
    )


def _hours(document: SiteDocument, tickets: Sequence[Row]) -> tuple[Hour, ...]:
    valid = [row for row in tickets if row.state not in ("voided", "unprinted")]

    def counted(moments: Iterable[dt.datetime | None]) -> dict[int, int]:
        found: dict[int, int] = {}
        for moment in moments:
            if moment is not None:
                hour = moment.astimezone(document.zone).hour
                found[hour] = found.get(hour, 0) + 1
        return found

    issued = counted(row.issued_at for row in valid)
    called = counted(row.called_at for row in valid)
    served = counted(row.ended_at for row in valid if row.state == "done")
    opened = [hours.open.hour for hours in document.site.week.values()]
    closed = [hours.close.hour for hours in document.site.week.values()]
    every = {*issued, *called, *served, min(opened), max(closed) - 1}
    return tuple(
        Hour(hour, issued.get(hour, 0), called.get(hour, 0), served.get(hour, 0))
        for hour in range(min(every), max(every) + 1)
    )


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def _minutes(since: dt.datetime | None, until: dt.datetime | None) -> float | None:
    if since is None or until is None:
        return None
    return max(0.0, (until - since).total_seconds() / 60)
