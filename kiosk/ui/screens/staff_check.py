"""Two checks of the panel: a square to hold a ruler to, and five spots that must be felt where they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.factory import Factory

from kiosk.ui import theme
from kiosk.ui.present.staff_views import CheckView
from kiosk.ui.screens.base import ScreenBox, load_kv
from kiosk.ui.widgets.block import Block, Group
from kiosk.ui.widgets.surface import Surface
from kiosk.ui.widgets.tap import Tap

SQUARE_MM = 20.0


class Square(Surface):
    """Exactly 20 × 20 mm where the panel is as the configuration says."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(ground="ink", corner=0, **kwargs)

    def arrange(self) -> None:
        self.draw_ground()


class Field(Group):
    """The room in which the square or the spots stand."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.square = Square()
        self.spots: list[Tap] = []

    def arrange(self) -> None:
        self.present()
        side = round(SQUARE_MM * theme.metrics().px_per_mm)
        middle = ((self.width - side) / 2, (self.height - side) / 2)
        if self.square in self.members:
            self.square.place(self.x + middle[0], self.y + middle[1], side, side)
            return
        spot = theme.mm(theme.TARGET)
        right, top = self.width - spot, self.height - spot
        places = ((0.0, top), (right, top), (0.0, 0.0), (right, 0.0), (right / 2, top / 2))
        for tap, (x, y) in zip(self.spots, places, strict=False):
            tap.place(self.x + x, self.y + y, spot, spot)


Factory.register("Field", cls=Field)


class StaffCheckScreen(ScreenBox):
    """The ruler check, or the touch check."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(Path(__file__).with_suffix(".kv"))
        super().__init__(**kwargs)
        self._keys: list[Tap] = []

    def show(self, view: CheckView) -> None:
        self.part("heading").show(view.heading, self.mall)
        self.part("text").text = view.text
        field = self.part("field")
        while len(field.spots) < len(view.spots):
            field.spots.append(Tap(icon_mm=10, pad=[1, 1, 1, 1]))
        for tap, key in zip(field.spots, view.spots, strict=False):
            felt = key.target.partition(":")[2] in view.felt
            tap.target, tap.event = key.target, key.event
            tap.kind, tap.icon = ("chosen", "ok") if felt else ("secondary", key.icon)
        spots: list[Block] = list(field.spots[: len(view.spots)])
        field.set_members([field.square] if view.ruler else spots)
        while len(self._keys) < len(view.keys):
            self._keys.append(Tap(role="button", pad=[1, 1, 1, 1], grow=1))
        for tap, key in zip(self._keys, view.keys, strict=False):
            tap.target, tap.text, tap.event = key.target, key.label, key.event
            tap.high = theme.TARGET
        keys: list[Block] = list(self._keys[: len(view.keys)])
        self.part("keys").set_members(keys)
        self.part("keys").shown = bool(keys)
