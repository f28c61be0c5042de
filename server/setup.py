"""Opening the server's database: where it is, and making it ready by itself where nobody has to be asked."""

from __future__ import annotations

import datetime as dt
import fcntl
import logging
import os
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from kiosk.site import load as load_site
from server import backup, catalogue, counters
from server.db import migrate
from server.db.database import Database, utc_now
from server.db.models import Site
from server.errors import DatabaseError
from server.settings import SAMPLE_SITE, Settings

log = logging.getLogger("server.setup")

FILE_NAME: Final = "anjungan.db"


def folder(state: Path) -> Path:
    """Return the server's own part of the state folder, readable by its user alone."""
    made = state / "server"
    made.mkdir(parents=True, exist_ok=True, mode=0o700)
    return made


def database_url(settings: Settings, state: Path) -> str:
    """Return the database's address: the setting, or the SQLite file in the state folder."""
    return settings.database_url or f"sqlite:///{(folder(state) / FILE_NAME).absolute()}"


def open_database(settings: Settings, state: Path) -> Database:
    """Return the database with this version's tables.

    An empty one gets its tables and the sample site. An SQLite file of an older version is copied aside and brought up;
    on PostgreSQL that is the administrator's decision, and DatabaseError says which command it takes.
    """
    database = Database(database_url(settings, state))
    try:
        _make_ready(database)
    except BaseException:
        database.close()
        raise
    return database


def _make_ready(database: Database) -> None:
    if migrate.is_empty(database):
        migrate.migrate(database)
        import_site(database, SAMPLE_SITE, who="set-up", now=utc_now())
        log.warning(
            "a new database with the sample site; import your own: main.py server import-catalogue DIR"
        )
    elif database.is_sqlite and migrate.present(database) != migrate.newest():
        file = Path(str(database.url.database))
        kept = file.with_name(f"{file.name}.before-{migrate.newest()}-{utc_now():%Y%m%dT%H%M%SZ}")
        backup.copy(database, kept)
        before, after = migrate.migrate(database)
        log.warning("the database was brought from %s to %s; the old one is %s", before, after, kept)
    else:
        migrate.require_newest(database)


def import_site(database: Database, directory: Path, *, who: str, now: dt.datetime) -> tuple[str, int]:
    """Put the site in ``directory`` in force; return its id and version. Raises SiteFaults with every fault.

    A site that is new here also gets the counters its queues speak of.
    """
    data = load_site(directory)

    def work(session: Session) -> int:
        known = session.get(Site, data.site.id) is not None
        number = catalogue.replace(session, data.site, data.catalogue, who=who, now=now)
        if not known:  # later the counters are the mall's own business
            counters.fill(session, catalogue.Catalogues().current(session, data.site.id), who=who, now=now)
        return number

    return data.site.id, database.write(work)


def hold(database: Database, *, alone: bool = False) -> int | None:
    """Say that this process uses the SQLite file until it ends; ``alone``: nobody else may.

    Returns the lock's descriptor (None on PostgreSQL, which looks after itself). Raises DatabaseError.
    """
    if not database.is_sqlite:
        return None
    path = Path(str(database.url.database) + ".running")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        who = (
            "a server is running on it; stop it first"
            if alone
            else "it is being restored; start again afterwards"
        )
        raise DatabaseError(f"{migrate.shown(database)}: {who}") from None
    return descriptor


def release(lock: int | None) -> None:
    """Let go of what :func:`hold` returned."""
    if lock is not None:
        os.close(lock)
