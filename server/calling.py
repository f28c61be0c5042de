"""Calling tickets to counters. Two counters never get one ticket: whoever calls holds the rows of the queues it serves
(``queue_days``), and the ticket itself changes by one conditional statement.

States of a ticket at the counters::

    waiting ──call_next──→ called ──start──→ serving ──finish──→ done
       ↑                     │  ↑               │
       │                     │  └─call_again    │
       └──put_back, transfer─┴──────────────────┘
                             └──no_show──→ no_show ──put_back──→ waiting

Every step is one row in ``calls``, which boards replay by its id.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from server import line
from server.board import listen
from server.counters_closed import closed_counters
from server.db.dialects import upsert
from server.db.models import Call, QueueDay, Ticket
from server.errors import UpkeepError
from server.queue_rules import Rule, Waiting, after, next_one

BUSY: Final = ("called", "serving")
"""States in which a ticket is at a counter."""


class CallRefused(UpkeepError):
    """The step does not fit the ticket's state any more: somebody else was there first, or it was voided."""


class CounterShut(CallRefused):
    """A manager has closed the counter: nobody is called to it."""


@dataclass(frozen=True)
class Desk:
    """Who calls: a counter of a site, the queues it serves, and the person at it."""

    site_id: str
    counter: str
    queues: tuple[str, ...]
    who: str


def call_next(session: Session, desk: Desk, day: dt.date, rule: Rule, now: dt.datetime) -> Ticket | None:
    """Call the next ticket of the desk's queues; None where nobody waits.

    Of several queues, the one whose first has waited longest is served; a priority ticket that is due goes first.
    """
    if any(closed.code == desk.counter for closed in closed_counters(session, desk.site_id, now)):
        raise CounterShut(f"counter {desk.counter} is closed by a manager, who opens it again")
    rows = _locked(session, desk.site_id, day, desk.queues)
    while True:
        found = _head(session, desk, day, rule, rows)
        if found is None:
            return None
        chosen, queue = found
        try:
            _change(
                session,
                chosen.uuid,
                ("waiting",),
                call_state="called",
                counter=desk.counter,
                called_at=now,
                calls=1,
            )
        except CallRefused:
            continue  # voided by its kiosk a moment ago: it has left the line, and somebody else is first
        rows[queue].regular_in_a_row = after(chosen, rows[queue].regular_in_a_row)
        return _told(session, desk, chosen.uuid, "called", now)


def _head(
    session: Session, desk: Desk, day: dt.date, rule: Rule, rows: Mapping[str, QueueDay]
) -> tuple[Waiting, str] | None:
    heads: list[tuple[Waiting, str]] = []
    for queue, people in line.waiting(session, desk.site_id, day, desk.queues).items():
        head = next_one(people, rule, rows[queue].regular_in_a_row)
        if head is not None:
            heads.append((head, queue))
    # By the rule a priority ticket heads its queue only when it is its turn.
    return min(heads, key=lambda pair: (not pair[0].priority, pair[0].place), default=None)


def call_again(session: Session, desk: Desk, ticket: UUID, now: dt.datetime) -> Ticket:
    """Call the desk's own ticket once more."""
    _change(session, ticket, ("called",), desk.counter, calls=Ticket.calls + 1, called_at=now)
    return _told(session, desk, ticket, "recalled", now)


def start(session: Session, desk: Desk, ticket: UUID, now: dt.datetime) -> Ticket:
    """The visitor is here."""
    _change(session, ticket, ("called",), desk.counter, call_state="serving")
    return _told(session, desk, ticket, "serving", now)


def finish(session: Session, desk: Desk, ticket: UUID, now: dt.datetime) -> Ticket:
    """The visitor is served."""
    _change(session, ticket, BUSY, desk.counter, call_state="done", done_at=now)
    return _told(session, desk, ticket, "done", now)


