"""Pager: previous, where we are, next. Lists that do not fit turn pages; nothing needs a flick."""

from __future__ import annotations

from typing import Any

from kiosk.ui import theme
from kiosk.ui.present.common import PagerView
from kiosk.ui.widgets.block import Across
from kiosk.ui.widgets.tap import Tap
from kiosk.ui.widgets.words import Words


class Pager(Across):
    """Shown only when there is more than one page. On a tight panel its buttons carry arrows instead of words."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("gap", 3)
        super().__init__(**kwargs)
        self.previous = Tap(target="page:previous")
        self.following = Tap(target="page:next")
        self.place_words = Words(colour="muted", align="center", grow=1)
        self.set_members([self.previous, self.place_words, self.following])
        self.shown = False

    def show(self, view: PagerView | None) -> None:
        """Show where we are; None or a single page hides the pager."""
        self.shown = view is not None and view.pages > 1
        if view is None:
            return
        tight = theme.metrics().layout == "tight"
        for tap, icon, key in (
            (self.previous, "back", view.previous),
            (self.following, "next", view.following),
        ):
            tap.text = "" if tight else key.label
            tap.icon = icon if tight else ""
            tap.wide = 20 if tight else 62
            tap.pad = [2, 2, 2, 2] if tight else [4, 2, 4, 2]
            tap.event, tap.enabled = key.event, key.enabled
        self.high = 20 if tight else 26
        self.place_words.text = view.short if tight else view.label
        self.place_words.grow = 0 if tight else 1
