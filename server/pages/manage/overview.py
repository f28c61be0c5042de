"""``/kelola``: what is in force, what is closed, and where to go."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from kiosk.site.rules import PICTOGRAMS
from server.api.access import Worker
from server.counters_closed import closed_counters
from server.manage import editing
from server.pages.faults import PageProblem
from server.pages.manage.frame import manage
from server.pages.session import Manager, site_of

router = APIRouter(include_in_schema=False)


@router.get("/kelola/piktogram/{name}")
def pictogram(name: str, _person: Manager) -> Response:
    """One of the pictograms an agency may have."""
    if name not in {path.name for path in PICTOGRAMS.glob("agency-*.svg")}:
        raise PageProblem(404, "problem_missing")
    return FileResponse(
        PICTOGRAMS / name, media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=86400"}
    )


@router.get("/kelola")
def overview(request: Request, worker: Worker, person: Manager) -> Response:
    """The site at a glance."""
    site, now = site_of(request), worker.now()
    last = worker.database.read(lambda session: editing.versions(session, person.site_id, most=1))[0]
    counters = worker.database.read(lambda session: closed_counters(session, person.site_id, now))
    today = site.day(now)
    return manage(
        request,
        "overview.html",
        last=last,
        closed=[one for one in site.catalogue.services if one.closed is not None],
        counters=counters,
        dates=[one for one in sorted(site.site.overrides, key=lambda one: one.date) if one.date >= today][:5],
        unverified=sum(one.must_verify for one in site.catalogue.services),
    )
