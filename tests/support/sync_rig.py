"""A kiosk and a central server as they are, with a line between them that fails on request.

The server is its own processes; the kiosk is a real store, desk and client in this process, with a printer in software
behind a real socket; the line is the fault proxy.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import threading
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from kiosk import settings as configuration
from kiosk import site as sites
from kiosk.clock import Clock
from kiosk.core.availability import Closed
from kiosk.core.record import TicketState
from kiosk.core.visit import Issued
from kiosk.desk import Desk
from kiosk.desk_setup import open_desk, open_store
from kiosk.enrolling import pair
from kiosk.server_link import Ties
from kiosk.site import SiteData
from kiosk.store import Outbox, Store, TicketQuery
from kiosk.sync import identity as identities
from kiosk.sync.breaker import Breaker
from kiosk.sync.pump import Rhythm
from kiosk.sync_service import Listener, Worker
from printer import profiles
from printer.virtual.device import VirtualPrinter
from printer.virtual.folder import as_text
from printer.virtual.model import Paper
from printer.virtual.server import Server as PrinterServer
from server import catalogue, enrolment
from server.db import migrate
from server.db.database import Database
from server.db.models import Alert, Allotment, Event, Ticket
from server.db.models import Kiosk as KioskRow
from tests.support.fault_proxy import Certificates, FaultProxy
from tests.support.server_driver import Process

SITE: Final = "mpp-bangkalan"
ROOT: Final = Path(__file__).resolve().parents[2]
BRISK: Final = Rhythm(send_within=1.5, ask_within=1.0, catalogue_within=1.5, probe_within=0.8)
"""As in a kiosk, with less patience: a test meets many faults."""
SERVICES: Final = ("C01", "A01", "J03")


def site_data() -> SiteData:
    """Return the sample site."""
    return sites.load(ROOT / "config" / "sites" / "bangkalan")


@dataclass
class Central:
    """A server with the sample site, and a look into its database."""

    folder: Path
    url: str = ""
    process: Process | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.url = self.url or f"sqlite:///{self.folder / 'central.db'}"
        self.database = Database(self.url)
        migrate.migrate(self.database)
        data, now = site_data(), dt.datetime.now(dt.UTC)
        self.database.write(
            lambda session: catalogue.replace(session, data.site, data.catalogue, who="test", now=now)
        )

    def start(self) -> Process:
        """Start its processes, on the port they had before."""
        port = self.process.port if self.process else 0
        self.process = Process(self.folder / "state", self.url, port=port)
        return self.process

    def kill(self) -> None:
        """SIGKILL to all of them."""
        assert self.process is not None
        self.process.kill()

    def close(self) -> None:
        self.kill()
        self.database.close()

    def code(self) -> str:
        """Return a new pairing code."""
        from kiosk.sync.wire import DeviceClass

        now = dt.datetime.now(dt.UTC)
        return self.database.write(
            lambda session: enrolment.make_code(session, SITE, DeviceClass.KIOSK, who="test", now=now)
        )

    def events(self, kiosk: str) -> list[tuple[int, str]]:
        """Return (seq, uuid) of the kiosk's events in the order they came in."""
        query = select(Event.seq, Event.uuid).where(Event.kiosk_id == UUID(kiosk)).order_by(Event.id)
        return self.database.read(
            lambda session: [(row.seq, str(row.uuid)) for row in session.execute(query)]
        )

    def tickets(self, kiosk: str) -> dict[str, Ticket]:
        """Return the kiosk's tickets by UUID."""
        query = select(Ticket).where(Ticket.kiosk_id == UUID(kiosk))
        return self.database.read(lambda session: {str(row.uuid): row for row in session.scalars(query)})

    def allotments(self, kiosk: str) -> dict[str, Allotment]:
        """Return the numbers that were allotted and not given up, by ticket."""
        query = select(Allotment).where(Allotment.kiosk_id == UUID(kiosk), Allotment.given_up_at.is_(None))
        return self.database.read(lambda session: {str(row.ticket): row for row in session.scalars(query)})

    def alerts(self, kiosk: str) -> list[str]:
        """Return what people are told of this kiosk."""
        query = select(Alert).where(Alert.kiosk_id == UUID(kiosk))
        return self.database.read(
            lambda session: [f"{row.kind}: {row.detail}" for row in session.scalars(query)]
        )

    def word(self, kiosk: str) -> KioskRow:
        """Return the kiosk's row."""
        return self.database.read(lambda session: session.get_one(KioskRow, UUID(kiosk)))


