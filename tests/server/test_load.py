"""Many at once, with real processes: no number twice, none left out, nothing lost that was acknowledged."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
import random
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select

from server.db import migrate
from server.db.database import Database
from server.db.models import Allotment, Event
from tests.support.postgres import Cluster
from tests.support.server_driver import Kiosk, enrol, fill, running

CLIENTS, TICKETS, WORKERS = 64, 50, 4


@pytest.fixture(params=["sqlite", "postgresql"])
def big_queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, list[Kiosk]]]:
    """A database whose queues have 9,999 numbers, with eight kiosks: its address and the kiosks."""
    cluster: Cluster | None = None
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'big.db'}"
    else:
        cluster = request.getfixturevalue("cluster")
        assert cluster is not None
        url = cluster.url(cluster.new_database())
    database = Database(url)
    migrate.migrate(database)
    fill(database, digits=4)
    kiosks = [Kiosk.of(enrol(database)) for _ in range(8)]
    database.close()
    yield url, kiosks


@pytest.mark.timeout(180)
def test_64_clients_with_50_tickets_each_get_3200_numbers_without_a_gap(
    big_queue: tuple[str, list[Kiosk]], tmp_path: Path
) -> None:
    url, kiosks = big_queue
    with running(tmp_path / "state", url, workers=WORKERS) as server:

        def client(place: int) -> dict[str, int]:
            # The plainest client there is: on a small machine a comfortable one would be most of the work.
            http = HTTPConnection("127.0.0.1", server.port, timeout=60)
            headers = kiosks[place % len(kiosks)].headers | {"Content-Type": "application/json"}

            def ask(ticket: str) -> int:
                http.request(
                    "POST", "/api/v1/tickets", json.dumps({"ticket": ticket, "service": "C01"}), headers
                )
                answer = http.getresponse()
                body = json.loads(answer.read())
                assert answer.status == 200, body
                value: int = body["value"]
                return value

            with contextlib.closing(http):
                given = {ticket: ask(ticket) for ticket in (str(uuid.uuid4()) for _ in range(TICKETS))}
                for ticket in random.sample(sorted(given), 5):  # asked again in the middle of the crowd
                    assert ask(ticket) == given[ticket]
            return given

        with ThreadPoolExecutor(CLIENTS) as pool:
            found = [pair for given in pool.map(client, range(CLIENTS)) for pair in given.items()]
    assert sorted(value for _, value in found) == list(range(1, CLIENTS * TICKETS + 1))


@pytest.mark.timeout(120)
def test_a_server_killed_under_load_loses_nothing_it_acknowledged(
    big_queue: tuple[str, list[Kiosk]], tmp_path: Path
) -> None:
    url, kiosks = big_queue
    numbers: dict[str, str] = {}
    events: dict[str, set[str]] = {kiosk.id: set() for kiosk in kiosks}
    enough = threading.Barrier(len(kiosks) + 1, timeout=60)
    with running(tmp_path / "state", url, workers=2) as server:

        def work(kiosk: Kiosk) -> None:
            done = 0
            with (
                contextlib.suppress(httpx2.TransportError),
                httpx2.Client(base_url=server.address, headers=kiosk.headers, timeout=30) as http,
            ):
                for done in itertools.count(1):
                    ticket = str(uuid.uuid4())
                    given = http.post("/api/v1/tickets", json={"ticket": ticket, "service": "C01"}).json()
                    numbers[ticket] = given["number"]
                    day = dt.date.fromisoformat(given["service_day"])
                    paper = kiosk.ticket(given["value"], uuid=ticket, day=day)
                    batch = [kiosk.issued(paper), kiosk.printed(paper)]
                    told = http.post("/api/v1/events", json={"events": batch}).json()
                    events[kiosk.id] |= {answer["uuid"] for answer in told["answers"]}
                    if done == 5:
                        enough.wait()

        with ThreadPoolExecutor(len(kiosks)) as pool:
            workers = [pool.submit(work, kiosk) for kiosk in kiosks]
            enough.wait()
            threading.Event().wait(random.uniform(0, 0.4))  # somewhere in the middle of something
            server.kill()
            for worker in workers:
                worker.result(60)

    assert len(numbers) >= 5 * len(kiosks)
    with running(tmp_path / "state", url) as again:
        for kiosk in kiosks:
            with httpx2.Client(base_url=again.address, headers=kiosk.headers, timeout=30) as http:
                mine = {uuid_: number for uuid_, number in numbers.items() if uuid_ in kiosk.tickets}
                for ticket, number in mine.items():
                    answer = http.post("/api/v1/tickets", json={"ticket": ticket, "service": "C01"})
                    assert answer.json()["number"] == number
    assert_kept(url, numbers, events)


@pytest.mark.timeout(120)
def test_a_database_killed_under_load_loses_nothing_that_was_acknowledged(
    cluster: Cluster, tmp_path: Path
) -> None:
    own = Cluster(cluster.programs)  # the others' stays up
    try:
        own.start()
        url = own.url(own.new_database())
        database = Database(url)
        migrate.migrate(database)
        fill(database, digits=4)
        kiosks = [Kiosk.of(enrol(database)) for _ in range(4)]
        database.close()
        numbers: dict[str, str] = {}
        outages: list[int] = []
        halt = threading.Event()
        enough = threading.Barrier(len(kiosks) + 1, timeout=60)
        with running(tmp_path / "state", url, workers=2) as server:

            def work(kiosk: Kiosk) -> None:
                done = 0
                with httpx2.Client(base_url=server.address, headers=kiosk.headers, timeout=30) as http:
                    while not halt.is_set():
                        ticket = str(uuid.uuid4())
                        answer = http.post("/api/v1/tickets", json={"ticket": ticket, "service": "C01"})
                        if answer.status_code == 200:
                            numbers[ticket] = answer.json()["number"]
                            done += 1
                        else:
                            assert answer.status_code == 503, answer.text
                            assert answer.json()["code"] == "unavailable"
                            outages.append(1)
                            halt.wait(0.05)
                        if done == 5 and not outages:
                            enough.wait()
                            done += 1

            with ThreadPoolExecutor(len(kiosks)) as pool:
                workers = [pool.submit(work, kiosk) for kiosk in kiosks]
                enough.wait()
                own.kill()
                while not outages:
                    assert not halt.wait(0.02)
                before = len(numbers)
                own.start()
                while len(numbers) < before + 20:  # it finds its way back by itself
                    assert not halt.wait(0.02)
                halt.set()
                for worker in workers:
                    worker.result(60)
        assert_kept(url, numbers, {})
    finally:
        own.remove()


def assert_kept(url: str, numbers: dict[str, str], events: dict[str, set[str]]) -> None:
    """Every acknowledged number and event is in the database, and no number is there twice."""
    database = Database(url)
    try:
        kept = database.read(
            lambda session: {
                str(row.ticket): row.number
                for row in session.execute(select(Allotment.ticket, Allotment.number))
            }
        )
        assert numbers.items() <= kept.items()
        assert len(set(kept.values())) == len(kept)
        assert sorted(int(number[2:]) for number in kept.values()) == list(range(1, len(kept) + 1))
        told = database.read(
            lambda session: {
                (str(row.kiosk_id), str(row.uuid))
                for row in session.execute(select(Event.kiosk_id, Event.uuid))
            }
        )
        assert {(kiosk, uuid_) for kiosk, uuids in events.items() for uuid_ in uuids} <= told
    finally:
        database.close()
