"""The pages a person may go to from every other one: one line for each, in the order of the frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from server.sessions import Person
from server.users import Role


@dataclass(frozen=True)
class Entry:
    """One link of the frame."""

    path: str
    word: str
    """Its key in ``server.words``."""
    least: Role
    """Who sees it: this role and those above."""


ENTRIES: Final[tuple[Entry, ...]] = (
    Entry("/hari-ini", "nav_today", Role.MANAGER),
    Entry("/loket", "nav_counter", Role.OFFICER),
    Entry("/kelola", "nav_manage", Role.MANAGER),
    Entry("/kios", "nav_kiosks", Role.MANAGER),
)


def of(person: Person) -> tuple[Entry, ...]:
    """Return the links of ``person``."""
    return tuple(entry for entry in ENTRIES if person.may(entry.least))


def home(person: Person) -> str:
    """Return where ``person`` begins: a manager at the figures, an officer at the counter."""
    wanted = Role.MANAGER if person.may(Role.MANAGER) else Role.OFFICER
    return next((entry.path for entry in ENTRIES if entry.least is wanted), "/akun")
