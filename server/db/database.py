"""Transactions on SQLite and PostgreSQL: written as a function, run until they get through or a deadline passes.

SQLite: WAL and ``synchronous=FULL``, so that what was acknowledged survives a power cut; every writing transaction
begins IMMEDIATE, so that two never start from the same state; writers of one process queue at a lock of ours and
those of several processes at ``<file>.writers``, because SQLite's own way of waiting is to sleep and try again.
PostgreSQL: READ COMMITTED with row locks.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import logging
import os
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoTurn
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

log = logging.getLogger("server.database")
T = TypeVar("T")

TRIES: Final = 6
BUSY_MS: Final = 15_000
POOL: Final = 16
"""Connections of one worker, one for each of its threads. PostgreSQL's own default allows 100 in all."""
_AGAIN: Final = frozenset({"40001", "40P01"})
"""SQLSTATE serialization_failure and deadlock_detected: PostgreSQL asks to run the transaction again."""


def utc_now() -> dt.datetime:
    """Return the moment, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


class _Turns:
    """A lock that serves in the order of asking. ``threading.Lock`` lets whoever comes last go first, and under load
    somebody then waits for seconds, where a kiosk's patience is 0.8."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Event()
            self._waiting.append(mine)
        if not mine.wait(BUSY_MS / 1000):
            with self._guard:
                if not mine.is_set():  # it may have been this one's turn in the very last moment
                    self._waiting.remove(mine)
                    raise NoTurn(f"nobody else finished writing within {BUSY_MS / 1000:g} s")

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


class Database:
    """One database and its transactions. Safe to use from many threads."""

    def __init__(self, url: str | URL) -> None:
        self.url = normal_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._write_lock = _Turns()
        self._writers: Path | None = None
        if self.is_sqlite:
            file = Path(str(self.url.database)).absolute()
            file.parent.mkdir(parents=True, exist_ok=True)
            if not file.exists():  # SQLite would make it readable by everybody
                os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._writers = file.with_name(file.name + ".writers")
        self.engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def read(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` in a transaction that only reads."""
        return self._run(work, write=False)

    def write(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` in a transaction that is durable when this returns, or not done at all.

        ``work`` may run more than once: where another transaction was first (a key that is now taken, a deadlock),
        it starts again and sees what the other one wrote. It must have no effect outside the database.
        """
        return self._run(work, write=True)

    def _run(self, work: Callable[[Session], T], *, write: bool) -> T:
        for left in reversed(range(TRIES)):
            try:
                with self._turn(write), self._connection(write) as connection:
                    with Session(connection, expire_on_commit=False, autoflush=True) as session:
                        result = work(session)
                        session.flush()
                    return result
            except (IntegrityError, OperationalError) as error:
                if not left or not write or not _worth_again(error):
                    raise
                log.debug("transaction again: %s", type(error).__name__)
            time.sleep(random.uniform(0, 0.02) * (TRIES - left))
        raise AssertionError("unreachable: the last try returns or raises")

    @contextmanager
    def _turn(self, write: bool) -> Iterator[None]:
        """Wait for this writer's turn (SQLite). The kernel takes the file's lock from a process that was killed."""
        if not write or self._writers is None:
            yield
            return
        with self._write_lock:
            descriptor = os.open(self._writers, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)

    @contextmanager
    def _connection(self, write: bool) -> Iterator[Connection]:
        engine = self.engine.execution_options(anjungan_write=True) if write else self.engine
        with engine.begin() as connection:
            yield connection


def normal_url(url: str | URL) -> URL:
    """Return ``url`` with psycopg 3 as PostgreSQL's driver."""
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def _worth_again(error: DBAPIError) -> bool:
    # A key that another transaction took meanwhile: the next run finds its row and answers from that.
    return isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", None) in _AGAIN


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, poolclass=QueuePool, pool_size=POOL, max_overflow=4, pool_timeout=30)

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin below, not when the driver thinks so
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "trusted_schema=OFF",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("anjungan_write") else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    # Every wait has an end: a statement, a row lock, a forgotten transaction, the way to the server.
    limits = {
        "timezone": "UTC",
        "statement_timeout": "15000",
        "lock_timeout": "10000",
        "idle_in_transaction_session_timeout": "20000",
    }
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    return create_engine(
        url,
        pool_size=POOL,
        max_overflow=4,
        pool_timeout=15,
        pool_pre_ping=True,
        connect_args={"options": options, "connect_timeout": 5, "application_name": "anjungan"},
    )
