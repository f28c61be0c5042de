"""The wire contract ``/api/v1`` as pydantic models: both ends use these, and the OpenAPI is made from them.

================================ ==================================== =========================================
call                             sends                                gets
================================ ==================================== =========================================
``POST /enrolments``             :class:`Enrolment`                   :class:`Enrolled`
``POST /tokens``                 nothing                              :class:`NewToken`
``GET /catalogue``               ``If-None-Match``                    :class:`SiteCatalogue`, or 304
``POST /tickets``                :class:`TicketRequest`               :class:`Allotment`
``POST /events``                 :class:`EventBatch`                  :class:`EventAnswers`
``GET /queues``                  ``If-None-Match``                    :class:`Queues`, or 304
``POST /heartbeats``             :class:`Heartbeat`                   :class:`HeartbeatAnswer`
================================ ==================================== =========================================

The events themselves are in ``kiosk.sync.wire_events``. Everything but the enrolment is sent with
``Authorization: Bearer <token>``. What goes wrong is a :class:`Problem` (RFC 9457,
``application/problem+json``) with a stable ``code``.

Two ends of different versions understand each other: a field that one does not know is passed over, never an
error; a change that an older end would misread raises ``kiosk.core.events.SCHEMA_VERSION``. Fields are
only added, with a default.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    WithJsonSchema,
)

from kiosk.core.catalogue import Catalogue, Code, QueueCode, Site
from kiosk.sync.wire_events import MAX_SEQ, Day, Line, Moment

PREFIX: Final = "/api/v1"
MAX_BATCH: Final = 500
"""Events in one batch."""
PAIRING_ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""RFC 8628, section 6.1: no vowels, so no words; no digits, so no 0 or 1. Eight of them are 34.6 bits."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]


def _number(value: object) -> object:
    if isinstance(value, str | bool):
        raise ValueError("must be a number, without quotes")  # noqa: TRY004 - pydantic knows ValueError alone
    return value


# The bounds stand before the validator: only then are they in the published schema.
Count = Annotated[int, Field(ge=0, le=MAX_SEQ), BeforeValidator(_number)]
"""A whole number; JSON does not tell 7 from 7.0."""


class Wire(BaseModel):
    """The base of what travels: frozen; unknown fields are passed over, so that newer and older ends fit."""

    model_config = ConfigDict(frozen=True, extra="ignore")


# --- problems ---------------------------------------------------------------------------------------------------


class ProblemCode(StrEnum):
    """What a problem is, for programs. A code never changes its meaning."""

    BAD_REQUEST = "bad_request"
    """Not HTTP or JSON as it should be."""
    INVALID = "invalid"
    """A field is missing or not allowed; ``errors`` names each."""
    UNAUTHENTICATED = "unauthenticated"
    """No token, or one the server does not know (any more): enrol again. Nothing is lost by it."""
    NOT_ALLOWED = "not_allowed"
    """This class of device may not use this route."""
    CODE_UNKNOWN = "code_unknown"
    """A pairing code that was never given, was used, or is older than ten minutes. Which one is not told."""
    NO_DIGIT_FREE = "no_digit_free"
    """All kiosk digits of the site are taken: revoke a kiosk that is gone."""
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    SERVICE_UNKNOWN = "service_unknown"
    """The server's catalogue has no such service: pull it."""
    SERVICE_CLOSED = "service_closed"
    SERIES_FULL = "series_full"
    """No number is left in the queue's series today: a refusal to the visitor, never a wrap."""
    QUOTA_USED_UP = "quota_used_up"
    DAY_DIFFERS = "day_differs"
    """The kiosk's service day is not the server's: one of the clocks is wrong, or it is midnight."""
    TICKET_DIFFERS = "ticket_differs"
    """This ticket's UUID is already known with another service, priority, kiosk or number."""
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    """Too many requests; ``Retry-After`` says when."""
    INTERNAL = "internal"
    """The server's own fault; ``instance`` finds it in the server's log."""
    UNAVAILABLE = "unavailable"
    """The database does not answer now; ``Retry-After`` says when to come again."""


