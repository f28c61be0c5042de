"""A ticket as the kiosk's store knows it, from the moment its number is taken.

::

    reserved ──→ sending ──→ printed | unconfirmed ──→ voided
        │            └─ (crash) ──→ unconfirmed
        ├──→ not_printed ──→ kept, or voided
        └─ (crash) ──→ voided
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class TicketState(StrEnum):
    """What is known of a ticket's paper."""

    RESERVED = "reserved"
    """The number is taken and durable; no byte has left for the printer."""
    SENDING = "sending"
    """The first byte may have left. Never sent again, whatever happens."""
    PRINTED = "printed"
    """The printer said so."""
    UNCONFIRMED = "unconfirmed"
    """Bytes left and the printer did not say more."""
    NOT_PRINTED = "not_printed"
    """Refused before the first byte: there is no paper."""
    VOIDED = "voided"
    """Given up: never called."""


@dataclass(frozen=True)
class Ticket:
    """One ticket. Nothing in it says who holds it: ``priority`` is one flag, which kind is not stored."""

    uuid: str
    """UUIDv7."""
    service_day: dt.date
    """The site's own calendar day."""
    queue: str
    number: int
    """The value in its series: 1 for ``C-001``, 2001 in kiosk 2's band."""
    display: str
    """As printed: ``C-001``."""
    kiosk_digit: int
    """The band it came from; 0: the whole series."""
    service: str
    agency: str
    priority: bool
    language: str
    token: str
    """128 random bits, base64url: the address of its page."""
    issued_at: dt.datetime
    """The site's wall clock, aware."""
    state: TicketState
    cause: str | None = None
    """Why there is no paper, or why it is in doubt: ``paper_out``, ``offline``, …"""
    kept: bool = False
    """Without paper, and the visitor noted the number."""
    void_reason: str | None = None
    copies: int = 0
    """Reprints so far, each marked SALINAN."""
