"""What a person must see: one row for each thing, however often it happens."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.db.models import Alert

log = logging.getLogger("server.alerts")

EVENT_ALTERED: Final = "event.altered"
"""A UUID came again with another body: a fault in a kiosk, or somebody's hand."""
SEQ_REUSED: Final = "seq.reused"
"""A seq came again with another event: a restored backup or a copied disk."""
NUMBER_TWICE: Final = "number.twice"
"""Two tickets of one queue and day have the same number on paper."""
STAFF_CALLED: Final = "staff.called"
"""A visitor at a kiosk asks for a person: somebody goes there, then resolves it."""


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
    """Add the alert, or count it up where it is there; a resolved one is open again."""
    query = select(Alert).where(Alert.site_id == site, Alert.kind == kind, Alert.about == about[:120])
    row = session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        log.warning("%s %s: %s", kind, about, detail)
        session.add(
            Alert(
                site_id=site,
                kiosk_id=kiosk,
                kind=kind,
                about=about[:120],
                detail=detail,
                count=1,
                first_at=now,
                last_at=now,
            )
        )
        session.flush()
        return
    row.count += 1
    row.last_at = now
    row.detail = detail
    row.resolved_at = None
