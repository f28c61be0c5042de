"""Ornament and measure: the batik band of the attract screen, a bar that shows how far a wait is, a thin rule."""

from __future__ import annotations

import math
from typing import Any

from kivy.graphics import Color, Rectangle, SmoothRoundedRectangle
from kivy.properties import NumericProperty

from kiosk.ui import pictograms, theme
from kiosk.ui.widgets.block import Block


class Band(Block):
    """One row of a geometric pattern after Madurese batik: lozenge, eye and dots, repeated across the width."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            Color(1, 1, 1, 1)
        self._cells: list[Rectangle] = []

    def arrange(self) -> None:
        high = int(self.height)
        # Whole repeats across the width, so that the band ends as it begins.
        count = max(1, round(self.width / (high * 1.5))) if high else 0
        wide = math.ceil(self.width / count) if count else 0
        while len(self._cells) < count:
            self._cells.append(Rectangle())
            self.canvas.add(self._cells[-1])
        for index, cell in enumerate(self._cells):
            if index >= count:
                cell.size = (0, 0)
                continue
            cell.texture = pictograms.pictogram("band", wide, high)
            cell.pos, cell.size = (self.x + index * wide, self.y), (wide, high)


class Progress(Block):
    """A bar filled to ``part``, from 0 to 1."""

    part = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            Color(*theme.rgba("shade"))
            self._whole = SmoothRoundedRectangle(size=(0, 0))
            Color(*theme.rgba("sea"))
            self._done = SmoothRoundedRectangle(size=(0, 0))

    def arrange(self) -> None:
        radius = [self.height / 2]
        self._whole.pos, self._whole.size, self._whole.radius = self.pos, self.size, radius
        done = max(self.height, self.width * min(1.0, max(0.0, self.part)))
        self._done.pos, self._done.size, self._done.radius = self.pos, (done, self.height), radius


class Rule(Block):
    """A thin line between two entries of a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas:
            Color(*theme.rgba("hair"))
            self._line = Rectangle(size=(0, 0))

    def natural_height(self, width: float) -> int:
        return theme.mm(0.3)

    def arrange(self) -> None:
        self._line.pos, self._line.size = self.pos, self.size
