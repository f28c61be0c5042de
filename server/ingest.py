"""Taking a kiosk's events in: each kept once for ever, its ticket brought up to date, all in one transaction.

An event is known by ``(kiosk_id, uuid)``; the same one again is a ``duplicate``, the same UUID with another body is
rejected and people are told. Order does not matter (``server.projection``), so a batch may come twice, late, in
parts or beside another one: the kiosk's row is locked while one of its batches is taken in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from kiosk.sync.wire import EventAnswer, EventCode, EventStatus
from kiosk.sync.wire_events import KioskLocked, KioskUnlocked, PaperChanged, StaffCalled, TicketIssued
from server import alerts, numbers, projection, ticket_rows
from server.db.dialects import among
from server.db.models import Allotment, Event, Kiosk, Ticket
from server.event_reading import Read, rejected
from server.projection import Facts

CALL_LIVES: Final = dt.timedelta(minutes=10)
"""After this nobody stands before the kiosk and waits for staff any more."""
_EVENTS: Final = cast(Table, Event.__table__)


def ingest(session: Session, kiosk_id: UUID, events: Sequence[Read], now: dt.datetime) -> list[EventAnswer]:
    """Take ``events`` in; return an answer for each, in their order."""
    kiosk = session.get_one(Kiosk, kiosk_id, with_for_update={"key_share": True})
    kiosk.seen_at = now
    answers: dict[int, EventAnswer] = {}
    fresh = _unknown(session, kiosk, events, answers, now)
    fresh = _with_free_tokens(session, fresh, answers)
    _raise_series(session, kiosk, fresh)
    tickets = ticket_rows.load(session, {one.about.ticket for one in fresh if one.about is not None})
    fresh = _with_own_tickets(kiosk, fresh, tickets, answers)
    _project(session, kiosk, fresh, tickets)
    _call_staff(session, kiosk, fresh, now)
    _give_up(session, fresh, now)
    _find_numbers_twice(session, kiosk, fresh, now)
    _count_seq(session, kiosk, fresh, now)
    _keep(session, kiosk, fresh, now)
    for one in fresh:
        answers[one.index] = EventAnswer(index=one.index, uuid=one.event.uuid, status=EventStatus.ACCEPTED)
    return [answers[one.index] for one in events]


def _unknown(
    session: Session, kiosk: Kiosk, events: Sequence[Read], answers: dict[int, EventAnswer], now: dt.datetime
) -> list[Read]:
    """Return the events that are new; answer the others."""
    query = select(Event.uuid, Event.body_hash, Event.type, Event.seq).where(
        Event.kiosk_id == kiosk.id, among(session, Event.uuid, [one.event.uuid for one in events])
    )
    known = {row.uuid: (row.body_hash, row.type, row.seq) for row in session.execute(query)}
    fresh: list[Read] = []
    for one in events:
        event = one.event
        meant = (event.body_hash, event.type, event.seq)
        have = known.setdefault(event.uuid, meant)
        if have is meant:
            fresh.append(one)
        elif have == meant:
            answers[one.index] = EventAnswer(index=one.index, uuid=event.uuid, status=EventStatus.DUPLICATE)
        else:
            detail = "this UUID is known with another body, type or seq; what the server has stays"
            answers[one.index] = rejected(one.index, event.uuid, EventCode.ALTERED, detail)
            alerts.raise_alert(
                session,
                now,
                site=kiosk.site_id,
                kiosk=kiosk.id,
                kind=alerts.EVENT_ALTERED,
                about=f"{kiosk.id}/{event.uuid}",
                detail=f"{event.type} with seq {event.seq} differs from what was kept",
            )
    return fresh


def _with_free_tokens(session: Session, events: list[Read], answers: dict[int, EventAnswer]) -> list[Read]:
    """Return the events without those whose page token is another ticket's."""
    issued = [(one, one.body) for one in events if isinstance(one.body, TicketIssued)]
    query = select(Ticket.token, Ticket.uuid).where(
        among(session, Ticket.token, [body.token for _, body in issued])
    )
    owners: dict[str | None, UUID] = {row.token: row.uuid for row in session.execute(query)}
    taken: set[int] = set()
    for one, body in issued:
        if owners.setdefault(body.token, body.ticket) != body.ticket:
            taken.add(one.index)
            answers[one.index] = rejected(
                one.index, one.event.uuid, EventCode.TOKEN_IN_USE, "another ticket has this page token"
            )
    return [one for one in events if one.index not in taken]


