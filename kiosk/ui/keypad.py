"""Six tactile keys: any HID keyboard. Every other key of it does nothing (kiosk escapes).

Left, Right   previous, next        Backspace   back
Enter         select                R           repeat, and while it speaks: pause; turns speech on
                                    H           help; pressed there, it calls staff
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk.core import visit as v
from kiosk.ui.guide import Guide
from kiosk.ui.stage import Stage

LEFT, RIGHT, ENTER, KEYPAD_ENTER, BACKSPACE, R, H = 276, 275, 13, 271, 8, 114, 104
"""Kivy's key codes."""


class Keypad:
    """Turns keys into focus and events."""

    def __init__(
        self, stage: Stage, guide: Guide, dispatch: Callable[[v.Event], None], visit: Callable[[], v.Visit]
    ) -> None:
        self._stage, self._guide, self._dispatch, self._visit = stage, guide, dispatch, visit
        self._held: set[int] = set()

    def up(self, key: int) -> None:
        """A key was let go."""
        self._held.discard(key)

    def down(self, key: int, modifiers: list[str], voice: bool) -> None:
        """A key was pressed. A key held down repeats for Left and Right alone: nothing is chosen twice."""
        again = key in self._held
        self._held.add(key)
        if key not in (LEFT, RIGHT, ENTER, KEYPAD_ENTER, BACKSPACE, R, H) or {"ctrl", "alt", "meta"} & {
            *modifiers
        }:
            return
        if again and key not in (LEFT, RIGHT):
            return
        if self._visit().warned:
            self._dispatch(v.Touched())  # "I am still here", and nothing else
            return
        if key in (LEFT, RIGHT):
            self._dispatch(v.Touched())
            self._stage.move_focus(1 if key == RIGHT else -1)
            self._guide.choice()
        elif key in (ENTER, KEYPAD_ENTER):
            self._enter()
        elif key == BACKSPACE:
            self._dispatch(v.Back())
        elif key == H:
            # Pressed on the page of help it asks for a person, as its button there does.
            self._dispatch(v.CallStaff() if self._visit().help else v.ShowHelp())
        else:
            self._repeat(voice)

    def _enter(self) -> None:
        tap = self._stage.focused()
        if tap is None:
            self._dispatch(v.Touched())
            self._stage.move_focus(1)
            self._guide.choice()
        elif not tap.enabled:
            self._dispatch(v.Touched())
            self._guide.choice()
        else:
            script = self._stage.script if self._visit().modes.speech else None
            tap.fire()
            # A switch stays where it is and says what it is now; a new screen speaks for itself.
            after = self._stage.script
            if (
                script is not None
                and after is not None
                and (script.name, script.title) == (after.name, after.title)
            ):
                self._guide.choice()

    def _repeat(self, voice: bool) -> None:
        modes = self._visit().modes
        if modes.speech:
            self._guide.repeat()
        elif voice:
            self._dispatch(v.SetModes(replace(modes, speech=True)))
