"""The door: real hashes, a real store on the disk, a clock that can be turned."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.staff import Person, Role
from kiosk.staff.door import TurnedAway, change_pin, enrol, knock
from kiosk.staff.pins import PinRefused, is_simple, require_good, whose
from kiosk.store import NAME, People, Store
from tests.support.turnable_clock import WIB, TurnableClock

ANI = Person("Ani", Role.STAFF)
BUDI = Person("Budi", Role.TECHNICIAN)
PIN_ANI, PIN_BUDI = "271828", "16180339"

Open = Callable[[], People]


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / NAME


@pytest.fixture
def start(path: Path, clock: TurnableClock) -> Iterator[Open]:
    """Start the program: each start closes the store of the one before."""
    opened: list[Store] = []

    def begin() -> People:
        for store in opened:
            store.close()
        opened.append(Store.open(path, clock, WIB))
        return People(opened[-1])

    yield begin
    for store in opened:
        store.close()


@pytest.fixture
def book(start: Open) -> People:
    people = start()
    enrol(people, ANI, PIN_ANI, "test")
    enrol(people, BUDI, PIN_BUDI, "test")
    return people


def fail(book: People, times: int) -> float:
    """Give a wrong PIN so often; return the seconds to wait after the last."""
    wait = 0.0
    for number in range(times):
        answer = knock(book, f"{900100 + number}")
        assert isinstance(answer, TurnedAway)
        wait = answer.wait_s
    return wait


def audit(book: People) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = book._store._db.execute(
        "SELECT who, what FROM audit ORDER BY id"
    ).fetchall()
    return rows


def test_a_pin_alone_says_who_it_is(book: People) -> None:
    assert knock(book, PIN_ANI) == ANI
    assert knock(book, PIN_BUDI) == BUDI
    assert knock(book, "314159") == TurnedAway(0.0)
    assert ("Ani", "staff.came_in") in audit(book)


def test_brute_force_is_slowed_and_a_right_pin_does_not_help_while_waiting(
    book: People, clock: TurnableClock
) -> None:
    assert fail(book, 4) == 0
    assert fail(book, 1) == 15
    clock.pass_time(dt.timedelta(seconds=14))
    assert knock(book, PIN_ANI) == TurnedAway(pytest.approx(1.0))
    clock.pass_time(dt.timedelta(seconds=1.5))
    assert fail(book, 1) == 30  # what was tried while waiting was not counted
    clock.pass_time(dt.timedelta(seconds=31))
    assert knock(book, PIN_ANI) == ANI
    assert fail(book, 4) == 0  # five free tries again
    assert ("unknown", "staff.turned_away") in audit(book)


@pytest.mark.parametrize("jump", [dt.timedelta(days=-400), dt.timedelta(hours=5), dt.timedelta(days=400)])
def test_turning_the_wall_clock_opens_nothing(book: People, clock: TurnableClock, jump: dt.timedelta) -> None:
    fail(book, 5)
    clock.jump(jump)
    assert knock(book, PIN_ANI) == TurnedAway(15.0)


def test_restarting_the_program_keeps_the_wait(book: People, start: Open, clock: TurnableClock) -> None:
    fail(book, 5)
    clock.pass_time(dt.timedelta(seconds=5))
    assert knock(start(), PIN_ANI) == TurnedAway(10.0)


def test_restarting_the_machine_begins_the_wait_anew(book: People, start: Open, clock: TurnableClock) -> None:
    assert fail(book, 5) == 15
    clock.pass_time(dt.timedelta(seconds=10))
    clock.reboot()
    clock.seconds = 4.0
    assert knock(start(), PIN_ANI) == TurnedAway(11.0)


def test_a_try_is_counted_before_it_is_looked_at(
    book: People, start: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Switching off as soon as a PIN was wrong saves no try."""

    def dies(pin: str, hashes: object) -> str | None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kiosk.staff.door.whose", dies)
    for _ in range(5):
        with pytest.raises(KeyboardInterrupt):
            knock(book, "314159")
    monkeypatch.undo()
    assert knock(start(), PIN_ANI) == TurnedAway(15.0)


def test_after_a_hundred_only_the_terminal_opens(book: People, clock: TurnableClock) -> None:
    for _ in range(100):
        clock.pass_time(dt.timedelta(hours=3))
        assert book.begin_try() == 0
    clock.pass_time(dt.timedelta(days=365))
    assert knock(book, PIN_ANI) == TurnedAway(float("inf"))
    book.open_door("terminal")
    assert knock(book, PIN_ANI) == ANI


def test_no_pin_is_in_the_file(book: People, path: Path) -> None:
    book._store.close()
    with closing(sqlite3.connect(path)) as db:
        dump = "\n".join(db.iterdump())
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in dump
    assert PIN_ANI not in dump
    assert PIN_BUDI not in dump


@pytest.mark.parametrize(
    "pin",
    ["", "12345", "12345a", "1" * 13, "٣٤٥٦٧٨", "000000", "121212", "123123", "123456", "987654", "890123"],
)
def test_a_pin_that_anybody_would_try_is_refused(book: People, pin: str) -> None:
    with pytest.raises(PinRefused):
        enrol(book, Person("Citra", Role.STAFF), pin, "test")
    assert book.find("Citra") is None


def test_nobody_gets_somebody_else_s_pin(book: People) -> None:
    with pytest.raises(PinRefused):
        enrol(book, Person("Citra", Role.STAFF), PIN_ANI, "test")
    with pytest.raises(PinRefused):
        change_pin(book, "Budi", PIN_ANI, "test")
    assert change_pin(book, "Budi", PIN_BUDI, "test")  # one's own again is no harm
    assert not change_pin(book, "Citra", "141421", "test")


def test_who_is_removed_does_not_come_in(book: People) -> None:
    assert book.remove("Ani", "Budi")
    assert not book.remove("Ani", "Budi")
    assert isinstance(knock(book, PIN_ANI), TurnedAway)
    assert [person.name for person in book.all()] == ["Budi"]


def test_the_first_start_is_over_with_the_first_person(start: Open) -> None:
    people = start()
    assert people.is_first_start()
    enrol(people, BUDI, PIN_BUDI, "first start")
    assert not people.is_first_start()


@given(st.text("0123456789", min_size=6, max_size=12))
def test_what_is_not_simple_is_good(pin: str) -> None:
    if not is_simple(pin):
        require_good(pin)


def test_nobody_is_found_among_nobody() -> None:
    assert whose("271828", {}) is None
