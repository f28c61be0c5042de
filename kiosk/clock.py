"""Time as an input, so that tests can turn it: wall clock, monotonic clock and the time since this boot."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Final, Protocol


class Clock(Protocol):
    """Where the kiosk reads time from. ``core`` never does; it is told."""

    def utc(self) -> dt.datetime:
        """Return the wall clock as an aware datetime in UTC. It may be wrong and it may jump."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back, for deadlines."""
        ...

    def boot(self) -> tuple[str, float]:
        """Return this boot's id and the seconds since it began, sleep included: what a jump of the wall clock is
        measured against."""
        ...


WRONG_FROM_S: Final = 120.0
"""From this difference to the server on, a clock is wrong and not merely drifting."""


class SystemClock:
    """The machine's own clocks; a wall clock that is known to be wrong is set right."""

    def __init__(self) -> None:
        self._ahead = dt.timedelta()

    def utc(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) - self._ahead

    def correct(self, offset_s: float) -> None:
        """The machine's clock is ``offset_s`` ahead of the server's; what is less than ``WRONG_FROM_S`` is left."""
        wrong = abs(offset_s) >= WRONG_FROM_S
        self._ahead = dt.timedelta(seconds=offset_s) if wrong else dt.timedelta()

    def monotonic(self) -> float:
        return time.monotonic()

    def boot(self) -> tuple[str, float]:
        # /proc/sys/kernel/random/boot_id is a new UUID at every boot (random(4)); CLOCK_BOOTTIME counts suspend too.
        boot_id = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return boot_id, time.clock_gettime(time.CLOCK_BOOTTIME)
