"""What the screen's font can draw. Kivy has no fallback font, so a character it lacks must not be in any text."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path


def font_files() -> tuple[Path, Path]:
    """Return Roboto regular and bold as Kivy ships them, found without importing Kivy (which opens a window)."""
    spec = importlib.util.find_spec("kivy")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("Kivy is not installed, so its fonts are not here")
    folder = Path(spec.submodule_search_locations[0]) / "data" / "fonts"
    return folder / "Roboto-Regular.ttf", folder / "Roboto-Bold.ttf"


@cache
def _covered() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    covered: list[frozenset[int]] = []
    for path in font_files():
        with TTFont(path, lazy=True) as font:
            covered.append(frozenset(font.getBestCmap() or {}))
    return frozenset.intersection(*covered)


def missing_characters(text: str) -> set[str]:
    """Return the characters of ``text`` that the screen cannot draw. Soft hyphens and line ends are never drawn."""
    return {char for char in set(text) - {"\n", "\u00ad"} if ord(char) not in _covered()}
