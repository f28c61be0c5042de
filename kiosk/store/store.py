"""The kiosk's store: tickets, events, audit. Every write is one transaction, durable before the call returns.

One Store belongs to one thread; several processes may have the same file open. Before each transaction it makes sure
that the file it has open is still the one by that name: writing into a file that somebody removed would lose tickets,
and beside a new one it would give numbers twice.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

import uuid6

from kiosk.core import events
from kiosk.core.numbers import Band, SeriesFull, Stamp, days_that_bind, next_number
from kiosk.core.record import Ticket, TicketState
from kiosk.store import journal
from kiosk.store.database import (
    encode_mark,
    identity_of,
    move_aside,
    open_database,
    read_mark,
    rewrite_journal,
)
from kiosk.store.errors import (
    NumbersUnknown,
    SeriesUsedUp,
    StoreBroken,
    StoreError,
    StoreFull,
    StoreGone,
    from_os,
    from_sqlite,
    is_damage,
)
from kiosk.store.rows import COLUMNS, Cell, TicketQuery, from_row, to_row

log = logging.getLogger(__name__)

ROOM_TO_FINISH: Final = 1 << 20
"""Bytes that must be free to begin a ticket: what it still has to write (its verdict) must find room."""
FOLD_ABOVE: Final = 2 << 20
"""Bytes of WAL above which it is folded into the database between visitors."""
# The columns are this program's own constant.
_SELECT: Final = f"SELECT {COLUMNS} FROM tickets"  # noqa: S608
_INSERT: Final = f"INSERT INTO tickets ({COLUMNS}) VALUES ({', '.join('?' * len(COLUMNS.split(',')))})"  # noqa: S608


class Clock(Protocol):
    """The part of the kiosk's clock the store needs (kiosk.clock)."""

    def utc(self) -> dt.datetime: ...

    def boot(self) -> tuple[str, float]: ...


@dataclass(frozen=True)
class Draft:
    """A ticket before it has a number."""

    queue: str
    service: str
    agency: str
    priority: bool
    language: str
    token: str
    kiosk_digit: int
    band: Band


@dataclass(frozen=True)
class Tally:
    """How many numbers were given on a day, voided ones too."""

    by_service: Mapping[str, int]
    by_queue: Mapping[str, int]
    full: frozenset[str]
    """Queues whose band has no number left."""


