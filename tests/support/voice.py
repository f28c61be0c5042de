"""A voice in place of espeak-ng: a program that takes the same arguments and writes down what it is given."""

from __future__ import annotations

import sys
from pathlib import Path

_PROGRAM = """#!{python}
import pathlib, sys, time
language = sys.argv[sys.argv.index("-v") + 1]
text = sys.stdin.buffer.read().decode()
heard = pathlib.Path({heard!r})
with heard.open("a", encoding="utf-8") as file:
    for phrase in text.split("\\n\\n"):
        file.write(language + "\\t" + phrase + "\\n")
time.sleep({lasts_s})
"""


def listening_voice(folder: Path, lasts_s: float = 0) -> str:
    """Return the path of a program named espeak-ng in ``folder``; it adds what it would say to ``folder/heard``."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "espeak-ng"
    text = _PROGRAM.format(python=sys.executable, heard=str(folder / "heard"), lasts_s=lasts_s)
    file.write_text(text, encoding="utf-8")
    file.chmod(0o755)
    return str(file)


def phrases(folder: Path) -> list[str]:
    """Return all that was said so far, in order."""
    file = folder / "heard"
    if not file.exists():
        return []
    return [line.split("\t", 1)[1] for line in file.read_text(encoding="utf-8").splitlines()]
