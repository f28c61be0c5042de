"""Backup and restore of the SQLite file, while the server runs and without stopping it (backup only).

PostgreSQL has its own, better way: ``pg_dump`` (docs/server.md).
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from server.db import migrate
from server.db.database import Database
from server.errors import DatabaseError, UpkeepError


def copy(database: Database, target: Path) -> None:
    """Write a whole and consistent copy of the database to ``target``, which must not be there yet."""
    if not database.is_sqlite:
        raise UpkeepError(f"{migrate.shown(database)}: use pg_dump, as docs/server.md says")
    if target.exists():
        raise UpkeepError(f"{target}: is there already; name another file")
    if not target.parent.is_dir():
        raise UpkeepError(f"{target.parent}: is not a folder")
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    try:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            # A snapshot by SQLite itself: what is committed while it is made is in or out as a whole.
            connection.execute(text("VACUUM INTO :file"), {"file": str(fresh)})
        fresh.chmod(0o600)
        _sync(fresh)
        fresh.rename(target)
        _sync(target.parent)
    except DBAPIError as error:
        raise UpkeepError(f"{target}: {migrate.reason(error)}") from error
    except OSError as error:
        raise UpkeepError(f"{target}: {error.strerror}") from error
    finally:
        fresh.unlink(missing_ok=True)


def check(source: Path) -> str:
    """Return the revision of a backup that is whole. Raises UpkeepError."""
    if not source.is_file():
        raise UpkeepError(f"{source}: is not a file")
    database = Database(f"sqlite:///{source.absolute()}")
    try:
        with database.engine.connect() as connection:
            faults = [row[0] for row in connection.execute(text("PRAGMA integrity_check"))]
        revision = migrate.present(database)
    except (DBAPIError, DatabaseError) as error:
        raise UpkeepError(f"{source}: is not a backup of this server: {error}") from error
    finally:
        database.close()
        for name in ("-wal", "-shm", ".writers"):
            source.with_name(source.name + name).unlink(missing_ok=True)
    if faults != ["ok"]:
        raise UpkeepError(f"{source}: is damaged: {faults[0]}")
    if revision is None:
        raise UpkeepError(f"{source}: is an SQLite file, but not a backup of this server")
    return revision


def restore(source: Path, target: Path, now: dt.datetime) -> Path | None:
    """Put the backup ``source`` in the place of ``target``; return where the present database was moved to.

    The caller holds the database alone. The present one is never deleted.
    """
    check(source)
    fresh = target.with_name(f".{target.name}.restored")
    fresh.unlink(missing_ok=True)
    origin = Database(f"sqlite:///{source.absolute()}")
    try:
        copy(origin, fresh)
    finally:
        origin.close()
        for name in ("-wal", "-shm", ".writers"):
            source.with_name(source.name + name).unlink(missing_ok=True)
    aside: Path | None = None
    if target.exists():
        aside = target.with_name(f"{target.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
        # The write-ahead log belongs to the file it stands beside: both move, or the old one would be written anew.
        for name in ("-wal", "-shm", ""):
            part = target.with_name(target.name + name)
            if part.exists():
                part.rename(aside.with_name(aside.name + name))
    fresh.rename(target)
    _sync(target.parent)
    return aside


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
