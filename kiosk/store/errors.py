"""Everything the store raises, with codes that stay the same for screens, logs and manuals.

::

    StoreError              E-STO-00
    ├── StoreUnavailable    E-STO-01  the state folder or the file cannot be opened or written
    ├── StoreBroken         E-STO-02  the file is damaged; it was moved aside, the next start makes a new one
    ├── StoreFull           E-STO-03  no room on the disk; nothing was written
    ├── StoreTooNew         E-STO-04  written by a newer version of the program; the file is untouched
    ├── StoreDiskFault      E-STO-05  the disk failed to read or write
    ├── NumbersUnknown      E-STO-06  nothing tells today's numbers; none is given until tomorrow
    ├── StoreBusy           E-STO-07  another process held the file for too long
    ├── StoreGone           E-STO-08  the file was removed or replaced while it was open
    ├── SeriesUsedUp        E-STO-09  the queue has no number left today
    ├── BackupUnusable      E-STO-10  a backup is damaged, is none, or does not fit this machine
    └── StateIsNewer        E-STO-11  newer numbers stand where a backup was to be put back
"""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path
from typing import ClassVar, Final


class StoreError(Exception):
    """Base of all errors of the store."""

    code: ClassVar[str] = "E-STO-00"

    def __str__(self) -> str:
        return f"{self.code}: {super().__str__()}"


class StoreUnavailable(StoreError):
    """The state folder or the file cannot be opened or written: rights, a read-only disk, a missing mount."""

    code = "E-STO-01"


class StoreBroken(StoreError):
    """The file is damaged. ``kept`` is where it lies now; None when it could not be moved."""

    code = "E-STO-02"

    def __init__(self, message: str, kept: Path | None) -> None:
        super().__init__(message)
        self.kept = kept


class StoreFull(StoreError):
    """No room on the disk. Nothing was written, and it works again when there is room."""

    code = "E-STO-03"


class StoreTooNew(StoreError):
    """The file was written by a newer version of the program; it is left as it is."""

    code = "E-STO-04"


class StoreDiskFault(StoreError):
    """The disk failed to read or write."""

    code = "E-STO-05"


class NumbersUnknown(StoreError):
    """The database was lost and nothing that is left tells which numbers were given today."""

    code = "E-STO-06"


class StoreBusy(StoreError):
    """Another process held the file for too long."""

    code = "E-STO-07"


class StoreGone(StoreError):
    """The file was removed or replaced while it was open, or the store was closed."""

    code = "E-STO-08"


class SeriesUsedUp(StoreError):
    """The queue has no number left today: a refusal, not a fault."""

    code = "E-STO-09"


class BackupUnusable(StoreError):
    """A backup is damaged, is none, or cannot be put back on this machine as it is."""

    code = "E-STO-10"


class StateIsNewer(StoreError):
    """Where a backup was to be put back stand numbers newer than its own."""

    code = "E-STO-11"


_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT)
_UNWRITABLE: Final = (
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_AUTH,
)
_BUSY: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_damage(error: BaseException) -> bool:
    """Whether ``error`` says that the file's content is damaged."""
    return isinstance(error, sqlite3.DatabaseError) and _primary(error) in _DAMAGED


def from_sqlite(error: sqlite3.Error, path: Path) -> StoreError:
    """Return the store's error for SQLite's (result codes: sqlite.org/rescode.html).

    Damage (``is_damage``) is not among them: the file must be moved aside first.
    """
    code, told = _primary(error), f"{path}: {error}"
    if code == sqlite3.SQLITE_FULL:
        return StoreFull(told)
    if code in _UNWRITABLE:
        return StoreUnavailable(told)
    if code in _BUSY:
        return StoreBusy(told)
    if code == sqlite3.SQLITE_IOERR:
        return StoreDiskFault(told)
    return StoreError(told)


def from_os(error: OSError, path: Path) -> StoreError:
    """Return the store's error for the operating system's."""
    told = f"{path}: {error.strerror or error}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreFull(told)
    if error.errno == errno.EIO:
        return StoreDiskFault(told)
    return StoreUnavailable(told)


def _primary(error: BaseException) -> int:
    # An extended code keeps its primary code in the low byte.
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
