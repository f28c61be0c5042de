"""Asking a printer how it is, and hearing that a job came to its end, on a line where answers come late or never.

Three things make that more than a question and an answer:

* an answer may come after its time. The answer to a question from before the job says nothing of the job, so
  each question that was given up on is remembered while the line is open, and its answer is passed over;
* the answer to ``GS r 1`` carries no name. Where an earlier one is still out (a printer without paper answers
  it after the refill), one more is needed before it stands for this job;
* some clones answer everything with the byte that ``GS r`` gives for "all well": theirs prove nothing.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from printer import fence
from printer.profiles import Profile
from printer.status import (
    PORT_PAPER_EMPTY,
    SILENT,
    Asb,
    Cleared,
    Health,
    Plain,
    Realtime,
    Reply,
    ReplyParser,
    Status,
    parse,
    query,
)
from printer.transports.base import TellsPort, Transport

log = logging.getLogger(__name__)

READ_SIZE: Final = 64
MAX_DRAIN: Final = 64
GIVE_UP_AFTER: Final = 2
"""Times a question may stay unanswered, while others are answered, before it is asked no more."""
MOST_FENCES: Final = 3
"""Unanswered fences that are remembered at most."""
_CLEAR: Final = {"dle_enq": b"\x10\x05\x02", "dle_dc4": b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"}
"""Real-time: obeyed ahead of what waits. DLE ENQ 2 recovers "after clearing the receive and print buffers" (TM-U220
and TP80K manuals); DLE DC4 8 clears them in any state and says so (Epson's reference)."""


class Heard(Enum):
    """What listening for the end of a job gave."""

    END = auto()
    """The end was answered."""
    NOT_YET = auto()
    NOTHING = auto()
    """And nothing can come on this line."""


class Asker:
    """The talking side of one printer. Deadlines are instants of ``clock``."""

    def __init__(self, transport: Transport, profile: Profile, clock: Callable[[], float]) -> None:
        self._transport = transport
        self._profile = profile
        self._clock = clock
        self._parser = ReplyParser()
        self._replies: deque[Reply] = deque()
        self._given_up: deque[float] = deque()
        """When the questions were asked whose answers may still come."""
        self._unanswered: dict[int, int] = {}
        self._asb: Asb | None = None
        """The latest packet of this job. One comes at every change, so the latest holds."""
        self._babbles = False
        self._fence: int | None = None
        self._fences_out = 0
        self._fence_heard = False
        self.proven = False
        """Whether the fence of this job was answered."""
        self.late = False
        """Whether an answer came after its time: the printer does answer, and may be waited for."""

    def begin(self) -> None:
        """A new job on a newly opened line."""
        self._parser = ReplyParser()  # half a reply would be half of something old
        self._given_up.clear()
        self._asb = None
        self._babbles = False
        self._fence = None
        self._fence_heard = False
        self.proven = self.late = False

    def fenced(self, number: int) -> None:
        """The fence ``number`` has been sent after the job."""
        self._fence = number
        self.proven = False
        self._fences_out = min(self._fences_out + 1, MOST_FENCES)

    def end(self) -> None:
        """The job is over. What was answered short is never coming: nothing is owed any more."""
        if self._fence_heard:
            self._fences_out = 0

    def ask(self, deadline: float, patience: float | None = None) -> Status:
        """Ask every DLE EOT the profile knows of, one after the other: Epson allows no next data before the
        answer. The first may take ``patience`` seconds; one silence ends the round. Raises TransportError."""
        self._drain()
        replies: dict[int, int] = {}
        wait = self._profile.reply_s if patience is None else patience
        for n in self._askable():
            self._transport.write(query(n), deadline)
            answer = self._answer(deadline, wait)
            wait = self._profile.reply_s
            if answer is None:
                if replies:
                    # It answers others in time: it does not know this one, rather than being late.
                    self._unanswered[n] = self._unanswered.get(n, 0) + 1
                break
            replies[n] = answer
            self._unanswered.pop(n, None)
        status = parse(replies, self._asb)
        return status if status.answered or not self._profile.port_status else self._port(deadline)

    def listen(self, until: float) -> Heard:
        """Wait for the fence's answer. Raises TransportError."""
        while not self.proven:
            reply = self._next(until)
            if reply is None:
                # A line without a read side says so by not waiting.
                return Heard.NOTHING if self._clock() < until else Heard.NOT_YET
            self._pass_over(reply)
        return Heard.END

    def clear(self, deadline: float) -> bool:
        """Have the printer forget what it holds; whether it said that it did. Raises TransportError."""
        self._drain()
        self._transport.write(_CLEAR[self._profile.clear_buffer], deadline)
        if self._profile.clear_buffer != "dle_dc4":
            return False
        until = min(deadline, self._clock() + self._profile.reply_s)
        while (reply := self._next(until)) is not None:
            if isinstance(reply, Cleared):
                # What was held is gone, and with it the fences that stood in it.
                self._fences_out = 0
                return True
            self._pass_over(reply)
        return False

    def _port(self, deadline: float) -> Status:
        """What the port says where the printer says nothing. It can tell that paper is out; that all is well there
        proves nothing, so anything else is silence."""
        byte = self._transport.port_status(deadline) if isinstance(self._transport, TellsPort) else None
        return Status(paper=Health.BAD) if byte is not None and byte & PORT_PAPER_EMPTY else SILENT

    def _askable(self) -> list[int]:
        """The questions of the profile without those left unanswered twice while another was answered."""
        return [n for n in self._profile.status if self._unanswered.get(n, 0) < GIVE_UP_AFTER]

    def _answer(self, deadline: float, wait: float) -> int | None:
        asked = self._clock()
        until = min(deadline, asked + wait)
        plain = False
        while (reply := self._next(until)) is not None:
            if not isinstance(reply, Realtime):
                plain |= isinstance(reply, Plain)
                continue
            if not self._given_up:
                return reply.byte
            # The answer to an earlier question. This one will take as long.
            took = self._clock() - self._given_up.popleft()
            until = min(deadline, max(until, asked + took + self._profile.reply_s))
        self._given_up.append(asked)
        self._babbles |= plain and self._fence is None
        return None

    def _next(self, until: float) -> Reply | None:
        """The next reply of any kind; None when none came in time."""
        while not self._replies:
            data = self._transport.read(READ_SIZE, until)
            if not data:
                return None
            self._replies += self._parser.feed(data)
        reply = self._replies.popleft()
        self._note(reply)
        return reply

    def _note(self, reply: Reply) -> None:
        if isinstance(reply, Asb):
            self._asb = reply
        elif isinstance(reply, Plain):
            if self._fences_out and self._profile.fence == "gs_r":
                self._fences_out -= 1
                self._fence_heard = self._fence is not None
                self.proven |= self._fence is not None and not self._fences_out and not self._babbles
            else:
                # It answers DLE EOT with what GS r would: its answer to GS r proves nothing either.
                self._babbles = True
        elif self._fence is not None and fence.passed(self._profile, self._fence, reply):
            self.proven = True

    def _pass_over(self, reply: Reply) -> None:
        """An answer nobody waits for is that to the oldest question given up on."""
        if isinstance(reply, Realtime) and self._given_up:
            self._given_up.popleft()
            self.late = True

    def _drain(self) -> None:
        """Take in what came unasked or too late. Bounded: a printer that babbles is not waited out."""
        for _ in range(MAX_DRAIN):
            data = self._transport.read(READ_SIZE, self._clock())
            if not data:
                break
            self._replies += self._parser.feed(data)
        while self._replies:
            reply = self._replies.popleft()
            self._pass_over(reply)
            if isinstance(reply, Plain) and not self._fences_out:
                continue  # an old answer: it does not make the printer one that babbles
            self._note(reply)
