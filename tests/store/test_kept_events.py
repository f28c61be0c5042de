"""An event is never changed, and never deleted before the server has it: the database itself refuses."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from kiosk.store import Store
from tests.store.conftest import take


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE outbox SET body = '{}'",
        "UPDATE outbox SET seq = seq + 100",
        "UPDATE outbox SET occurred_at = '2020-01-01T00:00:00+00:00'",
        "DELETE FROM outbox",
    ],
)
def test_whoever_opens_the_file_cannot_bend_an_event(store: Store, clock, path: Path, statement: str) -> None:
    take(store, clock)
    db = sqlite3.connect(path)
    try:
        with pytest.raises(sqlite3.IntegrityError, match="event"):
            db.execute(statement)
    finally:
        db.close()


def test_what_the_server_has_may_go_and_its_seq_is_not_used_again(store: Store, clock, path: Path) -> None:
    take(store, clock)
    db = sqlite3.connect(path, isolation_level=None)
    try:
        (last,) = db.execute("SELECT max(seq) FROM outbox").fetchone()
        db.execute("UPDATE outbox SET acknowledged_at = '2026-11-24T03:00:00+00:00'")
        db.execute("DELETE FROM outbox")
        take(store, clock)
        assert db.execute("SELECT min(seq) FROM outbox").fetchone() == (last + 1,)
    finally:
        db.close()
