"""Opening the kiosk's SQLite file: made, migrated, checked, or moved aside when it is damaged.

What stands in the state folder::

    anjungan.db (-wal, -shm)          the database
    anjungan.db.broken-20261124T…     a damaged one, kept for whoever wants to look
    numbers.journal                   see :mod:`kiosk.store.journal`
    install-id                        which database this folder uses; every process that does holds a shared lock
    store.lock                        held while the file is opened, made or moved aside

A new database is made beside and renamed, so that a file by the right name is always whole. It is given the numbers
that are known to be taken (``floors``): from the journal, and from what can still be read of a broken file. Where the
folder has had a database and neither tells, today's numbers are refused: never 001 twice in a day.

Opening is cheap at any size: the header, the schema, the newest rows. Only after an unclean end (nobody has it
open, yet there is a WAL) SQLite checks the whole file, for at most ``CHECK_BUDGET_S``; damage deeper down shows when it
is read and is treated alike.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import logging
import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.durable import give_to_owner, sync_folder
from kiosk.store import journal
from kiosk.store.errors import StoreBroken, StoreBusy, StoreTooNew, from_os, from_sqlite, is_damage
from kiosk.store.locks import FileLock, try_flock
from kiosk.store.memory import encode_mark, predecessor, rewrite_journal
from kiosk.store.migrate import latest_version, migrate
from kiosk.store.quick_check import quick_check

log = logging.getLogger(__name__)

NAME: Final = "anjungan.db"
INSTALL_ID: Final = "install-id"
OPEN_PATIENCE_S: Final = 10.0
BUSY_S: Final = 5.0
CHECK_BUDGET_S: Final = 2.0
PROBED_ROWS: Final = 500
_MAGIC: Final = b"SQLite format 3\0"


@dataclass
class Handle:
    """An open database: its connection, its identity on disk and the lock that says it is in use."""

    db: sqlite3.Connection
    path: Path
    identity: tuple[int, int]
    """Device and inode: what tells this file from another of the same name."""
    in_use: int
    """Descriptor of ``install-id`` under a shared lock."""

    def close(self) -> None:
        """Close the connection and let go of the lock. SQLite folds the WAL in when it is the last."""
        try:
            self.db.close()
        except sqlite3.Error as error:
            log.warning("%s: closing: %s", self.path, error)
        finally:
            if self.in_use >= 0:
                os.close(self.in_use)
                self.in_use = -1


def open_database(path: Path, now: dt.datetime, today: dt.date) -> Handle:
    """Open the database at ``path``, making it and its folder where there is none.

    ``now`` is UTC and names a broken file; ``today`` is the day that is refused when nothing tells its numbers.
    Raises StoreError. A damaged file is moved aside and StoreBroken says where; the next call makes a new one.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with opening(path):
            remove_unfinished(path)
            if not path.exists():
                _create(path, now, today)
            return _open(path, now)
    except OSError as error:
        raise from_os(error, path) from error


def move_aside(handle: Handle, now: dt.datetime) -> Path | None:
    """Close a database found damaged while in use and move it aside; None when another was there first.

    Raises StoreError when it cannot be moved.
    """
    handle.close()
    try:
        with opening(handle.path):
            if identity_of(handle.path) != handle.identity:
                return None
            return quarantine(handle.path, now)
    except OSError as error:
        raise from_os(error, handle.path) from error


