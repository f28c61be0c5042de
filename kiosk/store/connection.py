"""The open file: guarded statements, transactions, and the certainty that it still is the file by that name.

Writing into a file that somebody removed would lose tickets, and beside a new one it would give numbers twice; so the
name is looked at before every use (one stat call).
"""

from __future__ import annotations

import datetime as dt
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, Self

from kiosk.store import journal
from kiosk.store.database import identity_of, move_aside, open_database
from kiosk.store.errors import StoreBroken, StoreGone, from_sqlite, is_damage

log = logging.getLogger(__name__)


class Clock(Protocol):
    """The part of the kiosk's clock the store needs (kiosk.clock)."""

    def utc(self) -> dt.datetime: ...

    def boot(self) -> tuple[str, float]: ...


class Connection:
    """The kiosk's SQLite file, open."""

    def __init__(self, path: Path, clock: Clock, zone: dt.tzinfo) -> None:
        """Use :meth:`open`."""
        self.path = path
        self._clock = clock
        self._zone = zone
        self._handle = open_database(path, clock.utc(), clock.utc().astimezone(zone).date())
        self._db = self._handle.db
        self._journal = path.with_name(journal.NAME)

    @classmethod
    def open(cls, path: Path, clock: Clock, zone: dt.tzinfo) -> Self:
        """Open the database at ``path``, making it and its folder where there is none.

        ``zone`` is the site's. Raises StoreError; after StoreBroken the next call makes a new database whose numbers
        go on above the old one's.
        """
        return cls(path, clock, zone)

    @property
    def zone(self) -> dt.tzinfo:
        """The site's zone."""
        return self._zone

    def close(self) -> None:
        """Close the file. Nothing happens when it is closed."""
        self._handle.close()

    # --- for those below --------------------------------------------------------------------------------

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Run statements; every failure becomes a StoreError, and damage moves the file aside."""
        self._still_there()
        try:
            yield
        except sqlite3.Error as error:
            if not is_damage(error):
                raise from_sqlite(error, self.path) from error
            kept = move_aside(self._handle, self._clock.utc())
            where = f"kept as {kept.name}" if kept else "another process has moved it aside"
            raise StoreBroken(f"{self.path}: {error}; {where}", kept) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One transaction: all of it durable at the end, or nothing."""
        with self._guard():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        try:
            if self._db.in_transaction:  # SQLite has rolled back by itself after some errors
                self._db.execute("ROLLBACK")
        except sqlite3.Error as error:
            log.warning("%s: rolling back: %s", self.path, error)

    def _still_there(self) -> None:
        if self._handle.in_use < 0:
            raise StoreGone(f"{self.path}: the store is closed")
        if identity_of(self.path) != self._handle.identity:
            raise StoreGone(f"{self.path}: the file was removed or replaced while it was open")
