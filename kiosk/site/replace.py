"""Putting a new catalogue in place: what changes, its text, and a replacement that cannot go half way."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk import durable
from kiosk.core.catalogue import Agency, Catalogue, Queue, Service
from kiosk.site.faults import Fault, SiteFaults
from kiosk.site.files import CATALOGUE_FILE, SITE_FILE, read_site
from kiosk.site.rules import catalogue_faults

PREVIOUS = CATALOGUE_FILE + ".previous"
_WIDTH = 110


@dataclass(frozen=True)
class Change:
    """One record that differs: ``fields`` names what changed, and is empty for added and removed ones."""

    kind: str
    """``agency``, ``queue`` or ``service``."""
    what: str
    """``added``, ``removed`` or ``changed``."""
    code: str
    name: str
    """The Indonesian short name; empty for a queue, which has none."""
    fields: tuple[str, ...] = ()


def changes(before: Catalogue | None, after: Catalogue) -> tuple[Change, ...]:
    """Return what ``after`` changes, agencies first, each kind in the order added, removed, changed."""
    found: list[Change] = []
    found += _changes("agency", before.agencies if before else (), after.agencies)
    found += _changes("queue", before.queues if before else (), after.queues)
    found += _changes("service", before.services if before else (), after.services)
    return tuple(found)


_Rows = Sequence[Agency] | Sequence[Queue] | Sequence[Service]


def _changes(kind: str, before: _Rows, after: _Rows) -> list[Change]:
    old, new = {row.code: row for row in before}, {row.code: row for row in after}
    found = [Change(kind, "added", code, _name(row)) for code, row in new.items() if code not in old]
    found += [Change(kind, "removed", code, _name(row)) for code, row in old.items() if code not in new]
    for code, row in new.items():
        if code in old and old[code] != row:
            fields = tuple(
                name for name in type(row).model_fields if getattr(row, name) != getattr(old[code], name)
            )
            found.append(Change(kind, "changed", code, _name(row), fields))
    return found


def _name(row: Agency | Queue | Service) -> str:
    return "" if isinstance(row, Queue) else row.short["id"].replace("\u00ad", "")


def replace_catalogue(directory: Path, catalogue: Catalogue) -> None:
    """Make ``catalogue`` that of the site in ``directory``; the present one becomes ``catalogue.json.previous``.

    Raises SiteFaults when it does not fit the site or the disk refuses; then the present one stays untouched.
    """
    if faults := tuple(catalogue_faults(catalogue, read_site(directory / SITE_FILE), CATALOGUE_FILE)):
        raise SiteFaults(faults)
    target = directory / CATALOGUE_FILE
    try:
        if target.exists():
            durable.write(directory / PREVIOUS, target.read_bytes())
        durable.write(target, as_text(catalogue).encode())
    except OSError as error:
        problem = f"cannot be written in {directory}: {error.strerror or error}; the present catalogue stays"
        raise SiteFaults([Fault("E-CAT-10", CATALOGUE_FILE, "", "", problem)]) from error


def as_text(catalogue: Catalogue) -> str:
    """Return ``catalogue`` as its JSON file: the same text for the same content, one field on a line."""
    return _laid_out(catalogue.model_dump(mode="json", exclude_defaults=True), 0) + "\n"


def _laid_out(value: object, depth: int) -> str:
    """Lay JSON out to be read and compared by line: short values on one line, records field by field."""
    line = json.dumps(value, ensure_ascii=False)
    is_record = isinstance(value, dict) and ("code" in value or "services" in value)
    if (
        not isinstance(value, dict | list)
        or not value
        or (not is_record and depth * 2 + len(line) <= _WIDTH - 20)
    ):
        return line
    inner, outer = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    if isinstance(value, list):
        return "[" + ",".join(inner + _laid_out(item, depth + 1) for item in value) + outer + "]"
    pairs = (f"{inner}{json.dumps(key)}: {_laid_out(item, depth + 1)}" for key, item in value.items())
    return "{" + ",".join(pairs) + outer + "}"