def identity_of(path: Path) -> tuple[int, int] | None:
    """Return device and inode of the file at ``path``; None when there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """Keep every other process from opening, making or moving the database meanwhile. Raises StoreBusy."""
    lock = FileLock(path.with_name("store.lock"))
    if not lock.acquire(OPEN_PATIENCE_S):
        raise StoreBusy(
            f"{lock.path}: another process has been opening the database for {OPEN_PATIENCE_S:g} s"
        )
    try:
        yield
    finally:
        lock.release()


def _open(path: Path, now: dt.datetime) -> Handle:
    install = path.with_name(INSTALL_ID)
    if not install.exists():
        install.touch()
        give_to_owner(install)
    in_use = os.open(install, os.O_RDWR | os.O_CLOEXEC)
    alone = try_flock(in_use, fcntl.LOCK_EX)
    wal = path.with_name(path.name + "-wal")
    unclean = alone and wal.exists() and wal.stat().st_size > 0
    # From exclusive to shared at once, or after another opener's check: store.lock keeps others from being in between.
    try_flock(in_use, fcntl.LOCK_SH)
    db: sqlite3.Connection | None = None
    try:
        _check_header(path)
        db = _connect(path)
        _migrate_checked(db, path)
        _probe(db)
        if unclean:
            _check(db, path)
        _note_install(db, install)
        _tend_journal(db, path)
    except BaseException as error:
        if db is not None:
            db.close()
        os.close(in_use)
        if is_damage(error):
            kept = quarantine(path, now)
            raise StoreBroken(f"{path}: {error}; kept as {kept.name}", kept) from error
        if isinstance(error, sqlite3.Error):
            raise from_sqlite(error, path) from error
        raise
    identity = identity_of(path)
    assert identity is not None  # nobody removes it between: store.lock is held
    return Handle(db, path, identity, in_use)


def _note_install(db: sqlite3.Connection, install: Path) -> None:
    """Write into ``install-id`` which database this folder uses: the latest of several broken ones is then known."""
    (current,) = db.execute("SELECT value FROM meta WHERE key = 'install'").fetchone()
    if install.read_text(encoding="ascii").strip() != current:
        install.write_text(f"{current}\n", encoding="ascii")


def _connect(path: Path) -> sqlite3.Connection:
    # check_same_thread: the press calls back from the very thread that uses the store, but a kiosk's window may
    # close a store whose thread has ended.
    db = sqlite3.connect(
        f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=BUSY_S, check_same_thread=False
    )
    try:
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        # Folding the WAL in costs two more syncs: done between visitors (Store.tidy), never under a touch.
        db.execute("PRAGMA wal_autocheckpoint = 0")
    except BaseException:
        db.close()
        raise
    return db


def _check_header(path: Path) -> None:
    """Look at the first page without SQLite, so that a newer file is not even opened (sqlite.org/fileformat2)."""
    with path.open("rb") as file:
        header = file.read(100)
    if header[:16] != _MAGIC or len(header) < 100:
        error = sqlite3.DatabaseError("file is not a database")
        error.sqlite_errorcode = sqlite3.SQLITE_NOTADB
        raise error
    _refuse_newer(int.from_bytes(header[60:64], "big"), path)


def _migrate_checked(db: sqlite3.Connection, path: Path) -> None:
    _refuse_newer(int(db.execute("PRAGMA user_version").fetchone()[0]), path)
    migrate(db)


def _refuse_newer(version: int, path: Path) -> None:
    if version > latest_version():
        raise StoreTooNew(
            f"{path}: its schema is {version}, this program knows up to {latest_version()}; install the newer program"
        )


def _probe(db: sqlite3.Connection) -> None:
    """Read what the next ticket will touch: a schema, the ends of all tables and the newest day's index."""
    db.execute("PRAGMA schema_version").fetchone()
    for table, key in (("tickets", "id"), ("outbox", "seq"), ("audit", "id")):
        db.execute(f"SELECT * FROM {table} ORDER BY {key} DESC LIMIT {PROBED_ROWS}").fetchall()  # noqa: S608
    db.execute("SELECT * FROM meta").fetchall()
    db.execute("SELECT count(*) FROM floors").fetchone()
    newest = db.execute("SELECT max(service_day) FROM tickets").fetchone()[0]
    db.execute(
        "SELECT queue, max(number) FROM tickets WHERE service_day = ? GROUP BY queue", (newest,)
    ).fetchall()


def _check(db: sqlite3.Connection, path: Path) -> None:
    """Let SQLite check the file, for at most ``CHECK_BUDGET_S``. Raises sqlite3.DatabaseError on damage."""
    found = quick_check(db, CHECK_BUDGET_S)
    if found is None:
        log.info("%s: not ended cleanly; checked for %g s, no fault so far", path, CHECK_BUDGET_S)
        return
    if found != "ok":
        damage = sqlite3.DatabaseError(found)
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage


def quarantine(path: Path, now: dt.datetime) -> Path:
    """Move the database and its WAL aside under one new name, which SQLite can still open as one."""
    stamp = f"{now:%Y%m%dT%H%M%SZ}"
    kept = path.with_name(f"{path.name}.broken-{stamp}")
    for count in range(2, 1000):
        if not kept.exists():
            break
        kept = path.with_name(f"{path.name}.broken-{stamp}-{count}")
    for suffix in ("-shm", "-wal", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(kept.with_name(kept.name + suffix))
    sync_folder(path.parent)
    log.error("%s is damaged; moved aside as %s", path, kept.name)
    return kept


# --- a new database ---------------------------------------------------------------------------------------------------


def unfinished(path: Path) -> Path:
    """Return where a database is made before it gets its name."""
    return path.with_name(path.name + ".new")


def remove_unfinished(path: Path) -> None:
    """Remove what a process that died left of making one. Raises OSError."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        unfinished(path).with_name(unfinished(path).name + suffix).unlink(missing_ok=True)
    if not path.exists():
        # A WAL without its database would be taken for the new one's.
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def _create(path: Path, now: dt.datetime, today: dt.date) -> None:
    """Make a new database beside, fill in what is known of its predecessor, and give it its name."""
    fresh = unfinished(path)
    record, known = predecessor(path, path.with_name(INSTALL_ID))
    facts = {"install": str(uuid.uuid4())}
    if record.mark:
        facts["mark"] = encode_mark(record.mark)
    if not known:
        facts["refused_day"] = today.isoformat()
    details = {"floors": len(record.given), "numbers_known": known}
    try:
        with closing(sqlite3.connect(fresh, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = FULL")
            migrate(db)
            db.execute("BEGIN")
            db.executemany(
                "INSERT INTO floors (service_day, queue, number) VALUES (?, ?, ?)",
                [(one.day.isoformat(), one.queue, one.number) for one in sorted(record.given)],
            )
            db.executemany("INSERT INTO meta (key, value) VALUES (?, ?)", list(facts.items()))
            db.execute(
                "INSERT INTO audit (at, who, what, details) VALUES (?, 'system', 'store.created', ?)",
                (now.isoformat(), json.dumps(details)),
            )
            db.execute("COMMIT")
    except sqlite3.Error as error:
        raise from_sqlite(error, fresh) from error
    give_to_owner(fresh)
    fresh.rename(path)
    sync_folder(path.parent)


def _tend_journal(db: sqlite3.Connection, path: Path) -> None:
    if not journal.needs_rewriting(path.with_name(journal.NAME)):
        return
    db.execute("BEGIN IMMEDIATE")  # holds off whoever would add a line meanwhile
    try:
        rewrite_journal(db, path)
    finally:
        db.execute("ROLLBACK")
