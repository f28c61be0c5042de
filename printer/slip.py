"""What is on the paper, as data: no bytes, no printer, no size in dots.

A slip is read from top to bottom and ends with a cut. The encoder decides how it fits a given paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

Align: TypeAlias = Literal["left", "center"]
#: Error correction of a QR code: about 7, 15, 25 and 30 % of it may be unreadable.
QrLevel: TypeAlias = Literal["L", "M", "Q", "H"]

MAX_MAGNIFICATION = 8
"""ESC/POS characters grow from 1 to 8 times in width and height (GS !)."""
MAX_HANG = 8
"""Characters: a quarter of the narrowest paper."""
MAX_FEED = 255
"""ESC d takes one byte of lines."""


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph. Wrapped on words where it is wider than the paper; ``\\n`` starts a new line.

    ``width`` and ``height`` are magnifications, 1 to 8. ``hang`` is how many characters the lines after the first
    are moved in, below what begins a line of a list.
    """

    text: str
    align: Align = "center"
    bold: bool = False
    width: int = 1
    height: int = 1
    hang: int = 0

    def __post_init__(self) -> None:
        for name, value in (("width", self.width), ("height", self.height)):
            if not 1 <= value <= MAX_MAGNIFICATION:
                raise ValueError(f"Text.{name} is {value}; allowed: 1 to {MAX_MAGNIFICATION}")
        if not 0 <= self.hang <= MAX_HANG:
            raise ValueError(f"Text.hang is {self.hang}; allowed: 0 to {MAX_HANG}")


@dataclass(frozen=True, slots=True)
class Big:
    """The one thing to be read from afar: as large as the paper allows, and larger than all other text."""

    text: str


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code, centred. ``data`` is text; ``ec`` the error correction level."""

    data: str
    ec: QrLevel = "M"

    def __post_init__(self) -> None:
        if not self.data:
            raise ValueError("Qr.data is empty; a QR code needs at least one character")


@dataclass(frozen=True, slots=True)
class Rule:
    """A thin line across the paper."""


@dataclass(frozen=True, slots=True)
class Feed:
    """``n`` empty lines, 0 to 255."""

    n: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.n <= MAX_FEED:
            raise ValueError(f"Feed.n is {self.n}; allowed: 0 to {MAX_FEED}")


@dataclass(frozen=True, slots=True)
class Image:
    """A picture file, centred, drawn in black and white and shrunk to the paper where it is wider."""

    path: Path


Line: TypeAlias = Text | Big | Qr | Rule | Feed | Image


@dataclass(frozen=True, slots=True)
class Slip:
    """One piece of paper, top to bottom. The cut at its end goes without saying."""

    lines: tuple[Line, ...]
