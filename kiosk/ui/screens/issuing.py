"""Issuing: calm, what is being waited for, and past the first second how far the wait is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk.ui.present.ticket import IssuingView
from kiosk.ui.screens.base import ScreenBox, load_kv


class IssuingScreen(ScreenBox):
    """Nothing to touch: a number is on its way."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(Path(__file__).with_suffix(".kv"))
        super().__init__(**kwargs)

    def show(self, view: IssuingView) -> None:
        self.part("title").text, self.part("text").text = view.title, view.text
        self.part("bar").shown = view.progress is not None
        self.part("bar").part = view.progress or 0.0
        self.part("waited").text = view.waited
