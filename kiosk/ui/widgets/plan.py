"""The plan of the hall with one zone marked, and the words that say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.graphics import Color, Rectangle

from kiosk.ui import pictograms, theme
from kiosk.ui.widgets.block import Block, Column
from kiosk.ui.widgets.words import Words

WIDEST_MM = 200.0
HIGHEST_MM = 110.0
ENOUGH_MM = 42.0
"""Height with its words from which a plan can be read at arm's length."""
LEAST_MM = 20.0


class PlanPicture(Column):
    """As wide as it may be; its height is fitted to the page it comes to stand on."""

    def __init__(self, file: Path, zone: str, text: str, **kwargs: Any) -> None:
        kwargs.setdefault("gap", 2)
        super().__init__(**kwargs)
        self._drawing, self._words = _Drawing(file, zone), Words(text=text)
        self._room = float(theme.mm(HIGHEST_MM))
        self.set_members([self._drawing, self._words])

    def fit(self, rest: float, page: float) -> None:
        """Take the ``rest`` of a page in pixels where that is enough to be read, else a ``page`` of its own."""
        self._room = rest if rest >= theme.mm(ENOUGH_MM) else page

    def natural_height(self, width: float) -> int:
        below = self._words.natural_height(width) + theme.mm(self.gap)
        self._drawing.room = min(max(theme.mm(LEAST_MM), self._room - below), theme.mm(HIGHEST_MM))
        return int(super().natural_height(width))


class _Drawing(Block):
    def __init__(self, file: Path, zone: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._file, self._zone = file, zone
        self.room: float = theme.mm(HIGHEST_MM)
        with self.canvas:
            Color(1, 1, 1, 1)
            self._picture = Rectangle(size=(0, 0))

    def _size(self, width: float) -> tuple[int, int]:
        ratio = pictograms.plan_ratio(self._file)
        wide = min(width, theme.mm(WIDEST_MM), self.room * ratio)
        return int(wide), int(wide / ratio)

    def natural_height(self, width: float) -> int:
        return self._size(width)[1]

    def arrange(self) -> None:
        wide, high = self._size(self.width)
        self._picture.texture = pictograms.plan(self._file, self._zone, wide, high)
        self._picture.size = (wide, high)
        self._picture.pos = (round(self.x), round(self.top - high))
