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
        self._access: Tap = self.part("access")
        self._second = self.part("others")

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
        for tap, key in (
            (part("start"), view.start),
            (self._help, view.help),
            (self._access, view.access),
        ):
            tap.text, tap.icon, tap.target, tap.event = key.label, key.icon, key.target, key.event
        while len(self._taps) < len(view.languages):
            self._taps.append(Tap(kind="dark", grow=1))
        for tap, key in zip(self._taps, view.languages, strict=False):
            tap.text, tap.target, tap.event = key.label, key.target, key.event
        beside: list[Any] = list(self._taps[: len(view.languages)])
        tight = self.layout == "tight"
        for tap in (*beside, self._help, self._access):
            tap.high, tap.grow = 20 if tight else 26, 1
        if tight:  # one row, where words alone have room
            self._access.text, self._help.icon, self._access.icon = view.access.short, "", ""
        # Help and what makes it easier have a row of their own, or stand in one row with the languages.
        part("languages").set_members([*beside, self._help, self._access] if tight else beside)
        self._second.set_members([] if tight else [self._help, self._access])
        self._second.shown = not tight
