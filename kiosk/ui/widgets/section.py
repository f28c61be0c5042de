"""Section: a card with a heading and rows, of which a page shows a part. Pages: sections broken over pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from kiosk.ui import flow, theme
from kiosk.ui.widgets.block import Across, Block, Column, Group
from kiosk.ui.widgets.ornament import Rule
from kiosk.ui.widgets.surface import Card, Picture
from kiosk.ui.widgets.words import Words


@dataclass(frozen=True)
class Entry:
    """One row: a text, a tick or another picture before it, a quiet heading above it."""

    text: str
    icon: str = ""
    colour: str = "green"
    head: str = ""
    strong: bool = False


@dataclass(frozen=True)
class SectionView:
    """A card's content. ``more`` is the heading where the section goes on; ``ground`` a token."""

    head: str
    icon: str
    entries: tuple[Entry, ...]
    more: str = ""
    ground: str = "card"
    ruled: bool = True


class Bullet(Across):
    """A row inside a section."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.picture = Picture(size_mm=7)
        self.head = Words(colour="muted")
        self.words = Words(role="text")
        self.body = Column(grow=1, stretch=False)
        self.body.set_members([self.head, self.words])
        self.set_members([self.picture, self.body])

    def fill(self, entry: Entry, ground: str, roomy: bool) -> None:
        """Take ``entry``'s words; ``roomy`` sets them larger."""
        tight = theme.metrics().layout == "tight"
        self.gap = 3 if tight else 5
        self.pad = [0, 0.5, 0, 0.5] if tight else [0, 2.8, 0, 2.8] if roomy else [0, 2, 0, 2]
        self.picture.name, self.picture.colour = entry.icon, entry.colour
        self.head.text, self.words.text = entry.head, entry.text
        self.words.role = _role(entry.strong, roomy, tight)
        self.picture.size_mm = 8.5 if roomy else 7
        self.head.ground = self.words.ground = ground

    def arrange(self) -> None:
        super().arrange()
        lines = self.words.line_count(self.words.width)
        if self.picture.wanted() and not self.head.text and lines > 1:
            # A tick stands at the first line of what it ticks.
            middle = self.words.top - self.words.height / lines / 2
            size = self.picture.size
            self.picture.place(self.picture.x, middle - size[1] / 2, *size)


def _role(strong: bool, roomy: bool, tight: bool) -> str:
    if strong:
        return "button" if roomy else "strong"
    return "lead" if roomy else "body" if tight else "text"


class Section(Card):
    """One card of a page."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(border="hair", **kwargs)
        self.picture = Picture(colour="sea", size_mm=10)
        self.heading = Words(role="button")
        self.head = Across(gap=4)
        self.head.set_members([self.picture, self.heading])
        self.heading.grow = 1
        self._rows: list[Bullet] = []
        self._rules: list[Rule] = []

    def fill(self, view: SectionView, first: int, last: int, roomy: bool) -> None:
        """Show entries ``first`` up to ``last`` of ``view``; ``roomy`` sets them larger."""
        tight = theme.metrics().layout == "tight"
        self.pad = [4, 2, 4, 2] if tight else [8, 4, 8, 4]
        self.ground, self.border = view.ground, "hair" if view.ground == "card" else ""
        self.heading.role = "strong" if tight else "button"
        self.picture.size_mm = 8 if tight else 10
        self.heading.text = view.head if first == 0 else view.more or view.head
        self.heading.ground = view.ground
        self.picture.name = view.icon if self.heading.text else ""
        self.head.shown = bool(self.heading.text)
        self.head.pad = [0, 0, 0, 1] if tight else [0, 1, 0, 3]
        members: list[Block] = [self.head]
        for index, entry in enumerate(view.entries[first:last]):
            if index >= len(self._rows):
                self._rows.append(Bullet())
                self._rules.append(Rule())
            self._rows[index].fill(entry, view.ground, roomy)
            if index and view.ruled:
                members.append(self._rules[index])
            members.append(self._rows[index])
        self.members = members


class Pages(Group):
    """Sections, broken over pages of its own height; shows one of them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._measuring = Section()
        self._sections: list[Section] = []
        self._row = Bullet()
        self.views: tuple[SectionView, ...] = ()
        self.pages: list[list[flow.Slice]] = [[]]
        self.page = 0
        self.roomy = False
        """Larger type; the screen sets it where everything still stands on one page."""

    def break_up(self, views: tuple[SectionView, ...], width: float, room: float, gap: float) -> int:
        """Break ``views`` for pages of ``width`` × ``room`` pixels; return how many pages there are."""
        self.views = tuple(self._split_long(view, width, room) for view in views)
        self.pages = flow.paginate(tuple(self._measure(view, width) for view in self.views), room, gap)
        return len(self.pages)

    def _split_long(self, view: SectionView, width: float, room: float) -> SectionView:
        """Break an entry higher than a whole page into entries of whole lines."""
        entries: list[Entry] = []
        for entry in view.entries:
            single = SectionView(view.head, view.icon, (entry,), view.more, view.ground, view.ruled)
            measured = self._measure(single, width)
            if measured.head + measured.rows[0] <= room:
                entries.append(entry)
                continue
            inside = width - self._measuring.padding_across()
            picture = self._row.picture.natural_width() + theme.mm(self._row.gap) if entry.icon else 0
            lines = self._row.words.lines_at(inside - picture).lines
            line = self._row.words.natural_height(inside - picture) / len(lines)
            extra = measured.rows[0] - line * len(lines)
            each = max(1, int((room - measured.head - extra) // line))
            entries += [
                replace(entry, text="\n".join(lines[at : at + each]), icon=entry.icon if at == 0 else "")
                for at in range(0, len(lines), each)
            ]
        return SectionView(view.head, view.icon, tuple(entries), view.more, view.ground, view.ruled)

    def _measure(self, view: SectionView, width: float) -> flow.Section:
        section = self._measuring
        head = 0
        for words in {view.head, view.more or view.head}:  # where it goes on, the heading may take more lines
            section.fill(SectionView(words, view.icon, (), "", view.ground, view.ruled), 0, 0, self.roomy)
            head = max(head, section.natural_height(width))
        inside = width - section.padding_across()
        heights = []
        for entry in view.entries:
            self._row.fill(entry, view.ground, self.roomy)
            heights.append(float(self._row.natural_height(inside)))
        return flow.Section(head, tuple(heights), theme.mm(0.3) if view.ruled else 0)

    def height_of_page(self, width: float) -> int:
        """Return the height in pixels that the page to be shown takes at ``width`` pixels."""
        total = 0
        for part in self.pages[min(self.page, len(self.pages) - 1)]:
            self._measuring.fill(self.views[part.section], part.first, part.last, self.roomy)
            total += self._measuring.natural_height(width) + (theme.mm(self.gap) if total else 0)
        return total

    def arrange(self) -> None:
        slices = self.pages[min(self.page, len(self.pages) - 1)]
        while len(self._sections) < len(slices):
            self._sections.append(Section())
        shown = self._sections[: len(slices)]
        for section, part in zip(shown, slices, strict=True):
            section.fill(self.views[part.section], part.first, part.last, self.roomy)
        self.members = list(shown)
        self.present()
        top = self.top
        for section in shown:
            high = section.natural_height(self.width)
            section.place(self.x, top - high, self.width, high)
            top -= high + theme.mm(self.gap)
