"""The state of a virtual printer: what is wrong with it, what it answers, what it holds back.

It fails as the documents say real ones do. Without paper, with the cover open or offline it keeps taking
bytes until its buffer is full, and prints them when the trouble is over: the trap that turns one ticket
into two. DLE EOT is answered on arrival, ahead of the buffer; GS r only when its turn comes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final

from printer.virtual.interpreter import Interpreter
from printer.virtual.model import Paper

BUFFER: Final = 4096
"""Receive buffer in bytes; 4 kB is the larger of the two sizes of a TM-T88 (the other is 45 bytes)."""
DLE_EOT: Final = b"\x10\x04"
FIXED_BITS: Final = 0x12
"""Every DLE EOT answer is ``0xx1xx10``."""


class Fault(StrEnum):
    """What can be wrong with a virtual printer. Faults add up."""

    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    CUTTER = "cutter"
    ERROR = "error"
    SILENT = "silent"
    UNPLUGGED = "unplugged"


HOLDING: Final = frozenset({Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.OFFLINE, Fault.CUTTER, Fault.ERROR})
"""Faults that stop printing while bytes are still taken in."""


def faults_from(words: Iterable[str]) -> frozenset[Fault]:
    """Faults by name. Raises ValueError naming the word and what is allowed."""
    allowed = [fault.value for fault in Fault]
    found = set()
    for word in words:
        if word not in allowed:
            raise ValueError(f"{word!r} is not a fault; allowed: {', '.join(allowed)}")
        found.add(Fault(word))
    return frozenset(found)


class VirtualPrinter:
    """A printer in software. Safe to use from several threads.

    ``on_paper`` receives each paper that has something on it, on the thread that completed it. ``kanji``: it
    wakes up reading bytes above 0x7F in pairs, as Chinese boards do. ``buffer`` is the receive buffer in
    bytes.
    """

    def __init__(
        self,
        dots: int,
        on_paper: Callable[[Paper], object],
        *,
        kanji: bool = False,
        buffer: int = BUFFER,
    ) -> None:
        self._changed = threading.Condition(threading.RLock())
        self._on_paper = on_paper
        self._replies = bytearray()
        self._watchers: list[Callable[[], None]] = []
        self._tail = b""
        self._buffer = buffer
        self._faults: frozenset[Fault] = frozenset()
        self.interpreter = Interpreter(dots, self._paper, self._reply, kanji=kanji)

    # --- what is wrong ------------------------------------------------------------------------------------

    @property
    def faults(self) -> frozenset[Fault]:
        """What is wrong now."""
        with self._changed:
            return self._faults

    def set_faults(self, *faults: Fault) -> None:
        """Replace all faults. What was held back prints once nothing stops it; unplugging forgets it."""
        with self._changed:
            self._faults = frozenset(faults)
            if Fault.UNPLUGGED in self._faults:
                self.interpreter.reset()
                self._replies.clear()
                self._tail = b""
            self._set_paper_bits()
            self._work()
            self._changed.notify_all()
            watchers = list(self._watchers)
        for watcher in watchers:
            watcher()

    def watch(self, watcher: Callable[[], None]) -> None:
        """Have ``watcher`` called after each change of the faults. It must not block."""
        with self._changed:
            self._watchers.append(watcher)

    def unwatch(self, watcher: Callable[[], None]) -> None:
        """End :meth:`watch`."""
        with self._changed:
            self._watchers.remove(watcher)

    def fail(self, *faults: Fault) -> None:
        """Add faults to those there are."""
        with self._changed:
            self.set_faults(*self._faults, *faults)

    def mend(self, *faults: Fault) -> None:
        """Take faults away; without arguments all of them."""
        with self._changed:
            self.set_faults(*(self._faults - set(faults) if faults else ()))

    # --- bytes in, bytes out ------------------------------------------------------------------------------

    @property
    def room(self) -> int:
        """Bytes it can take in now. None of them are taken while it is unplugged."""
        with self._changed:
            if Fault.UNPLUGGED in self._faults:
                return 0
            # What is waiting for the rest of a command is being worked on and takes no room in the buffer.
            return self._buffer - self.interpreter.waiting if self._faults & HOLDING else self._buffer

    def receive(self, data: bytes) -> int:
        """Take in what fits of ``data``; the number of bytes taken."""
        with self._changed:
            taken = data[: max(0, self.room)]
            if taken:
                self._answer_real_time(taken)
                self.interpreter.push(taken)
                self._work()
                self._changed.notify_all()
            return len(taken)

    def take_replies(self) -> bytes:
        """The bytes it has to say since the last call; nothing while it is silent."""
        with self._changed:
            replies = bytes(self._replies)
            self._replies.clear()
            return replies

    def wait(self, ready: Callable[[], bool], deadline: float) -> bool:
        """Wait until ``ready()`` or the deadline (:func:`time.monotonic`); whether it is ready."""
        with self._changed:
            return self._changed.wait_for(ready, max(0.0, deadline - time.monotonic()))

    def tear(self) -> None:
        """Part what is printed from the roll by hand, as people do where there is no cutter."""
        with self._changed:
            self.interpreter.tear()

    # --- inside -------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._faults & HOLDING and self.interpreter.step():
            pass

    def _paper(self, paper: Paper) -> None:
        if not paper.blank:
            self._on_paper(paper)

    def _reply(self, reply: bytes) -> None:
        if not self._faults & {Fault.SILENT, Fault.UNPLUGGED}:
            self._replies += reply

    def _answer_real_time(self, data: bytes) -> None:
        """Answer each DLE EOT n on arrival, also where the sequence is split or stands inside a picture."""
        stream = self._tail + data
        at = stream.find(DLE_EOT)
        while at >= 0 and at + 2 < len(stream):
            if 1 <= stream[at + 2] <= 4:
                self._reply(bytes((self._status_byte(stream[at + 2]),)))
            at = stream.find(DLE_EOT, at + 2)
        keep = 2 if stream[-2:] == DLE_EOT else 1 if stream[-1:] == DLE_EOT[:1] else 0
        self._tail = stream[len(stream) - keep :]

    def _status_byte(self, n: int) -> int:
        """DLE EOT ``n`` as Epson's TM-T88III manual gives the bits (p. 304)."""
        faults = self._faults
        bits = FIXED_BITS
        if n == 1:
            bits |= 0x08 if faults & HOLDING else 0
        elif n == 2:
            bits |= 0x04 if Fault.COVER_OPEN in faults else 0
            bits |= 0x20 if Fault.PAPER_OUT in faults else 0
            bits |= 0x40 if faults & {Fault.ERROR, Fault.CUTTER} else 0
        elif n == 3:
            bits |= 0x08 if Fault.CUTTER in faults else 0
            bits |= 0x20 if Fault.ERROR in faults else 0
        else:
            bits |= 0x0C if faults & {Fault.PAPER_LOW, Fault.PAPER_OUT} else 0
            bits |= 0x60 if Fault.PAPER_OUT in faults else 0
        return bits

    def _set_paper_bits(self) -> None:
        out, low = Fault.PAPER_OUT in self._faults, Fault.PAPER_LOW in self._faults
        self.interpreter.paper_bits = (0x0C if out else 0) | (0x03 if low or out else 0)
