"""``/loket``: the officer's page. Everything works by plain forms; ``counter.js`` keeps it current and hears keys.

Each step is one transaction that holds the counter's row: a double press, a second window or a colleague who has
taken the counter over find the state changed, and are told so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from server import calling, counter_view, counters, words
from server.api.access import Worker
from server.calling import CallRefused, CounterShut, Desk
from server.counters import CounterRefused
from server.db.models import Counter
from server.pages.rendering import page
from server.pages.session import Officer, see, site_of
from server.services import Services
from server.sessions import Person

router = APIRouter(include_in_schema=False)

PATH: Final = "/loket"
Ticket = Annotated[UUID, Form()]


@router.get(PATH)
def counter_page(
    request: Request, worker: Worker, person: Officer, kabar: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """The counter the person is at, or the counters there are."""
    document, now = site_of(request), worker.now()
    note = kabar if kabar.startswith("counter_note_") and kabar in words.WORDS else ""

    def read(session: Session) -> tuple[counter_view.Room | None, list[counters.CounterState]]:
        row = counters.mine(session, person)
        if row is None:
            return None, counters.listed(session, person.site_id)
        return counter_view.room(session, document, row, worker.rule, now), []

    room, every = worker.database.read(read)
    if room is None:
        zones = [
            (zone, [one for one in every if one.zone == zone.code])
            for zone in document.site.zones
            if any(one.zone == zone.code for one in every)
        ]
        rest = [one for one in every if one.zone not in {zone.code for zone in document.site.zones}]
        agencies = {
            queue.code: counter_view.agency_of(document, queue.code) for queue in document.catalogue.queues
        }
        return page(request, "counter_choose.html", zones=zones, rest=rest, agencies=agencies, note=note)

    def clock(moment: dt.datetime) -> str:
        return f"{moment.astimezone(document.zone):%H.%M}"

    return page(request, "counter.html", room=room, note=note, clock=clock)


@router.post(f"{PATH}/buka")
def open_counter(
    request: Request,
    worker: Worker,
    person: Officer,
    counter: Annotated[str, Form(max_length=8)],
    over: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """Be at a counter."""
    document = site_of(request)
    return _done(
        worker,
        lambda session: counters.take(session, document, person, counter, worker.now(), over=over == "ya"),
    )


@router.post(f"{PATH}/antrean")
def choose_queues(
    request: Request,
    worker: Worker,
    person: Officer,
    queue: Annotated[list[str], Form(max_length=400)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Serve other queues."""
    document = site_of(request)
    return _done(worker, lambda session: counters.choose(session, document, person, queue, worker.now()))


@router.post(f"{PATH}/istirahat")
def pause(request: Request, worker: Worker, person: Officer) -> Response:
    """Call nobody for a while."""
    day = site_of(request).day(worker.now())
    return _done(worker, lambda session: counters.pause(session, day, person, worker.now()))


@router.post(f"{PATH}/lanjut")
def resume(worker: Worker, person: Officer) -> Response:
    """Go on."""
    return _done(worker, lambda session: counters.resume(session, person, worker.now()))


@router.post(f"{PATH}/tutup")
def close(request: Request, worker: Worker, person: Officer) -> Response:
    """Close the counter."""
    day = site_of(request).day(worker.now())
    return _done(worker, lambda session: counters.leave(session, day, person, worker.now()))


@router.post(f"{PATH}/panggil")
def call_next(request: Request, worker: Worker, person: Officer) -> Response:
    """Call the next one."""
    return _at_desk(
        request,
        worker,
        person,
        lambda session, desk, now: _next(session, request, worker, desk, now),
        calls=True,
    )


@router.post(f"{PATH}/lagi")
def call_again(request: Request, worker: Worker, person: Officer, ticket: Ticket) -> Response:
    """Call the same one again."""
    return _at_desk(
        request, worker, person, lambda session, desk, now: calling.call_again(session, desk, ticket, now)
    )


@router.post(f"{PATH}/mulai")
def start(request: Request, worker: Worker, person: Officer, ticket: Ticket) -> Response:
    """The visitor is here."""
    return _at_desk(
        request, worker, person, lambda session, desk, now: calling.start(session, desk, ticket, now)
    )


@router.post(f"{PATH}/selesai")
def finish(
    request: Request,
    worker: Worker,
    person: Officer,
    ticket: Ticket,
    then: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """The visitor is served; perhaps the next one at once."""

    def work(session: Session, desk: Desk, now: dt.datetime) -> None:
        calling.finish(session, desk, ticket, now)
        if then == "panggil":
            _next(session, request, worker, desk, now, must=False)

    return _at_desk(request, worker, person, work)


@router.post(f"{PATH}/tidak-datang")
def no_show(request: Request, worker: Worker, person: Officer, ticket: Ticket) -> Response:
    """Nobody came."""
    return _at_desk(
        request, worker, person, lambda session, desk, now: calling.no_show(session, desk, ticket, now)
    )


@router.post(f"{PATH}/kembali")
def put_back(request: Request, worker: Worker, person: Officer, ticket: Ticket) -> Response:
    """Back into the line."""
    return _at_desk(
        request, worker, person, lambda session, desk, now: calling.put_back(session, desk, ticket, now)
    )


@router.post(f"{PATH}/pindah")
def transfer(
    request: Request,
    worker: Worker,
    person: Officer,
    ticket: Ticket,
    queue: Annotated[str, Form(max_length=3)],
) -> Response:
    """Into another queue."""
    known = {one.code for one in site_of(request).catalogue.queues}

    def work(session: Session, desk: Desk, now: dt.datetime) -> None:
        if queue not in known:
            raise CounterRefused("counter_note_queue")
        calling.transfer(session, desk, ticket, queue, now)

    return _at_desk(request, worker, person, work)


def _next(
    session: Session, request: Request, worker: Services, desk: Desk, now: dt.datetime, *, must: bool = True
) -> None:
    day = site_of(request).day(now)
    if calling.at_counter(session, desk.site_id, day, desk.counter):
        raise CounterRefused("counter_note_busy")
    if calling.call_next(session, desk, day, worker.rule, now) is None and must:
        raise CounterRefused("counter_note_empty")


def _at_desk(
    request: Request,
    worker: Services,
    person: Person,
    step: Callable[[Session, Desk, dt.datetime], object],
    *,
    calls: bool = False,
) -> Response:
    document, now = site_of(request), worker.now()

    def work(session: Session) -> None:
        row: Counter = counters.held(session, person)
        if calls and row.paused_at is not None:
            raise CounterRefused("counter_note_paused")
        serves = counters.served(document, row, counters.codes(row.serves))
        step(session, Desk(row.site_id, row.code, serves, person.name), now)

    return _done(worker, work)


def _done(worker: Services, work: Callable[[Session], object]) -> Response:
    """Do it and show the page; what could not be done is said there."""
    try:
        worker.database.write(work)
    except CounterRefused as refused:
        return see(f"{PATH}?kabar={refused.word}")
    except CounterShut:
        return see(f"{PATH}?kabar=counter_note_shut")
    except CallRefused:
        return see(f"{PATH}?kabar=counter_note_gone")
    return see(PATH)
