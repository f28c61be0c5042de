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
        self.text = Words(role="text", ground="sky")
        self.words = Column(grow=1, gap=1, stretch=False)
        self.words.set_members([self.head, self.text])
        self.set_members([self.code, self.words])

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

    def show(self, view: ResultView) -> None:
        banner, ticket = self.part("banner"), view.ticket
        banner.text, banner.note = view.banner, view.banner_note
        for name, text in (("label", ticket.label), ("number", ticket.number), ("about", ticket.about),
                           ("priority_words", ticket.priority)):  # fmt: skip
            self.part(name).text = text
        self.part("priority").shown = bool(ticket.priority)
        self._where.head, self._where.text, self._where.icon = ticket.where.head, ticket.where.text, ticket.where.icon
        self._ahead.shown = ticket.ahead is not None
        if ticket.ahead is not None:
            self._ahead.head, self._ahead.text = ticket.ahead.head, ticket.ahead.text
            self._ahead.icon = ticket.ahead.icon
        self._code.code.data = ticket.qr
        self._code.head.text, self._code.text.text = view.code_head, view.code_text
        for name, key in (("done", view.done), ("another", view.another)):
            tap = self.part(name)
            tap.target, tap.event, tap.text, tap.note = key.target, key.event, key.label, key.note

    def arrange(self) -> None:
        upright, tight = self.layout == "portrait", self.layout == "tight"
        done, another, middle, facts = (self.part(name) for name in ("done", "another", "middle", "facts"))
        for fact in (self._where, self._ahead):
            fact.grow = 1 if upright else 0
            fact.role = "strong"
            fact.pad = [4, 1.5, 3, 1.5] if tight else [7, 5, 6, 5]
            fact.icon_mm, fact.gap = (8, 3) if tight else (12, 5)
        self._code.code.side_mm = {"portrait": 56, "wide": 50, "tight": 38}[self.layout]
        self._code.pad = [3, 2, 3, 2] if tight else [7, 6, 7, 6]
        self._code.gap = 3 if tight else 7
        another.role = "strong" if tight else "button"
        facts.members = [self._where, self._ahead] if upright else []
        facts.shown = upright
        banner, card, spring = self.part("banner"), self.part("card"), self.part("spring")
        members: list[Block]
        if upright:
            row = Across(gap=5) if not hasattr(self, "_row") else self._row
            self._row = row
            row.set_members([self._where, self._ahead])
            middle.members = [card]
            members = [banner, middle, row, self._code, spring, done, another]
        else:
            self._arrange_side(tight)
            middle.members = [card, self._side] if not tight else [card]
            self._choices.gap = 2.5 if tight else 5
            done.grow = another.grow = 1
            self._choices.set_members([done, another])
            members = [banner, middle, self._below(tight), self._choices]
        self.members = members
        super().arrange()

    def _arrange_side(self, tight: bool) -> None:
        self._side.wide = 170
        self._side.gap = 5
        self._ahead.grow = self._where.grow = 0
        self._code.grow = 1
        self._side.set_members([] if tight else [self._where, self._ahead, self._code])

    def _below(self, tight: bool) -> Block:
        if not hasattr(self, "_row"):
            self._row = Across()
        self._row.gap = 2.5
        self._row.shown = tight
        if tight:
            self._where.grow, self._ahead.grow, self._code.grow = 1, 0.8, 1.2
        self._row.set_members([self._where, self._ahead, self._code] if tight else [])
        return self._row
