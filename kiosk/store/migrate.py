"""Numbered SQL migrations: ``migrations/0001_….sql`` leads from ``PRAGMA user_version`` 0 to 1, and so on."""

from __future__ import annotations

import re
import sqlite3
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "migrations"
_NAME: Final = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


@cache
def migrations() -> tuple[Path, ...]:
    """Return all migrations in order; their numbers are 1, 2, 3, … without a gap."""
    paths = sorted(FOLDER.glob("*.sql"))
    for expected, path in enumerate(paths, start=1):
        match = _NAME.fullmatch(path.name)
        if match is None or int(match[1]) != expected:
            raise RuntimeError(f"{path}: must be named {expected:04d}_words_in_lower_case.sql")
    return tuple(paths)


def latest_version() -> int:
    """Return the schema version this program works with."""
    return len(migrations())


def migrate(db: sqlite3.Connection) -> None:
    """Bring ``db`` to the latest version, each migration in one transaction. Raises sqlite3.Error.

    Two processes may meet here: the version is read again under the write lock.
    """
    while (version := _version(db)) < latest_version():
        sql = migrations()[version].read_text(encoding="utf-8")
        db.execute("BEGIN IMMEDIATE")
        try:
            if _version(db) == version:
                for statement in statements(sql):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {version + 1}")
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise


def statements(sql: str) -> list[str]:
    """Split a script where SQLite says a statement is complete (``executescript`` would commit on its own)."""
    found: list[str] = []
    pending = ""
    for piece in re.split(r"(?<=;)", sql):
        pending += piece
        if sqlite3.complete_statement(pending):
            found.append(pending.strip())
            pending = ""
    if pending.strip():
        raise ValueError(f"the script ends in an incomplete statement: {pending.strip()[:60]!r}")
    return found


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
