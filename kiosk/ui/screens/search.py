"""Search: big keys, results while typing, friendly words when there is nothing to show."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from kiosk.ui import theme
from kiosk.ui.present.common import pager
from kiosk.ui.present.lists import SearchView
from kiosk.ui.screens.base import ScreenBox, load_kv
from kiosk.ui.screens.services import fill_row
from kiosk.ui.widgets.block import Block
from kiosk.ui.widgets.tap import Tap
from kiosk.ui.widgets.tile import Row

WORD = 11
"""Letters in a row on a tight panel; more of them are written smaller, in rows."""
ROW_MM = {"portrait": 28.0, "wide": 26.0, "tight": 20.0}


class SearchScreen(ScreenBox):
    """The keys stay where they are; what is found changes above or beside them."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(Path(__file__).with_suffix(".kv"))
        super().__init__(**kwargs)
        self._rows: list[Row] = []
        self._examples: list[Tap] = []
        self._view: SearchView | None = None

    def show(self, view: SearchView) -> None:
        self._view = view
        self.part("heading").show(view.heading, self.mall)
        query = self.part("query")
        text = f"{view.query}_" if view.query else view.prompt
        long = self.layout == "tight" and max(map(len, text.split()), default=0) > WORD
        # An address is no word to be parted with a hyphen.
        query.text = "\n".join(text[at : at + WORD] for at in range(0, len(text), WORD)) if long else text
        query.role = "body" if long else "button"
        query.colour = "ink" if view.query else "muted"
        self.part("message").text = view.message
        self.part("board").show(view.letters, view.space, view.delete, view.clear)

    def arrange(self) -> None:
        view, grid = self._view, self.part("grid")
        assert view is not None
        self.part("pager").show(None)
        grid.set_members([])
        super().arrange()  # gives the grid its room
        gap, row = theme.mm(grid.gap), theme.mm(ROW_MM[self.layout])
        rows = max(1, int((grid.height + gap) // (row + gap)))
        if view.hits:
            members, rows = self._hits(view, rows, row, gap)
        else:
            # Only as many examples as stand there at full size.
            columns = 1 if self.layout == "tight" else 2
            room = int((grid.height + gap) // (theme.mm(theme.TARGET) + gap)) * columns
            members = self._show_examples(view)[:room]
        grid.columns = 1 if view.hits or self.layout == "tight" else 2
        grid.rows = rows if view.hits else max(1, math.ceil(len(members) / grid.columns))
        grid.cell_max = ROW_MM[self.layout] + 2 if view.hits else 24
        grid.set_members(members)
        super().arrange()

    def _hits(self, view: SearchView, rows: int, row: int, gap: int) -> tuple[list[Block], int]:
        turner_part = self.part("pager")
        if len(view.hits) > rows:
            turner_part.show(pager(0, 2, view.language))
            rows = max(1, rows - math.ceil((theme.mm(turner_part.high) + gap) / (row + gap)))
        pages = max(1, math.ceil(len(view.hits) / rows))
        page = min(view.page, pages - 1)
        turner_part.show(pager(page, pages, view.language))
        shown = view.hits[page * rows : (page + 1) * rows]
        while len(self._rows) < len(shown):
            self._rows.append(Row())
        for row_, entry in zip(self._rows, shown, strict=False):
            fill_row(row_, entry)
            # Lying, the list is narrow: only what is closed says so, and on a tight panel the sheet says it.
            if self.layout == "tight" or (self.layout == "wide" and row_.badge_colour == "green"):
                row_.badge = row_.badge_icon = ""
            row_.roles = ("strong", "body") if self.layout == "tight" else ("button", "strong")
            row_.pad = [3, 1, 2, 1] if self.layout == "tight" else [7, 2, 6, 2]
        return list(self._rows[: len(shown)]), rows

    def _show_examples(self, view: SearchView) -> list[Block]:
        while len(self._examples) < len(view.examples):
            self._examples.append(Tap(role="button"))
        for tap, key in zip(self._examples, view.examples, strict=False):
            tap.target, tap.text, tap.event = key.target, key.label, key.event
            tap.role = "strong" if self.layout == "tight" else "button"
            tap.pad = [2, 1, 2, 1] if self.layout == "tight" else [4, 2, 4, 2]
        return list(self._examples[: len(view.examples)])
