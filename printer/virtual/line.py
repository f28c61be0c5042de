"""How fast bytes come in: a line of so many bytes a second, which carries no more at once than 20 ms of it."""

from __future__ import annotations

from typing import Final

AT_ONCE_S: Final = 0.02
LEAST: Final = 16
UNLIMITED: Final = 1 << 30


class Line:
    """Without a rate it carries everything at once. Times are those of one clock, in seconds."""

    def __init__(self) -> None:
        self._rate: float | None = None
        self._most = 0.0
        self._free = 0.0
        self._at = 0.0

    def set_rate(self, rate: float | None, now: float) -> None:
        """Bytes a second from now on; None for no limit."""
        if rate == self._rate:
            return
        self._rate, self._at = rate, now
        self._most = self._free = max(LEAST, (rate or 0) * AT_ONCE_S)

    @property
    def most(self) -> int:
        """Bytes it ever carries at once."""
        return UNLIMITED if self._rate is None else int(self._most)

    def room(self, now: float) -> int:
        """Bytes it carries now."""
        if self._rate is None:
            return UNLIMITED
        self._free = min(self._most, self._free + (now - self._at) * self._rate)
        self._at = now
        return int(self._free)

    def carried(self, size: int) -> None:
        """``size`` bytes went over it."""
        self._free -= size

    def pause(self, now: float) -> float:
        """Seconds until there is room for half of what it carries at once."""
        missing = self._most / 2 - self.room(now)
        return max(0.0, missing / self._rate) if self._rate else 0.0
