"""Fault: one calm screen for a kiosk that cannot give numbers now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk.ui.present.overlays import FaultView
from kiosk.ui.screens.base import ScreenBox, load_kv


class FaultScreen(ScreenBox):
    """Where to go instead, and a code for the staff."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(Path(__file__).with_suffix(".kv"))
        super().__init__(**kwargs)

    def show(self, view: FaultView) -> None:
        for name in ("title", "text", "staff", "code"):
            self.part(name).text = getattr(view, name)
