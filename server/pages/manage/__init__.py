"""``/kelola``: the pages that keep a site. Each module has a router; the rules are in ``server.manage``."""

from __future__ import annotations

from fastapi import APIRouter


def router() -> APIRouter:
    """Return every route under ``/kelola`` and ``/kios``."""
    from server.pages.manage import (
        closures,
        hours,
        kiosks,
        log,
        overview,
        people,
        quotas,
        records,
        spreadsheet,
        texts,
    )

    made = APIRouter(include_in_schema=False)
    for part in (overview, closures, hours, quotas, texts, spreadsheet, log, people, kiosks, records):
        made.include_router(part.router)
    return made
