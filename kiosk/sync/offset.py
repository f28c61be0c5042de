"""How far this machine's clock is from the server's: the measurement with the shortest way counts (as in NTP)."""

from __future__ import annotations

from typing import Final

KEPT_S: Final = 900.0
"""A measurement is replaced by a worse one only after this long: clocks drift."""
LONGEST_WAY_S: Final = 5.0
"""Of an answer that took longer the middle says too little."""


class OffsetMeter:
    """Collects (server's time, asked, answered). All in seconds."""

    def __init__(self) -> None:
        self._best: tuple[float, float, float] | None = None

    def hear(self, server: float, asked: float, answered: float, at: float) -> None:
        """The server said ``server`` between ``asked`` and ``answered`` by the wall clock; ``at`` is monotonic."""
        way = answered - asked
        if not 0 <= way <= LONGEST_WAY_S:
            return  # the wall clock was set meanwhile, or the line is too slow to tell
        offset = (asked + answered) / 2 - server
        best = self._best
        # A clock that was set since shows as a difference no way can explain.
        set_since = best is not None and abs(offset - best[0]) > (way + best[1]) / 2 + 1.0
        if best is None or way <= best[1] or at - best[2] > KEPT_S or set_since:
            self._best = (offset, way, at)

    def offset_s(self, at: float) -> float | None:
        """Return this clock minus the server's; None when nothing was measured within a day."""
        if self._best is None or at - self._best[2] > 86_400:
            return None
        return self._best[0]
