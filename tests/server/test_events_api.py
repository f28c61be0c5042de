"""``POST /events``: each item by itself, once for ever, in any order; the paper is the truth."""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import hashlib
import json
import random
import secrets
import sqlite3
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from kiosk.core import events as core_events
from kiosk.core import record as core_record
from kiosk.core.numbers import Band
from kiosk.core.record import TicketState
from kiosk.store import Draft, Store
from server import alerts, ingest, listing
from server.db.database import Database
from server.db.models import Alert, Allotment, Event, Ticket
from server.db.models import Kiosk as KioskRow
from tests.support.server_driver import NOON, SITE, Kiosk, enrol
from tests.support.turnable_clock import WIB, TurnableClock


def send(client: TestClient, kiosk: Kiosk, *events: dict[str, Any]) -> list[tuple[str, str | None]]:
    answer = client.post("/api/v1/events", json={"events": list(events)}, headers=kiosk.headers)
    assert answer.status_code == 200, answer.text
    found = answer.json()["answers"]
    assert [one["index"] for one in found] == list(range(len(events)))
    return [(one["status"], one["code"]) for one in found]


ACCEPTED, DUPLICATE = ("accepted", None), ("duplicate", None)


def ticket_row(database: Database, ticket: str) -> Ticket:
    return database.read(lambda session: session.get_one(Ticket, uuid.UUID(ticket)))


def alert_kinds(database: Database) -> list[str]:
    return database.read(lambda session: list(session.scalars(select(Alert.kind).order_by(Alert.id))))


def count(database: Database, model: type[Any]) -> int:
    return database.read(lambda session: session.scalar(select(func.count()).select_from(model)) or 0)


def test_a_ticket_is_kept_as_its_kiosk_told(client: TestClient, kiosk: Kiosk, database: Database) -> None:
    ticket = kiosk.ticket(1, priority=True)
    assert send(client, kiosk, kiosk.issued(ticket), kiosk.printed(ticket)) == [ACCEPTED, ACCEPTED]
    row = ticket_row(database, ticket.uuid)
    assert (row.number, row.value, row.queue, row.service, row.agency) == ("C-001", 1, "C", "C01", "C")
    assert (row.priority, row.language, row.token, row.paper, row.issued_at) == (
        True,
        "id",
        ticket.token,
        "printed",
        NOON,
    )


def test_the_same_batch_again_is_only_duplicates(
    client: TestClient, kiosk: Kiosk, database: Database
) -> None:
    batch = [*kiosk.whole(1), *kiosk.whole(2)]
    assert send(client, kiosk, *batch) == [ACCEPTED] * 4
    assert send(client, kiosk, *reversed(batch)) == [DUPLICATE] * 4
    assert (count(database, Event), count(database, Ticket)) == (4, 2)
    assert not alert_kinds(database)


def test_one_event_twice_in_one_batch(client: TestClient, kiosk: Kiosk, database: Database) -> None:
    (issued, printed) = kiosk.whole(1)
    assert send(client, kiosk, issued, issued, printed) == [ACCEPTED, DUPLICATE, ACCEPTED]
    assert count(database, Event) == 2


def test_the_same_batch_many_times_at_once(client: TestClient, kiosk: Kiosk, database: Database) -> None:
    batch = [event for value in range(1, 21) for event in kiosk.whole(value)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: send(client, kiosk, *batch), range(8)))
    assert sorted(status for told in answers for status, _ in told) == ["accepted"] * 40 + ["duplicate"] * 280
    row = database.read(lambda session: session.get_one(KioskRow, uuid.UUID(kiosk.id)))
    assert (row.seq_first, row.seq_last, row.seq_count) == (1, 40, 40)


