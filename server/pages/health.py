"""``/healthz``: the process lives. ``/readyz``: it can serve. ``/metrics``: figures for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Request
from sqlalchemy import text
from starlette.responses import JSONResponse, Response

from kiosk.sync.wire import ProblemCode
from server.api.access import Worker
from server.catalogue import site_ids
from server.db import migrate
from server.errors import DatabaseError, Refusal
from server.services import address_of

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def healthz() -> Response:
    """Answer at once, without the database: a supervisor restarts only what does not answer this."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def readyz(worker: Worker) -> Response:
    """Whether the database answers, has this version's tables and holds a site."""
    checks = {"database": False, "schema": False, "site": False}
    try:
        worker.database.read(lambda session: session.execute(text("SELECT 1")).scalar_one())
        checks["database"] = True
        checks["schema"] = migrate.present(worker.database) == migrate.newest()
        checks["site"] = checks["schema"] and bool(worker.database.read(site_ids))
    except DatabaseError:
        checks["database"] = False
    ready = all(checks.values())
    told: dict[str, object] = {"status": "ok" if ready else "not ready", "checks": checks}
    if worker.settings.board_voices and not worker.voice.available:
        told["notes"] = {"voice": "espeak-ng is not installed: the board plays its chime alone"}
    return JSONResponse(told, 200 if ready else 503)


@router.get("/metrics")
def metrics(request: Request, worker: Worker) -> Response:
    """Figures in Prometheus' text format, for the networks of ``metrics_from`` alone."""
    if not worker.may_read_metrics(address_of(request)):
        raise Refusal(403, ProblemCode.NOT_ALLOWED, "Metrics are told to the networks in metrics_from alone.")
    return Response(worker.metrics.text(worker.gauges), media_type="text/plain; version=0.0.4; charset=utf-8")
