"""Whether the next slip will come out, in one value for screens, staff and reports. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from printer.roll import Left
from printer.status import SILENT, Cause, Health, Status, cause


class Level(StrEnum):
    """How ready a printer is."""

    OK = "ok"
    LOW = "low"
    """It prints; the roll will end soon."""
    OUT = "out"
    """It cannot print; ``cause`` says why."""
    UNKNOWN = "unknown"
    """It does not say. It may well print: never a reason to turn visitors away."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """``cause`` is set where the level is OUT, and is PAPER_LOW where it is LOW. ``left`` is what the count of the
    roll says, None where rolls are not counted."""

    level: Level
    cause: Cause | None = None
    left: Left | None = None
    status: Status = SILENT

    @property
    def prints(self) -> bool:
        """Whether a slip may be tried."""
        return self.level is not Level.OUT


def readiness(status: Status, left: Left | None = None) -> Readiness:
    """Put what the printer said and what the count of its roll says into one value.

    The sensor is believed where it warns; where it is well or silent, the count may still warn: many boards have no
    near-end sensor, and say "enough" to the last millimetre.
    """
    found = cause(status)
    if found is not None and found.blocks:
        return Readiness(Level.OUT, found, left, status)
    if found is Cause.PAPER_LOW or (left is not None and left.low):
        return Readiness(Level.LOW, Cause.PAPER_LOW, left, status)
    return Readiness(Level.OK if status.answered else Level.UNKNOWN, None, left, status)


class PaperWatch:
    """Sees from one status after the other that paper was put in.

    With the cover open the paper sensor may be wrong (TM-T88III manual, p. 308), so what is said of paper then is
    passed over, as is silence.
    """

    def __init__(self) -> None:
        self._was_out = False

    def hear(self, status: Status) -> bool:
        """Whether the paper that ended some time before ``status`` is there again."""
        if status.paper is Health.UNKNOWN or status.cover is Health.BAD:
            return False
        before, self._was_out = self._was_out, status.paper is Health.BAD
        return before and not self._was_out
