"""Pictures as ESC/POS raster: one bit a dot, rows padded to whole bytes, sent in slices.

Slices stay at or under 255 rows: some clones read only the low byte of the height and print the rest as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from printer.errors import SlipError
from printer.slip import QrLevel

QUIET_ZONE: Final = 4
"""Modules of white around a QR code that ISO/IEC 18004 asks for."""
QR_TARGET_DOTS: Final = 264
"""Wanted width of a QR code with its quiet zone: 33 mm at 203 dpi, read easily at arm's length."""
QR_MAX_DOT: Final = 8
"""Dots a module at most: a larger one only costs paper."""


@dataclass(frozen=True, slots=True)
class Bitmap:
    """``height`` rows of ``width_bytes`` bytes; a set bit is a black dot, the most significant bit is left."""

    width_bytes: int
    rows: tuple[bytes, ...]

    def slices(self, rows: int) -> Iterator[bytes]:
        """GS v 0 commands of at most ``rows`` rows each."""
        for top in range(0, len(self.rows), rows):
            part = self.rows[top : top + rows]
            size = self.width_bytes.to_bytes(2, "little") + len(part).to_bytes(2, "little")
            yield b"\x1dv0\x00" + size + b"".join(part)


def qr_modules(data: str, level: QrLevel) -> tuple[tuple[bool, ...], ...]:
    """The modules of the QR code for ``data``, without quiet zone. Raises :class:`~printer.errors.SlipError`."""
    import qrcode
    from qrcode.exceptions import DataOverflowError

    code = _qr(data, level)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError) as error:
        raise SlipError(f"{len(data)} characters do not fit a QR code of level {level}") from error
    assert isinstance(code, qrcode.QRCode)
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


def qr_size(data: str, level: QrLevel) -> int:
    """Modules across the QR code for ``data``, without quiet zone: 21, 25, … 177."""
    from qrcode.exceptions import DataOverflowError

    try:
        version: int = _qr(data, level).best_fit(start=1)
    except (DataOverflowError, ValueError) as error:
        raise SlipError(f"{len(data)} characters do not fit a QR code of level {level}") from error
    return 17 + 4 * version


def _qr(data: str, level: QrLevel):  # type: ignore[no-untyped-def]  # qrcode has no types of its own
    import qrcode
    from qrcode import constants

    levels = {
        "L": constants.ERROR_CORRECT_L,
        "M": constants.ERROR_CORRECT_M,
        "Q": constants.ERROR_CORRECT_Q,
        "H": constants.ERROR_CORRECT_H,
    }
    code = qrcode.QRCode(error_correction=levels[level], border=0)
    # One segment, as the printer's own encoder does it: the size must be the same on both roads.
    code.add_data(data.encode("utf-8"), optimize=0)
    return code


def module_dots(modules: int, dots: int) -> int:
    """Dots a module for a QR code of ``modules`` on paper ``dots`` wide. Raises :class:`SlipError`."""
    across = modules + 2 * QUIET_ZONE
    size = min(QR_MAX_DOT, max(3, QR_TARGET_DOTS // across), dots // across)
    if size < 2:
        raise SlipError(f"a QR code of {modules} modules is too fine for paper of {dots} dots")
    return size


def qr_bitmap(modules: Sequence[Sequence[bool]], dot: int) -> Bitmap:
    """``modules`` drawn ``dot`` dots each, without quiet zone."""
    width_bytes = (len(modules) * dot + 7) // 8
    rows: list[bytes] = []
    for line in modules:
        bits = "".join(("1" if module else "0") * dot for module in line)
        rows += [int(bits.ljust(width_bytes * 8, "0"), 2).to_bytes(width_bytes, "big")] * dot
    return Bitmap(width_bytes, tuple(rows))


def picture(path: Path, dots: int) -> Bitmap:
    """The picture file at ``path`` in black and white, at most ``dots`` wide.

    See-through parts are paper. Raises :class:`~printer.errors.SlipError` for a file that is not a picture.
    """
    from PIL import Image as Pictures
    from PIL import UnidentifiedImageError

    try:
        with Pictures.open(path) as opened:
            image = opened.convert("RGBA")
    except (OSError, UnidentifiedImageError, Pictures.DecompressionBombError) as error:
        raise SlipError(f"{path}: not a picture that can be printed: {error}") from error
    paper = Pictures.new("RGBA", image.size, "white")
    paper.alpha_composite(image)
    grey = paper.convert("L")
    if grey.width > dots:
        grey = grey.resize((dots, max(1, round(grey.height * dots / grey.width))))
    mono = grey.convert("1")
    width_bytes = (mono.width + 7) // 8
    # Pillow's "1" has white as a set bit, rows padded to whole bytes: turned over, and the padding kept
    # white.
    packed = mono.tobytes()
    last = 0xFF << (width_bytes * 8 - mono.width) & 0xFF
    rows = []
    for y in range(mono.height):
        row = bytearray(byte ^ 0xFF for byte in packed[y * width_bytes : (y + 1) * width_bytes])
        row[-1] &= last
        rows.append(bytes(row))
    return Bitmap(width_bytes, tuple(rows))
