"""A real desk: the sample site, a real store, a virtual printer, a clock that can be turned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import hypothesis
import pytest

from kiosk import site as sites
from kiosk.core.record import Ticket
from kiosk.desk import Desk, DeskOptions
from kiosk.site import SiteData
from kiosk.store import NAME, Store
from kiosk.ticket_slip import ticket_slip
from printer import profiles
from printer.press import Press
from printer.slip import Slip
from printer.transports.virtual import VirtualTransport
from printer.virtual.device import VirtualPrinter
from printer.virtual.folder import as_text
from printer.virtual.model import Paper
from tests.support.turnable_clock import WIB, TurnableClock

hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

SAMPLE = Path(__file__).resolve().parents[2] / "config" / "sites" / "bangkalan"


@dataclass
class Counter:
    """Everything around a desk that a test looks at or turns. ``desk()`` makes one more, as a new process would."""

    folder: Path
    site: SiteData
    clock: TurnableClock
    options: DeskOptions = field(default_factory=DeskOptions)
    papers: list[Paper] = field(default_factory=list)
    opened: list[Desk] = field(default_factory=list)
    on_write: Callable[[bytes], None] = lambda data: None

    def __post_init__(self) -> None:
        self.printer = VirtualPrinter(profiles.load("generic-80").dots, self.papers.append)

    def desk(self, **options: object) -> Desk:
        store = Store.open(self.folder / NAME, self.clock, WIB)
        press = Press(Watched(self), profiles.load("generic-80"), 5.0)
        wanted = replace(self.options, **options)  # type: ignore[arg-type]

        def compose(ticket: Ticket, qr: str) -> Slip:
            return ticket_slip(ticket, self.site, qr)

        try:
            desk = Desk(store, press, self.site.site, self.site.catalogue, self.clock, compose, wanted)
        except BaseException:
            store.close()
            raise
        self.opened.append(desk)
        return desk

    def texts(self) -> list[str]:
        return [as_text(paper) for paper in self.papers]


class Watched(VirtualTransport):
    """The virtual printer, and a test that looks at what is about to leave."""

    def __init__(self, counter: Counter) -> None:
        super().__init__(counter.printer)
        self._counter = counter

    def write(self, data: bytes, deadline: float) -> None:
        if len(data) > 100:  # a job, not a question
            self._counter.on_write(data)
        super().write(data, deadline)


@pytest.fixture(scope="session")
def site_data() -> SiteData:
    return sites.load(SAMPLE)


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def counter(tmp_path: Path, site_data: SiteData, clock: TurnableClock) -> Iterator[Counter]:
    counter = Counter(tmp_path / "state", site_data, clock)
    yield counter
    for desk in counter.opened:
        desk.close()


@pytest.fixture
def desk(counter: Counter) -> Desk:
    return counter.desk()


@pytest.fixture
def look(counter: Counter) -> Iterator[Callable[[], Store]]:
    """Look into the store as another process would."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(Store.open(counter.folder / NAME, counter.clock, WIB)))
