"""The kiosk's store: tickets, events, audit. Every write is one transaction, durable before the call returns.

One Store belongs to one thread; several processes may have the same file open. What it can be asked is in
:mod:`kiosk.store.reading`, how the file is guarded in :mod:`kiosk.store.connection`.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import uuid6

from kiosk.core import events
from kiosk.core.numbers import Band, SeriesFull, next_number
from kiosk.core.record import Ticket, TicketState
from kiosk.store import journal
from kiosk.store.database import BUSY_S
from kiosk.store.errors import NumbersUnknown, SeriesUsedUp, StoreError, StoreFull, from_os
from kiosk.store.memory import encode_mark, read_mark, rewrite_journal
from kiosk.store.reading import Reading
from kiosk.store.rows import COLUMNS, to_row

ROOM_TO_FINISH: Final = 1 << 20
"""Bytes that must be free to begin a ticket: what it still has to write (its verdict) must find room."""
FOLD_ABOVE: Final = 2 << 20
"""Bytes of WAL above which it is folded into the database between visitors."""
FOLD_PATIENCE_MS: Final = 100
# The columns are this program's own constant.
_INSERT: Final = f"INSERT INTO tickets ({COLUMNS}) VALUES ({', '.join('?' * len(COLUMNS.split(',')))})"  # noqa: S608


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
    uuid: str = ""
    """The ticket's UUIDv7, where the server was asked for its number; empty: a new one."""
    allotted: int | None = None
    """The number of the whole series that the server allotted to ``uuid``; None: the next of ``band``."""


class Store(Reading):
    """The kiosk's SQLite file, open."""

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
        printed. Raises SeriesUsedUp, NumbersUnknown, StoreFull and the other store errors; then nothing is written.
        """
        self.require_room()
        day = now.date()
        with self._transaction():
            self._require_numbers(day)
            last = read_mark(self._db)
            mark = self._mark(now, last)
            number, digit = self._allotted(draft, day), 0
            if number is None:
                number, digit = self._next(draft, mark.since), draft.kiosk_digit
            ticket = Ticket(
                uuid=draft.uuid or str(uuid6.uuid7()),
                service_day=day,
                queue=draft.queue,
                number=number,
                display=display(draft.queue, number),
                kiosk_digit=digit,
                service=draft.service,
                agency=draft.agency,
                priority=draft.priority,
                language=draft.language,
                token=draft.token,
                issued_at=now,
                state=TicketState.RESERVED,
            )
            self._db.execute(_INSERT, to_row(ticket))
            self._emit(events.issued(ticket, self._place()), ticket)
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

    def confirm(self, ticket: Ticket, who: str) -> Ticket:
        """Somebody saw the paper of an unconfirmed ticket: it counts as printed."""
        with self._transaction():
            after = self._change(ticket, state=TicketState.PRINTED, cause=None)
            self._emit(events.settled(after, TicketState.PRINTED, None), after)
            self._audit(who, "ticket.confirmed", {"ticket": ticket.uuid, "number": ticket.display})
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

    def paper_changed(self, who: str, tickets: int, used_mm: int) -> None:
        """Note a new roll of paper with its event; the old one gave so many tickets."""
        with self._transaction():
            self._emit(events.paper_changed(who, tickets, used_mm))
            self._audit(who, "paper.changed", {"tickets": tickets, "used_mm": used_mm})

    def call_staff(self, screen: str, language: str) -> str:
        """Note that somebody at the kiosk calls staff; return its event's UUID."""
        with self._transaction():
            return self._emit(events.staff_called(screen, language))

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
                # TRUNCATE gives the space back. It would wait for whoever reads just now; there is a next time.
                self._db.execute(f"PRAGMA busy_timeout = {FOLD_PATIENCE_MS}")
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                self._db.execute(f"PRAGMA busy_timeout = {BUSY_S * 1000:.0f}")

    def _next(self, draft: Draft, since: dt.date) -> int:
        try:
            return next_number(draft.band, self._highest(draft.queue, draft.band, since))
        except SeriesFull as error:
            raise SeriesUsedUp(f"queue {draft.queue}: {error}") from error

    def _allotted(self, draft: Draft, day: dt.date) -> int | None:
        """Return the server's number, unless it was given here on ``day`` already: a server may forget too."""
        if draft.allotted is None:
            return None
        taken = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM tickets WHERE queue = ?1 AND service_day = ?2 AND number = ?3)"
            " OR EXISTS (SELECT 1 FROM floors WHERE queue = ?1 AND service_day = ?2 AND number = ?3)",
            (draft.queue, day.isoformat(), draft.allotted),
        ).fetchone()[0]
        return None if taken else draft.allotted

    def _journal_number(self, given: journal.Given, mark: journal.Mark) -> None:
        try:
            try:
                journal.append(self._journal, given, mark)
            except FileNotFoundError:
                # Somebody removed it: made anew, this ticket included (it is in the open transaction).
                rewrite_journal(self._db, self.path)
        except OSError as error:
            raise from_os(error, self._journal) from error

    def _place(self) -> str:
        row = self._db.execute("SELECT value FROM meta WHERE key = 'place'").fetchone()
        return str(row[0]) if row else ""

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

    def _emit(self, event: events.Event, ticket: Ticket | None = None) -> str:
        uuid = str(uuid6.uuid7())
        body = events.canonical(event.body)
        self._db.execute(
            "INSERT INTO outbox (uuid, type, ticket, body, body_hash, occurred_at, schema_version, clock_offset_ms)"
            " VALUES (?, ?, ?, ?, ?, ?, ?,"
            " (SELECT CAST(value AS INTEGER) FROM sync_state WHERE key = 'clock_offset_ms'))",
            (
                uuid,
                event.type,
                ticket.uuid if ticket else None,
                body,
                events.body_hash(body),
                self._now_text(),
                events.SCHEMA_VERSION,
            ),
        )
        return uuid

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

    def _require_numbers(self, day: dt.date) -> None:
        row = self._db.execute("SELECT value FROM meta WHERE key = 'refused_day'").fetchone()
        if row is not None and day.isoformat() <= row[0]:
            raise NumbersUnknown(
                f"{self.path}: the database was lost and nothing tells which numbers were given on {row[0]}; numbers"
                " are given again from the next day on"
            )
