"""What the window's part makes of the server, without a window: its thread is a queue that the test works off."""

from __future__ import annotations

import datetime as dt
import queue
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from kiosk.clock import WRONG_FROM_S, SystemClock
from kiosk.core import visit as v
from kiosk.core.availability import Closed, Reason
from kiosk.ui.server_side import FRESH_S
from kiosk.ui.supply import Supply
from server import catalogue
from tests.support.server_driver import ROOT, sample
from tests.sync.conftest import DEADLINE_S, Central, Unit


@dataclass
class Window:
    """The window's thread and what it was told."""

    unit: Unit
    resting: bool = True
    events: list[v.Event] = field(default_factory=list)
    locks: int = 0
    work: queue.SimpleQueue[Callable[[], None]] = field(default_factory=queue.SimpleQueue)

    def __post_init__(self) -> None:
        self.supply = Supply(
            self.unit.settings,
            self.unit.state,
            self.unit.clock,
            self.work.put,
            self.events.append,
            lambda: None,
            resting=lambda: self.resting,
            lock_changed=self._locked,
        )

    def _locked(self) -> None:
        self.locks += 1

    def until(self, holds: Callable[[], object]) -> None:
        """Work off what is posted until ``holds``."""
        ends = time.monotonic() + DEADLINE_S
        while not holds():
            assert time.monotonic() < ends, "it did not happen"
            try:
                self.work.get(timeout=0.1)()
            except queue.Empty:
                continue


@pytest.fixture
def window(central: Central, new_unit: Callable[..., Unit]) -> Iterator[Window]:
    """An enrolled kiosk whose desk is open and whose catalogue is the server's."""
    unit = new_unit("window", "central", timeout_s=5.0)
    unit.enrol(central)
    made = Window(unit)
    made.supply.start()
    try:
        made.until(lambda: any(isinstance(event, v.DeskReady) for event in made.events))
        made.until(lambda: made.supply._server.ahead("C01") is not None)
        yield made
    finally:
        made.supply.stop()


def replace_name(central: Central, name: str) -> None:
    """Put a catalogue in force whose first agency has another name."""
    site, services = sample()
    first = services.agencies[0]
    renamed = first.model_copy(update={"short": {"id": name, "en": name}})
    changed = services.model_copy(update={"agencies": (renamed, *services.agencies[1:])})
    now = dt.datetime.now(dt.UTC)
    central.database.write(lambda session: catalogue.replace(session, site, changed, who="test", now=now))


def first_name(window: Window) -> str:
    assert window.supply.loaded is not None
    return window.supply.loaded.catalogue.agencies[0].short["id"]


def test_a_new_catalogue_never_comes_under_a_visitors_finger(central: Central, window: Window) -> None:
    service = window.supply._server._service
    assert service is not None
    replace_name(central, "Kantor Baru")
    service.hurry()
    window.until(lambda: first_name(window) == "Kantor Baru")  # live, without a restart

    window.resting = False
    replace_name(central, "Kantor Lain")
    service.hurry()
    window.until(lambda: window.supply._server._offered is not None)
    window.supply.renew()
    assert first_name(window) == "Kantor Baru"
    window.resting = True
    window.supply.renew()
    window.until(lambda: first_name(window) == "Kantor Lain")


