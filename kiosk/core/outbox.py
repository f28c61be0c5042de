"""What an outbox holds, as values: the store fills them, the sender reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LONGEST_PATIENCE_S: Final = 300.0
"""The longest pause between two tries: five minutes."""


@dataclass(frozen=True, slots=True)
class Row:
    """One event on its way."""

    seq: int
    uuid: str
    type: str
    body: str
    """Canonical JSON (kiosk.core.events)."""
    body_hash: str
    occurred_at: str
    schema_version: int
    clock_offset_ms: int | None
    """This kiosk's clock minus the server's, as known when it happened."""
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Rejected:
    """An event the server will not take, set aside with the reason."""

    seq: int
    code: str
    reason: str
    uuid: str = ""
    type: str = ""
    ticket: str | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class OutboxFigures:
    """How an outbox is."""

    depth: int
    """Events the server does not have yet and may still take."""
    oldest_s: float | None
    """Age of the oldest of them."""
    rejected: int
    last_seq: int
    """The last seq that was given to an event."""
    tries: int = 0
    """How often the oldest was tried."""
    next_try_at: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a kiosk and its server stand, in one look."""

    waiting: int
    """Events the server does not have yet."""
    enrol_again: bool
