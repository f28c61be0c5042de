"""The counters of the hall: which there are, what each may serve, and who is at which one now.

They are rows and no part of the site's document: kiosks do not need them, and they change all day long. A counter's
row is also its lock: whoever works at it holds the row, so that one counter never calls two tickets at once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from server import audit, calling
from server.catalogue import SiteDocument
from server.db.models import Counter, User
from server.errors import UpkeepError
from server.sessions import Person

CODE: Final = re.compile(r"[A-Z0-9]{1,8}")
MOST_OF_A_RANGE: Final = 60


class CounterRefused(UpkeepError):
    """The step cannot be done as things stand. ``word`` is a key of ``server.words`` for the person at the counter."""

    def __init__(self, word: str) -> None:
        self.word = word
        super().__init__(word)


@dataclass(frozen=True)
class CounterState:
    """One counter, as lists and boards show it."""

    code: str
    zone: str
    queues: tuple[str, ...]
    """Those it may serve; empty: every queue."""
    serves: tuple[str, ...]
    """Those it serves now; empty: it is closed."""
    officer: str | None
    """Who is at it; None: it is closed."""
    officer_id: int | None
    paused: bool
    opened_at: dt.datetime | None


def codes(text: str) -> tuple[str, ...]:
    """Return the queue codes that a column holds."""
    return tuple(text.split())


def in_order(code: str) -> tuple[int, str]:
    """Return the key by which people order counters: 2 before 10, numbers before letters."""
    digits = re.match(r"\d+", code)
    return (int(digits[0]) if digits else 10**9, code)


def listed(session: Session, site_id: str) -> list[CounterState]:
    """Return every counter of the site, in the order of their numbers."""
    query = select(Counter, User.name).outerjoin(User, User.id == Counter.open_by)
    rows = session.execute(query.where(Counter.site_id == site_id)).all()
    return sorted((_state(row, name) for row, name in rows), key=lambda one: in_order(one.code))


def _state(row: Counter, officer: str | None) -> CounterState:
    return CounterState(
        row.code,
        row.zone,
        codes(row.queues),
        codes(row.serves),
        officer,
        row.open_by,
        row.paused_at is not None,
        row.opened_at,
    )


# Keeping the list ------------------------------------------------------------------------------------------


def put(
    session: Session,
    document: SiteDocument,
    code: str,
    *,
    zone: str = "",
    queues: Iterable[str] = (),
    who: str,
    now: dt.datetime,
) -> Counter:
    """Add a counter, or change the one with this code. Raises UpkeepError that names every fault."""
    wanted = tuple(dict.fromkeys(queues))
    known = {queue.code for queue in document.catalogue.queues}
    zones = {one.code for one in document.site.zones}
    faults = []
    if not CODE.fullmatch(code):
        faults.append(f"counter is {code!r}; allowed: 1 to 8 capital letters and digits")
    if zone and zone not in zones:
        faults.append(f"zone is {zone!r}; allowed: {', '.join(sorted(zones))}")
    faults += [
        f"queue is {queue!r}; allowed: {', '.join(sorted(known))}" for queue in wanted if queue not in known
    ]
    if faults:
        raise UpkeepError(*faults)
    row = session.get(Counter, (document.site.id, code), with_for_update=True)
    what = "counter.changed" if row else "counter.added"
    if row is None:
        row = Counter(site_id=document.site.id, code=code)
        session.add(row)
    row.zone, row.queues = zone, " ".join(wanted)
    audit.note(session, now, who, what, site=document.site.id, counter=code, zone=zone, queues=wanted)
    return row


def remove(session: Session, site_id: str, code: str, *, who: str, now: dt.datetime) -> None:
    """Take a counter away. Raises UpkeepError where there is none or somebody is at it."""
    row = session.get(Counter, (site_id, code), with_for_update=True)
    if row is None:
        raise UpkeepError(f"counter is {code!r}; there is no such counter")
    if row.open_by is not None:
        raise UpkeepError(f"counter {code} is open; close it first")
    session.delete(row)
    audit.note(session, now, who, "counter.removed", site=site_id, counter=code)


def fill(session: Session, document: SiteDocument, *, who: str, now: dt.datetime) -> int:
    """Add the counters that the catalogue's queues speak of (``counters = "4-7"``); return how many were new.

    Those that are there already stay as they are.
    """
    there = set(session.scalars(select(Counter.code).where(Counter.site_id == document.site.id)))
    found: dict[str, tuple[str, list[str]]] = {}
    for queue in document.catalogue.queues:
        for code in spelt_out(queue.counters):
            found.setdefault(code, (queue.zone, []))[1].append(queue.code)
    new = [code for code in found if code not in there]
    for code in sorted(new, key=in_order):
        zone, queues = found[code]
        put(session, document, code, zone=zone, queues=queues, who=who, now=now)
    return len(new)


def spelt_out(text: str) -> tuple[str, ...]:
    """Return the counters of a text like ``1–3, 26``; what is no number or range of numbers is passed over."""
    found: list[str] = []
    for part in re.split(r"[,;]|\bdan\b|\band\b", text):
        ends = re.fullmatch(r"\s*(\d{1,4})(?:\s*[-–—]\s*(\d{1,4}))?\s*", part)
        if ends is None:
            if CODE.fullmatch(part.strip()):
                found.append(part.strip())
            continue
        first, last = int(ends[1]), int(ends[2] or ends[1])
        if first <= last < first + MOST_OF_A_RANGE:
            found += [str(number) for number in range(first, last + 1)]
    return tuple(dict.fromkeys(found))


# Being at one ----------------------------------------------------------------------------------------------


def mine(session: Session, person: Person, *, lock: bool = False) -> Counter | None:
    """Return the counter the person is at."""
    query = select(Counter).where(Counter.open_by == person.id)
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    return found if found is not None and found.site_id == person.site_id else None


def held(session: Session, person: Person) -> Counter:
    """Return the person's counter, locked. Raises CounterRefused where they are at none (any more)."""
    found = mine(session, person, lock=True)
    if found is None:
        raise CounterRefused("counter_note_lost")
    return found


