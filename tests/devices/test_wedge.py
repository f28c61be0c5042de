"""A scanner that types, told from a hand: by its pace alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.wedge import LEAST, MOST, NEXT_S, Wedge

CODE = "BKL-20261124-C001-7F3K"
codes = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=LEAST, max_size=MOST)


def typed(wedge: Wedge, text: str, at: float, step: float) -> float:
    for character in text:
        wedge.text(character, at)
        at += step
    return at


@given(codes, st.floats(0.0, NEXT_S * 0.9))
def test_whatever_comes_quickly_and_ends_with_enter_is_a_code(code: str, step: float) -> None:
    wedge = Wedge()
    at = typed(wedge, code, 100.0, step)
    assert wedge.enter(at) == code
    assert wedge.enter(at) is None, "an Enter of its own ends nothing"


@given(codes, st.floats(NEXT_S * 1.1, 60.0))
def test_a_hand_types_no_code(code: str, step: float) -> None:
    wedge = Wedge()
    at = typed(wedge, code, 100.0, step)
    assert not wedge.busy(at)
    assert wedge.enter(at) is None


@given(codes, codes)
def test_what_was_cut_off_is_not_part_of_the_next(first: str, second: str) -> None:
    wedge = Wedge()
    at = typed(wedge, first, 100.0, 0.01)
    assert wedge.enter(typed(wedge, second, at + NEXT_S * 2, 0.01)) == second


def test_an_endless_code_is_dropped_up_to_its_end() -> None:
    wedge = Wedge()
    at = typed(wedge, "x" * (MOST * 3), 100.0, 0.001)
    assert wedge.enter(at) == ""
    assert wedge.enter(typed(wedge, CODE, at, 0.001)) == CODE


def test_a_letter_and_enter_are_a_hand() -> None:
    wedge = Wedge()
    wedge.text("r", 100.0)
    assert wedge.alone
    assert wedge.enter(100.05) is None


def test_control_characters_are_no_part_of_a_code() -> None:
    wedge = Wedge()
    at = typed(wedge, "AB\x1bC\tD", 100.0, 0.01)
    assert wedge.enter(at) == "ABCD"