class Store:
    """The kiosk's SQLite file, open."""

    def __init__(self, path: Path, clock: Clock, zone: dt.tzinfo) -> None:
        """Use :meth:`open`."""
        self.path = path
        self._clock = clock
        self._zone = zone
        self._handle = open_database(path, clock.utc(), clock.utc().astimezone(zone).date())
        self._db = self._handle.db
        self._journal = path.with_name(journal.NAME)

    @classmethod
    def open(cls, path: Path, clock: Clock, zone: dt.tzinfo) -> Store:
        """Open the database at ``path``, making it and its folder where there is none.

        ``zone`` is the site's. Raises StoreError; after StoreBroken the next call makes a new database whose numbers
        go on above the old one's.
        """
        return cls(path, clock, zone)

    def close(self) -> None:
        """Close the file. Nothing happens when it is closed."""
        self._handle.close()

    # --- writing ------------------------------------------------------------------------------------------------------

    def require_numbers(self, day: dt.date) -> None:
        """Raise NumbersUnknown where the numbers of ``day`` were lost with the database."""
        with self._guard():
            self._require_numbers(day)

    def require_room(self) -> None:
        """Raise StoreFull where a ticket begun now might not find room for its verdict."""
        try:
            disk = os.statvfs(self.path.parent)
        except OSError as error:
            raise from_os(error, self.path) from error
        free = disk.f_bavail * disk.f_frsize
        if free < ROOM_TO_FINISH:
            raise StoreFull(f"{self.path}: {free} bytes free; a ticket needs {ROOM_TO_FINISH}")

    def reserve(self, draft: Draft, now: dt.datetime, display: Callable[[str, int], str]) -> Ticket:
        """Take the next number of the queue and store ticket and ``ticket.issued`` in one durable transaction.

        ``now`` is aware, in the site's zone: its date is the service day. ``display`` writes queue and number as
        printed.
        Raises SeriesUsedUp, NumbersUnknown, StoreFull and the other store errors; then nothing is written.
        """
        self.require_room()
        day = now.date()
        with self._transaction():
            self._require_numbers(day)
            last = read_mark(self._db)
            mark = self._mark(now, last)
            number = self._next(draft, mark.since)
            ticket = Ticket(
                uuid=str(uuid6.uuid7()),
                service_day=day,
                queue=draft.queue,
                number=number,
                display=display(draft.queue, number),
                kiosk_digit=draft.kiosk_digit,
                service=draft.service,
                agency=draft.agency,
                priority=draft.priority,
                language=draft.language,
                token=draft.token,
                issued_at=now,
                state=TicketState.RESERVED,
            )
            self._db.execute(_INSERT, to_row(ticket))
            self._emit(events.issued(ticket), ticket)
            self._put("mark", encode_mark(mark))
            self._note_jump(mark, last)
            self._journal_number(journal.Given(day, draft.queue, number), mark)
        return ticket

    def mark_sending(self, ticket: Ticket) -> Ticket:
        """Note durably that the first byte is about to leave."""
        with self._transaction():
            return self._change(ticket, state=TicketState.SENDING)

    def settle(self, ticket: Ticket, outcome: TicketState, cause: str | None) -> Ticket:
        """Store what became of the paper (PRINTED, UNCONFIRMED or NOT_PRINTED) with its event."""
        with self._transaction():
            after = self._change(ticket, state=outcome, cause=cause)
            self._emit(events.settled(after, outcome, cause), after)
        return after

    def keep(self, ticket: Ticket) -> Ticket:
        """The visitor noted the number: the ticket stays callable without paper."""
        with self._transaction():
            after = self._change(ticket, kept=True)
            self._emit(events.settled(after, TicketState.NOT_PRINTED, after.cause, kept=True), after)
        return after

    def void(self, ticket: Ticket, why: str, who: str) -> Ticket:
        """Give the ticket up: never called."""
        with self._transaction():
            after = self._change(ticket, state=TicketState.VOIDED, void_reason=why)
            self._emit(events.voided(after, why, who), after)
            self._audit(who, "ticket.voided", {"ticket": ticket.uuid, "number": ticket.display, "why": why})
        return after

    def count_copy(self, ticket: Ticket, why: str, who: str) -> Ticket:
        """Note durably that a copy is about to leave, with who and why."""
        with self._transaction():
            after = self._change(ticket, copies=ticket.copies + 1)
            self._emit(events.reprinted(after, after.copies, why, who), after)
            details = {"ticket": ticket.uuid, "number": ticket.display, "copy": after.copies, "why": why}
            self._audit(who, "ticket.reprinted", details)
        return after

    def audit(self, who: str, what: str, details: Mapping[str, object]) -> None:
        """Add a line to the audit trail."""
        with self._transaction():
            self._audit(who, what, details)

    def tidy(self) -> None:
        """Between visitors: bring the journal to the disk, and fold the WAL in where it has grown."""
        try:
            journal.sync(self._journal)
        except OSError as error:
            raise from_os(error, self._journal) from error
        wal = self.path.with_name(self.path.name + "-wal")
        try:
            grown = wal.stat().st_size > FOLD_ABOVE
        except FileNotFoundError:
            grown = False
        if grown:
            with self._guard():
                # TRUNCATE gives the space back; where another process reads, it does what it can and says busy.
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    # --- reading ------------------------------------------------------------------------------------------------------

    def unsettled(self) -> list[Ticket]:
        """Return the tickets a crash may have left: reserved, sending, and without paper and undecided."""
        return self._tickets(
            "WHERE state IN ('reserved', 'sending') OR (state = 'not_printed' AND kept = 0) ORDER BY id", ()
        )

    def ticket(self, uuid: str) -> Ticket | None:
        """Return the ticket with this UUID."""
        return self._one("WHERE uuid = ?", (uuid,))

    def ticket_by_token(self, token: str) -> Ticket | None:
        """Return the ticket whose QR holds this token."""
        return self._one("WHERE token = ?", (token,))

    def ticket_by_number(self, queue: str, number: int, day: dt.date) -> Ticket | None:
        """Return the ticket of this number on ``day``."""
        return self._one(
            "WHERE queue = ? AND service_day = ? AND number = ?", (queue, day.isoformat(), number)
        )

    def tickets(self, query: TicketQuery) -> list[Ticket]:
        """Return the tickets ``query`` asks for, in the order they were issued."""
        return self._tickets(*query.clause())

    def tally(self, now: dt.datetime, band: Band) -> Tally:
        """Return what was given on the day of ``now``, by service and queue: one pass over the day's index."""
        by_service: dict[str, int] = {}
        by_queue: dict[str, int] = {}
        highest: dict[str, int] = {}
        today = now.date().isoformat()
        with self._guard():
            since = self._mark(now, read_mark(self._db)).since.isoformat()
            given = self._db.execute(
                "SELECT queue, service, service_day, count(*), max(number) FILTER (WHERE number BETWEEN ?2 AND ?3)"
                " FROM tickets WHERE service_day >= ?1 GROUP BY service_day, queue, service"
                " UNION ALL SELECT queue, NULL, service_day, 0, max(number)"
                " FROM floors WHERE service_day >= ?1 AND number BETWEEN ?2 AND ?3 GROUP BY service_day, queue",
                (since, band.first, band.last),
            )
            for queue, service, day, count, number in given:
                if day == today:
                    by_queue[queue] = by_queue.get(queue, 0) + count
                    by_service[service] = by_service.get(service, 0) + count
                if number is not None:
                    highest[queue] = max(highest.get(queue, 0), number)
        full = frozenset(queue for queue, number in highest.items() if number >= band.last)
        return Tally(by_service, by_queue, full)

    def count(self, now: dt.datetime, service: str, queue: str, band: Band) -> tuple[int, int, bool]:
        """Return the numbers given today for ``service`` and in ``queue``, and whether the band is used up."""
        with self._guard():
            of_service, of_queue = self._db.execute(
                "SELECT count(*) FILTER (WHERE service = ?), count(*) FILTER (WHERE queue = ?)"
                " FROM tickets WHERE service_day = ?",
                (service, queue, now.date().isoformat()),
            ).fetchone()
            highest = self._highest(queue, band, self._mark(now, read_mark(self._db)).since)
        return int(of_service), int(of_queue), highest is not None and highest >= band.last

    def usage(self, since: dt.date) -> dict[str, int]:
        """Return the tickets of each agency from ``since`` on."""
        with self._guard():
            rows = self._db.execute(
                "SELECT agency, count(*) FROM tickets WHERE service_day >= ? GROUP BY agency",
                (since.isoformat(),),
            )
            return dict(rows.fetchall())

    def history(self, ticket: Ticket) -> list[dict[str, object]]:
        """Return the events of a ticket, oldest first."""
        with self._guard():
            rows = self._db.execute(
                "SELECT seq, uuid, type, body, occurred_at, acknowledged_at FROM outbox WHERE ticket = ? ORDER BY seq",
                (ticket.uuid,),
            ).fetchall()
        return [
            {
                "seq": seq,
                "uuid": uuid,
                "type": kind,
                "occurred_at": at,
                "acknowledged_at": acknowledged,
                "body": json.loads(body),
            }
            for seq, uuid, kind, body, at, acknowledged in rows
        ]

    # --- inside -------------------------------------------------------------------------------------------------------

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Run statements; every failure becomes a StoreError, and damage moves the file aside."""
        self._still_there()
        try:
            yield
        except sqlite3.Error as error:
            if not is_damage(error):
                raise from_sqlite(error, self.path) from error
            kept = move_aside(self._handle, self._clock.utc())
            where = f"kept as {kept.name}" if kept else "another process has moved it aside"
            raise StoreBroken(f"{self.path}: {error}; {where}", kept) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One transaction: all of it durable at the end, or nothing."""
        with self._guard():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def _roll_back(self) -> None:
        try:
            if self._db.in_transaction:  # SQLite has rolled back by itself after some errors
                self._db.execute("ROLLBACK")
        except sqlite3.Error as error:
            log.warning("%s: rolling back: %s", self.path, error)

    def _still_there(self) -> None:
        if self._handle.in_use < 0:
            raise StoreGone(f"{self.path}: the store is closed")
        if identity_of(self.path) != self._handle.identity:
            raise StoreGone(f"{self.path}: the file was removed or replaced while it was open")

    def _require_numbers(self, day: dt.date) -> None:
        row = self._db.execute("SELECT value FROM meta WHERE key = 'refused_day'").fetchone()
        if row is not None and day.isoformat() <= row[0]:
            raise NumbersUnknown(
                f"{self.path}: the database was lost and nothing tells which numbers were given on {row[0]}; numbers"
                " are given again from the next day on"
            )

    def _mark(self, now: dt.datetime, last: journal.Mark | None) -> journal.Mark:
        """Return the mark of a ticket taken at ``now`` after ``last``: from which day on numbers bind it."""
        day, boot = now.date(), self._clock.boot()
        stamp = Stamp(now, *boot)
        since = days_that_bind(day, boot, last.stamp if last else None)
        if last is not None and since <= last.stamp.day:
            # Still in the shadow of an earlier jump: what bound the last ticket binds this one.
            since = min(since, last.since)
        return journal.Mark(stamp, since)

    def _highest(self, queue: str, band: Band, since: dt.date) -> int | None:
        highest: int | None = self._db.execute(
            "SELECT max(number) FROM (SELECT max(number) AS number FROM tickets"
            " WHERE queue = ?1 AND service_day >= ?2 AND number BETWEEN ?3 AND ?4"
            " UNION ALL "
            "SELECT max(number) FROM floors WHERE queue = ?1 AND service_day >= ?2 AND number BETWEEN ?3 AND ?4)",
            (queue, since.isoformat(), band.first, band.last),
        ).fetchone()[0]
        return highest

    def _next(self, draft: Draft, since: dt.date) -> int:
        try:
            return next_number(draft.band, self._highest(draft.queue, draft.band, since))
        except SeriesFull as error:
            raise SeriesUsedUp(f"queue {draft.queue}: {error}") from error

    def _journal_number(self, given: journal.Given, mark: journal.Mark) -> None:
        try:
            try:
                journal.append(self._journal, given, mark)
            except FileNotFoundError:
                # Somebody removed it: made anew, this ticket included (it is in the open transaction).
                rewrite_journal(self._db, self.path)
        except OSError as error:
            raise from_os(error, self._journal) from error

    def _note_jump(self, mark: journal.Mark, last: journal.Mark | None) -> None:
        """Audit a wall clock that names another day than it can be: once, at the first ticket after it."""
        if last is None or last.stamp.day == mark.stamp.day:
            return
        went_back = mark.stamp.day < last.stamp.day
        if went_back or mark.since < mark.stamp.day:
            details = {
                "from": last.stamp.at.isoformat(),
                "to": mark.stamp.at.isoformat(),
                "since": str(mark.since),
            }
            self._audit("system", "clock.went_back" if went_back else "clock.jumped", details)

    def _change(self, ticket: Ticket, **changes: object) -> Ticket:
        """Write ``changes`` to the ticket's row if it still is as ``ticket`` says; return it as it is now."""
        after: Ticket = replace(ticket, **changes)  # type: ignore[arg-type]
        done = self._db.execute(
            "UPDATE tickets SET state = ?, cause = ?, kept = ?, void_reason = ?, copies = ?"
            " WHERE uuid = ? AND state = ? AND copies = ?",
            (
                after.state.value,
                after.cause,
                int(after.kept),
                after.void_reason,
                after.copies,
                ticket.uuid,
                ticket.state.value,
                ticket.copies,
            ),
        )
        if done.rowcount != 1:
            raise StoreError(f"{self.path}: ticket {ticket.uuid} is no longer {ticket.state}: read it again")
        return after

    def _emit(self, event: events.Event, ticket: Ticket) -> None:
        body = events.canonical(event.body)
        self._db.execute(
            "INSERT INTO outbox (uuid, type, ticket, body, body_hash, occurred_at, schema_version)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                str(uuid6.uuid7()),
                event.type,
                ticket.uuid,
                body,
                events.body_hash(body),
                self._now_text(),
                events.SCHEMA_VERSION,
            ),
        )

    def _audit(self, who: str, what: str, details: Mapping[str, object]) -> None:
        self._db.execute(
            "INSERT INTO audit (at, who, what, details) VALUES (?, ?, ?, ?)",
            (self._now_text(), who, what, json.dumps(details, ensure_ascii=False)),
        )

    def _put(self, key: str, value: str) -> None:
        self._db.execute(
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )

    def _now_text(self) -> str:
        return self._clock.utc().isoformat(timespec="milliseconds")

    def _tickets(self, clause: str, parameters: tuple[Cell, ...]) -> list[Ticket]:
        with self._guard():
            return [from_row(row) for row in self._db.execute(f"{_SELECT} {clause}", parameters)]

    def _one(self, clause: str, parameters: tuple[Cell, ...]) -> Ticket | None:
        return next(iter(self._tickets(clause, parameters)), None)
