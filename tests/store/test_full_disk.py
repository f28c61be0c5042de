"""No room, no rights: a refusal with a code, nothing half-written, and it goes on when there is room again."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.core.record import TicketState
from kiosk.store import NAME, Store, StoreFull, StoreUnavailable, journal
from tests.store.conftest import take
from tests.support.turnable_clock import WIB, TurnableClock

SMALL_DISK = 4 << 20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 4 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"needs the right to mount: {mounted.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path, leave: int) -> Path:
    """Fill a disk but for ``leave`` bytes."""
    ballast = folder / "ballast"
    disk = os.statvfs(folder)
    with ballast.open("ab") as file:
        file.write(bytes(max(0, disk.f_bavail * disk.f_frsize - leave)))
    return ballast


def whole(path: Path) -> tuple[int, int, int]:
    """Tickets, events, and the last seq; the file must be without a fault."""
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tickets, events, last = db.execute(
            "SELECT (SELECT count(*) FROM tickets), count(*), max(seq) FROM outbox"
        ).fetchone()
    return tickets, events, last


def test_a_disk_nearly_full_refuses_before_anything_is_written(
    small_disk: Path, clock: TurnableClock
) -> None:
    store = Store.open(small_disk / NAME, clock, WIB)
    first = take(store, clock)
    ballast = fill(small_disk, 500_000)
    before = (small_disk / journal.NAME).read_bytes()
    with pytest.raises(StoreFull, match="E-STO-03"):
        take(store, clock)
    with pytest.raises(StoreFull):
        store.require_room()
    assert (small_disk / journal.NAME).read_bytes() == before
    store.settle(first, TicketState.PRINTED, None)  # a ticket begun finds room for its verdict

    ballast.unlink()
    assert take(store, clock).number == 2
    store.close()
    assert whole(small_disk / NAME) == (2, 3, 3)


def test_a_disk_full_in_the_middle_of_a_ticket_leaves_nothing_half(
    small_disk: Path, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the reserve SQLite itself and the journal meet the end of the disk."""
    monkeypatch.setattr("kiosk.store.store.ROOM_TO_FINISH", 0)
    store = Store.open(small_disk / NAME, clock, WIB)
    take(store, clock)
    fill(small_disk, 0)
    refused = 0
    given = [1]
    for _ in range(80):  # the room left in blocks already taken lasts for a few
        try:
            given.append(take(store, clock).number)
        except StoreFull:
            refused += 1
    assert refused > 0
    (small_disk / "ballast").unlink()
    given.append(take(store, clock).number)
    store.close()
    assert given == list(range(1, len(given) + 1))
    tickets, events, last = whole(small_disk / NAME)
    assert (tickets, events, last) == (len(given), len(given), len(given))
    record = journal.read(small_disk / journal.NAME)
    assert record is not None
    assert record.whole


def test_sqlite_s_own_full_is_the_same_refusal(store: Store, clock: TurnableClock, path: Path) -> None:
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count = {pages}")
    given: list[int] = []
    with pytest.raises(StoreFull, match="E-STO-03"):
        given.extend(take(store, clock).number for _ in range(500))
    store._db.execute("PRAGMA max_page_count = 1000000")
    given.append(take(store, clock).number)
    assert given == list(range(1, len(given) + 1))
    assert whole(path) == (len(given), len(given), len(given))


def test_a_full_disk_under_the_journal_alone_refuses(
    store: Store, clock: TurnableClock, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that takes half a line: no part of it stays."""
    take(store, clock)
    record = path.with_name(journal.NAME)
    before = record.read_bytes()
    real = os.write

    def takes_half(descriptor: int, data: bytes) -> int:
        if not data.startswith(b"number"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(descriptor, data[:30])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", takes_half)
        with pytest.raises(StoreFull):
            take(store, clock)
    assert record.read_bytes() == before
    assert take(store, clock).number == 2


def test_a_disk_that_becomes_read_only_refuses_and_recovers(small_disk: Path, clock: TurnableClock) -> None:
    store = Store.open(small_disk / NAME, clock, WIB)
    take(store, clock)
    store.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StoreUnavailable, match=r"E-STO-01.*anjungan\.db"):
        Store.open(small_disk / NAME, clock, WIB)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    store = Store.open(small_disk / NAME, clock, WIB)
    assert take(store, clock).number == 2
    store.close()
