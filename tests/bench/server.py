"""The central server: numbers for many clients, draining an outbox, calling beside a million past tickets.

Each figure stands beside its floor, taken in the same run on the same database: for numbers a bare FastAPI route that
does one insert, served by the same processes to the same clients; for events the bulk insert of the very rows that are
kept; for a call the same call on an empty table. Clients and server share this machine's cores.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from server import calling, event_reading, ingest, ticket_rows
from server.calling import Desk
from server.db import migrate
from server.db.database import Database
from server.db.models import Call, Event, Ticket
from server.queue_rules import Rule
from tests.bench.report import Line, median
from tests.support import postgres
from tests.support.server_driver import DAY, NOON, SITE, Kiosk, enrol, fill, free_port, running

CLIENTS = (1, 16, 64)
SECONDS = 4.0
EVENTS = 10_000
PAST = 1_000_000
CALLS = 200


def bench() -> Iterator[Line]:
    """Measure on SQLite and, where it is installed, on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="anjungan-bench-") as folder:
        yield from _on("SQLite", lambda name: f"sqlite:///{folder}/{name}.db", Path(folder), workers=1)
    programs = postgres.binaries()
    if programs is None:
        return
    cluster = postgres.Cluster(programs)
    try:
        cluster.start()
        with tempfile.TemporaryDirectory(prefix="anjungan-bench-") as folder:
            yield from _on(
                "PostgreSQL", lambda _name: cluster.url(cluster.new_database()), Path(folder), workers=2
            )
    finally:
        cluster.remove()


def _on(kind: str, new_url: Callable[[str], str], folder: Path, workers: int) -> Iterator[Line]:
    url = new_url("numbers")
    database, kiosk = _prepared(url)
    database.close()
    with running(folder / "state", url, workers=workers) as server:
        found = {count: _crowd(server.port, kiosk.headers, count) for count in CLIENTS}
    with _bare(new_url("bare"), folder, workers) as port:
        floor = {count: _crowd(port, {}, count) for count in CLIENTS}
    for count in CLIENTS:
        words = f"{kind}: {count} client{'s' if count > 1 else ''}"
        yield Line(f"{words}, time for a number", found[count][0], "ms", floor[count][0])
        yield Line(f"{words}, 99 % of answers within", found[count][1], "ms", floor[count][1])
    yield _draining(kind, new_url)
    yield _calling(kind, new_url)


def _prepared(url: str) -> tuple[Database, Kiosk]:
    database = Database(url)
    migrate.migrate(database)
    fill(database, digits=4)
    return database, Kiosk.of(enrol(database))


def _crowd(port: int, headers: dict[str, str], clients: int) -> tuple[float, float]:
    """Return the milliseconds between two answers, of all clients together, and the 99th percentile of one answer."""
    end = time.monotonic() + SECONDS

    def client(_place: int) -> list[float]:
        took: list[float] = []
        sent = headers | {"Content-Type": "application/json"}
        with contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=30)) as http:
            while (now := time.monotonic()) < end:
                body = json.dumps(
                    {"ticket": str(uuid.uuid4()), "service": SERVICES[len(took) % len(SERVICES)]}
                )
                http.request("POST", "/api/v1/tickets", body, sent)
                answer = http.getresponse()
                answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"status {answer.status}")
                took.append((time.monotonic() - now) * 1000)
        return took

    with ThreadPoolExecutor(clients) as pool:
        began = time.monotonic()
        took = sorted(one for many in pool.map(client, range(clients)) for one in many)
        return (time.monotonic() - began) * 1000 / len(took), took[int(len(took) * 0.99)]


SERVICES = ("A01", "B01", "C01", "D01", "E01")

BARE = """
import os, uuid
from fastapi import FastAPI
from sqlalchemy import Column, MetaData, String, Table, insert
from kiosk.sync.wire import TicketRequest
from server.db.database import Database
database = Database(os.environ["BARE_URL"])
table = Table("bare", MetaData(), Column("uuid", String(36), primary_key=True), Column("service", String(12)))
table.metadata.create_all(database.engine)
app = FastAPI()

@app.post("/api/v1/tickets")
def take(asked: TicketRequest) -> TicketRequest:
    database.write(lambda session: session.execute(insert(table).values(uuid=str(asked.ticket), service=asked.service)))
    return asked
"""


