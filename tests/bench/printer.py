"""The standard ticket in three layouts, beside the same ticket made with python-escpos as its manual shows it.

Bytes are counted, seconds are those bytes on a serial line (10 bits a byte): what a visitor waits before the paper
moves. ``floor`` is python-escpos; a ratio under 1 is less than it sends.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk import settings as settings_module
from kiosk.ticket_slip import sample
from printer import composer, profiles, raster
from printer.encode import big_magnification, encode, warm_up
from printer.slip import Big, Feed, Image, Qr, Rule, Slip, Text
from printer.text import wrap
from printer.virtual.interpreter import Interpreter
from printer.virtual.model import Paper
from printer.virtual.paper import MARGIN, draw
from tests.bench.report import Line

BITS_PER_BYTE = 10  # start, 8 data, stop
BAUD = (9_600, 19_200, 115_200)
LAYOUTS = ("text + native QR", "text + raster QR", "full raster")


def bench() -> Iterator[Line]:
    """Yield the lines of this file."""
    warm_up()
    slip = sample(settings_module.load(environ={"ANJUNGAN_SERVER__URL": "https://antrean.example.go.id"}))
    native, pictures = profiles.load("generic-80"), profiles.load("generic-80-raster")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ticket.png"
        drawn(slip, native, file)
        whole = Slip((Image(file),))
        ours = (encode(slip, native), encode(slip, pictures), encode(whole, native))
        theirs = (
            by_hand(slip, native, native=True),
            by_hand(slip, native, native=False),
            by_hand(whole, native, native=True),
        )
    for layout, mine, other in zip(LAYOUTS, ours, theirs, strict=True):
        yield Line(f"ticket, {layout}", len(mine), "bytes", floor=len(other))
        for baud in BAUD:
            yield Line(
                f"… at {baud:,} baud",
                len(mine) * BITS_PER_BYTE / baud,
                "s",
                floor=len(other) * BITS_PER_BYTE / baud,
                bound=0.65 if (layout, baud) == (LAYOUTS[0], 9_600) else None,
                bound_words="≤ 0.65 s" if (layout, baud) == (LAYOUTS[0], 9_600) else "",
            )


def drawn(slip: Slip, profile: profiles.Profile, file: Path) -> None:
    """The ticket as one picture, as wide as the print."""
    papers: list[Paper] = []
    Interpreter(profile.dots, papers.append).feed(encode(slip, profile))
    sheet = draw(papers[0], dots=profile.dots, width_mm=profile.width_mm)
    left = (sheet.width - profile.dots) // 2
    sheet.crop((left, MARGIN, left + profile.dots, sheet.height - MARGIN)).save(file)


def by_hand(slip: Slip, profile: profiles.Profile, *, native: bool) -> bytes:
    """The same ticket with python-escpos' own calls and defaults: each text with its style set before it, the code
    by ``qr``, pictures by ``image``, the end by ``cut``."""
    from escpos.printer import Dummy

    composer.new()  # loads it without its marks on this process
    printer: Any = Dummy(profile="TM-T20II")
    for line in slip.lines:
        match line:
            case Text(text, align, bold, width, height):
                printer.set_with_default(align=align, bold=bold, custom_size=True, width=width, height=height)
                for part in wrap(text, profile.columns // width):
                    printer.textln(part)
            case Big(text):
                size = big_magnification(text, profile.columns)
                printer.set_with_default(align="center", bold=True, custom_size=True, width=size, height=size)
                printer.textln(text)
            case Rule():
                printer.set_with_default()
                printer.textln("-" * profile.columns)
            case Feed(n):
                printer.ln(n)
            case Qr(data, ec):
                dot = raster.module_dots(raster.qr_size(data, ec), profile.dots)
                printer.set_with_default(align="center")
                printer.qr(data, ec="LMQH".index(ec), size=dot, native=native)
            case Image(path):
                printer.image(str(path))
    printer.cut()
    data: bytes = printer.output
    return data