def test_any_order_gives_the_same_tickets(client: TestClient, database: Database) -> None:
    def day(shuffle: random.Random | None) -> list[tuple[Any, ...]]:
        kiosk = Kiosk.of(enrol(database))
        tickets = [kiosk.ticket(value) for value in range(1, 6)]
        told = [kiosk.issued(ticket) for ticket in tickets]
        told.append(kiosk.printed(tickets[0]))
        told += [kiosk.settled(tickets[1], TicketState.UNCONFIRMED, "offline"), kiosk.voided(tickets[1])]
        told.append(kiosk.settled(tickets[2], TicketState.NOT_PRINTED, "paper_out"))
        told.append(kiosk.settled(tickets[2], TicketState.NOT_PRINTED, "paper_out", kept=True))
        told += [kiosk.printed(tickets[3]), kiosk.reprinted(tickets[3], 1), kiosk.reprinted(tickets[3], 2)]
        told += [kiosk.settled(tickets[4], TicketState.NOT_PRINTED, "cover_open"), kiosk.voided(tickets[4])]
        if shuffle:
            told = told * 2
            shuffle.shuffle(told)
        place = 0
        while place < len(told):
            size = shuffle.randint(1, 5) if shuffle else 4
            send(client, kiosk, *told[place : place + size])
            place += size
        rows = [ticket_row(database, ticket.uuid) for ticket in tickets]
        return [
            (row.number, row.paper, row.cause, row.kept, row.voided_at, row.copies, row.issued_at)
            for row in rows
        ]

    in_order = day(None)
    assert [row[1:4] for row in in_order] == [
        ("printed", None, False),
        ("unconfirmed", "offline", False),
        ("not_printed", "paper_out", True),
        ("printed", None, False),
        ("not_printed", "cover_open", False),
    ]
    for seed in range(3):
        assert day(random.Random(seed)) == in_order


def test_bad_items_stand_alone(client: TestClient, kiosk: Kiosk, database: Database) -> None:
    good, other = kiosk.whole(1)
    wrong_hash = kiosk.whole(2)[0] | {"body_hash": "0" * 64}
    unknown = kiosk.envelope("ticket.eaten", {"ticket": str(uuid.uuid4())}, 90)
    newer = kiosk.whole(3)[0] | {"schema_version": core_events.SCHEMA_VERSION + 1}
    stranger = kiosk.whole(4)[0] | {"kiosk_id": str(uuid.uuid4())}
    body = dict(kiosk.issued(kiosk.ticket(5))["body"])
    del body["token"]
    incomplete = kiosk.envelope("ticket.issued", body, 91)
    ancient = kiosk.whole(6)[0] | {"occurred_at": "0001-01-01T00:00:00+14:00"}
    sent = [{"uuid": "no"}, {}, wrong_hash, good, unknown, newer, stranger, incomplete, ancient, other]
    assert send(client, kiosk, *sent) == [
        ("rejected", "event_malformed"),
        ("rejected", "event_malformed"),
        ("rejected", "event_hash_wrong"),
        ACCEPTED,
        ("rejected", "event_unknown_type"),
        ("rejected", "event_newer_schema"),
        ("rejected", "event_other_kiosk"),
        ("rejected", "event_malformed"),
        ("rejected", "event_malformed"),
        ACCEPTED,
    ]
    assert count(database, Event) == 2


@pytest.mark.parametrize(
    "odd",
    [
        {"why": "a\x00b"},
        {"why": "x" * 3000},
        {"number": "C\ud800"},
        {"\ud800": 1},
        {"deep": {"a": 1}},
        {"share": 0.5},
        {"ticket": "x"},
        {"service_day": "2026-02-30"},
        {"queue": "ZZZZ"},
    ],
    ids=repr,
)
def test_odd_bodies_are_rejected_and_harm_nothing(
    client: TestClient, kiosk: Kiosk, odd: dict[str, Any]
) -> None:
    body = dict(core_events.voided(kiosk.ticket(1), "visitor", "visitor").body) | odd
    hashed = core_events.canonical(body).encode("utf-8", "surrogatepass")
    event = kiosk.envelope("ticket.voided", {}, 1) | {
        "body": body,
        "body_hash": hashlib.sha256(hashed).hexdigest(),
    }
    answer = client.post(
        "/api/v1/events",
        content=json.dumps({"events": [event, kiosk.whole(2)[0]]}),
        headers=kiosk.headers | {"Content-Type": "application/json"},
    )
    assert answer.status_code == 200, answer.text
    assert [one["status"] for one in answer.json()["answers"]] == ["rejected", "accepted"]


