"""The pump: sends what is in the outbox, fetches what is new, tells how the kiosk is. One thread owns it.

:meth:`Pump.round` does what is due and returns the seconds until something will be. It never raises a SyncError: what
the server said is written down (``sync_state``) and decides when the next try is.

* No answer, 5xx, 408, 425, 429, an answer that is not the server's: the batch waits (full jitter, 1 s to 5 min, the
  server's ``Retry-After``), and so do the questions.
* 401, 403: everything pauses and everything is kept, until somebody enrols again or the token is good again.
* A row that is rejected is set aside with its reason; the rest goes on.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from kiosk.core.outbox import OutboxFigures, Rejected, Row
from kiosk.sync.backoff import patience
from kiosk.sync.breaker import Breaker
from kiosk.sync.errors import CopiedDisk, NotKnown, NotOurServer, SyncError, Unreachable
from kiosk.sync.server import CentralServer, Document, Fate

if TYPE_CHECKING:
    from kiosk.sync.wire import Heartbeat, Queues

log = logging.getLogger(__name__)

BATCH: Final = 500
LEASE_S: Final = 60.0
"""Longer than a batch may take: what is still leased then was being sent by a process that died."""
KEPT: Final = dt.timedelta(days=30)
"""How long an acknowledged event stays for whoever looks at a ticket's history."""


@dataclass(frozen=True)
class Rhythm:
    """Seconds."""

    send_within: float = 30.0
    ask_within: float = 10.0
    catalogue_within: float = 60.0
    probe_within: float = 0.8
    """The server must answer within this to be asked for numbers again: ``[server] allot_timeout_s``."""
    queues: float = 10.0
    heartbeat: float = 60.0
    catalogue: float = 900.0
    token: float = 7 * 86_400.0
    upkeep: float = 600.0
    probe: float = 30.0
    """The longest pause between two looks whether a server that was too slow for numbers is back."""


class Book(Protocol):
    """The outbox, as the pump needs it (kiosk.store.Outbox)."""

    def claim(self, most: int, lease_s: float) -> tuple[Row, ...]: ...
    def settle(
        self, taken: Sequence[int], rejected: Sequence[Rejected], open_again: Sequence[int] = ()
    ) -> None: ...
    def postpone(self, rows: Sequence[Row], wait_s: float, *, count: bool = True) -> None: ...
    def due_in(self) -> float | None: ...
    def try_now(self, *, rejected: bool = False) -> None: ...
    def figures(self) -> OutboxFigures: ...
    def prune(self, older_than: dt.timedelta) -> int: ...
    def fold(self) -> None: ...
    def get(self, key: str) -> str | None: ...
    def put(self, **values: str | None) -> None: ...


@dataclass
class Hooks:
    """What the pump tells the kiosk and asks of it; all are called on its thread."""

    about: Callable[[OutboxFigures, float | None], Heartbeat]
    """How this kiosk is now; the number is its clock's offset."""
    on_queues: Callable[[Queues | None], None] = lambda queues: None
    """None: they are what they were, and fresh."""
    on_catalogue: Callable[[str, str], int] = lambda text, tag: 0
    """Judge and keep a catalogue (text, tag); return its version, or raise ValueError: the present one stays."""
    on_lock: Callable[[Mapping[str, str] | None], None] = lambda message: None
    on_offset: Callable[[float], None] = lambda offset_s: None
    on_token: Callable[[str, bool], None] | None = None
    """Keep a new token durably: first as the next one (False), then as the one (True). None: never rotated."""
    on_state: Callable[[], None] = lambda: None
    """The figures may be others now."""


