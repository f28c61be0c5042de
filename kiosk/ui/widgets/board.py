"""Board: the keys one types with. QWERTY where ten keys of 20 mm stand in a row, else an ABC grid."""

from __future__ import annotations

from typing import Any

from kiosk.ui import theme
from kiosk.ui.present.common import Key
from kiosk.ui.widgets.block import Group
from kiosk.ui.widgets.tap import Tap

_ROWS = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
ROW_MM = 222.5
"""A row of ten keys of 20 mm with gaps of 2.5 mm."""
_ABC_COLUMNS = 5


class Board(Group):
    """Keys of at least 20 mm, whatever the panel."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._taps: dict[str, Tap] = {}
        self._placed: object = None
        self._shown: list[Tap] = []
        self.delete = Tap(role="strong", icon_mm=9, pad=[2, 1, 2, 1], gap=2)
        self.space = Tap(role="strong", pad=[2, 1, 2, 1])
        self.clear = Tap(role="strong", icon_mm=7, pad=[2, 1, 2, 1], gap=2)

    def show(self, letters: tuple[Key, ...], space: Key, delete: Key, clear: Key) -> None:
        """Show the keys; each sends the whole text as it will be."""
        for key in letters:
            tap = self._taps.setdefault(key.label, Tap(role="button", pad=[1, 1, 1, 1]))
            tap.target, tap.text, tap.event = key.target, key.label, key.event
        tight = theme.metrics().layout == "tight"
        for tap, key in ((self.space, space), (self.delete, delete), (self.clear, clear)):
            tap.target, tap.event, tap.enabled = key.target, key.event, key.enabled
            tap.text, tap.icon = key.label, "" if tight else key.icon
        if tight:
            self.delete.text, self.delete.icon = "", delete.icon
            self.clear.text, self.clear.icon = "", clear.icon
        self._shown = [self._taps[key.label] for key in letters]
        self.members = [*self._shown, self.delete, self.space, self.clear]

    def _key_mm(self) -> tuple[float, float]:
        layout = theme.metrics().layout
        return {"portrait": (22.0, 24.0), "wide": (20.0, 26.0), "tight": (20.0, 20.0)}[layout]

    def natural_width(self) -> int:
        columns = _ABC_COLUMNS if theme.metrics().layout == "tight" else 10
        return theme.mm(self._key_mm()[0]) * columns + theme.mm(theme.GAP) * (columns - 1)

    def natural_height(self, width: float) -> int:
        rows = 6 if theme.metrics().layout == "tight" else 4
        return theme.mm(self._key_mm()[1]) * rows + theme.mm(theme.GAP) * (rows - 1)

    def arrange(self) -> None:
        self.present()
        # Thirty keys under a typing finger: they are placed again only when something about them is new.
        texts = (self.space.text, self.delete.text, self.clear.text, *(tap.text for tap in self._shown))
        placed = (tuple(self.pos), tuple(self.size), theme.metrics(), texts)
        if placed == self._placed:
            return
        self._placed = placed
        gap = theme.mm(theme.GAP)
        if theme.metrics().layout == "tight":
            self._abc(gap)
        else:
            self._qwerty(gap)

    def _abc(self, gap: int) -> None:
        wide = (self.width - gap * (_ABC_COLUMNS - 1)) / _ABC_COLUMNS
        high = (self.height - gap * 5) / 6
        keys: list[tuple[Tap, int]] = [(tap, 1) for tap in self._shown]
        keys += [(self.space, 2), (self.delete, 1), (self.clear, 1)]
        cell = 0
        for tap, span in keys:
            row, column = divmod(cell, _ABC_COLUMNS)
            top = self.top - row * (high + gap)
            tap.place(self.x + column * (wide + gap), top - high, wide * span + gap * (span - 1), high)
            cell += span

    def _qwerty(self, gap: int) -> None:
        wide = min(theme.mm(24), (self.width - gap * 9) / 10)
        high = min(theme.mm(28), (self.height - gap * 3) / 4)
        across = wide * 10 + gap * 9
        start = self.x + (self.width - across) / 2
        typed = [tap.text for tap in self._shown]
        # What is not the alphabet stands in rows of ten, in its own order.
        rows = _ROWS if len(typed) == 26 else tuple("".join(typed[at : at + 10]) for at in (0, 10, 20))
        for number, letters in enumerate(rows):
            left = start + (across - wide * len(letters) - gap * (len(letters) - 1)) / 2
            top = self.top - number * (high + gap)
            for index, letter in enumerate(letters):
                self._taps[letter].place(left + index * (wide + gap), top - high, wide, high)
        top = self.top - 3 * (high + gap)
        side = wide * 2.5 + gap * 1.5
        self.clear.place(start, top - high, side, high)
        self.space.place(start + side + gap, top - high, across - 2 * (side + gap), high)
        self.delete.place(start + across - side, top - high, side, high)
