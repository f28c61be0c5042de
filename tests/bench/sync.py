"""A kiosk and its server: how long a visitor waits for a number, and how fast days without a line are caught up.

The wait is measured at the desk's own question, with the server up, away, and taking connections without an answer. Its
floor is a bare request to the same server over an open connection. Draining is the kiosk's whole way (store, HTTP,
server, store again) beside the bulk insert of as many rows into a database of the same kind.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import secrets
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import uuid6
from sqlalchemy import insert

from kiosk.clock import SystemClock
from kiosk.core import events
from kiosk.store import NAME, Outbox, Store
from kiosk.sync.numbers import CentralNumbers
from server import ticket_rows
from server.db import migrate
from server.db.database import Database
from server.db.models import Event
from server.settings import Settings as ServerSettings
from server.setup import database_url
from tests.bench.report import Line, median
from tests.support import far_end
from tests.support.server_driver import SITE, Process, enrol, fill, free_port, running

ROOT = Path(__file__).resolve().parent.parent.parent
WIB = dt.timezone(dt.timedelta(hours=7))
ASKED = 200
BOUND_MS = 800.0
SLACK_MS = 100.0
"""What this machine's scheduler may add to the bound."""
EVENTS = (10_000, 100_000)


def bench() -> Iterator[Line]:
    """Measure both."""
    with tempfile.TemporaryDirectory(prefix="anjungan-bench-") as folder:
        database = _database(Path(folder))
        with running(Path(folder)) as server:
            yield from _waits(server, database)
            for count in EVENTS:
                yield from _draining(server, database, Path(folder) / f"kiosk{count}", count)
        database.close()


def _database(folder: Path) -> Database:
    database = Database(database_url(ServerSettings(), folder))
    migrate.migrate(database)
    fill(database, digits=4)
    return database


def _waits(server: Process, database: Database) -> Iterator[Line]:
    enrolled = enrol(database, now=dt.datetime.now(dt.UTC))
    took, spared = _ask(server.address, enrolled.token, ASKED)
    bare = _bare(server, enrolled.token)
    yield Line("server up: a visitor waits", median(took), "ms", bare)
    with contextlib.closing(_listener()) as port_taken:
        took, spared = _ask(f"http://127.0.0.1:{port_taken.getsockname()[1]}", "x", 20, fills=True)
        yield Line(
            "server half-open: the first visitor waits",
            took[0],
            "ms",
            None,
            BOUND_MS + SLACK_MS,
            "0.8 s + 0.1 s",
        )
        yield Line("server half-open: the next ones wait", median(spared), "ms", None, 5.0, "5 ms")
    took, spared = _ask(f"http://127.0.0.1:{free_port()}", "x", 20)
    yield Line(
        "server down: the first visitor waits", took[0], "ms", None, BOUND_MS + SLACK_MS, "0.8 s + 0.1 s"
    )
    yield Line("server down: the next ones wait", median(spared), "ms", None, 5.0, "5 ms")
    with far_end.far_end(far_end.drip) as there:
        took, spared = _ask(there.url, "x", 20)
        yield Line(
            "ten bytes a second: the first visitor waits",
            took[0],
            "ms",
            None,
            BOUND_MS + SLACK_MS,
            "0.8 s + 0.1 s",
        )


def _listener() -> Any:
    import socket

    return socket.create_server(("127.0.0.1", 0), backlog=64)  # the kernel accepts, nobody ever answers


def _ask(url: str, token: str, count: int, fills: bool = False) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each question, and of those after the first."""
    from kiosk.sync.anjungan import AnjunganServer
    from kiosk.sync.http import Http

    numbers = CentralNumbers(lambda: AnjunganServer(Http(url, token), "-"), BOUND_MS / 1000)
    numbers.warm_up(30)
    took = []
    try:
        for _ in range(count):
            began = time.perf_counter()
            numbers.ask(str(uuid6.uuid7()), "C01", False, dt.datetime.now(WIB).date())
            took.append((time.perf_counter() - began) * 1000)
    finally:
        numbers.close()
    return took, took[1:]


def _bare(server: Process, token: str) -> float:
    took = []
    with contextlib.closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as http:
        for _ in range(ASKED):
            body = json.dumps({"ticket": str(uuid6.uuid7()), "service": "C01"})
            began = time.perf_counter()
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            http.request("POST", "/api/v1/tickets", body, headers)
            http.getresponse().read()
            took.append((time.perf_counter() - began) * 1000)
    return median(took)


DRAIN = """
import sys, time
from pathlib import Path
from contextlib import closing
import datetime as dt
from kiosk.clock import SystemClock
from kiosk.settings import load
from kiosk.store import NAME, Outbox, Store
from kiosk.sync_service import run_once
state, count = Path(sys.argv[1]), int(sys.argv[2])

