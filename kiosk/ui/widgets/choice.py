"""Choice: something to touch in a column, with its words in lines of any number."""

from __future__ import annotations

from typing import Any

from kivy.properties import StringProperty

from kiosk.ui import theme
from kiosk.ui.widgets.surface import Picture
from kiosk.ui.widgets.tap import Style, Tap
from kiosk.ui.widgets.words import Words


class Choice(Tap):
    """As high as its words need, whatever their size; ``line`` stands below the label."""

    line = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("pad", [5, 2, 5, 2])
        super().__init__(**kwargs)

    def build(self) -> None:
        self.picture = Picture()
        self.label = Words(stretch=False)
        self.side_note = Words()
        self.set_members([self.picture, self.label, self.side_note])
        self.fbind("line", self._fill)

    def _fill(self, *_: object) -> None:
        self.picture.name, self.picture.size_mm = self.icon, self.icon_mm
        self.label.text, self.label.role, self.side_note.text = self.text, self.role, self.line

    def paint_parts(self, style: Style) -> None:
        super().paint_parts(style)
        self.side_note.colour = style.note

    def _sizes(self, width: float) -> tuple[int, float, int, int]:
        """Return the picture's width with its gap, the words' width, and the heights of label and line."""
        picture = self.picture.natural_width() + theme.mm(self.gap) if self.icon else 0
        room = width - self.padding_across() - picture
        return picture, room, self.label.natural_height(room), self.side_note.natural_height(room)

    def natural_height(self, width: float) -> int:
        _, _, label, line = self._sizes(width)
        return max(label + line + self.padding_along(), theme.mm(self.high))

    def arrange(self) -> None:
        self.draw_ground()
        self.present()
        picture, room, label, line = self._sizes(self.width)
        x, y, _, height = self.inner()
        top = y + (height + label + line) / 2
        if picture:
            self.picture.place(x, y, self.picture.natural_width(), height)
        self.label.place(x + picture, top - label, room, label)
        self.side_note.place(x + picture, top - label - line, room, line)