def test_a_uuid_with_another_body_is_rejected_and_told(
    client: TestClient, kiosk: Kiosk, database: Database
) -> None:
    ticket = kiosk.ticket(1)
    event = kiosk.issued(ticket)
    send(client, kiosk, event)
    other = copy.deepcopy(event)
    other["body"]["priority"] = True
    other["body_hash"] = core_events.body_hash(core_events.canonical(other["body"]))
    assert send(client, kiosk, other) == [("rejected", "event_altered")]
    assert send(client, kiosk, other) == [("rejected", "event_altered")]
    assert ticket_row(database, ticket.uuid).priority is False, "what the server has stays"
    assert alert_kinds(database) == [alerts.EVENT_ALTERED]
    assert database.read(lambda session: session.scalar(select(Alert.count))) == 2
    assert send(client, kiosk, event) == [DUPLICATE]


def test_two_kiosks_may_have_the_same_uuid(client: TestClient, kiosk: Kiosk, database: Database) -> None:
    second = Kiosk.of(enrol(database))
    event = kiosk.whole(1)[0]
    body = core_events.issued(second.ticket(2)).body
    twin = second.envelope("ticket.issued", body, 1, uuid=event["uuid"])
    assert send(client, kiosk, event) == [ACCEPTED]
    assert send(client, second, twin) == [ACCEPTED]


def test_another_kiosks_ticket_is_not_its_to_change(
    client: TestClient, kiosk: Kiosk, database: Database
) -> None:
    ticket = kiosk.ticket(1)
    send(client, kiosk, kiosk.issued(ticket), kiosk.printed(ticket))
    second = Kiosk.of(enrol(database))
    assert send(client, second, second.voided(ticket), *second.whole(2)) == [
        ("rejected", "event_other_kiosk"),
        ACCEPTED,
        ACCEPTED,
    ]
    assert ticket_row(database, ticket.uuid).voided_at is None


def test_a_page_token_belongs_to_one_ticket(client: TestClient, kiosk: Kiosk) -> None:
    first, second = kiosk.ticket(1), kiosk.ticket(2)
    body = dict(core_events.issued(second).body) | {"token": first.token}
    taken = kiosk.envelope("ticket.issued", body, 50)
    assert send(client, kiosk, kiosk.issued(first), taken, *kiosk.whole(3)) == [
        ACCEPTED,
        ("rejected", "event_token_in_use"),
        ACCEPTED,
        ACCEPTED,
    ]
    assert send(client, kiosk, taken) == [("rejected", "event_token_in_use")]


# --- the paper is the truth -------------------------------------------------------------------------------------


def allotment(database: Database, ticket: str) -> Allotment:
    return database.read(lambda session: session.get_one(Allotment, uuid.UUID(ticket)))


@pytest.mark.parametrize("first", ["issued", "printed"])
def test_a_paper_with_another_number_gives_the_allotted_one_up(
    client: TestClient, kiosk: Kiosk, database: Database, first: str
) -> None:
    ticket = kiosk.ticket(2001, digit=2)
    asked = {"ticket": ticket.uuid, "service": "C01"}
    given = client.post("/api/v1/tickets", json=asked, headers=kiosk.headers).json()
    assert given["number"] == "C-001"
    told = [kiosk.issued(ticket), kiosk.printed(ticket)]
    send(client, kiosk, told[0] if first == "issued" else told[1])
    assert allotment(database, ticket.uuid).given_up_at is not None
    send(client, kiosk, *told)
    assert ticket_row(database, ticket.uuid).number == "C-2001"
    again = client.post("/api/v1/tickets", json=asked, headers=kiosk.headers)
    assert again.json() == given, "the answer is the same for ever"
    assert not alert_kinds(database)


def test_a_paper_with_the_allotted_number_keeps_it(
    client: TestClient, kiosk: Kiosk, database: Database
) -> None:
    ticket = kiosk.ticket(1)
    client.post("/api/v1/tickets", json={"ticket": ticket.uuid, "service": "C01"}, headers=kiosk.headers)
    send(client, kiosk, kiosk.issued(ticket), kiosk.printed(ticket))
    assert allotment(database, ticket.uuid).given_up_at is None
    assert not alert_kinds(database)


