"""``/kelola/penutupan``: closing a service or a counter now, with a message, and opening it again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from kiosk.site.faults import SiteFaults
from server.api.access import Worker
from server.catalogue import SiteDocument
from server.counters_closed import closed_counters
from server.db.models_management import Closure
from server.errors import UpkeepError
from server.manage import closing
from server.manage.editing import Saved, Stale
from server.pages.manage.frame import Trouble, Typed, base_of, manage, saved, stale, troubles
from server.pages.rendering import language_of
from server.pages.session import Manager, see, site_of
from server.services import Services
from server.sessions import Person
from server.words import say

router = APIRouter(include_in_schema=False)
HERE = "/kelola/penutupan"


@router.get(HERE)
def show(request: Request, worker: Worker, person: Manager, layanan: str = "") -> Response:
    """What is closed, and the two forms."""
    return _page(request, worker, person, {"service": layanan}, Trouble())


@router.post(f"{HERE}/layanan")
def close_service(request: Request, worker: Worker, person: Manager, fields: Typed) -> Response:
    """Close one service, or all of an agency (``agency:C``)."""
    site, language = site_of(request), language_of(request)
    chosen = fields.get("service", "")
    if chosen.startswith("agency:"):
        services = site.catalogue.services_by_agency.get(chosen.removeprefix("agency:"), ())
        codes = tuple(one.code for one in services)
    else:
        codes = tuple(code for code in (chosen,) if code in site.catalogue.service_by_code)
    trouble, until, text = _read(fields, site, worker.now(), language, "service")
    if not codes:
        trouble.add("service", say("close_needs", language))
    base = base_of(fields)
    if not trouble:
        try:
            return saved(HERE, _close(worker, person, base, codes, text, until))
        except SiteFaults as error:
            trouble = troubles(error, lambda _: "service.message.id", language)
        except Stale as error:
            trouble, base = stale(error, language, lambda one: one.code in codes), error.number
    return _page(request, worker, person, fields, trouble, base)


def _close(
    worker: Services,
    person: Person,
    base: int,
    codes: tuple[str, ...],
    text: Mapping[str, str],
    until: dt.datetime | None,
) -> Saved:
    def work(session: Session) -> Saved:
        return closing.close_services(
            session,
            worker.catalogues,
            person.site_id,
            base,
            codes,
            text,
            until,
            who=person.name,
            now=worker.now(),
        )

    return worker.database.write(work)


@router.post(f"{HERE}/layanan/{{code}}/buka")
def open_service(request: Request, code: str, worker: Worker, person: Manager, fields: Typed) -> Response:
    """Open a service again."""

    def work(session: Session) -> Saved:
        return closing.open_services(
            session,
            worker.catalogues,
            person.site_id,
            base_of(fields),
            (code,),
            who=person.name,
            now=worker.now(),
        )

    try:
        return saved(HERE, worker.database.write(work))
    except Stale as error:
        late = stale(error, language_of(request), lambda one: one.code == code)
        return _page(request, worker, person, {}, late, error.number)
    except UpkeepError:  # it is not there any more
        return see(HERE)


@router.post(f"{HERE}/loket")
def close_counter(request: Request, worker: Worker, person: Manager, fields: Typed) -> Response:
    """Close one counter."""
    language, now = language_of(request), worker.now()
    counter = fields.get("counter", "").strip()
    trouble, until, text = _read(fields, site_of(request), now, language, "counter")
    if not 0 < len(counter) <= 40:
        trouble.add("counter", say("close_needs", language))
    if trouble:
        return _page(request, worker, person, fields, trouble)

    def work(session: Session) -> None:
        closing.close_counter(session, person.site_id, counter, text, until, who=person.name, now=now)

    worker.database.write(work)
    return see(HERE)


@router.post(f"{HERE}/loket/buka")
def open_counter(worker: Worker, person: Manager, fields: Typed) -> Response:
    """Open a counter again."""
    counter = fields.get("counter", "")

    def work(session: Session) -> None:
        closing.open_counter(session, person.site_id, counter, who=person.name, now=worker.now())

    worker.database.write(work)
    return see(HERE)


def _read(
    fields: Mapping[str, str], site: SiteDocument, now: dt.datetime, language: str, form: str
) -> tuple[Trouble, dt.datetime | None, dict[str, str]]:
    """Return what is wrong with message and time, until when (None: until it is opened), and the message."""
    trouble = Trouble()
    text = {tag: fields.get(f"{form}.message.{tag}", "").strip() for tag in site.site.languages}
    for tag, words in text.items():
        if not words:
            trouble.add(f"{form}.message.{tag}", say("message_needs", language))
    until = None
    if fields.get(f"{form}.until") == "time":
        try:
            there = dt.datetime.fromisoformat(fields.get(f"{form}.moment", ""))
            until = there.replace(tzinfo=site.zone).astimezone(dt.UTC)
            closing.judge_until(until, now)
        except (ValueError, OverflowError, UpkeepError):
            trouble.add(f"{form}.moment", say("until_needs", language))
    return trouble, until, text


def _page(
    request: Request,
    worker: Services,
    person: Person,
    fields: Mapping[str, str],
    trouble: Trouble,
    base: int | None = None,
) -> Response:
    site, now = site_of(request), worker.now()

    def read(session: Session) -> tuple[dict[str, Closure], list[tuple[Closure, dict[str, str]]]]:
        counters = closed_counters(session, person.site_id, now)
        known = closing.closed_until(session, person.site_id)
        return known, [(row, json.loads(row.text)) for row in counters]

    known, counters = worker.database.read(read)
    later = (now + dt.timedelta(hours=1)).astimezone(site.zone).replace(minute=0, second=0)
    return manage(
        request,
        "closures.html",
        status=409 if trouble.stale else (422 if trouble else 200),
        closed=[one for one in site.catalogue.services if one.closed is not None],
        known=known,
        counters=counters,
        values={
            "service.moment": f"{later:%Y-%m-%dT%H:%M}",
            "counter.moment": f"{later:%Y-%m-%dT%H:%M}",
            **fields,
        },
        base=site.number if base is None else base,
        catalogue=site.catalogue,
        trouble=trouble,
    )