@contextlib.contextmanager
def _bare(url: str, folder: Path, workers: int) -> Iterator[int]:
    """Serve a route that does one insert; yield its port."""
    (folder / "bare_server.py").write_text(BARE, encoding="utf-8")
    port = free_port()
    root = Path(__file__).resolve().parent.parent.parent
    process = subprocess.Popen(
        [
            *(
                sys.executable,
                "-m",
                "uvicorn",
                "bare_server:app",
                "--port",
                str(port),
                "--workers",
                str(workers),
            ),
            *("--no-access-log", "--log-level", "error"),
        ],
        env=os.environ | {"BARE_URL": url, "PYTHONPATH": f"{folder}{os.pathsep}{root}"},
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError), contextlib.closing(HTTPConnection("127.0.0.1", port)) as http:
                http.request("GET", "/")
                http.getresponse().read()
                break
            if time.monotonic() > deadline:
                raise RuntimeError("the bare server did not start")
            threading.Event().wait(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _draining(kind: str, new_url: Callable[[str], str]) -> Line:
    database, kiosk = _prepared(new_url("drain"))
    told = [event for value in range(1, EVENTS // 2 + 1) for event in kiosk.whole(value)]
    kept: list[tuple[list[dict[str, Any]], list[Any]]] = []

    def drain(batch: list[dict[str, Any]]) -> None:
        good, _ = event_reading.read(batch, uuid.UUID(kiosk.id))
        database.write(lambda session: ingest.ingest(session, uuid.UUID(kiosk.id), good, NOON))

    began = time.perf_counter()
    for place in range(0, EVENTS, 500):
        drain(told[place : place + 500])
    took = time.perf_counter() - began
    columns = [column for column in Event.__table__.columns if column.name != "id"]
    for place in range(0, EVENTS, 500):
        uuids = [uuid.UUID(event["uuid"]) for event in told[place : place + 500]]
        query = Event.__table__.select().with_only_columns(*columns).where(Event.uuid.in_(uuids))
        rows = database.read(
            lambda session, query=query: [dict(row._mapping) for row in session.execute(query)]
        )  # type: ignore[misc]
        tickets = database.read(
            lambda session, rows=rows: list(
                ticket_rows.load(session, {row["ticket"] for row in rows}).values()
            )  # type: ignore[misc]
        )
        kept.append((rows, tickets))
    database.close()

    bare, other = _prepared(new_url("bulk"))
    began = time.perf_counter()
    for rows, tickets in kept:
        for row in rows:
            row["kiosk_id"] = uuid.UUID(other.id)
        for ticket in tickets:
            ticket.kiosk_id = uuid.UUID(other.id)

        def store(session: Any, rows: list[dict[str, Any]] = rows, tickets: list[Any] = tickets) -> None:
            session.execute(insert(Event.__table__), rows)  # type: ignore[arg-type]
            ticket_rows.add(session, tickets)

        bare.write(store)
    floor = time.perf_counter() - began
    bare.close()
    return Line(
        f"{kind}: {EVENTS:,} events of an outbox",
        took,
        "s",
        floor,
        floor * 2,
        "half the rate of the bare rows",
    )


def _calling(kind: str, new_url: Callable[[str], str]) -> Line:
    def milliseconds(past: int) -> float:
        database, kiosk = _prepared(new_url(f"calls{past}"))
        _past_tickets(database, kiosk, past)
        told = [event for value in range(1, CALLS * 2 + 1) for event in kiosk.whole(value)]
        for place in range(0, len(told), 500):
            good, _ = event_reading.read(told[place : place + 500], uuid.UUID(kiosk.id))
            database.write(lambda session, good=good: ingest.ingest(session, uuid.UUID(kiosk.id), good, NOON))  # type: ignore[misc]
        desk = Desk(SITE, "3", ("A", "B", "C"), "officer")
        took = []
        for _ in range(CALLS):
            began = time.perf_counter()
            database.write(lambda session: calling.call_next(session, desk, DAY, Rule(), NOON))
            took.append((time.perf_counter() - began) * 1000)
        database.close()
        return median(took)

    empty, full = milliseconds(0), milliseconds(PAST)
    return Line(
        f"{kind}: a call, beside {PAST:,} past tickets",
        full,
        "ms",
        empty,
        empty * 1.5,
        "1.5 × an empty table",
    )


def _past_tickets(database: Database, kiosk: Kiosk, count: int) -> None:
    """Put ``count`` tickets of the days before into the table, each with its call."""
    for start in range(0, count, 10_000):
        tickets, calls = [], []
        for place in range(start, start + 10_000):
            at = NOON - dt.timedelta(days=1 + place // 1000)
            key = uuid.UUID(int=place + 1)
            tickets.append(
                {
                    "uuid": key,
                    "kiosk_id": uuid.UUID(kiosk.id),
                    "site_id": SITE,
                    "service_day": at.date(),
                    "queue": "C",
                    "number": f"C-{place % 1000:03d}",
                    "service": "C01",
                    "value": place % 1000,
                    "token": f"past-{place:016d}",
                    "issued_at": at,
                    "waiting_since": at,
                    "paper": "printed",
                    "call_state": "done" if place % 20 else "waiting",
                    "call_queue": "C",
                }
            )
            calls.append(
                {
                    "site_id": SITE,
                    "ticket": key,
                    "number": f"C-{place % 1000:03d}",
                    "queue": "C",
                    "what": "called",
                    "counter": "3",
                    "who": "officer",
                    "at": at,
                }
            )

        def store(session: Any, tickets: list[Any] = tickets, calls: list[Any] = calls) -> None:
            session.execute(insert(Ticket.__table__), tickets)  # type: ignore[arg-type]
            session.execute(insert(Call.__table__), calls)  # type: ignore[arg-type]

        database.write(store)
