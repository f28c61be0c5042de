"""``/kelola/kuota``: how many numbers a day each queue and service gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from kiosk.site.faults import Fault, SiteFaults
from kiosk.site.sheet_columns import Unreadable, from_cell
from server.api.access import Worker
from server.manage.editing import Stale
from server.manage.edits import SetQuotas
from server.pages.manage.frame import Trouble, Typed, base_of, manage, save, saved, stale, troubles
from server.pages.rendering import language_of
from server.pages.session import Manager, site_of
from server.wording import site_faults

router = APIRouter(include_in_schema=False)
HERE = "/kelola/kuota"


@router.get(HERE)
def show(request: Request, _person: Manager, instansi: Annotated[str, Query(max_length=12)] = "") -> Response:
    """Every queue; of the services those with a quota, and those of one agency."""
    return _page(request, instansi, {}, Trouble(), site_of(request).number)


@router.post(HERE)
def put(request: Request, worker: Worker, _person: Manager, fields: Typed) -> Response:
    """Save those that were shown."""
    language, base = language_of(request), base_of(fields)
    trouble = Trouble()
    quotas: dict[str, dict[str, Any]] = {"queues": {}, "services": {}}
    for name, text in fields.items():
        kind, _, code = name.partition(".")
        if kind in quotas:
            try:
                quotas[kind][code] = from_cell("number", text)
            except Unreadable as error:
                trouble.add(name, site_faults.told(str(error), language))
    agency = fields.get("instansi", "")
    if not trouble:
        edit = SetQuotas(quotas["queues"], quotas["services"])
        try:
            done = save(worker, request, base, edit)
            return saved(f"{HERE}?instansi={agency}" if agency.isalnum() else HERE, done)
        except SiteFaults as error:
            trouble = troubles(error, _own, language)
        except Stale as error:
            trouble, base = stale(error, language), error.number
    return _page(request, agency, fields, trouble, base)


def _own(fault: Fault) -> str | None:
    """``queues[2] (C).quota`` → ``queues.C``."""
    kind, _, rest = fault.place.partition("[")
    code = rest.partition("(")[2].partition(")")[0]
    return f"{kind}.{code}" if code else None


def _page(request: Request, agency: str, fields: Mapping[str, str], trouble: Trouble, base: int) -> Response:
    site = site_of(request)
    services = [
        one
        for one in site.catalogue.services
        if one.agency == agency or one.quota is not None or f"services.{one.code}" in fields
    ]

    def value(kind: str, row: Any) -> str:
        return fields.get(f"{kind}.{row.code}", "" if row.quota is None else str(row.quota))

    return manage(
        request,
        "quotas.html",
        status=409 if trouble.stale else (422 if trouble else 200),
        agency=agency,
        services=services,
        catalogue=site.catalogue,
        value=value,
        base=base,
        trouble=trouble,
    )