def take(
    session: Session,
    document: SiteDocument,
    person: Person,
    code: str,
    now: dt.datetime,
    *,
    over: bool = False,
) -> Counter:
    """Be at the counter ``code`` from now on, leaving the one before. ``over``: also where somebody else is at it.

    Raises CounterRefused.
    """
    before = session.scalars(
        select(Counter).where(Counter.open_by == person.id).with_for_update()
    ).one_or_none()
    if before is not None and (before.site_id, before.code) == (document.site.id, code):
        return before
    if before is not None:
        _leave(session, before, document.day(now), person, now)
        session.flush()  # a person is at one counter: the old row must let go before the new one holds
    row = session.get(Counter, (document.site.id, code), with_for_update=True, populate_existing=True)
    if row is None:
        raise CounterRefused("counter_note_none")
    if row.open_by is not None:
        if not over:
            raise CounterRefused("counter_note_taken")
        audit.note(
            session,
            now,
            person.name,
            "counter.taken_over",
            site=row.site_id,
            counter=code,
            held_by=row.open_by,
        )
    else:
        row.serves = " ".join(served(document, row, codes(row.queues)))
    row.open_by, row.opened_at, row.paused_at = person.id, now, None
    audit.note(session, now, person.name, "counter.opened", site=row.site_id, counter=code, queues=row.serves)
    return row


def served(document: SiteDocument, row: Counter, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return those of ``wanted`` that the counter may serve, or all it may where that leaves none."""
    allowed = may_serve(document, codes(row.queues))
    return tuple(queue for queue in allowed if queue in wanted) or allowed


def may_serve(document: SiteDocument, queues: Sequence[str]) -> tuple[str, ...]:
    """Return the queues of the catalogue in force that a counter with ``queues`` may serve."""
    every = tuple(queue.code for queue in document.catalogue.queues)
    return tuple(queue for queue in every if queue in queues) if queues else every


def choose(
    session: Session, document: SiteDocument, person: Person, wanted: Sequence[str], now: dt.datetime
) -> None:
    """Serve ``wanted`` from now on. Raises CounterRefused where that is nothing this counter may serve."""
    row = held(session, person)
    chosen = tuple(queue for queue in may_serve(document, codes(row.queues)) if queue in wanted)
    if not chosen:
        raise CounterRefused("counter_note_no_queue")
    row.serves = " ".join(chosen)
    audit.note(session, now, person.name, "counter.queues", site=row.site_id, counter=row.code, queues=chosen)


def pause(session: Session, day: dt.date, person: Person, now: dt.datetime) -> None:
    """Call nobody for a while. Raises CounterRefused while a visitor is at the counter."""
    row = held(session, person)
    _require_nobody(session, row, day)
    if row.paused_at is None:
        row.paused_at = now
        audit.note(session, now, person.name, "counter.paused", site=row.site_id, counter=row.code)


def resume(session: Session, person: Person, now: dt.datetime) -> None:
    """Go on after a pause."""
    row = held(session, person)
    if row.paused_at is not None:
        row.paused_at = None
        audit.note(session, now, person.name, "counter.resumed", site=row.site_id, counter=row.code)


def leave(session: Session, day: dt.date, person: Person, now: dt.datetime) -> None:
    """Close the counter. Raises CounterRefused while a visitor is at it."""
    _leave(session, held(session, person), day, person, now)


def leave_if_idle(session: Session, day: dt.date, person: Person, now: dt.datetime) -> None:
    """The person goes home: close their counter where nobody is at it; else it waits for their return."""
    row = mine(session, person, lock=True)
    if row is not None and not calling.at_counter(session, row.site_id, day, row.code):
        _leave(session, row, day, person, now)


def _leave(session: Session, row: Counter, day: dt.date, person: Person, now: dt.datetime) -> None:
    _require_nobody(session, row, day)
    row.open_by, row.opened_at, row.paused_at, row.serves = None, None, None, ""
    audit.note(session, now, person.name, "counter.closed", site=row.site_id, counter=row.code)


def _require_nobody(session: Session, row: Counter, day: dt.date) -> None:
    if calling.at_counter(session, row.site_id, day, row.code):
        raise CounterRefused("counter_note_busy")
