"""A virtual printer: what is wrong with it, what it answers, what it holds back.

It fails as the documents say real ones do. Without paper, with the cover open or offline it keeps taking
bytes until its buffer is full, and prints them when the trouble is over: the trap that turns one ticket
into two. DLE EOT, DLE ENQ and DLE DC4 8 are obeyed on arrival, ahead of the buffer; GS r only when its turn
comes.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from printer.virtual import answers
from printer.virtual.faults import HOLDING, Fault, Faults, checked, with_values
from printer.virtual.interpreter import Interpreter
from printer.virtual.line import Line
from printer.virtual.model import Paper

BUFFER: Final = 4096
"""Receive buffer in bytes; 4 kB is the larger of the two sizes of a TM-T88 (the other is 45 bytes)."""
BOOT_S: Final = 0.5
"""How long it takes to start, in seconds; real ones take one to three."""
DOTS_PER_MM: Final = 8
COUNTING: Final = (Fault.RESET_AFTER, Fault.UNPLUG_AFTER)
"""Faults that come after a number of received bytes."""
XON: Final = b"\x11"
XOFF: Final = b"\x13"


class VirtualPrinter:
    """A printer in software. Safe to use from several threads.

    ``on_paper`` receives each paper that has something on it, on the thread that completed it. ``kanji``: it
    wakes up reading bytes above 0x7F in pairs, as Chinese boards do. ``buffer`` is the receive buffer in
    bytes. ``clears``: it knows DLE ENQ 2 and DLE DC4 8.
    """

    def __init__(
        self,
        dots: int,
        on_paper: Callable[[Paper], object],
        *,
        kanji: bool = False,
        buffer: int = BUFFER,
        clears: bool = True,
        boot_s: float = BOOT_S,
    ) -> None:
        self._changed = threading.Condition(threading.RLock())
        self._on_paper = on_paper
        self._watchers: list[Callable[[], None]] = []
        self._said: deque[tuple[float, bytes]] = deque()
        """What it has to say, and when."""
        self._tail = b""
        self._buffer = buffer
        self._clears = clears
        self._boot_s = boot_s
        self._faults: dict[Fault, float] = {}
        self._line = Line()
        self._booted_at = 0.0
        self._held_off = False
        self.resets = 0
        """How often it has restarted by itself: a connection does not outlive that."""
        self.interpreter = Interpreter(dots, self._paper, self._reply, kanji=kanji)

    # --- what is wrong ------------------------------------------------------------------------------------

    @property
    def faults(self) -> frozenset[Fault]:
        """What is wrong now."""
        with self._changed:
            return frozenset(self._faults)

    @property
    def fault_values(self) -> dict[Fault, float]:
        """What is wrong now, with the values."""
        with self._changed:
            return dict(self._faults)

    def set_faults(self, *faults: Fault) -> None:
        """Replace all faults. What was held back prints once nothing stops it; unplugging forgets it."""
        self.replace_faults(with_values(faults))

    def replace_faults(self, faults: Faults) -> None:
        """Replace all faults, values included. A value that counts down starts anew."""
        with self._changed:
            before = self._faults
            self._faults = dict(faults)
            late = time.monotonic() + self._faults.get(Fault.LATE, 0.0)
            self._said = deque((min(due, late), reply) for due, reply in self._said)
            self._line.set_rate(self._faults.get(Fault.SLOW), time.monotonic())
            if Fault.UNPLUGGED in self._faults:
                self._forget()
            elif Fault.PAPER_OUT in before and Fault.PAPER_OUT not in self._faults:
                # What stood on the end of the old roll went with it.
                self.interpreter.leave()
            self._tell(before)

    def fail(self, *faults: Fault, value: float | None = None) -> None:
        """Add faults to those there are; ``value`` is that of a single one. Raises ValueError for a value not
        allowed."""
        with self._changed:
            added = with_values(faults)
            if value is not None:
                (fault,) = faults
                added[fault] = checked(fault, value)
            self.replace_faults({**self._faults, **added})

    def mend(self, *faults: Fault) -> None:
        """Take faults away; without arguments all of them."""
        with self._changed:
            gone = set(faults) or set(self._faults)
            self.replace_faults({fault: value for fault, value in self._faults.items() if fault not in gone})

    def watch(self, watcher: Callable[[], None]) -> None:
        """Have ``watcher`` called after each change of the faults. It must not block."""
        with self._changed:
            self._watchers.append(watcher)

    def unwatch(self, watcher: Callable[[], None]) -> None:
        """End :meth:`watch`."""
        with self._changed:
            self._watchers.remove(watcher)

    # --- bytes in, bytes out ------------------------------------------------------------------------------

    @property
    def room(self) -> int:
        """Bytes it can take in now. None of them are taken while it is unplugged."""
        with self._changed:
            return self._room(time.monotonic())

    def receive(self, data: bytes) -> int:
        """Take in what fits of ``data``; the number of bytes taken."""
        with self._changed:
            now = time.monotonic()
            room = self._room(now)
            if room <= 0 and Fault.UNPLUGGED not in self._faults and self._line.room(now) > 0:
                return self._take_ahead(data)
            taken = self._cut_short(data[: max(0, room)])
            if taken:
                self._line.carried(len(taken))
                if now >= self._booted_at:  # what comes while it starts is lost
                    self._take(taken)
                self._count_down(taken)
                self._hold_off()
                self._changed.notify_all()
            return len(taken)

    def take_replies(self) -> bytes:
        """The bytes it has to say since the last call; nothing while it is silent."""
        with self._changed:
            self._hold_off()
            now, found = time.monotonic(), b""
            while self._said and self._said[0][0] <= now:
                found += self._said.popleft()[1]
            return found

    @property
    def speaking(self) -> bool:
        """Whether it has something to say, now or in a while."""
        with self._changed:
            return bool(self._said)

    @property
    def starting(self) -> bool:
        """Whether it is starting after a restart, and loses what it is sent."""
        with self._changed:
            return time.monotonic() < self._booted_at

    @property
    def pause(self) -> float | None:
        """Seconds until something about it changes by itself; None when nothing will."""
        with self._changed:
            now = time.monotonic()
            ends = [due - now for due, _ in list(self._said)[:1]]
            if now < self._booted_at:
                ends.append(self._booted_at - now)
            if Fault.SLOW in self._faults:
                ends.append(self._line.pause(now))
            return max(0.0, min(ends)) if ends else None

    def wait(self, ready: Callable[[], bool], deadline: float) -> bool:
        """Wait until ``ready()`` or the deadline (:func:`time.monotonic`); whether it is ready."""
        with self._changed:
            while not ready():
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                pause = self.pause
                self._changed.wait(left if pause is None else min(left, max(pause, 0.001)))
            return True

    def tear(self) -> None:
        """Part what is printed from the roll by hand, as people do where there is no cutter."""
        with self._changed:
            self.interpreter.tear()

    # --- inside -------------------------------------------------------------------------------------------

    def _room(self, now: float) -> int:
        if Fault.UNPLUGGED in self._faults:
            return 0
        size = int(self._faults.get(Fault.SMALL_BUFFER, self._buffer))
        # What is waiting for the rest of a command is being worked on and takes no room in the buffer.
        room = size - self.interpreter.waiting if HOLDING & self._faults.keys() else size
        return min(room, self._line.room(now))

    def _take(self, data: bytes) -> None:
        """Obey what is obeyed on arrival and put the rest behind what waits."""
        stream, shift = self._tail + data, len(self._tail)
        at = 0
        for command in answers.real_time(stream):
            if command.kind == "status":
                self._reply(self._status(command.n))
                continue
            # DLE ENQ 2 helps out of trouble and is ignored where there is none (Epson's reference).
            if not self._clears or (command.kind == "recover" and (command.n != 2 or not self._holding)):
                continue
            self.interpreter.push(data[at : max(at, command.end - shift)])
            at = max(at, command.end - shift)
            self.interpreter.clear()
            if command.kind == "clear":
                self._reply(answers.CLEARED)
        keep = answers.unfinished(stream)
        self._tail = stream[len(stream) - keep :]
        self.interpreter.push(data[at:])
        self._work()

    def _take_ahead(self, data: bytes) -> int:
        """With its buffer full it still hears the commands it obeys on arrival (Epson: "even when the receive
        buffer is full"); those alone, and nothing before them."""
        taken = 0
        for command in answers.real_time(data):
            if len(answers.without_real_time(data[taken : command.end])):
                break
            self._take(data[taken : command.end])
            taken = command.end
        return taken

    def _work(self) -> None:
        while not self._holding:
            waiting, moved, asb = self.interpreter.waiting, self.interpreter.moved, self.interpreter.asb
            ahead = self.interpreter.starts_with_dle
            if not self.interpreter.step():
                return
            if self.interpreter.asb and not asb:
                self._reply(answers.asb_packet(self._faults))
            if not ahead:
                self._wear(Fault.PAPER_OUT_AFTER, waiting - self.interpreter.waiting)
            self._wear(Fault.PAPER_OUT_AFTER_MM, (self.interpreter.moved - moved) / DOTS_PER_MM)

    @property
    def _holding(self) -> bool:
        return bool(HOLDING & self._faults.keys())

    def _wear(self, fault: Fault, amount: float) -> None:
        """Count down to the end of the roll."""
        if fault not in self._faults:
            return
        self._faults[fault] -= amount
        if self._faults[fault] <= 0:
            before = dict(self._faults)
            del self._faults[fault]
            self._faults[Fault.PAPER_OUT] = 0
            self._tell(before, work=False)

    def _cut_short(self, data: bytes) -> bytes:
        """``data`` up to where it restarts or its cable is pulled."""
        for fault in COUNTING:
            if fault in self._faults and len(answers.without_real_time(data)) > self._faults[fault]:
                data = data[: int(self._faults[fault])]
        return data

    def _count_down(self, data: bytes) -> None:
        """Act on the faults that come after so many received bytes; questions do not count."""
        for fault in COUNTING:
            if fault not in self._faults:
                continue
            self._faults[fault] -= len(answers.without_real_time(data))
            if self._faults[fault] > 0:
                continue
            before = dict(self._faults)
            del self._faults[fault]
            self._forget()
            if fault is Fault.UNPLUG_AFTER:
                self._faults[Fault.UNPLUGGED] = 0
            else:
                self.resets += 1
                self._booted_at = time.monotonic() + self._boot_s
            self._tell(before)

    def _forget(self) -> None:
        """Without power: all that was held is gone."""
        self.interpreter.reset()
        self._said.clear()
        self._tail = b""

    def _tell(self, before: Faults, *, work: bool = True) -> None:
        """Make a change of the faults felt."""
        self.interpreter.paper_bits = answers.paper_bits(self._faults)
        reports = self.interpreter.asb or Fault.ASB_NOISE in self._faults
        if reports and answers.asb_packet(before) != answers.asb_packet(self._faults):
            self._reply(answers.asb_packet(self._faults), noise=False)
        if work:
            self._work()
        self._hold_off()
        self._changed.notify_all()
        for watcher in list(self._watchers):
            watcher()

    def _paper(self, paper: Paper) -> None:
        if not paper.blank:
            self._on_paper(paper)

    def _status(self, n: int) -> bytes:
        if Fault.GARBAGE in self._faults:
            return bytes((int(self._faults[Fault.GARBAGE]),))
        return bytes((answers.status_byte(self._faults, n),))

    def _reply(self, reply: bytes, *, noise: bool = True) -> None:
        if Fault.SILENT in self._faults or Fault.UNPLUGGED in self._faults:
            return
        if Fault.GARBAGE in self._faults:
            reply = bytes((int(self._faults[Fault.GARBAGE]),)) * len(reply)
        elif Fault.ASB_NOISE in self._faults and noise:
            reply = answers.asb_packet(self._faults) + reply
        self._said.append((time.monotonic() + self._faults.get(Fault.LATE, 0.0), reply))

    def _hold_off(self) -> None:
        """Say XOFF when there is next to no room, XON when there is again."""
        if Fault.XONXOFF not in self._faults:
            return
        most = min(int(self._faults.get(Fault.SMALL_BUFFER, self._buffer)), self._line.most)
        room = self._room(time.monotonic())
        if not self._held_off and room < most // 4:
            self._held_off = True
            self._said.appendleft((0.0, XOFF))
        elif self._held_off and room >= most // 2:
            self._held_off = False
            self._said.appendleft((0.0, XON))
