"""Plain: any screen as one column, read from top to bottom, in pages that fit whatever was asked for.

Large text, big targets, low reach and speech share this layout. It is drawn from the script that is spoken.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from kiosk.core import visit as v
from kiosk.i18n import _, translate
from kiosk.ui import theme
from kiosk.ui.present.common import Key
from kiosk.ui.present.spoken import Code, Item, Plan, Press, Say, Script
from kiosk.ui.screens.base import ScreenBox, load_kv
from kiosk.ui.widgets.block import Across, Block, Column, Space
from kiosk.ui.widgets.choice import Choice
from kiosk.ui.widgets.plan import PlanPicture
from kiosk.ui.widgets.surface import Card, Picture
from kiosk.ui.widgets.surface import Code as CodePicture
from kiosk.ui.widgets.words import Words

CODE_MM = 44.0
"""Side of a code: its modules stay far above what a phone needs at arm's length."""
SMALL_MM = 24.0
"""Least width of a single letter's key."""


class PlainScreen(ScreenBox):
    """``show`` takes a script and a page; pages past the last show the last."""

    def __init__(self, **kwargs: Any) -> None:
        load_kv(Path(__file__).with_suffix(".kv"))
        super().__init__(**kwargs)
        self._script: Script | None = None
        self._leaf = 0
        self._pages: list[list[tuple[tuple[Item, ...], Block]]] = [[]]
        self._made_for: object = None
        self._heading: list[Block] = []
        self._turners: dict[str, Choice] = {}
        self._taps: dict[str, Choice] = {}
        """What can be touched now, by name. A countdown makes the script anew each second: a finger that rests on a
        button meanwhile must find the same button when it lifts."""

    def show(self, view: tuple[Script, int]) -> None:
        self._script, self._leaf = view

    @property
    def leaves(self) -> int:
        """How many pages the script takes on this panel."""
        return len(self._pages)

    @property
    def leaf(self) -> int:
        """The page that is shown."""
        return min(self._leaf, len(self._pages) - 1)

    def items(self) -> tuple[Item, ...]:
        """Return what the page shows, in order."""
        return tuple(item for items, _block in self._pages[self.leaf] for item in items)

    # --- pages --------------------------------------------------------------------------------------------------------

    def arrange(self) -> None:
        script = self._script
        assert script is not None
        metrics = theme.metrics()
        made_for = (script, metrics, self.size)
        if made_for != self._made_for:
            self._made_for = made_for
            self._make(script, metrics.look.target_mm)
        turner = self._turner(script, metrics.look.target_mm) if self.leaves > 1 else []
        blocks = [block for _items, block in self._pages[self.leaf]]
        self.set_members([*self._heading, *blocks, Space(grow=1), *turner])
        super().arrange()

    def _make(self, script: Script, target: float) -> None:
        _x, _y, width, height = self.inner()
        gap = theme.mm(self.gap)
        title = Words(text=script.title, role="title", stretch=False)
        if title.line_count(width) > 1:
            title.role = "button"
        self._heading = [title]
        if script.steps and self.layout != "tight":
            self._heading.insert(0, Words(text=script.steps, colour="muted"))
        head = sum(block.natural_height(width) + gap for block in self._heading)
        before, self._taps = self._taps, {}
        elements = list(self._elements(script, width, target, before))
        whole = sum(block.natural_height(width) + gap for _items, block in elements) - gap
        room = height - head
        if whole > room:
            room -= theme.mm(target) + 2 * gap
        self._pages = [[]]
        used = 0
        for items, block in elements:
            if isinstance(block, PlanPicture):
                block.fit(room - used, room)
            for index, piece in enumerate(self._pieces(block, width, room, used)):
                high = piece.natural_height(width)
                if used and used + high > room:
                    self._pages.append([])
                    used = 0
                # A text that goes on is one text: it counts where it begins.
                self._pages[-1].append((items if index == 0 else (), piece))
                used += high + gap

    def _pieces(self, block: Block, width: float, room: float, used: float) -> list[Block]:
        """Break a text that is higher than the rest of its page; everything else stays whole where a page holds it."""
        if isinstance(block, Beside) and block.natural_height(width) > room:
            code = block.code_alone()
            high = code.natural_height(width) + theme.mm(self.gap)
            return [code, *self._pieces(Text(Say(block.text)), width, room, high)]
        if not isinstance(block, Text) or block.natural_height(width) + used <= room:
            return [block]
        lines = block.lines(width)
        line = block.natural_height(width) / len(lines)
        first = int((room - used) // line)
        if first < min(2, len(lines)) or len(lines) - first < 2:
            if block.natural_height(width) <= room:
                return [block]  # on the next page, whole
            first = int(room // line) if used else max(1, first)
        each = max(1, int(room // line))
        cuts = [0, *range(first, len(lines), each), len(lines)]
        return [block.part(lines[a:b], a == 0) for a, b in pairwise(cuts) if b > a]

    def _elements(self, script: Script, width: float, target: float, before: dict[str, Choice]) -> Any:
        """Yield the script's items, each with the block that shows it; small keys stand in rows."""
        row: list[Press] = []
        gap = theme.mm(self.gap)
        columns = max(1, int((width + gap) // (theme.mm(max(target, SMALL_MM)) + gap)))
        for item in (*script.items, None):
            if isinstance(item, Press) and item.small and len(item.key.label) == 1:
                row.append(item)
            if row and (len(row) == columns or not (isinstance(item, Press) and item.small)):
                yield tuple(row), _row([self._press(press, target, before) for press in row], columns, target)
                row = []
            if item is None or (isinstance(item, Press) and item.small and len(item.key.label) == 1):
                continue
            if isinstance(item, Press):
                yield (item,), self._press(item, target, before)
            else:
                yield (item,), self._still(item, width)

    def _still(self, item: Say | Code | Plan, width: float) -> Block:
        """Return what is only looked at."""
        match item:
            case Say():
                return Text(item)
            case Code():
                code = CodePicture(data=item.data, side_mm=CODE_MM)
                return Beside(code, item.head, item.text) if item.head else code
            case Plan():
                return PlanPicture(item.file, item.zone, item.text)

    def _press(self, press: Press, target: float, before: dict[str, Choice]) -> Choice:
        key = press.key
        tap = self._taps[key.target] = before.get(key.target) or Choice()
        tap.kind = "chosen" if press.on and press.kind == "choice" else press.kind
        tap.high = tap.wide = target
        tap.grow, tap.label.align, tap.pad = 0, "left", [5, 2, 5, 2]
        tap.target, tap.event, tap.enabled = key.target, key.event, key.enabled
        # A switch that is on carries a tick: its ground is not its only sign.
        tap.icon = "ok" if press.on else "" if press.on is not None else key.icon
        tap.text = key.label
        tap.line = "\n".join(line for line in (key.note, *press.lines) if line)
        return tap

    def _turner(self, script: Script, target: float) -> list[Block]:
        """Return the line that turns pages."""

        def tap(name: str, icon: str, label: str, leaf: int, enabled: bool) -> Choice:
            key = Key(f"page:{name}", translate(label, script.language), v.TurnLeaf(leaf), icon, enabled)
            made = self._turners.setdefault(name, Choice(kind="secondary", grow=1))
            made.high = target
            made.target, made.event, made.enabled, made.icon = key.target, key.event, key.enabled, key.icon
            made.text = "" if self.layout == "tight" else key.label
            return made

        leaf, leaves = self.leaf, self.leaves
        line = Across(gap=self.gap, high=target)
        where = Words(text=f"{leaf + 1}/{leaves}", colour="muted", align="center", wide=30, stretch=False)
        line.set_members(
            [
                tap("previous", "back", _("Sebelumnya"), max(0, leaf - 1), leaf > 0),
                where,
                tap("next", "next", _("Berikutnya"), min(leaves - 1, leaf + 1), leaf < leaves - 1),
            ]
        )
        return [line]


class Text(Across):
    """A text with its picture, or on a ground of its own."""

    def __init__(self, say: Say, **kwargs: Any) -> None:
        super().__init__(gap=3, **kwargs)
        self.say = say
        self.words = Words(text=say.text, role=say.role, grow=1, other_language=say.other_language)
        self.words.single = say.role == "number"
        self.words.snug = say.role == "number"
        self.picture = Picture(name=say.icon, size_mm=7)
        members: list[Block] = [self.picture, self.words]
        if say.tone:
            card = Card(ground=say.tone, pad=[4, 2, 4, 2], grow=1)
            self.words.ground, self.words.colour = say.tone, "white"
            self.picture.colour = "white"
            inner = Across(gap=3)
            inner.set_members(members)
            card.set_members([inner])
            members = [card]
        self.set_members(members)

    def lines(self, width: float) -> tuple[str, ...]:
        """Return the text's lines at ``width`` pixels."""
        room = width - (self.picture.natural_width() + theme.mm(self.gap) if self.say.icon else 0)
        return self.words.lines_at(room).lines

    def part(self, lines: tuple[str, ...], first: bool) -> Text:
        """Return a text of some of the lines."""
        icon = self.say.icon if first else ""
        return Text(Say("\n".join(lines), self.say.role, self.say.tone, icon, self.say.other_language))


class Beside(Across):
    """A code with its words at its side."""

    def __init__(self, code: Block, head: str, text: str, **kwargs: Any) -> None:
        super().__init__(gap=5, **kwargs)
        self.text = text
        self._code, self._head = code, Words(text=head, role="strong")
        told = Column(grow=1, gap=1, stretch=False)
        told.set_members([self._head, Words(text=text)])
        self.set_members([code, told])

    def code_alone(self) -> Block:
        """Return the code under its heading; the text is left to whoever asks."""
        for member in (self._code, self._head):
            if member.parent is not None:
                member.parent.remove_widget(member)
        stack = Column(gap=1)
        stack.set_members([self._head, self._code])
        return stack


def _row(taps: list[Choice], columns: int, target: float) -> Block:
    line = Across(gap=2.5, high=target)
    for tap in taps:
        tap.grow, tap.label.align, tap.pad = 1, "center", [1, 1, 1, 1]
    line.set_members([*taps, *(Space(grow=1, wide=target) for _missing in range(columns - len(taps)))])
    return line
