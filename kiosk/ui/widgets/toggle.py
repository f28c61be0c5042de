"""Toggle: a box to tick, with what it means."""

from __future__ import annotations

from kivy.graphics import Color, SmoothRoundedRectangle
from kivy.properties import BooleanProperty, NumericProperty

from kiosk.ui import theme
from kiosk.ui.widgets.surface import Picture
from kiosk.ui.widgets.tap import Style, Tap
from kiosk.ui.widgets.words import Words


class Toggle(Tap):
    """On or off; the box carries a tick, so that colour is not the only sign."""

    on = BooleanProperty(False)
    box_mm = NumericProperty(14)

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("kind", "choice")
        kwargs.setdefault("pad", [7, 3, 6, 3])
        kwargs.setdefault("gap", 6)
        super().__init__(**kwargs)
        self.fbind("on", self._switch)

    def build(self) -> None:
        with self.canvas:
            self._box_color = Color(*theme.rgba("sea"))
            self._box = SmoothRoundedRectangle(size=(0, 0))
            self._hole_color = Color(*theme.rgba("card"))
            self._hole = SmoothRoundedRectangle(size=(0, 0))
        self.picture = Picture(colour="white")
        self.label = Words(stretch=False)
        self.side_note = Words()
        self.set_members([self.picture, self.label, self.side_note])

    def _switch(self, *_: object) -> None:
        self.kind = "chosen" if self.on else "choice"
        self._fill()

    def _fill(self, *_: object) -> None:
        self.label.text, self.side_note.text = self.text, self.note
        self.label.role = self.role
        self.picture.name = "ok" if self.on else ""
        self._hole_color.rgba = theme.rgba("sea" if self.on else "card")

    def paint_parts(self, style: Style) -> None:
        super().paint_parts(style)
        self.picture.colour = "white"

    def _texts(self, width: float) -> tuple[int, int, float]:
        room = width - self.padding_across() - theme.mm(self.box_mm) - theme.mm(self.gap)
        return self.label.natural_height(room), self.side_note.natural_height(room), room

    def natural_height(self, width: float) -> int:
        title, line, _ = self._texts(width)
        return max(title + line + self.padding_along(), theme.mm(self.high))

    def arrange(self) -> None:
        self.edge = 0.75
        self.draw_ground()
        self.present()
        x, y, _, height = self.inner()
        title, line, room = self._texts(self.width)
        box, edge = theme.mm(self.box_mm), theme.mm(0.9)
        box_y = round(y + (height - box) / 2)
        self._box.pos, self._box.size, self._box.radius = (x, box_y), (box, box), [theme.mm(2)]
        self._hole.pos, self._hole.size = (x + edge, box_y + edge), (box - 2 * edge, box - 2 * edge)
        self._hole.radius = [theme.mm(1.3)]
        self.picture.size_mm = self.box_mm * 0.8
        self.picture.place(x, box_y, box, box)
        left = x + box + theme.mm(self.gap)
        top = y + (height + title + line) / 2
        self.label.place(left, top - title, room, title)
        self.side_note.place(left, top - title - line, room, line)
