"""What can be touched. A touch shows in the same frame, acts on release inside, and cannot act twice."""

from __future__ import annotations

from typing import Any, NamedTuple

from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)

from kiosk.ui import theme
from kiosk.ui.widgets.block import Group
from kiosk.ui.widgets.surface import THICK, THIN, Picture, Surface
from kiosk.ui.widgets.words import Words


class Style(NamedTuple):
    """Tokens of one state of a button."""

    ground: str
    border: str
    colour: str
    note: str


_OFF = Style("paper", "hair", "muted", "muted")
_FLAT_OFF = Style("shade", "", "muted", "muted")

STYLES: dict[str, tuple[Style, Style, Style]] = {
    # kind: at rest, pressed, disabled
    "primary": (Style("sea", "", "white", "sky"), Style("sea-dark", "", "white", "sky"), _FLAT_OFF),
    "secondary": (Style("card", "sea", "sea", "muted"), Style("sky", "sea", "sea-dark", "muted"), _OFF),
    "quiet": (
        Style("card", "", "sea", "muted"),
        Style("sky", "", "sea-dark", "muted"),
        Style("card", "", "muted", "muted"),
    ),
    "danger": (Style("card", "red", "red", "muted"), Style("red", "red", "white", "white"), _OFF),
    "gold": (
        Style("gold", "", "on-gold", "on-gold"),
        Style("gold-dark", "", "on-gold", "on-gold"),
        _FLAT_OFF,
    ),
    "dark": (
        Style("deep", "on-deep", "on-deep", "on-deep-soft"),
        Style("sea", "white", "white", "sky"),
        Style("deep", "line", "on-deep-soft", "on-deep-soft"),
    ),
    "choice": (Style("card", "line", "ink", "muted"), Style("sky", "sea", "ink", "muted"), _OFF),
    "chosen": (Style("sky", "sea", "ink", "ink"), Style("card", "sea", "ink", "ink"), _OFF),
}


