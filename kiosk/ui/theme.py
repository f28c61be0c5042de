"""The look as data: colours, type and measures (tokens of the design, every text pair at least 4.5 : 1).

All sizes are millimetres on the panel and become pixels through ``Metrics``, never through Kivy's ``mm()``: Kivy asks
the desktop, and the desktop says 96 dots an inch whatever the panel is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Layout = Literal["portrait", "wide", "tight"]
"""``portrait``: upright; ``wide``: landscape with room; ``tight``: landscape under 180 mm high (10 inch)."""

CAP_RATIO = 0.711
"""Roboto's capital height in em (its OS/2 table: 1456 of 2048 units)."""
LINE = 1.172
"""Roboto's line height in em (ascent 0.927 + descent 0.244)."""
RADIUS = 3.0
TARGET = 20.0
"""Smallest side of anything touched, in mm (Colle & Hiszem 2004: no gain above 20 mm, loss below)."""
GAP = 2.5
"""Smallest space between two of them, in mm."""

COLOURS: dict[str, str] = {
    "paper": "#F6F4EE",
    "card": "#FFFFFF",
    "ink": "#10243A",
    "muted": "#3F5266",
    "sea": "#0B4F6C",
    "sea-dark": "#083B52",
    "sky": "#DCEBF2",
    "gold": "#F4B63F",
    "gold-dark": "#DFA02A",
    "red": "#A8201A",
    "red-dark": "#861812",
    "green": "#17633A",
    "white": "#FFFFFF",
    "line": "#6B7885",
    "hair": "#D9D5C9",
    "shade": "#E9E6DD",
}
"""``hair`` and ``shade`` only part and fill what is neither text nor touched."""


@dataclass(frozen=True)
class Role:
    """How a kind of text is set: capital height in mm, weight, and line distance as a factor of Roboto's own."""

    cap: float
    bold: bool = False
    leading: float = 1.0


_ROLES: dict[str, Role] = {
    "body": Role(4.8),
    "text": Role(4.8, leading=1.16),
    "strong": Role(4.8, bold=True),
    "button": Role(6.0, bold=True),
    "lead": Role(6.0, leading=1.1),
    "title": Role(9.0, bold=True),
    "clock": Role(7.5, bold=True),
    "banner": Role(7.5, bold=True),
    "call": Role(11.0, bold=True),
    "display": Role(17.5, bold=True),
    "number": Role(44.0, bold=True),
}
_TIGHT: dict[str, Role] = {
    "title": Role(7.0, bold=True),
    "clock": Role(6.0, bold=True),
    "banner": Role(6.0, bold=True),
    "call": Role(7.5, bold=True),
    "display": Role(9.0, bold=True),
    "number": Role(40.0, bold=True),
}
ROLES = tuple(_ROLES)


@dataclass(frozen=True)
class Metrics:
    """A panel: pixels for each millimetre, and its size in pixels."""

    px_per_mm: float
    width: int
    height: int

    @classmethod
    def of_panel(cls, width: int, height: int, diagonal_inch: float) -> Metrics:
        """Return the metrics of a panel of ``width`` × ``height`` pixels and ``diagonal_inch``."""
        return cls(math.hypot(width, height) / (diagonal_inch * 25.4), width, height)

    @property
    def layout(self) -> Layout:
        """Which of the three arrangements the panel takes."""
        if self.height > self.width:
            return "portrait"
        return "tight" if self.height / self.px_per_mm < 180 else "wide"

    def role(self, name: str) -> Role:
        """Return the type role ``name`` on this panel; KeyError for a name that is not in ``ROLES``."""
        if self.layout == "tight" and name in _TIGHT:
            return _TIGHT[name]
        return _ROLES[name]


_current = Metrics.of_panel(1080, 1920, 21.5)


def use(metrics: Metrics) -> None:
    """Make ``metrics`` the panel that everything is measured for from now on."""
    global _current
    _current = metrics


def metrics() -> Metrics:
    """Return the panel in use."""
    return _current


def mm(millimetres: float) -> int:
    """Return whole pixels for ``millimetres`` on the panel in use, rounded up: a minimum stays a minimum."""
    return math.ceil(millimetres * _current.px_per_mm - 1e-6)


def font_px(cap_mm: float) -> int:
    """Return the font size in pixels whose capitals are at least ``cap_mm`` high."""
    return math.ceil(cap_mm / CAP_RATIO * _current.px_per_mm - 1e-6)


def rgba(token: str) -> tuple[float, float, float, float]:
    """Return a colour token as Kivy wants it; KeyError for an unknown token."""
    value = COLOURS[token]
    return (int(value[1:3], 16) / 255, int(value[3:5], 16) / 255, int(value[5:7], 16) / 255, 1.0)


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colour tokens (WCAG 2.2, relative luminance), from 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(token: str) -> float:
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgba(token)[:3]]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
