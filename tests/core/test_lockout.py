"""The wait after wrong PINs: what it is, and that no clock shortens it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.lockout import FREE_TRIES, LONGEST_WAIT_S, MOST_TRIES, Lockout, failed, wait_after, wait_left


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 15), (6, 30), (7, 60), (14, 7680), (15, 7680), (99, 7680), (100, math.inf)],
)
def test_five_free_tries_then_fifteen_seconds_doubling(failures: int, seconds: float) -> None:
    assert wait_after(failures) == seconds


@given(st.integers(0, 200))
def test_it_never_gets_shorter(failures: int) -> None:
    assert wait_after(failures) <= wait_after(failures + 1)


@given(st.integers(FREE_TRIES, MOST_TRIES - 1), st.floats(0, 1e6), st.floats(0, 2 * LONGEST_WAIT_S))
def test_on_one_boot_the_wait_passes_and_no_faster(failures: int, then: float, passed: float) -> None:
    lockout = Lockout(failures, "a", then)
    left = wait_left(lockout, ("a", then + passed))
    assert left == pytest.approx(max(0.0, wait_after(failures) - passed), abs=1e-6)


@given(st.integers(FREE_TRIES, MOST_TRIES - 1), st.floats(0, 1e6), st.floats(0, 10))
def test_a_restart_begins_the_wait_anew(failures: int, then: float, up: float) -> None:
    assert wait_left(Lockout(failures, "a", then), ("b", up)) == pytest.approx(wait_after(failures) - up)


def test_seconds_that_ran_backwards_begin_the_wait_anew() -> None:
    assert wait_left(Lockout(6, "a", 500.0), ("a", 3.0)) == 30.0


def test_each_failure_is_counted_at_its_moment() -> None:
    assert failed(Lockout(4, "a", 1.0), ("b", 7.0)) == Lockout(5, "b", 7.0)
