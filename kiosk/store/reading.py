"""What the store can be asked."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kiosk.core.numbers import Band, Stamp, days_that_bind
from kiosk.core.record import Ticket
from kiosk.store import journal
from kiosk.store.connection import Connection
from kiosk.store.memory import read_mark
from kiosk.store.rows import COLUMNS, Cell, TicketQuery, from_row

_SELECT: Final = f"SELECT {COLUMNS} FROM tickets"  # noqa: S608  (the columns are this program's own)


@dataclass(frozen=True)
class Tally:
    """How many numbers were given on a day, voided ones too."""

    by_service: Mapping[str, int]
    by_queue: Mapping[str, int]
    full: frozenset[str]
    """Queues whose band has no number left."""


class Reading(Connection):
    """The questions."""

    def unsettled(self) -> list[Ticket]:
        """Return the tickets a crash may have left: reserved, sending, and without paper and undecided."""
        # Named, because SQLite would rather walk a million rows in order than sort the two it finds here.
        return self._tickets(
            "INDEXED BY tickets_unsettled"
            " WHERE state IN ('reserved', 'sending') OR (state = 'not_printed' AND kept = 0) ORDER BY id",
            (),
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

    # --- inside --------------------------------------------------------------------------------

    def is_acknowledged(self, event: str) -> bool:
        """Whether the server has the event with this UUID. A row that was pruned was acknowledged before."""
        with self._guard():
            row = self._db.execute(
                "SELECT acknowledged_at IS NOT NULL FROM outbox WHERE uuid = ?", (event,)
            ).fetchone()
        return row is None or bool(row[0])

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

    def _tickets(self, clause: str, parameters: tuple[Cell, ...]) -> list[Ticket]:
        with self._guard():
            return [from_row(row) for row in self._db.execute(f"{_SELECT} {clause}", parameters)]

    def _one(self, clause: str, parameters: tuple[Cell, ...]) -> Ticket | None:
        return next(iter(self._tickets(clause, parameters)), None)
