"""What the staff's own screens show."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.ui.present.common import Heading, Key


@dataclass(frozen=True)
class PadView:
    """A number being typed."""

    heading: Heading
    shown: str
    message: str
    bad: bool
    digits: tuple[Key, ...]
    """1 to 9, then 0."""
    delete: Key
    enter: Key


@dataclass(frozen=True)
class ChoiceView:
    """What came of the last act, a few lines, and what can be done."""

    heading: Heading
    banner: str
    tone: str
    icon: str
    lines: tuple[str, ...]
    keys: tuple[Key, ...]


@dataclass(frozen=True)
class CheckView:
    """Something drawn on the glass to measure or to touch."""

    heading: Heading
    text: str
    ruler: bool
    spots: tuple[Key, ...]
    felt: frozenset[str]
    keys: tuple[Key, ...] = ()
