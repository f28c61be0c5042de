"""When the screen is on."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.screen_hours import ScreenHours
from tests.support.turnable_clock import WIB

times = st.times(min_value=dt.time(0), max_value=dt.time(23, 59)).map(
    lambda t: t.replace(second=0, microsecond=0)
)


def at(time: dt.time, day: int = 24) -> dt.datetime:
    return dt.datetime.combine(dt.date(2026, 11, day), time, tzinfo=WIB)


def mall(now: dt.datetime) -> bool:
    """Serves from 8 to 15, but not on the 25th."""
    return now.day != 25 and 8 <= now.hour < 15


@given(times)
def test_by_nothing_it_is_always_on(time: dt.time) -> None:
    assert ScreenHours().on(at(time), lambda _: False)


@given(times, times, times)
def test_by_two_times_it_is_on_from_the_one_and_off_from_the_other(
    on: dt.time, off: dt.time, now: dt.time
) -> None:
    plan = ScreenHours("times", on, off)
    assert plan.on(at(on), mall)
    if on != off:
        assert not plan.on(at(off), mall)
        # The plan turned round is dark exactly where this one is lit.
        assert plan.on(at(now), mall) is not ScreenHours("times", off, on).on(at(now), mall)


@pytest.mark.parametrize(
    ("time", "lit"), [("07:29", False), ("07:30", True), ("12:00", True), ("15:29", True), ("15:40", False)]
)
def test_by_hours_it_is_on_a_margin_around_them(time: str, lit: bool) -> None:
    assert ScreenHours("hours").on(at(dt.time.fromisoformat(time)), mall) is lit


def test_a_day_without_hours_is_dark_but_for_its_neighbours_margins() -> None:
    plan = ScreenHours("hours", margin=dt.timedelta(minutes=240))
    assert not any(plan.on(at(dt.time(hour), 25), mall) for hour in range(20))
    assert plan.on(at(dt.time(4), 26), mall)


@given(times, st.integers(0, 240))
def test_a_short_opening_is_never_missed(time: dt.time, margin: int) -> None:
    """The mall serves for ten minutes only; whoever stands there then must not find a dark screen."""
    opens = at(dt.time(10, 3))

    def briefly(now: dt.datetime) -> bool:
        return opens <= now < opens + dt.timedelta(minutes=10)

    plan = ScreenHours("hours", margin=dt.timedelta(minutes=margin))
    if briefly(at(time)):
        assert plan.on(at(time), briefly)
    if plan.on(at(time), briefly):
        assert abs(at(time) - opens) <= dt.timedelta(minutes=margin + 10)
