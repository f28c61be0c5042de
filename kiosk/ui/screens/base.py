"""What every screen has: its own ``.kv``, the layout of the panel, and ``show``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.factory import Factory
from kivy.lang import Builder
from kivy.properties import OptionProperty

from kiosk.ui.present.common import FrameView
from kiosk.ui.widgets.block import Column

_WIDGETS = {
    "block": ("Column", "Across", "Grid", "Space", "Split"),
    "words": ("Words",),
    "surface": ("Card", "Picture", "Code"),
    "tap": ("Tap",),
    "tile": ("Tile", "Row"),
    "banner": ("Banner", "Fact"),
    "heading": ("Heading",),
    "pager": ("Pager",),
    "ornament": ("Band", "Progress", "Rule"),
    "section": ("Pages",),
    "toggle": ("Toggle",),
    "board": ("Board",),
}
"""The names a ``.kv`` may use. A module is imported when a screen first needs it."""
_loaded: set[Path] = set()

for _module, _names in _WIDGETS.items():
    for _name in _names:
        Factory.register(_name, module=f"kiosk.ui.widgets.{_module}")


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
