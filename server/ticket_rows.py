"""Tickets between the database and ``server.projection``, many rows with each statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import fields
from typing import Final, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from server.db.dialects import among
from server.db.models import Ticket
from server.projection import Facts

_TABLE: Final = cast(Table, Ticket.__table__)
_NAMES: Final = tuple(field.name for field in fields(Facts))
_SELECT: Final = select(*(_TABLE.c[name] for name in _NAMES))
_FIXED: Final = ("uuid", "kiosk_id", "site_id", "service_day", "queue", "service")
_UPDATE: Final = (
    update(_TABLE)
    .where(_TABLE.c.uuid == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _NAMES if name not in _FIXED})
)


def load(session: Session, uuids: Collection[UUID]) -> dict[UUID, Facts]:
    """Return what is known of ``uuids``, locked in their order."""
    query = (
        _SELECT.where(among(session, _TABLE.c.uuid, sorted(uuids))).order_by(_TABLE.c.uuid).with_for_update()
    )
    return {row.uuid: Facts(*row) for row in session.execute(query)}


def add(session: Session, tickets: Iterable[Facts]) -> None:
    """Add tickets that are new: they wait in their own queue and were not called."""
    rows = [
        {name: getattr(ticket, name) for name in _NAMES}
        | {"call_state": "waiting", "call_queue": ticket.queue, "calls": 0}
        for ticket in tickets
    ]
    if rows:
        session.execute(insert(_TABLE), rows)


def change(session: Session, tickets: Iterable[Facts]) -> None:
    """Write what events changed. What the counters did stays as it is."""
    rows = [
        {"of": ticket.uuid} | {f"new_{name}": getattr(ticket, name) for name in _NAMES if name not in _FIXED}
        for ticket in tickets
    ]
    if rows:
        session.connection().execute(_UPDATE, rows)
