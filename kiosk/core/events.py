"""The events a kiosk tells the central server: their names and what is in them.

An event's body is a plain JSON object. Every ticket event names its ticket::

    ticket         its UUID                     queue         "C"
    number         as printed, "C-001"          service       "C01"
    service_day    "2026-11-24"

and adds, by kind:

==================== ===================================================================================
``ticket.issued``      ``value`` (1), ``kiosk_digit``, ``agency``, ``priority``, ``language``, ``token``; on a trip
                       ``place``, as staff named it
``ticket.printed``     ``outcome`` "printed", ``cause`` null
``ticket.unconfirmed`` ``outcome`` "unconfirmed", ``cause`` (null where nothing is known to be wrong)
``ticket.not_printed`` ``outcome`` "not_printed", ``cause``, ``kept``; sent a second time with ``kept`` true when the
                       visitor noted the number
``ticket.voided``      ``why``, ``who``
``ticket.reprinted``   ``copy`` (1, 2, …), ``why``, ``who``
``paper.changed``      no ticket: ``who``, and ``tickets`` and ``used_mm`` of the roll before
``kiosk.locked``       no ticket: ``message`` (break, prayer, closed, broken), ``until`` (UTC, or null), ``who``
``kiosk.unlocked``     no ticket: ``who`` ("system" when its time had come)
``staff.called``       no ticket: ``screen`` (where the visitor was), ``language``
==================== ===================================================================================

Around the body stand ``uuid`` (UUIDv7), ``seq`` (gapless in this kiosk's store), ``type``, ``occurred_at`` (UTC),
``schema_version`` and ``body_hash`` (SHA-256 of the canonical JSON, so that one uuid never means two things).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from kiosk.core.record import Ticket, TicketState

SCHEMA_VERSION: Final = 1
PLACE_LENGTH: Final = 80
"""Letters in the name of the place where a mobile unit stands."""

TICKET_ISSUED: Final = "ticket.issued"
TICKET_PRINTED: Final = "ticket.printed"
TICKET_UNCONFIRMED: Final = "ticket.unconfirmed"
TICKET_NOT_PRINTED: Final = "ticket.not_printed"
TICKET_VOIDED: Final = "ticket.voided"
TICKET_REPRINTED: Final = "ticket.reprinted"
PAPER_CHANGED: Final = "paper.changed"
KIOSK_LOCKED: Final = "kiosk.locked"
KIOSK_UNLOCKED: Final = "kiosk.unlocked"
STAFF_CALLED: Final = "staff.called"

Value: TypeAlias = str | int | bool | None

# Made once: json.dumps would make an encoder for each event, which takes longer than the text.
_CANONICAL: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)

_BY_STATE: Final = {
    TicketState.PRINTED: TICKET_PRINTED,
    TicketState.UNCONFIRMED: TICKET_UNCONFIRMED,
    TicketState.NOT_PRINTED: TICKET_NOT_PRINTED,
}


@dataclass(frozen=True)
class Event:
    """What happened: its name and its body, before the store gives it a place in the line."""

    type: str
    body: Mapping[str, Value]


def issued(ticket: Ticket, place: str = "") -> Event:
    """The number is taken. ``place``: where a mobile unit stood; without one the body is as it always was."""
    more: dict[str, Value] = {"place": place} if place else {}
    return Event(
        TICKET_ISSUED,
        _of(
            ticket,
            value=ticket.number,
            kiosk_digit=ticket.kiosk_digit,
            agency=ticket.agency,
            priority=ticket.priority,
            language=ticket.language,
            token=ticket.token,
            **more,
        ),
    )


def settled(ticket: Ticket, outcome: TicketState, cause: str | None, *, kept: bool = False) -> Event:
    """What became of the paper: ``outcome`` is PRINTED, UNCONFIRMED or NOT_PRINTED."""
    more: dict[str, Value] = {"outcome": outcome.value, "cause": cause}
    if outcome is TicketState.NOT_PRINTED:
        more["kept"] = kept
    return Event(_BY_STATE[outcome], _of(ticket, **more))


def voided(ticket: Ticket, why: str, who: str) -> Event:
    """The number is given up; it must not be called."""
    return Event(TICKET_VOIDED, _of(ticket, why=why, who=who))


def reprinted(ticket: Ticket, copy: int, why: str, who: str) -> Event:
    """A second paper, marked as a copy."""
    return Event(TICKET_REPRINTED, _of(ticket, copy=copy, why=why, who=who))


def paper_changed(who: str, tickets: int, used_mm: int) -> Event:
    """A new roll is in; the old one gave so many tickets."""
    return Event(PAPER_CHANGED, {"who": who, "tickets": tickets, "used_mm": used_mm})


def kiosk_locked(why: str, until: str | None, who: str) -> Event:
    """The kiosk gives no numbers for a while."""
    return Event(KIOSK_LOCKED, {"message": why, "until": until, "who": who})


def kiosk_unlocked(who: str) -> Event:
    """The kiosk gives numbers again."""
    return Event(KIOSK_UNLOCKED, {"who": who})


def staff_called(screen: str, language: str) -> Event:
    """Somebody at the kiosk asks for a person. Who it is and why is nobody's business here."""
    return Event(STAFF_CALLED, {"screen": screen, "language": language})


def canonical(body: Mapping[str, Value]) -> str:
    """Return ``body`` as the one JSON text its hash is taken of: keys sorted, no spaces, UTF-8 as it is."""
    return _CANONICAL.encode(body)


def body_hash(text: str) -> str:
    """Return the SHA-256 of a canonical body, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _of(ticket: Ticket, **more: Value) -> dict[str, Value]:
    return {
        "ticket": ticket.uuid,
        "number": ticket.display,
        "queue": ticket.queue,
        "service": ticket.service,
        "service_day": ticket.service_day.isoformat(),
        **more,
    }
