"""Events on the wire: the envelope and the body of each kind, as ``kiosk.core.events`` makes them.

The envelope is checked first and the body by its ``type``, each event by itself. ``body_hash`` is the SHA-256 of
the body's canonical JSON (``kiosk.core.events.canonical``), so that one UUID never means two things. Unknown
fields of a body are kept and hashed with the rest; what an older end does not know, it passes over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
)

from kiosk.core import events
from kiosk.core.catalogue import Code, QueueCode

KIOSK_LOCKED: Final = "kiosk.locked"
KIOSK_UNLOCKED: Final = "kiosk.unlocked"

MAX_SEQ: Final = 2**53 - 1
"""The largest whole number every JSON reader keeps exactly (RFC 8259, section 6)."""


def _no_number(value: object) -> object:
    if isinstance(value, int | float):
        # pydantic makes a field's problem of a ValueError alone
        raise ValueError("must be written as text (ISO 8601); a number could be anything")  # noqa: TRY004
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_no_number)]
"""A time with its offset: ``2026-11-24T02:41:07Z``."""
Day = Annotated[dt.date, BeforeValidator(_no_number)]
"""``2026-11-24``."""

# NUL is the one character PostgreSQL cannot store in a text.
Line = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00]*$")]
Value: TypeAlias = Annotated[str, StringConstraints(max_length=2000)] | StrictInt | StrictBool | None
"""What a body holds: flat, without fractions, so that its canonical JSON is the same everywhere."""


class Event(BaseModel):
    """One thing that happened at a kiosk."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    uuid: UUID
    """UUIDv7. With ``kiosk_id`` it names this event for ever."""
    kiosk_id: UUID
    seq: Annotated[int, Field(ge=1, le=MAX_SEQ, strict=True)]
    """Gapless in the kiosk's store."""
    type: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,20}\.[a-z_]{1,20}$")]
    occurred_at: Moment
    clock_offset_ms: Annotated[int, Field(ge=-MAX_SEQ, le=MAX_SEQ, strict=True)] | None = None
    """The machine's own clock minus the server's, as known then. From two minutes on ``occurred_at`` is the server's
    time (the machine's is this much later); below it is the machine's."""
    schema_version: Annotated[int, Field(ge=1, le=1000, strict=True)]
    body: Annotated[dict[Annotated[str, StringConstraints(max_length=40)], Value], Field(max_length=40)]
    body_hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Body(BaseModel):
    """The base of the bodies."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class TicketBody(Body):
    """What every ticket event says of its ticket."""

    ticket: UUID
    number: Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=r"^[A-Z0-9 ./-]+$")]
    """As printed: ``C-001``."""
    queue: QueueCode
    service: Code
    service_day: Day


class TicketIssued(TicketBody):
    """The number is taken."""

    value: Annotated[int, Field(ge=1, le=999_999, strict=True)]
    kiosk_digit: Annotated[int, Field(ge=0, le=99, strict=True)]
    """The band it came from; 0: the whole series, the kiosk's own or allotted by the server."""
    agency: Code
    priority: StrictBool
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
    token: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16,64}$")]
    place: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00]*$")] | None = None
    """Where a mobile unit stood, in staff's words; None: at its site."""


class TicketPrinted(TicketBody):
    """The printer said so."""

    outcome: Literal["printed"]
    cause: Line | None = None


class TicketUnconfirmed(TicketBody):
    """Bytes left and the printer did not say more."""

    outcome: Literal["unconfirmed"]
    cause: Line | None = None


class TicketNotPrinted(TicketBody):
    """There is no paper. Sent again with ``kept`` when the visitor noted the number."""

    outcome: Literal["not_printed"]
    cause: Line | None = None
    kept: StrictBool


class TicketVoided(TicketBody):
    """Given up: never called."""

    why: Line
    who: Line


class TicketReprinted(TicketBody):
    """A second paper, marked as a copy."""

    copy_: Annotated[int, Field(ge=1, le=1000, strict=True, alias="copy")]  # BaseModel has a method copy
    why: Line
    who: Line


class KioskLocked(Body):
    """Staff closed the kiosk."""

    who: Line
    message: Line = ""


class KioskUnlocked(Body):
    """Staff opened it again."""

    who: Line


class PaperChanged(Body):
    """A new roll is in."""

    who: Line
    tickets: Annotated[int, Field(ge=0, strict=True)] = 0
    """What the old roll gave."""
    used_mm: Annotated[int, Field(ge=0, strict=True)] = 0


class StaffCalled(Body):
    """A visitor asks for a person."""

    screen: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,20}$")]
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


AnyBody: TypeAlias = (
    TicketIssued
    | TicketPrinted
    | TicketUnconfirmed
    | TicketNotPrinted
    | TicketVoided
    | TicketReprinted
    | KioskLocked
    | KioskUnlocked
    | PaperChanged
    | StaffCalled
)

BODIES: Final[Mapping[str, type[AnyBody]]] = {
    events.TICKET_ISSUED: TicketIssued,
    events.TICKET_PRINTED: TicketPrinted,
    events.TICKET_UNCONFIRMED: TicketUnconfirmed,
    events.TICKET_NOT_PRINTED: TicketNotPrinted,
    events.TICKET_VOIDED: TicketVoided,
    events.TICKET_REPRINTED: TicketReprinted,
    KIOSK_LOCKED: KioskLocked,
    KIOSK_UNLOCKED: KioskUnlocked,
    events.PAPER_CHANGED: PaperChanged,
    events.STAFF_CALLED: StaffCalled,
}
"""Event name → what its body must hold."""
