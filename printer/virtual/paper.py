"""A :class:`~printer.virtual.model.Paper` as a picture that looks like paper lying on a table.

Scale: one pixel is one dot of the print head, 8 to the millimetre at 203 dpi, so that sizes can be measured
and codes read.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from printer.virtual.model import Align, Element, Paper, Picture, QrCode, Run, Space, TextLine

if TYPE_CHECKING:
    Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

DOTS_PER_MM: Final = 8
MAX_DOTS: Final = 24_000
"""Three metres: what a picture of a runaway paper shows at most."""
INK: Final = 38
"""Grey level of thermal black."""
PAPER: Final = (250, 249, 244)
TABLE: Final = (214, 217, 220)
MARGIN: Final = 40
"""Table around the paper, in pixels."""
SHADE: Final = (120, 124, 130)
HEAD_TO_CUTTER: Final = 88
"""Dots from print head to cutter: blank paper above the first line of every ticket, and the reason for the
feed before a cut."""
TOOTH: Final = 8
"""Width of the teeth of a torn edge, in pixels."""
BOX_LINES: Final = {"─": 1, "═": 2, "━": 1, "_": 0}


def draw(paper: Paper, *, dots: int, width_mm: int) -> Image.Image:
    """``paper`` on a table, ``dots`` of print in the middle of a roll ``width_mm`` wide."""
    sheet = _print(paper, dots, width_mm * DOTS_PER_MM)
    mask = _outline(sheet.size, paper.end)
    table = Image.new("RGB", (sheet.width + 2 * MARGIN, sheet.height + 2 * MARGIN), TABLE)
    table.paste(SHADE, mask=_shadow(mask, table.size))
    tint = Image.merge("RGB", [sheet.point(_ramp(level)) for level in PAPER])
    table.paste(tint, (MARGIN, MARGIN), mask)
    return table


def _ramp(level: int) -> list[int]:
    """From grey values of the print to one colour channel: 255 becomes the paper's ``level``."""
    return [round(grey * level / 255) for grey in range(256)]


