"""What is left of a roll, and whether the next slip will come out."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from printer.readiness import Level, PaperWatch, readiness
from printer.roll import LOW_TICKETS, SPARE_MM, Left, Roll, left
from printer.status import SILENT, UNREACHED, Cause, Health, Status, parse

WELL = parse({1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12})
LOW = parse({4: 0x1E})
OUT = parse({1: 0x1A, 4: 0x7E})
OPEN = parse({1: 0x1A, 2: 0x16, 4: 0x7E})


def test_a_roll_is_counted_down_by_what_went_out() -> None:
    roll = Roll()
    for _ in range(100):
        roll = roll.after(140)
    assert roll == Roll(100, 14_000)
    assert left(roll, 80) == Left(80_000 - SPARE_MM - 14_000, int((80_000 - SPARE_MM - 14_000) / 140))


def test_a_new_roll_is_estimated_by_a_typical_ticket() -> None:
    found = left(Roll(), 80)
    assert found is not None
    assert 600 < found.tickets < 700
    assert not found.low


def test_a_roll_nobody_measured_is_not_counted() -> None:
    assert left(Roll(5, 700), 0) is None


@example(1, 0.0, 2.0, 5e-324)
@given(st.integers(0, 10_000), st.floats(0, 1e7), st.floats(0.1, 300), st.floats(-10, 1000))
def test_there_is_never_less_than_nothing_nor_more_after_a_ticket(
    tickets: int, used: float, roll_m: float, mm: float
) -> None:
    roll = Roll(tickets, used)
    before, after = left(roll, roll_m), left(roll.after(mm), roll_m)
    assert before is not None
    assert after is not None
    assert 0 <= after.mm <= before.mm
    assert after.tickets >= 0
    assert roll.after(mm).tickets == tickets + 1


PLENTY, LITTLE = Left(50_000, 400), Left(3_000, LOW_TICKETS - 1)


@pytest.mark.parametrize(
    ("status", "remains", "level", "cause"),
    [
        (WELL, PLENTY, Level.OK, None),
        (WELL, None, Level.OK, None),
        (WELL, LITTLE, Level.LOW, Cause.PAPER_LOW),  # a board without the sensor
        (LOW, PLENTY, Level.LOW, Cause.PAPER_LOW),
        (OUT, PLENTY, Level.OUT, Cause.PAPER_OUT),
        (OPEN, LITTLE, Level.OUT, Cause.COVER_OPEN),
        (UNREACHED, PLENTY, Level.OUT, Cause.UNREACHABLE),
        (SILENT, PLENTY, Level.UNKNOWN, None),
        (SILENT, LITTLE, Level.LOW, Cause.PAPER_LOW),
    ],
)
def test_readiness(status: Status, remains: Left | None, level: Level, cause: Cause | None) -> None:
    found = readiness(status, remains)
    assert (found.level, found.cause, found.left) == (level, cause, remains)
    assert found.prints == (level is not Level.OUT)


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ([WELL, WELL], [False, False]),
        ([OUT, WELL, WELL], [False, True, False]),
        ([OUT, LOW], [False, True]),
        ([OUT, SILENT, UNREACHED, WELL], [False, False, False, True]),
        ([OUT, OPEN, OUT], [False, False, False]),
        ([OUT, Status(paper=Health.OK, cover=Health.BAD), OUT], [False, False, False]),
        ([OPEN, WELL], [False, False]),  # with the cover open the sensor may have been wrong
    ],
)
def test_paper_was_put_in(heard: list[Status], expected: list[bool]) -> None:
    watch = PaperWatch()
    assert [watch.hear(status) for status in heard] == expected