def _project(session: Session, kiosk: Kiosk, events: Iterable[Read], known: Mapping[UUID, Facts]) -> None:
    """Bring tickets and kiosk up to date with ``events``; ``known``: the tickets there are."""
    touched: dict[UUID, Facts] = {}
    for one in events:
        about = one.about
        if about is None:
            _apply_to_kiosk(kiosk, one)
            continue
        facts = touched.get(about.ticket) or known.get(about.ticket)
        if facts is None:
            facts = projection.blank(about, kiosk.id, kiosk.site_id)
        touched[about.ticket] = facts
        projection.apply(facts, one.body, one.event.seq, one.event.occurred_at)
    session.flush()
    ticket_rows.add(session, (facts for uuid, facts in touched.items() if uuid not in known))
    ticket_rows.change(session, (facts for uuid, facts in sorted(touched.items()) if uuid in known))


def _with_own_tickets(
    kiosk: Kiosk, events: list[Read], tickets: Mapping[UUID, Facts], answers: dict[int, EventAnswer]
) -> list[Read]:
    """Return the events without those about another kiosk's ticket."""
    own: list[Read] = []
    for one in events:
        ticket = tickets.get(one.about.ticket) if one.about else None
        if ticket is not None and ticket.kiosk_id != kiosk.id:
            detail = f"ticket {ticket.uuid} is another kiosk's"
            answers[one.index] = rejected(one.index, one.event.uuid, EventCode.OTHER_KIOSK, detail)
        else:
            own.append(one)
    return own


def _apply_to_kiosk(kiosk: Kiosk, one: Read) -> None:
    seq = one.event.seq
    match one.body:
        case KioskLocked() | KioskUnlocked():
            if seq > kiosk.locked_seq:
                kiosk.locked_seq, kiosk.locked = seq, isinstance(one.body, KioskLocked)
        case PaperChanged():
            if seq > kiosk.paper_seq:
                kiosk.paper_seq, kiosk.paper_changed_at = seq, one.event.occurred_at
        case StaffCalled():
            pass  # people are told, and nothing of the kiosk changes
        case _:
            raise TypeError(f"{one.event.type} is not about a kiosk")


def _call_staff(session: Session, kiosk: Kiosk, events: Iterable[Read], now: dt.datetime) -> None:
    """Tell people of a call that somebody may still be waiting on; an old one is kept, and told to nobody."""
    for one in events:
        if isinstance(one.body, StaffCalled) and now - one.event.occurred_at <= CALL_LIVES:
            alerts.raise_alert(
                session,
                now,
                site=kiosk.site_id,
                kiosk=kiosk.id,
                kind=alerts.STAFF_CALLED,
                about=f"{kiosk.id}",
                detail=f"{kiosk.name}: a visitor calls staff (screen {one.body.screen}, "
                f"language {one.body.language}, {one.event.occurred_at:%Y-%m-%d %H:%M:%S}Z)",
            )


def _raise_series(session: Session, kiosk: Kiosk, events: Iterable[Read]) -> None:
    given: dict[tuple[dt.date, str], int] = {}
    for one in events:
        if isinstance(one.body, TicketIssued) and one.body.kiosk_digit == 0:
            key = (one.body.service_day, one.body.queue)
            given[key] = max(given.get(key, 0), one.body.value)
    numbers.raise_to(session, kiosk.site_id, given)


