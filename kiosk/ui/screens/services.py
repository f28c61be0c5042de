"""Services of an agency: name, one line, open or closed with the reason."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from kiosk.ui import theme
from kiosk.ui.present.common import pager
from kiosk.ui.present.lists import EntryView, ServicesView
from kiosk.ui.screens.base import ScreenBox, load_kv
from kiosk.ui.widgets.tile import Row

ROW_MM = {"portrait": 32.0, "wide": 28.0, "tight": 20.0}
"""Height of a row: a title and a line, with air."""


def fill_row(row: Row, entry: EntryView) -> None:
    """Give ``row`` the words of ``entry``."""
    row.target, row.event, row.text, row.line = entry.key.target, entry.key.event, entry.key.label, entry.line
    row.badge, row.badge_icon, row.badge_colour = entry.badge, entry.badge_icon, entry.badge_colour


class ServicesScreen(ScreenBox):
    """Rows, and pages of them where they do not fit."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(Path(__file__).with_suffix(".kv"))
        super().__init__(**kwargs)
        self._rows: list[Row] = []
        self._view: ServicesView | None = None

    def show(self, view: ServicesView) -> None:
        self._view = view
        self.part("heading").show(view.heading, self.mall)

    def _rows_that_fit(self, paged: bool) -> int:
        """Return how many rows stand one below the other, with a pager below them when ``paged``."""
        heading, grid, pager_ = self.part("heading"), self.part("grid"), self.part("pager")
        room = self.height - self.padding_along() - heading.natural_height(self.width) - theme.mm(self.gap)
        if paged and self.layout != "tight":
            room -= theme.mm(pager_.high or 26) + theme.mm(self.gap)
        gap = theme.mm(grid.gap)
        return max(1, int((room + gap) // (theme.mm(ROW_MM[self.layout]) + gap)))

    def arrange(self) -> None:
        view, grid = self._view, self.part("grid")
        assert view is not None
        columns = 2 if self.layout == "wide" else 1
        count = len(view.rows)
        rows = self._rows_that_fit(paged=False)
        if count > rows * columns:
            # On a tight panel the pager is in the heading, which is higher with it.
            self.part("heading").show(view.heading, self.mall, pager(0, 2, view.language))
            rows = self._rows_that_fit(paged=True)
        capacity = rows * columns
        pages = max(1, math.ceil(count / capacity))
        page = min(view.page, pages - 1)
        turner = pager(page, pages, view.language)
        self.part("heading").show(view.heading, self.mall, turner)
        self.part("pager").show(None if self.layout == "tight" else turner)
        shown = view.rows[page * capacity : (page + 1) * capacity]
        while len(self._rows) < len(shown):
            self._rows.append(Row())
        for row, entry in zip(self._rows, shown, strict=False):
            fill_row(row, entry)
            row.roles = ("strong",) if self.layout == "tight" else ("button", "strong")
            row.pad = [5, 1, 5, 1] if self.layout == "tight" else [8, 2, 8, 2]
        grid.columns, grid.rows = columns, rows
        grid.cell_max = ROW_MM[self.layout] + 4
        grid.set_members(list(self._rows[: len(shown)]))
        super().arrange()