def test_two_papers_with_one_number_are_both_kept_and_told(
    client: TestClient, kiosk: Kiosk, database: Database
) -> None:
    second = Kiosk.of(enrol(database))
    send(client, kiosk, *kiosk.whole(7))
    assert send(client, second, *second.whole(7)) == [ACCEPTED, ACCEPTED]
    assert alert_kinds(database) == [alerts.NUMBER_TWICE]
    assert count(database, Ticket) == 2


def test_a_paper_with_a_number_allotted_to_another_ticket_is_told(
    client: TestClient, kiosk: Kiosk, database: Database
) -> None:
    asked = {"ticket": str(uuid.uuid4()), "service": "C01"}
    client.post("/api/v1/tickets", json=asked, headers=kiosk.headers)
    second = Kiosk.of(enrol(database))
    send(client, second, *second.whole(1))
    assert alert_kinds(database) == [alerts.NUMBER_TWICE]


# --- seq --------------------------------------------------------------------------------------------------------


def test_gaps_are_known_and_close(client: TestClient, kiosk: Kiosk, database: Database) -> None:
    told = [event for value in range(1, 6) for event in kiosk.whole(value)]

    def gaps() -> list[tuple[int, int]]:
        return database.read(lambda session: ingest.missing_seqs(session, uuid.UUID(kiosk.id)))

    send(client, kiosk, *told[:2], *told[4:5], *told[8:])
    assert gaps() == [(3, 4), (6, 8)]
    row = database.read(lambda session: session.get_one(KioskRow, uuid.UUID(kiosk.id)))
    assert (row.seq_first, row.seq_last, row.seq_count) == (1, 10, 5)
    send(client, kiosk, *told)
    assert gaps() == []
    assert not alert_kinds(database)


def test_a_seq_that_comes_again_with_another_event_is_told(
    client: TestClient, kiosk: Kiosk, database: Database
) -> None:
    send(client, kiosk, *kiosk.whole(1))
    kiosk.seq = 1  # the disk was put back to an older state
    assert send(client, kiosk, *kiosk.whole(2)) == [ACCEPTED, ACCEPTED], "the papers are real"
    assert alert_kinds(database) == [alerts.SEQ_REUSED]


def test_kiosk_events_follow_the_highest_seq(client: TestClient, kiosk: Kiosk, database: Database) -> None:
    def row() -> KioskRow:
        return database.read(lambda session: session.get_one(KioskRow, uuid.UUID(kiosk.id)))

    locked = kiosk.envelope("kiosk.locked", {"who": "staff", "message": "Istirahat"}, 5)
    unlocked = kiosk.envelope("kiosk.unlocked", {"who": "staff"}, 6)
    paper = kiosk.envelope("paper.changed", {"who": "staff", "tickets": 412, "used_mm": 61_000}, 7)
    assert send(client, kiosk, locked) == [ACCEPTED]
    assert row().locked
    assert send(client, kiosk, unlocked, paper) == [ACCEPTED, ACCEPTED]
    assert not row().locked
    assert row().paper_changed_at == NOON
    late = kiosk.envelope("kiosk.locked", {"who": "staff"}, 4)
    assert send(client, kiosk, late) == [ACCEPTED]
    assert not row().locked


def test_a_call_for_staff_is_for_people_now(client: TestClient, kiosk: Kiosk, database: Database) -> None:
    """One alert for a kiosk however often it calls; a call that is old when it comes is kept and told to nobody."""
    body = {"screen": "sheet", "language": "id"}
    old = kiosk.envelope("staff.called", body, 1)
    old["occurred_at"] = (NOON - ingest.CALL_LIVES - dt.timedelta(seconds=1)).isoformat()
    assert send(client, kiosk, old) == [ACCEPTED]
    assert not alert_kinds(database)
    calls = [kiosk.envelope("staff.called", body, seq) for seq in (2, 3)]
    assert send(client, kiosk, *calls) == [ACCEPTED, ACCEPTED]
    assert send(client, kiosk, *calls) == [DUPLICATE, DUPLICATE]
    alert = database.read(lambda session: session.scalars(select(Alert)).one())
    assert (alert.kind, alert.kiosk_id, alert.count) == (alerts.STAFF_CALLED, uuid.UUID(kiosk.id), 2)
    assert "sheet" in alert.detail and alert.resolved_at is None
    assert count(database, Event) == 3


