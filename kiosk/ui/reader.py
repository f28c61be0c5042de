"""Tells a scanner that types from six tactile keys, and brings what any scanner reads to the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.devices.wedge import FIRST_S, Wedge

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.devices.scanner import SerialScanner

ENTER = (13, 271)
SHIFTED = dict(zip("`1234567890-=[]\\;',./", '~!@#$%^&*()_+{}|:"<>?', strict=True))
"""What a scanner types: it is a keyboard of the United States until somebody sets it up as another. The window has no
text of a key to give while no text field is open."""
LETTERS = (114, 104)
"""R and H, Kivy's key codes: the visitor's keys that are also characters of a code."""


class Reader:
    """Lives on the window's thread. ``press`` and ``release`` are the keypad's; ``heard`` takes a code."""

    def __init__(
        self,
        clock: Clock,
        press: Callable[[int, list[str]], None],
        release: Callable[[int], None],
        heard: Callable[[str], None],
        later: Callable[[Callable[[], None], float], object],
    ) -> None:
        """``later`` runs something on the window's thread after some seconds."""
        self._clock, self._heard, self._later = clock, heard, later
        self._press, self._release = press, release
        self._wedge = Wedge()
        self._held: tuple[int, list[str]] | None = None
        self._let_go = False
        self._serial: SerialScanner | None = None

    # --- keys -------------------------------------------------------------------------------------------------------

    def down(self, key: int, modifiers: list[str]) -> None:
        """A key was pressed: it is the keypad's, or part of a code."""
        now = self._clock.monotonic()
        busy = self._wedge.busy(now)
        self._wedge.text(character(key, modifiers), now)
        if key in ENTER:
            code = self._wedge.enter(now)
            if code is not None:
                self._held = None
                if code:
                    self._heard(code)
                return
        if key not in LETTERS:
            self._press(key, modifiers)
        elif not busy:
            self._held, self._let_go = (key, modifiers), False
            self._later(self._one_frame_more, FIRST_S)

    def up(self, key: int) -> None:
        """A key was let go."""
        if self._held is not None and self._held[0] == key:
            self._let_go = True
        self._release(key)

    def _one_frame_more(self) -> None:
        """What was typed meanwhile may still be on its way to the window."""
        self._later(self._no_code, 0)

    def _no_code(self) -> None:
        """Nothing followed the letter: a hand pressed it."""
        held, self._held = self._held, None
        if held is None or not self._wedge.alone:
            return
        self._wedge.drop()
        self._press(*held)
        if self._let_go:
            self._release(held[0])

    # --- a serial line ------------------------------------------------------------------------------------------------

    def listen(self, device: str, post: Callable[[Callable[[], None]], None]) -> None:
        """Listen to a scanner on ``device`` until ``stop``; in the place of one before."""
        self.stop()
        from kiosk.devices.scanner import KEYBOARD, SerialScanner

        if device and device != KEYBOARD:

            def read(code: str) -> None:
                post(lambda: self._heard(code))

            self._serial = SerialScanner(device, read)
            self._serial.start()

    def stop(self) -> None:
        """End what listens."""
        if self._serial is not None:
            self._serial.stop()
            self._serial = None


def character(key: int, modifiers: list[str]) -> str:
    """Return the character that Kivy's key code ``key`` types with ``modifiers``; "" where it types none."""
    if not 32 <= key <= 126 or {"ctrl", "alt", "meta"} & {*modifiers}:
        return ""
    typed = chr(key)
    if typed.isalpha():
        return typed.upper() if ("shift" in modifiers) != ("capslock" in modifiers) else typed
    return SHIFTED.get(typed, typed) if "shift" in modifiers else typed
