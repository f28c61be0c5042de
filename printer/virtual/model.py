"""What is on a virtual paper: drawn elements from top to bottom. Lengths are dots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Align: TypeAlias = Literal["left", "center", "right"]
End: TypeAlias = Literal["full", "partial", "torn"]


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one style. ``width`` and ``height`` are magnifications of the cell of ``font``."""

    text: str
    width: int = 1
    height: int = 1
    bold: bool = False
    underline: bool = False
    inverse: bool = False
    font: Literal["a", "b"] = "a"

    @property
    def cell(self) -> tuple[int, int]:
        """Width and height of one character in dots: 12 × 24 for font A, 9 × 17 for font B, magnified."""
        width, height = (12, 24) if self.font == "a" else (9, 17)
        return width * self.width, height * self.height


@dataclass(frozen=True, slots=True)
class TextLine:
    """One printed line. ``advance`` is how far the paper moves for it."""

    runs: tuple[Run, ...]
    align: Align
    advance: int

    @property
    def text(self) -> str:
        """The characters without style."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Picture:
    """A bitmap: ``rows`` of ``width_bytes`` bytes, a set bit is black; each dot drawn ``scale`` (x, y) times."""

    width_bytes: int
    rows: tuple[bytes, ...]
    align: Align
    scale: tuple[int, int] = (1, 1)

    @property
    def advance(self) -> int:
        """Height in dots."""
        return len(self.rows) * self.scale[1]


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code drawn by the printer itself, without quiet zone: ``modules`` of ``dot`` dots each."""

    data: bytes
    level: str
    dot: int
    modules: tuple[tuple[bool, ...], ...]
    align: Align

    @property
    def advance(self) -> int:
        """Height in dots."""
        return len(self.modules) * self.dot


@dataclass(frozen=True, slots=True)
class Space:
    """Paper moved with nothing printed."""

    advance: int


Element: TypeAlias = TextLine | Picture | QrCode | Space


@dataclass(frozen=True, slots=True)
class Paper:
    """One piece of paper as it fell out, and how it was parted from the roll."""

    elements: tuple[Element, ...]
    end: End

    @property
    def blank(self) -> bool:
        """Whether nothing is printed on it."""
        return all(isinstance(element, Space) for element in self.elements)

    @property
    def lines(self) -> list[str]:
        """The printed text, a string for each line that has any, without the blanks that align it."""
        texts = (element.text.strip() for element in self.elements if isinstance(element, TextLine))
        return [text for text in texts if text]

    @property
    def qr_codes(self) -> list[str]:
        """What the codes drawn by the printer hold; codes sent as pictures must be read off the drawing."""
        return [e.data.decode("utf-8", "replace") for e in self.elements if isinstance(e, QrCode)]

    @property
    def height(self) -> int:
        """Length of paper in dots."""
        return sum(element.advance for element in self.elements)
