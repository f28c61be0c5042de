"""A clock that tests turn: the wall clock can jump, the time since boot only ever runs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

WIB = dt.timezone(dt.timedelta(hours=7))


def _morning() -> dt.datetime:
    return dt.datetime(2026, 11, 24, 9, 0, tzinfo=WIB)  # a Tuesday, no holiday


@dataclass
class TurnableClock:
    """``pass_time`` is time as it passes; ``jump`` is somebody turning the wall clock; ``reboot`` starts anew."""

    wall: dt.datetime = field(default_factory=_morning)
    boot_number: int = 1
    seconds: float = 1000.0

    def utc(self) -> dt.datetime:
        return self.wall.astimezone(dt.UTC)

    def monotonic(self) -> float:
        return self.seconds

    def boot(self) -> tuple[str, float]:
        return f"boot-{self.boot_number}", self.seconds

    def pass_time(self, delta: dt.timedelta) -> None:
        self.wall += delta
        self.seconds += delta.total_seconds()

    def jump(self, delta: dt.timedelta) -> None:
        self.wall += delta

    def reboot(self) -> None:
        self.boot_number += 1
        self.seconds = 20.0

    @property
    def local(self) -> dt.datetime:
        return self.wall.astimezone(WIB)
