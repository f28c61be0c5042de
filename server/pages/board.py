"""``/papan``: the board on the lobby's wall, its stream, its chime and its voice.

The address says what a television shows: ``/papan?site=S&zone=A`` or ``&queue=A,C``, ``&lang=en``, and
``&voice=id,en`` (or ``off``) where it shall speak otherwise than ``board_voices``.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Annotated, Final
from urllib.parse import urlencode

import anyio.to_thread
from babel.dates import format_date
from fastapi import APIRouter, Header, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import FileResponse, HTMLResponse, Response

from kiosk.sync.wire import ProblemCode
from server import words
from server.api.access import Worker
from server.board import chime, view
from server.board.announcement import LANGUAGES, announcement
from server.board.view import Board, Cut
from server.board.voice import VoiceError
from server.catalogue import SiteDocument, site_ids
from server.db.models import Call, Ticket
from server.errors import Refusal
from server.pages.rendering import page, render
from server.services import Services, address_of

router = APIRouter(include_in_schema=False)

SILENT: Final = "off"
FOREVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}

Site = Annotated[str | None, Query(max_length=40)]
Zone = Annotated[str | None, Query(max_length=12)]
Queues = Annotated[str | None, Query(max_length=200)]
Language = Annotated[str | None, Query(max_length=10)]


class _NoSuchBoard(Exception):
    """The address names what the site has not."""


def _cut(
    session: Session,
    worker: Services,
    site: str | None,
    zone: str | None,
    queue: str | None,
    lang: str | None,
) -> Cut | None:
    """Return what the address asks for; None where it does not say which of several sites."""
    known = site_ids(session)
    if site is None and len(known) != 1:
        return None
    chosen = site or known[0]
    if chosen not in known:
        raise _NoSuchBoard
    document = worker.catalogues.current(session, chosen)
    queues = {one.code: one.zone for one in document.catalogue.queues}
    asked = frozenset(part.strip().upper() for part in (queue or "").split(",") if part.strip())
    if not asked <= queues.keys() or (zone and zone not in {one.code for one in document.site.zones}):
        raise _NoSuchBoard
    language = lang if lang in words.LANGUAGES else words.LANGUAGES[0]
    if zone:
        asked = frozenset(code for code in asked or queues if queues[code] == zone)
    return Cut(chosen, asked if asked or zone else None, zone, language)


@router.get("/papan")
def board(
    request: Request,
    worker: Worker,
    site: Site = None,
    zone: Zone = None,
    queue: Queues = None,
    lang: Language = None,
    voice: Annotated[str | None, Query(max_length=20)] = None,
) -> Response:
    """The page for a 1080p television; any other size works, too."""
    worker.pages.take(f"page {address_of(request)}")

    def read(session: Session) -> tuple[Cut, Board] | None:
        cut = _cut(session, worker, site, zone, queue, lang)
        return (cut, view.read(session, worker.catalogues, cut.site_id, worker.now())) if cut else None

    try:
        found = worker.database.read(read)
    except _NoSuchBoard:
        return _choose(request, worker, "board_unknown", 404)
    if found is None:
        return _choose(request, worker, "board_choose", 200)
    cut, shown = found
    plain = partial(view.plain, language=cut.language)
    state = view.state(shown, cut, worker.board.build, voice=worker.voice.available)
    site_of = shown.document.site
    zones = {one.code: plain(one.name) for one in site_of.zones}
    asked = {"site": cut.site_id, "zone": zone, "queue": queue, "lang": cut.language}
    now = worker.now()
    local = now.astimezone(shown.document.zone)
    text = render(
        "board.html",
        state=state,
        data=json.dumps(
            state | {"now": int(now.timestamp() * 1000), "ids": [row.id for row in shown.calls]},
            ensure_ascii=False,
        ),
        events="/papan/kejadian?" + urlencode({key: value for key, value in asked.items() if value}),
        chime="" if voice == SILENT else f"/papan/bel.wav?v={chime.tag()}",
        voices=",".join(_voices(voice, worker)),
        name=plain(site_of.name),
        region=plain(site_of.region),
        part=zones.get(zone or "", ""),
        timezone=site_of.timezone,
        clock=f"{local:%H.%M}" if cut.language == "id" else f"{local:%H:%M}",
        date=format_date(local, "EEEE, d MMMM y", locale=cut.language),
        language=cut.language,
        number_words=words.say("board_number", cut.language, word=plain(site_of.queue_word)).capitalize(),
        serving_words=words.say("board_serving", cut.language, counter=plain(site_of.counter_word).lower()),
        say=partial(words.say, language=cut.language),
    )
    return HTMLResponse(text)


def _voices(asked: str | None, worker: Services) -> tuple[str, ...]:
    if asked is None:
        return worker.settings.board_voices
    return tuple(part for part in asked.split(",") if part in LANGUAGES)


def _choose(request: Request, worker: Services, word: str, status: int) -> Response:
    def read(session: Session) -> list[SiteDocument]:
        return [worker.catalogues.current(session, site) for site in site_ids(session)]

    return page(request, "board_choose.html", status=status, word=word, documents=worker.database.read(read))


@router.get("/papan/kejadian")
def events(
    request: Request,
    worker: Worker,
    site: Site = None,
    zone: Zone = None,
    queue: Queues = None,
    lang: Language = None,
    after: Annotated[int | None, Query(ge=0)] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> Response:
    """The stream: what was missed after ``Last-Event-ID`` (or ``after``), what is shown, and every change of it."""
    worker.pages.take(f"board {address_of(request)}")
    try:
        cut = worker.database.read(lambda session: _cut(session, worker, site, zone, queue, lang))
    except _NoSuchBoard:
        cut = None
    if cut is None:
        raise Refusal(404, ProblemCode.NOT_FOUND, "There is no such board.")
    last = (
        int(last_event_id) if last_event_id and last_event_id.isascii() and last_event_id.isdigit() else after
    )
    return worker.board.stream(cut, last)


@router.get("/papan/bel.wav")
def bell() -> Response:
    """The chime."""
    return Response(chime.wav(), media_type="audio/wav", headers=FOREVER)


@router.get("/papan/suara/{call}.{language}.wav")
async def spoken(request: Request, worker: Worker, call: int, language: str) -> Response:
    """What is said of the call with this id: nobody can have the server say anything else."""
    worker.pages.take(f"board {address_of(request)}")
    sentence = await anyio.to_thread.run_sync(
        worker.database.read, partial(_sentence, worker, call, language)
    )
    if sentence is None:
        raise Refusal(404, ProblemCode.NOT_FOUND, "There is no such call.")
    try:
        file = await worker.voice.file(sentence, language)
    except VoiceError:  # it has logged why
        raise Refusal(
            503, ProblemCode.UNAVAILABLE, "This server has no voice.", headers={"Retry-After": "60"}
        ) from None
    return FileResponse(file, media_type="audio/wav", headers={"Cache-Control": "private, max-age=3600"})


def _sentence(worker: Services, call: int, language: str, session: Session) -> str | None:
    row = session.get(Call, call) if 0 < call < 2**63 else None
    if row is None or language not in LANGUAGES or row.what not in view.CALLED:
        return None
    site = worker.catalogues.current(session, row.site_id).site
    ticket = session.get(Ticket, row.ticket)
    return announcement(
        row.number,
        row.counter,
        language,
        queue_word=view.plain(site.queue_word, language),
        counter_word=view.plain(site.counter_word, language),
        priority=ticket is not None and ticket.priority,
    )
