"""SQLite's own look at a whole file, for no longer than there is time."""

from __future__ import annotations

import sqlite3
import threading


def quick_check(db: sqlite3.Connection, budget_s: float) -> str | None:
    """Return ``ok`` or the first fault found; None where it took longer than ``budget_s`` and was broken off.

    Raises sqlite3.Error, as a damaged file may.
    """
    # A progress handler is not called inside the check (SQLite 3.40); an interrupt is heeded at every page.
    stop = threading.Timer(budget_s, db.interrupt)
    stop.start()
    try:
        return str(db.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return None
    finally:
        stop.cancel()
        stop.join()
