"""The database is damaged, removed, too new, or cannot be written: numbers never start again on the same day."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.store import (
    NumbersUnknown,
    Store,
    StoreBroken,
    StoreGone,
    StoreTooNew,
    StoreUnavailable,
    journal,
)
from kiosk.store.database import INSTALL_ID
from tests.store.conftest import take
from tests.support.turnable_clock import TurnableClock

DAY = dt.timedelta(days=1)
Opener = Callable[[], Store]


def scribble(path: Path, at: int = 0, length: int = 1 << 20) -> None:
    """Overwrite a part of a file with garbage."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(at)
        file.write(os.urandom(min(length, size - at)))


def lose(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def used(open_store: Opener, clock: TurnableClock) -> None:
    """Three tickets in queue C, one in D, cleanly closed."""
    store = open_store()
    for queue in "CCCD":
        take(store, clock, queue)
    store.close()


def test_a_damaged_file_is_moved_aside_and_the_next_start_goes_on_above(
    open_store: Opener, clock: TurnableClock, path: Path
) -> None:
    used(open_store, clock)
    scribble(path)
    damaged = path.read_bytes()

    with pytest.raises(StoreBroken, match="E-STO-02") as caught:
        open_store()
    assert caught.value.kept == path.with_name("anjungan.db.broken-20261124T020000Z")
    assert caught.value.kept.read_bytes() == damaged
    assert not path.exists()

    store = open_store()
    assert take(store, clock, "C").number == 4
    assert take(store, clock, "D").number == 2
    assert take(store, clock, "A").number == 1


def test_a_wal_goes_with_its_damaged_database(open_store: Opener, clock: TurnableClock, path: Path) -> None:
    store = open_store()
    take(store, clock)
    scribble(path)
    with pytest.raises(StoreBroken) as caught:
        open_store()
    kept = caught.value.kept
    assert kept is not None
    assert kept.with_name(kept.name + "-wal").exists()
    assert not path.with_name(path.name + "-wal").exists()
    assert take(open_store(), clock).number == 2


@pytest.mark.parametrize("size", [0, 10, 100, 5000])
def test_a_file_cut_short_is_damaged(open_store: Opener, clock: TurnableClock, path: Path, size: int) -> None:
    used(open_store, clock)
    os.truncate(path, size)
    with pytest.raises(StoreBroken):
        open_store()
    assert take(open_store(), clock).number == 4


def test_two_damaged_files_in_one_second_are_both_kept(
    open_store: Opener, clock: TurnableClock, path: Path
) -> None:
    for _ in range(2):
        used(open_store, clock)
        scribble(path)
        with pytest.raises(StoreBroken):
            open_store()
    assert len(list(path.parent.glob("*.broken-*"))) == 2
    assert take(open_store(), clock).number == 7


def test_without_a_journal_a_damaged_file_is_not_trusted_alone(
    open_store: Opener, clock: TurnableClock, path: Path
) -> None:
    """Damage in a page of the audit trail: the tickets can still be read, but not surely all of them."""
    store = open_store()
    take(store, clock)
    (page,) = store._db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'audit'").fetchone()
    store.close()
    path.with_name(journal.NAME).unlink()
    scribble(path, (page - 1) * 4096, 4096)
    with pytest.raises(StoreBroken):
        open_store()

    store = open_store()
    with pytest.raises(NumbersUnknown):
        take(store, clock)
    clock.pass_time(DAY)
    assert take(store, clock).number == 1
    clock.jump(-DAY)
    clock.reboot()
    with pytest.raises(NumbersUnknown):
        take(store, clock)


def test_without_a_journal_an_earlier_damaged_file_that_is_whole_tells(
    open_store: Opener, clock: TurnableClock, path: Path
) -> None:
    """Moved aside by mistake, or mended since: what it says is complete."""
    used(open_store, clock)
    path.rename(path.with_name(path.name + ".broken-20261124T010000Z"))
    path.with_name(journal.NAME).unlink()
    assert take(open_store(), clock).number == 4

    # Its successor is lost too, and with it what it alone knew.
    lose(path)
    path.with_name(journal.NAME).unlink()
    with pytest.raises(NumbersUnknown):
        take(open_store(), clock)


def test_where_nothing_tells_today_s_numbers_none_is_given_until_tomorrow(
    open_store: Opener, clock: TurnableClock, path: Path
) -> None:
    used(open_store, clock)
    path.with_name(journal.NAME).unlink()
    scribble(path)
    with pytest.raises(StoreBroken):
        open_store()

    store = open_store()
    with pytest.raises(NumbersUnknown, match="E-STO-06"):
        store.require_numbers(clock.local.date())
    with pytest.raises(NumbersUnknown):
        take(store, clock)
    clock.jump(-DAY)
    with pytest.raises(NumbersUnknown):
        take(store, clock)
    clock.jump(DAY)
    clock.pass_time(DAY)
    assert take(store, clock).number == 1


def test_a_damaged_journal_is_not_trusted_alone(open_store: Opener, clock: TurnableClock, path: Path) -> None:
    used(open_store, clock)
    scribble(path)
    scribble(path.with_name(journal.NAME), 0, 40)
    with pytest.raises(StoreBroken):
        open_store()
    with pytest.raises(NumbersUnknown):
        take(open_store(), clock)


def test_a_removed_database_starts_above_the_journal(
    open_store: Opener, clock: TurnableClock, path: Path
) -> None:
    used(open_store, clock)
    lose(path)
    store = open_store()
    assert [take(store, clock, queue).number for queue in "CDA"] == [4, 2, 1]


def test_a_removed_database_and_journal_are_noticed(
    open_store: Opener, clock: TurnableClock, path: Path
) -> None:
    used(open_store, clock)
    lose(path)
    path.with_name(journal.NAME).unlink()
    with pytest.raises(NumbersUnknown):
        take(open_store(), clock)


def test_a_new_folder_starts_at_one(open_store: Opener, clock: TurnableClock, path: Path) -> None:
    assert take(open_store(), clock).number == 1
    assert path.with_name(INSTALL_ID).exists()


def test_a_removed_journal_is_made_anew_from_the_database(
    open_store: Opener, clock: TurnableClock, path: Path
) -> None:
    record = path.with_name(journal.NAME)
    used(open_store, clock)
    record.unlink()
    open_store().close()
    lose(path)
    assert take(open_store(), clock).number == 4

    store = open_store()
    record.unlink()
    take(store, clock)  # while it is open
    store.close()
    lose(path)
    assert take(open_store(), clock).number == 6


def test_a_file_damaged_while_open_is_moved_aside_at_once(
    open_store: Opener, clock: TurnableClock, path: Path
) -> None:
    used(open_store, clock)
    store = open_store()
    pages = path.stat().st_size // 4096
    for page in range(1, pages):
        scribble(path, page * 4096, 4096)
    store._db.execute("PRAGMA shrink_memory")

    with pytest.raises(StoreBroken) as caught:
        take(store, clock)
    assert caught.value.kept is not None
    with pytest.raises(StoreGone):
        take(store, clock)
    assert take(open_store(), clock).number == 4


def test_a_file_removed_while_open_is_not_written_to(
    open_store: Opener, clock: TurnableClock, path: Path
) -> None:
    store = open_store()
    take(store, clock)
    lose(path)
    with pytest.raises(StoreGone, match="E-STO-08"):
        take(store, clock)
    assert take(open_store(), clock).number == 2
    with pytest.raises(StoreGone):  # another file of the same name
        take(store, clock)


def test_after_an_unclean_end_the_whole_file_is_checked(
    open_store: Opener, clock: TurnableClock, path: Path
) -> None:
    """Damage where opening does not look: deep in an old row's page."""
    store = open_store()
    for _ in range(30):
        take(store, clock)
    (page,) = store._db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'outbox_pending'").fetchone()
    store.close()
    scribble(path, (page - 1) * 4096, 4096)
    path.with_name(path.name + "-wal").write_bytes(b"left by a crash")
    with pytest.raises(StoreBroken):
        open_store()
    assert take(open_store(), clock).number == 31


def test_a_check_that_would_take_too_long_is_broken_off(
    open_store: Opener, clock: TurnableClock, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used(open_store, clock)
    path.with_name(path.name + "-wal").write_bytes(b"left by a crash")
    monkeypatch.setattr("kiosk.store.database.CHECK_BUDGET_S", 0)
    assert take(open_store(), clock).number == 4


def test_a_newer_file_is_left_untouched(open_store: Opener, clock: TurnableClock, path: Path) -> None:
    used(open_store, clock)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
        db.execute("PRAGMA journal_mode = DELETE")
    before = path.read_bytes()
    with pytest.raises(StoreTooNew, match=r"E-STO-04.*99"):
        open_store()
    assert path.read_bytes() == before
    assert list(path.parent.glob("*.broken-*")) == []


def test_a_half_made_database_is_made_again(open_store: Opener, clock: TurnableClock, path: Path) -> None:
    path.parent.mkdir()
    path.with_name(path.name + ".new").write_bytes(b"SQLite format 3\0 and then the power went")
    assert take(open_store(), clock).number == 1


def test_a_folder_that_is_a_file_is_named(clock: TurnableClock, open_store: Opener, path: Path) -> None:
    path.parent.write_text("not a folder")
    with pytest.raises(StoreUnavailable, match="E-STO-01"):
        open_store()


def test_loss_and_a_jump_of_the_clock_together(open_store: Opener, clock: TurnableClock, path: Path) -> None:
    used(open_store, clock)
    lose(path)
    clock.jump(DAY)
    assert take(open_store(), clock).number == 4


def test_lines_of_the_journal_that_tear_are_not_read_as_lower_numbers(tmp_path: Path) -> None:
    record = tmp_path / journal.NAME
    stamp = journal.Mark(
        journal.Stamp(dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC), "boot", 1.5), dt.date(2026, 11, 24)
    )
    journal.write(record, [journal.Given(dt.date(2026, 11, 24), "C", 117)], stamp)
    whole = record.read_bytes()
    assert journal.read(record) == journal.Record(
        frozenset({journal.Given(dt.date(2026, 11, 24), "C", 117)}), stamp, whole=True
    )
    first_line = whole.index(b"\n") + 1
    for length in range(1, len(whole)):
        record.write_bytes(whole[:length])
        read = journal.read(record)
        assert read is not None
        assert not read.whole or length == first_line
        assert all(one.number == 117 for one in read.given)


def test_a_long_journal_is_shortened_at_the_next_start(
    open_store: Opener, clock: TurnableClock, path: Path
) -> None:
    record = path.with_name(journal.NAME)
    used(open_store, clock)
    line = record.read_bytes()
    record.write_bytes(line * (journal.REWRITE_ABOVE // len(line) + 1))
    open_store().close()
    assert record.stat().st_size < 1000
    lose(path)
    assert take(open_store(), clock).number == 4


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, as a technician's sudo has it")
def test_what_root_makes_belongs_to_the_folder_s_owner(
    open_store: Opener, clock: TurnableClock, path: Path
) -> None:
    path.parent.mkdir()
    os.chown(path.parent, 12345, 12345)
    used(open_store, clock)
    path.with_name(journal.NAME).unlink()
    open_store().close()
    assert {one.name: one.stat().st_uid for one in path.parent.iterdir()} == {
        "anjungan.db": 12345,
        "install-id": 12345,
        "numbers.journal": 12345,
        "store.lock": 12345,
    }
