"""What the doctor asks of a database: looked at read-only, so that looking never makes, mends or moves anything."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.store import journal
from kiosk.store.errors import StoreBroken, StoreTooNew, from_os, from_sqlite, is_damage
from kiosk.store.migrate import latest_version
from kiosk.store.quick_check import quick_check

CHECK_S: Final = 2.0
"""Seconds the check of the whole file may take; damage beyond shows when it is read."""
BUSY_S: Final = 2.0


@dataclass(frozen=True)
class Facts:
    """A database at one moment."""

    schema: int
    size_bytes: int
    checked: bool
    """Whether the whole file was looked at within ``CHECK_S``."""
    tickets_today: int
    unsettled: int
    events_waiting: int
    oldest_waiting: str | None
    """UTC of the oldest event nobody has acknowledged."""
    refused_day: dt.date | None
    journal_whole: bool
    broken: tuple[str, ...]
    """Names of damaged databases kept beside it."""

    def document(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {
            "schema": self.schema,
            "size_bytes": self.size_bytes,
            "checked": self.checked,
            "tickets_today": self.tickets_today,
            "unsettled": self.unsettled,
            "events_waiting": self.events_waiting,
            "oldest_waiting": self.oldest_waiting,
            "refused_day": self.refused_day.isoformat() if self.refused_day else None,
            "journal_whole": self.journal_whole,
            "broken": list(self.broken),
        }


def facts(path: Path, today: dt.date) -> Facts | None:
    """Return what the database at ``path`` holds; None when there is none.

    Raises StoreError: StoreTooNew, StoreBroken (nothing was moved: ``kept`` is None), StoreUnavailable, StoreBusy.
    """
    try:
        if not path.exists():
            return None
        size = path.stat().st_size
        kept = journal.read(path.with_name(journal.NAME))
        with closing(open_read_only(path)) as db:
            (schema,) = db.execute("PRAGMA user_version").fetchone()
            if schema > latest_version():
                raise StoreTooNew(
                    f"{path}: its schema is {schema}, this program knows up to {latest_version()}"
                )
            checked = whole(db, path, CHECK_S)
            tickets, unsettled = db.execute(
                "SELECT (SELECT count(*) FROM tickets WHERE service_day = ?),"
                " (SELECT count(*) FROM tickets INDEXED BY tickets_unsettled"
                " WHERE state IN ('reserved', 'sending') OR (state = 'not_printed' AND kept = 0))",
                (today.isoformat(),),
            ).fetchone()
            waiting, oldest = db.execute(
                "SELECT count(*), min(occurred_at) FROM outbox WHERE acknowledged_at IS NULL"
            ).fetchone()
            refused = db.execute("SELECT value FROM meta WHERE key = 'refused_day'").fetchone()
    except sqlite3.Error as error:
        if is_damage(error):
            raise StoreBroken(f"{path}: {error}", None) from error
        raise from_sqlite(error, path) from error
    except OSError as error:
        raise from_os(error, path) from error
    return Facts(
        schema=schema,
        size_bytes=size,
        checked=checked,
        tickets_today=tickets,
        unsettled=unsettled,
        events_waiting=waiting,
        oldest_waiting=oldest,
        refused_day=dt.date.fromisoformat(refused[0]) if refused else None,
        journal_whole=kept is not None and kept.whole,
        broken=tuple(sorted(one.name for one in path.parent.glob(f"{path.name}.broken-*[0-9Z]"))),
    )


def open_read_only(path: Path) -> sqlite3.Connection:
    """Open the database at ``path`` for reading. Raises sqlite3.Error."""
    db = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=BUSY_S)
    db.execute("PRAGMA trusted_schema = OFF")
    return db


def whole(db: sqlite3.Connection, path: Path, budget_s: float) -> bool:
    """Let SQLite check the file; False where it took longer than ``budget_s`` and was broken off.

    Raises StoreBroken on damage, sqlite3.Error otherwise.
    """
    found = quick_check(db, budget_s)
    if found is None:
        return False
    if found != "ok":
        raise StoreBroken(f"{path}: {found}", None)
    return True
