"""Changes as a person reads them: one line for each field, one for each language of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kiosk.core.common import WEEKDAYS
from server import words
from server.manage.difference import Change, counted

MOST: Final = 300
"""Lines on one page: what is beyond is counted."""


@dataclass(frozen=True)
class Line:
    """One field of a changed record."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Told:
    """One change, in words."""

    what: str
    kind: str
    code: str
    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Shown:
    """Changes for a page."""

    rows: tuple[Told, ...]
    more: int
    counts: Mapping[str, int]


def shown_changes(changes: Sequence[Change], language: str) -> Shown:
    """Return ``changes`` in ``language``, at most ``MOST`` of them."""
    rows = tuple(
        Told(change.what, change.kind, change.code, change.name, tuple(_lines(change, language)))
        for change in changes[:MOST]
    )
    return Shown(rows, max(0, len(changes) - MOST), counted(changes))


def _lines(change: Change, language: str) -> Iterator[Line]:
    for one in change.fields:
        yield from _fields(one.name, one.before, one.after, language)


def _fields(name: str, before: Any, after: Any, language: str) -> Iterator[Line]:
    tags = _tags(before) | _tags(after)
    if tags:
        for tag in ("id", "en", *sorted(tags - {"id", "en"})):
            old, new = (side.get(tag) if isinstance(side, dict) else None for side in (before, after))
            if old != new:
                yield Line(label_of(name, tag, language), _value(old, language), _value(new, language))
    elif name == "week" and isinstance(before or after, dict):
        for day in WEEKDAYS:
            old, new = (side.get(day) if isinstance(side, dict) else None for side in (before, after))
            if old != new:
                text = f"{label_of(name, '', language)}, {words.say(f'day_{day}', language)}"
                yield Line(text, _value(old, language), _value(new, language))
    else:
        yield Line(label_of(name, "", language), _value(before, language), _value(after, language))


def _tags(value: Any) -> set[str]:
    found = set(value) if isinstance(value, dict) else set()
    return found if found and {"id", "en"} <= found else set()


def label_of(name: str, tag: str, language: str) -> str:
    """Return what a field is called: ``Nama resmi (Inggris)``."""
    key = f"field_{name}"
    text = words.say(key, language) if key in words.WORDS else name
    if not tag:
        return text
    called = f"language_{tag}"
    tongue = words.say(called, language) if called in words.WORDS else tag
    return words.say("in_language", language, label=text, tongue=tongue)


def _value(value: Any, language: str) -> str:
    if value is None or value in ("", [], {}):
        return words.say("empty_value", language)
    if isinstance(value, bool):
        return words.say("yes" if value else "no", language)
    if isinstance(value, int):
        return f"{value:,}".replace(",", "." if language == "id" else ",")
    if isinstance(value, list):
        return "; ".join(_value(item, language) for item in value)
    if isinstance(value, dict):
        if "open" in value and "last_ticket" in value:
            clocks = [str(value[key])[:5] for key in ("open", "close", "last_ticket")]
            return f"{clocks[0]}–{clocks[1]} ({words.say('hours_last', language).lower()} {clocks[2]})"
        if language in value:
            return _value(value[language], language)
        return ", ".join(_value(item, language) for item in value.values())
    return str(value).replace("\u00ad", "")