def _give_up(session: Session, events: Iterable[Read], now: dt.datetime) -> None:
    """The paper is the truth: an allotted number that is not the one on the paper is given up."""
    papers = {one.about.ticket: one.about.number for one in events if one.about is not None}
    query = select(Allotment).where(
        among(session, Allotment.ticket, sorted(papers)), Allotment.given_up_at.is_(None)
    )
    for row in session.scalars(query):
        if row.number != papers[row.ticket]:
            row.given_up_at = now


def _find_numbers_twice(session: Session, kiosk: Kiosk, events: Iterable[Read], now: dt.datetime) -> None:
    groups: dict[tuple[dt.date, str], dict[int, UUID]] = {}
    for one in events:
        if isinstance(one.body, TicketIssued):
            groups.setdefault((one.body.service_day, one.body.queue), {})[one.body.value] = one.body.ticket
    for (day, queue), values in sorted(groups.items()):
        for model, ticket in ((Ticket, Ticket.uuid), (Allotment, Allotment.ticket)):
            query = select(model.value, ticket, model.number).where(
                model.site_id == kiosk.site_id,
                model.service_day == day,
                model.queue == queue,
                among(session, model.value, sorted(values)),
            )
            if model is Allotment:
                query = query.where(Allotment.given_up_at.is_(None))
            for value, other, number in session.execute(query):
                if value is not None and other != values[value]:
                    alerts.raise_alert(
                        session,
                        now,
                        site=kiosk.site_id,
                        kiosk=kiosk.id,
                        kind=alerts.NUMBER_TWICE,
                        about=f"{day} {number}",
                        detail=f"tickets {values[value]} and {other} both have {number} on {day}",
                    )


def _count_seq(session: Session, kiosk: Kiosk, events: Sequence[Read], now: dt.datetime) -> None:
    """Keep count of the kiosk's seq, so that a gap is known; tell of one that came with two events."""
    if not events:
        return
    wanted = sorted({one.event.seq for one in events})
    query = select(Event.seq, Event.uuid).where(Event.kiosk_id == kiosk.id, among(session, Event.seq, wanted))
    owners = {row.seq: row.uuid for row in session.execute(query)}
    before = len(owners)
    for one in events:
        other = owners.setdefault(one.event.seq, one.event.uuid)
        if other != one.event.uuid:
            alerts.raise_alert(
                session,
                now,
                site=kiosk.site_id,
                kiosk=kiosk.id,
                kind=alerts.SEQ_REUSED,
                about=f"{kiosk.id}",
                detail=f"seq {one.event.seq} came with events {other} and {one.event.uuid}: a restored backup or a "
                "copied disk",
            )
    kiosk.seq_count += len(owners) - before
    kiosk.seq_first = min(wanted[0], kiosk.seq_first or wanted[0])
    kiosk.seq_last = max(wanted[-1], kiosk.seq_last or 0)


def _keep(session: Session, kiosk: Kiosk, events: Sequence[Read], now: dt.datetime) -> None:
    if not events:
        return
    session.execute(
        insert(_EVENTS),
        [
            {
                "kiosk_id": kiosk.id,
                "uuid": one.event.uuid,
                "seq": one.event.seq,
                "type": one.event.type,
                "ticket": one.about.ticket if one.about else None,
                "occurred_at": one.event.occurred_at,
                "received_at": now,
                "schema_version": one.event.schema_version,
                "body": one.text,
                "body_hash": one.event.body_hash,
            }
            for one in events
        ],
    )


def missing_seqs(session: Session, kiosk_id: UUID, most: int = 100) -> list[tuple[int, int]]:
    """Return the gaps in a kiosk's seq as (first, last) missing, at most ``most`` of them."""
    seqs = session.scalars(
        select(Event.seq).where(Event.kiosk_id == kiosk_id).distinct().order_by(Event.seq)
    ).yield_per(10_000)
    gaps: list[tuple[int, int]] = []
    before: int | None = None
    for seq in seqs:
        if before is not None and seq > before + 1:
            gaps.append((before + 1, seq - 1))
            if len(gaps) == most:
                break
        before = seq
    return gaps
