"""One worker that owns one printer: a slip goes in, the truth comes out.

The truth has three forms. *printed*: the printer said so. *unconfirmed*: bytes left, and this printer
cannot or did not say more. *not printed*: refused before the first byte. After the first byte has left
nothing is ever sent again, whatever happens: a printer that is out of paper keeps what it got and prints it
after the refill, so a second try is how one ticket becomes two.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from printer import fence
from printer.asking import Asker, Heard
from printer.errors import SlipError, TimedOut, TransportError
from printer.profiles import Profile
from printer.slip import Slip
from printer.status import SILENT, UNREACHED, Cause, Status, cause
from printer.transports.base import Transport

if TYPE_CHECKING:
    from printer.encode import Job

log = logging.getLogger(__name__)

MIN_FLUSH: Final = 1024
"""NULs of a flush at least: more than a whole text ticket, for a half job of unknown length."""
LOOK_S: Final = 1.0
"""How long to wait for the end of a job before asking what keeps it, in seconds; a quarter of the deadline at most."""
MAY_LACK_FENCE: Final = 2
"""Fences missed after which a printer that never answered one is taken not to know it: each is cleared up after, which
costs a strip of blank paper."""
CLEARED_FOR: Final = (Cause.PAPER_OUT, Cause.COVER_OPEN)
"""What makes a printer keep a job until somebody has changed the roll, long after its visitor has left. The cover is
opened for that, and with it open the paper sensor may be wrong (TM-T88III manual, p. 308)."""


class Outcome(StrEnum):
    """What became of a slip."""

    PRINTED = "printed"
    UNCONFIRMED = "unconfirmed"
    NOT_PRINTED = "not_printed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a slip, and why.

    ``cause`` is None when nothing is known to be wrong, ``bytes_sent`` counts the bytes of the slip that
    left, ``status`` is the last the printer said (``paper_low`` is found there: it never makes a verdict).
    ``length_mm`` is the paper a whole slip takes: for counting down a roll.
    """

    outcome: Outcome
    cause: Cause | None
    detail: str
    bytes_sent: int
    status: Status = SILENT
    length_mm: float = 0.0


