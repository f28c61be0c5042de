"""Who works at the kiosk, and a kiosk that is locked for a while."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do. A technician may do all that staff may."""

    STAFF = "staff"
    TECHNICIAN = "technician"


@dataclass(frozen=True)
class Person:
    """Somebody with a PIN of their own."""

    name: str
    role: Role


class Pause(StrEnum):
    """Why a kiosk is locked: what its screen says."""

    BREAK = "break"
    PRAYER = "prayer"
    CLOSED = "closed"
    BROKEN = "broken"


@dataclass(frozen=True)
class KioskLock:
    """The kiosk gives no numbers until ``until``, or until somebody unlocks it."""

    pause: Pause
    since: dt.datetime
    until: dt.datetime | None
    who: str
    message: Mapping[str, str] | None = None
    """What its screen says instead, by language: the server's own words."""

    def over(self, now: dt.datetime) -> bool:
        """Whether its time has passed at ``now``."""
        return self.until is not None and now >= self.until


def short_name(name: str, longest: int = 15) -> str:
    """Return ``name`` in at most ``longest`` letters: later words become initials, then go; last of all it is cut.

    For a line that has no room for forty letters; lists and the audit keep the whole name.
    """
    words = name.split()
    for place in range(len(words) - 1, 0, -1):
        if len(" ".join(words)) <= longest:
            break
        words[place] = f"{words[place][0]}."
    while len(words) > 1 and len(" ".join(words)) > longest:
        words.pop()
    short = " ".join(words)
    return short if len(short) <= longest else f"{short[: longest - 1]}…"