@dataclass
class Pump:
    """Belongs to one thread. ``monotonic`` counts seconds; ``utc`` is the wall clock."""

    book: Book
    server: CentralServer
    hooks: Hooks
    monotonic: Callable[[], float]
    utc: Callable[[], dt.datetime]
    breaker: Breaker = field(default_factory=Breaker)
    rhythm: Rhythm = field(default_factory=Rhythm)
    catalogue_tag: str = ""
    catalogue_version: int = 0
    stopping: Callable[[], bool] = lambda: False
    token_age_s: float = 0.0
    """At the start; the token is changed when it is ``rhythm.token`` old."""

    def __post_init__(self) -> None:
        now = self.monotonic()
        self._due = dict.fromkeys(("heartbeat", "catalogue", "queues", "upkeep"), now)
        self._due["token"] = now + max(0.0, self.rhythm.token - self.token_age_s)
        self._misses = 0
        self._probes = 0
        self._probe_at = now
        self._queues_tag = ""
        self._refused_tag = ""
        self.paused = self.book.get("paused") is not None
        self._noted_at = float("-inf")

    # --- what others say ----------------------------------------------------------------------------------------------

    def hurry(self) -> None:
        """Push and pull everything with the next round, whatever was waited for."""
        now = self.monotonic()
        self._due.update(heartbeat=now, catalogue=now, queues=now)
        self._misses = 0
        self._probe_at = now
        self.book.try_now()

    def refuse(self) -> None:
        """The server did not take this kiosk's token when a number was asked for: look at it now."""
        self._due["heartbeat"] = self.monotonic()

    # --- one round ----------------------------------------------------------------------------------------------------

    def round(self) -> float:
        """Do what is due; return the seconds until something is."""
        try:
            self._work()
        except (NotKnown, CopiedDisk) as error:
            self._pause(error)
        except SyncError as error:
            # Of a question, not of a batch: that has its own patience.
            self._misses += 1
            wait = patience(self._misses, error.retry_after_s if isinstance(error, Unreachable) else None)
            later = self.monotonic() + wait
            for what in ("heartbeat", "catalogue", "queues", "token"):
                self._due[what] = max(self._due[what], later)
            self._note_failure(error)
        return self._rest()

    def _rest(self) -> float:
        now = self.monotonic()
        waits = [at - now for what, at in self._due.items() if not (self.paused and what != "heartbeat")]
        if not self.paused:
            if (due := self.book.due_in()) is not None:
                waits.append(due)
            if self.breaker.is_open:
                waits.append(self._probe_at - now)
        return max(0.0, min(waits))

    def _work(self) -> None:
        if not self.paused:
            self._send()
        if self._take("heartbeat", self.rhythm.heartbeat):
            self._beat()
        if self.paused or self.stopping():
            return
        if self._take("catalogue", self.rhythm.catalogue):
            self._pull_catalogue()
        if self._take("queues", self.rhythm.queues):
            self._pull_queues(self.rhythm.ask_within)
        if self.breaker.is_open and self.monotonic() >= self._probe_at:
            self._probe()
        if self.hooks.on_token is not None and self._take("token", self.rhythm.token):
            self._change_token(self.hooks.on_token)
        if self._take("upkeep", self.rhythm.upkeep):
            while self.book.prune(KEPT) and not self.stopping():
                pass
            self.book.fold()

    def _take(self, what: str, every_s: float) -> bool:
        """Whether ``what`` is due; then it is due again in ``every_s``."""
        now = self.monotonic()
        if now < self._due[what] or self.stopping():
            return False
        self._due[what] = now + every_s
        return True

    # --- push ---------------------------------------------------------------------------------------------------------

    def _send(self) -> None:
        """Send batch after batch, until the outbox is empty, a heartbeat is due, or the server does not answer."""
        sent = False
        while not self.stopping() and (rows := self.book.claim(BATCH, LEASE_S)):
            try:
                told = self.server.send(rows, self.rhythm.send_within)
            except NotKnown:
                self.book.postpone(rows, 0.0, count=False)
                raise
            except SyncError as error:
                retry_after = error.retry_after_s if isinstance(error, Unreachable) else None
                self.book.postpone(rows, patience(rows[0].tries + 1, retry_after))
                self._note_failure(error)
                break
            taken = [one.seq for one in told if one.fate is Fate.TAKEN]
            rejected = [Rejected(one.seq, one.code, one.reason) for one in told if one.fate is Fate.REJECTED]
            for one in rejected:
                log.error("event %d was rejected: %s %s", one.seq, one.code, one.reason)
            said = {one.seq for one in told}
            silent = [row for row in rows if row.seq not in said]
            self.book.settle(taken, rejected, [row.seq for row in silent])
            if silent:
                self.book.postpone(silent, patience(silent[0].tries + 1))
                self._note_failure(NotOurServer(f"{len(silent)} events of a batch were not answered"))
                break
            sent = True
            if self.monotonic() >= self._due["heartbeat"]:
                break
        if sent:
            self._note_success(durable=True)
            self.book.fold()

    # --- pull and tell ------------------------------------------------------------------------------------------------

    def _beat(self) -> None:
        figures = self.book.figures()
        answer = self.server.heartbeat(
            self.hooks.about(figures, self.server.clock_offset_s), self.rhythm.ask_within
        )
        if answer.last_seq > figures.last_seq:
            raise CopiedDisk(
                f"the server has events up to {answer.last_seq} of this kiosk, its database has given"
                f" {figures.last_seq}: it is an older copy, and its numbers may have been given: main.py enrol"
            )
        if self.paused:
            log.info("the server knows this kiosk again")
            self.paused = False
            self.book.put(paused=None)
            self.book.try_now()
        self._note_success(durable=True)
        if answer.catalogue_version != self.catalogue_version:
            self._due["catalogue"] = self.monotonic()
        self.hooks.on_lock(answer.lock.message if answer.lock is not None else None)

    def _pull_catalogue(self) -> None:
        found: Document = self.server.catalogue(
            self._refused_tag or self.catalogue_tag, self.rhythm.catalogue_within
        )
        self._note_success()
        if found.text is None:
            return
        try:
            self.catalogue_version = self.hooks.on_catalogue(found.text, found.tag)
        except ValueError as error:
            # Not asked for again before it changes; what is in force stays.
            self._refused_tag = found.tag
            log.error("E-SYN-09 the server's catalogue cannot be used, the present one stays: %s", error)  # noqa: TRY400
            self.book.put(catalogue_refused=str(error)[:500])
            return
        self.catalogue_tag, self._refused_tag = found.tag, ""
        self.book.put(
            catalogue_tag=found.tag, catalogue_version=str(self.catalogue_version), catalogue_refused=None
        )

    def _pull_queues(self, within_s: float) -> None:
        seen = self.server.queues(self._queues_tag, within_s)
        self._note_success()
        self._queues_tag = seen.tag
        if seen.queues is not None:
            closed = {one.service: dict(one.text) for one in seen.queues.closures}
            text = json.dumps(closed, ensure_ascii=False, sort_keys=True) if closed else None
            if text != self.book.get("closures"):
                self.book.put(closures=text)
        self.hooks.on_queues(seen.queues)

    def _probe(self) -> None:
        """See whether the server answers as fast as a visitor needs it."""
        self._probes += 1
        self._probe_at = self.monotonic() + min(self.rhythm.probe, patience(self._probes))
        self._pull_queues(self.rhythm.probe_within)
        self._probes = 0
        self.breaker.close()
        log.info("the server answers in time again: numbers are its own")
        self._note_success(durable=True)

    def _change_token(self, keep: Callable[[str, bool], None]) -> None:
        token = self.server.new_token(self.rhythm.ask_within)
        keep(token, False)  # before it is used: a power cut in between must not lock the kiosk out
        self.server.use_token(token)
        self._pull_queues(self.rhythm.ask_within)
        keep(token, True)

    # --- what is known ------------------------------------------------------------------------------------------------

    def _note_success(self, durable: bool = False) -> None:
        """The server answered. Written down at most once a minute, or where it matters: a disk has so many writes."""
        now = self.monotonic()
        if self._misses:
            self._misses = 0
            self.book.try_now()  # it was away as a whole and is back
            durable = True
        offset = self.server.clock_offset_s
        if durable or now - self._noted_at >= self.rhythm.heartbeat:
            self._noted_at = now
            self.book.put(
                last_success=self.utc().isoformat(timespec="seconds"),
                last_error=None,
                breaker="open" if self.breaker.is_open else "closed",
                breaker_trips=str(self.breaker.trips),
                clock_offset_ms=None if offset is None else str(round(offset * 1000)),
            )
        if offset is not None:
            self.hooks.on_offset(offset)
        self.hooks.on_state()

    def _note_failure(self, error: SyncError) -> None:
        log.info("sync: %s", error)
        text = json.dumps({"code": error.code, "text": _text(error)}, ensure_ascii=False)
        if text != self.book.get("last_error"):
            self.book.put(
                last_error=text,
                breaker="open" if self.breaker.is_open else "closed",
                breaker_trips=str(self.breaker.trips),
            )
        self.hooks.on_state()

    def _pause(self, error: SyncError) -> None:
        """The kiosk must be enrolled again; nothing is lost. Looked at again every few minutes: it may be a mistake."""
        self._misses += 1
        self._due["heartbeat"] = self.monotonic() + max(60.0, patience(self._misses))
        if not self.paused:
            log.error("%s; everything is kept until this kiosk is enrolled again", error)
            self.paused = True
            self.book.put(paused=json.dumps({"code": error.code, "text": _text(error)}, ensure_ascii=False))
        self.hooks.on_state()


def _text(error: SyncError) -> str:
    return str(error).removeprefix(f"{error.code}: ")[:500]
