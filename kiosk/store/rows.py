"""Between rows and tickets, and the questions a list of tickets answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from kiosk.core.record import Ticket, TicketState

COLUMNS: Final = (
    "uuid, service_day, queue, number, display, kiosk_digit, service, agency, priority, language, token,"
    " issued_at, utc_offset, state, cause, kept, void_reason, copies"
)
Cell: TypeAlias = str | int | None


def to_row(ticket: Ticket) -> tuple[Cell, ...]:
    """Return ``ticket`` as the cells of ``COLUMNS``."""
    offset = ticket.issued_at.utcoffset()
    assert offset is not None  # aware by contract
    return (
        ticket.uuid,
        ticket.service_day.isoformat(),
        ticket.queue,
        ticket.number,
        ticket.display,
        ticket.kiosk_digit,
        ticket.service,
        ticket.agency,
        int(ticket.priority),
        ticket.language,
        ticket.token,
        ticket.issued_at.astimezone(dt.UTC).isoformat(timespec="milliseconds"),
        int(offset.total_seconds()) // 60,
        ticket.state.value,
        ticket.cause,
        int(ticket.kept),
        ticket.void_reason,
        ticket.copies,
    )


def from_row(row: Sequence[Any]) -> Ticket:
    """Return the ticket of a row of ``COLUMNS``."""
    zone = dt.timezone(dt.timedelta(minutes=row[12]))
    return Ticket(
        uuid=row[0],
        service_day=dt.date.fromisoformat(row[1]),
        queue=row[2],
        number=row[3],
        display=row[4],
        kiosk_digit=row[5],
        service=row[6],
        agency=row[7],
        priority=bool(row[8]),
        language=row[9],
        token=row[10],
        issued_at=dt.datetime.fromisoformat(row[11]).astimezone(zone),
        state=TicketState(row[13]),
        cause=row[14],
        kept=bool(row[15]),
        void_reason=row[16],
        copies=row[17],
    )


@dataclass(frozen=True)
class TicketQuery:
    """Which tickets: of one service day (None: all), of one state, written in one way."""

    day: dt.date | None = None
    state: TicketState | None = None
    display: str | None = None
    """As printed, in full: ``C-001``."""

    def clause(self) -> tuple[str, tuple[Cell, ...]]:
        """Return the end of a SELECT and its parameters."""
        wanted: dict[str, Cell] = {}
        if self.day is not None:
            wanted["service_day"] = self.day.isoformat()
        if self.state is not None:
            wanted["state"] = self.state.value
        if self.display is not None:
            wanted["display"] = self.display
        where = " AND ".join(f"{column} = ?" for column in wanted)
        return f"{'WHERE ' + where if where else ''} ORDER BY id", tuple(wanted.values())
