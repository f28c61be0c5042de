"""Grounds with round corners, and pictures on them."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Rectangle, SmoothRoundedRectangle
from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from kiosk.ui import pictograms, theme
from kiosk.ui.widgets.block import Block, Column, Group

THIN = 0.4
"""A border in mm: two pixels on the panels in use."""
THICK = 0.75


class Surface(Group):
    """A group on a ground of its own: ``ground`` and ``border`` are tokens ("" for none), ``edge`` the border in mm."""

    ground = StringProperty("")
    border = StringProperty("")
    edge = NumericProperty(THIN)
    corner = NumericProperty(theme.RADIUS)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        with self.canvas.before:
            self._border_color = Color(0, 0, 0, 0)
            self._outer = self._shape()
            self._ground_color = Color(0, 0, 0, 0)
            self._inner = self._shape()
        self.fbind("ground", self._colours)
        self.fbind("border", self._colours)
        self._colours()

    def _shape(self) -> Any:
        # Straight edges on whole pixels need no smoothing; smoothed, they would end in a pale line.
        return SmoothRoundedRectangle(size=(0, 0)) if self.corner else Rectangle(size=(0, 0))

    def _colours(self, *_: object) -> None:
        self._ground_color.rgba = theme.rgba(self.ground) if self.ground else (0, 0, 0, 0)
        self._border_color.rgba = theme.rgba(self.border) if self.border else (0, 0, 0, 0)

    def draw_ground(self) -> None:
        """Draw border and ground at the block's place: two filled shapes, so that corners stay crisp."""
        edge = theme.mm(self.edge) if self.border else 0
        radius = theme.mm(self.corner)
        self._outer.pos, self._outer.size = self.pos, self.size if edge else (0, 0)
        self._inner.pos = (self.x + edge, self.y + edge)
        self._inner.size = (self.width - 2 * edge, self.height - 2 * edge) if self.ground else (0, 0)
        if self.corner:
            self._outer.radius, self._inner.radius = [radius], [max(1, radius - edge)]


class Card(Surface, Column):
    """A raised surface; its members stand one below the other."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("ground", "card")
        super().__init__(**kwargs)

    def arrange(self) -> None:
        self.draw_ground()
        super().arrange()


class Picture(Block):
    """A pictogram of ``size_mm``, in one colour; with ``chip`` on a square of its own."""

    name = StringProperty("")
    colour = StringProperty("sea")
    chip = StringProperty("")
    size_mm = NumericProperty(8)
    chip_mm = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("stretch", False)
        super().__init__(**kwargs)
        with self.canvas:
            self._chip_color = Color(0, 0, 0, 0)
            self._chip = SmoothRoundedRectangle(size=(0, 0))
            self._color = Color(1, 1, 1, 1)
            self._picture = Rectangle(size=(0, 0))
        self.fbind("colour", self._recolour)
        self.fbind("chip", self._recolour)
        self._recolour()

    def wanted(self) -> bool:
        return bool(self.shown and self.name)

    def _recolour(self, *_: object) -> None:
        own = self.name in pictograms.COLOURED
        self._color.rgba = (1, 1, 1, 1) if own else theme.rgba(self.colour)
        self._chip_color.rgba = theme.rgba(self.chip) if self.chip else (0, 0, 0, 0)

    def _side(self) -> int:
        return theme.mm(max(self.size_mm, self.chip_mm if self.chip else 0))

    def natural_height(self, width: float) -> int:
        return self._side()

    def natural_width(self) -> int:
        return self._side()

    def arrange(self) -> None:
        self._recolour()
        side, chip = theme.mm(self.size_mm), self._side()
        centre_x, centre_y = self.x + self.width / 2, self.y + self.height / 2
        self._chip.pos = (round(centre_x - chip / 2), round(centre_y - chip / 2))
        self._chip.size = (chip, chip) if self.chip else (0, 0)
        self._chip.radius = [theme.mm(2)]
        if not self.name:
            self._picture.size = (0, 0)
            return
        self._picture.texture = pictograms.pictogram(self.name, side)
        self._picture.size = (side, side)
        self._picture.pos = (round(centre_x - side / 2), round(centre_y - side / 2))


class Code(Block):
    """A QR code on white with its quiet zone of four modules (ISO/IEC 18004), in whole pixels a module."""

    data = StringProperty("")
    side_mm = NumericProperty(40)
    framed = BooleanProperty(False)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("stretch", False)
        super().__init__(**kwargs)
        with self.canvas:
            Color(1, 1, 1, 1)
            self._ground = SmoothRoundedRectangle(size=(0, 0))
            Color(1, 1, 1, 1)
            self._picture = Rectangle(size=(0, 0))

    def wanted(self) -> bool:
        return bool(self.shown and self.data)

    def natural_height(self, width: float) -> int:
        return theme.mm(self.side_mm)

    def natural_width(self) -> int:
        return theme.mm(self.side_mm)

    def arrange(self) -> None:
        side = int(min(self.width, self.height))
        modules = len(pictograms.qr_modules(self.data))
        scale = max(1, side // (modules + 8))
        code = scale * modules
        self._ground.pos = (round(self.center_x - side / 2), round(self.center_y - side / 2))
        self._ground.size = (side, side)
        self._ground.radius = [theme.mm(2)]
        self._picture.texture = pictograms.qr_texture(self.data)
        self._picture.size = (code, code)
        self._picture.pos = (round(self.center_x - code / 2), round(self.center_y - code / 2))
