"""Our own central server, spoken to by the wire contract ``/api/v1`` (kiosk.sync.wire)."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import BaseModel, ValidationError

from kiosk.sync.errors import NotOurServer, ServerRefuses
from kiosk.sync.offset import OffsetMeter
from kiosk.sync.server import Document, Fate, Given, QueuesSeen, Told
from kiosk.sync.wire import (
    PREFIX,
    Allotment,
    Enrolled,
    Enrolment,
    EventAnswers,
    EventStatus,
    Heartbeat,
    HeartbeatAnswer,
    NewToken,
    Queues,
)

if TYPE_CHECKING:
    from kiosk.core.outbox import Row
    from kiosk.sync.http import Http

LARGEST_CATALOGUE: Final = 64 << 20
"""Bytes; 200 agencies with 10,000 services take about 20 MB."""

Model = TypeVar("Model", bound=BaseModel)


class AnjunganServer:
    """The central server of ``server/``. Belongs to one thread."""

    def __init__(self, http: Http, kiosk_id: str) -> None:
        self._http, self._kiosk_id = http, kiosk_id
        self._meter = OffsetMeter()

    @property
    def clock_offset_s(self) -> float | None:
        """This machine's clock minus the server's."""
        return self._meter.offset_s(time.monotonic())

    def send(self, rows: Sequence[Row], within_s: float) -> Sequence[Told]:
        """``POST /events``. A batch refused as a whole is halved; what is refused alone is that row's own fault."""
        ends = time.monotonic() + within_s
        body = '{"events":[' + ",".join(self._envelope(row) for row in rows) + "]}"
        try:
            reply = self._http.ask("POST", f"{PREFIX}/events", body, within_s=within_s)
        except ServerRefuses as refusal:
            if len(rows) == 1:
                return (Told(rows[0].seq, Fate.REJECTED, refusal.reason, refusal.text),)
            half = len(rows) // 2
            first = self.send(rows[:half], max(0.1, ends - time.monotonic()))
            return (*first, *self.send(rows[half:], max(0.1, ends - time.monotonic())))
        answers = _read(EventAnswers, reply.text)
        self._meter.hear(answers.server_time.timestamp(), reply.asked_at, reply.answered_at, time.monotonic())
        told = []
        for answer in answers.answers:
            row = rows[answer.index] if answer.index < len(rows) else None
            # Only what is said of this very event counts: its place and its UUID.
            if row is None or (answer.uuid is not None and str(answer.uuid) != row.uuid):
                raise NotOurServer(f"the answer {answer.index} is about an event that was not sent there")
            if answer.status is EventStatus.REJECTED:
                told.append(Told(row.seq, Fate.REJECTED, str(answer.code or "rejected"), answer.detail or ""))
            elif answer.uuid is not None:
                told.append(Told(row.seq, Fate.TAKEN))
        return told

    def allot(self, ticket: str, service: str, priority: bool, day: dt.date, within_s: float) -> Given:
        """``POST /tickets``."""
        asked = {"ticket": ticket, "service": service, "priority": priority, "service_day": day.isoformat()}
        reply = self._http.ask("POST", f"{PREFIX}/tickets", json.dumps(asked), within_s=within_s)
        found = _read(Allotment, reply.text)
        if str(found.ticket) != ticket or found.service != service:
            raise NotOurServer("the number is for another ticket")
        return Given(ticket, found.value, found.queue, found.service_day)

    def catalogue(self, tag: str, within_s: float) -> Document:
        """``GET /catalogue``; whether it can be used is judged by who uses it."""
        reply = self._http.ask(
            "GET", f"{PREFIX}/catalogue", within_s=within_s, tag=tag, most=LARGEST_CATALOGUE
        )
        return Document(tag, None) if reply.status == 304 else Document(reply.etag, reply.text)

    def queues(self, tag: str, within_s: float) -> QueuesSeen:
        """``GET /queues``."""
        reply = self._http.ask("GET", f"{PREFIX}/queues", within_s=within_s, tag=tag)
        if reply.status == 304:
            return QueuesSeen(tag, None)
        return QueuesSeen(reply.etag, _read(Queues, reply.text))

    def heartbeat(self, told: Heartbeat, within_s: float) -> HeartbeatAnswer:
        """``POST /heartbeats``."""
        reply = self._http.ask("POST", f"{PREFIX}/heartbeats", told.model_dump_json(), within_s=within_s)
        answer = _read(HeartbeatAnswer, reply.text)
        self._meter.hear(answer.server_time.timestamp(), reply.asked_at, reply.answered_at, time.monotonic())
        return answer

    def new_token(self, within_s: float) -> str:
        """``POST /tokens``."""
        return _read(NewToken, self._http.ask("POST", f"{PREFIX}/tokens", within_s=within_s).text).token

    def use_token(self, token: str) -> None:
        """Ask with this token from now on."""
        self._http.use_token(token)

    def abort(self) -> None:
        """Break off what is being asked, from another thread."""
        self._http.abort()

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def _envelope(self, row: Row) -> str:
        # Put together as text: the body is sent as it was hashed, never read and written again.
        head = json.dumps(
            {
                "uuid": row.uuid,
                "kiosk_id": self._kiosk_id,
                "seq": row.seq,
                "type": row.type,
                "occurred_at": row.occurred_at,
                "schema_version": row.schema_version,
                "clock_offset_ms": row.clock_offset_ms,
                "body_hash": row.body_hash,
            }
        )
        return f'{head[:-1]},"body":{row.body}}}'


def enrol(http: Http, asked: Enrolment, within_s: float) -> Enrolled:
    """``POST /enrolments``: a pairing code becomes an identity. Raises SyncError."""
    reply = http.ask(
        "POST", f"{PREFIX}/enrolments", asked.model_dump_json(exclude_none=True), within_s=within_s
    )
    return _read(Enrolled, reply.text)


def _read(model: type[Model], text: str) -> Model:
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in detail["loc"])
        raise NotOurServer(f"the answer is not a {model.__name__}: {place}: {detail['msg']}") from error
