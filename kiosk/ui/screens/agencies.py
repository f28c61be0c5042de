"""Agencies: all at a glance where they fit, and the way to the search."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from kivy.factory import Factory

from kiosk.ui.present.common import Key, pager
from kiosk.ui.present.lists import AgenciesView
from kiosk.ui.screens.base import ScreenBox, load_kv
from kiosk.ui.widgets.surface import THICK
from kiosk.ui.widgets.tap import Style
from kiosk.ui.widgets.tile import Tile


class SearchField(Tile):
    """Looks like the field it opens: a glass, what it does, and examples."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pad = [5, 2, 4, 2]

    def paint_parts(self, style: Style) -> None:
        super().paint_parts(style)
        self.edge = THICK
        self.picture.chip = ""
        self.label.colour = "sea"

    def fill(self, key: Key) -> None:
        """Take the words and the event of ``key``."""
        self.target, self.event, self.icon = key.target, key.event, key.icon
        self.text, self.line = key.label, key.note


Factory.register("SearchField", cls=SearchField)


class AgenciesScreen(ScreenBox):
    """Thirteen tiles on one page of every panel; two hundred turn pages."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(Path(__file__).with_suffix(".kv"))
        super().__init__(**kwargs)
        self._tiles: list[Tile] = []
        self._cell_search = SearchField(span=2, chip_mm=12)
        self._view: AgenciesView | None = None

    def show(self, view: AgenciesView) -> None:
        self._view = view
        for field in (self.part("search"), self.part("wide_search"), self._cell_search):
            field.fill(view.search)
            field.chip_mm = 15 if self.layout != "tight" else 10

    def _capacity(self, count: int) -> tuple[int, int, int]:
        """Return columns, rows and tiles of a page for ``count`` agencies on this panel."""
        if self.layout == "tight":
            return 3, 5, 13  # of fifteen cells the search takes two
        columns = 2 if self.layout == "portrait" else 4
        room = 300 if self.layout == "portrait" else 176
        least = 33 if self.layout == "portrait" else 34
        rows = min(int(room // least), max(3, math.ceil(count / columns)))
        return columns, rows, columns * rows

    def arrange(self) -> None:
        view, grid = self._view, self.part("grid")
        assert view is not None
        columns, rows, capacity = self._capacity(len(view.tiles))
        pages = max(1, math.ceil(len(view.tiles) / capacity))
        page = min(view.page, pages - 1)
        turner = pager(page, pages, view.language)
        tight = self.layout == "tight"
        self.part("heading").show(view.heading, self.mall, turner)
        self.part("pager").show(None if tight else turner)
        shown = view.tiles[page * capacity : (page + 1) * capacity]
        while len(self._tiles) < len(shown):
            self._tiles.append(Tile())
        for tile, entry in zip(self._tiles, shown, strict=False):
            tile.target, tile.event, tile.icon = entry.key.target, entry.key.event, entry.key.icon
            tile.text, tile.line = entry.key.label, entry.line
            tile.chip_mm = {"portrait": 23, "wide": 22, "tight": 11}[self.layout]
            tile.gap, tile.pad = (2.5, [2.5, 1, 1.5, 1]) if tight else (5, [6, 2, 4, 2])
            tile.roles = ("strong",) if tight else ("button", "strong")
        tiles: list[Any] = list(self._tiles[: len(shown)])
        grid.columns, grid.rows = columns, rows
        grid.cell_max = 0 if tight else 46
        grid.set_members([self._cell_search, *tiles] if tight else tiles)
        super().arrange()