def test_how_many_wait_is_told_only_while_it_is_fresh(
    central: Central, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.supply.perform(v.Issue("r1", "L01", False, "id"))
    window.until(lambda: any(isinstance(event, v.TicketIssued) for event in window.events))
    (issued,) = (event for event in window.events if isinstance(event, v.TicketIssued))
    assert issued.issued.ahead == 0
    window.until(lambda: window.supply._server.ahead("L01") == 1)
    central.kill()
    try:
        stopped = window.supply._server._clock.monotonic() + FRESH_S + 1
        monkeypatch.setattr(SystemClock, "monotonic", lambda self: stopped)
        assert window.supply._server.ahead("L01") is None
    finally:
        monkeypatch.undo()
        central.again()


def test_a_service_the_server_closed_gives_no_ticket(window: Window) -> None:
    from kiosk.store import Outbox

    window.supply._server.closures = {"C01": {"id": "Petugas rapat", "en": "Staff meeting"}}
    assert window.supply.loaded is not None
    answer = window.supply.loaded.availability("C01", dt.datetime.now(dt.timezone(dt.timedelta(hours=7))))
    assert isinstance(answer, Closed)
    assert (answer.reason, answer.name) == (
        Reason.SERVICE_CLOSED,
        {"id": "Petugas rapat", "en": "Staff meeting"},
    )
    told: list[object] = []

    def issue(desk: object) -> object:
        Outbox(desk.store).put(closures='{"C02": {"id": "Tutup", "en": "Closed"}}')  # type: ignore[attr-defined]
        return desk.issue("C02")  # type: ignore[attr-defined]

    window.supply.submit(issue, told.append)  # type: ignore[arg-type]
    window.until(lambda: told)
    assert isinstance(told[0], Closed)
    assert told[0].name == {"id": "Tutup", "en": "Closed"}


def test_staff_see_how_it_stands(window: Window) -> None:
    window.supply.refresh()
    window.until(lambda: window.supply.standing is not None and not window.supply.standing.waiting)
    assert window.supply.standing is not None
    assert not window.supply.standing.enrol_again


def test_without_a_server_there_is_no_thread_and_nothing_is_loaded(new_unit: Callable[..., Unit]) -> None:
    unit = new_unit("alone")
    window = Window(unit)
    window.supply.start()
    try:
        window.until(lambda: any(isinstance(event, v.DeskReady) for event in window.events))
        assert window.supply._server._service is None
        window.supply.refresh()
        window.supply.renew()
        assert window.supply._server.ahead("C01") is None
    finally:
        window.supply.stop()
    code = (
        "import sys, kiosk.desk_setup, kiosk.ui.supply, kiosk.server_link\n"
        "loaded = {'requests', 'urllib3', 'kiosk.sync.wire', 'kiosk.sync.http'} & set(sys.modules)\n"
        "sys.exit(f'loaded: {loaded}' if loaded else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_clock_that_is_hours_wrong_is_set_right_and_a_drifting_one_is_left() -> None:
    clock = SystemClock()
    clock.correct(6 * 3600.0)  # the machine is six hours ahead: past midnight in the evening
    assert abs((dt.datetime.now(dt.UTC) - clock.utc()).total_seconds() - 6 * 3600) < 1
    clock.correct(WRONG_FROM_S - 1)
    assert abs((dt.datetime.now(dt.UTC) - clock.utc()).total_seconds()) < 1


def test_sync_10_a_wrong_clock_gives_the_servers_day_and_says_so_in_its_events(
    central: Central, new_unit: Callable[..., Unit]
) -> None:
    """A command that starts later knows what was measured since the machine was started."""
    from kiosk.desk_setup import open_desk
    from kiosk.store import Outbox
    from kiosk.sync_service import run_once

    unit = new_unit("clock")
    unit.enrol(central)
    store = unit.store()
    run_once(unit.settings, unit.state, unit.clock, store)
    measured = Outbox(store).get("clock_offset_ms")
    assert measured is not None
    assert abs(int(measured)) < 5000
    Outbox(store).put(clock_offset_ms=str(30 * 3600 * 1000))  # as measured on a machine 30 hours ahead
    desk = open_desk(unit.settings, unit.state, unit.site, unit.clock)
    unit.stack.callback(desk.close)
    now = dt.datetime.now(dt.timezone(dt.timedelta(hours=7)))
    assert desk.today() == (now - dt.timedelta(hours=30)).date()
    desk.issue("C01")
    row = Outbox(store).claim(1, 60.0)[0]
    assert row.clock_offset_ms == 30 * 3600 * 1000
    behind = now - dt.datetime.fromisoformat(row.occurred_at)
    assert abs(behind.total_seconds() - 30 * 3600) < 60
