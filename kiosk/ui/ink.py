"""Text as textures: measures a piece of text and draws lines, both kept for the next time."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from kivy.core.text import Label as CoreLabel

FONT = "Roboto"


@lru_cache(maxsize=8)
def _ruler(px: int, bold: bool) -> Any:
    return CoreLabel(text="", font_name=FONT, font_size=px, bold=bold)


@lru_cache(maxsize=8192)
def text_width(text: str, px: int, bold: bool) -> float:
    """Return the width of ``text`` in pixels on one line at ``px`` font size."""
    return float(_ruler(px, bold).get_extents(text)[0])


@lru_cache(maxsize=384)
def texture_of(lines: tuple[str, ...], px: int, bold: bool, align: str, leading: float) -> Any:
    """Return ``lines`` drawn in white; the drawer gives the colour."""
    label = CoreLabel(
        text="\n".join(line or " " for line in lines),
        font_name=FONT, font_size=px, bold=bold, halign=align, line_height=leading, color=(1, 1, 1, 1),
    )  # fmt: skip
    label.refresh()
    return label.texture
