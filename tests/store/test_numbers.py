"""Numbers: never twice, whatever clock, calendar and disk do."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.core.numbers import Band
from kiosk.store import SeriesUsedUp, Store
from tests.store.conftest import SERIES, draft, take
from tests.support.turnable_clock import TurnableClock

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


def audit(path: Path) -> list[tuple[str, dict[str, str]]]:
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT what, details FROM audit WHERE what LIKE 'clock.%' ORDER BY id").fetchall()
    return [(what, json.loads(details)) for what, details in rows]


def test_each_queue_counts_by_itself_from_one(store: Store, clock: TurnableClock) -> None:
    assert [take(store, clock, queue).number for queue in "AABAB"] == [1, 2, 1, 3, 2]


def test_a_series_restarts_on_the_next_service_day(store: Store, clock: TurnableClock, path: Path) -> None:
    take(store, clock)
    clock.pass_time(DAY)
    assert take(store, clock).number == 1
    assert audit(path) == []


def test_the_service_day_is_the_site_s_own(store: Store, clock: TurnableClock) -> None:
    """23:59 and 00:01 in WIB are 16:59 and 17:01 of one UTC day."""
    clock.pass_time(dt.timedelta(hours=14, minutes=59))
    before = take(store, clock)
    clock.pass_time(2 * MINUTE)
    after = take(store, clock)
    assert (before.number, after.number) == (1, 1)
    assert after.service_day - before.service_day == DAY


def test_a_clock_that_jumps_a_day_ahead_does_not_restart_the_series(
    store: Store, clock: TurnableClock, path: Path
) -> None:
    assert [take(store, clock).number for _ in range(3)] == [1, 2, 3]
    clock.pass_time(MINUTE)
    clock.jump(DAY)
    assert take(store, clock).number == 4
    assert [what for what, _ in audit(path)] == ["clock.jumped"]
    assert audit(path)[0][1]["since"] == "2026-11-24"


def test_after_a_jump_ahead_other_queues_do_not_restart_either(store: Store, clock: TurnableClock) -> None:
    """The first ticket after the jump must not hide it from the next queue's."""
    take(store, clock, "B")
    take(store, clock, "A")
    clock.jump(DAY)
    assert take(store, clock, "A").number == 2
    assert take(store, clock, "B").number == 2


def test_two_jumps_ahead_still_remember_the_true_day(store: Store, clock: TurnableClock) -> None:
    take(store, clock, "B")
    for _ in range(2):
        clock.jump(5 * DAY)
        take(store, clock, "A")
    assert take(store, clock, "B").number == 2


def test_a_clock_put_right_after_a_jump_goes_on_above(store: Store, clock: TurnableClock, path: Path) -> None:
    numbers = [take(store, clock).number]
    clock.jump(DAY)
    numbers.append(take(store, clock).number)
    clock.jump(-DAY)
    numbers.append(take(store, clock).number)
    assert numbers == [1, 2, 3]
    assert [what for what, _ in audit(path)] == ["clock.jumped", "clock.went_back"]


def test_a_jump_back_only_halfway_still_binds(store: Store, clock: TurnableClock) -> None:
    take(store, clock, "B")
    clock.jump(5 * DAY)
    take(store, clock, "A")
    clock.jump(-2 * DAY)
    assert take(store, clock, "B").number == 2


def test_a_clock_that_goes_back_a_day_never_gives_a_number_again(store: Store, clock: TurnableClock) -> None:
    yesterday = [take(store, clock).number for _ in range(2)]
    clock.pass_time(DAY)
    today = [take(store, clock).number for _ in range(3)]
    clock.jump(-DAY)
    assert take(store, clock).number == max(*yesterday, *today) + 1


def test_the_day_after_a_wrong_day_starts_anew(store: Store, clock: TurnableClock) -> None:
    clock.jump(-3 * DAY)
    take(store, clock)
    clock.jump(3 * DAY)
    assert take(store, clock).number == 2
    clock.pass_time(DAY)
    assert take(store, clock).number == 1


@pytest.mark.parametrize(("late", "number"), [(9 * MINUTE, 1), (11 * MINUTE, 2)])
def test_a_clock_that_drifts_over_midnight_is_not_suspicious(
    store: Store, clock: TurnableClock, late: dt.timedelta, number: int
) -> None:
    clock.pass_time(dt.timedelta(hours=14))  # 23:00
    take(store, clock)
    clock.pass_time(dt.timedelta(hours=1) - late)
    clock.jump(late)
    assert take(store, clock).number == number


def test_after_a_reboot_the_wall_clock_is_believed(store: Store, clock: TurnableClock) -> None:
    take(store, clock)
    clock.reboot()
    clock.jump(DAY)
    assert take(store, clock).number == 1


def test_the_last_number_is_999_and_then_none(store: Store, clock: TurnableClock) -> None:
    _fill(store, clock, 998)
    assert take(store, clock).number == 999
    assert store.count(clock.local, "C01", "C", SERIES) == (2, 2, True)
    assert store.tally(clock.local, SERIES).full == {"C"}
    with pytest.raises(SeriesUsedUp, match="E-STO-09"):
        take(store, clock)
    assert take(store, clock, "D").number == 1
    clock.pass_time(DAY)
    assert take(store, clock).number == 1


def _fill(store: Store, clock: TurnableClock, number: int) -> None:
    """Take ``number`` and make it so that all below it count as given."""
    store.reserve(draft(band=Band(number, 999)), clock.local, lambda code, value: f"{code}-{value:03}")


def test_bands_of_two_kiosks_never_meet(store: Store, clock: TurnableClock) -> None:
    """One database would never hold both; here it does, so that a clash would show."""
    second, twelfth = Band(2001, 2999), Band(12001, 12999)
    numbers = [
        take(store, clock).number,
        take(store, clock, band=second, kiosk_digit=2).number,
        take(store, clock, band=twelfth, kiosk_digit=12).number,
        take(store, clock, band=second, kiosk_digit=2).number,
        take(store, clock).number,
    ]
    assert numbers == [1, 2001, 12001, 2002, 2]


def test_a_voided_number_is_not_given_again(store: Store, clock: TurnableClock) -> None:
    store.void(take(store, clock), "cancelled", "visitor")
    assert take(store, clock).number == 2


def test_numbers_go_on_after_closing_and_opening(
    open_store: Callable[[], Store], clock: TurnableClock
) -> None:
    first = open_store()
    take(first, clock)
    first.close()
    assert take(open_store(), clock).number == 2


def test_two_open_stores_take_turns(open_store: Callable[[], Store], clock: TurnableClock) -> None:
    one, other = open_store(), open_store()
    assert [take(store, clock).number for store in (one, other, other, one)] == [1, 2, 3, 4]
