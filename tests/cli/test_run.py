"""Starting again: the same process becomes a new one of the same command, with whatever it is then told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import os, pathlib, sys
from kiosk.cli.run import start_again
mark = pathlib.Path(sys.argv[1])
print(os.getpid(), sys.argv[1:], mark.exists())
if not mark.exists():
    mark.touch()
    start_again()
"""


def test_it_keeps_its_pid_and_its_words(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(mark), "--config", "a b.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    first, second = done.stdout.splitlines()
    assert first.endswith("False") and second.endswith("True")
    assert first.removesuffix("False") == second.removesuffix("True"), "same pid, same arguments"
