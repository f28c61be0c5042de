"""When the kiosk's screen is on: pure rules, no panel and no clock of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

STEP: Final = dt.timedelta(minutes=10)
"""Opening hours are looked at in steps of this: no mall opens for less."""


@dataclass(frozen=True)
class ScreenHours:
    """The site's plan. ``times``: on from ``on_from`` to ``off_at``, over midnight where that is earlier, always where
    both are one. ``hours``: on while the mall serves, and ``margin`` before and after."""

    by: Literal["never", "hours", "times"] = "never"
    """What it is switched off by."""
    on_from: dt.time = dt.time(7)
    off_at: dt.time = dt.time(17)
    margin: dt.timedelta = dt.timedelta(minutes=30)

    def on(self, now: dt.datetime, serves: Callable[[dt.datetime], bool]) -> bool:
        """Whether it is on at ``now``; ``serves`` tells whether the mall serves at a moment, breaks included."""
        if self.by == "times":
            time = now.timetz().replace(tzinfo=None)
            if self.on_from < self.off_at:
                return self.on_from <= time < self.off_at
            return self.on_from == self.off_at or not self.off_at <= time < self.on_from
        if self.by == "hours":
            steps = range(-int(self.margin / STEP), int(self.margin / STEP) + 1)
            moments = {now - self.margin, now + self.margin, *(now + step * STEP for step in steps)}
            return any(serves(moment) for moment in moments)
        return True
