"""Counters that are closed now: nobody is called to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.db.models_management import Closure

SERVICE, COUNTER = "service", "counter"
"""Kinds of closures."""


def closed_counters(session: Session, site_id: str, now: dt.datetime) -> Sequence[Closure]:
    """Return the counters of a site that are closed now, with their words (JSON by language) and until when."""
    query = select(Closure).where(
        Closure.site_id == site_id,
        Closure.kind == COUNTER,
        Closure.ended_at.is_(None),
        or_(Closure.until.is_(None), Closure.until > now),
    )
    return session.scalars(query.order_by(Closure.code)).all()
