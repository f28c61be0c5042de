"""What a printer says about itself: reply bytes → health per item → the cause of trouble.

Pure: no printer here. The bits are those of DLE EOT n (10 04 n) in Epson's ESC/POS documents (TM-T88III
manual, p. 304 and appendix G) and of Automatic Status Back (TM-U220, p. 82). One rule runs through all of it:
what the printer did not say is UNKNOWN, which is neither "fine" nor "broken".

Telling reply bytes apart (TM-T88III, appendix G)::

    DLE EOT n   0xx1xx10      XON   00010001        process id   37 22 d1 d2 d3 d4 00
    ASB byte 1  0xx1xx00      XOFF  00010011        cleared      37 25 00
    ASB 2 to 4, GS r          0xx0xxxx
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

DLE_EOT: Final = b"\x10\x04"
PORT_PAPER_EMPTY: Final = 0x20
PORT_WELL: Final = 0x18
"""GET_PORT_STATUS of the USB printer class: selected, and no error."""


class Health(StrEnum):
    """How one item is. UNKNOWN: the printer did not say."""

    OK = "ok"
    WARNING = "warning"
    BAD = "bad"
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """Why a printer cannot print. PAPER_LOW alone is a warning: it still prints."""

    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    CUTTER = "cutter"
    ERROR = "error"
    UNREACHABLE = "unreachable"
    PAPER_LOW = "paper_low"

    @property
    def blocks(self) -> bool:
        """Whether nothing can be printed until somebody has seen to it."""
        return self is not Cause.PAPER_LOW


@dataclass(frozen=True, slots=True)
class Status:
    """What is known of a printer at one moment.

    ``link`` is OK when it answered anything valid, BAD when the way to it failed, UNKNOWN when it kept
    silent.
    """

    online: Health = Health.UNKNOWN
    cover: Health = Health.UNKNOWN
    paper: Health = Health.UNKNOWN
    cutter: Health = Health.UNKNOWN
    error: Health = Health.UNKNOWN
    link: Health = Health.UNKNOWN

    @property
    def answered(self) -> bool:
        """Whether the printer said anything valid at all."""
        return self.link is Health.OK


SILENT: Final = Status()
"""A printer that was reached and said nothing."""
UNREACHED: Final = Status(link=Health.BAD)
"""A printer that could not be reached."""


def cause(status: Status) -> Cause | None:
    """The one cause to tell people, the most useful first; None when nothing is known to be wrong.

    An open cover comes before paper: with the cover open the paper sensor may be wrong (TM-T88III, p. 308),
    and both take the printer offline, which is therefore named only when nothing better is known.
    """
    for health, found in (
        (status.link, Cause.UNREACHABLE),
        (status.cover, Cause.COVER_OPEN),
        (status.paper, Cause.PAPER_OUT),
        (status.cutter, Cause.CUTTER),
        (status.error, Cause.ERROR),
        (status.online, Cause.OFFLINE),
    ):
        if health is Health.BAD:
            return found
    return Cause.PAPER_LOW if status.paper is Health.WARNING else None


def query(n: int) -> bytes:
    """The bytes of DLE EOT ``n``, 1 to 4: printer, cause of offline, cause of error, paper sensor."""
    if not 1 <= n <= 4:
        raise ValueError(f"DLE EOT {n}; allowed: 1 to 4")
    return DLE_EOT + bytes((n,))


def is_realtime(byte: int) -> bool:
    """Whether ``byte`` has the form of a DLE EOT reply, ``0xx1xx10``. False for 0x00, 0xFF, XON and XOFF."""
    return byte & 0x93 == 0x12


def _bad_if(bits: int) -> Health:
    return Health.BAD if bits else Health.OK


def _read_reply(n: int, byte: int) -> dict[str, Health]:
    match n:
        case 1:
            return {"online": _bad_if(byte & 0x08)}
        case 2:
            found = {"cover": _bad_if(byte & 0x04), "error": _bad_if(byte & 0x40)}
            # Bit 5 says "stopped by paper end"; its absence does not say that there is paper enough.
            return found | ({"paper": Health.BAD} if byte & 0x20 else {})
        case 3:
            # Bit 2 recoverable and bit 5 unrecoverable stop it; bit 6 (a hot head) mends itself.
            error = Health.BAD if byte & 0x24 else Health.WARNING if byte & 0x40 else Health.OK
            return {"cutter": _bad_if(byte & 0x08), "error": error}
        case 4:
            # Two bits each on Epson; clones set only one of the two, so any of them counts.
            if byte & 0x60:
                return {"paper": Health.BAD}
            return {"paper": Health.WARNING if byte & 0x0C else Health.OK}
    raise ValueError(f"DLE EOT {n}; allowed: 1 to 4")


def _read_asb(packet: tuple[int, int, int, int]) -> dict[str, Health]:
    first, second, third, _ = packet
    paper = Health.BAD if third & 0x0C else Health.WARNING if third & 0x03 else Health.OK
    error = Health.BAD if second & 0x24 else Health.WARNING if second & 0x40 else Health.OK
    return {
        "online": _bad_if(first & 0x08),
        "cover": _bad_if(first & 0x20),
        "cutter": _bad_if(second & 0x08),
        "error": error,
        "paper": paper,
    }


_ORDER: Final = {Health.UNKNOWN: 0, Health.OK: 1, Health.WARNING: 2, Health.BAD: 3}


def _merge(parts: Iterable[Mapping[str, Health]]) -> Status:
    merged: dict[str, Health] = {}
    for part in parts:
        for item, health in part.items():
            # The worst wins: two replies about one item never cancel each other.
            merged[item] = max(merged.get(item, Health.UNKNOWN), health, key=_ORDER.__getitem__)
    return Status(**merged, link=Health.OK) if merged else SILENT


@dataclass(frozen=True, slots=True)
class Realtime:
    """One byte that has the form of a DLE EOT reply."""

    byte: int


@dataclass(frozen=True, slots=True)
class Asb:
    """One Automatic Status Back packet of four bytes."""

    packet: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Plain:
    """One byte ``0xx0xxxx`` outside a packet: what GS r answers."""

    byte: int


@dataclass(frozen=True, slots=True)
class ProcessId:
    """The answer to GS ( H: everything before this id has been processed."""

    id: bytes


@dataclass(frozen=True, slots=True)
class Cleared:
    """The answer to DLE DC4 8: the buffers are empty."""


Reply: TypeAlias = Realtime | Asb | Plain | ProcessId | Cleared

_BLOCK_HEAD: Final = 0x37
_PROCESS_ID: Final = 0x22
_CLEARED: Final = 0x25


@dataclass(slots=True)
class ReplyParser:
    """Cuts the stream from a printer into replies, at any split of the bytes.

    XON, XOFF, 0x00, 0xFF and all other bytes of no known form are left out.
    """

    _pending: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> list[Reply]:
        """Take in bytes, give out the replies they complete."""
        self._pending += data
        replies: list[Reply] = []
        while self._pending:
            taken, reply = self._next()
            if not taken:
                break
            del self._pending[:taken]
            if reply is not None:
                replies.append(reply)
        return replies

    def _next(self) -> tuple[int, Reply | None]:
        """How many pending bytes the next reply takes (0: more must come first), and the reply if it is one."""
        pending = self._pending
        first = pending[0]
        if is_realtime(first):
            return 1, Realtime(first)
        if first & 0x93 == 0x10:
            return self._next_asb()
        if first == _BLOCK_HEAD:
            return self._next_block()
        # 0x00 has the form of a GS r answer of "all well", and is all that some broken clones ever send; it
        # is told from them by the fence, which takes it only when it waits for one.
        return 1, Plain(first) if first & 0x90 == 0 else None

    def _next_block(self) -> tuple[int, Reply | None]:
        pending = self._pending
        if len(pending) < 2:
            return 0, None
        length = {_PROCESS_ID: 7, _CLEARED: 3}.get(pending[1], 0)
        if len(pending) < length:
            return 0, None
        if not length or pending[length - 1] != 0:
            return 1, None
        return length, Cleared() if pending[1] == _CLEARED else ProcessId(bytes(pending[2:6]))

    def _next_asb(self) -> tuple[int, Reply | None]:
        pending = self._pending
        for place in range(1, min(len(pending), 4)):
            if pending[place] & 0x90:
                return 1, None  # not a packet: the rest of one never has this form
        if len(pending) < 4:
            return 0, None
        return 4, Asb((pending[0], pending[1], pending[2], pending[3]))


def parse(replies: Mapping[int, int] = MappingProxyType({}), asb: Asb | None = None) -> Status:
    """The status told by DLE EOT replies (``n`` → byte) and the latest ASB packet.

    A byte that has not the form of a reply (0x00, 0xFF, XON, an ASB byte) says nothing.
    """
    parts = [_read_reply(n, byte) for n, byte in replies.items() if is_realtime(byte)]
    if asb is not None:
        parts.append(_read_asb(asb.packet))
    return _merge(parts)
