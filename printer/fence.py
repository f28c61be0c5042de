"""Proof that a job was processed to its end: a question the printer answers in order, not ahead of its
buffer.

``GS r 1`` (1D 72 01) is answered when everything before it has been carried out, and not at all while the
printer is offline (Epson's reference; BT-532C manual, p. 49). ``GS ( H`` (1D 28 48 06 00 30 30 d1..d4)
answers with the id it was given, ``37 22 d1..d4 00`` (TM-L90 manual, p. 429): the better one, since an old
answer cannot be taken for a new one, but clones lack it.
"""

from __future__ import annotations

from typing import Final

from printer.profiles import Profile
from printer.status import ProcessId, Reply

GS_R: Final = b"\x1dr\x01"
GS_H: Final = b"\x1d(H\x06\x0000"


def _id(number: int) -> bytes:
    """Four printable bytes; the id may only use 0x20 to 0x7E."""
    return b"%04d" % (number % 10_000)


def command(profile: Profile, number: int) -> bytes:
    """What to put after a job so that its end is answered; empty where the model has no fence."""
    match profile.fence:
        case "gs_r":
            return GS_R
        case "gs_h":
            return GS_H + _id(number)
        case "none":
            return b""


def passed(profile: Profile, number: int, reply: Reply) -> bool:
    """Whether ``reply`` names the fence of job ``number``. The answer to GS r has no name: see printer.asking."""
    return profile.fence == "gs_h" and reply == ProcessId(_id(number))
