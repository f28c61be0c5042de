"""Transactions: run again where another was first, in turn, bounded, durable."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from server.db import database as module
from server.db.database import TRIES, Database, NoTurn, _Turns, normal_url
from server.db.dialects import among
from server.db.models import Audit, Meta
from tests.support.server_driver import NOON


def test_what_fails_leaves_nothing(database: Database) -> None:
    def half(session: Session) -> None:
        session.add(Meta(key="half", value="1"))
        session.flush()
        raise LookupError("no")

    with pytest.raises(LookupError):
        database.write(half)
    assert database.read(lambda session: session.get(Meta, "half")) is None


def test_a_key_taken_meanwhile_starts_the_transaction_again(database: Database) -> None:
    runs = []

    def work(session: Session) -> str:
        runs.append(1)
        known = session.get(Meta, "key")
        if known is not None:
            return known.value
        if len(runs) == 1 and not database.is_sqlite:  # on SQLite nobody else can be in between
            with ThreadPoolExecutor(1) as pool:
                pool.submit(database.write, lambda other: other.add(Meta(key="key", value="theirs"))).result(
                    20
                )
        session.add(Meta(key="key", value="mine"))
        session.flush()
        return "mine"

    assert database.write(work) == ("mine" if database.is_sqlite else "theirs")
    assert len(runs) == (1 if database.is_sqlite else 2)


def test_a_fault_that_stays_is_told_after_some_tries(database: Database) -> None:
    runs = []

    def work(session: Session) -> None:
        runs.append(1)
        for _ in range(2):
            session.execute(text("INSERT INTO meta (key, value) VALUES ('same', '1')"))

    with pytest.raises(IntegrityError):
        database.write(work)
    assert len(runs) == TRIES


def test_many_writers_lose_nothing(database: Database) -> None:
    def count(_: int) -> None:
        def work(session: Session) -> None:
            row = session.get(Meta, "count", with_for_update=True)
            assert row is not None
            row.value = str(int(row.value) + 1)

        database.write(work)

    database.write(lambda session: session.add(Meta(key="count", value="0")))
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(count, range(160)))
    assert database.read(lambda session: session.get_one(Meta, "count").value) == "160"


def test_writers_are_served_in_the_order_of_asking() -> None:
    turns, order = _Turns(), []

    def writer(number: int) -> None:
        with turns:
            order.append(number)

    threads = [threading.Thread(target=writer, args=(number,)) for number in range(8)]
    with turns:
        for number, thread in enumerate(threads):
            thread.start()
            while len(turns._waiting) <= number:
                threading.Event().wait(0.001)
    for thread in threads:
        thread.join(20)
    assert order == list(range(8))


def test_a_wait_has_an_end_and_leaves_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_MS", 50)
    turns = _Turns()
    with turns, ThreadPoolExecutor(1) as pool:

        def late() -> None:
            with turns:
                raise AssertionError("it was not its turn")

        with pytest.raises(NoTurn):
            pool.submit(late).result(20)
    with turns:
        assert not turns._waiting


@pytest.mark.parametrize("count", [0, 1, 500])
def test_among_many_values(database: Database, count: int) -> None:
    database.write(
        lambda session: session.add_all(
            Audit(at=NOON, who=f"w{place}", what="x", details="{}") for place in range(600)
        )
    )
    wanted = [f"w{place}" for place in range(count)]
    found = database.read(
        lambda session: session.scalar(
            select(func.count()).select_from(Audit).where(among(session, Audit.who, wanted))
        )
    )
    assert found == count


def test_sqlite_is_durable_and_private(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new' / 'fresh.db'}")
    pragmas = {
        name: database.read(lambda session, name=name: session.execute(text(f"PRAGMA {name}")).scalar())  # type: ignore[misc]
        for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    assert stat.S_IMODE((tmp_path / "new" / "fresh.db").stat().st_mode) == 0o600
    database.close()


HOLDER = """
import fcntl, os, sys
descriptor = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(descriptor, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_writer_that_was_killed_holds_nobody_up(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    file = f"{database.url.database}.writers"
    with (
        subprocess.Popen(
            [sys.executable, "-c", HOLDER, file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as holder,
        ThreadPoolExecutor(1) as pool,
    ):
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        writing = pool.submit(database.write, lambda session: session.add(Meta(key="after", value="1")))
        assert not writing.done()
        holder.kill()
        writing.result(20)
    assert database.read(lambda session: session.get_one(Meta, "after").value) == "1"
    database.close()


def test_addresses_are_read_as_people_write_them() -> None:
    assert normal_url("postgresql://a@/b").drivername == "postgresql+psycopg"
    assert normal_url("postgresql+psycopg://a@/b").drivername == "postgresql+psycopg"
    assert normal_url("sqlite:///x.db").drivername == "sqlite"
