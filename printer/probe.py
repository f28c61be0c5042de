"""What a unit answers, asked once when it is set up, so that its profile says only what is true of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from printer import fence
from printer.profiles import Profile
from printer.status import (
    PORT_PAPER_EMPTY,
    PORT_WELL,
    Plain,
    ProcessId,
    Realtime,
    Reply,
    ReplyParser,
    Status,
    is_realtime,
    parse,
    query,
)
from printer.transports.base import TellsPort, Transport

QUESTIONS: Final = (1, 2, 3, 4)
READ_SIZE: Final = 64
MAX_DRAIN: Final = 64
PROBE_ID: Final = 9999


@dataclass(frozen=True, slots=True)
class Probe:
    """``answers``: DLE EOT n → the byte it answered, None for silence, whatever its form. ``gs_r`` and ``gs_h``:
    whether it answered GS r 1 and GS ( H, in the form these have."""

    answers: dict[int, int | None]
    gs_r: bool
    gs_h: bool = False
    port: int | None = None
    """The byte of GET_PORT_STATUS; None where the way or the printer has none."""

    @property
    def status(self) -> Status:
        """What the answers say."""
        return parse({n: byte for n, byte in self.answers.items() if byte is not None})

    @property
    def answered(self) -> tuple[int, ...]:
        """The questions it answers in the form of an answer: the ``status`` of its profile, paper first."""
        good = (n for n, byte in self.answers.items() if byte is not None and is_realtime(byte))
        return tuple(sorted(good, key=lambda n: n != 4))

    @property
    def babbles(self) -> bool:
        """Whether it answers DLE EOT with bytes that are no answers (0x00, 0xFF)."""
        return any(byte is not None and not is_realtime(byte) for byte in self.answers.values())

    @property
    def port_tells(self) -> bool:
        """Whether its port can be believed when it says that paper is out: it says now that all is well."""
        return self.port is not None and self.port & (PORT_PAPER_EMPTY | PORT_WELL) == PORT_WELL

    @property
    def fence(self) -> Literal["none", "gs_r", "gs_h"]:
        """The best proof of a job's end that it gives. From one that babbles GS r proves nothing."""
        return "gs_h" if self.gs_h else "gs_r" if self.gs_r and not self.babbles else "none"


def probe(transport: Transport, profile: Profile, deadline: float) -> Probe:
    """Ask everything there is to ask; prints nothing.

    GS ( H is asked only where the profile has it: a clone would print its digits. ``deadline`` bounds it all. Raises
    :class:`~printer.errors.TransportError` when the printer cannot be reached.
    """
    transport.open(deadline)
    try:
        answers = {n: _realtime(transport, n, profile.reply_s, deadline) for n in QUESTIONS}
        gs_r = _ask(transport, fence.GS_R, profile.reply_s, deadline, lambda reply: isinstance(reply, Plain))
        gs_h = profile.fence == "gs_h" and _answers_gs_h(transport, profile, deadline)
        port = transport.port_status(deadline) if isinstance(transport, TellsPort) else None
        return Probe(answers, gs_r, gs_h, port)
    finally:
        transport.close()


def _answers_gs_h(transport: Transport, profile: Profile, deadline: float) -> bool:
    question = fence.command(profile, PROBE_ID)
    return _ask(
        transport,
        question,
        profile.reply_s,
        deadline,
        lambda reply: isinstance(reply, ProcessId) and fence.passed(profile, PROBE_ID, reply),
    )


def _realtime(transport: Transport, n: int, reply_s: float, deadline: float) -> int | None:
    """The answer to DLE EOT ``n``: a byte of its form where one comes, else what came instead."""
    _drain(transport)
    transport.write(query(n), deadline)
    until = min(deadline, time.monotonic() + reply_s)
    parser = ReplyParser()
    first: int | None = None
    while data := transport.read(READ_SIZE, until):
        for reply in parser.feed(data):
            if isinstance(reply, Realtime):
                return reply.byte
            if isinstance(reply, Plain):
                first = reply.byte
        if b"\xff" in data:  # of no known form: no reply at all
            first = 0xFF
    return first


def _ask(
    transport: Transport, question: bytes, reply_s: float, deadline: float, fits: Callable[[Reply], bool]
) -> bool:
    _drain(transport)
    transport.write(question, deadline)
    until = min(deadline, time.monotonic() + reply_s)
    parser = ReplyParser()
    while data := transport.read(READ_SIZE, until):
        if any(fits(reply) for reply in parser.feed(data)):
            return True
    return False


def _drain(transport: Transport) -> None:
    for _ in range(MAX_DRAIN):
        if not transport.read(READ_SIZE, time.monotonic()):
            return
