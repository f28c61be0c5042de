"""Which steps of the set-up are done: a small file in the state folder, written after each of them.

The answers themselves are in the configuration; no PIN is ever here.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from kiosk import durable
from kiosk.core.setup import Step

log = logging.getLogger(__name__)

FILE: Final = "setup.json"
VERSION: Final = 1


def read(state: Path) -> dict[Step, str]:
    """Return the steps that are done, each with its answer in words. A damaged file is nothing done, and is told."""
    file = state / FILE
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if data["version"] != VERSION:
            return {}
        return {Step(name): str(answer) for name, answer in data["done"].items() if name in set(Step)}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        log.warning("%s: how far the set-up was cannot be read: %s", file, error)
        return {}


def write(state: Path, done: Mapping[Step, str]) -> None:
    """Keep the steps that are done. Raises OSError."""
    state.mkdir(parents=True, exist_ok=True)
    document = {"version": VERSION, "done": {step.value: answer for step, answer in done.items()}}
    durable.write(state / FILE, (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode())


def forget(state: Path, steps: Iterable[Step]) -> None:
    """Have ``steps`` answered anew. Raises OSError."""
    left_out = set(steps)
    write(state, {step: answer for step, answer in read(state).items() if step not in left_out})
