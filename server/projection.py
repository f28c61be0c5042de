"""What an event changes on its ticket: pure, and the same whatever the order the events come in.

* What ``ticket.issued`` says never changes, so it may come first or last.
* Of what became of the paper, the event with the highest seq holds.
* Voided is for ever; copies only grow.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from kiosk.sync import wire_events as wire


@dataclass(slots=True)
class Facts:
    """What a kiosk's events say of one ticket. Every field is a column of ``tickets`` by the same name."""

    uuid: UUID
    kiosk_id: UUID
    site_id: str
    service_day: dt.date
    queue: str
    service: str
    number: str
    agency: str | None = None
    value: int | None = None
    kiosk_digit: int | None = None
    priority: bool = False
    language: str | None = None
    token: str | None = None
    issued_at: dt.datetime | None = None
    waiting_since: dt.datetime | None = None
    paper: str = "reserved"
    paper_seq: int = 0
    cause: str | None = None
    kept: bool = False
    voided_at: dt.datetime | None = None
    void_reason: str | None = None
    copies: int = 0
    place: str | None = None


def blank(body: wire.TicketBody, kiosk_id: UUID, site_id: str) -> Facts:
    """Return a ticket of which nothing is known but that it exists."""
    return Facts(body.ticket, kiosk_id, site_id, body.service_day, body.queue, body.service, body.number)


def apply(facts: Facts, body: wire.AnyBody, seq: int, at: dt.datetime) -> None:
    """Write into ``facts`` what the event says. The same event twice changes nothing more."""
    match body:
        case wire.TicketIssued():
            _issue(facts, body, at)
        case wire.TicketPrinted() | wire.TicketUnconfirmed() | wire.TicketNotPrinted():
            if seq > facts.paper_seq:
                facts.paper_seq = seq
                facts.paper, facts.cause = body.outcome, body.cause
                facts.kept = isinstance(body, wire.TicketNotPrinted) and body.kept
        case wire.TicketVoided():
            if facts.voided_at is None:
                facts.voided_at, facts.void_reason = at, body.why
        case wire.TicketReprinted():
            facts.copies = max(facts.copies, body.copy_)
        case _:
            raise TypeError(f"{type(body).__name__} is not about a ticket")


def _issue(facts: Facts, body: wire.TicketIssued, at: dt.datetime) -> None:
    if facts.issued_at is not None:
        return
    facts.issued_at = facts.waiting_since = at
    facts.number, facts.value, facts.kiosk_digit = body.number, body.value, body.kiosk_digit
    facts.agency, facts.priority = body.agency, body.priority
    facts.language, facts.token, facts.place = body.language, body.token, body.place
