"""Banner: one strong sentence with a picture, on a full ground; and Fact: a small heading over what it says."""

from __future__ import annotations

from typing import Any

from kivy.properties import NumericProperty, OptionProperty, StringProperty

from kiosk.ui import theme
from kiosk.ui.widgets.block import Across, Column
from kiosk.ui.widgets.surface import Picture, Surface
from kiosk.ui.widgets.words import Words


class Banner(Surface, Across):
    """What happened, in green, red or sea, never by colour alone: a picture and words say it too."""

    tone = StringProperty("green")
    text = StringProperty("")
    note = StringProperty("")
    icon = StringProperty("")
    icon_mm = NumericProperty(14)
    role = OptionProperty("banner", options=theme.ROLES)
    smaller = OptionProperty("banner", options=theme.ROLES)
    """The role of a sentence that takes more than one line in ``role``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("pad", [8, 4, 8, 4])
        kwargs.setdefault("gap", 6)
        super().__init__(**kwargs)
        self.picture = Picture(colour="white")
        self.label = Words(colour="white")
        self.second = Words(colour="white", role="text")
        self.body = Column(grow=1, gap=1, stretch=False)
        self.body.set_members([self.label, self.second])
        self.set_members([self.picture, self.body])
        for name in ("tone", "text", "note", "icon", "icon_mm", "role"):
            self.fbind(name, self._fill)
        self._fill()

    def _fill(self, *_: object) -> None:
        self.ground = self.label.ground = self.second.ground = self.tone
        self.label.text, self.label.role, self.second.text = self.text, self.role, self.note
        self.picture.name, self.picture.size_mm = self.icon, self.icon_mm

    def wanted(self) -> bool:
        return bool(self.shown and self.text)

    def _size_words(self, width: float) -> None:
        room = width - self.padding_across()
        if self.icon:
            room -= self.picture.natural_width() + theme.mm(self.gap)
        self.label.role = self.role
        if self.label.line_count(room) > 1:
            self.label.role = self.smaller

    def natural_height(self, width: float) -> int:
        self._size_words(width)
        return int(super().natural_height(width))

    def arrange(self) -> None:
        self._size_words(self.width)
        self.draw_ground()
        super().arrange()


class Fact(Surface, Across):
    """A picture, a quiet heading and what is known under it."""

    head = StringProperty("")
    text = StringProperty("")
    note = StringProperty("")
    icon = StringProperty("")
    icon_mm = NumericProperty(11)
    role = OptionProperty("strong", options=theme.ROLES)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("ground", "card")
        kwargs.setdefault("border", "hair")
        kwargs.setdefault("pad", [6, 3, 6, 3])
        kwargs.setdefault("gap", 5)
        super().__init__(**kwargs)
        self.picture = Picture(colour="sea")
        self.heading = Words(colour="muted")
        self.words = Words()
        self.second = Words(colour="muted", role="text")
        self.body = Column(grow=1, stretch=False)
        self.body.set_members([self.heading, self.words, self.second])
        self.set_members([self.picture, self.body])
        for name in ("head", "text", "note", "icon", "icon_mm", "role", "ground"):
            self.fbind(name, self._fill)
        self._fill()

    def _fill(self, *_: object) -> None:
        self.heading.text, self.words.text, self.second.text = self.head, self.text, self.note
        self.words.role = self.role
        self.heading.ground = self.words.ground = self.second.ground = self.ground or "paper"
        self.picture.name, self.picture.size_mm = self.icon, self.icon_mm

    def wanted(self) -> bool:
        return bool(self.shown and (self.text or self.head))

    def arrange(self) -> None:
        self.draw_ground()
        super().arrange()
