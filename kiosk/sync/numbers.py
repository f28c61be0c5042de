"""Numbers from the server, without a visitor waiting longer than the bound, whatever the network does.

The question is asked on a thread of its own, so that even a name look-up that hangs holds nobody: the desk waits so
long and no longer, and then takes a number from its own band. An answer that comes
later is thrown away; the event tells
the server which number is on the paper, and it gives the other one up.
"""

from __future__ import annotations

import datetime as dt
import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from kiosk.sync.breaker import Breaker
from kiosk.sync.errors import NotKnown, ServerRefuses, SyncError
from kiosk.sync.server import CentralServer, Given

log = logging.getLogger(__name__)

NO_NUMBER_LEFT: Final = frozenset({"series_full", "quota_used_up"})
CLOSED: Final = "service_closed"
STOP_S: Final = 2.0


@dataclass
class _Question:
    ticket: str
    service: str
    priority: bool
    day: dt.date
    done: threading.Event = field(default_factory=threading.Event)
    answer: Given | SyncError | None = None


class CentralNumbers:
    """Asks for numbers. Made and closed by one thread, the desk's."""

    def __init__(
        self,
        connect: Callable[[], CentralServer],
        timeout_s: float,
        breaker: Breaker | None = None,
        on_trouble: Callable[[SyncError | None], None] = lambda error: None,
    ) -> None:
        """``connect`` runs on the asking thread and may load what is slow to load. ``on_trouble`` is told when the
        server did not answer in time (None) or refused the kiosk."""
        self.breaker = breaker or Breaker()
        self._connect, self._timeout_s, self._on_trouble = connect, timeout_s, on_trouble
        self._questions: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self._busy: _Question | None = None
        self._ready = threading.Event()
        # A daemon: a look-up that hangs in the system must not keep the process.
        self._thread = threading.Thread(target=self._run, name="numbers", daemon=True)
        self._thread.start()

    def ask(self, ticket: str, service: str, priority: bool, day: dt.date) -> Given | ServerRefuses | None:
        """Return the server's number, its refusal that binds the kiosk too (no number left, closed), or None: take one
        from the own band. Never longer than the bound."""
        if self.breaker.is_open or (self._busy is not None and not self._busy.done.is_set()):
            return None
        question = self._busy = _Question(ticket, service, priority, day)
        self._questions.put(question)
        if not question.done.wait(self._timeout_s):
            log.info("no number from the server in time")
            self._trip(None)
            return None
        answer = question.answer
        if isinstance(answer, Given):
            return answer
        if isinstance(answer, ServerRefuses):
            binds = answer.reason in NO_NUMBER_LEFT or answer.reason == CLOSED
            log.info("the server refuses a number: %s", answer.reason)
            return answer if binds else None
        self._trip(answer)
        return None

    def warm_up(self, patience_s: float) -> bool:
        """Wait until the asking thread has loaded what it needs; a command that issues one ticket does."""
        return self._ready.wait(patience_s)

    def close(self) -> None:
        """End the thread; one that hangs is left behind."""
        self._questions.put(None)
        self._thread.join(STOP_S if self._busy is None or self._busy.done.is_set() else 0.0)

    def _trip(self, error: SyncError | None) -> None:
        if error is not None:
            log.info("no number from the server: %s", error)
        self.breaker.trip()
        self._on_trouble(error if isinstance(error, NotKnown) else None)

    def _run(self) -> None:
        try:
            server = self._connect()
        except Exception:
            log.exception("numbers come from the own band: the server cannot be spoken to")
            self.breaker.trip()
            self._ready.set()
            return
        self._ready.set()
        try:
            while (question := self._questions.get()) is not None:
                try:
                    question.answer = server.allot(
                        question.ticket, question.service, question.priority, question.day, self._timeout_s
                    )
                except SyncError as error:
                    question.answer = error
                except Exception:
                    log.exception("asking for a number failed")
                finally:
                    question.done.set()
        finally:
            server.close()
