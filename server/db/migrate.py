"""Migrations: Alembic without an ini file, up and down, in one transaction, one process at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from server.db.database import Database
from server.errors import DatabaseError

_SCRIPTS: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 0x414E4A55
"""PostgreSQL's advisory lock while the schema changes ("ANJU")."""


def config(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration for ``connection``."""
    made = Config()
    made.set_main_option("script_location", str(_SCRIPTS))
    made.attributes["connection"] = connection
    return made


def newest() -> str:
    """Return the revision this program needs."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    assert head is not None
    return head


def present(database: Database) -> str | None:
    """Return the revision the database has; None where it is empty. Raises DatabaseError."""
    try:
        with database.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        raise DatabaseError(f"{shown(database)}: {reason(error)}") from error


def is_empty(database: Database) -> bool:
    """Whether there is no table at all. Raises DatabaseError."""
    try:
        with database.engine.connect() as connection:
            return not inspect(connection).get_table_names()
    except DBAPIError as error:
        raise DatabaseError(f"{shown(database)}: {reason(error)}") from error


def migrate(database: Database, revision: str = "head") -> tuple[str | None, str | None]:
    """Bring the schema up or down to ``revision`` (``head``, ``base``, a name); return before and after."""
    before = present(database)
    script = ScriptDirectory.from_config(config())
    names = [item.revision for item in script.walk_revisions()]  # newest first
    if revision not in ("head", "base", *names):
        raise DatabaseError(f"revision is {revision!r}; allowed: head, base, {', '.join(names)}")
    if before is not None and before not in names:
        raise DatabaseError(
            f"{shown(database)}: is at revision {before}, which this version does not know; it knows up to {names[0]}. "
            "A newer version has been here: install that one, or restore a backup"
        )
    target = {"head": names[0], "base": None}.get(revision, revision)
    rank = {name: index for index, name in enumerate(reversed(names), start=1)} | {None: 0}
    try:
        if database.is_sqlite:
            _on_sqlite(database, target, down=rank[target] < rank[before])
        else:
            with database.engine.begin() as connection:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                _change(connection, target, down=rank[target] < rank[before])
    except DBAPIError as error:
        raise DatabaseError(f"{shown(database)}: {reason(error)}") from error
    return before, present(database)


def _on_sqlite(database: Database, target: str | None, *, down: bool) -> None:
    # Tables are made anew in their new shape (SQLite's ALTER TABLE is small); meanwhile nothing may follow the
    # references into the old ones. The pragma has no effect inside a transaction (sqlite.org/pragma.html).
    with database.engine.connect() as plain:
        driver = plain.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            connection = plain.execution_options(anjungan_write=True)
            with connection.begin():
                _change(connection, target, down=down)
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise DatabaseError(
                        f"{shown(database)}: references lead nowhere after the change: {broken[:3]}"
                    )
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


def _change(connection: Connection, target: str | None, *, down: bool) -> None:
    if down:
        command.downgrade(config(connection), target or "base")
    else:
        command.upgrade(config(connection), target or "head")


def require_newest(database: Database) -> None:
    """Raise DatabaseError where the schema is not the one this program needs."""
    have, need = present(database), newest()
    if have != need:
        raise DatabaseError(
            f"{shown(database)}: is at revision {have or 'none'}, this version needs {need}; make a backup, then run: "
            "main.py server migrate"
        )


def shown(database: Database) -> str:
    """Return the database's address without its password."""
    return database.url.render_as_string(hide_password=True)


def reason(error: DBAPIError) -> str:
    """Return the driver's own first line."""
    return str(error.orig).strip().partition("\n")[0]
