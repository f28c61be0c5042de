"""Starting again: the same process becomes a new one of the same command, with whatever it is then told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.cli.run import start_again

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


def test_under_systemd_it_ends_and_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/notify")
    start_again()  # anything else would be the end of this test's process
    for unit in ("anjungan.service", "anjungan-x11.service"):
        text = (ROOT / "config" / "systemd" / unit).read_text(encoding="utf-8")
        assert "\nRestart=always\n" in text
        assert "\nReadWritePaths=-/etc/anjungan\n" in text, "the configuration can be changed there"


def test_it_keeps_its_pid_and_its_words(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(mark), "--config", "a b.toml"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"},
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )
    first, second = done.stdout.splitlines()
    assert first.endswith("False") and second.endswith("True")
    assert first.removesuffix("False") == second.removesuffix("True"), "same pid, same arguments"
