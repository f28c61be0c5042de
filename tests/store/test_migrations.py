"""A database of every version there ever was becomes one of today's, with all its rows."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.store import Store, TicketQuery
from kiosk.store.migrate import latest_version, migrate, migrations, statements
from tests.store.conftest import take
from tests.support.turnable_clock import TurnableClock

VERSIONS = Path(__file__).resolve().parent.parent / "data" / "store"


def schema(db: sqlite3.Connection) -> list[tuple[str, ...]]:
    return db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").fetchall()


def test_there_is_a_database_of_every_version() -> None:
    assert sorted(path.stem for path in VERSIONS.glob("*.db")) == [
        f"v{n}" for n in range(1, latest_version() + 1)
    ]


@pytest.mark.parametrize("version", range(1, latest_version() + 1))
def test_an_old_database_opens_with_all_its_rows(
    version: int, path: Path, open_store: Callable[[], Store], clock: TurnableClock
) -> None:
    path.parent.mkdir(parents=True)
    shutil.copy(VERSIONS / f"v{version}.db", path)
    store = open_store()

    tickets = store.tickets(TicketQuery(dt.date(2026, 11, 24)))
    assert [(one.display, one.state.value) for one in tickets] == [
        ("A-001", "reserved"),
        ("C-001", "sending"),
        ("C-002", "printed"),
        ("C-003", "unconfirmed"),
        ("C-004", "not_printed"),
        ("D-001", "not_printed"),
        ("D-002", "voided"),
    ]
    assert [(one.cause, one.kept, one.void_reason, one.copies) for one in tickets[2:]] == [
        (None, False, None, 1),
        ("offline", False, None, 0),
        ("paper_out", False, None, 0),
        ("cover_open", True, None, 0),
        (None, False, "cancelled", 0),
    ]
    assert [one["type"] for one in store.history(tickets[2])] == [
        "ticket.issued",
        "ticket.printed",
        "ticket.reprinted",
    ]
    assert take(store, clock, "C").number == 5
    assert store._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        migrate(fresh)
        assert schema(store._db) == schema(fresh)


def test_a_migration_that_fails_changes_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    good, bad = tmp_path / "0001_good.sql", tmp_path / "0002_bad.sql"
    good.write_text("CREATE TABLE one (a INTEGER) STRICT;")
    bad.write_text("CREATE TABLE two (a INTEGER) STRICT;\nINSERT INTO missing VALUES (1);")
    monkeypatch.setattr("kiosk.store.migrate.FOLDER", tmp_path)
    migrations.cache_clear()
    try:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
            with pytest.raises(sqlite3.OperationalError, match="missing"):
                migrate(db)
            assert db.execute("PRAGMA user_version").fetchone() == (1,)
            assert [row[1] for row in schema(db)] == ["one"]
    finally:
        migrations.cache_clear()


def test_migrations_are_numbered_without_a_gap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "0002_late.sql").write_text("")
    monkeypatch.setattr("kiosk.store.migrate.FOLDER", tmp_path)
    migrations.cache_clear()
    try:
        with pytest.raises(RuntimeError, match="0001_"):
            migrations()
    finally:
        migrations.cache_clear()


def test_a_trigger_s_inner_semicolons_do_not_split_it() -> None:
    script = "CREATE TABLE a (b);\nCREATE TRIGGER c AFTER INSERT ON a BEGIN\n DELETE FROM a; SELECT 1; END;\n"
    assert len(statements(script)) == 2
    with pytest.raises(ValueError, match="incomplete"):
        statements("CREATE TABLE a (b)")
