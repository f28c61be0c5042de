"""People with a PIN, wrong PINs in a row, and the kiosk's lock: kept in the store, each act in its audit."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import TYPE_CHECKING, Final

from kiosk.core import events
from kiosk.core.lockout import FREE_TRIES, Lockout, failed, wait_left
from kiosk.core.staff import KioskLock, Pause, Person, Role
from kiosk.store.errors import StoreError

if TYPE_CHECKING:
    from kiosk.store.store import Store

MOST_PEOPLE: Final = 30
"""Each PIN is compared with everybody's hash (40 ms each): a handful of people work at one kiosk."""
NOBODY: Final = "unknown"


class People:
    """The part of a store that knows who works here. Belongs to the store's thread."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # --- people -------------------------------------------------------------------------------------------------------

    def all(self) -> tuple[Person, ...]:
        """Return everybody, by name."""
        with self._store._guard():
            rows = self._store._db.execute("SELECT name, role FROM people ORDER BY name").fetchall()
        return tuple(Person(name, Role(role)) for name, role in rows)

    def hashes(self) -> dict[str, str]:
        """Return name → hash of the PIN."""
        with self._store._guard():
            return dict(self._store._db.execute("SELECT name, pin FROM people ORDER BY name").fetchall())

    def find(self, name: str) -> Person | None:
        """Return the person of this name."""
        return next((person for person in self.all() if person.name == name), None)

    def is_first_start(self) -> bool:
        """Whether nobody is known and no number was ever given: a unit still in its technician's hands."""
        with self._store._guard():
            (used,) = self._store._db.execute(
                "SELECT EXISTS (SELECT 1 FROM people) OR EXISTS (SELECT 1 FROM tickets)"
                " OR EXISTS (SELECT 1 FROM floors) OR EXISTS (SELECT 1 FROM meta WHERE key = 'refused_day')"
            ).fetchone()
        return not used

    def add(self, person: Person, pin_hash: str, who: str) -> None:
        """Add somebody. Raises StoreError where the name is taken or the list is full."""
        store = self._store
        with store._transaction():
            known = [name for (name,) in store._db.execute("SELECT name FROM people")]
            if person.name in known:
                raise StoreError(f"{person.name!r} is there already")
            if len(known) >= MOST_PEOPLE:
                raise StoreError(f"{len(known)} people are known; at most {MOST_PEOPLE}")
            store._db.execute(
                "INSERT INTO people (name, role, pin) VALUES (?, ?, ?)",
                (person.name, person.role.value, pin_hash),
            )
            store._audit(who, "staff.added", {"name": person.name, "role": person.role.value})

    def set_pin(self, name: str, pin_hash: str, who: str) -> bool:
        """Give somebody another PIN; say whether there is such a person."""
        return self._change(
            "UPDATE people SET pin = ? WHERE name = ?", (pin_hash, name), name, "staff.pin", who
        )

    def remove(self, name: str, who: str) -> bool:
        """Remove somebody; say whether there was such a person."""
        return self._change("DELETE FROM people WHERE name = ?", (name,), name, "staff.removed", who)

    def _change(self, sql: str, cells: tuple[str, ...], name: str, what: str, who: str) -> bool:
        with self._store._transaction():
            done = self._store._db.execute(sql, cells).rowcount == 1
            if done:
                self._store._audit(who, what, {"name": name})
        return done

    # --- the door -----------------------------------------------------------------------------------------------------

    def lockout(self) -> Lockout:
        """Return the wrong PINs in a row."""
        with self._store._guard():
            row = self._store._db.execute("SELECT failures, boot_id, seconds FROM lockout").fetchone()
        return Lockout(*row) if row else Lockout()

    def begin_try(self) -> float:
        """Count a try as wrong before its PIN is looked at, durably; return 0, or the seconds left to wait.

        Where there is something to wait for, nothing is counted: trying meanwhile costs nothing and tells nothing.
        """
        store = self._store
        with store._transaction():
            row = store._db.execute("SELECT failures, boot_id, seconds FROM lockout").fetchone()
            before = Lockout(*row) if row else Lockout()
            boot = store._clock.boot()
            left = wait_left(before, boot)
            if left > 0:
                return left
            after = failed(before, boot)
            store._db.execute(
                "INSERT INTO lockout (id, failures, boot_id, seconds) VALUES (1, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET failures = excluded.failures, boot_id = excluded.boot_id,"
                " seconds = excluded.seconds",
                (after.failures, after.boot_id, after.seconds),
            )
        return 0.0

    def came_in(self, person: Person) -> None:
        """The PIN was right: the counter begins anew."""
        with self._store._transaction():
            self._store._db.execute("DELETE FROM lockout")
            self._store._audit(person.name, "staff.came_in", {"role": person.role.value})

    def turned_away(self) -> float:
        """The PIN was wrong and is counted; return the seconds to wait now. Told to the audit from the fifth on."""
        after = self.lockout()
        left = wait_left(after, self._store._clock.boot())
        if after.failures >= FREE_TRIES:
            wait = round(left) if math.isfinite(left) else "terminal"
            self._store.audit(NOBODY, "staff.turned_away", {"tries": after.failures, "wait_s": wait})
        return left

    def open_door(self, who: str) -> None:
        """Forget the wrong PINs: a technician at the terminal says so."""
        with self._store._transaction():
            self._store._db.execute("DELETE FROM lockout")
            self._store._audit(who, "staff.unlocked", {})

    # --- the kiosk's lock ---------------------------------------------------------------------------------------------

    def kiosk_lock(self) -> KioskLock | None:
        """Return the lock that is on, whether or not its time has passed."""
        with self._store._guard():
            row = self._store._db.execute(
                "SELECT pause, since, until, who, message FROM kiosk_lock"
            ).fetchone()
        if row is None:
            return None
        pause, since, until, who, message = row
        return KioskLock(
            Pause(pause),
            self._local(since),
            self._local(until) if until else None,
            who,
            json.loads(message) if message else None,
        )

    def lock_kiosk(self, lock: KioskLock) -> None:
        """Lock the kiosk, in the place of a lock before, with ``kiosk.locked``."""
        store = self._store
        until = _utc(lock.until) if lock.until else None
        with store._transaction():
            store._db.execute("DELETE FROM kiosk_lock")
            store._db.execute(
                "INSERT INTO kiosk_lock (id, pause, since, until, who, message) VALUES (1, ?, ?, ?, ?, ?)",
                (
                    lock.pause.value,
                    _utc(lock.since),
                    until,
                    lock.who,
                    json.dumps(dict(lock.message), ensure_ascii=False) if lock.message else None,
                ),
            )
            store._emit(events.kiosk_locked(lock.pause.value, until, lock.who))
            store._audit(lock.who, "kiosk.locked", {"why": lock.pause.value, "until": until})

    def unlock_kiosk(self, who: str) -> bool:
        """Unlock the kiosk with ``kiosk.unlocked``; say whether it was locked."""
        store = self._store
        with store._transaction():
            if store._db.execute("DELETE FROM kiosk_lock").rowcount != 1:
                return False
            store._emit(events.kiosk_unlocked(who))
            store._audit(who, "kiosk.unlocked", {})
        return True

    def _local(self, text: str) -> dt.datetime:
        return dt.datetime.fromisoformat(text).astimezone(self._store._zone)


def _utc(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds")
