"""The headphone jack, at the kernel's wire: its list of devices as files, its events as bytes in a pipe."""

from __future__ import annotations

import os
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.devices import jack
from kiosk.devices.jack import EV_SW, EVENT, SW_HEADPHONE_INSERT, JackWatch, jacks

PATIENCE_S = 10.0
EV_SYN, SW_LID = 0, 0


def device(root: Path, name: str, switches: str) -> Path:
    """Make input device ``name`` with that capability mask; return its pipe in dev/input."""
    folder = root / "sys/class/input" / name / "device/capabilities"
    folder.mkdir(parents=True)
    (folder / "sw").write_text(switches + "\n", encoding="ascii")
    pipe = root / "dev/input" / name
    pipe.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(pipe)
    return pipe


def event(kind: int, code: int, value: int) -> bytes:
    return EVENT.pack(1, 2, kind, code, value)


class Ear:
    """Holds what the watch told, and the watch."""

    def __init__(self, root: Path) -> None:
        self.told: queue.Queue[bool] = queue.Queue()
        self.watch = JackWatch(self.told.put, root)
        self.watch.start()

    def next(self) -> bool:
        return self.told.get(timeout=PATIENCE_S)


@pytest.fixture
def hand(tmp_path: Path) -> Iterator[int]:
    """Writes into the jack's pipe; open at both ends so that neither side waits for the other."""
    pipe = device(tmp_path, "event3", "14")  # 0x14: headphone (2) and line out (4)
    handle = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    yield handle
    os.close(handle)


def test_only_what_tells_of_a_plug_is_a_jack(tmp_path: Path) -> None:
    device(tmp_path, "event0", "0")
    device(tmp_path, "event1", "1")  # a laptop's lid
    wanted = [device(tmp_path, "event2", "4"), device(tmp_path, "event5", "10000000 14")]
    device(tmp_path, "event6", "4 0")  # bit 2 of the second word is another switch
    assert jacks(tmp_path) == tuple(wanted)
    assert jacks(tmp_path / "nothing") == ()


def test_a_plug_goes_in_and_out(tmp_path: Path, hand: int) -> None:
    ear = Ear(tmp_path)
    os.write(hand, event(EV_SW, SW_HEADPHONE_INSERT, 1) + event(EV_SYN, 0, 0))
    assert ear.next() is True
    os.write(hand, event(EV_SW, SW_LID, 1) + event(EV_SW, SW_HEADPHONE_INSERT, 0))
    assert ear.next() is False
    ear.watch.stop()
    assert ear.told.empty()


def test_a_device_that_comes_later_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jack, "LOOK_AGAIN_S", 0.05)
    ear = Ear(tmp_path)
    pipe = device(tmp_path, "event7", "4")
    handle = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    os.write(handle, event(EV_SW, SW_HEADPHONE_INSERT, 1))
    assert ear.next() is True
    ear.watch.stop()
    os.close(handle)


def test_a_sound_device_that_is_pulled_out_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jack, "LOOK_AGAIN_S", 0.05)
    pipe = device(tmp_path, "event3", "4")
    for number in (1, 2):
        handle = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        if number == 1:
            ear = Ear(tmp_path)
        os.write(handle, event(EV_SW, SW_HEADPHONE_INSERT, 1))
        assert ear.next() is True
        os.close(handle)  # the watch reads the end of it, as it reads ENODEV
    ear.watch.stop()


def test_it_stops_without_a_device(tmp_path: Path) -> None:
    ear = Ear(tmp_path)
    ear.watch.stop()
    assert not ear.watch._thread.is_alive()
    # A window that is closed twice stops it twice; by then its handles may be somebody else's.
    others = os.pipe()
    ear.watch.stop()
    os.set_blocking(others[0], False)
    with pytest.raises(BlockingIOError):
        os.read(others[0], 1)
    for handle in others:
        os.close(handle)