def no_show(session: Session, desk: Desk, ticket: UUID, now: dt.datetime) -> Ticket:
    """Nobody came."""
    _change(session, ticket, ("called",), desk.counter, call_state="no_show", done_at=now)
    return _told(session, desk, ticket, "no_show", now)


def put_back(session: Session, desk: Desk, ticket: UUID, now: dt.datetime) -> Ticket:
    """Back into the line where it stood: its place is the time it was issued. Also for one who came late."""
    _change(
        session,
        ticket,
        (*BUSY, "no_show"),
        desk.counter,
        call_state="waiting",
        counter=None,
        called_at=None,
        done_at=None,
    )
    return _told(session, desk, ticket, "put_back", now)


def transfer(session: Session, desk: Desk, ticket: UUID, queue: str, now: dt.datetime) -> Ticket:
    """Into the line of ``queue`` with the number it has; it does not wait anew, its place is by its issue time."""
    _change(
        session,
        ticket,
        BUSY,
        desk.counter,
        call_state="waiting",
        call_queue=queue,
        counter=None,
        called_at=None,
    )
    return _told(session, desk, ticket, "transferred", now)


def at_counter(session: Session, site_id: str, day: dt.date, counter: str) -> Sequence[Ticket]:
    """Return the tickets called to or served at ``counter``, oldest call first."""
    query = select(Ticket).where(
        Ticket.site_id == site_id,
        Ticket.service_day == day,
        Ticket.counter == counter,
        Ticket.call_state.in_(BUSY),
    )
    return session.scalars(query.where(Ticket.voided_at.is_(None)).order_by(Ticket.called_at)).all()


def calls_after(session: Session, site_id: str, last_id: int, most: int = 100) -> Sequence[Call]:
    """Return the calls after ``last_id``, oldest first: what a board that was away has missed."""
    query = select(Call).where(Call.site_id == site_id, Call.id > last_id).order_by(Call.id).limit(most)
    return session.scalars(query).all()


def _locked(session: Session, site_id: str, day: dt.date, queues: Iterable[str]) -> dict[str, QueueDay]:
    """Return the queues' rows, locked in the order of their codes; make those that are not there yet."""
    wanted = sorted(set(queues))
    for queue in wanted:
        fresh = upsert(session, QueueDay).values(
            site_id=site_id, service_day=day, queue=queue, last_value=0, regular_in_a_row=0
        )
        session.execute(fresh.on_conflict_do_nothing())
    query = select(QueueDay).where(
        QueueDay.site_id == site_id, QueueDay.service_day == day, QueueDay.queue.in_(wanted)
    )
    rows = session.scalars(query.order_by(QueueDay.queue).with_for_update())
    return {row.queue: row for row in rows}


def _change(
    session: Session, ticket: UUID, states: Sequence[str], counter: str | None = None, /, **values: object
) -> None:
    """Change the ticket where it is in one of ``states`` (at ``counter``) and not voided, or raise CallRefused."""
    statement = update(Ticket).where(
        Ticket.uuid == ticket, Ticket.call_state.in_(states), Ticket.voided_at.is_(None)
    )
    if "waiting" in states:
        statement = statement.where(line.callable_now())
    if counter is not None:
        statement = statement.where(Ticket.counter == counter)
    done = session.execute(statement.values(**values).returning(Ticket.uuid)).all()
    if len(done) != 1:
        at = f" at counter {counter}" if counter else ""
        raise CallRefused(f"ticket {ticket} is not {' or '.join(states)}{at} any more")


def _told(session: Session, desk: Desk, uuid: UUID, what: str, now: dt.datetime) -> Ticket:
    ticket = session.get_one(Ticket, uuid, populate_existing=True)
    session.add(
        Call(
            site_id=desk.site_id,
            ticket=uuid,
            number=ticket.number,
            queue=ticket.call_queue,
            what=what,
            counter=desk.counter,
            who=desk.who,
            at=now,
        )
    )
    session.flush()
    listen.tell(session, desk.site_id)
    return ticket
