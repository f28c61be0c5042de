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
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from printer import fence
from printer.errors import SlipError, TimedOut, TransportError
from printer.profiles import Profile
from printer.slip import Slip
from printer.status import (
    SILENT,
    UNREACHED,
    Asb,
    Cause,
    Plain,
    Realtime,
    ReplyParser,
    Status,
    cause,
    parse,
    query,
)
from printer.transports.base import Transport

log = logging.getLogger(__name__)

READ_SIZE: Final = 64
MAX_DRAIN: Final = 64
GIVE_UP_AFTER: Final = 2
"""Times a question may stay unanswered, while others are answered, before it is asked no more."""
MIN_FLUSH: Final = 1024
"""NULs of a flush at least: more than a whole text ticket, for a half job of unknown length."""


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
    """

    outcome: Outcome
    cause: Cause | None
    detail: str
    bytes_sent: int
    status: Status = SILENT


class Press:
    """Prints slips on one printer, one at a time, for one thread.

    ``deadline_s`` bounds each call of :meth:`print` and :meth:`status` as a whole. Trouble with the printer
    comes back as a verdict, never as an exception.
    """

    def __init__(
        self,
        transport: Transport,
        profile: Profile,
        deadline_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if deadline_s <= 0:
            raise ValueError(f"deadline_s is {deadline_s}; allowed: more than 0 seconds")
        self.transport = transport
        self.profile = profile
        self._deadline_s = deadline_s
        self._clock = clock
        self._debris = 0
        self._fence_id = 0
        self._unanswered: dict[int, int] = {}
        self._babbles = False
        self._busy = threading.Lock()

    def print(self, slip: Slip | bytes, on_first_byte: Callable[[], None] = lambda: None) -> Verdict:
        """Print one slip and say what became of it.

        ``on_first_byte`` is called once, right before the first byte of the slip is written; if it raises, no
        byte leaves and the exception goes on to the caller. It is not called when the slip is refused before.
        """
        with self._alone():
            deadline = self._clock() + self._deadline_s
            try:
                job = self._compose(slip)
            except SlipError as error:
                return Verdict(Outcome.NOT_PRINTED, Cause.ERROR, str(error), 0)
            try:
                return self._print(job, deadline, on_first_byte)
            finally:
                self.transport.close()

    def status(self) -> Status:
        """Ask the printer how it is. Silence gives UNKNOWN, no way to it gives ``link`` BAD."""
        with self._alone():
            deadline = self._clock() + self._deadline_s
            try:
                self.transport.open(deadline)
                return self._ask(deadline)
            except TransportError as error:
                log.info("%s: no status: %s", self.transport.name, error)
                return UNREACHED
            finally:
                self.transport.close()

    def assume_half_job(self) -> None:
        """Take it that the printer may hold half a job (after a crash): the next job clears it first."""
        self._debris = max(self._debris, MIN_FLUSH)

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

    def _compose(self, slip: Slip | bytes) -> bytes:
        if isinstance(slip, bytes):
            return slip
        from printer.encode import encode  # python-escpos takes 0.3 s to import: on the printer's thread only

        return encode(slip, self.profile)

    def _print(self, job: bytes, deadline: float, on_first_byte: Callable[[], None]) -> Verdict:
        try:
            self.transport.open(deadline)
            self._babbles = False
            before = self._ask(deadline)
        except TransportError as error:
            # A printer that takes no three bytes of a question is there but deaf; one that cannot be opened
            # is not.
            found = Cause.OFFLINE if isinstance(error, TimedOut) else Cause.UNREACHABLE
            return Verdict(Outcome.NOT_PRINTED, found, str(error), 0, UNREACHED)
        trouble = cause(before)
        if trouble is not None and trouble.blocks:
            return Verdict(
                Outcome.NOT_PRINTED, trouble, f"the printer said {trouble} before the job", 0, before
            )
        if self._debris:
            try:
                self.transport.write(self._flush(), deadline)
            except TransportError as error:
                return Verdict(Outcome.NOT_PRINTED, Cause.OFFLINE, f"clearing half a job: {error}", 0, before)
            self._debris = 0
        self._fence_id += 1
        on_first_byte()
        try:
            self.transport.write(job + fence.command(self.profile, self._fence_id), deadline)
        except TransportError as error:
            self._debris = len(job)
            return self._half_sent(error, min(error.sent, len(job)))
        return self._confirm(job, before, deadline)

    def _half_sent(self, error: TransportError, sent: int) -> Verdict:
        # No question here: a line that takes no more of the job takes no question either, and inside a
        # command cut in two its bytes would be data.
        if isinstance(error, TimedOut):
            return Verdict(Outcome.UNCONFIRMED, Cause.OFFLINE, str(error), sent)
        return Verdict(Outcome.UNCONFIRMED, Cause.UNREACHABLE, str(error), sent, UNREACHED)

    def _confirm(self, job: bytes, before: Status, deadline: float) -> Verdict:
        fenced = self.profile.fence != "none"
        babbles = self._babbles
        # One that answered before the job will answer after it, once the job has gone down the line: at 9,600
        # baud that is 0.6 s for a ticket. One that was silent is given its usual time only.
        patience = self._deadline_s if before.answered else self.profile.reply_s
        try:
            proven = fenced and self._await_fence(deadline) and not babbles
            after = self._ask(deadline, patience)
        except TransportError as error:
            return Verdict(Outcome.UNCONFIRMED, Cause.UNREACHABLE, str(error), len(job), UNREACHED)
        trouble = cause(after)
        if trouble is not None and trouble.blocks:
            detail = f"the printer said {trouble} after the job"
            return Verdict(Outcome.UNCONFIRMED, trouble, detail, len(job), after)
        if proven:
            return Verdict(Outcome.PRINTED, None, "the printer answered the end of the job", len(job), after)
        if fenced:
            return Verdict(Outcome.UNCONFIRMED, None, "no answer to the end of the job", len(job), after)
        if after.answered:
            return Verdict(
                Outcome.PRINTED, None, "the printer said it is well after the job", len(job), after
            )
        return Verdict(Outcome.UNCONFIRMED, None, "the printer does not answer", len(job), after)

    def _await_fence(self, deadline: float) -> bool:
        """Wait for the fence's answer, leaving time to ask why when it does not come."""
        until = deadline - self.profile.reply_s
        parser = ReplyParser()
        while data := self.transport.read(READ_SIZE, until):
            if any(fence.passed(self.profile, self._fence_id, reply) for reply in parser.feed(data)):
                return True
        return False

    def _ask(self, deadline: float, patience: float | None = None) -> Status:
        """Ask every DLE EOT the profile knows of, one after the other: Epson allows no next data before the
        answer. The first may take ``patience`` seconds; one silence ends the round."""
        self._drain()
        parser = ReplyParser()
        replies: dict[int, int] = {}
        asb: Asb | None = None
        wait = self.profile.reply_s if patience is None else patience
        for n in self._askable():
            self.transport.write(query(n), deadline)
            answer, packet = self._await_reply(parser, min(deadline, self._clock() + wait))
            asb = packet or asb
            wait = self.profile.reply_s
            if answer is None:
                if replies:
                    self._unanswered[n] = self._unanswered.get(n, 0) + 1
                break
            replies[n] = answer
            self._unanswered.pop(n, None)
        return parse(replies, asb)

    def _askable(self) -> list[int]:
        """The questions of the profile without those left unanswered twice while another was answered."""
        return [n for n in self.profile.status if self._unanswered.get(n, 0) < GIVE_UP_AFTER]

    def _await_reply(self, parser: ReplyParser, until: float) -> tuple[int | None, Asb | None]:
        asb: Asb | None = None
        while data := self.transport.read(READ_SIZE, until):
            for reply in parser.feed(data):
                if isinstance(reply, Asb):
                    asb = reply
                elif isinstance(reply, Realtime):
                    return reply.byte, asb
                elif isinstance(reply, Plain):
                    # It answers DLE EOT with what GS r would: its answer to GS r proves nothing either.
                    self._babbles = True
        return None, asb

    def _drain(self) -> None:
        """Throw away answers to questions of long ago. Bounded: a printer that babbles is not waited out."""
        for _ in range(MAX_DRAIN):
            if not self.transport.read(READ_SIZE, self._clock()):
                return

    def _flush(self) -> bytes:
        """What ends a command cut in two: as many NULs as it can still want, then ESC @.

        No command is longer than its job, so the job's length is enough; receiptio writes 8,192, which a
        slice of raster can exceed. What was printed of the half job is cut off, so that it does not come
        out on top of the next slip.
        """
        from printer.encode import cut

        return bytes(max(self._debris, MIN_FLUSH)) + b"\x1b@" + cut(self.profile)
