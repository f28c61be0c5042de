"""The night's plan without a window: what it goes by, what it tells, and that it is never in the way."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from kiosk.core.availability import Closed, Open, Reason
from kiosk.settings import DisplaySection
from kiosk.ui.night import LINGER_S, Night
from tests.support.turnable_clock import WIB, TurnableClock

EVENING = dt.datetime(2026, 11, 24, 18, 0, tzinfo=WIB)


class Room:
    """A night with a clock to turn."""

    def __init__(self, tmp_path: Path, **plan: object) -> None:
        self.clock = TurnableClock()
        self.told: list[bool] = []
        self.folder = tmp_path
        environ = {"RUNTIME_DIRECTORY": f"{tmp_path}:/run/other"}
        self.night = Night(DisplaySection(**plan), self.told.append, self.clock.monotonic, environ)  # type: ignore[arg-type]
        self.night.start()

    def tick(self, state: Open | Closed | None, at_rest: bool = True, after_s: float = LINGER_S) -> bool:
        self.clock.seconds += after_s
        self.night.tick(EVENING, at_rest, None if state is None else lambda _: state)
        return self.night.dark

    def wish(self) -> str:
        return (self.folder / "screen").read_text()


SHUT = Closed(Reason.AFTER_HOURS)


@pytest.mark.parametrize("reason", Reason)
def test_by_hours_it_is_dark_where_the_day_s_hours_are_over_and_for_no_other_reason(
    tmp_path: Path, reason: Reason
) -> None:
    by_the_day = {Reason.HOLIDAY, Reason.CLOSED_TODAY, Reason.NOT_YET, Reason.AFTER_HOURS}
    assert Room(tmp_path, screen_off="hours").tick(Closed(reason)) is (reason in by_the_day)


def test_it_is_lit_while_somebody_is_here_or_was_and_before_the_site_is_known(tmp_path: Path) -> None:
    room = Room(tmp_path, screen_off="hours")
    assert not room.tick(None)
    assert not room.tick(SHUT, at_rest=False)
    assert not room.tick(Open(dt.time(15)))
    assert room.told == [] and room.wish() == "on\n"
    assert room.tick(SHUT)
    assert room.night.touched() and room.told == [True, False] and room.wish() == "on\n"
    assert not room.night.touched(), "only the touch that lights it is used up"
    assert not room.tick(SHUT, after_s=LINGER_S - 1)
    assert room.tick(SHUT, after_s=1)
    assert room.wish() == "off\n"
    room.night.stop()
    assert room.wish() == "on\n"


def test_without_a_plan_nothing_is_told_and_nothing_dark(tmp_path: Path) -> None:
    room = Room(tmp_path)
    assert not room.tick(SHUT)
    assert list(tmp_path.iterdir()) == []


def test_where_nobody_listens_the_window_is_dark_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    room = Room(tmp_path / "gone", screen_off="times", on_from="07:00", off_at="17:00")
    assert room.tick(Open(dt.time(15)))
    assert room.night.touched()
    assert caplog.text.count("nobody can be asked") == 1
