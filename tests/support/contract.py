"""The contract suite: frozen requests and answers of each version of the wire, which both ends run.

In a request ``{name}`` stands for what only the running server can tell (a token, an id). In an answer a text like
``<uuid>`` stands for any value of its kind; everything else is meant as it is, and further fields are allowed.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

FOLDER: Final = Path(__file__).resolve().parent.parent / "contract"
NOT_SCENARIOS: Final = frozenset({"site.json", "answers.json"})
SAMPLES: Final[Mapping[str, Any]] = {
    "<uuid>": "0192f0c8-0000-7000-8000-000000000001",
    "<moment>": "2026-11-24T05:00:00.250000Z",
    "<token>": "A" * 43,
    "<text>": "words",
    "<count>": 1,
}
"""What a kiosk's test reads in the place of a placeholder."""


@dataclass(frozen=True)
class Scenario:
    """One file: steps in their order, on a fresh server."""

    version: str
    file: str
    about: str
    steps: tuple[dict[str, Any], ...]
    enrolled: bool
    lock: dict[str, str] | None

    @property
    def name(self) -> str:
        return f"{self.version}/{self.file.removesuffix('.json')}"


def versions() -> list[str]:
    """Return the versions that are frozen here, oldest first."""
    return sorted((path.name for path in FOLDER.iterdir() if path.is_dir()), key=lambda name: int(name[1:]))


def scenarios() -> list[Scenario]:
    """Return the scenarios of every version."""
    found = []
    for version in versions():
        for path in sorted((FOLDER / version).glob("*.json")):
            if path.name not in NOT_SCENARIOS:
                told = json.loads(path.read_text(encoding="utf-8"))
                enrolled = told.get("enrolled", True)
                found.append(
                    Scenario(
                        version, path.name, told["about"], tuple(told["steps"]), enrolled, told.get("lock")
                    )
                )
    return found


def site(version: str) -> dict[str, Any]:
    """Return the site that a version's scenarios play at."""
    return _read(version, "site.json")


def answers(version: str) -> list[dict[str, Any]]:
    """Return the answers that no scenario brings about."""
    found: list[dict[str, Any]] = _read(version, "answers.json")["answers"]
    return found


def _read(version: str, name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((FOLDER / version / name).read_text(encoding="utf-8"))
    return told


def fill(part: Any, known: Mapping[str, Any]) -> Any:
    """Return ``part`` with each ``{name}`` replaced by what ``known`` says; a function there is asked."""
    if isinstance(part, Mapping):
        return {key: fill(value, known) for key, value in part.items()}
    if isinstance(part, list):
        return [fill(value, known) for value in part]
    if not isinstance(part, str):
        return part

    def replaced(match: re.Match[str]) -> str:
        value = known[match[1]]
        return str(value() if callable(value) else value)

    return re.sub(r"\{([a-z_]+)\}", replaced, part) if not part.startswith('{"') else part


def sampled(part: Any) -> Any:
    """Return ``part`` with each placeholder replaced by a value of its kind."""
    if isinstance(part, Mapping):
        return {key: sampled(value) for key, value in part.items()}
    if isinstance(part, list):
        return [sampled(value) for value in part]
    return SAMPLES.get(part, part) if isinstance(part, str) else part


def compare(wanted: Any, got: Any, place: str = "answer") -> None:
    """Raise AssertionError where ``got`` is not what ``wanted`` says; further fields are allowed."""
    if isinstance(wanted, Mapping):
        assert isinstance(got, Mapping), f"{place}: {got!r} is no object"
        folded = {key.lower(): value for key, value in got.items()} if place == "answer.headers" else got
        for key, value in wanted.items():
            name = key.lower() if place == "answer.headers" else key
            assert name in folded, f"{place}.{key} is missing in {got!r}"
            compare(value, folded[name], f"{place}.{key}")
    elif isinstance(wanted, list):
        assert isinstance(got, list), f"{place}: {got!r} is no list"
        assert len(got) == len(wanted), f"{place}: {len(got)} items, not {len(wanted)}: {got!r}"
        for number, (one, other) in enumerate(zip(wanted, got, strict=True)):
            compare(one, other, f"{place}[{number}]")
    elif isinstance(wanted, str) and wanted in SAMPLES:
        assert _is(wanted, got), f"{place}: {got!r} is no {wanted}"
    else:
        assert type(got) is type(wanted) and got == wanted, f"{place}: {got!r}, not {wanted!r}"


def _is(kind: str, got: Any) -> bool:
    if kind == "<count>":
        return isinstance(got, int) and not isinstance(got, bool) and got >= 0
    if not isinstance(got, str) or not got:
        return False
    if kind == "<uuid>":
        return str(UUID(got)) == got
    if kind == "<moment>":
        return dt.datetime.fromisoformat(got).utcoffset() is not None
    return len(got) >= 43 if kind == "<token>" else True
