"""Agencies, services and queues: lists with a search, and one form for each record.

The form's fields are the columns of the spreadsheet (``kiosk.site.sheet_columns``): what may be typed in a cell may be
typed here, and a fault of one is a fault of the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, cast

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from kiosk.core.catalogue import Agency, Queue, Record, Service
from kiosk.site.faults import Fault, SiteFaults
from kiosk.site.rules import PICTOGRAMS
from kiosk.site.sheet_columns import Kind, Unreadable, columns, from_cell, to_cell
from server.api.access import Worker
from server.catalogue import SiteDocument
from server.manage.difference import Data
from server.manage.editing import Stale, data_of, judge
from server.manage.edits import PutRow, RemoveRow, row_of
from server.pages.faults import PageProblem
from server.pages.manage.frame import Trouble, Typed, base_of, fitting, manage, save, saved, stale, troubles
from server.pages.rendering import language_of
from server.pages.session import Manager, site_of
from server.wording import site_faults

router = APIRouter(include_in_schema=False)

PATHS: Final[Mapping[Kind, str]] = {
    "agencies": "/kelola/instansi",
    "services": "/kelola/layanan",
    "queues": "/kelola/antrean",
}
_KINDS: Final = {path.rpartition("/")[2]: kind for kind, path in PATHS.items()}
MOST_ROWS: Final = 200
NEW: Final = "baru"
LONG: Final = frozenset({"requirements", "words", "week", "note", "line", "details_source"})
_INSIDE: Final = ("source", "details_source", "note", "must_verify", "legal_basis", "product")
_NEEDED: Final = frozenset(
    {"code", "agency", "queue", "zone", "name", "short", "line", "source", "pictogram"}
)
_NEEDS: Final = re.compile(r"needs a text for (\w+).*")
GROUPS: Final[Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]] = {
    "agencies": (
        ("group_who", ("code", "short", "name", "pictogram")),
        ("group_visit", ("line",)),
        ("group_inside", _INSIDE),
    ),
    "queues": (
        ("group_who", ("code", "zone", "counters")),
        ("group_rules", ("quota",)),
        ("group_inside", _INSIDE),
    ),
    "services": (
        ("group_who", ("code", "agency", "queue", "short", "name")),
        ("group_visit", ("line", "requirements", "fee_idr", "fee_note", "duration", "complaint", "words")),
        ("group_rules", ("closed", "quota", "week")),
        ("group_inside", _INSIDE),
    ),
}


@dataclass(frozen=True)
class Field:
    """One field of the form."""

    key: str
    name: str
    tag: str
    content: str
    value: str
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False
    spread: bool = False
    """Several lines."""


def _kind(word: str) -> Kind:
    if word not in _KINDS:
        raise PageProblem(404, "problem_missing")
    return _KINDS[word]


@router.get("/kelola/{word}")
def show_list(
    request: Request,
    word: str,
    _person: Manager,
    q: Annotated[str, Query(max_length=100)] = "",
    instansi: Annotated[str, Query(max_length=12)] = "",
) -> Response:
    """The records, searched."""
    kind, site = _kind(word), site_of(request)
    if kind == "agencies":
        rows: list[Any] = [row for row in site.catalogue.agencies if fitting(_agency_text(row), q)]
    elif kind == "queues":
        rows = [row for row in site.catalogue.queues if fitting((row.code, row.zone, row.counters), q)]
    else:
        rows = [
            row
            for row in site.catalogue.services
            if instansi in ("", row.agency) and fitting(_service_text(row, site), q)
        ]
    return manage(
        request,
        f"{kind}.html",
        kind=kind,
        path=PATHS[kind],
        rows=rows[:MOST_ROWS],
        more=max(0, len(rows) - MOST_ROWS),
        count=len(rows),
        q=q,
        agency=instansi,
        catalogue=site.catalogue,
    )


def _agency_text(row: Agency) -> tuple[str, ...]:
    return (row.code, *row.name.values(), *row.short.values(), *row.line.values())


def _service_text(row: Service, site: SiteDocument) -> tuple[str, ...]:
    agency = site.catalogue.agency_by_code[row.agency]
    names = (*row.name.values(), *row.short.values(), *row.line.values(), *row.words)
    return (row.code, row.queue, *names, *agency.short.values())


@router.get("/kelola/{word}/{code}")
def show_form(request: Request, word: str, code: str, _person: Manager, instansi: str = "") -> Response:
    """One record, or an empty one."""
    kind, site = _kind(word), site_of(request)
    row = _found(site, kind, code)
    values = _texts(site, kind, row)
    if row is None and kind == "services":
        values["agency"] = instansi
        values["must_verify"] = "ya"
    return _form(request, kind, code, values, Trouble(), site.number)


@router.post("/kelola/{word}/{code}")
def put(request: Request, word: str, code: str, worker: Worker, _person: Manager, fields: Typed) -> Response:
    """Save one record."""
    kind, site, language = _kind(word), site_of(request), language_of(request)
    base = base_of(fields)
    row, trouble = _read(site, kind, fields, language)
    known = None if code == NEW else code
    if known is not None and row_of(data_of(site), kind, known) is None:
        raise PageProblem(404, "problem_missing")
    edit = PutRow(kind, known, row)
    try:
        if (
            trouble
        ):  # what could not be read is never saved; the rest is judged, so that every fault is told at once
            judge(edit.apply(data_of(site)))
            return _form(request, kind, code, fields, trouble, base)
        done = save(worker, request, base, edit)
    except SiteFaults as error:
        found = troubles(error, lambda fault: _own(fault, kind, row.get("code"), fields), language)
        for name, texts in found.fields.items():
            # What could not be read is not there for the judge either: the first cause is told.
            trouble.fields.setdefault(name, texts)
        trouble.others += found.others
        return _form(request, kind, code, fields, trouble, base)
    except Stale as error:
        late = stale(error, language, lambda change: change.code == known)
        return _form(request, kind, code, fields, late, error.number)
    return saved(f"{PATHS[kind]}/{row['code']}", done)


@router.post("/kelola/{word}/{code}/hapus")
def remove(
    request: Request, word: str, code: str, worker: Worker, _person: Manager, fields: Typed
) -> Response:
    """Take a record away."""
    kind, site, language = _kind(word), site_of(request), language_of(request)
    row, base = _found(site, kind, code), base_of(fields)
    try:
        done = save(worker, request, base, RemoveRow(kind, code))
    except SiteFaults as error:
        trouble = troubles(error, lambda _: None, language)
    except Stale as error:
        trouble, base = stale(error, language, lambda change: change.code == code), error.number
    else:
        return saved(PATHS[kind], done)
    return _form(request, kind, code, _texts(site, kind, row), trouble, base)


def _found(site: SiteDocument, kind: Kind, code: str) -> Agency | Queue | Service | None:
    if code == NEW:
        return None
    catalogue = site.catalogue
    groups: tuple[Mapping[str, Any], ...] = (
        catalogue.agency_by_code,
        catalogue.queue_by_code,
        catalogue.service_by_code,
    )
    found = dict(zip(("agencies", "queues", "services"), groups, strict=True))[kind].get(code)
    if found is None:
        raise PageProblem(404, "problem_missing")
    return cast("Agency | Queue | Service", found)


def _texts(site: SiteDocument, kind: Kind, row: Agency | Queue | Service | None) -> dict[str, str]:
    """Return what stands in the fields at first."""
    if row is None:
        return {}
    data = row.model_dump(mode="json")
    texts: dict[str, str] = {}
    for column in columns(kind, site.site.languages):
        name, _, tag = column.key.partition(".")
        value = data[name]
        cell = to_cell(column.content, value.get(tag) if tag and isinstance(value, dict) else value)
        texts[column.key] = "" if cell is None else str(cell)
    return texts


def _read(
    site: SiteDocument, kind: Kind, fields: Mapping[str, str], language: str
) -> tuple[dict[str, Any], Trouble]:
    """Return the record as typed, and what could not be read of it."""
    row: dict[str, Any] = {}
    trouble = Trouble()
    models: dict[str, type[Record]] = {"agencies": Agency, "queues": Queue, "services": Service}
    for column in columns(kind, site.site.languages):
        name, _, tag = column.key.partition(".")
        try:
            value = from_cell(column.content, fields.get(column.key))
        except Unreadable as error:
            trouble.add(column.key, site_faults.told(str(error), language))
            value = None
        if tag:
            if value is not None:
                row.setdefault(name, {})[tag] = value
        elif value is not None:
            row[name] = value
    # An empty field is one that was emptied, and not one that stays as it was.
    for name, info in models[kind].model_fields.items():
        if name not in row and not info.is_required():
            row[name] = info.get_default(call_default_factory=True)
            row[name] = list(row[name]) if isinstance(row[name], tuple) else row[name]
        elif name not in row:
            row[name] = {} if name in ("name", "short", "line") else ""
    if row.get("must_verify") == "":
        row["must_verify"] = False
    return row, trouble


def _own(fault: Fault, kind: Kind, code: object, keys: Mapping[str, str]) -> str | None:
    """Return the form's field for a place such as ``services[12] (C03).short.en``; None for another record's."""
    head, _, rest = fault.place.partition(".")
    if not head.startswith(f"{kind}[") or (isinstance(code, str) and code and f"({code})" not in head):
        return None
    name = rest.partition("[")[0]
    missing = _NEEDS.fullmatch(fault.problem)
    if missing and f"{name}.{missing[1]}" in keys:
        return f"{name}.{missing[1]}"
    while name and name not in keys:
        if f"{name}.id" in keys:
            return f"{name}.id"
        name = name.rpartition(".")[0]
    return name or ("code" if not rest else None)


def _form(
    request: Request, kind: Kind, code: str, values: Mapping[str, str], trouble: Trouble, base: int
) -> Response:
    site = site_of(request)
    shape = {column.key: column for column in columns(kind, site.site.languages)}
    choices = _choices(site, language_of(request))
    groups: list[tuple[str, list[list[Field]]]] = []
    for title, names in GROUPS[kind]:
        made = [
            [
                Field(
                    key,
                    name,
                    key.partition(".")[2],
                    column.content,
                    values.get(key, ""),
                    choices.get(name, ()),
                    required=name in _NEEDED and (kind, name) != ("agencies", "source"),
                    spread=name in LONG or column.content in ("lines", "week"),
                )
                for key, column in shape.items()
                if key.partition(".")[0] == name
            ]
            for name in names
        ]
        made = [row for row in made if row]
        if made:
            groups.append((title, made))
    row: Data | None = row_of(data_of(site), kind, code)
    services = [one for one in site.catalogue.services if one.agency == code] if kind == "agencies" else []
    return manage(
        request,
        "form.html",
        status=409 if trouble.stale else (422 if trouble else 200),
        kind=kind,
        path=PATHS[kind],
        code=code,
        new=code == NEW,
        row=row,
        groups=groups,
        base=base,
        trouble=trouble,
        services=services,
    )


def _choices(site: SiteDocument, language: str) -> dict[str, tuple[tuple[str, str], ...]]:
    def name(text: Mapping[str, str]) -> str:
        return (text.get(language) or text["id"]).replace("\u00ad", "")

    catalogue = site.catalogue
    yes_no = (("ya", "Ya" if language == "id" else "Yes"), ("tidak", "Tidak" if language == "id" else "No"))
    return {
        "agency": tuple((one.code, f"{one.code} · {name(one.short)}") for one in catalogue.agencies),
        "queue": tuple((one.code, f"{one.code} · {one.zone} {one.counters}") for one in catalogue.queues),
        "zone": tuple((one.code, f"{one.code} · {name(one.name)}") for one in site.site.zones),
        "pictogram": tuple((path.stem, path.stem) for path in sorted(PICTOGRAMS.glob("agency-*.svg"))),
        "must_verify": yes_no,
    }