class FieldProblem(Wire):
    """One field that is not allowed."""

    place: str
    """``body.service``"""
    problem: str


class Problem(Wire):
    """RFC 9457 problem details."""

    type: str
    """``urn:anjungan:problem:<code>``"""
    title: str
    status: int
    code: ProblemCode
    detail: str
    instance: str | None = None
    errors: tuple[FieldProblem, ...] = ()


# --- enrolment --------------------------------------------------------------------------------------------------


class DeviceClass(StrEnum):
    """What a device is, and so which routes it may use."""

    KIOSK = "kiosk"
    DISPLAY = "display"
    COUNTER = "counter"


class Enrolment(Wire):
    """A pairing code that a person typed, and who asks."""

    code: Annotated[str, StringConstraints(pattern=rf"^[{PAIRING_ALPHABET}]{{8}}$")]
    install_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
    """Made once when the kiosk's store is made. The same installation keeps its kiosk id when it enrols again."""
    name: Name = "Kiosk"
    """What people call this unit: ``Lobi timur``."""
    version: Line = ""
    replaces: UUID | None = None
    """The kiosk whose place this one takes, with its id, its digit and its seq: a spare for a broken unit, or the same
    unit with another disk or database. The other one's tokens end."""


class GivenNumber(Wire):
    """The last number the server knows of a kiosk's own band."""

    queue: QueueCode
    service_day: Day
    value: int = Field(ge=1)


class Enrolled(Wire):
    """Who the device is from now on. The token is told this once; the server keeps only its hash."""

    kiosk_id: UUID
    kiosk_digit: int = Field(ge=0, le=99)
    """Its own band of numbers for when the server cannot be reached; 0 for what is not a kiosk."""
    token: str
    device_class: DeviceClass
    site: str
    server_time: Moment
    last_seq: Count = 0
    """The last seq the server has of this kiosk: its next event comes after it."""
    last_seen_at: Moment | None = None
    """When the server last heard of this kiosk; what it did since is not known here."""
    given: tuple[GivenNumber, ...] = ()
    """What is known of the numbers of its own band on the latest days."""


class NewToken(Wire):
    """A token that replaces the one it was asked with. The old one works until the new one is first used."""

    token: str


# --- catalogue and queues ---------------------------------------------------------------------------------------


class SiteCatalogue(Wire):
    """The whole site: agencies, services, queues, hours, holidays, texts."""

    version: int = Field(ge=1)
    """Counts up with every change."""
    site: Site
    catalogue: Catalogue


class Called(Wire):
    """The last call of a queue."""

    number: str
    counter: str
    at: Moment


class QueueState(Wire):
    """One queue, now."""

    code: QueueCode
    waiting: int = Field(ge=0)
    """Tickets that can be called and have not been."""
    oldest_issued_at: Moment | None = None
    """Since when the first of them waits."""
    last_called: Called | None = None


class Closure(Wire):
    """A service that gives no tickets now, with the reason in every language."""

    service: Code
    text: dict[str, str]


class Queues(Wire):
    """What waits, was called and is closed."""

    service_day: Day
    queues: tuple[QueueState, ...]
    closures: tuple[Closure, ...] = ()


# --- tickets ----------------------------------------------------------------------------------------------------


class TicketRequest(Wire):
    """A number for a ticket. Asked again with the same UUID, the answer is the same for ever."""

    ticket: UUID
    """UUIDv7, made by the kiosk before it asks."""
    service: Code
    priority: StrictBool = False
    service_day: Day | None = None
    """The day by the kiosk's clock. Where the server's day is another one it refuses (``day_differs``) and the
    kiosk takes a number from its own band."""


class Allotment(Wire):
    """The number the server gives a ticket."""

    ticket: UUID
    number: str
    """As printed: ``C-001``."""
    value: int = Field(ge=1)
    queue: QueueCode
    service: Code
    priority: StrictBool
    service_day: Day
    allotted_at: Moment


