"""Boxes that lay out in one pass, in millimetres.

Kivy's own layouts settle over several frames and know text heights late. These ask each child how high it wants to be
a width and place it at once: a screen is right in its first frame, and a page knows what fits before it shows.
"""

from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.ui import theme


class Block(Widget):
    """Anything with a place. ``wide`` and ``high`` are minima in mm; ``grow`` is a share of the room left over."""

    grow = NumericProperty(0)
    wide = NumericProperty(0)
    high = NumericProperty(0)
    shown = BooleanProperty(True)
    """A block that is not shown is not in the widget tree at all: no test, no finger finds it."""
    fixed = BooleanProperty(False)
    """In a line: exactly ``wide``, whatever the content would like."""
    stretch = BooleanProperty(True)
    """In a line: take the line's whole height (else the natural height, centred)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(size_hint=(None, None), **kwargs)

    def wanted(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.shown)

    def natural_height(self, width: float) -> int:
        """Return the height in pixels that the block needs at ``width`` pixels."""
        return theme.mm(self.high)

    def natural_width(self) -> int:
        """Return the width in pixels that the block needs on its own."""
        return theme.mm(self.wide)

    def place(self, x: float, y: float, width: float, height: float) -> None:
        """Put the block at (``x``, ``y``) from the lower left, in whole pixels, and arrange what is inside."""
        self.pos = (round(x), round(y))
        self.size = (round(width), round(height))
        self.arrange()

    def arrange(self) -> None:
        """Place the children and redraw; the block's own place is set."""


class Group(Block):
    """A block with members; ``pad`` is left, top, right, bottom in mm, ``gap`` the space between members in mm."""

    pad = ListProperty([0, 0, 0, 0])
    gap = NumericProperty(0)

    def __init__(self, **kwargs: Any) -> None:
        self.members: list[Block] = []
        super().__init__(**kwargs)

    def add_widget(self, widget: Block, *args: Any, **kwargs: Any) -> None:
        """Add a member; it comes into the tree at the next ``arrange`` when it is wanted."""
        self.members.append(widget)
        super().add_widget(widget, *args, **kwargs)

    def set_members(self, members: list[Block]) -> None:
        """Replace all members."""
        self.members = list(members)
        self.present()

    def present(self) -> list[Block]:
        """Return the wanted members in order, and make the widget tree hold exactly those."""
        wanted = [member for member in self.members if member.wanted()]
        if self.children[::-1] != wanted:
            super().clear_widgets()
            for member in wanted:
                if member.parent is not None and member.parent is not self:
                    member.parent.remove_widget(member)
                super().add_widget(member)
        return wanted

    def inner(self) -> tuple[float, float, float, float]:
        """Return x, y, width, height within the padding."""
        left, top, right, bottom = (theme.mm(side) for side in self.pad)
        return self.x + left, self.y + bottom, self.width - left - right, self.height - top - bottom

    def padding_across(self) -> int:
        """Return the padding left and right together, in pixels."""
        return theme.mm(self.pad[0]) + theme.mm(self.pad[2])

    def padding_along(self) -> int:
        """Return the padding at top and bottom together, in pixels."""
        return theme.mm(self.pad[1]) + theme.mm(self.pad[3])


def shares(sizes: list[int], grows: list[float], room: float) -> list[int]:
    """Give what ``room`` leaves over to the members that grow, by their share."""
    total = sum(grows)
    spare = room - sum(sizes)
    if total <= 0 or spare <= 0:
        return sizes
    return [size + int(spare * grow / total) for size, grow in zip(sizes, grows, strict=True)]


