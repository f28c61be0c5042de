"""A line of the report: what was measured, beside what it is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One measured figure. ``ok`` is None where nothing bounds it."""

    what: str
    value: float
    unit: str
    floor: float | None = None
    """The same thing done in the barest way, in the same unit and the same run."""
    bound: float | None = None
    bound_words: str = ""

    @property
    def ok(self) -> bool | None:
        return None if self.bound is None else self.value <= self.bound

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None


Bench = Callable[[], Iterator[Line]]


def median(values: list[float]) -> float:
    """Return the middle value; the lower of two."""
    return sorted(values)[(len(values) - 1) // 2]
