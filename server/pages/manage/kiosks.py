"""``/kios``: how each kiosk is, what needs a person now, and what can be done from here."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from kiosk.sync.wire import DeviceClass, Heartbeat
from server import alerts, audit, enrolment, heartbeats, ingest, words
from server.api.access import Worker
from server.conditions import conditions, word_of
from server.db.models import Alert, Kiosk
from server.pages.faults import PageProblem
from server.pages.manage.frame import Trouble, Typed, manage
from server.pages.rendering import language_of
from server.pages.session import Manager, see, site_of
from server.services import Services
from server.sessions import Person
from server.watch import is_open
from server.words import say

router = APIRouter(include_in_schema=False)
HERE = "/kios"


@dataclass(frozen=True)
class Need:
    """One thing for a person to do."""

    rank: int
    title: str
    hint: str
    where: str
    kiosk: str
    since: dt.datetime | None
    alert: int | None
    """A person says when it is over; None: the kiosk will."""
    detail: str


@dataclass(frozen=True)
class Row:
    """One device of the list."""

    kiosk: Kiosk
    name: str
    word: Heartbeat | None
    state: str
    seen: str
    missing: int
    troubled: bool


@router.get(HERE)
def show(request: Request, worker: Worker, person: Manager) -> Response:
    """Everything at once, worst first."""
    language, now, settings = language_of(request), worker.now(), worker.settings

    def read(session: Session) -> tuple[list[Row], list[Need]]:
        site_open = is_open(session, worker.catalogues, person.site_id, now)
        open_alerts = session.scalars(
            select(Alert).where(Alert.site_id == person.site_id, Alert.resolved_at.is_(None))
        ).all()
        since = {(row.kind, row.about): row.first_at for row in open_alerts}
        rows, needs, names = [], [], {}
        for kiosk in heartbeats.kiosks(session, person.site_id):
            name = names[kiosk.id] = name_of(kiosk, language)
            found = conditions(kiosk, settings, now, is_open=site_open)
            rows.append(_row(kiosk, name, bool(found), now, language))
            needs += [
                Need(
                    alerts.rank(one.kind),
                    say(f"alert_{one.kind}", language, **one.values),
                    say(f"do_{one.kind}", language),
                    name,
                    str(kiosk.id),
                    since.get((one.kind, str(kiosk.id))),
                    None,
                    _extra(one.values, language),
                )
                for one in found
            ]
        for alert in open_alerts:
            if alert.kind not in alerts.WATCHED:
                where = names.get(alert.kiosk_id, "") if alert.kiosk_id else ""
                needs.append(_told(alert, where, language))
        return rows, sorted(needs, key=lambda one: one.rank)

    rows, needs = worker.database.read(read)
    rows.sort(
        key=lambda row: (not row.troubled, row.kiosk.device_class != DeviceClass.KIOSK, row.kiosk.digit)
    )
    cause = partial(cause_of, language=language)
    return manage(request, "kiosks.html", rows=rows, needs=needs, cause=cause, classes=list(DeviceClass))


def name_of(kiosk: Kiosk, language: str) -> str:
    """Return what people call a device: its name and its digit."""
    called = kiosk.name or say(f"class_{kiosk.device_class}", language)
    return f"{called} · {kiosk.digit}" if kiosk.digit else called


def _extra(values: Mapping[str, object], language: str) -> str:
    parts = []
    if values.get("left") is not None:
        parts.append(say("paper_left", language, count=values["left"]))
    if values.get("cause"):
        parts.append(cause_of(str(values["cause"]), language))
    return ", ".join(parts)


def cause_of(cause: str, language: str) -> str:
    """Return a printer's trouble in words; one that is not known here as the kiosk told it."""
    key = f"cause_{cause}"
    return say(key, language) if key in words.WORDS else cause


def _told(alert: Alert, where: str, language: str) -> Need:
    known = f"alert_{alert.kind}" in words.WORDS
    return Need(
        alerts.rank(alert.kind),
        say(f"alert_{alert.kind}" if known else "alert_other", language),
        say(f"do_{alert.kind}", language) if known else alert.kind,
        where,
        str(alert.kiosk_id or ""),
        alert.first_at,
        alert.id,
        alert.detail,
    )


def _row(kiosk: Kiosk, name: str, troubled: bool, now: dt.datetime, language: str) -> Row:
    wanted = kiosk.lock_message is not None
    if wanted != kiosk.locked:
        state = "locking" if wanted else "opening"
    else:
        state = "locked" if kiosk.locked else ("trouble" if troubled else "well")
    return Row(
        kiosk,
        name,
        word_of(kiosk),
        state,
        ago(kiosk.seen_at, now, language),
        heartbeats.missing_seqs(kiosk),
        troubled,
    )


