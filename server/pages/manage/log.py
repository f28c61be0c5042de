"""``/kelola/versi`` and ``/kelola/catatan``: every version with what it changed, and who did what."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from kiosk.site.faults import SiteFaults
from server.api.access import Worker
from server.db.models import Audit
from server.manage import editing
from server.manage.difference import Change, Data, difference
from server.manage.editing import Stale, data_of
from server.manage.edits import Restore
from server.pages.faults import PageProblem
from server.pages.manage.frame import Trouble, Typed, base_of, manage, save, saved, stale, troubles
from server.pages.manage.showing import shown_changes
from server.pages.rendering import language_of
from server.pages.session import Manager, site_of
from server.services import Services
from server.sessions import Person

router = APIRouter(include_in_schema=False)
PAGE_ROWS = 50


@router.get("/kelola/versi")
def versions(request: Request, worker: Worker, person: Manager) -> Response:
    """The newest hundred."""
    rows = worker.database.read(lambda session: editing.versions(session, person.site_id))
    return manage(request, "versions.html", rows=rows)


@router.get("/kelola/versi/{number}")
def version(request: Request, number: int, worker: Worker, person: Manager) -> Response:
    """What one version changed, and what going back to it would."""
    return _page(request, worker, person, number, Trouble(), site_of(request).number)


@router.post("/kelola/versi/{number}")
def restore(request: Request, number: int, worker: Worker, person: Manager, fields: Typed) -> Response:
    """Put it in force again."""
    base, language = base_of(fields), language_of(request)
    data, _ = _documents(worker, person, number)
    try:
        return saved("/kelola/versi", save(worker, request, base, Restore(data, number)))
    except SiteFaults as error:  # judged by the rules of today
        trouble = troubles(error, lambda _: None, language)
    except Stale as error:
        trouble, base = stale(error, language), error.number
    return _page(request, worker, person, number, trouble, base)


def _documents(worker: Services, person: Person, number: int) -> tuple[Data, Data | None]:
    def read(session: Session) -> tuple[Data, Data | None]:
        document = editing.document(session, person.site_id, number)
        return document, editing.document(session, person.site_id, number - 1) if number > 1 else None

    try:
        return worker.database.read(read)
    except LookupError as error:
        raise PageProblem(404, "problem_missing") from error


def _page(
    request: Request, worker: Services, person: Person, number: int, trouble: Trouble, base: int
) -> Response:
    site, language = site_of(request), language_of(request)
    data, before = _documents(worker, person, number)
    did: tuple[Change, ...] = difference(before, data) if before is not None else ()
    back = difference(data_of(site), data)
    return manage(
        request,
        "version.html",
        status=409 if trouble.stale else (422 if trouble else 200),
        number=number,
        first=before is None,
        did=shown_changes(did, language),
        back=shown_changes(back, language),
        base=base,
        trouble=trouble,
    )


@router.get("/kelola/catatan")
def audit_log(
    request: Request,
    worker: Worker,
    person: Manager,
    q: Annotated[str, Query(max_length=100)] = "",
    jenis: Annotated[str, Query(max_length=60)] = "",
    sejak: Annotated[str, Query(max_length=10)] = "",
    sebelum: Annotated[int | None, Query(ge=0, lt=2**62)] = None,
) -> Response:
    """Who changed what: filtered by words, kind and date, newest first."""
    site = site_of(request)
    try:
        day = dt.date.fromisoformat(sejak) if sejak else None
    except ValueError:
        day = None

    def read(session: Session) -> tuple[list[Audit], list[str]]:
        query = _visible(select(Audit), person)
        kinds = sorted(session.scalars(_visible(select(Audit.what).distinct(), person)))
        if q:
            words = f"%{q.translate(_ESCAPED)}%"
            query = query.where(Audit.who.ilike(words, escape="\\") | Audit.details.ilike(words, escape="\\"))
        if jenis:
            query = query.where(Audit.what == jenis)
        if day is not None:
            query = query.where(Audit.at >= dt.datetime.combine(day, dt.time.min, tzinfo=site.zone))
        if sebelum is not None:
            query = query.where(Audit.id < sebelum)
        return list(session.scalars(query.order_by(Audit.id.desc()).limit(PAGE_ROWS + 1))), kinds

    rows, kinds = worker.database.read(read)
    return manage(
        request,
        "audit.html",
        rows=[(row, _told(row)) for row in rows[:PAGE_ROWS]],
        older=rows[PAGE_ROWS - 1].id if len(rows) > PAGE_ROWS else None,
        kinds=kinds,
        q=q,
        kind=jenis,
        since=sejak if day else "",
    )


_ESCAPED = str.maketrans({"\\": "\\\\", "%": r"\%", "_": r"\_"})


def _visible(query: Select[Any], person: Person) -> Select[Any]:
    """Somebody of one site sees what is about it, and what they did themselves."""
    if len(person.sites) > 1:
        return query
    return query.where(
        Audit.details.contains(f'"site": "{person.site_id}"', autoescape=True) | (Audit.who == person.name)
    )


def _told(row: Audit) -> list[tuple[str, str]]:
    """Return an audit line's details, in short: the rest is in the versions."""
    details: dict[str, Any] = json.loads(row.details)
    found: list[tuple[str, str]] = []
    for key, value in details.items():
        if key == "changes":
            for change in value[:5]:
                fields = ", ".join(change.get("fields", {}))
                name = f"{change['kind']} {change['code']}".strip()
                found.append((change["what"], f"{name}{': ' + fields if fields else ''}"))
        elif key not in ("site", "counts") and value not in (None, {}, []):
            text = ", ".join(map(str, value.values())) if isinstance(value, dict) else str(value)
            found.append((key, text[:200]))
    return found