class Column(Group):
    """Members one below the other, from the top."""

    def natural_height(self, width: float) -> int:
        members = [member for member in self.members if member.wanted()]
        inner = width - self.padding_across()
        heights = sum(max(member.natural_height(inner), theme.mm(member.high)) for member in members)
        gaps = theme.mm(self.gap) * max(0, len(members) - 1)
        return max(heights + gaps + self.padding_along(), theme.mm(self.high))

    def natural_width(self) -> int:
        members = [member for member in self.members if member.wanted()]
        inner = max((member.natural_width() for member in members), default=0)
        return max(inner + self.padding_across(), theme.mm(self.wide))

    def arrange(self) -> None:
        members = self.present()
        x, y, width, height = self.inner()
        gap = theme.mm(self.gap)
        heights = [max(member.natural_height(width), theme.mm(member.high)) for member in members]
        room = height - gap * max(0, len(members) - 1)
        top = y + height
        for member, size in zip(members, shares(heights, [m.grow for m in members], room), strict=True):
            member.place(x, top - size, width, size)
            top -= size + gap


class Across(Group):
    """Members side by side, from the left."""

    def _widths(self, members: list[Block], width: float) -> list[int]:
        room = width - theme.mm(self.gap) * max(0, len(members) - 1)
        natural = [
            theme.mm(member.wide)
            if member.grow or member.fixed
            else max(member.natural_width(), theme.mm(member.wide))
            for member in members
        ]
        return shares(natural, [member.grow for member in members], room)

    def natural_height(self, width: float) -> int:
        members = [member for member in self.members if member.wanted()]
        widths = self._widths(members, width - self.padding_across())
        heights = [
            max(member.natural_height(size), theme.mm(member.high))
            for member, size in zip(members, widths, strict=True)
        ]
        return max(max(heights, default=0) + self.padding_along(), theme.mm(self.high))

    def natural_width(self) -> int:
        members = [member for member in self.members if member.wanted()]
        widths = sum(max(member.natural_width(), theme.mm(member.wide)) for member in members)
        gaps = theme.mm(self.gap) * max(0, len(members) - 1)
        return max(widths + gaps + self.padding_across(), theme.mm(self.wide))

    def arrange(self) -> None:
        members = self.present()
        x, y, width, height = self.inner()
        for member, size in zip(members, self._widths(members, width), strict=True):
            tall = (
                height
                if member.stretch
                else min(height, max(member.natural_height(size), theme.mm(member.high)))
            )
            member.place(x, y + (height - tall) / 2, size, tall)
            x += size + theme.mm(self.gap)


class Split(Group):
    """A column upright, a line lying: the same parts, laid out for the panel."""

    lying = StringProperty("wide tight")
    """The layouts in which it is a line."""

    def _as(self) -> type[Group]:
        return Across if theme.metrics().layout in self.lying.split() else Column

    def natural_height(self, width: float) -> int:
        return int(self._as().natural_height(self, width))

    def natural_width(self) -> int:
        return int(self._as().natural_width(self))

    def arrange(self) -> None:
        self._as().arrange(self)

    _widths = Across._widths


class Grid(Group):
    """Members in equal cells, row by row. ``columns`` and ``rows`` are set by the screen for the panel."""

    columns = NumericProperty(1)
    rows = NumericProperty(1)
    cell_max = NumericProperty(0)
    """The highest a cell may become, in mm; 0 = as high as there is room."""

    def cell_size(self, width: float, height: float) -> tuple[int, int]:
        """Return a cell's width and height in pixels within an area of ``width`` × ``height``."""
        gap = theme.mm(self.gap)
        cell_width = (width - gap * (self.columns - 1)) / self.columns
        cell_height = (height - gap * (self.rows - 1)) / self.rows
        if self.cell_max:
            cell_height = min(cell_height, theme.mm(self.cell_max))
        return int(cell_width), int(cell_height)

    def arrange(self) -> None:
        members = self.present()
        x, y, width, height = self.inner()
        gap = theme.mm(self.gap)
        cell_width, cell_height = self.cell_size(width, height)
        cell = 0
        for member in members:
            span = getattr(member, "span", 1)
            row, column = divmod(cell, int(self.columns))
            left = x + column * (cell_width + gap)
            bottom = y + height - (row + 1) * cell_height - row * gap
            member.place(left, bottom, cell_width * span + gap * (span - 1), cell_height)
            cell += span


class Space(Block):
    """Nothing, of a size."""
