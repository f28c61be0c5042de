"""``/hari-ini``: how the day goes, for the manager, and what any days were like, to look at and to take away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from server import charts, counters, exports, figures, words
from server.api.access import Worker
from server.counter_view import agency_of
from server.figures import MOST_DAYS, Figures, Row
from server.pages.faults import PageProblem
from server.pages.rendering import language_of, page
from server.pages.session import Manager, site_of
from server.services import Services

router = APIRouter(include_in_schema=False)

PATH = "/hari-ini"
Day = Annotated[str, Query(max_length=10)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get(PATH)
def today_page(
    request: Request, worker: Worker, person: Manager, dari: Day = "", sampai: Day = ""
) -> Response:
    """The figures, live for today."""
    document, now = site_of(request), worker.now()
    first, last = _period(request, now, dari, sampai)
    found, _ = _read(request, worker, first, last, now)
    every = worker.database.read(lambda session: counters.listed(session, person.site_id))
    language = language_of(request)
    say, agency = partial(words.say, language=language), _agency(request)
    waiting = sorted(
        ((queue, one) for queue, one in found.queues if one.waiting), key=lambda pair: -pair[1].waiting
    )
    timed = [(queue, one) for queue, one in found.queues if one.wait is not None]
    return page(
        request,
        "today.html",
        found=found,
        agency=agency,
        today=document.day(now),
        is_today=first == last == document.day(now),
        opened=sum(one.officer is not None for one in every),
        counters=len(every),
        share=round(100 * found.total.served / found.total.issued) if found.total.issued else 0,
        hours_chart=charts.columns(
            say("today_by_hour_alt"),
            [f"{one.hour:02d}" for one in found.hours],
            [one.issued for one in found.hours],
            [one.served for one in found.hours],
        ),
        waiting_chart=charts.bars(
            say("today_waiting_alt"),
            [f"{queue}  {agency(queue)}" for queue, _ in waiting],
            [one.waiting for _, one in waiting],
            width=480,
        )
        if waiting
        else None,
        times_chart=charts.bars(
            say("today_times_alt"),
            [f"{queue}  {agency(queue)}" for queue, _ in timed],
            [one.wait or 0 for _, one in timed],
            [one.service or 0 for _, one in timed],
        )
        if timed
        else None,
        day=lambda day: f"{day:%d-%m-%Y}",
    )


@router.get(f"{PATH}/tiket.csv")
def tickets_csv(
    request: Request, worker: Worker, person: Manager, dari: Day = "", sampai: Day = ""
) -> Response:
    """Every ticket of the days."""
    del person
    first, last = _period(request, worker.now(), dari, sampai)
    _, rows = _read(request, worker, first, last, worker.now())
    table = exports.tickets(site_of(request), rows, language_of(request), _say(request))
    return _file(exports.as_csv(table), "text/csv; charset=utf-8", f"tiket-{_span(first, last)}.csv")


@router.get(f"{PATH}/angka.csv")
def figures_csv(
    request: Request, worker: Worker, person: Manager, dari: Day = "", sampai: Day = ""
) -> Response:
    """The figures of the days by queue."""
    del person
    first, last = _period(request, worker.now(), dari, sampai)
    found, _ = _read(request, worker, first, last, worker.now())
    table = exports.summary(found, _agency(request), _say(request))
    return _file(exports.as_csv(table), "text/csv; charset=utf-8", f"angka-{_span(first, last)}.csv")


@router.get(f"{PATH}/antrean.xlsx")
def workbook(request: Request, worker: Worker, person: Manager, dari: Day = "", sampai: Day = "") -> Response:
    """All of it as a workbook."""
    del person
    first, last = _period(request, worker.now(), dari, sampai)
    found, rows = _read(request, worker, first, last, worker.now())
    say = _say(request)
    content = exports.as_workbook(
        (
            (say("today_sheet_queues"), exports.summary(found, _agency(request), say)),
            (say("today_sheet_hours"), exports.by_hour(found, say)),
            (
                say("today_sheet_tickets"),
                exports.tickets(site_of(request), rows, language_of(request), say),
            ),
        )
    )
    return _file(content, XLSX, f"antrean-{_span(first, last)}.xlsx")


def _read(
    request: Request, worker: Services, first: dt.date, last: dt.date, now: dt.datetime
) -> tuple[Figures, list[Row]]:
    document = site_of(request)

    def read(session: Session) -> list[Row]:
        return figures.rows(session, document.site.id, first, last)

    rows = worker.database.read(read)
    return figures.figures(document, rows, first, last, now), rows


def _period(request: Request, now: dt.datetime, first: str, last: str) -> tuple[dt.date, dt.date]:
    """Return the days that are asked for; without any, today. Raises PageProblem 400."""
    today = site_of(request).day(now)
    try:
        begin = dt.date.fromisoformat(first or last) if first or last else today
        end = dt.date.fromisoformat(last or first) if first or last else today
    except ValueError:
        raise PageProblem(400, "problem_period") from None
    if not 0 <= (end - begin).days < MOST_DAYS:
        raise PageProblem(400, "problem_period")
    return begin, end


def _agency(request: Request) -> Callable[[str], str]:
    document, language = site_of(request), language_of(request)

    def agency(queue: str) -> str:
        names = agency_of(document, queue)
        return (names.get(language) or names["id"]).replace("\u00ad", "")

    return agency


def _say(request: Request) -> Callable[[str], str]:
    language = language_of(request)
    return lambda key: words.say(key, language)


def _span(first: dt.date, last: dt.date) -> str:
    return f"{first}" if first == last else f"{first}_{last}"


def _file(content: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Referrer-Policy": "same-origin"}
    return Response(content, 200, headers, media_type=media_type)
