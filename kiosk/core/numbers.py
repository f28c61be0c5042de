"""Queue numbers: how they are written, which band a kiosk draws from, and which number comes next.

A series belongs to one queue and restarts each service day. Kiosks that cannot ask each other draw from bands
that never meet: the series itself is 001…999, kiosk 2 has 2001…2999, kiosk 12 has 12001…12999 (with
three digits).

Two rules keep a number from being given twice, whatever the clock does:

* the next number is larger than every number of this queue and band on the days that bind
  (:func:`days_that_bind`);
* a full series is a refusal (:class:`SeriesFull`), never a wrap.

Errors::

    ValueError               the caller mixed something up: the value and what is allowed
    SeriesFull   E-NUM-01    the band has no number left
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from kiosk.core.catalogue import Numbers

MAX_KIOSK_DIGIT = 99

JUMP_TOLERANCE = dt.timedelta(minutes=10)
"""How far a wall clock may run ahead of the time since boot without suspicion: time servers step a clock by
seconds, a drifting one by minutes, while a dead battery or a wrong key is off by hours or years."""


class SeriesFull(Exception):
    """The band has no number left; the visitor is told that the quota is used up."""

    code: ClassVar[str] = "E-NUM-01"

    def __init__(self, band: Band) -> None:
        self.band = band
        super().__init__(f"{self.code}: all numbers from {band.first} to {band.last} are given")


@dataclass(frozen=True)
class Band:
    """The numbers one kiosk may give in a series, both ends included."""

    first: int
    last: int

    def __contains__(self, value: int) -> bool:
        return self.first <= value <= self.last


def series_band(numbers: Numbers, kiosk_digit: int | None) -> Band:
    """Return the band of a kiosk: the whole series without a digit (None or 0), its own one with 1 to 99."""
    size: int = 10**numbers.digits
    digit = kiosk_digit or 0
    if not 0 <= digit <= MAX_KIOSK_DIGIT:
        raise ValueError(f"kiosk_digit is {kiosk_digit}; allowed: 1 to {MAX_KIOSK_DIGIT}, or none")
    return Band(digit * size + 1, digit * size + size - 1)


def next_number(band: Band, highest_given: int | None) -> int:
    """Return the number after ``highest_given`` (None: none was given yet) or raise :class:`SeriesFull`."""
    if highest_given is None:
        return band.first
    if highest_given not in band:
        raise ValueError(f"highest number given is {highest_given}; allowed: {band.first} to {band.last}")
    if highest_given == band.last:
        raise SeriesFull(band)
    return highest_given + 1


@dataclass(frozen=True)
class Stamp:
    """When a number was given, by the wall clock and by the clock that nobody can set."""

    at: dt.datetime
    """Aware, in the site's zone; its date is the service day."""
    boot_id: str
    boot_seconds: float
    """Seconds since that boot, sleep included (CLOCK_BOOTTIME)."""

    @property
    def day(self) -> dt.date:
        return self.at.date()


def days_that_bind(now_day: dt.date, now_boot: tuple[str, float], last: Stamp | None) -> dt.date:
    """Return the first service day whose numbers must not be given again; all later days bind too.

    ``now_boot`` is this boot's id and the seconds since it began; ``last`` is the latest number given, of any
    queue. Normally that day is today. It is the day of ``last`` when the wall clock names a later day although
    too little time has passed since ``last`` for its midnight to have come: the clock jumped, people still hold
    today's numbers. After a jump back today is an earlier day, so the numbers of the days "to come" bind by
    themselves.

    The answer is kept beside the new number. As long as it is not after the day of ``last``, the earlier of it
    and what was kept with ``last`` binds: other queues may not have given a number since the jump.
    """
    if last is None or now_day <= last.day or now_boot[0] != last.boot_id:
        return now_day
    midnight = dt.datetime.combine(now_day, dt.time.min, tzinfo=last.at.tzinfo)
    passed = dt.timedelta(seconds=now_boot[1] - last.boot_seconds)
    return last.day if last.at + passed + JUMP_TOLERANCE < midnight else now_day


def format_number(queue_code: str, value: int, numbers: Numbers, kiosk_digit: int | None) -> str:
    """Return the number as people read it: ``A-001``, or ``A-2001`` from kiosk 2."""
    band = series_band(numbers, kiosk_digit)
    if value not in band:
        raise ValueError(f"number is {value}; allowed: {band.first} to {band.last}")
    return f"{queue_code}{numbers.separator}{value:0{numbers.digits}d}"


@dataclass(frozen=True)
class Numbered:
    """What a written number stands for."""

    queue: str
    value: int


_SEPARATORS = str.maketrans("", "", "-./ _\t–")


def parse_number(text: str, numbers: Numbers, queue_codes: Iterable[str]) -> tuple[Numbered, ...]:
    """Return what ``text`` can stand for, as staff type it: ``a-001``, ``A1``, ``a 2001``. Empty: nothing.

    More than one answer is possible where a queue code ends in a digit (``3`` and ``31``); the one that is
    written in full comes first.
    """
    plain = text.translate(_SEPARATORS).upper()
    found: list[tuple[bool, Numbered]] = []
    for code in queue_codes:
        digits = plain.removeprefix(code)
        if plain.startswith(code) and digits.isascii() and digits.isdigit():
            value = int(digits)
            digit, rest = divmod(value, 10**numbers.digits)
            if digit <= MAX_KIOSK_DIGIT and rest:
                in_full = digits == f"{value:0{numbers.digits}d}"
                found.append((not in_full, Numbered(code, value)))
    return tuple(numbered for _, numbered in sorted(found, key=lambda entry: entry[0]))