# --- events -----------------------------------------------------------------------------------------------------

_ANY_OBJECT = {"anyOf": [{"$ref": "#/components/schemas/Event"}, {"type": "object"}]}


class EventBatch(Wire):
    """Events, oldest first. Each is answered by itself, so each is taken as it comes: a malformed one is rejected
    alone and never blocks the others."""

    events: Annotated[
        tuple[Annotated[dict[str, Any], WithJsonSchema(_ANY_OBJECT)], ...],
        Field(min_length=1, max_length=MAX_BATCH),
    ]


class EventStatus(StrEnum):
    """What became of an event. ``accepted`` and ``duplicate`` both mean: the server has it, for ever."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"


class EventCode(StrEnum):
    """Why an event was rejected. None of these is mended by sending it again."""

    MALFORMED = "event_malformed"
    """A field is missing or not allowed."""
    UNKNOWN_TYPE = "event_unknown_type"
    NEWER_SCHEMA = "event_newer_schema"
    """Made by a newer kiosk than this server understands: update the server, then send again."""
    OTHER_KIOSK = "event_other_kiosk"
    """``kiosk_id`` is not that of the token, or the ticket is another kiosk's."""
    HASH_WRONG = "event_hash_wrong"
    """``body_hash`` is not the hash of ``body``."""
    ALTERED = "event_altered"
    """The server has this UUID with another body; what it has stays, and people are told."""
    TOKEN_IN_USE = "event_token_in_use"  # noqa: S105 - the name of a problem
    """Another ticket has this page token."""


class EventAnswer(Wire):
    """What became of one event of the batch."""

    index: int = Field(ge=0)
    """Its place in the batch, from 0."""
    uuid: UUID | None
    """None where it had none that could be read."""
    status: EventStatus
    code: EventCode | None = None
    detail: str | None = None


class EventAnswers(Wire):
    """An answer for each event, in the batch's order."""

    answers: tuple[EventAnswer, ...]
    server_time: Moment


# --- heartbeats -------------------------------------------------------------------------------------------------


class PrinterReport(Wire):
    """What the printer said last."""

    state: Literal["ok", "warning", "bad", "unknown"]
    cause: Line | None = None
    paper_left: Count | None = None
    """Tickets left on the roll, where it is known or can be reckoned."""


class DoctorReport(Wire):
    """A kiosk's examination of itself, in short."""

    worst: Literal["ok", "unknown", "warn", "fail"]
    at: Moment
    items: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,40}$")], ...], Field(max_length=40)
    ] = ()
    """The names of what is not well, the worst first."""


class Heartbeat(Wire):
    """How a kiosk is."""

    sent_at: Moment
    version: Line
    printer: PrinterReport
    outbox_depth: Count = 0
    oldest_unacknowledged_s: float | None = Field(
        default=None, ge=0, le=1e12, allow_inf_nan=False, strict=True
    )
    rejected: Count = 0
    last_seq: Count = 0
    """The last seq it has given to an event: what is missing can then be told apart from what is on its way."""
    disk_free_bytes: Count = 0
    clock_offset_s: float | None = Field(default=None, ge=-1e12, le=1e12, allow_inf_nan=False, strict=True)
    """The kiosk's clock minus the server's, as the kiosk measured it."""
    locked: StrictBool = False
    catalogue_version: Count | None = None
    doctor: DoctorReport | None = None
    """What the kiosk's own examination found last."""


class Lock(Wire):
    """The server wants this kiosk closed, with these words on its screen."""

    message: dict[str, str]


class HeartbeatAnswer(Wire):
    """What the server wants of the kiosk."""

    server_time: Moment
    catalogue_version: int
    """Newer than the kiosk's: pull it."""
    lock: Lock | None = None
    """None: open."""
    last_seq: Count = 0
    """The last seq the server has of this kiosk. Above what the kiosk has given: its database is an older copy."""
