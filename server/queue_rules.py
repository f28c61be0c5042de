"""Who is next: pure rules over the tickets that wait.

A ticket can be called when its kiosk has told of it, it is not voided, and somebody holds its number: the paper is
``printed`` or ``unconfirmed``, or the visitor noted the number (``kept``).

Two orders, a setting of the site:

* ``first``: every priority ticket before every regular one;
* ``interleaved``: one priority ticket after ``priority_after`` regular ones, so that neither waits for ever. Where only
  one kind waits, it goes on.

Within each kind the one that has waited longest is first; of two at the same moment the smaller UUID (UUIDv7: the one
made first), so that every counter sees one order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID


@dataclass(frozen=True)
class Waiting:
    """A ticket in the line."""

    uuid: UUID
    priority: bool
    since: dt.datetime

    @property
    def place(self) -> tuple[dt.datetime, UUID]:
        """What the order within a kind is made of."""
        return self.since, self.uuid


@dataclass(frozen=True)
class Rule:
    """How priority tickets are ordered."""

    kind: Literal["first", "interleaved"] = "first"
    priority_after: int = 2
    """With ``interleaved``: regular tickets between two priority ones."""

    def __post_init__(self) -> None:
        if self.priority_after < 1:
            raise ValueError(f"priority_after is {self.priority_after}; allowed: 1 and more")


def can_be_called(*, paper: str, kept: bool, voided: bool, issued: bool, call_state: str) -> bool:
    """Whether a ticket may be called now."""
    holds = paper in ("printed", "unconfirmed") or (paper == "not_printed" and kept)
    return issued and holds and not voided and call_state == "waiting"


def next_one(waiting: Iterable[Waiting], rule: Rule, regular_in_a_row: int) -> Waiting | None:
    """Return who is next after ``regular_in_a_row`` regular tickets were called; None where nobody waits."""
    priority: Waiting | None = None
    regular: Waiting | None = None
    for one in waiting:
        if one.priority:
            priority = one if priority is None or one.place < priority.place else priority
        else:
            regular = one if regular is None or one.place < regular.place else regular
    if priority is None or regular is None:
        return priority or regular
    return priority if _priority_turn(rule, regular_in_a_row) else regular


def after(called: Waiting, regular_in_a_row: int) -> int:
    """Return how many regular tickets have been called in a row once ``called`` is."""
    return 0 if called.priority else regular_in_a_row + 1


def order(waiting: Iterable[Waiting], rule: Rule, regular_in_a_row: int) -> tuple[Waiting, ...]:
    """Return everybody in the order of the calls, as if nobody else came."""
    everybody = sorted(waiting, key=lambda one: one.place)
    priority = [one for one in everybody if one.priority]
    regular = [one for one in everybody if not one.priority]
    found: list[Waiting] = []
    first_priority = first_regular = 0
    while first_priority < len(priority) and first_regular < len(regular):
        if _priority_turn(rule, regular_in_a_row):
            chosen = priority[first_priority]
            first_priority += 1
        else:
            chosen = regular[first_regular]
            first_regular += 1
        regular_in_a_row = after(chosen, regular_in_a_row)
        found.append(chosen)
    return (*found, *priority[first_priority:], *regular[first_regular:])


def ahead(uuid: UUID, waiting: Sequence[Waiting], rule: Rule, regular_in_a_row: int) -> int | None:
    """Return how many are called before ``uuid``, as it looks now; None where it does not wait."""
    for place, one in enumerate(order(waiting, rule, regular_in_a_row)):
        if one.uuid == uuid:
            return place
    return None


def _priority_turn(rule: Rule, regular_in_a_row: int) -> bool:
    return rule.kind == "first" or regular_in_a_row >= rule.priority_after