class Press:
    """Prints slips on one printer, one at a time, for one thread.

    ``deadline_s`` bounds each call of :meth:`print` and :meth:`status` as a whole. Trouble with the printer
    comes back as a verdict, never as an exception. ``on_paper`` hears of each slip of which bytes have left, with
    the millimetres of paper it takes.
    """

    def __init__(
        self,
        transport: Transport,
        profile: Profile,
        deadline_s: float,
        clock: Callable[[], float] = time.monotonic,
        on_paper: Callable[[float], None] = lambda length_mm: None,
    ) -> None:
        if deadline_s <= 0:
            raise ValueError(f"deadline_s is {deadline_s}; allowed: more than 0 seconds")
        self.transport = transport
        self.profile = profile
        self._deadline_s = deadline_s
        self._clock = clock
        self._on_paper = on_paper
        self._asker = Asker(transport, profile, clock)
        self._debris = 0
        """Bytes that end what a job cut short left in the printer; 0 when it left nothing."""
        self._keeps = False
        """Whether the printer may keep a job, or half of one, to print it when its trouble is over."""
        self._fence_id = 0
        self._fence_works = False
        self._fences_missed = 0
        self._busy = threading.Lock()

    def print(self, slip: Slip | bytes, on_first_byte: Callable[[], None] = lambda: None) -> Verdict:
        """Print one slip and say what became of it.

        ``on_first_byte`` is called once, right before the first byte of the slip is written; if it raises, no
        byte leaves and the exception goes on to the caller. It is not called when the slip is refused before.
        """
        with self._alone():
            try:
                job = self._compose(slip)
            except SlipError as error:
                return Verdict(Outcome.NOT_PRINTED, Cause.ERROR, str(error), 0)
            # The printer's time begins here: the first slip of all may have loaded python-escpos.
            deadline = self._clock() + self._deadline_s
            try:
                verdict = self._print(job.data, deadline, on_first_byte)
            finally:
                self._asker.end()
                self.transport.close()
            if verdict.outcome is not Outcome.NOT_PRINTED:
                self._on_paper(job.length_mm)
            return replace(verdict, length_mm=job.length_mm)

    def status(self) -> Status:
        """Ask the printer how it is. Silence gives UNKNOWN, no way to it gives ``link`` BAD."""
        with self._alone():
            deadline = self._clock() + self._deadline_s
            try:
                return self._look(deadline)
            except TransportError as error:
                log.info("%s: no status: %s", self.transport.name, error)
                return UNREACHED
            finally:
                self.transport.close()

    def assume_half_job(self) -> None:
        """Take it that the printer may hold half a job (after a crash): the next job clears it first."""
        self._debris = max(self._debris, MIN_FLUSH)
        self._keeps = True

    def close(self) -> None:
        """Let the printer go."""
        self.transport.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._busy.acquire(blocking=False):
            raise RuntimeError(f"{self.transport.name}: two threads use one Press; give it one owner")
        try:
            yield
        finally:
            self._busy.release()

    def _compose(self, slip: Slip | bytes) -> Job:
        from printer.encode import (
            Job,
            compose,
        )  # python-escpos takes 0.3 s to import: on the printer's thread only

        return Job(slip) if isinstance(slip, bytes) else compose(slip, self.profile)

    def _print(self, job: bytes, deadline: float, on_first_byte: Callable[[], None]) -> Verdict:
        try:
            before = self._look(deadline)
        except TransportError as error:
            # A printer that takes no three bytes of a question is there but deaf; one that cannot be opened
            # is not.
            found = Cause.OFFLINE if isinstance(error, TimedOut) else Cause.UNREACHABLE
            return Verdict(Outcome.NOT_PRINTED, found, str(error), 0, UNREACHED)
        trouble = _trouble(before)
        if trouble is not None:
            return Verdict(
                Outcome.NOT_PRINTED, trouble, f"the printer said {trouble} before the job", 0, before
            )
        if self._debris:
            try:
                refused = self._clear_up(before, deadline)
            except TransportError as error:
                refused = str(error)
            if refused:
                detail = f"clearing half a job: {refused}"
                return Verdict(Outcome.NOT_PRINTED, Cause.OFFLINE, detail, 0, before)
        self._fence_id += 1
        on_first_byte()
        try:
            self.transport.write(job + fence.command(self.profile, self._fence_id), deadline)
        except TransportError as error:
            self._leaves(job)
            return self._half_sent(error, min(error.sent, len(job)))
        return self._confirm(job, before, deadline)

    def _clear_up(self, before: Status, deadline: float) -> str:
        """End what a job cut short left behind; why that did not work, empty when it did, as far as can be known.

        A printer that answers must answer once more behind it: one that restarts just now would print the slip under
        the half that still hangs on its roll. Raises TransportError.
        """
        # GS r has no name: one that is still out from the half job would be taken for this.
        named = self._fence_works and self.profile.fence == "gs_h"
        if named:
            self._fence_id += 1
        proof = fence.command(self.profile, self._fence_id) if named else b""
        self.transport.write(self._flush() + proof, deadline)
        if named:
            self._asker.fenced(self._fence_id)
            if self._asker.listen(deadline - self.profile.reply_s) is not Heard.END:
                return "the printer did not answer its end"
        elif before.answered and not self._asker.ask(deadline, self._deadline_s).answered:
            return "the printer fell silent"
        self._debris = 0
        return ""

    def _look(self, deadline: float) -> Status:
        """Open the line and ask how the printer is. What it keeps of an abandoned job is cleared while it waits
        for paper: afterwards it would be on the paper."""
        self.transport.open(deadline)
        self._asker.begin()
        status = self._asker.ask(deadline)
        if self._keeps and self._clears(_trouble(status)):
            self._clear(deadline)
        return status

    def _half_sent(self, error: TransportError, sent: int) -> Verdict:
        # No question here: a line that takes no more of the job takes no question either, and inside a
        # command cut in two its bytes would be data.
        if isinstance(error, TimedOut):
            return Verdict(Outcome.UNCONFIRMED, Cause.OFFLINE, str(error), sent)
        return Verdict(Outcome.UNCONFIRMED, Cause.UNREACHABLE, str(error), sent, UNREACHED)

    def _confirm(self, job: bytes, before: Status, deadline: float) -> Verdict:
        # One that answered before the job will answer after it, once the job has gone down the line: at 9,600
        # baud that is 0.6 s for a ticket. One that was silent is given its usual time only.
        patience = self._deadline_s if before.answered else self.profile.reply_s
        fenced = self.profile.fence != "none"
        try:
            after = self._await_end(deadline, patience, look=before.answered) if fenced else SILENT
            if not after.answered and self._clock() < deadline:
                after = self._asker.ask(deadline, self._deadline_s if self._asker.late else patience)
        except TimedOut as error:
            # It takes not even a question, as one without paper on USB. What it has of the job it may keep.
            self._keeps = True
            return Verdict(Outcome.UNCONFIRMED, Cause.OFFLINE, str(error), len(job))
        except TransportError as error:
            # Whether it was pulled out or restarted: what it had printed hangs on the roll, uncut.
            self._leaves(job)
            return Verdict(Outcome.UNCONFIRMED, Cause.UNREACHABLE, str(error), len(job), UNREACHED)
        self._fence_works |= self._asker.proven
        self._fences_missed += fenced and not self._asker.proven
        trouble = _trouble(after)
        if trouble is not None:
            detail = f"the printer said {trouble} after the job" + self._stop(job, trouble, deadline)
            return Verdict(Outcome.UNCONFIRMED, trouble, detail, len(job), after)
        if self._asker.proven:
            return Verdict(Outcome.PRINTED, None, "the printer answered the end of the job", len(job), after)
        missed = fenced and (self._fence_works or self._fences_missed <= MAY_LACK_FENCE)
        if missed or (before.answered and not after.answered):
            # It spoke and fell silent, or never came to the end: it may have restarted in the middle.
            self._leaves(job)
        if not after.answered:
            return Verdict(Outcome.UNCONFIRMED, None, "the printer does not answer", len(job), after)
        if fenced:
            return Verdict(Outcome.UNCONFIRMED, None, "no answer to the end of the job", len(job), after)
        self._keeps = False
        return Verdict(Outcome.PRINTED, None, "the printer said it is well after the job", len(job), after)

    def _await_end(self, deadline: float, patience: float, *, look: bool) -> Status:
        """Wait for the fence's answer, asking now and then what keeps it where the printer ``look``s able to say;
        the trouble it told of, or SILENT. Time is left to ask once more."""
        self._asker.fenced(self._fence_id)
        look_s = min(LOOK_S, self._deadline_s / 4)
        until = deadline - self.profile.reply_s
        if self.profile.status and not look and not self._fence_works:
            # It said nothing to any question: no visitor waits to the end for one that never speaks.
            until = min(until, self._clock() + look_s + 2 * self.profile.reply_s)
        while True:
            end = min(until, self._clock() + look_s) if look else until
            if self._asker.listen(end) is not Heard.NOT_YET or self._clock() >= until:
                return SILENT
            status = self._asker.ask(deadline, patience)
            if _trouble(status):
                return status

    def _stop(self, job: bytes, trouble: Cause, deadline: float) -> str:
        """Have a job that the printer keeps forgotten, where that can be; what to add to the verdict's detail."""
        self._keeps = True
        if not self._clears(trouble):
            return ""
        self._leaves(job)
        return self._clear(deadline)

    def _clears(self, trouble: Cause | None) -> bool:
        return trouble in CLEARED_FOR and self.profile.clear_buffer != "none"

    def _clear(self, deadline: float) -> str:
        try:
            said = self._asker.clear(deadline)
        except TransportError as error:
            log.warning("%s: its buffer was not cleared: %s", self.transport.name, error)
            return ""
        self._keeps = False
        return "; its buffer is cleared" if said else "; it was told to clear its buffer"

    def _leaves(self, job: bytes) -> None:
        """``job`` may have come to an end in the middle: the next one clears the way first."""
        self._debris = max(MIN_FLUSH, len(job))
        self._keeps = True

    def _flush(self) -> bytes:
        """What ends a command cut in two: as many NULs as it can still want, then ESC @.

        No command is longer than its job, so the job's length is enough; receiptio writes 8,192, which a
        slice of raster can exceed. What was printed of the half job is cut off, so that it does not come
        out on top of the next slip.
        """
        from printer.encode import cut

        return bytes(self._debris) + b"\x1b@" + cut(self.profile)


def _trouble(status: Status) -> Cause | None:
    """What keeps the printer from printing, as far as it said."""
    found = cause(status)
    return found if found is not None and found.blocks else None
