"""The central server driven as a kiosk does: real events by ``kiosk.core.events``, real processes, real HTTP."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2
import uuid6

from kiosk.core import events
from kiosk.core.catalogue import Catalogue, Numbers, Site
from kiosk.core.record import Ticket, TicketState
from kiosk.site import load
from kiosk.sync.wire import DeviceClass, Enrolled, Enrolment
from server import catalogue, enrolment, security
from server.db.database import Database

ROOT = Path(__file__).resolve().parent.parent.parent
SITE = "mpp-bangkalan"
NOON = dt.datetime(2026, 11, 24, 5, 0, tzinfo=dt.UTC)
"""A Tuesday, 12.00 WIB."""
DAY = dt.date(2026, 11, 24)


def sample(digits: int = 3) -> tuple[Site, Catalogue]:
    """Return the sample site; with four digits a queue has 9,999 numbers a day."""
    data = load(ROOT / "config" / "sites" / "bangkalan")
    return data.site.model_copy(update={"numbers": Numbers(digits=digits)}), data.catalogue


def fill(database: Database, digits: int = 3) -> None:
    """Put the sample site into ``database``."""
    site, services = sample(digits)
    database.write(lambda session: catalogue.replace(session, site, services, who="test", now=NOON))


def enrol(
    database: Database,
    device_class: DeviceClass = DeviceClass.KIOSK,
    now: dt.datetime = NOON,
    install: str = "",
) -> Enrolled:
    """Pair a device without HTTP."""
    code = database.write(
        lambda session: enrolment.make_code(session, SITE, device_class, who="test", now=now)
    )
    salt = database.read(enrolment.salt)
    assert salt is not None
    asked = Enrolment(code=code, install_id=install or secrets.token_hex(8), name="Lobi")
    done = database.write(
        lambda session: enrolment.enrol(session, asked, security.code_hash(code, salt), now=now)
    )
    assert done is not None
    return done


@dataclass
class Kiosk:
    """A kiosk's outbox: makes events, gapless, as the kiosk's store does."""

    id: str
    token: str
    digit: int = 0
    seq: int = 0
    tickets: dict[str, Ticket] = field(default_factory=dict)

    @classmethod
    def of(cls, enrolled: Enrolled) -> Kiosk:
        return cls(str(enrolled.kiosk_id), enrolled.token, enrolled.kiosk_digit)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def ticket(
        self,
        value: int,
        *,
        queue: str = "C",
        service: str = "C01",
        priority: bool = False,
        digit: int = 0,
        day: dt.date = DAY,
        at: dt.datetime = NOON,
        uuid: str = "",
    ) -> Ticket:
        """Return a ticket with the number ``value``."""
        made = Ticket(
            uuid=uuid or str(uuid6.uuid7()),
            service_day=day,
            queue=queue,
            number=value,
            display=f"{queue}-{value:03d}",
            kiosk_digit=digit,
            service=service,
            agency=service[0],
            priority=priority,
            language="id",
            token=secrets.token_urlsafe(16),
            issued_at=at,
            state=TicketState.RESERVED,
        )
        self.tickets[made.uuid] = made
        return made

    def wrap(self, event: events.Event, at: dt.datetime = NOON) -> dict[str, Any]:
        """Put ``event`` into its envelope, with the next seq."""
        self.seq += 1
        return self.envelope(event.type, event.body, self.seq, at)

    def envelope(
        self, kind: str, body: Mapping[str, Any], seq: int, at: dt.datetime = NOON, uuid: str = ""
    ) -> dict[str, Any]:
        return {
            "uuid": uuid or str(uuid6.uuid7()),
            "kiosk_id": self.id,
            "seq": seq,
            "type": kind,
            "occurred_at": at.isoformat(),
            "schema_version": events.SCHEMA_VERSION,
            "body": dict(body),
            "body_hash": events.body_hash(events.canonical(body)),
        }

    def issued(self, ticket: Ticket) -> dict[str, Any]:
        return self.wrap(events.issued(ticket), ticket.issued_at)

    def settled(
        self, ticket: Ticket, outcome: TicketState, cause: str | None = None, *, kept: bool = False
    ) -> dict[str, Any]:
        return self.wrap(events.settled(ticket, outcome, cause, kept=kept))

    def printed(self, ticket: Ticket) -> dict[str, Any]:
        return self.settled(ticket, TicketState.PRINTED)

    def voided(self, ticket: Ticket) -> dict[str, Any]:
        return self.wrap(events.voided(ticket, "visitor", "visitor"))

    def reprinted(self, ticket: Ticket, copy: int) -> dict[str, Any]:
        return self.wrap(events.reprinted(replace(ticket, copies=copy), copy, "torn", "staff"))

    def whole(self, value: int, **more: Any) -> list[dict[str, Any]]:
        """Return the events of a ticket that was printed."""
        ticket = self.ticket(value, **more)
        return [self.issued(ticket), self.printed(ticket)]


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Process:
    """``main.py server run`` as its own processes, in a group of their own."""

    def __init__(
        self,
        state: Path,
        url: str = "",
        workers: int = 1,
        port: int = 0,
        ca: Path | None = None,
        **settings: str,
    ) -> None:
        self.state, self.port = state, port or free_port()
        self.tls = ssl.create_default_context(cafile=ca) if ca else True
        self.address = f"{'https' if ca else 'http'}://127.0.0.1:{self.port}"
        self._log = state / "server.log"
        state.mkdir(exist_ok=True)
        arguments = ["--port", str(self.port), "--state", str(state), "--workers", str(workers)]
        if url:
            arguments += ["--database-url", url]
        raised = {
            "requests_per_second": "100000",
            "pages_per_second": "100000",
            "log_level": "warning",
        } | settings
        environment = {f"ANJUNGAN_SERVER_{key.upper()}": value for key, value in raised.items()}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(ROOT / "main.py"), "server", "run", *arguments],
                env=os.environ | environment,
                stdout=log,
                stderr=log,
                process_group=0,
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + 40
        while True:
            with contextlib.suppress(httpx2.TransportError):
                if httpx2.get(f"{self.address}/readyz", timeout=5, verify=self.tls).status_code == 200:
                    return
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(self.log)
            time.sleep(0.05)

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def kill(self) -> None:
        """SIGKILL to every process of it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(20)

    def stop(self) -> int:
        """SIGTERM, and wait for it to finish in good order; return its exit code."""
        self._process.terminate()
        try:
            return self._process.wait(30)
        finally:
            self.kill()


@contextlib.contextmanager
def running(
    state: Path, url: str = "", workers: int = 1, ca: Path | None = None, **settings: str
) -> Iterator[Process]:
    """Run a server for the length of a ``with``."""
    process = Process(state, url, workers, ca=ca, **settings)
    try:
        yield process
    finally:
        process.kill()
