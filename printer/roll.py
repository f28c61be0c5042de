"""A roll of paper, counted down: what was printed since it was put in, and what is left of it. Pure.

It is a second opinion beside the printer's near-end sensor, and the only one on boards without: cheap ones never set
those bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

TYPICAL_MM: Final = 120.0
"""A ticket's length before any was printed on this roll."""
SHORTEST_MM: Final = 20.0
"""No ticket is shorter: the way from print head to cutter alone is 15 mm."""
LOW_TICKETS: Final = 50
"""So few tickets left are told to staff: a busy half hour."""
SPARE_MM: Final = 1500.0
"""Never counted on: rolls are sold shorter than they say, and the last turns stick to the core."""


@dataclass(frozen=True, slots=True)
class Roll:
    """What went out since the roll was put in. ``used_mm`` counts from cut to cut."""

    tickets: int = 0
    used_mm: float = 0.0

    def after(self, length_mm: float) -> Roll:
        """The roll when one more paper of ``length_mm`` has left. Negative lengths count as none."""
        return Roll(self.tickets + 1, self.used_mm + max(0.0, length_mm))

    @property
    def typical_mm(self) -> float:
        """How long a ticket is, as far as this roll shows."""
        return max(SHORTEST_MM, self.used_mm / self.tickets) if self.tickets and self.used_mm else TYPICAL_MM


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a roll, at best."""

    mm: float
    tickets: int

    @property
    def low(self) -> bool:
        """Whether it is time to have a new roll ready."""
        return self.tickets < LOW_TICKETS


class Count(Protocol):
    """Who keeps a roll's count. None of these fails: a count is never worth a ticket."""

    def left(self) -> Left | None:
        """What is left; None where rolls are not counted."""
        ...

    def changed(self) -> Roll:
        """A new roll is in; what the old one gave."""
        ...


def left(roll: Roll, roll_m: float) -> Left | None:
    """What is left of ``roll`` when a new one has ``roll_m`` metres; None where that is not known (0).

    Never below nothing: a roll that lasts longer than it should was changed and nobody said so.
    """
    if roll_m <= 0:
        return None
    mm = max(0.0, roll_m * 1000 - SPARE_MM - roll.used_mm)
    return Left(mm, int(mm / roll.typical_mm))
