"""How a visitor wants the kiosk: what can be made easier, as one value that every wipe takes back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

Contrast: TypeAlias = Literal["", "light", "dark"]
"""The usual colours, or black on white, or white on black: every pair at least 7 : 1 in the latter two."""

LOUDEST = 5
"""Volume goes in steps from 1 to this."""


@dataclass(frozen=True)
class Modes:
    """All of them combine."""

    large: bool = False
    """Large text: a capital H is seen under at least 0.7 degrees (EN 301 549, 5.1.4)."""
    big: bool = False
    """Targets of at least 30 mm."""
    contrast: Contrast = ""
    low: bool = False
    """Everything that is touched lies within a seated person's reach (EN 301 549, 8.3)."""
    still: bool = False
    """Nothing moves: a wait is told in words instead of a growing bar."""
    speech: bool = False
    volume: int = 3

    @property
    def plain(self) -> bool:
        """Whether screens show as one column that is read from top to bottom, instead of their usual layout."""
        return self.large or self.big or self.low or self.speech

    @property
    def patience(self) -> int:
        """By how much every time limit is multiplied (Section 508, 1194.25(b))."""
        return 2 if self.large or self.speech else 1

    def louder(self, steps: int) -> Modes:
        """Return these modes with the volume ``steps`` higher (or lower), within its bounds."""
        return replace(self, volume=min(LOUDEST, max(1, self.volume + steps)))
