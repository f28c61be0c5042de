"""A batch's items one by one: read and judged without the database, so that a bad one stands alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from kiosk.core.events import SCHEMA_VERSION, body_hash, canonical
from kiosk.sync.wire import EventAnswer, EventCode, EventStatus
from kiosk.sync.wire_events import BODIES, AnyBody, Event, TicketBody

YEARS: Final = range(2000, 2200)
"""A clock without a battery says 1970 or 2000; what lies outside cannot be kept as a moment in every zone."""


@dataclass(frozen=True)
class Read:
    """An event that is sound in itself."""

    index: int
    event: Event
    body: AnyBody
    text: str
    """The body's canonical JSON."""

    @property
    def about(self) -> TicketBody | None:
        """The body, where it is about a ticket."""
        return self.body if isinstance(self.body, TicketBody) else None


def read(items: Sequence[Mapping[str, Any]], kiosk_id: UUID) -> tuple[list[Read], list[EventAnswer]]:
    """Return the sound events of ``kiosk_id`` and the answers to the others."""
    good: list[Read] = []
    bad: list[EventAnswer] = []
    for index, item in enumerate(items):
        one = _read(index, item, kiosk_id)
        if isinstance(one, Read):
            good.append(one)
        else:
            bad.append(one)
    return good, bad


def _read(index: int, item: Mapping[str, Any], kiosk_id: UUID) -> Read | EventAnswer:
    try:
        event = Event.model_validate(item)
    except ValidationError as error:
        return rejected(index, _uuid_of(item), EventCode.MALFORMED, _first(error))
    if event.kiosk_id != kiosk_id:
        detail = f"kiosk_id is {event.kiosk_id}; the token is of {kiosk_id}"
        return rejected(index, event.uuid, EventCode.OTHER_KIOSK, detail)
    if event.schema_version > SCHEMA_VERSION:
        detail = f"schema_version is {event.schema_version}; this server knows up to {SCHEMA_VERSION}"
        return rejected(index, event.uuid, EventCode.NEWER_SCHEMA, detail)
    if event.type not in BODIES:
        detail = f"type is {event.type!r}; allowed: {', '.join(BODIES)}"
        return rejected(index, event.uuid, EventCode.UNKNOWN_TYPE, detail)
    if event.occurred_at.year not in YEARS:
        detail = (
            f"occurred_at is in the year {event.occurred_at.year}; allowed: {YEARS.start} to {YEARS.stop - 1}"
        )
        return rejected(index, event.uuid, EventCode.MALFORMED, detail)
    text = canonical(event.body)
    if body_hash(text) != event.body_hash:
        detail = "body_hash is not the SHA-256 of the body's canonical JSON"
        return rejected(index, event.uuid, EventCode.HASH_WRONG, detail)
    try:
        body = BODIES[event.type].model_validate(event.body)
    except ValidationError as error:
        return rejected(index, event.uuid, EventCode.MALFORMED, f"body.{_first(error)}")
    return Read(index, event, body, text)


def rejected(index: int, uuid: UUID | None, code: EventCode, detail: str) -> EventAnswer:
    """Return the answer that an event was rejected."""
    return EventAnswer(index=index, uuid=uuid, status=EventStatus.REJECTED, code=code, detail=detail[:500])


def _uuid_of(item: Mapping[str, Any]) -> UUID | None:
    try:
        return UUID(str(item.get("uuid")))
    except ValueError:
        return None


def _first(error: ValidationError) -> str:
    detail = error.errors(include_url=False, include_input=False)[0]
    # The key may be any text, and half of a character pair cannot be sent as UTF-8.
    place = ".".join(str(step) for step in detail["loc"])[:100].encode("utf-8", "replace").decode()
    return f"{place}: {detail['msg']}"
