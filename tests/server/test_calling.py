"""Calling: one ticket for one counter, in order, and only tickets somebody holds."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import select, update

from kiosk.core.record import TicketState
from server import calling, event_reading, ingest, line
from server.calling import CallRefused, Desk
from server.db.database import Database
from server.db.models import Call, Ticket
from server.queue_rules import Rule, can_be_called
from tests.support.server_driver import DAY, NOON, SITE, Kiosk

FIRST = Rule("first")


def tell(database: Database, kiosk: Kiosk, events: Iterable[dict[str, object]]) -> None:
    good, bad = event_reading.read(list(events), UUID(kiosk.id))
    assert not bad
    database.write(lambda session: ingest.ingest(session, UUID(kiosk.id), good, NOON))


def desk(counter: str = "3", *queues: str) -> Desk:
    return Desk(SITE, counter, queues or ("C",), f"officer {counter}")


def call(database: Database, at: Desk, rule: Rule = FIRST) -> str | None:
    ticket = database.write(lambda session: calling.call_next(session, at, DAY, rule, NOON))
    return ticket.number if ticket else None


def fill(database: Database, kiosk: Kiosk, count: int, **more: object) -> None:
    events = []
    for value in range(1, count + 1):
        ticket = kiosk.ticket(value, at=NOON + dt.timedelta(seconds=value), **more)  # type: ignore[arg-type]
        events += [kiosk.issued(ticket), kiosk.printed(ticket)]
    for place in range(0, len(events), 400):
        tell(database, kiosk, events[place : place + 400])


def test_16_callers_at_once_never_share_a_ticket(database: Database, kiosk: Kiosk) -> None:
    fill(database, kiosk, 120)
    start = threading.Barrier(16)

    def officer(counter: int) -> list[str]:
        start.wait(30)
        return list(iter(lambda: call(database, desk(str(counter))) or "", ""))

    with ThreadPoolExecutor(16) as pool:
        found = [number for numbers in pool.map(officer, range(16)) for number in numbers]
    assert len(found) == len(set(found)) == 120
    told = database.read(lambda session: list(session.scalars(select(Call.number).order_by(Call.id))))
    assert told == [f"C-{value:03d}" for value in range(1, 121)], "in the order they were issued"


def test_callers_of_several_queues_do_not_wait_in_a_circle(database: Database, kiosk: Kiosk) -> None:
    fill(database, kiosk, 40)
    fill(database, kiosk, 40, queue="A", service="A01")

    def officer(counter: int) -> list[str]:
        at = desk(str(counter), *(("A", "C") if counter % 2 else ("C", "A")))
        return list(iter(lambda: call(database, at) or "", ""))

    with ThreadPoolExecutor(8) as pool:
        found = [number for numbers in pool.map(officer, range(8)) for number in numbers]
    assert len(found) == len(set(found)) == 80


def test_priority_first_and_interleaved(database: Database, kiosk: Kiosk) -> None:
    def told(value: int, priority: bool) -> list[dict[str, object]]:
        ticket = kiosk.ticket(value, priority=priority, at=NOON + dt.timedelta(minutes=value))
        return [kiosk.issued(ticket), kiosk.printed(ticket)]

    tell(database, kiosk, [event for value in range(1, 9) for event in told(value, value > 5)])
    assert call(database, desk()) == "C-006"
    interleaved = Rule("interleaved", 2)
    found = [call(database, desk(), interleaved) for _ in range(8)]
    assert found == ["C-001", "C-002", "C-007", "C-003", "C-004", "C-008", "C-005", None]


def test_only_tickets_somebody_holds_are_called(database: Database, kiosk: Kiosk) -> None:
    tickets = [kiosk.ticket(value, at=NOON + dt.timedelta(seconds=value)) for value in range(1, 8)]
    told = [kiosk.issued(ticket) for ticket in tickets[:6]]
    told.append(kiosk.settled(tickets[1], TicketState.NOT_PRINTED, "paper_out"))
    told.append(kiosk.settled(tickets[2], TicketState.NOT_PRINTED, "paper_out", kept=True))
    told += [kiosk.printed(tickets[3]), kiosk.voided(tickets[3])]
    told.append(kiosk.settled(tickets[4], TicketState.UNCONFIRMED))
    told.append(kiosk.printed(tickets[5]))
    told.append(kiosk.printed(tickets[6]))  # its ticket.issued has not come yet
    tell(database, kiosk, told)
    assert [call(database, desk()) for _ in range(4)] == ["C-003", "C-005", "C-006", None]
    tell(database, kiosk, [kiosk.issued(tickets[6])])
    assert call(database, desk()) == "C-007"


def test_the_rule_and_its_sql_say_the_same(database: Database, kiosk: Kiosk) -> None:
    papers = ("reserved", "printed", "unconfirmed", "not_printed")
    states = ("waiting", "called", "serving", "done", "no_show")
    cases = list(itertools.product(papers, (False, True), (False, True), (False, True), states))
    fill(database, kiosk, len(cases))

    def work(session: object) -> list[tuple[bool, bool]]:
        from sqlalchemy.orm import Session

        assert isinstance(session, Session)
        rows = list(session.scalars(select(Ticket).order_by(Ticket.value)))
        for row, (paper, kept, voided, issued, state) in zip(rows, cases, strict=True):
            row.paper, row.kept, row.call_state = paper, kept, state
            row.voided_at = NOON if voided else None
            row.issued_at = NOON if issued else None
        session.flush()
        by_sql = set(session.scalars(select(Ticket.uuid).where(line.callable_now())))
        return [
            (
                row.uuid in by_sql,
                can_be_called(paper=paper, kept=kept, voided=voided, issued=issued, call_state=state),
            )
            for row, (paper, kept, voided, issued, state) in zip(rows, cases, strict=True)
        ]

    found = database.write(work)
    assert all(sql == rule for sql, rule in found)
    assert sum(rule for _, rule in found) == 5, "printed and unconfirmed, kept or not, and kept without paper"


def test_the_whole_way_at_a_counter(database: Database, kiosk: Kiosk) -> None:
    fill(database, kiosk, 3)
    mine, other = desk("3"), desk("4")

    def step(function: object, at: Desk, ticket: UUID, *more: object) -> Ticket:
        return database.write(lambda session: function(session, at, ticket, *more, NOON))  # type: ignore[operator]

    def called() -> UUID:
        ticket = database.write(lambda session: calling.call_next(session, mine, DAY, FIRST, NOON))
        assert ticket is not None
        return ticket.uuid

    one = called()
    assert step(calling.call_again, mine, one).calls == 2
    with pytest.raises(CallRefused, match="counter 4"):
        step(calling.call_again, other, one)
    assert step(calling.start, mine, one).call_state == "serving"
    with pytest.raises(CallRefused):
        step(calling.no_show, mine, one)
    assert step(calling.finish, mine, one).done_at == NOON
    with pytest.raises(CallRefused):
        step(calling.put_back, mine, one)

    two = called()
    assert step(calling.no_show, mine, two).call_state == "no_show"
    assert step(calling.put_back, mine, two).counter is None
    assert called() == two, "one who came late has the old place"
    step(calling.transfer, mine, two, "A")
    assert call(database, desk("9", "A")) == "C-002"
    at_nine = database.read(lambda session: calling.at_counter(session, SITE, DAY, "9"))
    assert [ticket.number for ticket in at_nine] == ["C-002"]

    log = database.read(lambda session: [row.what for row in calling.calls_after(session, SITE, 0)])
    assert log == [
        *("called", "recalled", "serving", "done"),
        *("called", "no_show", "put_back", "called", "transferred", "called"),
    ]
    last = database.read(lambda session: calling.calls_after(session, SITE, 8))
    assert [row.what for row in last] == ["transferred", "called"]


def test_a_ticket_voided_while_it_is_called_is_no_longer_there(database: Database, kiosk: Kiosk) -> None:
    fill(database, kiosk, 1)
    ticket = database.write(lambda session: calling.call_next(session, desk(), DAY, FIRST, NOON))
    assert ticket is not None
    tell(database, kiosk, [kiosk.voided(kiosk.tickets[str(ticket.uuid)])])
    assert not database.read(lambda session: calling.at_counter(session, SITE, DAY, "3"))
    with pytest.raises(CallRefused):
        database.write(lambda session: calling.start(session, desk(), ticket.uuid, NOON))


def test_yesterdays_tickets_are_not_called(database: Database, kiosk: Kiosk) -> None:
    fill(database, kiosk, 2)
    database.write(
        lambda session: session.execute(
            update(Ticket).where(Ticket.value == 1).values(service_day=DAY - dt.timedelta(days=1))
        )
    )
    assert [call(database, desk()) for _ in range(2)] == ["C-002", None]
