"""Picture commands → bitmaps, and codes as the printer draws them. Each takes one whole command."""

from __future__ import annotations

from printer.virtual.model import Align, Picture


def raster(command: bytes, align: Align) -> Picture:
    """GS v 0 m xL xH yL yH data: bit 0 of m doubles the width, bit 1 the height."""
    wide, mode = int.from_bytes(command[4:6], "little"), command[3] % 48
    return Picture(wide, _rows(command[8:], wide), align, (1 + (mode & 1), 1 + (mode >> 1 & 1)))


def columns(command: bytes, align: Align) -> Picture | None:
    """ESC * m nL nH data: columns of 8 or 24 dots; m 0 and 32 are of half the density across. None: no such m."""
    mode, count = command[2], int.from_bytes(command[3:5], "little")
    if mode not in (0, 1, 32, 33) or not count:
        return None
    deep = 3 if mode >= 32 else 1
    dots = [int.from_bytes(command[5 + i * deep : 5 + (i + 1) * deep], "big") for i in range(count)]
    wide = (count + 7) // 8
    rows = []
    for bit in range(deep * 8 - 1, -1, -1):
        bits = "".join("1" if column >> bit & 1 else "0" for column in dots)
        rows.append(int(bits.ljust(wide * 8, "0"), 2).to_bytes(wide, "big"))
    return Picture(wide, tuple(rows), align, (1 if mode in (1, 33) else 2, 1 if deep == 3 else 3))


def stored(command: bytes) -> Picture:
    """GS ( L pL pH m 112 a bx by c xL xH yL yH data: a bitmap to be printed later."""
    wide = (int.from_bytes(command[11:13], "little") + 7) // 8
    high = int.from_bytes(command[13:15], "little")
    scale = (min(2, max(1, command[8])), min(2, max(1, command[9])))
    return Picture(wide, _rows(command[15:], wide)[:high], "left", scale)


def qr_modules(data: bytes, level: str) -> tuple[tuple[bool, ...], ...]:
    """The code as the printer draws it; empty where the data do not fit."""
    import qrcode
    from qrcode import constants
    from qrcode.exceptions import DataOverflowError

    levels = {
        "L": constants.ERROR_CORRECT_L,
        "M": constants.ERROR_CORRECT_M,
        "Q": constants.ERROR_CORRECT_Q,
        "H": constants.ERROR_CORRECT_H,
    }
    code = qrcode.QRCode(error_correction=levels[level], border=0)
    code.add_data(data, optimize=0)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError):
        return ()
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


def _rows(data: bytes, wide: int) -> tuple[bytes, ...]:
    return tuple(data[at : at + wide] for at in range(0, len(data) - wide + 1, wide)) if wide else ()
