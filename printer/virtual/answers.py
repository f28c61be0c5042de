"""What a virtual printer says of itself, and the commands it obeys on arrival. Pure.

The bits are those of Epson's documents: DLE EOT in the TM-T88III manual (p. 304), Automatic Status Back in the
TM-U220's (p. 82).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from printer.virtual.faults import HOLDING, Fault

DLE: Final = 0x10
FIXED_BITS: Final = 0x12
"""Every DLE EOT answer is ``0xx1xx10``."""
ASB_FIXED_BITS: Final = 0x10
CLEARED: Final = b"\x37\x25\x00"
"""The answer to DLE DC4 8 (Epson's reference: "Clear response")."""
_CLEAR: Final = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"


def status_byte(faults: Collection[Fault], n: int) -> int:
    """The answer to DLE EOT ``n``."""
    half = Fault.ONE_BIT in faults
    bits = FIXED_BITS
    if n == 1:
        bits |= 0x08 if HOLDING.intersection(faults) else 0
    elif n == 2:
        bits |= 0x04 if Fault.COVER_OPEN in faults else 0
        bits |= 0x20 if Fault.PAPER_OUT in faults else 0
        bits |= 0x40 if Fault.ERROR in faults or Fault.CUTTER in faults else 0
    elif n == 3:
        bits |= 0x08 if Fault.CUTTER in faults else 0
        bits |= 0x20 if Fault.ERROR in faults else 0
    else:
        out, low = Fault.PAPER_OUT in faults, Fault.PAPER_LOW in faults
        bits |= (0x04 if half else 0x0C) if low or out else 0
        bits |= (0x20 if half else 0x60) if out else 0
    return bits


def paper_bits(faults: Collection[Fault]) -> int:
    """The answer to GS r 1: bits 0 and 1 near end, 2 and 3 end."""
    out, low = Fault.PAPER_OUT in faults, Fault.PAPER_LOW in faults
    if Fault.ONE_BIT in faults:
        return (0x04 if out else 0) | (0x01 if low or out else 0)
    return (0x0C if out else 0) | (0x03 if low or out else 0)


def asb_packet(faults: Collection[Fault]) -> bytes:
    """Four bytes of Automatic Status Back."""
    first = ASB_FIXED_BITS
    first |= 0x08 if HOLDING.intersection(faults) else 0
    first |= 0x20 if Fault.COVER_OPEN in faults else 0
    second = (0x08 if Fault.CUTTER in faults else 0) | (0x20 if Fault.ERROR in faults else 0)
    return bytes((first, second, paper_bits(faults), 0))


@dataclass(frozen=True, slots=True)
class RealTime:
    """A command obeyed on arrival, ahead of the buffer. ``end`` is where it ends in the bytes it was found in."""

    kind: Literal["status", "recover", "clear"]
    n: int
    end: int


def real_time(stream: bytes) -> Iterator[RealTime]:
    """The real-time commands in ``stream``, wherever they stand: inside a picture too (Epson's notes say so)."""
    at = stream.find(DLE)
    while at >= 0:
        second, third = stream[at + 1 : at + 2], stream[at + 2 : at + 3]
        if second == b"\x04" and third and 1 <= third[0] <= 4:
            yield RealTime("status", third[0], at + 3)
        elif second == b"\x05" and third and 1 <= third[0] <= 2:
            yield RealTime("recover", third[0], at + 3)
        elif stream.startswith(_CLEAR, at):
            yield RealTime("clear", 0, at + len(_CLEAR))
        at = stream.find(DLE, at + 1)


def without_real_time(data: bytes) -> bytes:
    """``data`` without the real-time commands in it."""
    kept, at = b"", 0
    for command in real_time(data):
        size = len(_CLEAR) if command.kind == "clear" else 3
        kept += data[at : max(at, command.end - size)]
        at = max(at, command.end)
    return kept + data[at:]


def unfinished(stream: bytes) -> int:
    """How many bytes at the end of ``stream`` may be the beginning of a real-time command."""
    for size in range(min(len(stream), len(_CLEAR) - 1), 0, -1):
        end = stream[-size:]
        if _CLEAR.startswith(end) or (size <= 2 and end in (b"\x10", b"\x10\x04", b"\x10\x05")):
            return size
    return 0
