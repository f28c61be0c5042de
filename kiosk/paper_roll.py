"""``roll.json`` in the state folder: what was printed since the last change of the roll.

Written after each paper, replaced whole and not synced: after a power cut the count may be a ticket short, which an
estimate bears and a visitor's wait would not. A file that cannot be read or written is logged; it costs the count and
never a ticket.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Final

from kiosk import durable
from printer.roll import Left, Roll, left

log = logging.getLogger(__name__)

NAME: Final = "roll.json"


class PaperRoll:
    """The roll of the printer whose state is in ``folder``; a new one has ``roll_m`` metres (0: not counted).

    Each call reads the file: the window and the command line print on the same roll, one after the other.
    """

    def __init__(self, folder: Path, roll_m: float) -> None:
        self._path = folder / NAME
        self._roll_m = roll_m

    def roll(self) -> Roll:
        """What was printed since the last change."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return Roll(int(found["tickets"]), float(found["used_mm"]))
        except FileNotFoundError:
            return Roll()
        except (OSError, ValueError, TypeError, KeyError, UnicodeError) as error:
            log.warning("%s: the roll is counted anew: %s", self._path, error)
            return Roll()

    def left(self) -> Left | None:
        """What is left; None where rolls are not counted."""
        return left(self.roll(), self._roll_m)

    def add(self, length_mm: float) -> None:
        """One more paper of that length has left."""
        self._write(self.roll().after(length_mm))

    def changed(self) -> Roll:
        """A new roll is in; return what the old one gave."""
        old = self.roll()
        self._write(Roll())
        return old

    def _write(self, roll: Roll) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            durable.write(self._path, (json.dumps(asdict(roll)) + "\n").encode(), forced=False)
        except OSError as error:
            log.warning("%s: the roll is not counted: %s", self._path, error)
