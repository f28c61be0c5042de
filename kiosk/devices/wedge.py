"""A code scanner that types: any HID keyboard that sends its characters faster than a hand, and Enter at the end.

It shares the keyboard with a tactile keypad, whose R, H and Enter mean something to a visitor. What follows a
character within ``NEXT_S`` belongs to a code; a first character is a code's or a hand's, which only the next moment
tells: whoever asks waits ``FIRST_S`` for it. Pure: time is given.
"""

from __future__ import annotations

from typing import Final

FIRST_S: Final = 0.09
"""A scanner's second character is there by then (they send one every 2 to 30 ms); no hand is that quick."""
NEXT_S: Final = 0.3
"""Within a code: a window that was busy hears two characters this far apart."""
LEAST: Final = 4
"""Characters of the shortest thing taken for a code."""
MOST: Final = 256
"""Longer is no code of anybody's: all of it is dropped up to its end."""


class Wedge:
    """Puts characters together. ``at`` is always a monotonic instant in seconds."""

    def __init__(self) -> None:
        self._typed = ""
        self._last = float("-inf")
        self._too_long = False

    def busy(self, at: float) -> bool:
        """Whether a code is under way at ``at``: a key then is its next character and nobody's wish."""
        return bool(self._typed) and at - self._last <= NEXT_S

    @property
    def alone(self) -> bool:
        """Whether nothing followed the last first character so far."""
        return len(self._typed) == 1

    def drop(self) -> None:
        """Forget what was typed: it was a hand's."""
        self._typed = ""

    def text(self, text: str, at: float) -> None:
        """Take what a key typed; "" of a key that types nothing changes nothing."""
        if not text:
            return
        if not self.busy(at):
            self._typed, self._too_long = "", False
        for character in text:
            if character.isprintable():
                self._typed += character
                self._last = at
        if len(self._typed) > MOST:
            self._typed, self._too_long = self._typed[:LEAST], True

    def enter(self, at: float) -> str | None:
        """Enter was pressed: return the code it ends; None where it ends none, "" for one that is dropped."""
        typed, whole = self._typed, self.busy(at) and len(self._typed) >= LEAST
        dropped, self._typed, self._too_long = self._too_long, "", False
        if not whole:
            return None
        return "" if dropped else typed
