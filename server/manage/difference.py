"""What differs between two states of a site: for a preview, a version's history and a form that came too late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Data = dict[str, Any]
"""A site as JSON data: ``{"site": {…}, "catalogue": {"agencies": […], "queues": […], "services": […]}}``."""

KINDS: Final = ("agencies", "queues", "services")


@dataclass(frozen=True)
class FieldChange:
    """One field: what stood there and what stands there now, as JSON values."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """One record that differs."""

    kind: str
    """``site``, ``agencies``, ``queues`` or ``services``."""
    what: str
    """``added``, ``changed``, ``removed`` or ``moved`` (the order of the list, told once for its kind)."""
    code: str
    name: str
    fields: tuple[FieldChange, ...] = ()


def difference(before: Data, after: Data) -> tuple[Change, ...]:
    """Return what ``after`` changes: empty exactly where both are the same."""
    found: list[Change] = []
    if fields := tuple(_fields(before["site"], after["site"])):
        found.append(Change("site", "changed", after["site"]["id"], after["site"]["name"]["id"], fields))
    for kind in KINDS:
        found += _rows(kind, before["catalogue"][kind], after["catalogue"][kind])
    return tuple(found)


def counted(changes: Sequence[Change]) -> dict[str, int]:
    """Return how many changes there are of each sort, for a headline."""
    return {
        what: sum(1 for change in changes if change.what == what)
        for what in ("added", "changed", "removed", "moved")
    }


def _rows(kind: str, before: Sequence[Data], after: Sequence[Data]) -> Iterator[Change]:
    old, new = {row["code"]: row for row in before}, {row["code"]: row for row in after}
    for code, row in new.items():
        if code not in old:
            yield Change(kind, "added", code, name_of(row))
    for code, row in new.items():
        if code in old and (fields := tuple(_fields(old[code], row))):
            yield Change(kind, "changed", code, name_of(row), fields)
    for code, row in old.items():
        if code not in new:
            yield Change(kind, "removed", code, name_of(row))
    if [code for code in old if code in new] != [code for code in new if code in old]:
        yield Change(kind, "moved", "", "")


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[FieldChange]:
    for name in after:
        if before.get(name) != after[name]:
            yield FieldChange(name, before.get(name), after[name])


def name_of(row: Mapping[str, Any]) -> str:
    """Return what people call a record; a queue is called by its code alone."""
    short = row.get("short")
    return str(short["id"]).replace("\u00ad", "") if isinstance(short, dict) else ""