class Killed(BaseException):
    """The process ends here: nothing after this line is done."""


@dataclass
class Unit:
    """A kiosk. What it prints outlives it; ``desk`` and ``worker`` are opened anew after each death."""

    folder: Path
    address: str
    clock: Clock
    ca: Path | None = None
    numbering: str = "central"
    papers: list[Paper] = field(default_factory=list)
    rhythm: Rhythm = BRISK

    def __post_init__(self) -> None:
        self._stack = ExitStack()
        printer = VirtualPrinter(profiles.load("generic-80").dots, self.papers.append)
        self.printer = self._stack.enter_context(PrinterServer.on_tcp(printer, "127.0.0.1", 0))
        self.settings = configuration.load(None, self.environment)
        self.data = site_data()
        self.breaker = Breaker()
        self.desk: Desk | None = None
        self.store: Store | None = None
        self.worker: Worker | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ANJUNGAN_")}
        return kept | {
            "ANJUNGAN_KIOSK__IGNORE_HOURS": "true",
            "ANJUNGAN_KIOSK__NUMBERING": self.numbering,
            "ANJUNGAN_KIOSK__KIOSK_DIGIT": "0" if self.numbering == "central" else "9",
            "ANJUNGAN_PRINTER__TRANSPORT": "network",
            "ANJUNGAN_PRINTER__HOST": "127.0.0.1",
            "ANJUNGAN_PRINTER__PORT": str(self.printer.port),
            "ANJUNGAN_SERVER__URL": self.address,
            "ANJUNGAN_SERVER__CA_FILE": str(self.ca or ""),
        }

    def enrol(self, code: str) -> None:
        """Pair it."""
        self.folder.mkdir(exist_ok=True)
        with closing(open_store(self.folder, self.data, self.clock)) as store:
            pair(
                self.settings,
                self.folder,
                self.clock,
                store,
                self.data.site,
                url=self.address,
                code=code,
                name=self.folder.name,
                replaces="",
                queues=[queue.code for queue in self.data.catalogue.queues],
            )
        self.id = self.identity.kiosk_id

    @property
    def identity(self) -> identities.Identity:
        found = identities.load(self.folder, {})
        assert found is not None
        return found

    # --- its two threads' work, done here in turn ---------------------------------------------------------------------

    def counter(self) -> Desk:
        """Return the open desk."""
        if self.desk is None:
            ties = Ties(self.breaker, lambda: None, lambda error: None)
            self.desk = open_desk(self.settings, self.folder, self.data, self.clock, ties=ties)
        return self.desk

    def sender(self) -> Worker:
        """Return the open client with its pump."""
        if self.worker is None:
            self.store = open_store(self.folder, self.data, self.clock)
            Outbox(self.store).release_leases()
            self.worker = Worker(
                self.settings, self.folder, self.clock, self.store, self.identity, Listener(), self.breaker
            )
            self.worker.pump.rhythm = self.rhythm
        return self.worker

    def issue(self, service: str = "C01", priority: bool = False) -> Issued:
        """Give a ticket out."""
        answer = self.counter().issue(service, priority)
        assert not isinstance(answer, Closed), answer
        return answer

    def sync(self) -> None:
        """Push and pull what there is, once, whatever was waited for."""
        pump = self.sender().pump
        pump.hurry()
        pump.round()

    def drain(self, tries: int = 20) -> None:
        """Sync until everything is with the server. Raises AssertionError where it does not come to that."""
        for _ in range(tries):
            self.sync()
            if self.figures().depth == 0:
                break
        figures = self.figures()
        assert (figures.depth, figures.rejected) == (0, 0), self.sender().outbox.state()

    def figures(self) -> Any:
        return self.sender().outbox.figures()

    def die(self) -> None:
        """End as a killed process does: nothing is settled, what was committed stands."""
        if self.worker is not None and self.store is not None:
            self.worker.server.close()
            self.store.close()
        self.worker = self.store = None
        if self.desk is not None:
            self.desk.close()
        self.desk = None
        self.breaker = Breaker()

    def close(self) -> None:
        self.die()
        self._stack.close()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Look into its database."""
        with closing(open_store(self.folder, self.data, self.clock)) as store:
            return list(store._db.execute(sql).fetchall())


def check(unit: Unit, central: Central) -> int:
    """Hold what must hold when the line is good again; return the number of tickets.

    The server's set is the kiosk's set, each event exactly once and in its order; no number is used twice; no paper is
    without a row; what the server says of a ticket is what the kiosk says.
    """
    with closing(open_store(unit.folder, unit.data, unit.clock)) as store:
        tickets = store.tickets(TicketQuery())
        mine = list(store._db.execute("SELECT seq, uuid FROM outbox ORDER BY seq"))
    theirs = central.events(unit.id)
    assert theirs == [(seq, uuid) for seq, uuid in mine], "each event once, in the kiosk's order"
    assert [seq for seq, _ in theirs] == list(range(1, len(theirs) + 1)), "without a gap"
    there = central.tickets(unit.id)
    assert set(there) == {ticket.uuid for ticket in tickets}
    for ticket in tickets:
        row = there[ticket.uuid]
        told = (row.number, row.service_day, row.queue, row.priority, row.copies, row.voided_at is not None)
        voided = ticket.state is TicketState.VOIDED
        assert told == (
            ticket.display,
            ticket.service_day,
            ticket.queue,
            ticket.priority,
            ticket.copies,
            voided,
        )
        if not voided:
            assert row.paper == ticket.state.value
    used = [(ticket.service_day, ticket.queue, ticket.number) for ticket in tickets]
    assert len(set(used)) == len(used), "a number twice"
    for uuid, promised in central.allotments(unit.id).items():
        if uuid in there:
            assert promised.number == there[uuid].number, "the paper is the truth"
    assert central.alerts(unit.id) == []
    _check_papers(unit.papers, {ticket.display: ticket.state for ticket in tickets})
    return len(tickets)


def _check_papers(papers: Sequence[Paper], states: dict[str, TicketState]) -> None:
    printed: list[str] = []
    for paper in papers:
        text = as_text(paper)
        found = re.findall(r"^[A-Z]-\d{3,5}$", text, re.MULTILINE)
        assert len(found) == 1, text
        assert found[0] in states, "a paper without a row"
        if "SALINAN" not in text:
            printed += found
    for number, state in states.items():
        if state is TicketState.PRINTED:
            assert number in printed


@dataclass
class Rig:
    """One server, one line."""

    central: Central
    proxy: FaultProxy
    certificates: Certificates | None
    folder: Path

    @classmethod
    def make(cls, folder: Path, tls: bool = False, url: str = "") -> Rig:
        central = Central(folder / "central", url)
        process = central.start()
        certificates = Certificates.make(folder) if tls else None
        return cls(central, FaultProxy(process.address, certificates), certificates, folder)

    def unit(self, name: str, clock: Clock, numbering: str = "central") -> Unit:
        """Return a kiosk that is enrolled."""
        ca = self.certificates.ca if self.certificates else None
        unit = Unit(self.folder / name, self.proxy.address, clock, ca, numbering)
        try:
            unit.enrol(self.central.code())
        except BaseException:
            unit.close()
            raise
        return unit

    def close(self) -> None:
        self.proxy.close()
        self.central.close()
        left = [thread for thread in threading.enumerate() if thread.name == "fault-proxy"]
        assert not left
