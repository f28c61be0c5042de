"""What the service manager is told, over a real datagram socket."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.ui.watchdog import SERVES, Watchdog


class Manager:
    """Stands for systemd: a socket, and the interval at which the kiosk beats."""

    def __init__(self, address: str) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(address)
        self.sock.setblocking(False)
        self.beat: Callable[[], None] | None = None
        self.interval = 0.0
        self.pings: list[Callable[[], None]] = []

    def heard(self) -> list[str]:
        found: list[str] = []
        while True:
            try:
                found += self.sock.recv(4096).decode().splitlines()
            except BlockingIOError:
                return found

    def every(self, work: Callable[[], None], seconds: float) -> Manager:
        self.beat, self.interval = work, seconds
        return self

    def cancel(self) -> None:
        self.beat = None


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    it = Manager(str(tmp_path / "notify"))
    yield it
    it.sock.close()


def watchdog(manager: Manager, deadline_s: float = 5.0, **environ: str) -> Watchdog:
    named = {"NOTIFY_SOCKET": manager.sock.getsockname(), "WATCHDOG_USEC": "30000000"} | environ
    return Watchdog(manager.pings.append, manager.every, deadline_s, named)


def test_ready_comes_with_the_first_frame_and_alive_with_the_desks_answer(manager: Manager) -> None:
    it = watchdog(manager)
    assert manager.heard() == []
    it.start()
    assert manager.heard() == ["READY=1", "STATUS=the first frame is up"]
    assert manager.interval == 5.0
    manager.pings.pop()()
    assert manager.heard() == ["WATCHDOG=1"]
    assert manager.beat is not None
    manager.beat()
    assert manager.heard() == []  # the desk has not answered yet
    manager.pings.pop()()
    assert manager.heard() == ["WATCHDOG=1"]


def test_a_desk_that_does_not_answer_is_asked_once_and_nothing_is_said(manager: Manager) -> None:
    it = watchdog(manager)
    it.start()
    manager.heard()
    assert manager.beat is not None
    for _ in range(10):
        manager.beat()
    assert len(manager.pings) == 1
    assert manager.heard() == []


def test_a_patient_printer_makes_a_longer_period(manager: Manager) -> None:
    watchdog(manager, deadline_s=30.0).start()
    assert "WATCHDOG_USEC=40000000" in manager.heard()
    assert manager.interval == pytest.approx(40 / 6)


def test_stopping_is_said_and_nothing_after_it(manager: Manager) -> None:
    it = watchdog(manager)
    it.start()
    it.stop()
    manager.pings.pop()()
    assert manager.heard()[-1] == "STOPPING=1"
    assert manager.beat is None


def test_without_a_watchdog_only_ready_is_said(manager: Manager) -> None:
    watchdog(manager, WATCHDOG_USEC="").start()
    assert manager.heard() == ["READY=1", "STATUS=the first frame is up"]
    assert not manager.pings


def test_without_a_service_manager_nothing_happens(manager: Manager) -> None:
    it = watchdog(manager, NOTIFY_SOCKET="")
    it.start()
    it.stop()
    assert manager.heard() == []
    assert not manager.pings


def test_an_abstract_address_is_understood() -> None:
    manager = Manager("\0anjungan-test-watchdog")
    try:
        watchdog(manager, NOTIFY_SOCKET="@anjungan-test-watchdog").start()
        assert manager.heard()[0] == "READY=1"
    finally:
        manager.sock.close()


def test_a_manager_that_is_gone_is_logged_once(manager: Manager, caplog: pytest.LogCaptureFixture) -> None:
    it = watchdog(manager)
    it.start()
    Path(manager.sock.getsockname()).unlink()
    for _ in range(3):
        manager.pings.pop()()
        assert manager.beat is not None
        manager.beat()
    assert len(caplog.records) == 1


def test_it_tells_how_the_desk_is_where_somebody_listens(manager: Manager) -> None:
    it = watchdog(manager)
    it.tell(SERVES)
    assert manager.heard() == ["STATUS=the desk serves"]
    watchdog(manager, NOTIFY_SOCKET="").tell(SERVES)
    assert manager.heard() == []


def test_what_judges_an_upgrade_waits_for_the_very_words() -> None:
    judge = (Path(__file__).resolve().parents[2] / "packaging" / "upgrade.py").read_text()
    assert f'SERVES: Final = "{SERVES}"' in judge
