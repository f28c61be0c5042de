"""``/kelola/impor``: the catalogue as a spreadsheet, out and in; in by a preview and a second step."""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Request, UploadFile
from sqlalchemy.orm import Session
from starlette.responses import Response

from kiosk.site import sheet_columns
from kiosk.site.faults import Fault, SiteFaults
from server.api.access import Worker
from server.errors import UpkeepError
from server.manage import sheets
from server.manage.editing import Saved, Stale
from server.pages.faults import PageProblem
from server.pages.manage.frame import manage, saved
from server.pages.manage.showing import shown_changes
from server.pages.rendering import language_of
from server.pages.session import Manager, see, site_of
from server.wording import site_faults
from server.words import say

router = APIRouter(include_in_schema=False)
HERE = "/kelola/impor"


@router.get(HERE)
def show(request: Request, worker: Worker, _person: Manager) -> Response:
    """Both ways."""
    return _page(request, worker.settings.max_body_bytes)


@router.get(f"{HERE}/katalog.xlsx")
def download(request: Request, _person: Manager) -> Response:
    """The catalogue in force."""
    site = site_of(request)
    headers = {"Content-Disposition": f'attachment; filename="{sheets.file_name(site)}"'}
    return Response(sheets.export(site), media_type=sheets.MEDIA_TYPE, headers=headers)


@router.post(HERE)
def upload(
    request: Request, worker: Worker, person: Manager, file: Annotated[UploadFile | None, File()] = None
) -> Response:
    """Read a spreadsheet: every fault with its place, or a preview that is kept."""
    language, site = language_of(request), site_of(request)
    name = file.filename if file is not None else None
    if file is None or not name:
        return _page(
            request, worker.settings.max_body_bytes, missing=say("import_missing", language), status=422
        )
    try:
        found = sheets.read(file.file.read(), name, site)
    except SiteFaults as error:
        faults = [
            (
                site_faults.place(one.place, language) or one.file,
                _found(one.value),
                site_faults.told(one.problem, language),
            )
            for one in sorted(error.faults, key=_by_row)
        ]
        return _page(request, worker.settings.max_body_bytes, faults=faults, status=422)

    def work(session: Session) -> UUID:
        kept = sheets.keep(session, site, found, name, who=person.name, now=worker.now())
        return kept.draft

    return see(f"{HERE}/{worker.database.write(work)}")


_ORDER = list(sheet_columns.SHEETS.values())


def _by_row(fault: Fault) -> tuple[int, int]:
    """In the spreadsheet's own order, so that a person goes through it once."""
    title = fault.place.partition(",")[0]
    row = re.search(r"row (\d+)", fault.place)
    return _ORDER.index(title) if title in _ORDER else -1, int(row[1]) if row else 0


def _found(value: str) -> str:
    """Return what stands there as a person typed it; a whole group of texts says nothing here."""
    return "" if value.startswith(("{", "[")) else value.strip('"')


def _page(
    request: Request,
    most: int,
    *,
    faults: list[tuple[str, str, str]] | None = None,
    missing: str = "",
    status: int = 200,
) -> Response:
    size = f"{most / 1_000_000:g}"
    return manage(request, "import.html", status=status, faults=faults or [], missing=missing, size=size)


@router.get(f"{HERE}/{{draft}}")
def preview(request: Request, draft: UUID, worker: Worker, person: Manager) -> Response:
    """What it would change."""
    return _preview(request, worker, person.site_id, draft)


@router.post(f"{HERE}/{{draft}}")
def apply(request: Request, draft: UUID, worker: Worker, person: Manager) -> Response:
    """Put exactly that in force."""

    def work(session: Session) -> Saved:
        return sheets.apply(
            session, worker.catalogues, draft, person.site_id, who=person.name, now=worker.now()
        )

    try:
        return saved("/kelola/versi", worker.database.write(work))
    except Stale:
        return _preview(request, worker, person.site_id, draft, late=True)
    except UpkeepError as error:
        raise PageProblem(410, "import_gone") from error


def _preview(request: Request, worker: Worker, site_id: str, draft: UUID, *, late: bool = False) -> Response:
    try:
        kept = worker.database.read(lambda session: sheets.preview(session, draft, site_id, worker.now()))
    except UpkeepError as error:
        raise PageProblem(410, "import_gone") from error
    shown = shown_changes(kept.changes, language_of(request))
    return manage(request, "preview.html", status=409 if late else 200, kept=kept, changes=shown, late=late)
