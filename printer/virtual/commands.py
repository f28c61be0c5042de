"""How long each ESC/POS command is, from Epson's reference: what a printer must know to find the next one.

Lengths count the whole command. A command that is not in these tables is one byte after its lead-in, is
recorded and skipped: that is what printers do, and why a wrong command prints its arguments as text.
"""

from __future__ import annotations

from typing import Final

NUL, HT, LF, FF, CR, DLE, CAN, ESC, FS, GS = 0, 9, 10, 12, 13, 16, 24, 27, 28, 29

#: Commands of fixed length: two leading bytes → length of all.
FIXED: Final[dict[bytes, int]] = {
    # ESC
    b"\x1b@": 2, b"\x1b2": 2, b"\x1b<": 2, b"\x1bi": 2, b"\x1bm": 2, b"\x1bL": 2, b"\x1bS": 2, b"\x1b\x0c": 2,
    b"\x1b!": 3, b"\x1b ": 3, b"\x1b-": 3, b"\x1b3": 3, b"\x1b=": 3, b"\x1bE": 3, b"\x1bG": 3, b"\x1bJ": 3,
    b"\x1bK": 3, b"\x1bM": 3, b"\x1bR": 3, b"\x1bT": 3, b"\x1bU": 3, b"\x1bV": 3, b"\x1ba": 3, b"\x1bd": 3,
    b"\x1be": 3, b"\x1br": 3, b"\x1bt": 3, b"\x1bu": 3, b"\x1bv": 2, b"\x1b{": 3, b"\x1b%": 3, b"\x1b?": 3,
    b"\x1b$": 4, b"\x1b\\": 4, b"\x1bc": 4, b"\x1bp": 5, b"\x1bW": 10,
    # FS
    b"\x1c.": 2, b"\x1c&": 2, b"\x1c!": 3, b"\x1c-": 3, b"\x1cC": 3, b"\x1cW": 3, b"\x1cS": 4, b"\x1c2": 76,
    b"\x1cp": 4,
    # GS
    b"\x1d!": 3, b"\x1d/": 3, b"\x1dB": 3, b"\x1dH": 3, b"\x1dI": 3, b"\x1da": 3, b"\x1db": 3, b"\x1df": 3,
    b"\x1dh": 3, b"\x1dr": 3, b"\x1dw": 3, b"\x1d|": 3, b"\x1d:": 2, b"\x1d\x0c": 2, b"\x1d$": 4, b"\x1dL": 4,
    b"\x1dP": 4, b"\x1dT": 3, b"\x1dW": 4, b"\x1d\\": 4, b"\x1d^": 5, b"\x1dc": 2, b"\x1dg": 6,
    # DLE
    b"\x10\x04": 3, b"\x10\x05": 3, b"\x10\x14": 5,
}  # fmt: skip


def length(data: bytes | bytearray) -> int | None:
    """Length of the command at the start of ``data`` (led by DLE, ESC, FS or GS); None: more must come first."""
    if len(data) < 2:
        return None
    lead = bytes(data[:2])
    if lead in FIXED:
        return FIXED[lead]
    match lead:
        case b"\x1d(" | b"\x1c(" | b"\x1b(":  # GS ( x pL pH and its family
            return _counted(data, at=3, header=5)
        case b"\x1d8":  # GS 8 L p1 p2 p3 p4
            return 7 + int.from_bytes(data[3:7], "little") if len(data) >= 7 else None
        case b"\x1dv":  # GS v 0 m xL xH yL yH
            if len(data) < 8:
                return None
            return 8 + int.from_bytes(data[4:6], "little") * int.from_bytes(data[6:8], "little")
        case b"\x1dV":  # GS V m, and GS V 65, 66, 97, 98, 103, 104 with a feed
            if len(data) < 3:
                return None
            return 4 if data[2] in (65, 66, 97, 98, 103, 104) else 3
        case b"\x1b*":  # ESC * m nL nH: 1 or 3 bytes a column
            if len(data) < 5:
                return None
            return 5 + int.from_bytes(data[3:5], "little") * (3 if data[2] in (32, 33) else 1)
        case b"\x1d*":  # GS * x y
            return 4 + data[2] * data[3] * 8 if len(data) >= 4 else None
        case b"\x1b&":  # ESC & y c1 c2: user-defined characters
            return _user_characters(data)
        case b"\x1bD":  # ESC D n1 … NUL: tab stops
            return _until_nul(data, 2)
        case b"\x1dk":  # GS k m: barcodes, ended by NUL or counted
            if len(data) < 4:
                return None
            return 4 + data[3] if data[2] >= 65 else _until_nul(data, 3)
    return 2


def _counted(data: bytes | bytearray, *, at: int, header: int) -> int | None:
    return header + int.from_bytes(data[at : at + 2], "little") if len(data) >= header else None


def _until_nul(data: bytes | bytearray, start: int) -> int | None:
    end = data.find(0, start)
    return end + 1 if end >= 0 else None


def _user_characters(data: bytes | bytearray) -> int | None:
    if len(data) < 5:
        return None
    rows, first, last = data[2], data[3], data[4]
    at = 5
    for _ in range(max(0, last - first + 1)):
        if len(data) <= at:
            return None
        at += 1 + rows * data[at]
    return at
