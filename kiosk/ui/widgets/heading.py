"""Heading: where the visitor is on the road, and the screen's one question."""

from __future__ import annotations

from typing import Any

from kiosk.ui import theme
from kiosk.ui.present.common import Heading as HeadingView
from kiosk.ui.present.common import PagerView
from kiosk.ui.widgets.block import Across, Column
from kiosk.ui.widgets.pager import Pager
from kiosk.ui.widgets.words import Words


class Heading(Across):
    """Step mark over title. On a tight panel the pager sits beside them, where it costs no height."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("gap", 4)
        super().__init__(**kwargs)
        self.step = Words(colour="muted")
        self.title = Words(role="title")
        self.words = Column(grow=1, stretch=False)
        self.words.set_members([self.step, self.title])
        self.pager = Pager()
        self.set_members([self.words, self.pager])

    def show(self, view: HeadingView, mall: str = "", pager: PagerView | None = None) -> None:
        """Show ``view``; on a tight panel with ``mall``, whose header has no room for it, and with ``pager``."""
        tight = theme.metrics().layout == "tight"
        step = view.step
        if tight and mall and " · " not in step:
            step = f"{step} · {mall}" if step else mall
        self.step.text, self.title.text = step, view.title
        self.high = 20 if tight else 0
        self.pager.show(pager if tight else None)

    def natural_height(self, width: float) -> int:
        self._size_title(width)
        return super().natural_height(width)

    def arrange(self) -> None:
        self._size_title(self.width)
        super().arrange()

    def _size_title(self, width: float) -> None:
        """A title too long for one line on a tight panel is set in the next smaller role, which is above body size."""
        self.title.role, self.step.shown = "title", True
        room = width - (self.pager.natural_width() + theme.mm(self.gap) if self.pager.wanted() else 0)
        if theme.metrics().layout == "tight" and self.title.line_count(room) > 1:
            self.title.role = "button"
            # Two lines of it leave no room for the step mark: the question matters more.
            self.step.shown = self.title.line_count(room) == 1
