"""The guide: says what a screen shows when it comes up, and what the keys have reached; only while speech is on.

It follows the window and never leads it. What it says comes from the script that the window draws.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.core import visit as v
from kiosk.devices.speech import Speech
from kiosk.i18n import _, translate

if TYPE_CHECKING:
    from kiosk.ui.stage import Stage


class Guide:
    """One voice for one stage."""

    def __init__(self, stage: Stage, speech: Speech, tell: Callable[[v.Event], None]) -> None:
        self._stage, self._speech, self._tell = stage, speech, tell
        self._said: object = None
        self._visit = v.Visit()

    def follow(self, visit: v.Visit) -> None:
        """Take the visit as it is now; say a screen that has come up."""
        self._visit = visit
        if not visit.modes.speech:
            if self._said is not None:
                self.stop()
            return
        script = self._stage.script
        if script is None:
            return
        issued = visit.issued.ticket if visit.issued else ""
        seen = (script.name, visit.agency, visit.service, visit.query, visit.language, issued)
        now = (*seen, self._stage.leaf, visit.refused is not None, visit.modes.plain)
        if now != self._said:
            self._said = now
            from kiosk.ui.present.spoken import orientation

            self._say(orientation(script, self._stage.leaf, self._stage.leaves, self._stage.items()))

    def choice(self) -> None:
        """Say what the keys have reached, with its state as it is now."""
        if self._visit.modes.speech:
            self._say((self._stage.focused_words(),))

    def repeat(self) -> None:
        """Pause what is being said; let it go on; or, when all is said, say the screen again."""
        if self._speech.paused or self._speech.poll():
            self._speech.pause()
            self._report()
            return
        self._said = None
        self.follow(self._visit)

    def hush(self) -> None:
        """Be silent: the visitor has acted."""
        self._speech.stop()
        self._report()

    def stop(self) -> None:
        """The visit, or the speech in it, is over."""
        self._said = None
        self.hush()

    def poll(self) -> None:
        """Tell the visit when the voice has ended."""
        self._report()

    def _say(self, phrases: tuple[str, ...]) -> None:
        self._speech.say(phrases, self._visit.language, self._visit.modes.volume)
        self._report()

    def _report(self) -> None:
        speaking = self._speech.poll()
        if speaking is not self._visit.speaking:
            self._tell(v.Speaking(speaking))


def words_of_key(label: str, language: str, enabled: bool) -> str:
    """Return what is said of one of the frame's keys, or of the keys that turn pages."""
    return label if enabled else f"{label}. {translate(_('sedang tidak dapat dipilih'), language)}"
