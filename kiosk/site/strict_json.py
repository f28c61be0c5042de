"""JSON as a hand-edited file needs it: a key that stands twice is a fault with its place, no silent loss."""

from __future__ import annotations

import json
import re
from typing import Any

from kiosk.site.faults import Fault, SiteFaults, shown

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


def parse(text: str, file: str) -> Any:
    """Return the JSON document in ``text``; raise SiteFaults with every place where it is not sound."""
    doubled = False

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal doubled
        found = dict(items)
        doubled = doubled or len(found) != len(items)
        return found

    try:
        document = json.loads(text, object_pairs_hook=pairs, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        place, found = f"line {error.lineno}, column {error.colno}", _around(text, error.pos)
        raise SiteFaults([Fault("E-CAT-02", file, place, found, f"is not JSON: {error.msg}")]) from error
    except RecursionError as error:
        problem = "is not a catalogue: brackets nested too deep"
        raise SiteFaults([Fault("E-CAT-02", file, "", "", problem)]) from error
    except ValueError as error:
        raise SiteFaults([Fault("E-CAT-02", file, "", "", f"is not JSON: {error}")]) from error
    if doubled:  # the parser does not tell where, so the text is walked once more, only now
        raise SiteFaults(_doubled_keys(text, file))
    return document


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number here; allowed: digits, or null")


def _around(text: str, position: int) -> str:
    """Return what stands at ``position``, to the end of its line, for a person to recognise."""
    rest = text[position : position + 40].split("\n", 1)[0].strip()
    return shown(rest) if rest else ""


def _doubled_keys(text: str, file: str) -> list[Fault]:
    """Walk valid JSON piece by piece and name each key that its object already has."""
    faults: list[Fault] = []
    open_objects: list[dict[str, int] | None] = []  # key → line of the first; None for a list
    key_may_follow = False
    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece in "{[":
            open_objects.append({} if piece == "{" else None)
            key_may_follow = piece == "{"
        elif piece in "}]":
            open_objects.pop()
            key_may_follow = False
        elif piece == ",":
            key_may_follow = open_objects[-1] is not None
        else:
            keys = open_objects[-1] if open_objects and key_may_follow else None
            key_may_follow = False
            if keys is None or piece == ":":
                continue
            key = str(json.loads(piece))
            line = text.count("\n", 0, match.start()) + 1
            if key in keys:
                column = match.start() - text.rfind("\n", 0, match.start())
                problem = f"this key already stands in line {keys[key]} of the same object; keep one"
                faults.append(Fault("E-CAT-03", file, f"line {line}, column {column}", shown(key), problem))
            keys.setdefault(key, line)
    return faults
