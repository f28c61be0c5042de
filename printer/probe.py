"""What a unit answers, asked once when it is set up, so that its profile says only what is true of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from printer import fence
from printer.status import Plain, Realtime, Reply, ReplyParser, Status, parse, query
from printer.transports.base import Transport

QUESTIONS: Final = (1, 2, 3, 4)
READ_SIZE: Final = 64
MAX_DRAIN: Final = 64


@dataclass(frozen=True, slots=True)
class Probe:
    """``answers``: DLE EOT n → the byte it answered, None for silence. ``gs_r``: whether it answered GS r 1."""

    answers: dict[int, int | None]
    gs_r: bool

    @property
    def status(self) -> Status:
        """What the answers say."""
        return parse({n: byte for n, byte in self.answers.items() if byte is not None})

    @property
    def answered(self) -> tuple[int, ...]:
        """The questions it answers: the ``status`` of its profile, paper first."""
        return tuple(
            sorted((n for n, byte in self.answers.items() if byte is not None), key=lambda n: n != 4)
        )


def probe(transport: Transport, reply_s: float, deadline: float) -> Probe:
    """Ask everything there is to ask; prints nothing.

    ``reply_s`` is the time given to each answer, ``deadline`` bounds it all. Raises
    :class:`~printer.errors.TransportError` when the printer cannot be reached.
    """
    transport.open(deadline)
    try:
        answers = {n: _realtime(_ask(transport, query(n), reply_s, deadline)) for n in QUESTIONS}
        replies = _ask(transport, fence.GS_R, reply_s, deadline)
        return Probe(answers, any(isinstance(reply, Plain) for reply in replies))
    finally:
        transport.close()


def _realtime(replies: list[Reply]) -> int | None:
    return next((reply.byte for reply in replies if isinstance(reply, Realtime)), None)


def _ask(transport: Transport, question: bytes, reply_s: float, deadline: float) -> list[Reply]:
    for _ in range(MAX_DRAIN):
        if not transport.read(READ_SIZE, time.monotonic()):
            break
    transport.write(question, deadline)
    until = min(deadline, time.monotonic() + reply_s)
    parser = ReplyParser()
    while data := transport.read(READ_SIZE, until):
        if replies := parser.feed(data):
            return replies
    return []
