"""Attract: one invitation, the languages, the state of the mall."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.factory import Factory
from kivy.properties import StringProperty

from kiosk.ui.present.attract import AttractView
from kiosk.ui.screens.base import ScreenBox, load_kv
from kiosk.ui.widgets.block import Across
from kiosk.ui.widgets.surface import Picture, Surface
from kiosk.ui.widgets.tap import Tap
from kiosk.ui.widgets.words import Words


class Pill(Surface, Across):
    """A word on a coloured ground with its picture."""

    tone = StringProperty("green")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(pad=[5, 2, 6, 2], gap=3, corner=7, stretch=False, **kwargs)
        self.picture = Picture(colour="white", size_mm=8)
        self.label = Words(role="button", colour="white")
        self.set_members([self.picture, self.label])

    def show(self, word: str, tone: str, icon: str) -> None:
        """Show ``word`` and ``icon`` on ``tone``."""
        self.label.text, self.picture.name = word, icon
        self.ground = self.label.ground = tone

    def arrange(self) -> None:
        self.draw_ground()
        super().arrange()


Factory.register("Pill", cls=Pill)


class AttractScreen(ScreenBox):
    """What a stranger sees from two metres away."""

    bare = True

    def __init__(self, **kwargs: Any) -> None:
        load_kv(Path(__file__).with_suffix(".kv"))
        super().__init__(**kwargs)
        self._taps: list[Tap] = []
        self._help: Tap = self.part("help")

    def show(self, view: AttractView) -> None:
        part = self.part
        part("welcome").text, part("invitation").text, part("second").text = (
            view.welcome,
            view.invitation,
            view.second,
        )
        part("state").shown = view.state is not None
        state = view.state
        if state:
            part("pill").show(state.word, state.tone, state.icon)
            lines = (state.text, state.printer or state.note) if self.layout == "tight" else (state.text,)
            part("hours").text = "\n".join(line for line in lines if line)
        notes = (state.note, state.printer) if state and self.layout != "tight" else ()
        part("note").text = "\n".join(note for note in notes if note)
        for tap, key in ((part("start"), view.start), (self._help, view.help)):
            tap.text, tap.icon, tap.target, tap.event = key.label, key.icon, key.target, key.event
        while len(self._taps) < len(view.languages):
            self._taps.append(Tap(kind="dark", grow=1))
        for tap, key in zip(self._taps, view.languages, strict=False):
            tap.text, tap.target, tap.event = key.label, key.target, key.event
        beside: list[Any] = list(self._taps[: len(view.languages)])
        upright = self.layout != "wide"
        for tap in beside:
            tap.high = 20 if self.layout == "tight" else 26
        # Help stands in one row with the languages, or where the buttons are beside the words, below them.
        self._help.grow = 1 if upright else 0
        part("languages").set_members([*beside, self._help] if upright else beside)
        column = [member for member in part("touch").members if member is not self._help]
        if not upright:
            column.insert(-1, self._help)
        part("touch").members = column
