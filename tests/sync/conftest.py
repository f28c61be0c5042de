"""A kiosk's store and desk beside a real central server in its own process."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk import site as sites
from kiosk.clock import SystemClock
from kiosk.core.numbers import Band
from kiosk.core.record import Ticket, TicketState
from kiosk.enrolling import pair
from kiosk.settings import DEFAULT_FILE, KioskSection, PrinterSection, ServerSection, Settings
from kiosk.site import SiteData
from kiosk.store import NAME, Draft, Outbox, Store
from server import enrolment
from server.db import migrate
from server.db.database import Database
from server.db.models import Event, Kiosk
from server.db.models import Ticket as Held
from server.settings import Settings as ServerSettings
from server.setup import database_url
from tests.support.server_driver import SITE, Process, fill

WIB = dt.timezone(dt.timedelta(hours=7))
DEADLINE_S = 30.0


def until(holds: Callable[[], object], what: str = "") -> None:
    """Wait for ``holds`` to become true."""
    ends = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < ends, what or "it did not happen"
        time.sleep(0.02)


@dataclass
class Central:
    """The server: its process, and its database looked at from beside."""

    folder: Path
    database: Database
    process: Process

    @property
    def url(self) -> str:
        return self.process.address

    def code(self) -> str:
        now = dt.datetime.now(dt.UTC)
        from kiosk.sync.wire import DeviceClass

        return self.database.write(
            lambda session: enrolment.make_code(session, SITE, DeviceClass.KIOSK, who="test", now=now)
        )

    def kill(self) -> None:
        self.process.kill()

    def again(self) -> None:
        """Start it on the same port with the same database."""
        self.process = Process(self.folder, port=self.process.port)

    def events(self, kiosk_id: str) -> list[tuple[int, str]]:
        """(seq, uuid) of a kiosk's events, in the order they came."""
        import uuid

        from sqlalchemy import select

        query = select(Event.seq, Event.uuid).where(Event.kiosk_id == uuid.UUID(kiosk_id)).order_by(Event.id)
        return self.database.read(lambda session: [(seq, str(one)) for seq, one in session.execute(query)])

    def numbers(self) -> list[str]:
        from sqlalchemy import select

        query = select(Held.number).order_by(Held.issued_at)
        return list(self.database.read(lambda session: session.scalars(query).all()))

    def kiosk(self, kiosk_id: str) -> Kiosk:
        import uuid

        return self.database.read(lambda session: session.get_one(Kiosk, uuid.UUID(kiosk_id)))


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A real server with the sample site, one for the tests of a file."""
    folder = tmp_path_factory.mktemp("central")
    database = Database(database_url(ServerSettings(), folder))
    migrate.migrate(database)
    fill(database)
    process = Process(folder)
    made = Central(folder, database, process)
    try:
        yield made
    finally:
        made.process.kill()
        database.close()


@dataclass
class Unit:
    """One kiosk on disk."""

    state: Path
    settings: Settings
    site: SiteData
    stack: ExitStack
    clock: SystemClock

    def store(self) -> Store:
        return self.stack.enter_context(closing(Store.open(self.state / NAME, self.clock, WIB)))

    def enrol(self, central: Central, **more: str) -> str:
        """Pair it; return its id."""
        with closing(Store.open(self.state / NAME, self.clock, WIB)) as store:
            done = pair(
                self.settings,
                self.state,
                self.clock,
                store,
                self.site.site,
                url=central.url,
                code=central.code(),
                name="Lobi",
                replaces=more.get("replaces", ""),
                queues=[queue.code for queue in self.site.catalogue.queues],
            )
        return done.identity.kiosk_id


def take(store: Store, count: int = 1, queue: str = "C") -> list[Ticket]:
    """Take numbers and settle them as printed, without a desk: two events each."""
    import secrets

    taken = []
    for _ in range(count):
        draft = Draft(queue, f"{queue}01", queue, False, "id", secrets.token_urlsafe(16), 0, Band(1, 999))
        now = dt.datetime.now(WIB)
        ticket = store.reserve(draft, now, lambda code, number: f"{code}-{number:03}")
        taken.append(store.settle(store.mark_sending(ticket), TicketState.PRINTED, None))
    return taken


def pending(store: Store) -> int:
    return Outbox(store).figures().depth


@pytest.fixture(scope="session")
def sample() -> SiteData:
    return sites.load(DEFAULT_FILE.parent / "sites" / "bangkalan")


@pytest.fixture
def new_unit(tmp_path: Path, sample: SiteData) -> Iterator[Callable[..., Unit]]:
    """Make kiosks; their stores are closed at the end."""
    with ExitStack() as stack:

        def make(
            name: str = "kiosk", numbering: str = "local", url: str = "", timeout_s: float = 0.8
        ) -> Unit:
            settings = Settings(
                kiosk=KioskSection(numbering=numbering, ignore_hours=True),  # type: ignore[arg-type]
                printer=PrinterSection(transport="virtual"),
                server=ServerSection(url=url, allot_timeout_s=timeout_s),
                file=DEFAULT_FILE,
            )
            state = tmp_path / name
            state.mkdir(exist_ok=True)
            return Unit(state, settings, sample, stack, SystemClock())

        yield make


@pytest.fixture
def unit(new_unit: Callable[..., Unit]) -> Unit:
    return new_unit()
