"""A slip and a profile → the bytes of the whole job, in one string.

python-escpos composes what it composes well (styles, native QR, feeds). Text goes out in the profile's own
code page, pictures as slices, and the job starts from a known state: ESC @, out of Kanji mode, one code page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from printer import composer, raster
from printer.errors import SlipError
from printer.profiles import Profile
from printer.slip import MAX_MAGNIFICATION, Big, Feed, Image, Line, Qr, Rule, Slip, Text
from printer.text import to_code_page, wrap

ESC: Final = b"\x1b"
GS: Final = b"\x1d"
LEAVE_KANJI: Final = b"\x1c."
RULE: Final = "─"
_QR_LEVELS: Final = {"L": 0, "M": 1, "Q": 2, "H": 3}


SPACING: Final = 30
"""Dots a line: what ESC @ sets on the boards this library knows."""
CELL: Final = 24
"""Dots of height of a character of font A."""
MM_PER_INCH: Final = 25.4


@dataclass(frozen=True, slots=True)
class Job:
    """A slip ready to send. ``length_mm`` is the paper it takes, from cut to cut; 0 where nobody measured."""

    data: bytes
    length_mm: float = 0.0


def compose(slip: Slip, profile: Profile) -> Job:
    """The bytes that print ``slip``, as :func:`encode`, and the paper they take."""
    encoding = _Encoding(slip, profile)
    data = encoding.job()
    return Job(data, encoding.dots / profile.dpi * MM_PER_INCH)


def encode(slip: Slip, profile: Profile) -> bytes:
    """The bytes that print ``slip`` on a printer of ``profile``, cut included.

    Raises :class:`~printer.errors.SlipError` for what cannot be printed at all: a QR code too large for the
    paper, a picture file that is none. Text is never lost: it is wrapped and, outside the code page, spelled.
    """
    return _Encoding(slip, profile).job()


def cut(profile: Profile) -> bytes:
    """Feed to the cutter and cut; on a model without a cutter the feed to its tear bar alone."""
    feed = ESC + b"d" + bytes((profile.feed_before_cut,))
    match profile.cutter.kind, profile.cutter.command:
        case "none", _:
            return feed
        case "full", "gs_v":
            return feed + GS + b"V\x00"
        case "partial", "gs_v":
            return feed + GS + b"V\x01"
        case "full", _:
            return feed + ESC + b"i"
        case _:
            return feed + ESC + b"m"


def big_magnification(text: str, columns: int) -> int:
    """How many times ``text`` can be enlarged and still stand on one line of ``columns`` characters: 1 to 8."""
    return max(1, min(MAX_MAGNIFICATION, columns // max(1, len(text))))


def warm_up() -> None:
    """Load python-escpos and the QR library, so that the first ticket does not wait 0.3 s for them."""
    composer.new()
    raster.qr_size("0", "M")


class _Encoding:
    """The state of one job: what style the printer is in, so that only changes are sent."""

    def __init__(self, slip: Slip, profile: Profile) -> None:
        self._slip = slip
        self._profile = profile
        self._dummy: Any = composer.new()
        self.dots = 0
        """How far the paper has moved."""
        # What ESC @ leaves behind.
        self._align = "left"
        self._bold = False
        self._size = (1, 1)
        numbers = [
            big_magnification(self._spell(line.text), profile.columns)
            for line in slip.lines
            if isinstance(line, Big)
        ]
        # Nothing else may be as large as the number.
        self._limit = max(1, min(numbers) - 1) if numbers else MAX_MAGNIFICATION

    def job(self) -> bytes:
        self._dummy.hw("INIT")
        if self._profile.leave_kanji:
            self._raw(LEAVE_KANJI)
        self._raw(ESC + b"t" + bytes((self._profile.code_page_slot,)))
        for line in self._slip.lines:
            self._line(line)
        self._raw(cut(self._profile))
        self.dots += self._profile.feed_before_cut * SPACING
        job: bytes = self._dummy.output
        return job

    def _line(self, line: Line) -> None:
        match line:
            case Text():
                size = (min(line.width, self._limit), min(line.height, self._limit))
                self._text(self._spell(line.text), line.align, line.bold, size, line.hang)
            case Big():
                text = self._spell(line.text)
                times = big_magnification(text, self._profile.columns)
                self._text(text, "center", True, (times, times))
            case Rule():
                self._rule()
            case Feed():
                if line.n:
                    self._dummy.print_and_feed(line.n)
                    self.dots += line.n * SPACING
            case Qr():
                self._qr(line)
            case Image():
                self._style("center", self._bold, self._size)
                self._picture(raster.picture(line.path, self._profile.dots))

    def _text(self, text: str, align: str, bold: bool, size: tuple[int, int], hang: int = 0) -> None:
        self._style(align, bold, size)
        for part in wrap(text, self._profile.columns // size[0], hang):
            self._raw(part.encode(self._profile.code_page) + b"\n")
            # An empty line moves by the spacing alone, however large its characters would be.
            self.dots += max(SPACING, CELL * size[1]) if part else SPACING

    def _rule(self) -> None:
        columns = self._profile.columns
        if self._spell(RULE) != RULE:
            self._text("-" * columns, "left", False, (1, 1))
            return
        # A box line stretched eight times is the same line in an eighth of the bytes.
        times = MAX_MAGNIFICATION if columns % MAX_MAGNIFICATION == 0 else 1
        self._text(RULE * (columns // times), "left", False, (times, 1))

    def _qr(self, line: Qr) -> None:
        self._style("center", self._bold, self._size)
        modules = raster.qr_size(line.data, line.ec)
        dot = raster.module_dots(modules, self._profile.dots)
        # The quiet zone costs no bytes: the paper is white at the sides, and ESC J leaves it so above and below.
        quiet = ESC + b"J" + bytes((raster.QUIET_ZONE * dot,))
        self._raw(quiet)
        if self._profile.qr == "raster":
            self._picture(raster.qr_bitmap(raster.qr_modules(line.data, line.ec), dot))
        else:
            self._dummy.qr(line.data, ec=_QR_LEVELS[line.ec], size=dot, native=True)
            self.dots += modules * dot
        self._raw(quiet)
        self.dots += 2 * raster.QUIET_ZONE * dot

    def _picture(self, bitmap: raster.Bitmap) -> None:
        if bitmap.width_bytes * 8 > self._profile.dots + 7:
            raise SlipError(f"a picture of {bitmap.width_bytes * 8} dots; the paper has {self._profile.dots}")
        for part in bitmap.slices(self._profile.raster_rows):
            self._raw(part)
        self.dots += len(bitmap.rows)

    def _style(self, align: str, bold: bool, size: tuple[int, int]) -> None:
        if align != self._align:
            self._dummy.set(align=align)
            self._align = align
        if bold != self._bold:
            self._dummy.set(bold=bold)
            self._bold = bold
        if size != self._size:
            self._dummy.set(custom_size=True, width=size[0], height=size[1])
            self._size = size

    def _spell(self, text: str) -> str:
        return to_code_page(text, self._profile.code_page)

    def _raw(self, data: bytes) -> None:
        self._dummy._raw(data)
