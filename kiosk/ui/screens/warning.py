"""The idle warning: one question, one button, how long it waits. Any touch at all is the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk.ui.present.overlays import WarningView
from kiosk.ui.screens.base import ScreenBox, load_kv


class WarningScreen(ScreenBox):
    """Takes the whole window, so that it is seen from where the visitor has stepped back to."""

    bare = True

    def __init__(self, **kwargs: Any) -> None:
        load_kv(Path(__file__).with_suffix(".kv"))
        super().__init__(**kwargs)

    def show(self, view: WarningView) -> None:
        self.part("title").text, self.part("text").text = view.title, view.text
        stay = self.part("stay")
        stay.target, stay.event, stay.text = view.stay.target, view.stay.event, view.stay.label
