"""What every screen has: its own ``.kv``, the layout of the panel, and ``show``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.factory import Factory
from kivy.lang import Builder
from kivy.properties import OptionProperty, StringProperty

from kiosk.ui import theme
from kiosk.ui.present.common import FrameView
from kiosk.ui.widgets import banner, block, frame, heading, ornament, pager, surface, tap, tile, words
from kiosk.ui.widgets.block import Column

_WIDGETS: tuple[type, ...] = (
    block.Column, block.Across, block.Grid, block.Space, words.Words, surface.Card, surface.Picture, surface.Code,
    tap.Tap, tile.Tile, tile.Row, banner.Banner, banner.Fact, heading.Heading, pager.Pager, ornament.Band,
    ornament.Progress, ornament.Rule, frame.Header,
)  # fmt: skip
_loaded: set[Path] = set()


class Split(block.Group):
    """A column upright, a line lying: the same parts, laid out for the panel."""

    lying = StringProperty("wide tight")
    """The layouts in which it is a line."""

    def _as(self) -> type[block.Group]:
        return block.Across if theme.metrics().layout in self.lying.split() else block.Column

    def natural_height(self, width: float) -> int:
        return int(self._as().natural_height(self, width))

    def natural_width(self) -> int:
        return int(self._as().natural_width(self))

    def arrange(self) -> None:
        self._as().arrange(self)

    _widths = block.Across._widths


for _widget in (*_WIDGETS, Split):
    Factory.register(_widget.__name__, cls=_widget)


def load_kv(path: Path) -> None:
    """Read a screen's look once, by its explicit path."""
    if path not in _loaded:
        Builder.load_file(str(path))
        _loaded.add(path)


class ScreenBox(Column):
    """A screen. ``show`` fills it from its view; nothing in it knows which screen comes next."""

    layout = OptionProperty("portrait", options=("portrait", "wide", "tight"))
    bare = False
    """Without keys, on deep sea ground."""

    def __init__(self, **kwargs: Any) -> None:
        self.frame: FrameView | None = None
        super().__init__(**kwargs)
        # Kivy's ``ids`` hold weak proxies; a part that is out of the tree for a while must live on.
        self._parts = {name: proxy.__self__ for name, proxy in self.ids.items()}

    def part(self, name: str) -> Any:
        """Return the widget that the ``.kv`` names ``name``."""
        return self._parts[name]

    @property
    def mall(self) -> str:
        """The mall's name, for a tight panel's heading."""
        return self.frame.mall if self.frame is not None else ""

    def show(self, view: Any) -> None:
        """Fill the screen from ``view``."""
        raise NotImplementedError
