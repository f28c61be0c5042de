"""Letting people in: a PIN, the lock-out and the store, put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kiosk.core.staff import Person
from kiosk.staff.pins import PinRefused, hash_pin, require_good, whose


class Book(Protocol):
    """The part of kiosk.store.People that the door needs."""

    def find(self, name: str) -> Person | None: ...

    def hashes(self) -> dict[str, str]: ...

    def begin_try(self) -> float: ...

    def came_in(self, person: Person) -> None: ...

    def turned_away(self) -> float: ...

    def add(self, person: Person, pin_hash: str, who: str) -> None: ...

    def set_pin(self, name: str, pin_hash: str, who: str) -> bool: ...


@dataclass(frozen=True)
class TurnedAway:
    """Nobody comes in now; ``wait_s`` until the next try (infinity: only a terminal opens)."""

    wait_s: float


def knock(book: Book, pin: str) -> Person | TurnedAway:
    """Return whose PIN it is. While there is something to wait for, the PIN is not even looked at."""
    left = book.begin_try()
    if left > 0:
        return TurnedAway(left)
    name = whose(pin, book.hashes())
    person = book.find(name) if name is not None else None
    if person is None:
        return TurnedAway(book.turned_away())
    book.came_in(person)
    return person


def enrol(book: Book, person: Person, pin: str, who: str) -> None:
    """Add somebody with a PIN. Raises PinRefused, and the store's refusal of the name."""
    _require_free(book, pin, but="")
    book.add(person, hash_pin(pin), who)


def change_pin(book: Book, name: str, pin: str, who: str) -> bool:
    """Give somebody another PIN; say whether there is such a person. Raises PinRefused."""
    _require_free(book, pin, but=name)
    return book.set_pin(name, hash_pin(pin), who)


def _require_free(book: Book, pin: str, but: str) -> None:
    require_good(pin)
    if whose(pin, {name: one for name, one in book.hashes().items() if name != but}) is not None:
        raise PinRefused("choose another one")
