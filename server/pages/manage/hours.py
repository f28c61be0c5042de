"""``/kelola/jam``: the week, breaks, single dates and national holidays, each a form of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from kiosk.core.common import WEEKDAYS
from kiosk.core.holidays import holidays_of
from kiosk.site.faults import Fault, SiteFaults
from server.api.access import Worker
from server.catalogue import SiteDocument
from server.manage.editing import Stale
from server.manage.edits import SetSite
from server.pages.faults import PageProblem
from server.pages.manage.frame import Trouble, Typed, base_of, manage, save, saved, stale, troubles
from server.pages.rendering import language_of
from server.pages.session import Manager, site_of
from server.services import Services

router = APIRouter(include_in_schema=False)
HERE = "/kelola/jam"
CLOCKS: Final = ("open", "close", "last_ticket")
MOST_ROWS: Final = 200


@router.get(HERE)
def show(request: Request, worker: Worker, _person: Manager) -> Response:
    """The four forms."""
    return _page(request, worker, "", {}, Trouble(), site_of(request).number)


@router.post(f"{HERE}/{{part}}")
def put(request: Request, part: str, worker: Worker, _person: Manager, fields: Typed) -> Response:
    """Save one of them."""
    if part not in _READ:
        raise PageProblem(404, "problem_missing")
    language, base = language_of(request), base_of(fields)
    edit = SetSite(_READ[part](fields, site_of(request)), part)
    try:
        return saved(HERE, save(worker, request, base, edit))
    except SiteFaults as error:
        rows = _rows(fields, part)
        trouble = troubles(error, lambda fault: _own(fault, part, rows), language)
    except Stale as error:
        trouble, base = stale(error, language, lambda one: one.kind == "site"), error.number
    return _page(request, worker, part, fields, trouble, base)


def _clock(text: str) -> str:
    """``8.00`` is how a clock is written here."""
    text = text.strip().replace(".", ":")
    return f"0{text}" if text.find(":") == 1 else text


def _hours(fields: Mapping[str, str], name: str) -> dict[str, str]:
    return {clock: _clock(fields.get(f"{name}.{clock}", "")) for clock in CLOCKS}


def _rows(fields: Mapping[str, str], part: str) -> list[str]:
    """Return the rows that hold something and are not to be removed, in their order."""
    found = []
    for index in range(MOST_ROWS):
        name = f"{part}.{index}"
        mine = {key: value for key, value in fields.items() if key.startswith(f"{name}.")}
        if any(value.strip() for value in mine.values()) and f"{name}.remove" not in mine:
            found.append(name)
    return found


def _text(fields: Mapping[str, str], name: str, languages: tuple[str, ...]) -> dict[str, str]:
    found = {tag: fields.get(f"{name}.name.{tag}", "").strip() for tag in languages}
    return {tag: text for tag, text in found.items() if text}


def _week(fields: Mapping[str, str], _site: SiteDocument) -> dict[str, Any]:
    days = (day for day in WEEKDAYS if f"week.{day}.closed" not in fields)
    return {"week": {day: _hours(fields, f"week.{day}") for day in days}}


def _breaks(fields: Mapping[str, str], site: SiteDocument) -> dict[str, Any]:
    return {
        "breaks": [
            {
                "days": [day for day in WEEKDAYS if f"{name}.{day}" in fields],
                "start": _clock(fields.get(f"{name}.start", "")),
                "end": _clock(fields.get(f"{name}.end", "")),
                "name": _text(fields, name, site.site.languages),
            }
            for name in _rows(fields, "breaks")
        ]
    }


def _overrides(fields: Mapping[str, str], site: SiteDocument) -> dict[str, Any]:
    rows = []
    for name in _rows(fields, "overrides"):
        hours = _hours(fields, name)
        rows.append(
            {
                "date": fields.get(f"{name}.date", "").strip(),
                "name": _text(fields, name, site.site.languages),
                "hours": hours if any(hours.values()) else None,
            }
        )
    return {"overrides": sorted(rows, key=lambda row: str(row["date"]))}


def _holidays(fields: Mapping[str, str], site: SiteDocument) -> dict[str, Any]:
    present = site.site.holidays.model_dump(mode="json")
    dates = [line.strip() for line in fields.get("holidays.open_anyway", "").split("\n") if line.strip()]
    return {"holidays": present | {"national": "holidays.national" in fields, "open_anyway": dates}}


_READ = {"week": _week, "breaks": _breaks, "overrides": _overrides, "holidays": _holidays}


def _own(fault: Fault, part: str, rows: list[str]) -> str | None:
    """``breaks[1].start`` → the second row that was sent; ``week.mon`` → that day."""
    place = fault.place
    if not place.startswith(part):
        return None
    if part == "week":
        return ".".join(place.split(".")[:2])
    if part == "holidays":
        return "holidays.open_anyway"
    index = place.removeprefix(f"{part}[").partition("]")[0]
    return rows[int(index)] if index.isdigit() and int(index) < len(rows) else part


def _page(
    request: Request, worker: Services, part: str, fields: Mapping[str, str], trouble: Trouble, base: int
) -> Response:
    site = site_of(request)
    values = _present(site)
    if part:  # what was typed in this form, and only that
        values = {key: text for key, text in values.items() if not key.startswith(f"{part}.")} | dict(fields)
    today = site.day(worker.now())
    return manage(
        request,
        "hours.html",
        status=409 if trouble.stale else (422 if trouble else 200),
        values=values,
        breaks=_count(values, "breaks"),
        overrides=_count(values, "overrides"),
        base=base,
        sent=part,
        trouble=trouble,
        days=WEEKDAYS,
        next_holidays=_next_holidays(site, today),
    )


def _count(values: Mapping[str, str], part: str) -> range:
    """Return the rows to show: those with something in them, and an empty one."""
    used = [int(key.split(".")[1]) for key, text in values.items() if key.startswith(f"{part}.") and text]
    return range(min(MOST_ROWS, max(used, default=-1) + 2))


def _present(site: SiteDocument) -> dict[str, str]:
    found: dict[str, str] = {}

    def hours(name: str, row: Any) -> None:
        for clock in CLOCKS:
            found[f"{name}.{clock}"] = f"{getattr(row, clock):%H:%M}"

    for day in WEEKDAYS:
        if (row := site.site.week.get(day)) is not None:
            hours(f"week.{day}", row)
        else:
            found[f"week.{day}.closed"] = "1"
    for index, pause in enumerate(site.site.breaks):
        name = f"breaks.{index}"
        found |= {f"{name}.{day}": "1" for day in pause.days}
        found |= {f"{name}.start": f"{pause.start:%H:%M}", f"{name}.end": f"{pause.end:%H:%M}"}
        found |= {f"{name}.name.{tag}": text for tag, text in pause.name.items()}
    for index, one in enumerate(site.site.overrides):
        name = f"overrides.{index}"
        found[f"{name}.date"] = one.date.isoformat()
        found |= {f"{name}.name.{tag}": text for tag, text in one.name.items()}
        if one.hours is not None:
            hours(name, one.hours)
    if site.site.holidays.national:
        found["holidays.national"] = "1"
    found["holidays.open_anyway"] = "\n".join(day.isoformat() for day in site.site.holidays.open_anyway)
    return found


def _next_holidays(site: SiteDocument, today: dt.date) -> list[tuple[dt.date, Mapping[str, str]]]:
    country = site.site.holidays.country
    try:
        both = [*holidays_of(country, today.year).items(), *holidays_of(country, today.year + 1).items()]
    except ValueError:  # a country the library does not know
        return []
    return sorted(
        (day, names) for day, names in both if day >= today and day not in site.site.holidays.open_anyway
    )[:6]
