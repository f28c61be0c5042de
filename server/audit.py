"""Who changed what. Every change by a person or a command leaves a row; none is ever changed."""

from __future__ import annotations

import datetime as dt
import json

from sqlalchemy.orm import Session

from server.db.models import Audit


def note(session: Session, now: dt.datetime, who: str, what: str, **details: object) -> None:
    """Add a line: ``what`` is like ``catalogue.imported``; ``details`` hold no secret."""
    text = json.dumps(details, ensure_ascii=False, default=str, sort_keys=True)
    session.add(Audit(at=now, who=who, what=what, details=text))
