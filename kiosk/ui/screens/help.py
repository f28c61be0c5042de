"""Help: how it works in three steps, and the mall's own lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk.ui import theme
from kiosk.ui.present.overlays import HelpView
from kiosk.ui.screens.base import ScreenBox, load_kv
from kiosk.ui.widgets.section import Entry, SectionView


class HelpScreen(ScreenBox):
    """Takes the place of the screen it was asked from; Back, Help or its own button return there.

    A tight panel has no room for it: there it is one column (``ui/stage.py``).
    """

    def __init__(self, **kwargs: Any) -> None:
        load_kv(Path(__file__).with_suffix(".kv"))
        super().__init__(**kwargs)
        self._view: HelpView | None = None

    def show(self, view: HelpView) -> None:
        self._view = view
        self.part("title").text = view.title
        close = self.part("close")
        close.target, close.event, close.text = view.close.target, view.close.event, view.close.label
        for name, key in (("call", view.call), ("info", view.info)):
            tap = self.part(name)
            tap.shown = key is not None
            if key:
                tap.target, tap.event, tap.enabled = key.target, key.event, key.enabled
                tap.text, tap.icon = key.label, key.icon
        told, quiet = self.part("told"), self.part("quiet")
        told.tone, told.text = view.call_tone or "sea", view.call_state if view.call_tone else ""
        told.icon = "people"
        quiet.text = "" if view.call_tone else view.call_state
        quiet.shown = bool(quiet.text)

    def arrange(self) -> None:
        view = self._view
        assert view is not None
        steps, lines = self.part("steps"), self.part("lines")
        lines.shown = bool(view.lines)
        numbered = tuple(Entry(f"{number}. {text}") for number, text in enumerate(view.steps, 1))
        told = tuple(Entry(text) for text in view.lines)
        width = self.width - self.padding_across()
        if self.layout == "wide":
            width = (width - theme.mm(6)) // 2
        steps.roomy = lines.roomy = True
        unbounded = self.height * 10
        for part, entries in ((steps, numbered), (lines, told)):
            part.break_up((SectionView("", "", entries),), width, unbounded, 0)
        steps.high = 0
        steps.high = self._height_mm(steps, width)
        super().arrange()

    def _height_mm(self, pages: Any, width: float) -> float:
        section = pages.height_of_page(width)
        return float(section / theme.metrics().px_per_mm)
