"""Closing now, with words: a service (the site's document says so, and every kiosk hears it) or a counter."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from server import audit
from server.catalogue import Catalogues
from server.counters_closed import COUNTER, SERVICE
from server.db.models_management import Closure
from server.errors import UpkeepError
from server.manage import editing
from server.manage.edits import SetClosed, row_of

BY_TIME = "clock"
"""Who opens what was closed until a time."""


def close_services(
    session: Session,
    catalogues: Catalogues,
    site_id: str,
    base: int,
    codes: tuple[str, ...],
    text: Mapping[str, str],
    until: dt.datetime | None,
    *,
    who: str,
    now: dt.datetime,
) -> editing.Saved:
    """Close services until a moment, or until somebody opens them. Raises what ``editing.save`` does."""
    judge_until(until, now)
    _require(session, catalogues, site_id, codes)
    edit = SetClosed(codes, text)
    saved = editing.save(session, catalogues, site_id, base, edit, who=who, now=now, until=until)
    kept = catalogues.current(session, site_id).catalogue.service_by_code
    _end(session, site_id, SERVICE, codes, who, now)
    for code in codes:
        session.add(_row(site_id, SERVICE, code, kept[code].closed or {}, until, who, now))
    return saved


def open_services(
    session: Session,
    catalogues: Catalogues,
    site_id: str,
    base: int,
    codes: tuple[str, ...],
    *,
    who: str,
    now: dt.datetime,
) -> editing.Saved:
    """Open services again."""
    _require(session, catalogues, site_id, codes)
    saved = editing.save(session, catalogues, site_id, base, SetClosed(codes, None), who=who, now=now)
    _end(session, site_id, SERVICE, codes, who, now)
    return saved


def _require(session: Session, catalogues: Catalogues, site_id: str, codes: tuple[str, ...]) -> None:
    known = catalogues.current(session, site_id).catalogue.service_by_code
    if not codes or (unknown := [code for code in codes if code not in known]):
        raise UpkeepError(f"service is {', '.join(unknown) if codes else 'missing'}; choose from the list")


def close_counter(
    session: Session,
    site_id: str,
    counter: str,
    text: Mapping[str, str],
    until: dt.datetime | None,
    *,
    who: str,
    now: dt.datetime,
) -> None:
    """Let nobody be called to ``counter`` until a moment, or until somebody opens it. Raises UpkeepError."""
    judge_until(until, now)
    if not 0 < len(counter) <= 40 or not all(text.get(tag, "").strip() for tag in ("id", "en")):
        raise UpkeepError("counter and message are needed; the message in Indonesian and English")
    _end(session, site_id, COUNTER, (counter,), who, now)
    session.add(_row(site_id, COUNTER, counter, text, until, who, now))
    audit.note(session, now, who, "counter.shut", site=site_id, counter=counter, text=dict(text), until=until)


def open_counter(session: Session, site_id: str, counter: str, *, who: str, now: dt.datetime) -> None:
    """Open a counter again."""
    _end(session, site_id, COUNTER, (counter,), who, now)
    audit.note(session, now, who, "counter.reopened", site=site_id, counter=counter)


def closed_until(session: Session, site_id: str) -> dict[str, Closure]:
    """Return the open closures of services by code: who closed each, and until when."""
    query = select(Closure).where(
        Closure.site_id == site_id, Closure.kind == SERVICE, Closure.ended_at.is_(None)
    )
    return {row.code: row for row in session.scalars(query)}


def due(session: Session, now: dt.datetime) -> Sequence[int]:
    """Return the closures whose time has come."""
    query = select(Closure.id).where(Closure.ended_at.is_(None), Closure.until <= now).order_by(Closure.id)
    return session.scalars(query).all()


def open_due(session: Session, catalogues: Catalogues, closure: int, now: dt.datetime) -> bool:
    """Open what was closed until now; False where somebody was first. What a person closed anew meanwhile stays."""
    row = session.get(Closure, closure, with_for_update=True)
    if row is None or row.ended_at is not None or row.until is None or row.until > now:
        return False
    row.ended_at, row.ended_by = now, BY_TIME
    if row.kind == COUNTER:
        audit.note(session, now, BY_TIME, "counter.reopened", site=row.site_id, counter=row.code)
        return True
    current = catalogues.current(session, row.site_id)
    service = row_of(editing.data_of(current), "services", row.code)
    if service is not None and service["closed"] == json.loads(row.text):
        edit = SetClosed((row.code,), None)
        editing.save(session, catalogues, row.site_id, current.number, edit, who=BY_TIME, now=now)
    return True


def judge_until(until: dt.datetime | None, now: dt.datetime) -> None:
    """Raise UpkeepError for a moment that is past, or far away."""
    if until is not None and not now < until <= now + dt.timedelta(days=366):
        raise UpkeepError(f"until is {until:%Y-%m-%d %H:%M}; allowed: a moment to come, within a year")


def _row(
    site_id: str,
    kind: str,
    code: str,
    text: Mapping[str, str],
    until: dt.datetime | None,
    who: str,
    now: dt.datetime,
) -> Closure:
    words = json.dumps(dict(text), ensure_ascii=False)
    return Closure(site_id=site_id, kind=kind, code=code, text=words, until=until, who=who, at=now)


def _end(session: Session, site_id: str, kind: str, codes: Sequence[str], who: str, now: dt.datetime) -> None:
    session.execute(
        update(Closure)
        .where(
            Closure.site_id == site_id,
            Closure.kind == kind,
            Closure.code.in_(codes),
            Closure.ended_at.is_(None),
        )
        .values(ended_at=now, ended_by=who)
    )
