"""The look as data: colours, type and measures (tokens of the design, every text pair at least 4.5 : 1).

A visitor may ask for another look: two more sets of tokens (every pair at least 7 : 1), larger type, larger targets,
and everything that is touched in the lower part of the panel. ``Look`` holds what was asked for, ``Metrics`` what it
comes to.

All sizes are millimetres on the panel and become pixels through ``Metrics``, never through Kivy's ``mm()``: Kivy asks
the desktop, and the desktop says 96 dots an inch whatever the panel is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from kiosk.core.modes import Modes

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

BIG_TARGET = 30.0
"""The same for who asks for big targets: people with a motor disability gain up to here (Chen 2013)."""
REACH_MM = 1200.0
"""Above the floor: the highest a seated person touches (EN 301 549, 8.3; RNIB Tiresias)."""
LEAST_REACH_MM = 136.0
"""The lowest part of a panel that still holds every screen; a panel mounted higher than that allows is a fault of the
installation, which ``main.py doctor`` and the installer's list are for."""
LARGE_ANGLE = 0.7
"""Degrees under which a capital is seen in large text (EN 301 549, 5.1.4)."""

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
    "deep": "#083B52",
    "on-deep": "#FFFFFF",
    "on-deep-soft": "#DCEBF2",
    "on-gold": "#10243A",
    "line": "#6B7885",
    "hair": "#D9D5C9",
    "shade": "#E9E6DD",
}
_LIGHT: dict[str, str] = {
    "paper": "#FFFFFF",
    "card": "#FFFFFF",
    "ink": "#000000",
    "muted": "#1A1A1A",
    "sea": "#00344A",
    "sea-dark": "#001E2B",
    "sky": "#E3F1F8",
    "gold": "#FFD24D",
    "gold-dark": "#F0BE2A",
    "red": "#8C0E09",
    "red-dark": "#6B0905",
    "green": "#0A4A24",
    "white": "#FFFFFF",
    "deep": "#001E2B",
    "on-deep": "#FFFFFF",
    "on-deep-soft": "#FFFFFF",
    "on-gold": "#000000",
    "line": "#2E2E2E",
    "hair": "#2E2E2E",
    "shade": "#F0F0F0",
}
_DARK: dict[str, str] = {
    "paper": "#000000",
    "card": "#000000",
    "ink": "#FFFFFF",
    "muted": "#F0F0F0",
    "sea": "#FFE14D",
    "sea-dark": "#FFEB85",
    "sky": "#262626",
    "gold": "#FFE14D",
    "gold-dark": "#FFEB85",
    "red": "#FFB4AD",
    "red-dark": "#FFCFCA",
    "green": "#8CF5AC",
    "white": "#000000",
    "deep": "#000000",
    "on-deep": "#FFFFFF",
    "on-deep-soft": "#FFFFFF",
    "on-gold": "#000000",
    "line": "#FFFFFF",
    "hair": "#FFFFFF",
    "shade": "#1F1F1F",
}
PALETTES: dict[str, dict[str, str]] = {"": COLOURS, "light": _LIGHT, "dark": _DARK}
"""Sets of tokens by ``Modes.contrast``. ``white`` is what stands on sea, red and green."""
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
class Look:
    """What the visitor asked for, in the panel's terms."""

    palette: str = ""
    cap_mm: float = 0.0
    """The least capital height of any text."""
    target_mm: float = TARGET
    reach_mm: float = math.inf
    """The highest touchable point above the panel's lower edge."""

    @classmethod
    def of(cls, modes: Modes, viewing_mm: float, bottom_edge_mm: float) -> Look:
        """Return the look for ``modes`` on a panel seen from ``viewing_mm`` and mounted ``bottom_edge_mm`` high."""
        cap = 2 * viewing_mm * math.tan(math.radians(LARGE_ANGLE / 2)) if modes.large else 0.0
        reach = max(LEAST_REACH_MM, REACH_MM - bottom_edge_mm) if modes.low else math.inf
        return cls(modes.contrast, cap, BIG_TARGET if modes.big else TARGET, reach)


@dataclass(frozen=True)
class Metrics:
    """A panel: pixels for each millimetre, its size in pixels, and the look asked for."""

    px_per_mm: float
    width: int
    height: int
    look: Look = Look()

    @classmethod
    def of_panel(cls, width: int, height: int, diagonal_inch: float) -> Metrics:
        """Return the metrics of a panel of ``width`` × ``height`` pixels and ``diagonal_inch``."""
        return cls(math.hypot(width, height) / (diagonal_inch * 25.4), width, height)

    @property
    def layout(self) -> Layout:
        """Which of the three arrangements the panel takes."""
        if self.height > self.width:
            return "portrait"
        return "tight" if self.active / self.px_per_mm < 180 else "wide"

    @property
    def active(self) -> int:
        """Height in pixels, from below, of the part that may be touched."""
        return int(min(self.height, self.look.reach_mm * self.px_per_mm))

    def role(self, name: str) -> Role:
        """Return the type role ``name`` on this panel; KeyError for a name that is not in ``ROLES``."""
        role = _TIGHT[name] if self.layout == "tight" and name in _TIGHT else _ROLES[name]
        return replace(role, cap=max(role.cap, self.look.cap_mm))


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


def colour(token: str) -> str:
    """Return a colour token of the look in use as ``#RRGGBB``; KeyError for an unknown token."""
    return PALETTES[_current.look.palette][token]


def focus_colour(deep: bool) -> str:
    """Return the token of the ring around what the keys have reached, on deep ground or on paper."""
    return "gold" if deep else "sea"


def rgba(token: str) -> tuple[float, float, float, float]:
    """Return a colour token as Kivy wants it; KeyError for an unknown token."""
    value = colour(token)
    return (int(value[1:3], 16) / 255, int(value[3:5], 16) / 255, int(value[5:7], 16) / 255, 1.0)


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colour tokens (WCAG 2.2, relative luminance), from 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(token: str) -> float:
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgba(token)[:3]]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
