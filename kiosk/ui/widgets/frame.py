"""Frame: the header and the four keys around every screen, always in the same place.

Upright, the keys are a footer; lying, a rail at the right; and on a tight panel the rail also carries mark and clock,
so that the screen keeps its whole height.
"""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, Rectangle

from kiosk.ui import theme
from kiosk.ui.present.common import FrameView
from kiosk.ui.widgets.block import Across, Block, Column, Group
from kiosk.ui.widgets.surface import Picture, Surface
from kiosk.ui.widgets.tap import Tap
from kiosk.ui.widgets.words import Words

HEADER_MM = {"portrait": 36.0, "wide": 30.0, "tight": 20.0}
KEYS_MM = {"portrait": 36.0, "wide": 48.0, "tight": 35.0}
"""Height of the footer; width of the rail."""
CLOCK_MM = 25.0
"""Height of mark and clock on a tight panel's rail."""


class Header(Surface, Across):
    """Mark, mall and region at the left; time and date at the right; on the deep sea ground."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(ground="sea-dark", corner=0, gap=6, **kwargs)
        self.mark = Picture(name="mark", size_mm=19)
        self.mall = Words(role="button", colour="white", ground="sea-dark")
        self.region = Words(colour="sky", ground="sea-dark")
        self.time = Words(role="clock", colour="white", ground="sea-dark", align="right")
        self.date = Words(colour="sky", ground="sea-dark", align="right")
        whose = Column(grow=1, stretch=False)
        whose.set_members([self.mall, self.region])
        self.when = Column(stretch=False)
        self.when.set_members([self.time, self.date])
        self.set_members([self.mark, whose, self.when])
        self._view: FrameView | None = None

    def show(self, view: FrameView) -> None:
        """Show whose machine this is and when it is."""
        self._view = view
        self.mall.text, self.region.text, self.time.text = view.mall, view.region, view.time

    def arrange(self) -> None:
        layout = theme.metrics().layout
        side = 12 if layout != "tight" else 6
        self.pad = [side, 0, side, 0]
        self.mark.size_mm = 19 if layout == "portrait" else 16
        if self._view is not None:
            # The long date where it leaves the mall's name room on one line.
            room = self.width - theme.mm(2 * side + 12 + self.mark.size_mm) - self.mall.natural_width()
            self.date.text = self._view.date
            if self.date.natural_width() > room:
                self.date.text = self._view.date_short
        self.draw_ground()
        super().arrange()


class RailClock(Surface, Column):
    """Mark and time on top of a tight panel's rail."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(ground="sea-dark", corner=0, pad=[2, 3, 2, 2], **kwargs)
        self.mark = Picture(name="mark", size_mm=10)
        self.time = Words(role="strong", colour="white", ground="sea-dark", align="center")
        self.set_members([self.mark, self.time])

    def arrange(self) -> None:
        self.draw_ground()
        super().arrange()


class Keys(Surface, Group):
    """Back, Home, Help, Language. There is room for a fifth."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(ground="card", corner=0, **kwargs)
        self.taps: list[Tap] = []
        with self.canvas:
            Color(*theme.rgba("hair"))
            self._edge = Rectangle(size=(0, 0))

    def show(self, view: FrameView) -> None:
        """Show the keys of ``view``; the same buttons serve every screen."""
        while len(self.taps) < len(view.keys):
            self.taps.append(Tap(kind="quiet", stacked=True, role="body", pad=[0.5, 1, 0.5, 1]))
        self.members = list(self.taps[: len(view.keys)])
        for tap, key in zip(self.taps, view.keys, strict=False):
            tap.target, tap.event, tap.icon, tap.enabled = key.target, key.event, key.icon, key.enabled
            tap.text = key.label

    def arrange(self) -> None:
        self.draw_ground()
        taps = self.present()
        layout = theme.metrics().layout
        edge = theme.mm(0.4)
        if layout == "portrait":
            self._edge.pos, self._edge.size = (self.x, self.top - edge), (self.width, edge)
        else:
            self._edge.pos, self._edge.size = self.pos, (edge, self.height)
        margin, gap = theme.mm(2 if layout == "tight" else 3), theme.mm(theme.GAP)
        for index, tap in enumerate(taps):
            assert isinstance(tap, Tap)
            tap.icon_mm = 9 if layout == "tight" else 11
            if layout == "portrait":
                wide = (self.width - 2 * margin - gap * (len(taps) - 1)) / max(1, len(taps))
                tap.place(
                    self.x + margin + index * (wide + gap), self.y + margin, wide, self.height - 2 * margin
                )
            else:
                most = theme.mm(44)
                high = min(most, (self.height - 2 * margin - gap * (len(taps) - 1)) / max(1, len(taps)))
                top = self.top - margin - index * (high + gap)
                tap.place(self.x + margin, top - high, self.width - 2 * margin, high)


class Frame(Group):
    """Header, keys, and the place between them for one screen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.header = Header()
        self.clock = RailClock()
        self.keys = Keys()
        self.body: Block | None = None
        self.bare = False
        """The attract screen: a header, no keys, all ground in deep sea."""
        with self.canvas.before:
            self._color = Color(*theme.rgba("sea-dark"))
            self._ground = Rectangle(size=(0, 0))

    def show(self, view: FrameView, body: Block, bare: bool) -> None:
        """Show ``body`` inside the frame of ``view``."""
        self.header.show(view)
        self.clock.time.text = view.time
        self.keys.show(view)
        self.body, self.bare = body, bare
        self._color.rgba = theme.rgba("sea-dark" if bare else "paper")

    def arrange(self) -> None:
        layout = theme.metrics().layout
        self._ground.pos, self._ground.size = self.pos, self.size
        head = theme.mm(HEADER_MM[layout])
        side = theme.mm(KEYS_MM[layout])
        tight = layout == "tight"
        self.header.shown = self.bare or not tight
        self.clock.shown = tight and not self.bare
        self.keys.shown = not self.bare
        assert self.body is not None
        self.members = [self.header, self.clock, self.keys, self.body]
        self.present()
        if self.header.shown:
            self.header.place(self.x, self.top - head, self.width, head)
        below = self.height - (head if self.header.shown else 0)
        if self.bare:
            self.body.place(self.x, self.y, self.width, below)
        elif layout == "portrait":
            self.keys.place(self.x, self.y, self.width, side)
            self.body.place(self.x, self.y + side, self.width, below - side)
        else:
            clock = theme.mm(CLOCK_MM) if tight else 0
            if tight:
                self.clock.place(self.right - side, self.top - clock, side, clock)
            self.keys.place(self.right - side, self.y, side, below - clock)
            self.body.place(self.x, self.y, self.width - side, below)
