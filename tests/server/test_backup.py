"""Backup and restore of the SQLite file: whole, or not at all; nothing is ever overwritten."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from server import backup, setup
from server.db import migrate
from server.db.database import Database
from server.db.models import Audit
from server.errors import DatabaseError, UpkeepError
from tests.support.server_driver import NOON


def lines(database: Database) -> int:
    return database.read(lambda session: session.scalar(select(func.count()).select_from(Audit)) or 0)


def write_line(database: Database) -> None:
    database.write(lambda session: session.add(Audit(at=NOON, who="test", what="line", details="{}")))


def test_a_copy_is_one_moment_of_a_database_in_use(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    halt = threading.Event()

    def busy() -> None:
        while not halt.is_set():
            write_line(database)

    writer = threading.Thread(target=busy)
    writer.start()
    try:
        before = lines(database)
        backup.copy(database, tmp_path / "copy.db")
    finally:
        halt.set()
        writer.join(20)
    after = lines(database)
    assert backup.check(tmp_path / "copy.db") == migrate.newest()
    copied = Database(f"sqlite:///{tmp_path / 'copy.db'}")
    assert before <= lines(copied) <= after
    assert stat.S_IMODE((tmp_path / "copy.db").stat().st_mode) == 0o600
    copied.close()
    database.close()


def test_restoring_moves_the_present_one_aside_with_its_log(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "anjungan.db"
    database = Database(sqlite_url)
    backup.copy(database, tmp_path / "copy.db")
    before = lines(database)
    write_line(database)  # stands in the write-ahead log alone
    assert (tmp_path / "anjungan.db-wal").stat().st_size
    aside = backup.restore(tmp_path / "copy.db", file, NOON)
    database.close()
    assert aside is not None
    for path, expected in ((file, before), (aside, before + 1)):
        opened = Database(f"sqlite:///{path}")
        assert lines(opened) == expected, path
        opened.close()


def test_what_is_there_is_not_overwritten(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(UpkeepError, match="is there already"):
        backup.copy(database, tmp_path / "copy.db")
    with pytest.raises(UpkeepError, match="is not a folder"):
        backup.copy(database, tmp_path / "nowhere" / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"
    database.close()


def test_a_damaged_copy_is_refused_and_nothing_changes(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    copy = tmp_path / "copy.db"
    backup.copy(database, copy)
    before = lines(database)
    data = bytearray(copy.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4096] = b"\xa5" * 4096
    copy.write_bytes(data)
    with pytest.raises(UpkeepError, match=r"is damaged|is not a backup"):
        backup.restore(copy, tmp_path / "anjungan.db", NOON)
    assert lines(database) == before
    database.close()


def test_another_sqlite_file_is_no_backup(tmp_path: Path) -> None:
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    with other.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a)")
    other.close()
    with pytest.raises(UpkeepError, match="not a backup of this server"):
        backup.check(tmp_path / "other.db")
    with pytest.raises(UpkeepError, match="is not a file"):
        backup.check(tmp_path / "none.db")


def test_nobody_restores_what_is_in_use(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    running = setup.hold(database)
    assert running is not None
    with pytest.raises(DatabaseError, match="a server is running on it"):
        setup.hold(database, alone=True)
    setup.release(running)
    restoring = setup.hold(database, alone=True)
    assert restoring is not None
    with pytest.raises(DatabaseError, match="it is being restored"):
        setup.hold(database)
    setup.release(restoring)
    database.close()
