"""A locked kiosk gives no numbers and says so; a paper in doubt is confirmed once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest

from kiosk.core.record import TicketState
from kiosk.core.staff import KioskLock, Pause, Person, Role
from kiosk.store import People, Store, StoreError
from kiosk.store.people import MOST_PEOPLE
from tests.store.conftest import take
from tests.support.turnable_clock import TurnableClock


def outbox(store: Store) -> list[tuple[str, dict[str, object]]]:
    rows = store._db.execute("SELECT type, body FROM outbox ORDER BY seq")
    return [(kind, json.loads(body)) for kind, body in rows]


def test_a_lock_outlives_the_program_and_is_told(
    open_store: Callable[[], Store], clock: TurnableClock
) -> None:
    store = open_store()
    until = clock.local + dt.timedelta(minutes=30)
    lock = KioskLock(Pause.PRAYER, clock.local, until, "Ani")
    People(store).lock_kiosk(lock)
    store.close()

    again = open_store()
    found = People(again).kiosk_lock()
    assert found == lock
    assert not found.over(until - dt.timedelta(seconds=1))
    assert found.over(until)
    assert People(again).unlock_kiosk("Budi")
    assert not People(again).unlock_kiosk("Budi")
    assert People(again).kiosk_lock() is None
    assert outbox(again) == [
        ("kiosk.locked", {"message": "prayer", "until": "2026-11-24T02:30:00.000+00:00", "who": "Ani"}),
        ("kiosk.unlocked", {"who": "Budi"}),
    ]
    audit = again._db.execute("SELECT who, what FROM audit WHERE what LIKE 'kiosk.%' ORDER BY id").fetchall()
    assert audit == [("Ani", "kiosk.locked"), ("Budi", "kiosk.unlocked")]


def test_a_new_lock_replaces_the_one_before(store: Store, clock: TurnableClock) -> None:
    people = People(store)
    people.lock_kiosk(KioskLock(Pause.BREAK, clock.local, None, "Ani"))
    people.lock_kiosk(KioskLock(Pause.BROKEN, clock.local, None, "Budi"))
    lock = people.kiosk_lock()
    assert lock is not None
    assert (lock.pause, lock.who, lock.over(clock.local + dt.timedelta(days=9))) == (
        Pause.BROKEN,
        "Budi",
        False,
    )


def test_a_confirmed_paper_is_printed_and_told(store: Store, clock: TurnableClock) -> None:
    ticket = store.settle(store.mark_sending(take(store, clock)), TicketState.UNCONFIRMED, "offline")
    after = store.confirm(ticket, "Ani")
    assert (after.state, after.cause) == (TicketState.PRINTED, None)
    assert [one["type"] for one in store.history(ticket)][-1] == "ticket.printed"
    with pytest.raises(StoreError, match="no longer"):
        store.confirm(ticket, "Ani")


def test_a_name_is_one_person_s_and_the_list_is_bounded(store: Store) -> None:
    people = People(store)
    people.add(Person("Ani", Role.STAFF), "hash", "test")
    with pytest.raises(StoreError, match="there already"):
        people.add(Person("Ani", Role.TECHNICIAN), "hash", "test")
    for number in range(MOST_PEOPLE - 1):
        people.add(Person(f"P{number}", Role.STAFF), "hash", "test")
    with pytest.raises(StoreError, match="at most"):
        people.add(Person("One more", Role.STAFF), "hash", "test")


def test_a_unit_that_gave_a_number_is_not_at_its_first_start(store: Store, clock: TurnableClock) -> None:
    assert People(store).is_first_start()
    take(store, clock)
    assert not People(store).is_first_start()
