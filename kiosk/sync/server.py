"""The server side of sync as a protocol: what the kiosk asks of *a* server, whatever that server speaks.

A hall that has a queue server already needs one class like :class:`kiosk.sync.anjungan.AnjunganServer`, which speaks
our own wire; nothing else of the kiosk knows how a server is spoken to. What such a class must hold to:

* Every call ends within its ``within_s`` seconds, whatever the network does: a peer that sends a byte a second or
  accepts and never answers must not hold the caller. ``kiosk.sync.http.Http`` does this for HTTP.
* Every call returns its value or raises a :class:`kiosk.sync.errors.SyncError`, nothing else: ``Unreachable`` for
  "try again" (``retry_after_s`` where the server says when), ``NotKnown`` for a token that is not good,
  ``ServerRefuses`` for what trying again does not mend.
* ``send`` answers for each row by itself. ``TAKEN`` is a promise that the server has the event for ever: only what the
  server said of this very row may become it. An event that comes twice is ``TAKEN`` both times: known by its ``uuid``
  and the kiosk, never by its place in the batch. A row without an answer is sent again.
* ``allot`` gives the same ticket UUID the same number for ever, and gives it up when an event tells of another number
  on the paper.
* A server that has no part of this (no lock, no heartbeat) returns an empty value, never an error.

One object belongs to one thread. The values are plain data of ``kiosk.sync.wire``, whatever is spoken to the server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import datetime as dt

    from kiosk.core.outbox import Row
    from kiosk.sync.wire import Heartbeat, HeartbeatAnswer, Queues


class Fate(Enum):
    """What became of one event."""

    TAKEN = "taken"
    """The server has it, now or from before."""
    REJECTED = "rejected"
    """The server never takes it as it is."""


@dataclass(frozen=True)
class Told:
    """The server's word on one event."""

    seq: int
    fate: Fate
    code: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Given:
    """A number from the server: ``value`` of the whole series of ``queue`` on ``day``."""

    ticket: str
    value: int
    queue: str
    day: dt.date


@dataclass(frozen=True)
class Document:
    """A document with its tag; ``text`` is None where it has not changed."""

    tag: str
    text: str | None


@dataclass(frozen=True)
class QueuesSeen:
    """The queues with their tag; ``queues`` is None where they have not changed."""

    tag: str
    queues: Queues | None


class CentralServer(Protocol):
    """A central server. The module says what every method must hold to."""

    def send(self, rows: Sequence[Row], within_s: float) -> Sequence[Told]:
        """Hand events over, oldest first; return what was said of each."""
        ...

    def allot(self, ticket: str, service: str, priority: bool, day: dt.date, within_s: float) -> Given:
        """Ask for a number for the ticket's UUID."""
        ...

    def catalogue(self, tag: str, within_s: float) -> Document:
        """Return the site's catalogue (``{"version", "site", "catalogue"}``), or that ``tag`` still holds."""
        ...

    def queues(self, tag: str, within_s: float) -> QueuesSeen:
        """Return what waits and is closed, or that ``tag`` still holds. Tells too that the server is back."""
        ...

    def heartbeat(self, told: Heartbeat, within_s: float) -> HeartbeatAnswer:
        """Tell how this kiosk is; hear what is wanted of it."""
        ...

    def new_token(self, within_s: float) -> str:
        """Return a new token; the present one holds until the new one is first used."""
        ...

    def use_token(self, token: str) -> None:
        """Ask with this token from now on."""
        ...

    @property
    def clock_offset_s(self) -> float | None:
        """This machine's clock minus the server's, as measured best lately; None: not yet."""
        ...

    def abort(self) -> None:
        """Break off what is being asked; called from another thread when the kiosk stops."""
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...
