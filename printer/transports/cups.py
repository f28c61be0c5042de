"""A raw queue of CUPS: each write becomes one job, handed over whole and followed until it ends.

CUPS stands between us and the printer, so this way has no read side: what the printer says goes to CUPS. A job
that CUPS calls completed has been given to the printer, which is not yet paper.

For a kiosk set the queue up so that nothing prints long after its visitor has left, and a failure is told at
once::

    lpadmin -p tiket -E -v usb://… -m raw -o printer-error-policy=abort-job

CUPS 2.4 says of raw queues that they will go in a later version; the USB transport needs no CUPS.
"""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from printer.errors import Closed, TimedOut, TransportError, Unreachable
from printer.transports import ipp

log = logging.getLogger(__name__)

SERVER: Final = "/run/cups/cups.sock"
RAW: Final = "application/vnd.cups-raw"
POLL_S: Final = 0.05
RESERVE_S: Final = 0.5
"""Kept from the deadline to cancel a job and to hear what became of it."""
NOT_FOUND: Final = 0x0406
STOPPED: Final = 5
"""``printer-state`` of a queue that somebody, or an error, has stopped."""
_QUEUE: Final = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]{0,126}")
_QUESTION: Final = re.compile(rb"\x10\x04.", re.DOTALL)


class JobState(IntEnum):
    """RFC 8011, section 5.3.7."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9


class CupsTransport:
    """Hands jobs to the queue ``queue`` of the CUPS at ``server``, a Unix socket or ``host:port``.

    Opening refuses a queue that is missing, stopped or rejecting jobs. A DLE EOT question alone is not sent: it
    would be a job of its own, and its answer would end at CUPS.
    """

    def __init__(self, queue: str, server: str = SERVER) -> None:
        if not _QUEUE.fullmatch(queue):
            raise ValueError(
                f"CUPS queue {queue!r}; allowed: letters, digits, '_', '.' and '-', as in 'tiket'"
            )
        self._queue = queue
        self._server = server
        self._uri = f"ipp://localhost/printers/{queue}"
        self._open = False

    @property
    def name(self) -> str:
        """``cups tiket``."""
        return f"cups {self._queue}"

    def open(self, deadline: float) -> None:
        """See that the queue is there and takes jobs."""
        if self._open:
            return
        wanted = (
            "printer-state",
            "printer-is-accepting-jobs",
            "printer-state-message",
            "printer-state-reasons",
        )
        try:
            answer = self._ask(ipp.Operation.GET_PRINTER_ATTRIBUTES, deadline, *_requested(*wanted))
        except TimeoutError as error:
            raise Unreachable(f"{self.name}: CUPS at {self._server} did not answer in time") from error
        except ipp.IppError as error:
            raise Unreachable(f"{self.name}: {error}") from error
        why = answer.text("printer-state-message") or answer.text("printer-state-reasons")
        if answer.status == NOT_FOUND:
            raise Unreachable(f"{self.name}: there is no such queue (lpstat -e lists those there are)")
        if not answer.ok:
            raise Unreachable(f"{self.name}: CUPS refused to speak of it (status {answer.status:#06x})")
        if answer.first("printer-state") == STOPPED:
            raise Unreachable(f"{self.name}: the queue is stopped (cupsenable starts it): {why}")
        if answer.first("printer-is-accepting-jobs") is False:
            raise Unreachable(f"{self.name}: the queue rejects jobs (cupsaccept lets it take them): {why}")
        self._open = True

    def write(self, data: bytes, deadline: float) -> None:
        """Hand ``data`` over as one job and follow it until it is completed.

        A job that is not is cancelled. The error's ``sent`` is 0 when CUPS says that the job was never begun, and
        all of ``data`` otherwise: how much of a begun job reached the printer nobody knows.
        """
        if not self._open:
            raise Closed(f"{self.name}: written to before it was opened")
        if _QUESTION.fullmatch(data):
            return
        now = time.monotonic()
        until = deadline - min(RESERVE_S, max(0.0, deadline - now) / 2)
        job = self._submit(data, until)
        seen = self._follow(job, until, deadline)
        end = seen.last
        if not seen.ended:
            end = self._cancel(job, deadline) or end
        if end is not None and end.first("job-state") == JobState.COMPLETED:
            return
        kind: type[TransportError] = Closed if seen.ended or seen.stuck else TimedOut
        if seen.only_waited and end is not None and _has_ended(end) and not _begun(end):
            raise kind(f"{self.name}: job {job} was never begun: {seen.why or 'the queue was busy'}", sent=0)
        raise kind(f"{self.name}: job {job} did not come to its end: {seen.why}", sent=len(data))

    def read(self, n: int, deadline: float) -> bytes:
        """Nothing: what the printer says goes to CUPS."""
        del n, deadline
        return b""

    def close(self) -> None:
        """Let go; each call had a connection of its own."""
        self._open = False

    def _submit(self, data: bytes, until: float) -> int:
        """The number of the new job."""
        body = ipp.request(
            ipp.Operation.PRINT_JOB,
            self._uri,
            ipp.Attribute(ipp.NAME, "requesting-user-name", ipp.user()),
            ipp.Attribute(ipp.NAME, "job-name", "slip"),
            ipp.Attribute(ipp.MIME, "document-format", RAW),
            # Said outright, since the queue's own settings may be two copies and a banner page.
            job=(ipp.Attribute(ipp.INTEGER, "copies", 1), ipp.Attribute(ipp.NAME, "job-sheets", "none")),
        )
        try:
            answer = ipp.send(self._server, f"/printers/{self._queue}", body + data, until)
        except ipp.NoServer as error:
            raise Closed(f"{self.name}: {error}") from error
        except TimeoutError as error:
            raise TimedOut(f"{self.name}: CUPS did not say that it took the job", sent=len(data)) from error
        except ipp.IppError as error:
            raise Closed(f"{self.name}: {error}", sent=len(data)) from error
        number = answer.first("job-id")
        if not answer.ok or not isinstance(number, int):
            why = answer.text("status-message") or f"status {answer.status:#06x}"
            raise Closed(f"{self.name}: CUPS did not take the job: {why}")
        return number

    def _follow(self, job: int, until: float, deadline: float) -> _Seen:
        """Look at the job until it ends, cannot go on, or ``until``; a look begun by then may take to ``deadline``."""
        seen = _Seen()
        while True:
            seen.add(self._job(job, deadline))
            left = until - time.monotonic()
            if seen.ended or seen.stuck or left <= 0:
                return seen
            # CUPS tells of a job's end only those who subscribe, and they must poll all the same.
            time.sleep(min(POLL_S, left))

    def _job(self, job: int, deadline: float) -> ipp.Answer | None:
        """What CUPS says of the job; None when it says nothing in time."""
        wanted = ("job-state", "job-state-reasons", "job-printer-state-message", "time-at-processing")
        number = ipp.Attribute(ipp.INTEGER, "job-id", job)
        try:
            answer = self._ask(ipp.Operation.GET_JOB_ATTRIBUTES, deadline, number, *_requested(*wanted))
        except (ipp.IppError, TimeoutError) as error:
            log.info("%s: job %d: %s", self.name, job, error)
            return None
        return answer if answer.ok else None

    def _cancel(self, job: int, deadline: float) -> ipp.Answer | None:
        number = ipp.Attribute(ipp.INTEGER, "job-id", job)
        user = ipp.Attribute(ipp.NAME, "requesting-user-name", ipp.user())
        try:
            answer = self._ask(ipp.Operation.CANCEL_JOB, deadline, number, user)
        except (ipp.IppError, TimeoutError) as error:
            log.warning("%s: job %d could not be cancelled and may still print: %s", self.name, job, error)
            return None
        said = self._job(job, deadline)
        if not answer.ok and (said is None or said.first("job-state") not in _ENDED):
            log.warning("%s: job %d could not be cancelled and may still print: status %#06x",
                        self.name, job, answer.status)  # fmt: skip
        return said

    def _ask(self, operation: ipp.Operation, deadline: float, *more: ipp.Attribute) -> ipp.Answer:
        body = ipp.request(operation, self._uri, *more)
        return ipp.send(self._server, f"/printers/{self._queue}", body, deadline)


_ENDED: Final = (JobState.CANCELED, JobState.ABORTED, JobState.COMPLETED)


@dataclass(slots=True)
class _Seen:
    """What following a job showed."""

    last: ipp.Answer | None = None
    only_waited: bool = True
    """At every look it waited in line. That it has no time-at-processing proves nothing by itself: CUPS takes it
    away from a job whose printer was stopped halfway."""

    def add(self, answer: ipp.Answer | None) -> None:
        """Take in one look at the job; None when CUPS did not say."""
        self.last = answer or self.last
        over = answer is not None and _has_ended(answer)
        self.only_waited &= over or (answer is not None and _waits(answer))

    @property
    def ended(self) -> bool:
        """Whether nothing more will become of the job."""
        return self.last is not None and _has_ended(self.last)

    @property
    def stuck(self) -> bool:
        """Whether the job will not go on in time: its queue was stopped, or it failed and waits for a second try,
        which CUPS makes after 30 s (JobRetryInterval) and which nobody wants here."""
        if self.last is None:
            return False
        state = self.last.first("job-state")
        return _queue_stopped(self.last) or (state == JobState.HELD and _begun(self.last))

    @property
    def why(self) -> str:
        """What CUPS gives as the reason."""
        if self.last is None:
            return "CUPS fell silent about it"
        return self.last.text("job-printer-state-message") or self.last.text("job-state-reasons")


def _has_ended(answer: ipp.Answer) -> bool:
    return answer.first("job-state") in _ENDED


def _begun(answer: ipp.Answer) -> bool:
    """Whether CUPS started to send the job to the printer."""
    return answer.first("time-at-processing") is not None


def _queue_stopped(answer: ipp.Answer) -> bool:
    reasons = answer.attributes.get("job-state-reasons", [])
    return answer.first("job-state") == JobState.STOPPED or "printer-stopped" in reasons


def _waits(answer: ipp.Answer) -> bool:
    """Whether the job is in line, untouched."""
    return answer.first("job-state") == JobState.PENDING and not _begun(answer) and not _queue_stopped(answer)


def _requested(*names: str) -> tuple[ipp.Attribute, ...]:
    """The names of the attributes wanted: the first names the list, the others join it (RFC 8010, 3.1.3)."""
    return tuple(
        ipp.Attribute(ipp.KEYWORD, "requested-attributes" if place == 0 else "", name)
        for place, name in enumerate(names)
    )
