"""Result: take the paper, the number very large, where to wait."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk.ui.present.ticket import ResultView
from kiosk.ui.screens.base import ScreenBox, load_kv
from kiosk.ui.widgets.banner import Fact
from kiosk.ui.widgets.block import Across, Block, Column
from kiosk.ui.widgets.surface import Code, Surface
from kiosk.ui.widgets.words import Words


class CodeCard(Surface, Across):
    """The code with its caption."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(ground="sky", **kwargs)
        self.code = Code()
        self.head = Words(role="strong", ground="sky")
        self.below = Column(gap=1, stretch=False, grow=1)
        self.text = Words(role="text", ground="sky")
        self.words = Column(grow=1, gap=1, stretch=False)
        self.words.set_members([self.head, self.text])
        self.set_members([self.code, self.words])

    def stack(self, stacked: bool) -> None:
        """Put the heading below the code, without the longer text, where there is no room beside it."""
        self.head.align = "center" if stacked else "left"
        if stacked:
            self.below.members = [self.code, self.head]
            self.members = [self.below]
        else:
            self.words.members = [self.head, self.text]
            self.members = [self.code, self.words]

    def arrange(self) -> None:
        self.draw_ground()
        super().arrange()


class ResultScreen(ScreenBox):
    """Upright one below the other; lying, the number at the left and the rest beside it."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(Path(__file__).with_suffix(".kv"))
        super().__init__(**kwargs)
        self._where, self._ahead, self._code = Fact(), Fact(), CodeCard()
        self._side = Column()
        self._choices = Across()
        self._row = Across()

    def show(self, view: ResultView) -> None:
        banner, ticket = self.part("banner"), view.ticket
        tight = self.layout == "tight"
        banner.text, banner.note = view.banner, view.banner_short_note if tight else view.banner_note
        self.part("label").shown = not (tight and banner.note)
        for name, text in (("label", ticket.label), ("number", ticket.number), ("about", ticket.about),
                           ("priority_words", ticket.priority)):  # fmt: skip
            self.part(name).text = text
        self.part("priority").shown = bool(ticket.priority) and not tight
        self._where.head, self._where.text, self._where.icon = (
            ticket.where.head,
            ticket.where.text,
            ticket.where.icon,
        )
        self._where.note = ""
        self._ahead.shown = ticket.ahead is not None and not tight
        if tight:
            # One line each: the label carries the priority, the place the people ahead.
            if ticket.priority:
                self.part("label").text = f"{ticket.label} · {ticket.priority}"
            if ticket.ahead is not None:
                self._where.head, self._where.note = "", f"{ticket.ahead.head}: {ticket.ahead.text}"
        elif ticket.ahead is not None:
            self._ahead.head, self._ahead.text = ticket.ahead.head, ticket.ahead.text
            self._ahead.icon = ticket.ahead.icon
        self._code.code.data = ticket.qr
        self._code.head.text, self._code.text.text = view.code_head, view.code_text
        for name, key in (("done", view.done), ("another", view.another)):
            tap = self.part(name)
            tap.target, tap.event, tap.text, tap.note = key.target, key.event, key.label, key.note
            if tight:
                tap.text, tap.note = key.short or key.label, key.short_note

    def arrange(self) -> None:
        upright, tight = self.layout == "portrait", self.layout == "tight"
        done, another, middle = (self.part(name) for name in ("done", "another", "middle"))
        for fact in (self._where, self._ahead):
            fact.grow = 1 if upright else 0
            fact.role = "strong" if tight else "button"
            fact.pad = [4, 1.5, 3, 1.5] if tight else [7, 5, 6, 5]
            fact.icon_mm, fact.gap = (8, 3) if tight else (12, 5)
        self._code.code.side_mm = {"portrait": 56, "wide": 64, "tight": 31}[self.layout]
        self._code.pad = [1.5, 1, 1.5, 0.5] if tight else [7, 6, 7, 6]
        self._code.stack(tight)
        self._code.gap = 3 if tight else 7
        self._code.head.role = "strong" if tight else "button"
        another.role = "strong" if tight else "button"
        banner, card, spring = self.part("banner"), self.part("card"), self.part("spring")
        members: list[Block]
        if upright:
            self._row.gap = 5
            self._row.set_members([self._where, self._ahead])
            self._code.grow = 0
            middle.members = [card]
            members = [banner, middle, self._row, self._code, spring, done, another]
        elif tight:
            self._tight_parts()
            middle.members = [card]
            members = [banner, middle, self._row]
        else:
            self._side.set_members([self._where, self._ahead, self._code])
            self._side.wide, self._side.fixed, self._side.gap = 170, True, 5
            self._code.grow, self._code.wide = 1, 0
            middle.members = [card, self._side]
            self._choices.gap = 5
            self._choices.set_members([done, another])
            members = [banner, middle, self._choices]
        done.grow = another.grow = 0 if upright else 1
        self.members = members
        super().arrange()

    def _tight_parts(self) -> None:
        """The code at the left; beside it the place over the two buttons."""
        self._code.grow, self._code.wide, self._code.fixed = 0, 64, True
        self._side.gap = self._choices.gap = self._row.gap = 2.5
        self._side.grow, self._side.wide, self._side.fixed = 1, 0, False
        self._where.grow = 1
        self._choices.set_members([self.part("done"), self.part("another")])
        self._side.set_members([self._where, self._choices])
        self._row.set_members([self._code, self._side])
