"""``POST /tickets``: numbers, idempotent, refused with a reason."""

from __future__ import annotations

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from server import catalogue
from server.db.database import Database
from server.db.models import QueueDay
from tests.server.conftest import Clock
from tests.support.server_driver import DAY, NOON, SITE, Kiosk, enrol, sample


def ask(client: TestClient, kiosk: Kiosk, ticket: str = "", **more: Any) -> Response:
    body = {"ticket": ticket or str(uuid.uuid4()), "service": "C01"} | more
    return client.post("/api/v1/tickets", json=body, headers=kiosk.headers)


def problem(answer: Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    code: str = answer.json()["code"]
    assert answer.json()["type"] == f"urn:anjungan:problem:{code}"
    return code


def test_numbers_count_up_in_each_queue(client: TestClient, kiosk: Kiosk) -> None:
    assert [ask(client, kiosk).json()["number"] for _ in range(3)] == ["C-001", "C-002", "C-003"]
    other = ask(client, kiosk, service="A01").json()
    assert (other["number"], other["queue"], other["value"]) == ("A-001", "A", 1)
    assert other["service_day"] == "2026-11-24"


def test_the_same_ticket_gets_the_same_answer_for_ever(
    client: TestClient, kiosk: Kiosk, clock: Clock
) -> None:
    ticket = str(uuid.uuid4())
    first = ask(client, kiosk, ticket)
    ask(client, kiosk)
    clock.turn(days=40)
    again = ask(client, kiosk, ticket)
    assert again.status_code == first.status_code == 200
    assert again.json() == first.json()


def test_the_same_ticket_at_the_same_time_gets_one_number(client: TestClient, kiosk: Kiosk) -> None:
    ticket = str(uuid.uuid4())
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: ask(client, kiosk, ticket).json(), range(24)))
    assert {answer["number"] for answer in answers} == {"C-001"}
    assert ask(client, kiosk).json()["number"] == "C-002", "the repeated requests took no number"


@pytest.mark.parametrize("change", [{"service": "C02"}, {"priority": True}])
def test_the_same_ticket_with_another_wish_is_refused(
    client: TestClient, kiosk: Kiosk, change: dict[str, Any]
) -> None:
    ticket = str(uuid.uuid4())
    ask(client, kiosk, ticket)
    assert problem(ask(client, kiosk, ticket, **change), 409) == "ticket_differs"


def test_another_kiosk_may_not_use_the_ticket(client: TestClient, kiosk: Kiosk, database: Database) -> None:
    ticket = str(uuid.uuid4())
    ask(client, kiosk, ticket)
    assert problem(ask(client, Kiosk.of(enrol(database)), ticket), 409) == "ticket_differs"


def test_a_new_day_begins_at_one_by_the_sites_own_clock(
    client: TestClient, kiosk: Kiosk, clock: Clock
) -> None:
    clock.now = dt.datetime(2026, 11, 24, 16, 59, tzinfo=dt.UTC)  # 23.59 WIB
    assert ask(client, kiosk).json()["service_day"] == "2026-11-24"
    clock.turn(minutes=1)
    after = ask(client, kiosk).json()
    assert (after["number"], after["service_day"]) == ("C-001", "2026-11-25")


def test_a_clock_that_goes_back_repeats_no_number(client: TestClient, kiosk: Kiosk, clock: Clock) -> None:
    ask(client, kiosk)
    clock.turn(days=1)
    ask(client, kiosk)
    clock.turn(days=-1)
    assert ask(client, kiosk).json()["number"] == "C-002"


def test_a_kiosk_on_another_day_is_told(client: TestClient, kiosk: Kiosk) -> None:
    assert ask(client, kiosk, service_day="2026-11-24").status_code == 200
    assert problem(ask(client, kiosk, service_day="2026-11-23"), 409) == "day_differs"


def test_a_full_series_is_a_refusal_and_no_wrap(client: TestClient, kiosk: Kiosk, database: Database) -> None:
    database.write(
        lambda session: session.add(QueueDay(site_id=SITE, service_day=DAY, queue="C", last_value=998))
    )
    assert ask(client, kiosk).json()["number"] == "C-999"
    for _ in range(2):
        assert problem(ask(client, kiosk), 409) == "series_full"
    assert ask(client, kiosk, service="A01").status_code == 200, "other queues go on"


def test_a_refusal_takes_no_number(client: TestClient, kiosk: Kiosk, database: Database) -> None:
    site, services = sample()
    limited = tuple(
        service.model_copy(update={"quota": 2}) if service.code == "C01" else service
        for service in services.services
    )
    changed = services.model_copy(update={"services": limited})
    database.write(lambda session: catalogue.replace(session, site, changed, who="test", now=NOON))
    assert [ask(client, kiosk).json()["number"] for _ in range(2)] == ["C-001", "C-002"]
    assert problem(ask(client, kiosk), 409) == "quota_used_up"
    assert ask(client, kiosk, service="C02").json()["number"] == "C-003"


def test_a_quota_holds_when_many_ask_at_once(client: TestClient, kiosk: Kiosk, database: Database) -> None:
    site, services = sample()
    queues = tuple(
        queue.model_copy(update={"quota": 5}) if queue.code == "C" else queue for queue in services.queues
    )
    changed = services.model_copy(update={"queues": queues})
    database.write(lambda session: catalogue.replace(session, site, changed, who="test", now=NOON))
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: ask(client, kiosk).status_code, range(15)))
    assert sorted(answers) == [200] * 5 + [409] * 10


def test_a_closed_and_an_unknown_service(client: TestClient, kiosk: Kiosk, database: Database) -> None:
    assert problem(ask(client, kiosk, service="Z99"), 404) == "service_unknown"
    site, services = sample()
    shut = tuple(
        service.model_copy(update={"closed": {"id": "Tutup", "en": "Closed"}})
        if service.code == "C01"
        else service
        for service in services.services
    )
    changed = services.model_copy(update={"services": shut})
    database.write(lambda session: catalogue.replace(session, site, changed, who="test", now=NOON))
    assert problem(ask(client, kiosk), 409) == "service_closed"


def test_numbers_go_on_above_what_kiosks_gave_by_themselves(client: TestClient, kiosk: Kiosk) -> None:
    batch = {"events": kiosk.whole(17)}
    client.post("/api/v1/events", json=batch, headers=kiosk.headers)
    assert ask(client, kiosk).json()["number"] == "C-018"


def test_a_band_of_its_own_does_not_move_the_series(client: TestClient, kiosk: Kiosk) -> None:
    batch = {"events": kiosk.whole(2001, digit=2)}
    client.post("/api/v1/events", json=batch, headers=kiosk.headers)
    assert ask(client, kiosk).json()["number"] == "C-001"


def test_a_ticket_that_was_printed_already_gets_no_number(client: TestClient, kiosk: Kiosk) -> None:
    ticket = kiosk.ticket(2001, digit=2)
    client.post("/api/v1/events", json={"events": [kiosk.issued(ticket)]}, headers=kiosk.headers)
    assert problem(ask(client, kiosk, ticket.uuid), 409) == "ticket_differs"
