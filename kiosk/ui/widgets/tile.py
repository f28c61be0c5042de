"""Tile and Row: the two kinds of list entry that are touched."""

from __future__ import annotations

from kivy.properties import NumericProperty, StringProperty

from kiosk.ui import theme, wrap
from kiosk.ui.widgets.surface import Picture
from kiosk.ui.widgets.tap import Style, Tap
from kiosk.ui.widgets.words import Words


def fit_pair(
    title: Words, line: Words, width: float, height: float, roles: tuple[str, ...]
) -> tuple[int, int]:
    """Set ``title`` over ``line`` in ``width`` × ``height`` pixels; return the heights of both.

    The title takes the first of ``roles`` in which it fits with its words whole, or else broken between syllables; the
    line gives way when there is no room for both, because the title says enough to choose by.
    """
    text = line.text
    for allowed in (wrap.GENTLE, wrap.SYLLABLE):
        for with_line in (True, False):
            line.text = text if with_line else ""
            below = line.natural_height(width)
            if with_line and text and line.lines_at(width).worst > allowed:
                continue
            for role in roles:
                title.role = role
                high = title.natural_height(width)
                if high + below <= height and title.lines_at(width).worst <= allowed:
                    return high, below
    return title.natural_height(width), 0


class Tile(Tap):
    """An agency: pictogram on a chip, the name people say, one line below."""

    span = NumericProperty(1)
    line = StringProperty("")
    chip_mm = NumericProperty(24)
    roles: tuple[str, ...] = ("button", "strong")
    """The roles the name may take, the first that fits."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("kind", "choice")
        kwargs.setdefault("pad", [4, 2, 3, 2])
        super().__init__(**kwargs)

    def build(self) -> None:
        self.picture = Picture(chip="sky")
        self.label = Words(stretch=False)
        self.side_note = Words()
        self.set_members([self.picture, self.label, self.side_note])
        self.fbind("line", self._fill)

    def _fill(self, *_: object) -> None:
        self.picture.name = self.icon
        self.label.text = self.text
        self.side_note.text = self.line

    def paint_parts(self, style: Style) -> None:
        super().paint_parts(style)
        self.picture.colour = "sea"
        self.picture.chip = "card" if self.pressed else "sky"

    def arrange(self) -> None:
        self.draw_ground()
        self._fill()
        x, y, width, height = self.inner()
        self.picture.chip_mm = self.chip_mm
        self.picture.size_mm = self.chip_mm * 0.66
        chip = self.picture.natural_width() if self.icon else 0
        left = x + chip + theme.mm(self.gap) if chip else x
        room = x + width - left
        title, line = fit_pair(self.label, self.side_note, room, height, self.roles)
        self.present()
        if chip:
            self.picture.place(x, y, chip, height)
        top = y + (height + title + line) / 2
        self.label.place(left, top - title, room, title)
        self.side_note.place(left, top - title - line, room, line)


class Row(Tap):
    """A service: its name, one line, and at the right a badge with picture and word."""

    line = StringProperty("")
    badge = StringProperty("")
    badge_icon = StringProperty("")
    badge_colour = StringProperty("green")
    roles: tuple[str, ...] = ("button", "strong")
    badge_share = NumericProperty(0.36)
    """The most of the row's width that the badge takes."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("kind", "choice")
        kwargs.setdefault("pad", [6, 2, 6, 2])
        super().__init__(**kwargs)

    def build(self) -> None:
        self.picture = Picture()
        self.label = Words(stretch=False)
        self.side_note = Words()
        self.mark = Picture(size_mm=8)
        self.state = Words(role="strong", align="left")
        self.set_members([self.label, self.side_note, self.mark, self.state])
        for name in ("line", "badge", "badge_icon"):
            self.fbind(name, self._fill)
        self.fbind("badge_colour", self._paint)

    def _fill(self, *_: object) -> None:
        self.label.text = self.text
        self.side_note.text = self.line
        self.state.text = self.badge
        self.mark.name = self.badge_icon

    def paint_parts(self, style: Style) -> None:
        super().paint_parts(style)
        self.mark.colour = self.state.colour = self.badge_colour
        self.state.ground = style.ground

    def arrange(self) -> None:
        self.draw_ground()
        self._fill()
        x, y, width, height = self.inner()
        gap = theme.mm(2)
        mark = self.mark.natural_width() if self.badge_icon else 0
        most = int(width * self.badge_share) - mark - gap
        wide = min(self.state.natural_width(), most) if self.badge else 0
        badge = wide + (mark + gap if mark else 0)
        room = width - badge - (theme.mm(4) if badge else 0)
        title, line = fit_pair(self.label, self.side_note, room, height, self.roles)
        self.present()
        top = y + (height + title + line) / 2
        self.label.place(x, top - title, room, title)
        self.side_note.place(x, top - title - line, room, line)
        self.state.place(x + width - wide, y, wide, height)
        if mark:
            self.mark.place(x + width - badge, y, mark, height)
