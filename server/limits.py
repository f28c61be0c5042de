"""How often somebody may ask: token buckets in memory for each worker, and failures counted in the database.

A bucket protects this process from a flood and needs no memory between workers. What guards a secret (pairing codes,
passwords) counts failures in the database, so that many workers do not multiply the tries.
"""

from __future__ import annotations

import datetime as dt
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from sqlalchemy.orm import Session

from kiosk.sync.wire import ProblemCode
from server.db.models import Attempt
from server.errors import Refusal

MOST_KEYS: Final = 10_000
"""Keys remembered; the one that was quiet longest goes first, and it has a full bucket anyway."""


class Buckets:
    """One token bucket for each key."""

    def __init__(self, per_second: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_second
        self._burst = max(1.0, burst)
        self._clock = clock
        self._lock = threading.Lock()
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """Take one; return 0.0, or the seconds after which there will be one again."""
        now = self._clock()
        with self._lock:
            level, at = self._levels.pop(key, (self._burst, now))
            level = min(self._burst, level + (now - at) * self._rate)
            wait = 0.0 if level >= 1 else (1 - level) / self._rate
            self._levels[key] = (level if wait else level - 1, now)
            if len(self._levels) > MOST_KEYS:
                self._levels.popitem(last=False)
        return wait

    def take(self, key: str) -> None:
        """Take one, or raise the Refusal 429 with ``Retry-After``."""
        if wait := self.wait(key):
            raise too_many(wait)


def too_many(seconds: float) -> Refusal:
    """Return the refusal that says when to come again."""
    return Refusal(
        429,
        ProblemCode.TOO_MANY,
        "Too many requests.",
        headers={"Retry-After": str(max(1, math.ceil(seconds)))},
    )


WINDOW: Final = dt.timedelta(minutes=10)


def require_patience(session: Session, key: str, most: int, now: dt.datetime) -> None:
    """Raise the Refusal 429 where ``key`` has failed ``most`` times within ten minutes."""
    row = session.get(Attempt, key)
    if row is not None and now < row.window_start + WINDOW and row.failures >= most:
        raise too_many((row.window_start + WINDOW - now).total_seconds())


def count_failure(session: Session, key: str, now: dt.datetime) -> int:
    """Count a failure of ``key``; return how many there are in this window."""
    row = session.get(Attempt, key, with_for_update=True)
    if row is None:
        row = Attempt(key=key, window_start=now, failures=0)
        session.add(row)
    if now >= row.window_start + WINDOW:
        row.window_start, row.failures = now, 0
    row.failures += 1
    return row.failures


def forget_failures(session: Session, key: str) -> None:
    """It went well: start from nothing."""
    row = session.get(Attempt, key)
    if row is not None:
        session.delete(row)
