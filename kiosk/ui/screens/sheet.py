"""The service sheet: what one needs to know before taking a number, and the one button that takes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk.ui import theme
from kiosk.ui.present.common import pager
from kiosk.ui.present.sheet import FactView, SheetView
from kiosk.ui.screens.base import ScreenBox, load_kv
from kiosk.ui.widgets.banner import Fact
from kiosk.ui.widgets.block import Across, Block
from kiosk.ui.widgets.section import Entry, SectionView


class SheetScreen(ScreenBox):
    """Reading on pages, the choices always in the same place below or beside it."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(Path(__file__).with_suffix(".kv"))
        super().__init__(**kwargs)
        self._fee, self._time, self._where = Fact(), Fact(), Fact()
        self._pair = Across()
        self._pair.set_members([self._fee, self._time])
        self._fee.grow = self._time.grow = 1
        self._priority, self._take, self._closed = (
            self.part("priority"),
            self.part("take"),
            self.part("closed"),
        )
        self._more = self.part("more")
        self._view: SheetView | None = None

    def show(self, view: SheetView) -> None:
        self._view = view
        for fact, part in ((self._fee, view.fee), (self._time, view.time), (self._where, view.where)):
            fact.head, fact.text, fact.icon, fact.note = part.head, part.text, part.icon, part.note
        key = view.priority
        self._priority.target, self._priority.event = key.target, key.event
        tight = self.layout == "tight"
        self._priority.text, self._priority.on = key.label, view.priority_on
        self._priority.note = (key.short_note or key.note) if tight else key.note
        self._take.shown, self._closed.shown = view.take is not None, view.closed is not None
        self._priority.shown = view.take is not None
        if view.take:
            self._take.target, self._take.event, self._take.text = (
                view.take.target,
                view.take.event,
                view.take.label,
            )
            self._take.enabled = view.take.enabled
            self._take.note = "" if tight else view.take.note
        more = view.more
        self._more.target, self._more.event = more.target, more.event
        self._more.text, self._more.icon = (more.short, "") if tight else (more.label, more.icon)
        if view.closed:
            self._closed.text, self._closed.note = view.closed.short, view.closed.long

    # --- layout -----------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Put the parts where this panel has them."""
        tight, upright = self.layout == "tight", self.layout == "portrait"
        self._where.ground, self._where.border = "sky", ""
        for fact in (self._fee, self._time, self._where):
            fact.pad = [4, 1.5, 4, 1.5] if tight else [7, 4, 7, 4]
            fact.icon_mm, fact.gap = (8, 3) if tight else (12, 5)
            fact.role = "strong" if tight else "button"
        self._pair.gap = 5
        self._priority.role = "strong" if tight else "button"
        self._priority.box_mm = 11 if tight else 15
        self._priority.pad = [4, 1, 4, 1] if tight else [7, 4, 6, 4]
        self._priority.gap = 4 if tight else 6
        choices: list[Block] = [self._priority, self._take, self._closed, self._more]
        ending = [*self.members[:2], self.part("bottom")]
        side, middle, bottom = self.part("side"), self.part("middle"), self.part("bottom")
        middle.members = [self.part("reading")] if upright else [self.part("reading"), side]
        reading = [self.part("pages"), self.part("pager")]
        self.part("reading").members = [self._pair, *reading] if upright else reading
        if tight:
            self._priority.grow, self._take.grow, self._closed.grow = 1.45, 1, 1
            bottom.set_members([self._priority, self._take, self._closed])
            self.members = ending
        elif upright:
            self._priority.grow = self._take.grow = self._closed.grow = self._more.grow = 0
            bottom.set_members([])
            self.members = [*ending, *choices]
        else:
            self._priority.grow = self._take.grow = self._closed.grow = self._more.grow = 0
            bottom.set_members([])
            self.members = ending
        bottom.shown = tight
        # On a tight panel it stands with the facts: below, it would squeeze what most people came for.
        self._aside = choices if self.layout == "wide" else [self._more] if tight else []

    def arrange(self) -> None:
        view = self._view
        assert view is not None
        self._settle()
        heading, reading, pages = self.part("heading"), self.part("reading"), self.part("pages")
        heading.show(view.heading, self.mall)
        self.part("pager").show(None)
        side_facts, moved = self._beside()
        self.part("side").set_members([*side_facts, *self._spaced_aside()])
        sections = self._sections(view, moved)
        super().arrange()  # gives the reading column its place
        gap = theme.mm(reading.gap)
        count = 2
        for roomy in (False,) if self.layout == "tight" else (True, False):
            if count > 1:
                pages.roomy = roomy
                count = pages.break_up(sections, pages.width, pages.height, gap)
        if count > 1:
            turner = pager(0, count, view.language)
            if self.layout == "tight":
                heading.show(view.heading, self.mall, turner)
            else:
                self.part("pager").show(turner)
            super().arrange()
            count = pages.break_up(sections, pages.width, pages.height, gap)
            page = min(view.page, count - 1)
            turner = pager(page, count, view.language)
            heading.show(view.heading, self.mall, turner)
            self.part("pager").show(None if self.layout == "tight" else turner)
            pages.page = page
        else:
            pages.page = 0
        pages.gap = reading.gap
        super().arrange()

    def _spaced_aside(self) -> list[Block]:
        if not self._aside:
            return []
        if not hasattr(self, "_spring"):
            self._spring = Block(grow=1)
        return [self._spring, *self._aside]

    def _beside(self) -> tuple[list[Block], list[FactView]]:
        """Return the facts that stand beside the reading, and those too long for it, which join the reading."""
        view = self._view
        assert view is not None
        if self.layout == "portrait":
            low = self._pair.natural_height(self.width - self.padding_across()) <= theme.mm(70)
            self._pair.shown = low
            return [], [] if low else [view.fee, view.time]
        side = self.part("side")
        width = theme.mm(side.wide)
        gap = theme.mm(side.gap)
        below = sum(part.natural_height(width) + gap for part in self._aside if part.wanted())
        if self.layout == "tight":
            bottom = self.part("bottom")
            below += bottom.natural_height(self.width - self.padding_across()) + theme.mm(self.gap)
        heading = self.part("heading").natural_height(self.width - self.padding_across())
        room = self.height - self.padding_along() - heading - theme.mm(self.gap) - below
        standing: list[Block] = []
        moved: list[FactView] = []
        for fact, part in ((self._fee, view.fee), (self._time, view.time), (self._where, view.where)):
            high = fact.natural_height(width) + (gap if standing else 0)
            if high <= room:
                standing.append(fact)
                room -= high
            else:
                moved.append(part)
        return standing, moved

    def _sections(self, view: SheetView, moved: list[FactView]) -> tuple[SectionView, ...]:
        icon, colour = ("ok", "green") if view.bring_known else ("help", "sea")
        bring = SectionView(
            view.bring_head, "doc", tuple(Entry(text, icon, colour) for text in view.bring), view.bring_more
        )
        place = view.where
        where = SectionView("", "", (Entry(place.text, place.icon, "sea", place.head, True),), ground="sky")
        long = SectionView(
            "", "", tuple(Entry(part.text, part.icon, "sea", part.head, True) for part in moved)
        )
        details = SectionView(
            "", "", tuple(Entry(part.text, part.icon, "sea", part.head) for part in view.details), ruled=True
        )
        return (*([long] if moved else []), bring, *([where] if self.layout == "portrait" else []), details)
