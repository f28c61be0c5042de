"""The screen at night: black by the plan, lit by a touch that presses nothing, never dark under a hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.core.visit import Screen
from tests.support.kiosk_window import Kiosk, WindowClock
from tests.support.turnable_clock import WIB

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]

Open = Callable[..., Kiosk]
EVENING = dt.datetime(2026, 11, 24, 18, 0, tzinfo=WIB)
PLAN = {"DISPLAY__SCREEN_OFF": "times", "DISPLAY__ON_FROM": "07:00", "DISPLAY__OFF_AT": "18:30"}


def colours(it: Kiosk) -> int:
    return len(it.picture().getcolors(1 << 20))


def minute(it: Kiosk, minutes: float) -> None:
    """Let minutes pass with nobody there, and the kiosk's minute tick come."""
    it.clock.wall += dt.timedelta(minutes=minutes)
    it.idle(60 * minutes)
    it.app._on_tick(0)


def wish(folder: Path) -> str:
    return (folder / "screen").read_text().strip()


def test_black_by_the_plan_and_lit_by_a_touch_that_presses_nothing(
    kiosk: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    it = kiosk(clock=WindowClock(EVENING), **PLAN)
    it.ready()
    assert wish(tmp_path) == "on"
    minute(it, 20)
    assert not it.app.night.dark and colours(it) > 50
    minute(it, 11)
    assert it.app.night.dark and wish(tmp_path) == "off"
    assert it.picture().getcolors(4) == [(it.width * it.height, (0, 0, 0))]

    it.touch("start:id")
    it.until(lambda: not it.app.night.dark, "the light")
    assert it.screen is Screen.ATTRACT, "the touch lit the screen and nothing else"
    assert wish(tmp_path) == "on" and colours(it) > 50
    minute(it, 1)
    assert not it.app.night.dark, "whoever woke it is reading"
    it.look()
    it.touch("start:id")
    it.see(Screen.AGENCIES)
    minute(it, 0.4)
    assert not it.app.night.dark, "never dark under a hand"
    it.idle(46)
    it.idle(21)
    it.see(Screen.ATTRACT)
    minute(it, 3)
    assert it.app.night.dark
    it.x("key", "Right")
    it.until(lambda: not it.app.night.dark, "the light, by a key")
    it.app.night.stop()
    assert wish(tmp_path) == "on"
