"""The screen at night: black by the site's plan, and lit by the first touch.

A black picture is all that the window can do by itself. The panel's light belongs to the machine: the wish, ``on``
or ``off``, goes to ``$RUNTIME_DIRECTORY/screen``, and a unit of the package (anjungan-screen.path) does what this
machine can (docs/adr/0024). Where nobody listens, the picture is black all the same.

The screen never goes dark under a hand: only while nobody is here, and ``LINGER_S`` after the last touch.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from kiosk.core.availability import Closed, Open, Reason
from kiosk.core.screen_hours import ScreenHours
from kiosk.settings import DisplaySection

log = logging.getLogger(__name__)

LINGER_S: Final = 120.0
"""Whoever has just woken the screen reads it first."""
WISH: Final = "screen"


class Night:
    """Belongs to the window's thread."""

    def __init__(
        self,
        display: DisplaySection,
        darken: Callable[[bool], None],
        monotonic: Callable[[], float],
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """``darken`` makes the window black, or shows it again."""
        self._plan = ScreenHours(
            display.screen_off,
            dt.time.fromisoformat(display.on_from),
            dt.time.fromisoformat(display.off_at),
            dt.timedelta(minutes=display.margin_min),
        )
        self._darken, self._monotonic = darken, monotonic
        folder = environ.get("RUNTIME_DIRECTORY", "").split(":")[0]
        self._wish = Path(folder) / WISH if folder and self._plan.by != "never" else None
        self._touched_at = monotonic()
        self.dark = False

    def start(self) -> None:
        """A kiosk that starts is lit, whatever the one before has left."""
        self._tell("on")

    def stop(self) -> None:
        """Nobody may find a dark panel without a kiosk to wake it."""
        self._tell("on")

    def tick(
        self, now: dt.datetime, at_rest: bool, mall: Callable[[dt.datetime], Open | Closed] | None
    ) -> None:
        """Time has passed. ``mall`` tells whether the mall serves; None while the site is not known."""
        if self._plan.by == "never" or mall is None:
            return
        lingers = self._monotonic() - self._touched_at < LINGER_S
        dark = at_rest and not lingers and not self._plan.on(now, lambda moment: _serves(mall(moment)))
        if dark != self.dark:
            self._turn(dark)

    def touched(self) -> bool:
        """Somebody is here; say whether the touch was used up for waking the screen."""
        self._touched_at = self._monotonic()
        if not self.dark:
            return False
        self._turn(False)
        return True

    def _turn(self, dark: bool) -> None:
        self.dark = dark
        log.info("screen off" if dark else "screen on")
        self._darken(dark)
        self._tell("off" if dark else "on")

    def _tell(self, wish: str) -> None:
        if self._wish is None:
            return
        try:
            self._wish.write_text(f"{wish}\n", encoding="ascii")  # a few bytes in memory: /run
        except OSError as error:
            log.warning("nobody can be asked to switch the panel %s: %s", wish, error)
            self._wish = None  # said once


_BY_THE_DAY: Final = frozenset({Reason.HOLIDAY, Reason.CLOSED_TODAY, Reason.NOT_YET, Reason.AFTER_HOURS})


def _serves(state: Open | Closed) -> bool:
    # In a break people wait, after the last ticket they are inside; quotas and printers change no hours.
    return isinstance(state, Open) or state.reason not in _BY_THE_DAY