def memory():
    # Of this program alone: getrusage also knows what its parent had.
    text = Path("/proc/self/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) / 1024

with closing(Store.open(state / NAME, SystemClock(), dt.timezone(dt.timedelta(hours=7)))) as store:
    import kiosk.sync.http, kiosk.sync.anjungan, kiosk.sync.pump
    before = memory()
    began = time.perf_counter()
    run_once(load(), state, SystemClock(), store)
    took = time.perf_counter() - began
    left = Outbox(store).figures()
    print(took, memory() - before, left.depth, left.rejected)
"""


def _draining(server: Process, database: Database, state: Path, count: int) -> Iterator[Line]:
    state.mkdir()
    kiosk = _filled(server, database, state, count)
    done = subprocess.run(
        [sys.executable, "-c", DRAIN, str(state), str(count)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=1800,
    )
    took, grown, left, rejected = map(float, done.stdout.split())
    if left or rejected:
        raise RuntimeError(f"{left:.0f} events are left, {rejected:.0f} rejected")
    floor = _bulk(database, state.with_name(f"bulk{count}"), kiosk, count)
    yield Line(
        f"draining {count:,} events",
        took * 1000,
        "ms",
        floor * 1000,
        floor * 2000,
        "half the bulk insert's rate",
    )
    yield Line(f"draining {count:,} events, memory grows by", grown, "MB", None, 64.0, "64 MB")


def _filled(server: Process, database: Database, state: Path, count: int) -> str:
    """Make a kiosk with ``count`` events of printed tickets in its outbox."""
    from kiosk.sync import identity as identities

    with contextlib.closing(Store.open(state / NAME, SystemClock(), WIB)) as store:
        outbox = Outbox(store)
        enrolled = enrol(database, now=dt.datetime.now(dt.UTC), install=outbox.install())
        now = dt.datetime.now(dt.UTC)
        rows = []
        for place in range(count // 2):
            about = {
                "ticket": str(uuid6.uuid7()),
                "number": f"C-{place % 9999 + 1:04d}",
                "queue": "C",
                "service": "C01",
                "service_day": str(now.date() - dt.timedelta(days=1 + place // 9999)),
            }
            issued = about | {
                "value": place % 9999 + 1,
                "kiosk_digit": 0,
                "agency": "C",
                "priority": False,
                "language": "id",
                "token": secrets.token_urlsafe(16),
            }
            for kind, body in (
                ("ticket.issued", issued),
                ("ticket.printed", about | {"outcome": "printed", "cause": None}),
            ):
                text = events.canonical(body)
                rows.append(
                    (
                        str(uuid6.uuid7()),
                        kind,
                        about["ticket"],
                        text,
                        events.body_hash(text),
                        now.isoformat(),
                        1,
                    )
                )
        with store._transaction():
            store._db.executemany(
                "INSERT INTO outbox (uuid, type, ticket, body, body_hash, occurred_at, schema_version)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
        identities.save(
            identities.Identity(
                server=server.address,
                kiosk_id=str(enrolled.kiosk_id),
                kiosk_digit=enrolled.kiosk_digit,
                site=SITE,
                name="bench",
                install=outbox.install(),
                machine=identities.fingerprint(),
                enrolled_at=now.isoformat(),
                token=enrolled.token,
                token_at=now.isoformat(),
            ),
            state,
        )
    return str(enrolled.kiosk_id)


def _bulk(database: Database, folder: Path, kiosk: str, count: int) -> float:
    """Seconds of the bare insert of the very rows that were kept, events and tickets, in batches of the same size."""
    folder.mkdir()
    bare = _database(folder)
    try:
        other = enrol(bare, now=dt.datetime.now(dt.UTC)).kiosk_id
        columns = [column for column in Event.__table__.columns if column.name != "id"]
        took = 0.0
        for start in range(1, count + 1, 500):
            query = (
                Event.__table__.select()
                .with_only_columns(*columns)
                .where(Event.kiosk_id == uuid.UUID(kiosk), Event.seq.between(start, start + 499))
            )

            def kept(session: Any, query: Any = query) -> tuple[list[dict[str, Any]], list[Any]]:
                rows = [dict(row._mapping) for row in session.execute(query)]
                return rows, list(ticket_rows.load(session, {row["ticket"] for row in rows}).values())

            rows, tickets = database.read(kept)
            for row in rows:
                row["kiosk_id"] = other
            for ticket in tickets:
                ticket.kiosk_id = other

            def store(session: Any, rows: Any = rows, tickets: Any = tickets) -> None:
                session.execute(insert(Event.__table__), rows)  # type: ignore[arg-type]
                ticket_rows.add(session, tickets)

            began = time.perf_counter()
            bare.write(store)
            took += time.perf_counter() - began
        return took
    finally:
        bare.close()
