"""What the catalogue and the rules share. Without pydantic: a window opens before the catalogue is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of ``date.weekday()``."""


def say(text: Mapping[str, str], language: str) -> str:
    """Return ``text`` in ``language``; Indonesian where that language has none."""
    return text.get(language) or text["id"]
