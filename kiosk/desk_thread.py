"""The worker thread that owns the desk, with its store and its press.

The window hands over work and goes on; answers come back through ``post``, one after the other, in the order the work
was handed over. The desk is made on this thread and never leaves it.

When the desk cannot be opened, or fails at work with more than a refusal, the thread says so (``on_fault`` with a
stable code), lets go of everything and opens it again with growing patience, or at once when asked
(:meth:`DeskThread.retry`); then ``on_ready``. So a kiosk serves again by itself when the disk is back. Work handed
over meanwhile is answered with the fault at once: nobody waits at a dead desk.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from kiosk.desk import Desk

log = logging.getLogger(__name__)

T = TypeVar("T")

RETRY_S: Final = (2.0, 5.0, 15.0, 60.0)
"""Seconds to wait before the first, second, … attempt to open again; the last one repeats."""
BROKEN_RETRY_S: Final = 60.0
"""After a damaged file: long enough for staff to see the code on the screen."""
UNKNOWN_CODE: Final = "E-DSK-00"


class _Signal(Enum):
    STOP = "stop"
    RETRY = "retry"


@dataclass(frozen=True)
class _Job:
    work: Callable[[Desk], Any]
    done: Callable[[Any], None]


class DeskThread:
    """Owns the thread. Made, started and stopped by one other thread, the window's; only ``stop`` ever waits."""

    def __init__(
        self,
        make_desk: Callable[[], Desk],
        post: Callable[[Callable[[], None]], None],
        *,
        on_ready: Callable[[], None] = lambda: None,
        on_fault: Callable[[str], None] = lambda code: None,
        retry_s: tuple[float, ...] = RETRY_S,
        broken_retry_s: float = BROKEN_RETRY_S,
    ) -> None:
        """``make_desk`` runs on the worker thread. ``post`` runs a function on the caller's thread, later; from
        there ``done``, ``on_ready`` and ``on_fault`` are called."""
        self._make_desk = make_desk
        self._post = post
        self._on_ready = on_ready
        self._on_fault = on_fault
        self._retry_s = retry_s
        self._broken_retry_s = broken_retry_s
        self._inbox: queue.SimpleQueue[_Job | _Signal] = queue.SimpleQueue()
        # A daemon: should the window die without stopping it, the process must end all the same. What it is
        # doing then is settled at the next start, as after any crash.
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)

    def start(self) -> None:
        """Open the desk, in the background."""
        self._thread.start()

    def submit(self, work: Callable[[Desk], T], done: Callable[[T | BaseException], None]) -> None:
        """Run ``work`` with the desk; ``done`` gets its result or its exception, through ``post``."""
        self._inbox.put(_Job(work, done))

    def retry(self) -> None:
        """Do not wait any longer: try to open the desk now. Nothing happens when it is open."""
        self._inbox.put(_Signal.RETRY)

    def stop(self, deadline_s: float) -> bool:
        """Finish what was handed over, close the desk and end the thread; say whether it ended in time."""
        self._inbox.put(_Signal.STOP)
        if self._thread.ident is not None:
            self._thread.join(deadline_s)
        return not self._thread.is_alive()

    # --- on the worker thread -----------------------------------------------------------------------------------------

    def _run(self) -> None:
        failures = 0
        while True:
            fault: BaseException
            try:
                desk = self._make_desk()
            except Exception as error:
                fault = error
            else:
                failures = 0
                self._send(self._on_ready)
                ended = self._serve(desk)
                if ended is None:
                    return
                fault = ended
            if not self._report_and_wait(fault, failures):
                return
            failures += 1

    def _serve(self, desk: Desk) -> BaseException | None:
        """Work until told to stop (None) or until the desk fails (what it failed with). Closes the desk."""
        try:
            while True:
                item = self._inbox.get()
                if item is _Signal.STOP:
                    return None
                if isinstance(item, _Job):
                    fault = self._do(item, desk)
                    if fault is not None:
                        return fault
        finally:
            desk.close()

    def _do(self, job: _Job, desk: Desk) -> BaseException | None:
        from kiosk.desk import NoSuchTicket, TicketNotThus

        try:
            result = job.work(desk)
        except (NoSuchTicket, TicketNotThus) as refusal:
            self._answer(job, refusal)
            return None
        except Exception as error:
            self._answer(job, error)
            return error
        self._answer(job, result)
        return None

    def _report_and_wait(self, fault: BaseException, failures: int) -> bool:
        """Say that the desk cannot serve, and wait before the next attempt; False: stop."""
        code = code_of(fault)
        log.error("the desk cannot serve: %s", fault, exc_info=fault if code == UNKNOWN_CODE else None)
        self._send(lambda: self._on_fault(code))
        deadline = time.monotonic() + self._patience(fault, failures)
        while (left := deadline - time.monotonic()) > 0:
            try:
                item = self._inbox.get(timeout=left)
            except queue.Empty:
                break
            if item is _Signal.STOP:
                return False
            if item is _Signal.RETRY:
                break
            assert isinstance(item, _Job)
            self._answer(item, fault)
        return True

    def _patience(self, fault: BaseException, failures: int) -> float:
        from kiosk.store import StoreBroken

        if isinstance(fault, StoreBroken):
            return self._broken_retry_s
        return self._retry_s[min(failures, len(self._retry_s) - 1)]

    def _answer(self, job: _Job, result: Any) -> None:
        self._send(lambda: job.done(result))

    def _send(self, message: Callable[[], None]) -> None:
        try:
            self._post(message)
        except Exception:
            # The window is closing: there is nobody to tell.
            log.exception("an answer of the desk could not be delivered")


def code_of(error: BaseException) -> str:
    """Return the stable code an error carries, for the screen; E-DSK-00 for one that has none."""
    code = getattr(error, "code", None)
    return code if isinstance(code, str) else UNKNOWN_CODE
