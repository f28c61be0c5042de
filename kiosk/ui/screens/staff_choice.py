"""A few lines and what can be done about them: the menu, one ticket, reasons, minutes."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from kiosk.ui.present.staff_views import ChoiceView
from kiosk.ui.screens.base import ScreenBox, load_kv
from kiosk.ui.widgets.block import Block
from kiosk.ui.widgets.tap import Tap
from kiosk.ui.widgets.words import Words

MANY = 6
"""Keys above which a tight panel sets them in four columns, without pictures."""
KEY_MM = {"portrait": 32.0, "wide": 34.0, "tight": 22.0}


class StaffChoiceScreen(ScreenBox):
    """Keys in two or three columns, the same size each."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(Path(__file__).with_suffix(".kv"))
        super().__init__(**kwargs)
        self._taps: list[Tap] = []
        self._words: list[Words] = []

    def show(self, view: ChoiceView) -> None:
        tight = self.layout == "tight"
        self.part("heading").show(view.heading, self.mall)
        banner = self.part("banner")
        banner.text, banner.tone, banner.icon = view.banner, view.tone, view.icon
        while len(self._words) < len(view.lines):
            self._words.append(Words(role="body"))
        several = len(view.lines) > 1
        for index, (words, text) in enumerate(zip(self._words, view.lines, strict=False)):
            words.text = text
            words.role = "title" if several and index == 0 else "lead" if not tight else "body"
        lines: list[Block] = list(self._words[: len(view.lines)])
        self.part("lines").set_members(lines)
        self.part("lines").shown = bool(lines)
        while len(self._taps) < len(view.keys):
            self._taps.append(Tap(pad=[2, 1, 2, 1], gap=3))
        crowded = tight and len(view.keys) > MANY
        for tap, key in zip(self._taps, view.keys, strict=False):
            tap.target, tap.text, tap.event = key.target, key.label, key.event
            tap.icon = "" if crowded else key.icon
            tap.role, tap.icon_mm = ("strong", 7) if tight else ("button", 10)
        grid = self.part("grid")
        grid.columns = 4 if crowded else {"portrait": 2, "wide": 3, "tight": 3}[self.layout]
        grid.rows = max(1, math.ceil(len(view.keys) / grid.columns))
        grid.cell_max = KEY_MM[self.layout]
        grid.set_members(list(self._taps[: len(view.keys)]))
