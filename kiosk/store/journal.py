"""``numbers.journal``: which numbers were given, apart from the database and in plain text.

It is there for one day in the kiosk's life, the one on which the database is lost: the new database must not start
at 001 again. Two kinds of lines, each with a check; a ticket adds one of both::

    number/2026-11-24/C/17/5d0b91c4
    stamp/2026-11-24T09:41:07+07:00/3f9c…/8123.5/2026-11-24/91aa03e7

They are written before the ticket's transaction commits and in the same exclusive section, so that the journal is
never behind the database of a process that was killed. Only a power cut can lose lines: the desk syncs the file once
per ticket, after the paper is out, so at most the last ticket's.

The check is CRC-32 of what stands before it: a torn or overwritten line is seen and never read as a lower number.
"""

from __future__ import annotations

import datetime as dt
import os
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk import durable
from kiosk.core.numbers import Stamp

NAME: Final = "numbers.journal"
KEPT_DAYS: Final = 14
"""Days a rewriting keeps: the latest 14 on which tickets were given."""
REWRITE_ABOVE: Final = 1 << 20
"""Bytes: about a week of 1,000 tickets a day."""


@dataclass(frozen=True, order=True)
class Given:
    """One number that was given."""

    day: dt.date
    queue: str
    number: int


@dataclass(frozen=True)
class Mark:
    """When the latest number was given, and from which day on numbers bound it (see core.numbers)."""

    stamp: Stamp
    since: dt.date


@dataclass(frozen=True)
class Record:
    """What a journal says. ``whole`` is False where a line is damaged: there may have been more."""

    given: frozenset[Given] = frozenset()
    mark: Mark | None = None
    whole: bool = True


def read(path: Path) -> Record | None:
    """Return what the journal at ``path`` says; None when there is none. Raises OSError when it cannot be read."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    *lines, torn = raw.decode("utf-8", errors="replace").split("\n")
    parsed = [_parse(line) for line in lines]
    given = frozenset(one for one in parsed if isinstance(one, Given))
    marks = [one for one in parsed if isinstance(one, Mark)]
    return Record(given, marks[-1] if marks else None, all(parsed) and not torn)


def write(path: Path, given: Iterable[Given], mark: Mark | None) -> None:
    """Replace the journal as a whole and durably. Raises OSError; the old one then stands."""
    lines = [_number_line(one) for one in sorted(given)]
    durable.write(path, "".join([*lines, _stamp_line(mark) if mark else ""]).encode())


def append(path: Path, given: Given, mark: Mark) -> None:
    """Add a ticket's lines. Raises OSError and leaves no part of them; FileNotFoundError when there is no journal.

    One call at a time: the caller holds the database's write lock.
    """
    data = (_number_line(given) + _stamp_line(mark)).encode()
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    try:
        length = os.fstat(descriptor).st_size
        try:
            written = os.write(descriptor, data)
            if written < len(data):  # a full disk takes a part and says so at the next call
                os.write(descriptor, data[written:])
        except OSError:
            os.ftruncate(descriptor, length)
            raise
    finally:
        os.close(descriptor)


def sync(path: Path) -> None:
    """Wait until the journal is on the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)


def needs_rewriting(path: Path) -> bool:
    """Whether the journal is missing, ends in a torn line or has grown past ``REWRITE_ABOVE``. Raises OSError."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 1))
            return size > REWRITE_ABOVE or file.read() not in (b"", b"\n")
    except FileNotFoundError:
        return True


def _number_line(given: Given) -> str:
    return _checked(f"number/{given.day.isoformat()}/{given.queue}/{given.number}")


def _stamp_line(mark: Mark) -> str:
    stamp = mark.stamp
    return _checked(
        f"stamp/{stamp.at.isoformat()}/{stamp.boot_id}/{stamp.boot_seconds!r}/{mark.since.isoformat()}"
    )


def _checked(text: str) -> str:
    return f"{text}/{_check(text)}\n"


def _check(text: str) -> str:
    return f"{zlib.crc32(text.encode()):08x}"


def _parse(line: str) -> Given | Mark | None:
    text, _, check = line.rpartition("/")
    if check != _check(text):
        return None
    kind, *fields = text.split("/")
    if kind == "number":
        day, queue, number = fields
        return Given(dt.date.fromisoformat(day), queue, int(number))
    at, boot_id, seconds, since = fields
    stamp = Stamp(dt.datetime.fromisoformat(at), boot_id, float(seconds))
    return Mark(stamp, dt.date.fromisoformat(since))
