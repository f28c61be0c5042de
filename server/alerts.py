"""What a person must see: one row for each thing, however often it happens. Raised once and cleared once, and the
webhooks hear of both: the notice is written in the same transaction, and ``server.webhooks`` delivers it."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Mapping
from typing import Final, Literal
from uuid import UUID

import uuid6
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.models import Alert
from server.db.models_management import AlertNotice

log = logging.getLogger("server.alerts")

EVENT_ALTERED: Final = "event.altered"
"""A UUID came again with another body: a fault in a kiosk, or somebody's hand."""
SEQ_REUSED: Final = "seq.reused"
"""A seq came again with another event: a restored backup or a copied disk."""
NUMBER_TWICE: Final = "number.twice"
"""Two tickets of one queue and day have the same number on paper."""
STAFF_CALLED: Final = "staff.called"
"""A visitor at a kiosk asks for a person: somebody goes there, then resolves it."""
KIOSK_SILENT: Final = "kiosk.silent"
PRINTER_OUT: Final = "printer.out"
PAPER_LOW: Final = "paper.low"
OUTBOX_STUCK: Final = "outbox.stuck"
EVENTS_REJECTED: Final = "events.rejected"
SEQ_GAP: Final = "seq.gap"
CLOCK_OFF: Final = "clock.off"
DISK_FULL: Final = "disk.full"

WATCHED: Final = (
    PRINTER_OUT,
    KIOSK_SILENT,
    EVENTS_REJECTED,
    SEQ_GAP,
    OUTBOX_STUCK,
    CLOCK_OFF,
    DISK_FULL,
    PAPER_LOW,
)
"""Raised and cleared by what the kiosks tell (``server.conditions``). The others are cleared by a person."""
WORST_FIRST: Final = (
    STAFF_CALLED,
    PRINTER_OUT,
    KIOSK_SILENT,
    NUMBER_TWICE,
    SEQ_REUSED,
    EVENT_ALTERED,
    *WATCHED[2:],
)
"""The order in which a person should look at them."""


def rank(kind: str) -> int:
    """Return the place of ``kind`` in the order of urgency; 0 is worst."""
    return WORST_FIRST.index(kind) if kind in WORST_FIRST else len(WORST_FIRST)


def raise_alert(
    session: Session,
    now: dt.datetime,
    *,
    site: str,
    kind: str,
    about: str,
    detail: str,
    kiosk: UUID | None = None,
) -> None:
    """Add the alert, or count it up where it is there; one that was over is open again, as a new one."""
    query = select(Alert).where(Alert.site_id == site, Alert.kind == kind, Alert.about == about[:120])
    row = session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        log.warning("%s %s: %s", kind, about, detail)
        row = Alert(
            site_id=site,
            kiosk_id=kiosk,
            kind=kind,
            about=about[:120],
            detail=detail,
            count=1,
            first_at=now,
            last_at=now,
        )
        session.add(row)
        session.flush()
        _notice(session, row, "alert.raised", now)
        return
    row.count += 1
    row.last_at = now
    row.detail = detail
    row.kiosk_id = kiosk
    if row.resolved_at is not None:
        row.resolved_at, row.first_at, row.count = None, now, 1
        _notice(session, row, "alert.raised", now)


def clear(session: Session, alert: Alert, now: dt.datetime) -> bool:
    """Say that it is over; False where it was already. ``alert`` was read in this transaction, for update."""
    if alert.resolved_at is not None:
        return False
    alert.resolved_at = now
    log.warning("%s %s: over", alert.kind, alert.about)
    _notice(session, alert, "alert.cleared", now)
    return True


def _notice(
    session: Session, alert: Alert, what: Literal["alert.raised", "alert.cleared"], now: dt.datetime
) -> None:
    notice = UUID(bytes=uuid6.uuid7().bytes)
    told: Mapping[str, object] = {
        "type": what,
        "timestamp": now.isoformat(),
        "data": {
            "alert": alert.id,
            "site": alert.site_id,
            "kiosk": None if alert.kiosk_id is None else str(alert.kiosk_id),
            "kind": alert.kind,
            "about": alert.about,
            "detail": alert.detail,
            "since": alert.first_at.isoformat(),
        },
    }
    text = json.dumps({"id": str(notice), **told}, ensure_ascii=False, separators=(",", ":"))
    session.add(AlertNotice(id=notice, site_id=alert.site_id, body=text, at=now))