def test_the_outbox_of_a_real_store_is_taken_as_it_is(
    client: TestClient, kiosk: Kiosk, database: Database, tmp_path: Path
) -> None:
    """What ``kiosk.store`` has written, row by row, in the envelope of the wire."""
    now = TurnableClock()
    store = Store.open(tmp_path / "kiosk" / "kiosk.db", now, WIB)

    def take(service: str) -> core_record.Ticket:
        draft = Draft("C", service, "C", True, "id", secrets.token_urlsafe(16), 2, Band(2001, 2999))
        return store.reserve(draft, now.local, lambda queue, number: f"{queue}-{number}")

    printed = store.settle(store.mark_sending(take("C01")), TicketState.PRINTED, None)
    store.count_copy(printed, "kertas sobek", "petugas")
    kept = store.keep(store.settle(take("C02"), TicketState.NOT_PRINTED, "paper_out"))
    gone = store.void(store.settle(take("C01"), TicketState.NOT_PRINTED, "cover_open"), "visitor", "visitor")
    store.paper_changed("petugas", 412, 61_000)
    store.close()
    with contextlib.closing(sqlite3.connect(tmp_path / "kiosk" / "kiosk.db")) as outbox:
        rows = outbox.execute(
            "SELECT seq, uuid, type, occurred_at, schema_version, body, body_hash FROM outbox ORDER BY seq"
        ).fetchall()
    names = ("seq", "uuid", "type", "occurred_at", "schema_version")
    events = [
        dict(zip(names, row, strict=False))
        | {"kiosk_id": kiosk.id, "body": json.loads(row[5]), "body_hash": row[6]}
        for row in rows
    ]
    assert len(events) == 10
    assert send(client, kiosk, *events) == [ACCEPTED] * 10
    states = [ticket_row(database, ticket.uuid) for ticket in (printed, kept, gone)]
    assert [(row.number, row.paper, row.kept, row.voided_at is not None, row.copies) for row in states] == [
        ("C-2001", "printed", False, False, 1),
        ("C-2002", "not_printed", True, False, 0),
        ("C-2003", "not_printed", False, True, 0),
    ]


def test_a_batch_has_a_size(client: TestClient, kiosk: Kiosk) -> None:
    for batch in ([], [{}] * 501):
        answer = client.post("/api/v1/events", json={"events": batch}, headers=kiosk.headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_fields_of_a_newer_kiosk_are_kept_with_the_rest(
    client: TestClient, kiosk: Kiosk, database: Database
) -> None:
    body = dict(core_events.issued(kiosk.ticket(1)).body) | {"place": "Balai desa Socah"}
    event = kiosk.envelope("ticket.issued", body, 1) | {"later": True}
    assert send(client, kiosk, event) == [ACCEPTED]
    kept = database.read(lambda session: session.scalar(select(Event.body)))
    assert kept == core_events.canonical(body)


def test_days_of_a_trip_are_filed_under_their_day_and_place(
    client: TestClient, kiosk: Kiosk, database: Database
) -> None:
    told = []
    for day, place in ((-3, "Balai Desa Kamal"), (-2, "Pasar Socah"), (0, "")):
        at = NOON + dt.timedelta(days=day)
        ticket = kiosk.ticket(1, digit=1, day=at.date(), at=at)
        told.append(kiosk.wrap(core_events.issued(ticket, place), at))
    assert send(client, kiosk, *told) == [ACCEPTED] * 3
    filed = {
        day: [
            row["place"]
            for row in database.read(lambda session, day=day: listing.tickets(session, SITE, day))
        ]
        for day in (NOON.date() + dt.timedelta(days=offset) for offset in (-3, -2, -1, 0))
    }
    assert list(filed.values()) == [["Balai Desa Kamal"], ["Pasar Socah"], [], [None]]
    assert alert_kinds(database) == [], "the same number on another day is another number"


@pytest.mark.parametrize("place", ["", "x" * 81, "a\0b", 7])
def test_a_place_that_is_none_is_malformed(client: TestClient, kiosk: Kiosk, place: object) -> None:
    body = dict(core_events.issued(kiosk.ticket(1)).body) | {"place": place}
    told = kiosk.envelope(core_events.TICKET_ISSUED, body, 1)
    assert send(client, kiosk, told) == [("rejected", "event_malformed")]
