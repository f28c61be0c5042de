"""The tickets the server holds, as rows for a list or an export."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.models import Allotment, Ticket


def tickets(session: Session, site_id: str, day: dt.date) -> list[dict[str, Any]]:
    """Return every ticket of ``site_id`` on ``day``, by queue and number. A number that was allotted and of whose
    paper nothing was heard yet has ``"paper": "allotted"``; one that was given up is not there."""
    told = session.scalars(select(Ticket).where(Ticket.site_id == site_id, Ticket.service_day == day))
    rows = [_ticket(ticket) for ticket in told]
    reported = select(Ticket.uuid).where(Ticket.uuid == Allotment.ticket).exists()
    waiting = select(Allotment).where(
        Allotment.site_id == site_id, Allotment.service_day == day, Allotment.given_up_at.is_(None), ~reported
    )
    rows += [_allotted(row) for row in session.scalars(waiting)]
    return sorted(rows, key=lambda row: (row["queue"], row["value"] or 0, row["ticket"]))


def _ticket(ticket: Ticket) -> dict[str, Any]:
    return {
        "ticket": str(ticket.uuid),
        "number": ticket.number,
        "value": ticket.value,
        "queue": ticket.queue,
        "service": ticket.service,
        "agency": ticket.agency,
        "priority": ticket.priority,
        "kiosk": str(ticket.kiosk_id),
        "issued_at": ticket.issued_at.isoformat() if ticket.issued_at else None,
        "paper": ticket.paper,
        "cause": ticket.cause,
        "kept": ticket.kept,
        "voided": ticket.voided_at is not None,
        "void_reason": ticket.void_reason,
        "copies": ticket.copies,
        "place": ticket.place,
        "call_state": ticket.call_state,
        "counter": ticket.counter,
    }


def _allotted(row: Allotment) -> dict[str, Any]:
    return {
        "ticket": str(row.ticket),
        "number": row.number,
        "value": row.value,
        "queue": row.queue,
        "service": row.service,
        "agency": None,
        "priority": row.priority,
        "kiosk": str(row.kiosk_id),
        "issued_at": None,
        "paper": "allotted",
        "cause": None,
        "kept": False,
        "voided": False,
        "void_reason": None,
        "copies": 0,
        "place": None,
        "call_state": "waiting",
        "counter": None,
    }
