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
CLOCK_MM = 20.5
"""Height of mark and clock on a tight panel's rail."""


class Header(Surface, Across):
    """Mark, mall and region at the left; time and date at the right; on the deep sea ground."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(ground="deep", corner=0, gap=6, **kwargs)
        self.mark = Picture(name="mark", size_mm=19)
        self.mall = Words(role="button", colour="on-deep", ground="deep")
        self.region = Words(colour="on-deep-soft", ground="deep")
        self.time = Words(role="clock", colour="on-deep", ground="deep", align="right")
        self.date = Words(colour="on-deep-soft", ground="deep", align="right")
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
            large = theme.metrics().look.cap_mm > 0
            self.region.text = "" if large else self._view.region  # large text has room for what matters most
            if large and self.date.natural_width() > room:
                self.date.text = ""
        self.draw_ground()
        super().arrange()


class RailClock(Surface, Column):
    """Mark and time on top of a tight panel's rail."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(ground="deep", corner=0, pad=[2, 2, 2, 1], **kwargs)
        self.mark = Picture(name="mark", size_mm=9)
        self.time = Words(role="strong", colour="on-deep", ground="deep", align="center")
        self.set_members([self.mark, self.time])

    def arrange(self) -> None:
        self.mark.shown = theme.metrics().look.cap_mm == 0  # large text takes its place
        self.draw_ground()
        super().arrange()


class Keys(Surface, Group):
    """Back, Home, Help, Language, and what makes it easier: a row, or where words or targets are large, a grid."""

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
            tap.kind = "primary" if key.primary else "quiet"
            tap.text = key.short if key.short and theme.metrics().layout == "tight" else key.label

    def arrange(self) -> None:
        self.draw_ground()
        taps = self.present()
        layout = theme.metrics().layout
        edge = theme.mm(0.4)
        if layout == "portrait":
            self._edge.pos, self._edge.size = (self.x, self.top - edge), (self.width, edge)
        else:
            self._edge.pos, self._edge.size = self.pos, (edge, self.height)
        margin, gap = theme.mm(1.5 if layout == "tight" else 3), theme.mm(theme.GAP)
        columns, rows = key_grid(len(taps))
        wide = (self.width - 2 * margin - gap * (columns - 1)) / columns
        high = (self.height - 2 * margin - gap * (rows - 1)) / rows
        if layout != "portrait":
            high = min(theme.mm(44), high)
        for index, tap in enumerate(taps):
            assert isinstance(tap, Tap)
            tap.icon_mm = 9 if layout == "tight" else 11
            row, column = divmod(index, columns)
            top = self.top - margin - row * (high + gap)
            tap.place(self.x + margin + column * (wide + gap), top - high, wide, high)


def key_grid(keys: int) -> tuple[int, int]:
    """Return columns and rows of the frame's keys on the panel in use."""
    metrics = theme.metrics()
    roomy = metrics.look.cap_mm > 0 or metrics.look.target_mm > theme.TARGET
    columns = {"portrait": 3 if roomy else keys, "wide": 1, "tight": 2 if roomy else 1}[metrics.layout]
    return columns, -(-keys // columns)


def keys_mm() -> float:
    """Return the footer's height or the rail's width in mm on the panel in use."""
    metrics = theme.metrics()
    large, big = metrics.look.cap_mm > 0, metrics.look.target_mm > theme.TARGET
    if metrics.layout == "portrait":
        return 74.0 if large or big else KEYS_MM["portrait"]
    if metrics.layout == "wide":
        return 66.0 if large else KEYS_MM["wide"]
    return 100.0 if large else 78.0 if big else KEYS_MM["tight"]


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
            self._color = Color(*theme.rgba("deep"))
            self._ground = Rectangle(size=(0, 0))

    def show(self, view: FrameView, body: Block, bare: bool) -> None:
        """Show ``body`` inside the frame of ``view``."""
        self.header.show(view)
        self.clock.time.text = view.time
        self.keys.show(view)
        self.body, self.bare = body, bare
        self._color.rgba = theme.rgba("deep" if bare else "paper")

    def arrange(self) -> None:
        layout = theme.metrics().layout
        self._ground.pos, self._ground.size = self.pos, self.size
        head = theme.mm(HEADER_MM[layout])
        side = theme.mm(keys_mm())
        # Where everything that is touched must be low, the header takes what is above.
        above = self.height - theme.metrics().active
        tight = layout == "tight"
        self.header.shown = self.bare or not tight or above > 0
        head = (0 if tight and not self.bare else head) + above
        self.clock.shown = tight and not self.bare and not above
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
            clock = theme.mm(CLOCK_MM) if self.clock.shown else 0
            if clock:
                self.clock.place(self.right - side, self.top - clock, side, clock)
            self.keys.place(self.right - side, self.y, side, below - clock)
            self.body.place(self.x, self.y, self.width - side, below)
