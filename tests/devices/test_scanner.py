"""A scanner on a serial line: a pseudo-terminal is its cable, pulled and plugged in again."""

from __future__ import annotations

import os
import pty
import queue
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.devices.scanner import MOST, SerialScanner

CODE = "BKL-20261124-C001-7F3K"
SOON_S = 20.0


class Cable:
    """A pseudo-terminal behind a name that stays: plugging in anew makes another one behind the same name."""

    def __init__(self, folder: Path) -> None:
        self.device = folder / "scanner"
        self._master = -1

    def plug(self) -> None:
        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self.device.unlink(missing_ok=True)
        self.device.symlink_to(os.ttyname(slave))
        os.close(slave)

    def pull(self) -> None:
        os.close(self._master)
        self._master = -1
        self.device.unlink()

    def send(self, data: bytes) -> None:
        os.write(self._master, data)


@pytest.fixture
def cable(tmp_path: Path) -> Iterator[Cable]:
    it = Cable(tmp_path)
    yield it
    if it._master >= 0:
        it.pull()


@pytest.fixture
def heard() -> queue.Queue[str]:
    return queue.Queue()


@pytest.fixture
def scanner(cable: Cable, heard: queue.Queue[str]) -> Iterator[SerialScanner]:
    it = SerialScanner(str(cable.device), heard.put)
    yield it
    it.stop()
    assert not it._thread.is_alive()


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t", b""])
def test_codes_end_as_the_scanner_was_set_up(
    cable: Cable, scanner: SerialScanner, heard: queue.Queue[str], end: bytes
) -> None:
    cable.plug()
    scanner.start()
    assert scanner.connected.wait(SOON_S)
    for code in (CODE, "https://antrean.example/t/abc"):
        cable.send(code.encode() + end)
        assert heard.get(timeout=SOON_S) == code
    assert heard.empty()


def test_what_is_too_long_is_dropped(cable: Cable, scanner: SerialScanner, heard: queue.Queue[str]) -> None:
    cable.plug()
    scanner.start()
    assert scanner.connected.wait(SOON_S)
    cable.send(b"x" * (MOST + 50) + b"\r" + CODE.encode() + b"\r")
    assert heard.get(timeout=SOON_S) == CODE


def test_it_is_waited_for_and_comes_back(
    cable: Cable, scanner: SerialScanner, heard: queue.Queue[str]
) -> None:
    scanner.start()  # nothing is plugged in yet
    cable.plug()
    assert scanner.connected.wait(SOON_S)
    cable.send(b"one-1\r")
    assert heard.get(timeout=SOON_S) == "one-1"
    cable.pull()
    while scanner.connected.is_set():
        assert heard.empty()
    cable.plug()
    assert scanner.connected.wait(SOON_S)
    cable.send(b"two-2\r")
    assert heard.get(timeout=SOON_S) == "two-2"


def test_stopping_one_that_never_started_is_nothing(cable: Cable, heard: queue.Queue[str]) -> None:
    SerialScanner(str(cable.device), heard.put).stop()
