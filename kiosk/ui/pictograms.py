"""Pictograms and QR codes as textures of exactly the size they are drawn at: no scaling, so no blur.

A pictogram is rendered as a white mask and takes its colour where it is drawn; the mark and the batik band keep their
own colours. Textures are kept, a bounded number of them, because the same few come back on every screen.
"""

from __future__ import annotations

import io
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from kivy.core.image.img_sdl2 import ImageLoaderSDL2
from kivy.graphics.texture import Texture

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "pictograms"
COLOURED = ("mark", "band")
"""Drawings that keep their own colours."""


@lru_cache(maxsize=160)
def pictogram(name: str, width: int, height: int = 0) -> Any:
    """Return the texture of ``assets/pictograms/<name>.svg``, ``width`` × ``height`` pixels (square by default).

    Raises FileNotFoundError for a name that has no file; `main.py check` finds those before a visitor does.
    """
    import resvg_py

    svg = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    if name not in COLOURED:
        svg = re.sub(r"#[0-9A-Fa-f]{6}\b", "#ffffff", svg)
    png = resvg_py.svg_to_bytes(svg_string=svg, width=width, height=height or width, skip_system_fonts=True)
    return _texture(bytes(png))


def _texture(png: bytes) -> Any:
    """Return a PNG as a texture.

    SDL's reader is asked by name. Left to choose, Kivy first asks Pillow which formats it knows, and Pillow imports
    every one of them: 40 ms that the first frame would wait for.
    """
    loader = ImageLoaderSDL2("pictogram.png", ext="png", inline=True, nocache=True, rawdata=io.BytesIO(png))
    return loader.texture


@lru_cache(maxsize=4)
def qr_modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return the dark modules of the QR code of ``text``, without the quiet zone (the drawer leaves 4 modules)."""
    import qrcode

    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    return tuple(tuple(bool(cell) for cell in row) for row in code.get_matrix())


@lru_cache(maxsize=4)
def qr_texture(text: str) -> Any:
    """Return the QR code as a texture of one pixel a module, to be drawn at a whole multiple without smoothing."""
    rows = qr_modules(text)
    size = len(rows)
    # Texture rows run upwards, the code's rows downwards.
    pixels = b"".join(bytes(0 if cell else 255 for cell in row for _ in range(3)) for row in reversed(rows))
    texture = Texture.create(size=(size, size), colorfmt="rgb")
    texture.mag_filter = texture.min_filter = "nearest"
    texture.blit_buffer(pixels, colorfmt="rgb", bufferfmt="ubyte")
    return texture


PLAN_MARK = "#zone-{zone} .ground {{ fill: #0B4F6C }} #zone-{zone} .mark {{ stroke: #FFFFFF }}"
"""How the plan of a hall shows one of its zones: deep blue with a white letter."""
_SIZE = re.compile(r'viewBox="\s*[\d.]+[ ,]+[\d.]+[ ,]+([\d.]+)[ ,]+([\d.]+)\s*"')


@lru_cache(maxsize=4)
def plan_ratio(file: Path) -> float:
    """Return a plan's width by its height, as its ``viewBox`` says; 16:9 where it says nothing."""
    found = _SIZE.search(file.read_text(encoding="utf-8"))
    return float(found[1]) / float(found[2]) if found and float(found[2]) else 16 / 9


@lru_cache(maxsize=8)
def plan(file: Path, zone: str, width: int, height: int) -> Any:
    """Return the plan of the hall with ``zone`` marked, ``width`` × ``height`` pixels."""
    import resvg_py

    png = resvg_py.svg_to_bytes(
        svg_string=file.read_text(encoding="utf-8"),
        width=width,
        height=height,
        skip_system_fonts=True,
        style_sheet=PLAN_MARK.format(zone=zone),
    )
    return _texture(bytes(png))
