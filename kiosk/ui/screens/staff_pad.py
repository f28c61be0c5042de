"""The pad: a PIN as dots, or a number; keys of at least 20 mm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk.ui.present.staff_views import PadView
from kiosk.ui.screens.base import ScreenBox, load_kv
from kiosk.ui.widgets.tap import Tap


class StaffPadScreen(ScreenBox):
    """Twelve keys as on a telephone: delete, 0, enter in the last row."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(Path(__file__).with_suffix(".kv"))
        super().__init__(**kwargs)
        self._taps = [Tap(role="banner", pad=[1, 1, 1, 1]) for _ in range(10)]
        self._delete = Tap(role="strong", icon_mm=11, pad=[1, 1, 1, 1])
        self._enter = Tap(role="strong", kind="primary", icon_mm=9, gap=2, pad=[1, 1, 1, 1], stacked=True)

    def show(self, view: PadView) -> None:
        self.part("heading").show(view.heading, self.mall)
        self.part("shown").text = view.shown or " "
        message = self.part("message")
        message.text, message.colour = view.message, "red" if view.bad else "muted"
        for tap, key in zip(self._taps, view.digits, strict=True):
            tap.target, tap.text, tap.event, tap.enabled = key.target, key.label, key.event, key.enabled
        delete, enter = view.delete, view.enter
        self._delete.target, self._delete.event, self._delete.enabled = (
            delete.target,
            delete.event,
            delete.enabled,
        )
        self._delete.icon = delete.icon
        self._enter.target, self._enter.event, self._enter.enabled = enter.target, enter.event, enter.enabled
        self._enter.text, self._enter.icon = enter.label, enter.icon
        self.part("grid").set_members([*self._taps[:9], self._delete, self._taps[9], self._enter])
