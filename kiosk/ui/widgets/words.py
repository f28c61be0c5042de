"""Text: one role, one colour on one ground, broken into lines that fit."""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Rectangle
from kivy.properties import BooleanProperty, OptionProperty, StringProperty

from kiosk.ui import ink, theme, wrap
from kiosk.ui.widgets.block import Block


class Words(Block):
    """A text. ``colour`` and ``ground`` are theme tokens, so that contrast can be checked; ``role`` sets the type."""

    text = StringProperty("")
    role = OptionProperty("body", options=theme.ROLES)
    colour = StringProperty("ink")
    ground = StringProperty("paper")
    align = OptionProperty("left", options=("left", "center", "right"))
    at_top = BooleanProperty(False)
    """Start at the top of the block instead of its middle."""
    balanced = BooleanProperty(False)
    """Lines of nearly equal length."""
    single = BooleanProperty(False)
    """Never broken; a text too wide for the block is set smaller, down to body size (for numbers)."""
    other_language = BooleanProperty(False)
    """Said on purpose in a language that is not the screen's, for who reads only that one."""
    snug = BooleanProperty(False)
    """As high as its capitals, for digits and capitals alone."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("stretch", False)
        super().__init__(**kwargs)
        with self.canvas:
            self._color = Color(*theme.rgba(self.colour))
            self._picture = Rectangle(size=(0, 0))
        self._whole = True
        self.fbind("colour", self._recolour)

    def wanted(self) -> bool:
        return bool(self.shown and self.text)

    def _recolour(self, *_: object) -> None:
        self._color.rgba = theme.rgba(self.colour)

    def font_px(self, width: float | None = None) -> int:
        """Return the font size in pixels at ``width`` (the block's own width when None)."""
        role = theme.metrics().role(self.role)
        px = theme.font_px(role.cap)
        room = self.width if width is None else width
        if self.single and room > 0:
            wide = ink.text_width(wrap.plain(self.text), px, role.bold)
            if wide > room:
                least = theme.font_px(theme.metrics().role("body").cap)
                px = max(least, int(px * room / wide))
                while px > least and ink.text_width(wrap.plain(self.text), px, role.bold) > room:
                    px -= 1
        return px

    def lines_at(self, width: float) -> wrap.Lines:
        """Return the text broken for ``width`` pixels."""
        if self.single:
            return wrap.Lines((wrap.plain(self.text),))
        px, bold = self.font_px(width), theme.metrics().role(self.role).bold
        breaker = wrap.balance if self.balanced else wrap.wrap
        return breaker(self.text, width, lambda piece: ink.text_width(piece, px, bold))

    def _texture(self, width: float, lines: wrap.Lines) -> Any:
        role = theme.metrics().role(self.role)
        return ink.texture_of(lines.lines, self.font_px(width), role.bold, self.align, role.leading)

    def natural_height(self, width: float) -> int:
        if not self.text:
            return 0
        if self.snug:
            return int(self.font_px(width) * theme.CAP_RATIO * 1.06)
        return int(self._texture(width, self.lines_at(width)).height)

    def natural_width(self) -> int:
        role = theme.metrics().role(self.role)
        px = theme.font_px(role.cap)
        widest = max(ink.text_width(wrap.plain(line), px, role.bold) for line in self.text.split("\n"))
        return max(int(widest) + 1, theme.mm(self.wide))

    def line_count(self, width: float) -> int:
        """Return how many lines the text takes at ``width`` pixels."""
        return len(self.lines_at(width).lines) if self.text else 0

    def arrange(self) -> None:
        if not self.text:
            self._picture.size = (0, 0)
            return
        lines = self.lines_at(self.width)
        texture = self._texture(self.width, lines)
        self._whole = lines.whole
        width, height = texture.size
        x = self.x + {"left": 0, "center": (self.width - width) / 2, "right": self.width - width}[self.align]
        y = self.y + self.height - height if self.at_top else self.y + (self.height - height) / 2
        self._picture.texture = texture
        self._picture.size = texture.size
        self._picture.pos = (round(x), round(y))

    @property
    def fits(self) -> bool:
        """Whether every line is inside the block and no word was broken where no break is marked."""
        width, height = self._picture.size
        room = self.height * 1.8 if self.snug else self.height
        return self._whole and width <= self.width + 1 and height <= room + 1
