"""Who works at the kiosk, and a kiosk that is locked for a while."""

from __future__ import annotations

import datetime as dt
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

    def over(self, now: dt.datetime) -> bool:
        """Whether its time has passed at ``now``."""
        return self.until is not None and now >= self.until
