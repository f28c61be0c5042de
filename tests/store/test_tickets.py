"""What is written is durable, whole, and told to the server's outbox."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.core.record import TicketState
from kiosk.store import Store, StoreError, StoreGone, TicketQuery
from tests.store.conftest import SERIES, take
from tests.support.turnable_clock import TurnableClock


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def test_a_reserved_ticket_is_there_for_another_process_at_once(
    store: Store, clock: TurnableClock, path: Path
) -> None:
    ticket = take(store, clock)

    assert rows(path, "SELECT uuid, display, state, issued_at, utc_offset FROM tickets") == [
        (ticket.uuid, "C-001", "reserved", "2026-11-24T02:00:00.000+00:00", 420)
    ]
    assert rows(path, "SELECT seq, type, ticket FROM outbox") == [(1, "ticket.issued", ticket.uuid)]


def test_it_is_read_back_as_it_was_written(store: Store, clock: TurnableClock) -> None:
    ticket = take(store, clock)

    assert store.ticket(ticket.uuid) == ticket
    assert store.ticket_by_token(ticket.token) == ticket
    assert store.ticket_by_number("C", 1, clock.local.date()) == ticket
    assert store.ticket_by_number("C", 2, clock.local.date()) is None


def test_commits_wait_for_the_disk(store: Store, path: Path) -> None:
    # Read from the store's own connection: synchronous is not stored in the file.
    assert store._db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert rows(path, "PRAGMA journal_mode") == [("wal",)]


@pytest.mark.parametrize(
    ("outcome", "cause", "event"),
    [
        (TicketState.PRINTED, None, "ticket.printed"),
        (TicketState.UNCONFIRMED, "offline", "ticket.unconfirmed"),
    ],
)
def test_a_verdict_is_stored_with_its_event(
    store: Store, clock: TurnableClock, outcome: TicketState, cause: str | None, event: str
) -> None:
    ticket = store.mark_sending(take(store, clock))
    store.settle(ticket, outcome, cause)

    after = store.ticket(ticket.uuid)
    assert after is not None
    assert (after.state, after.cause) == (outcome, cause)
    told = store.history(after)
    assert [one["type"] for one in told] == ["ticket.issued", event]
    body = told[1]["body"]
    assert isinstance(body, dict)
    assert (body["ticket"], body["number"], body["outcome"], body["cause"]) == (
        ticket.uuid,
        "C-001",
        outcome.value,
        cause,
    )


def test_keeping_tells_not_printed_a_second_time_as_kept(store: Store, clock: TurnableClock) -> None:
    ticket = store.settle(take(store, clock), TicketState.NOT_PRINTED, "paper_out")
    kept = store.keep(ticket)

    assert store.ticket(ticket.uuid) == kept
    bodies = [one["body"] for one in store.history(kept)]
    assert [isinstance(body, dict) and body.get("kept") for body in bodies] == [None, False, True]


def test_an_event_names_its_hash_its_time_and_its_version(
    store: Store, clock: TurnableClock, path: Path
) -> None:
    take(store, clock)

    ((body, told, at, version, uuid),) = rows(
        path, "SELECT body, body_hash, occurred_at, schema_version, uuid FROM outbox"
    )
    assert told == hashlib.sha256(str(body).encode()).hexdigest()
    assert (at, version) == ("2026-11-24T02:00:00.000+00:00", 1)
    assert str(uuid)[14] == "7"
    assert json.loads(str(body))["value"] == 1


def test_a_change_that_fails_leaves_no_gap_in_the_events(
    store: Store, clock: TurnableClock, path: Path
) -> None:
    first = take(store, clock)
    store.void(first, "cancelled", "visitor")
    with pytest.raises(StoreError, match="no longer reserved"):
        store.settle(first, TicketState.PRINTED, None)
    second = take(store, clock)
    store._db.execute("CREATE TEMP TRIGGER late BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(StoreError, match="no"):
        store.settle(second, TicketState.PRINTED, None)
    store._db.execute("DROP TRIGGER late")
    store.settle(second, TicketState.PRINTED, None)

    assert rows(path, "SELECT seq, type FROM outbox ORDER BY seq") == [
        (1, "ticket.issued"),
        (2, "ticket.voided"),
        (3, "ticket.issued"),
        (4, "ticket.printed"),
    ]


def test_nobody_deletes_or_changes_an_event_the_server_has_not(
    store: Store, clock: TurnableClock, path: Path
) -> None:
    take(store, clock)
    with closing(sqlite3.connect(path)) as db:
        with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
            db.execute("DELETE FROM outbox")
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            db.execute("UPDATE outbox SET body = '{}'")
        db.execute("UPDATE outbox SET acknowledged_at = '2026-11-24T02:01:00+00:00'")
        db.execute("DELETE FROM outbox")
        db.commit()
    take(store, clock)
    assert rows(path, "SELECT seq FROM outbox") == [(2,)], "a pruned seq must not be used again"


def test_counts_know_services_queues_and_a_used_up_series(store: Store, clock: TurnableClock) -> None:
    for queue in ("C", "C", "D"):
        take(store, clock, queue)
    store.void(take(store, clock, "D"), "cancelled", "visitor")

    tally = store.tally(clock.local, SERIES)
    assert dict(tally.by_service) == {"C01": 2, "D01": 2}
    assert dict(tally.by_queue) == {"C": 2, "D": 2}
    assert tally.full == frozenset()
    assert store.count(clock.local, "C01", "C", SERIES) == (2, 2, False)


def test_usage_counts_agencies_from_a_day_on(store: Store, clock: TurnableClock) -> None:
    take(store, clock, "A")
    clock.pass_time(dt.timedelta(days=3))
    take(store, clock, "C")
    take(store, clock, "C")

    assert store.usage(clock.local.date() - dt.timedelta(days=30)) == {"A": 1, "C": 2}
    assert store.usage(clock.local.date()) == {"C": 2}


def test_tickets_are_listed_by_day_state_and_number(store: Store, clock: TurnableClock) -> None:
    first = take(store, clock)
    second = store.void(take(store, clock), "cancelled", "visitor")
    clock.pass_time(dt.timedelta(days=1))
    third = take(store, clock)

    today = clock.local.date()
    yesterday = today - dt.timedelta(days=1)
    assert store.tickets(TicketQuery(yesterday)) == [first, second]
    assert store.tickets(TicketQuery(yesterday, TicketState.VOIDED)) == [second]
    assert store.tickets(TicketQuery(display="C-001")) == [first, third]


@pytest.mark.parametrize("question", ["tally", "count", "usage", "unsettled", "highest"])
def test_no_question_reads_a_whole_table(store: Store, clock: TurnableClock, question: str) -> None:
    """At a million tickets a scan takes a second: every question of the road must be answered by an index."""
    asked: list[str] = []
    store._db.set_trace_callback(asked.append)
    {
        "tally": lambda: store.tally(clock.local, SERIES),
        "count": lambda: store.count(clock.local, "C01", "C", SERIES),
        "usage": lambda: store.usage(clock.local.date()),
        "unsettled": store.unsettled,
        "highest": lambda: take(store, clock),
    }[question]()
    store._db.set_trace_callback(None)

    for statement in asked:
        if statement.lstrip().upper().startswith("SELECT"):
            plan = store._db.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
            scans = [step[3] for step in plan if step[3].startswith(("SCAN tickets", "SCAN outbox"))]
            # A partial index is scanned from end to end, and holds only the few rows the question is about.
            assert [scan for scan in scans if "tickets_unsettled" not in scan] == [], statement


def test_a_closed_store_says_so(open_store: Callable[[], Store], clock: TurnableClock) -> None:
    store = open_store()
    store.close()
    store.close()
    with pytest.raises(StoreGone, match="E-STO-08"):
        take(store, clock)
