"""What is remembered of numbers given: in a database for its journal, and after a loss in what is left of it."""

from __future__ import annotations

import datetime as dt
import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from kiosk.core.numbers import Stamp
from kiosk.store import journal

log = logging.getLogger(__name__)


def predecessor(path: Path, install: Path) -> tuple[journal.Record, bool]:
    """Return the numbers known to be given in this folder, and whether that is all of them for the last days.

    ``path`` is where the database was, ``install`` the file that names the one last in use. Raises OSError.
    """
    record = journal.read(path.with_name(journal.NAME))
    kept = [one for one in path.parent.glob(f"{path.name}.broken-*[0-9Z]") if one.is_file()]
    kept.sort(key=lambda one: one.stat().st_mtime, reverse=True)
    if record is None and not kept and not install.exists():
        return journal.Record(), True  # a new folder
    latest = install.read_text(encoding="ascii").strip() if install.exists() else ""
    given = set(record.given) if record else set()
    mark = record.mark if record else None
    known = record is not None and record.whole
    for broken in kept[:3]:
        rest = _read_broken(broken, None if known else latest)
        given |= rest.given
        mark = mark or rest.mark
        known = known or rest.whole
    return journal.Record(frozenset(given), mark), known


def _read_broken(path: Path, latest: str | None) -> journal.Record:
    """Return what can still be read of a broken file.

    ``whole`` where it is the database last in use (``latest`` is its id; None: not to be proved) and has no damage.
    """
    given: set[journal.Given] = set()
    mark: journal.Mark | None = None
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)) as db:
            for one in last_numbers(db):
                given.add(one)
            mark = read_mark(db)
            row = db.execute("SELECT value FROM meta WHERE key = 'install'").fetchone()
            whole = (
                latest is not None
                and row == (latest,)
                and db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
            )
    except (sqlite3.Error, ValueError) as error:
        log.warning("%s: reading what is left: %s", path.name, error)
        return journal.Record(frozenset(given), mark, whole=False)
    return journal.Record(frozenset(given), mark, whole)


def last_numbers(db: sqlite3.Connection) -> Iterator[journal.Given]:
    """Yield the highest number of each queue and band on the latest days, and all floors of those days."""
    for day in _latest_days(db):
        rows = db.execute(
            "SELECT queue, max(number) FROM tickets WHERE service_day = ? GROUP BY queue, kiosk_digit"
            " UNION SELECT queue, number FROM floors WHERE service_day = ?",
            (day, day),
        )
        for queue, number in rows:
            yield journal.Given(dt.date.fromisoformat(day), queue, number)


def _latest_days(db: sqlite3.Connection) -> Iterator[str]:
    # One index look-up per day: DISTINCT would read a million entries.
    before = "9999"
    for _ in range(journal.KEPT_DAYS):
        (before,) = db.execute(
            "SELECT max(day) FROM (SELECT max(service_day) AS day FROM tickets WHERE service_day < ?"
            " UNION ALL SELECT max(service_day) FROM floors WHERE service_day < ?)",
            (before, before),
        ).fetchone()
        if before is None:
            return
        yield before


def read_mark(db: sqlite3.Connection) -> journal.Mark | None:
    """Return when the latest number was given; None when none was."""
    row = db.execute("SELECT value FROM meta WHERE key = 'mark'").fetchone()
    if row is None:
        return None
    at, boot_id, seconds, since = json.loads(row[0])
    return journal.Mark(Stamp(dt.datetime.fromisoformat(at), boot_id, seconds), dt.date.fromisoformat(since))


def encode_mark(mark: journal.Mark) -> str:
    """Return ``mark`` as it is stored."""
    stamp = mark.stamp
    return json.dumps([stamp.at.isoformat(), stamp.boot_id, stamp.boot_seconds, mark.since.isoformat()])


def rewrite_journal(db: sqlite3.Connection, path: Path) -> None:
    """Make the journal of the database at ``path`` anew. The caller holds the write lock. Raises OSError."""
    journal.write(path.with_name(journal.NAME), set(last_numbers(db)), read_mark(db))
