"""The ring around what the keys have reached, and the order in which they reach it. No end: the last leads to the
first, so nothing traps."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Line

from kiosk.ui import theme

RING_MM = 1.2
APART_MM = 0.4
"""Between a button and its ring; ring and space together stay within the gap between two buttons."""


class Ring:
    """Draws itself on ``canvas`` around one widget, or nowhere."""

    def __init__(self, canvas: Any) -> None:
        with canvas.after:
            self._color = Color(0, 0, 0, 0)
            self._line = Line()

    def put(self, tap: Any, deep: bool) -> None:
        """Show the ring around ``tap``; None takes it away."""
        if tap is None:
            self._color.rgba = (0, 0, 0, 0)
            return
        self._color.rgba = theme.rgba(theme.focus_colour(deep))
        px = theme.metrics().px_per_mm
        out = (APART_MM + RING_MM / 2) * px
        self._line.width = RING_MM * px / 2
        radius = (theme.RADIUS * px) + out
        self._line.rounded_rectangle = (
            tap.x - out,
            tap.y - out,
            tap.width + 2 * out,
            tap.height + 2 * out,
            radius,
        )


def order(body: list[Any], keys: list[Any]) -> list[Any]:
    """Return the buttons of a screen in reading order, then the frame's keys."""
    return [*sorted(body, key=lambda tap: (-round(tap.top), tap.x)), *keys]
