"""A copy of the database, and that copy put back: here, on a spare unit, over newer numbers, over a wreck."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import threading
from pathlib import Path

import pytest

from kiosk import store as stores
from kiosk.store import (
    NAME,
    BackupUnusable,
    Restored,
    StateIsNewer,
    Store,
    StoreBusy,
    StoreTooNew,
    restore,
    snapshot,
)
from kiosk.store.backup import VISIT_S
from tests.store.conftest import SERIES, take
from tests.support.turnable_clock import WIB, TurnableClock

MINUTE = dt.timedelta(minutes=1)


def put_back(copy: Path, path: Path, clock: TurnableClock, taken_at: dt.datetime, **wish: object) -> Restored:
    return restore(
        copy,
        path,
        taken_at=taken_at,
        now=clock.local,
        band=wish.pop("band", SERIES),
        queues=("A", "C"),
        **wish,
    )


def given(path: Path, clock: TurnableClock, queue: str = "C") -> int:
    """The next number of a queue."""
    store = Store.open(path, clock, WIB)
    try:
        return take(store, clock, queue).number
    finally:
        store.close()


def test_a_copy_is_taken_while_tickets_are_given(open_store, clock, path: Path, tmp_path: Path) -> None:
    store = open_store()
    for _ in range(5):
        take(store, clock)
    stop = threading.Event()

    def go_on() -> None:
        busy = Store.open(path, clock, WIB)
        while not stop.is_set():
            take(busy, clock)
        busy.close()

    writer = threading.Thread(target=go_on)
    writer.start()
    try:
        held = [snapshot(path, tmp_path / f"copy-{index}") for index in range(5)]
    finally:
        stop.set()
        writer.join(10)
    assert all(one.schema == stores.latest_version() for one in held)
    assert [one.last_seq for one in held] == sorted(one.last_seq for one in held)
    db = sqlite3.connect(tmp_path / "copy-4")
    numbers = [row[0] for row in db.execute("SELECT number FROM tickets ORDER BY number")]
    db.close()
    assert numbers == list(range(1, len(numbers) + 1))
    assert not (tmp_path / "copy-4-wal").exists()


def test_here_numbers_go_on_after_the_latest_although_the_copy_is_older(
    store: Store, clock, path: Path, tmp_path: Path
) -> None:
    take(store, clock)
    snapshot(path, tmp_path / "copy")
    taken = clock.utc()
    clock.pass_time(30 * MINUTE)
    for _ in range(6):
        take(store, clock)
    take(store, clock, "A")
    store.close()
    with pytest.raises(StateIsNewer):
        put_back(tmp_path / "copy", path, clock, taken)
    assert given(path, clock) == 8  # nothing was changed
    done = put_back(tmp_path / "copy", path, clock, taken, force=True)
    assert done.exact
    assert done.continues == {"C": 9, "A": 2}
    assert (given(path, clock), given(path, clock, "A")) == (9, 2)
    assert done.kept is not None and (path.parent / done.kept).is_file()


def test_a_spare_goes_on_above_all_that_could_have_been_given(
    store: Store, clock, path: Path, tmp_path: Path
) -> None:
    for _ in range(12):
        take(store, clock)
    snapshot(path, tmp_path / "copy")
    taken = clock.utc()
    for _ in range(50):  # one ticket each 20 seconds, which no visitor beats
        clock.pass_time(dt.timedelta(seconds=VISIT_S))
        last = take(store, clock).number
    clock.reboot()
    spare = tmp_path / "spare" / NAME
    done = put_back(tmp_path / "copy", spare, clock, taken)
    assert not done.exact
    assert given(spare, clock) > last == 62
    assert given(spare, clock, "A") > 50  # a queue that was empty when the copy was taken is no exception


def test_what_somebody_saw_on_paper_replaces_the_guess(
    store: Store, clock, path: Path, tmp_path: Path
) -> None:
    take(store, clock)
    snapshot(path, tmp_path / "copy")
    taken = clock.utc()
    clock.pass_time(120 * MINUTE)
    spare = tmp_path / "spare" / NAME
    done = put_back(tmp_path / "copy", spare, clock, taken, seen={"C": 20, "A": 0})
    assert done.continues == {"C": 21, "A": 1}
    assert (given(spare, clock), given(spare, clock, "A")) == (21, 1)


def test_where_no_number_is_certain_the_queue_is_closed_for_the_day(
    store: Store, clock, path: Path, tmp_path: Path
) -> None:
    take(store, clock)
    snapshot(path, tmp_path / "copy")
    taken = clock.utc()
    clock.pass_time(400 * MINUTE)
    spare = tmp_path / "spare" / NAME
    assert put_back(tmp_path / "copy", spare, clock, taken).continues == {}
    with pytest.raises(stores.SeriesUsedUp):
        given(spare, clock)
    clock.pass_time(24 * 60 * MINUTE)
    assert given(spare, clock) == 1  # a new day counts anew


def test_a_band_of_its_own_stays_in_its_band(store: Store, clock, path: Path, tmp_path: Path) -> None:
    from kiosk.core.numbers import Band

    band = Band(2001, 2999)
    assert take(store, clock, band=band, kiosk_digit=2).number == 2001
    snapshot(path, tmp_path / "copy")
    taken = clock.utc()
    clock.pass_time(MINUTE)
    done = put_back(tmp_path / "copy", tmp_path / "spare" / NAME, clock, taken, band=band)
    assert done.continues == {"C": 2001 + 4 + 1, "A": 2000 + 4 + 1}


def test_seq_is_never_used_twice(store: Store, clock, path: Path, tmp_path: Path) -> None:
    take(store, clock)
    held = snapshot(path, tmp_path / "copy")
    taken = clock.utc()
    clock.pass_time(10 * MINUTE)
    for _ in range(10):
        take(store, clock)
    used = snapshot(path, tmp_path / "later").last_seq
    spare = tmp_path / "spare" / NAME
    put_back(tmp_path / "copy", spare, clock, taken)
    given(spare, clock)
    assert snapshot(spare, tmp_path / "spare-copy").last_seq > used > held.last_seq


def test_over_a_wreck_the_journal_knows_the_numbers(store: Store, clock, path: Path, tmp_path: Path) -> None:
    take(store, clock)
    snapshot(path, tmp_path / "copy")
    taken = clock.utc()
    clock.pass_time(60 * MINUTE)
    for _ in range(3):
        take(store, clock)
    store.close()
    path.write_bytes(b"SQLite format 3\0" + bytes(8192))
    done = put_back(tmp_path / "copy", path, clock, taken, force=True)
    assert done.exact
    assert done.kept is not None and ".broken-" in done.kept
    assert given(path, clock) == 5


def test_the_restored_database_is_one_of_its_own_and_says_so(
    store: Store, clock, path: Path, tmp_path: Path
) -> None:
    take(store, clock)
    held = snapshot(path, tmp_path / "copy")
    spare = tmp_path / "spare" / NAME
    put_back(tmp_path / "copy", spare, clock, clock.utc())
    again = snapshot(spare, tmp_path / "again")
    assert again.install != held.install
    assert spare.with_name("install-id").read_text().strip() == again.install
    db = sqlite3.connect(tmp_path / "again")
    details = json.loads(db.execute("SELECT details FROM audit WHERE what = 'store.restored'").fetchone()[0])
    db.close()
    assert details["from"] == held.install
    given(spare, clock)  # opens, and keeps its id
    assert snapshot(spare, tmp_path / "third").install == again.install


def test_a_running_kiosk_is_left_alone(store: Store, clock, path: Path, tmp_path: Path) -> None:
    take(store, clock)
    snapshot(path, tmp_path / "copy")
    with pytest.raises(StoreBusy):
        put_back(tmp_path / "copy", path, clock, clock.utc())
    assert take(store, clock).number == 2


def test_a_crash_before_the_switch_changes_nothing(store: Store, clock, path: Path, tmp_path: Path) -> None:
    take(store, clock)
    snapshot(path, tmp_path / "copy")
    store.close()
    before = {one.name: one.read_bytes() for one in path.parent.iterdir()}

    def crash() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put_back(tmp_path / "copy", path, clock, clock.utc(), before_switch=crash)
    # Reading leaves SQLite's two helpers beside the file, the WAL empty.
    after = {one.name: one.read_bytes() for one in path.parent.iterdir() if not one.name.endswith("-shm")}
    assert after.pop(f"{NAME}-wal", b"") == b""
    assert after == before


@pytest.mark.parametrize("harm", ["torn", "random", "empty", "other"])
def test_what_is_no_whole_copy_is_refused(store: Store, clock, path: Path, tmp_path: Path, harm: str) -> None:
    take(store, clock)
    copy = tmp_path / "copy"
    snapshot(path, copy)
    data = copy.read_bytes()
    if harm == "torn":
        copy.write_bytes(data[: len(data) // 2])
    elif harm == "random":
        copy.write_bytes(data[:4096] + b"\xa5" * 8192 + data[12288:])
    elif harm == "empty":
        copy.write_bytes(b"")
    else:
        copy.unlink()
        db = sqlite3.connect(copy)
        db.execute("CREATE TABLE t (x)")
        db.close()
    spare = tmp_path / "spare" / NAME
    with pytest.raises(BackupUnusable):
        put_back(copy, spare, clock, clock.utc())
    assert not spare.parent.exists()


def test_a_copy_of_a_newer_program_is_refused(store: Store, clock, path: Path, tmp_path: Path) -> None:
    snapshot(path, tmp_path / "copy")
    db = sqlite3.connect(tmp_path / "copy")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreTooNew):
        put_back(tmp_path / "copy", tmp_path / "spare" / NAME, clock, clock.utc())


def test_a_clock_before_the_copy_is_refused(store: Store, clock, path: Path, tmp_path: Path) -> None:
    take(store, clock)
    snapshot(path, tmp_path / "copy")
    taken = clock.utc()
    clock.jump(-dt.timedelta(days=2))
    with pytest.raises(BackupUnusable, match="set the clock"):
        put_back(tmp_path / "copy", tmp_path / "spare" / NAME, clock, taken)