def _shadow(mask: Image.Image, size: tuple[int, int]) -> Image.Image:
    # Blurred at a quarter of the size: a large blur costs more than the whole rest of the drawing.
    small = Image.new("L", (size[0] // 4, size[1] // 4), 0)
    small.paste(150, (MARGIN // 4, MARGIN // 4 + 2), mask.resize((mask.width // 4, mask.height // 4)))
    return small.filter(ImageFilter.GaussianBlur(3)).resize(size)


def _outline(size: tuple[int, int], end: str) -> Image.Image:
    """The shape of the paper: a clean cut, or the teeth of the tear bar."""
    width, height = size
    mask = Image.new("L", size, 255)
    if end == "torn":
        pen = ImageDraw.Draw(mask)
        for x in range(0, width, TOOTH):
            pen.polygon([(x, height), (x + TOOTH / 2, height - TOOTH), (x + TOOTH, height)], fill=0)
    return mask


def _print(paper: Paper, dots: int, width: int) -> Image.Image:
    printed = paper.height
    if paper.elements and isinstance(paper.elements[-1], Space):
        printed -= paper.elements[-1].advance
    height = min(MAX_DOTS, max(paper.height, printed + HEAD_TO_CUTTER))
    sheet = Image.new("L", (max(width, dots), height), 255)
    left = (sheet.width - dots) // 2
    y = HEAD_TO_CUTTER
    for element in paper.elements:
        if y >= height:
            break
        _element(sheet, element, left, y, dots)
        y += element.advance
    return sheet


def _element(sheet: Image.Image, element: Element, left: int, y: int, dots: int) -> None:
    match element:
        case TextLine():
            _text_line(sheet, element, left, y, dots)
        case Picture():
            bitmap = _bitmap(element)
            sheet.paste(INK, (left + _offset(element.align, bitmap.width, dots), y), bitmap)
        case QrCode():
            bitmap = _qr(element)
            sheet.paste(INK, (left + _offset(element.align, bitmap.width, dots), y), bitmap)
        case Space():
            pass


def _offset(align: Align, width: int, dots: int) -> int:
    return {"left": 0, "center": (dots - width) // 2, "right": dots - width}[align]


def _bitmap(picture: Picture) -> Image.Image:
    """The picture as a mask: white where there is ink."""
    size = (picture.width_bytes * 8, len(picture.rows))
    mask = Image.frombytes("1", size, b"".join(picture.rows))
    if picture.scale != (1, 1):
        mask = mask.resize((size[0] * picture.scale[0], size[1] * picture.scale[1]))
    return mask


def _qr(code: QrCode) -> Image.Image:
    size = len(code.modules)
    small = Image.new("1", (size, size))
    small.putdata([int(module) for row in code.modules for module in row])
    return small.resize((size * code.dot, size * code.dot), Image.Resampling.NEAREST)


def _text_line(sheet: Image.Image, line: TextLine, left: int, y: int, dots: int) -> None:
    width = sum(len(run.text) * run.cell[0] for run in line.runs)
    x = left + _offset(line.align, width, dots)
    tallest = max(run.cell[1] for run in line.runs)
    for run in line.runs:
        wide, high = run.cell
        base = y + tallest - high  # runs of one line stand on one base line
        for char in run.text:
            if not char.isspace():
                mask = _glyph(char, wide, high, run.bold)
                sheet.paste(INK, (x, base), mask)
            x += wide
        _decorate(sheet, run, (x - len(run.text) * wide, base, x, base + high))


def _decorate(sheet: Image.Image, run: Run, box: tuple[int, int, int, int]) -> None:
    if run.underline:
        ImageDraw.Draw(sheet).line((box[0], box[3] - 1, box[2], box[3] - 1), fill=INK, width=run.height)
    if run.inverse:
        part = sheet.crop(box)
        sheet.paste(part.point([255 + INK - min(255, max(INK, grey)) for grey in range(256)]), box[:2])


@lru_cache(maxsize=1024)
def _glyph(char: str, wide: int, high: int, bold: bool) -> Image.Image:
    """One character as a mask of ``wide`` × ``high`` pixels, 255 where there is ink."""
    mask = Image.new("L", (wide, high), 0)
    pen = ImageDraw.Draw(mask)
    if char in BOX_LINES:
        thick = max(2, high // 12)
        for part in range(BOX_LINES[char]) or (0,):
            top = (high - thick) // 2 + part * 2 * thick if BOX_LINES[char] else high - thick
            pen.rectangle((0, top, wide, top + thick - 1), fill=255)
        return mask
    # Drawn at the cell's height, then pressed to its width: ESC/POS stretches each way on its own.
    font = _font(high * 5 // 6)
    natural = max(1, round(high / 2))
    canvas = Image.new("L", (natural, high), 0)
    drawing = ImageDraw.Draw(canvas)
    left = (natural - font.getlength(char)) / 2
    # Bold as the print head does it: the same dots again, a little to the right.
    spread = max(1, round(high / 34) * natural // wide) if bold else 0
    for step in range(spread + 1):
        drawing.text((left + step - spread / 2, round(high * 0.8)), char, fill=255, font=font, anchor="ls")
    return canvas if natural == wide else canvas.resize((wide, high), Image.Resampling.BICUBIC)


@lru_cache(maxsize=64)
def _font(size: int) -> Font:
    """A monospaced face where one is installed (Kivy brings Roboto Mono), else Pillow's own."""
    path = _mono_file()
    return ImageFont.truetype(str(path), size) if path else ImageFont.load_default(size)


@lru_cache(maxsize=1)
def _mono_file() -> Path | None:
    # Found on disk without importing Kivy: this library does without it.
    spec = importlib.util.find_spec("kivy")
    for folder in spec.submodule_search_locations or () if spec else ():
        path = Path(folder) / "data" / "fonts" / "RobotoMono-Regular.ttf"
        if path.is_file():
            return path
    return None