def ago(at: dt.datetime | None, now: dt.datetime, language: str) -> str:
    """Return how long ago ``at`` was, as people say it."""
    if at is None:
        return say("seen_never", language)
    seconds = (now - at).total_seconds()
    if seconds < 90:
        return say("seen_now", language)
    for key, size, most in (("minutes", 60, 7200), ("hours", 3600, 172_800), ("days", 86_400, float("inf"))):
        if seconds < most:
            return say(f"seen_{key}", language, count=int(seconds // size))
    raise AssertionError("unreachable: the last one holds always")


@router.post(f"{HERE}/kode")
def pair(request: Request, worker: Worker, person: Manager, fields: Typed) -> Response:
    """Make a pairing code and show it, once."""
    asked, now = fields.get("class", "kiosk"), worker.now()
    if asked not in list(DeviceClass):
        raise PageProblem(422, "problem_form")

    def work(session: Session) -> str:
        return enrolment.make_code(session, person.site_id, DeviceClass(asked), who=person.name, now=now)

    worker.pairing.take(f"pairing {person.id}")
    code = worker.database.write(work)
    until = now + enrolment.CODE_LIFE
    return manage(
        request,
        "pairing.html",
        code=f"{code[:4]} {code[4:]}",
        until=until,
        clock=f"{until.astimezone(site_of(request).zone):%H.%M}",
        seconds=int(enrolment.CODE_LIFE.total_seconds()),
        device_class=asked,
    )


@router.get(f"{HERE}/kode")
def pair_again(_person: Manager) -> Response:
    """A code is shown once: a reload makes none."""
    return see(HERE)


@router.post(f"{HERE}/peringatan/{{alert}}")
def settle(alert: int, worker: Worker, person: Manager) -> Response:
    """A person has taken care of it."""

    def work(session: Session) -> None:
        row = session.scalars(
            select(Alert).where(Alert.id == alert, Alert.site_id == person.site_id).with_for_update()
        ).one_or_none()
        if row is not None and row.kind not in alerts.WATCHED and alerts.clear(session, row, worker.now()):
            audit.note(
                session,
                worker.now(),
                person.name,
                "alert.settled",
                kind=row.kind,
                about=row.about,
                site=row.site_id,
            )

    worker.database.write(work)
    return see(HERE)


@router.get(f"{HERE}/{{kiosk}}")
def show_one(request: Request, kiosk: UUID, worker: Worker, person: Manager) -> Response:
    """One device, and what can be done to it."""
    return _one(request, worker, person, kiosk, {}, Trouble())


@router.post(f"{HERE}/{{kiosk}}/kunci")
def lock(request: Request, kiosk: UUID, worker: Worker, person: Manager, fields: Typed) -> Response:
    """Close it with a message."""
    site, language = site_of(request).site, language_of(request)
    message = {tag: " ".join(fields.get(f"message.{tag}", "").split())[:400] for tag in site.languages}
    trouble = Trouble()
    for tag, text in message.items():
        if not text:
            trouble.add(f"message.{tag}", say("message_needs", language))
    if trouble:
        return _one(request, worker, person, kiosk, fields, trouble)
    return _set_lock(worker, person, kiosk, message)


@router.post(f"{HERE}/{{kiosk}}/buka")
def unlock(kiosk: UUID, worker: Worker, person: Manager) -> Response:
    """Open it."""
    return _set_lock(worker, person, kiosk, None)


def _set_lock(worker: Services, person: Person, kiosk: UUID, message: dict[str, str] | None) -> Response:
    def work(session: Session) -> None:
        _own(session, kiosk, person)
        enrolment.set_lock(session, kiosk, message, who=person.name, now=worker.now())

    worker.database.write(work)
    return see(f"{HERE}/{kiosk}?selesai=1")


@router.post(f"{HERE}/{{kiosk}}/cabut")
def revoke(request: Request, kiosk: UUID, worker: Worker, person: Manager, fields: Typed) -> Response:
    """End its access for ever."""
    if fields.get("sure") != "1":
        trouble = Trouble()
        trouble.add("sure", say("kiosk_revoke_needs", language_of(request)))
        return _one(request, worker, person, kiosk, fields, trouble)

    def work(session: Session) -> None:
        _own(session, kiosk, person)
        enrolment.revoke(session, kiosk, who=person.name, now=worker.now())
        for row in session.scalars(
            select(Alert).where(Alert.kiosk_id == kiosk, Alert.kind.in_(alerts.WATCHED)).with_for_update()
        ):
            alerts.clear(session, row, worker.now())

    worker.database.write(work)
    return see(HERE)


def _own(session: Session, kiosk: UUID, person: Person) -> Kiosk:
    """Return the device where it is of the person's site and not revoked. Raises PageProblem."""
    row = session.get(Kiosk, kiosk)
    if row is None or row.site_id != person.site_id or row.revoked_at is not None:
        raise PageProblem(404, "kiosk_gone")
    return row


def _one(
    request: Request,
    worker: Services,
    person: Person,
    kiosk: UUID,
    fields: Mapping[str, str],
    trouble: Trouble,
) -> Response:
    language, now = language_of(request), worker.now()

    def read(session: Session) -> tuple[Row, list[tuple[int, int]], list[tuple[str, str, str]]]:
        row = _own(session, kiosk, person)
        site_open = is_open(session, worker.catalogues, person.site_id, now)
        found = conditions(row, worker.settings, now, is_open=site_open)
        gaps = ingest.missing_seqs(session, kiosk, 20) if heartbeats.missing_seqs(row) else []
        told = [
            (
                say(f"alert_{one.kind}", language, **one.values),
                say(f"do_{one.kind}", language),
                _extra(one.values, language),
            )
            for one in found
        ]
        return _row(row, name_of(row, language), bool(found), now, language), gaps, told

    row, gaps, found = worker.database.read(read)
    message = json.loads(row.kiosk.lock_message) if row.kiosk.lock_message else {}
    return manage(
        request,
        "kiosk.html",
        cause=partial(cause_of, language=language),
        status=422 if trouble else 200,
        row=row,
        gaps=gaps,
        found=found,
        message=message,
        values=fields,
        trouble=trouble,
        languages=site_of(request).site.languages,
        did="selesai" in request.query_params,
    )
