"""How numbers are written and read, which band they come from, and that none is given twice, whatever clocks do."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kiosk.core.catalogue import Numbers
from kiosk.core.numbers import (
    MAX_KIOSK_DIGIT,
    Band,
    Numbered,
    SeriesFull,
    Stamp,
    days_that_bind,
    format_number,
    next_number,
    parse_number,
    series_band,
)
from tests.core.builders import TUESDAY, at

THREE = Numbers()
digit_choices = st.none() | st.integers(0, MAX_KIOSK_DIGIT)
layouts = st.builds(Numbers, separator=st.sampled_from(["-", ".", "/", " ", ""]), digits=st.integers(2, 4))


@pytest.mark.parametrize(
    ("code", "value", "digit", "written"),
    [
        ("A", 1, None, "A-001"),
        ("A", 999, 0, "A-999"),
        ("3C", 15, None, "3C-015"),
        ("A", 2001, 2, "A-2001"),
        ("A", 12001, 12, "A-12001"),
    ],
)
def test_numbers_as_people_read_them(code: str, value: int, digit: int | None, written: str) -> None:
    assert format_number(code, value, THREE, digit) == written
    assert parse_number(written, THREE, [code]) == (Numbered(code, value),)


def test_the_site_chooses_separator_and_digits() -> None:
    assert format_number("A", 7, Numbers(separator="", digits=4), None) == "A0007"
    assert format_number("A", 7, Numbers(separator=" ", digits=2), None) == "A 07"
    assert format_number("A", 203, Numbers(separator=".", digits=2), 2) == "A.203"


@pytest.mark.parametrize(
    ("value", "digit"), [(0, None), (1000, None), (2000, 2), (3000, 2), (1, 2), (2001, None), (-1, None)]
)
def test_a_number_outside_its_band_is_refused(value: int, digit: int | None) -> None:
    with pytest.raises(ValueError, match=f"number is {value}; allowed: "):
        format_number("A", value, THREE, digit)


@pytest.mark.parametrize("digit", [-1, 100])
def test_a_kiosk_digit_outside_its_range_is_refused(digit: int) -> None:
    with pytest.raises(ValueError, match="1 to 99"):
        series_band(THREE, digit)


@pytest.mark.parametrize(
    ("digit", "band"),
    [
        (None, Band(1, 999)),
        (0, Band(1, 999)),
        (2, Band(2001, 2999)),
        (9, Band(9001, 9999)),
        (10, Band(10001, 10999)),
    ],
)
def test_bands(digit: int | None, band: Band) -> None:
    assert series_band(THREE, digit) == band


@given(st.integers(2, 4))
def test_bands_never_meet(digits: int) -> None:
    bands = [series_band(Numbers(digits=digits), digit) for digit in range(MAX_KIOSK_DIGIT + 1)]
    for lower, upper in itertools.pairwise(bands):
        assert lower.first <= lower.last < upper.first


@given(st.integers(2, 4))
def test_a_band_has_one_digit_more_than_the_series(digits: int) -> None:
    numbers = Numbers(digits=digits)
    for digit in range(1, 10):
        band = series_band(numbers, digit)
        assert len(str(band.first)) == len(str(band.last)) == digits + 1
        assert str(band.first)[0] == str(digit)


@given(layouts, digit_choices, st.data())
def test_what_is_written_is_read_back(numbers: Numbers, digit: int | None, data: st.DataObject) -> None:
    codes = ["A", "B", "3C", "AB", "Z9Z"]
    code = data.draw(st.sampled_from(codes))
    band = series_band(numbers, digit)
    value = data.draw(st.integers(band.first, band.last))
    written = format_number(code, value, numbers, digit)
    for typed in (written, written.lower(), f"  {written} ", written.replace(numbers.separator or "-", " ")):
        assert parse_number(typed, numbers, codes) == (Numbered(code, value),)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("a1", (Numbered("A", 1),)),
        ("A 15", (Numbered("A", 15),)),
        ("a.2001", (Numbered("A", 2001),)),
        ("3c-7", (Numbered("3C", 7),)),
        ("A-000", ()),
        ("A-2000", ()),
        ("A-100001", ()),
        ("A", ()),
        ("A-٣", ()),
        ("X-001", ()),
        ("", ()),
        ("001", ()),
    ],
)
def test_what_staff_type(typed: str, found: tuple[Numbered, ...]) -> None:
    assert parse_number(typed, THREE, ["A", "3C"]) == found


def test_two_readings_come_with_the_one_written_in_full_first() -> None:
    assert set(parse_number("31001", THREE, ["3", "31"])) == {Numbered("31", 1), Numbered("3", 1001)}
    assert parse_number("3101", THREE, ["31", "3"]) == (Numbered("3", 101), Numbered("31", 1))


def test_a_series_starts_at_one_and_counts() -> None:
    band = series_band(THREE, None)
    assert next_number(band, None) == 1
    assert next_number(band, 1) == 2
    assert next_number(band, 998) == 999


@given(layouts, digit_choices)
def test_a_full_series_refuses_and_never_wraps(numbers: Numbers, digit: int | None) -> None:
    band = series_band(numbers, digit)
    assert next_number(band, band.last - 1) == band.last
    with pytest.raises(SeriesFull, match="E-NUM-01") as caught:
        next_number(band, band.last)
    assert caught.value.band == band


@pytest.mark.parametrize("highest", [0, 1000, 2001, -5])
def test_a_highest_number_of_another_band_is_a_mix_up(highest: int) -> None:
    with pytest.raises(ValueError, match="allowed: 1 to 999"):
        next_number(series_band(THREE, None), highest)


# --- clocks ---------------------------------------------------------------------------------------------------------

BOOT = "boot-1"
TEN = Stamp(at(TUESDAY, "10:00"), BOOT, 1000.0)
TOMORROW = TUESDAY + dt.timedelta(days=1)
TO_MIDNIGHT = 14 * 3600.0


@pytest.mark.parametrize(
    ("day", "boot", "expected"),
    [
        (TUESDAY, (BOOT, 1060.0), TUESDAY),
        (TOMORROW, (BOOT, 1000 + TO_MIDNIGHT + 1), TOMORROW),
        (TOMORROW, (BOOT, 1000 + TO_MIDNIGHT - 599), TOMORROW),  # within the tolerance
        (TOMORROW, (BOOT, 1000 + TO_MIDNIGHT - 601), TUESDAY),  # too early: the clock jumped
        (TOMORROW, (BOOT, 1060.0), TUESDAY),
        (TUESDAY + dt.timedelta(days=400), (BOOT, 1060.0), TUESDAY),
        (TOMORROW, ("boot-2", 60.0), TOMORROW),  # nothing to measure against
        (TUESDAY - dt.timedelta(days=3), (BOOT, 1060.0), TUESDAY - dt.timedelta(days=3)),
        (dt.date(1970, 1, 1), ("boot-2", 5.0), dt.date(1970, 1, 1)),
    ],
)
def test_from_which_day_on_numbers_bind(day: dt.date, boot: tuple[str, float], expected: dt.date) -> None:
    assert days_that_bind(day, boot, TEN) == expected


def test_without_any_number_only_today_binds() -> None:
    assert days_that_bind(TUESDAY, (BOOT, 5.0), None) == TUESDAY


@dataclass
class Given:
    """One number that was given, and when in truth."""

    number: int
    day: dt.date
    true: dt.datetime
    boot: str


@dataclass
class Kiosk:
    """The least that gives numbers by the rules: what the store does, on a list."""

    given: list[Given] = field(default_factory=list)
    last: Stamp | None = None

    def give(self, wall: dt.datetime, true: dt.datetime, boot: tuple[str, float]) -> Given:
        day = wall.date()
        since = days_that_bind(day, boot, self.last)
        band = series_band(THREE, None)
        binding = [entry.number for entry in self.given if entry.day >= since]
        number = next_number(band, max(binding, default=None))
        self.last = Stamp(wall, *boot)
        self.given.append(Given(number, day, true, boot[0]))
        return self.given[-1]


class ClockWalk(RuleBasedStateMachine):
    """Time passes, somebody sets the clock, the kiosk restarts: numbers stay unique."""

    def __init__(self) -> None:
        super().__init__()
        self.kiosk = Kiosk()
        self.true = at(TUESDAY, "08:00")
        self.wall_error = dt.timedelta(0)
        self.boot = 1
        self.booted = self.true

    @initialize(error=st.timedeltas(dt.timedelta(days=-40), dt.timedelta(days=40)))
    def start_wrong(self, error: dt.timedelta) -> None:
        self.wall_error = error

    @rule(passed=st.timedeltas(dt.timedelta(seconds=1), dt.timedelta(hours=20)))
    def time_passes(self, passed: dt.timedelta) -> None:
        self.true += passed

    @rule(error=st.timedeltas(dt.timedelta(days=-40), dt.timedelta(days=40)))
    def somebody_sets_the_clock(self, error: dt.timedelta) -> None:
        self.wall_error = error

    @rule()
    def the_clock_is_put_right(self) -> None:
        self.wall_error = dt.timedelta(0)

    @rule()
    def restart(self) -> None:
        self.boot += 1
        self.booted = self.true

    @rule(count=st.integers(1, 4))
    def give(self, count: int) -> None:
        for _ in range(count):
            self.true += dt.timedelta(seconds=20)
            seconds = (self.true - self.booted).total_seconds()
            self.kiosk.give(self.true + self.wall_error, self.true, (f"boot-{self.boot}", seconds))

    @invariant()
    def no_number_twice_on_one_service_day(self) -> None:
        pairs = [(entry.day, entry.number) for entry in self.kiosk.given]
        assert len(pairs) == len(set(pairs))

    @precondition(lambda self: len(self.kiosk.given) > 1)
    @invariant()
    def within_one_boot_a_series_only_restarts_when_a_midnight_can_have_come(self) -> None:
        """A smaller number than before: by the labels a new day, and in truth the time for it has passed."""
        before, now = self.kiosk.given[-2:]
        if now.number <= before.number and now.boot == before.boot:
            assert now.day > before.day


TestClockWalk = ClockWalk.TestCase


office_hours = st.builds(
    lambda day, seconds: at(TUESDAY + dt.timedelta(days=day), "08:00") + dt.timedelta(seconds=seconds),
    st.integers(-400, 400),
    st.integers(0, 6 * 3600),
)


@given(st.lists(office_hours, min_size=1, max_size=60))
def test_a_wall_clock_turned_between_visitors_never_restarts_a_series(walls: list[dt.datetime]) -> None:
    """Sixty numbers within twenty minutes, the clock set to any day's office hours before each: 1, 2, 3, …"""
    kiosk = Kiosk()
    for index, wall in enumerate(walls):
        true = at(TUESDAY, "09:00") + dt.timedelta(seconds=20 * index)
        assert kiosk.give(wall, true, (BOOT, 20.0 * index)).number == index + 1