class Tap(Surface):
    """A button. ``target`` names it for tests and speech, ``event`` is what it sends.

    One finger at a time: the stage lets no second touch in, and a touch that leaves the button is over for good.
    """

    target = StringProperty("")
    event = ObjectProperty(None, allownone=True)
    kind = OptionProperty("secondary", options=tuple(STYLES))
    enabled = BooleanProperty(True)
    pressed = BooleanProperty(False)
    text = StringProperty("")
    note = StringProperty("")
    icon = StringProperty("")
    icon_mm = NumericProperty(10)
    stacked = BooleanProperty(False)
    """Picture above the text instead of beside it."""
    role = OptionProperty("button", options=theme.ROLES)
    shape = ListProperty([0, 0, 0, 0])

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("pad", [4, 2, 4, 2])
        kwargs.setdefault("gap", 4)
        kwargs.setdefault("high", theme.TARGET)
        kwargs.setdefault("wide", theme.TARGET)
        self._armed: object = None
        super().__init__(**kwargs)
        self.build()
        for name in ("kind", "enabled", "pressed"):
            self.fbind(name, self._paint)
        for name in ("text", "note", "icon", "role"):
            self.fbind(name, self._fill)
        self._fill()
        self._paint()

    # --- look -------------------------------------------------------------------------------------------------------

    def build(self) -> None:
        """Make the parts: picture, label, note."""
        self.picture = Picture()
        self.label = Words(align="center", balanced=True)
        self.side_note = Words(align="left")
        self.set_members([self.picture, self.label, self.side_note])

    def _fill(self, *_: object) -> None:
        self.picture.name = self.icon
        self.label.text, self.label.role = self.text, self.role
        self.side_note.text = self.note

    def style(self) -> Style:
        """Return the tokens of the state the button is in."""
        rest, pressed, disabled = STYLES[self.kind]
        return disabled if not self.enabled else pressed if self.pressed else rest

    def _paint(self, *_: object) -> None:
        style = self.style()
        self.ground, self.border = style.ground, style.border
        self.edge = THIN if self.kind == "choice" else THICK
        self.paint_parts(style)

    def paint_parts(self, style: Style) -> None:
        """Give the parts the colours of ``style``."""
        self.picture.colour = self.label.colour = style.colour
        self.side_note.colour = style.note
        self.label.ground = self.side_note.ground = style.ground

    # --- place ------------------------------------------------------------------------------------------------------

    def natural_width(self) -> int:
        self.picture.size_mm = self.icon_mm
        parts = [part.natural_width() for part in (self.picture, self.label, self.side_note) if part.wanted()]
        gap = theme.mm(self.gap)
        wide = max(parts, default=0) if self.stacked else sum(parts) + gap * max(0, len(parts) - 1)
        return max(wide + self.padding_across(), theme.mm(self.wide))

    def natural_height(self, width: float) -> int:
        self.picture.size_mm = self.icon_mm
        room = width - self.padding_across()
        if self.stacked:
            picture = self.picture.natural_height(room) + theme.mm(1) if self.icon else 0
            inner = picture + self.label.natural_height(room)
        else:
            if self.icon:
                room -= self.picture.natural_width() + theme.mm(self.gap)
            inner = self.label.natural_height(room)
        return max(inner + self.padding_along(), theme.mm(self.high))

    def arrange(self) -> None:
        self.draw_ground()
        self.present()
        self.picture.size_mm = self.icon_mm
        x, y, width, height = self.inner()
        if self.stacked:
            self._arrange_stacked(x, y, width, height)
        else:
            self._arrange_line(x, y, width, height)

    def _arrange_stacked(self, x: float, y: float, width: float, height: float) -> None:
        text = self.label.natural_height(width)
        picture = self.picture.natural_height(width) if self.icon else 0
        gap = theme.mm(1) if picture and text else 0
        top = y + height - (height - text - picture - gap) / 2
        self.picture.place(x, top - picture, width, picture)
        self.label.place(x, top - picture - gap - text, width, text)

    def _arrange_line(self, x: float, y: float, width: float, height: float) -> None:
        """Picture, label and note as one group in the middle."""
        gap = theme.mm(self.gap)
        picture = self.picture.natural_width() if self.icon else 0
        before = picture + gap if picture else 0
        label = min(self.label.natural_width(), width - before)
        note = self.side_note.natural_width() if self.note else 0
        if note and before + label + gap + note > width:  # no room beside: the note goes below
            lines = self.label.natural_height(width - before) + self.side_note.natural_height(width - before)
            top = y + (height + lines) / 2
            high = self.label.natural_height(width - before)
            self.label.place(x + before, top - high, width - before, high)
            self.side_note.align = "center"
            self.side_note.place(x + before, top - lines, width - before, lines - high)
            return
        self.side_note.align = "left"
        total = before + label + (gap + note if note else 0)
        left = x + (width - total) / 2
        if picture:
            self.picture.place(left, y, picture, height)
        self.label.place(left + before, y, label, height)
        self.side_note.place(left + before + label + gap, y, note, height)

    # --- touch ------------------------------------------------------------------------------------------------------

    def on_touch_down(self, touch: Any) -> bool:
        if not self.collide_point(*touch.pos):
            return False
        if self.enabled:
            touch.grab(self)
            self._armed = self.event
            self.pressed = True
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        if self.pressed and not self.collide_point(*touch.pos):
            self.pressed = False
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        pressed, self.pressed = self.pressed, False
        # The view may have changed under the finger: what was pressed must still be what is there.
        if pressed and self.enabled and self.event == self._armed and self.collide_point(*touch.pos):
            self.fire()
        return True

    def fire(self) -> None:
        """Send the event, as a release inside does."""
        above: Any = self.parent
        while above is not None and above is not above.parent:
            if isinstance(above, Receiver):
                above.receive(self.event)
                return
            above = above.parent


class Receiver(Group):
    """The ancestor that takes the events of all buttons below it."""

    def receive(self, event: Any) -> None:
        """Take one event."""
        raise NotImplementedError
