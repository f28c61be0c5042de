"""scripts/setup where it cannot go on: it says what to do, changes nothing and fails.

What it does where it can is shown by every other test: they run in the .venv it made.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SETUP = Path(__file__).resolve().parents[2] / "scripts" / "setup"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder that stands before the system's programs: an ordinary user without sudo on a bare Debian."""
    scripts = {
        "id": "echo 1000",
        "sudo": "exit 1",
        "dpkg-query": "echo 'installed xauth'; echo 'not-installed xvfb'",
        "apt-get": "echo apt-get must not run >&2; exit 99",
        "python3": f'exec "{sys.executable}" "$@"',
    }
    for name, body in scripts.items():
        file = tmp_path / name
        file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        file.chmod(0o755)
    return tmp_path


def run_setup(programs: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{programs}:{os.defpath}", "HOME": str(programs)}
    return subprocess.run(
        [SETUP, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_without_rights_it_names_the_command_to_run(programs: Path) -> None:
    result = run_setup(programs, "run")
    assert result.returncode == 1
    last = result.stderr.splitlines()[-1]
    assert "apt-get install --no-install-recommends xvfb " in last
    assert "xauth" not in last
    assert "apt-get must not run" not in result.stderr


def test_an_old_python_is_refused_with_what_is_needed(programs: Path) -> None:
    for name in ("python3", "python3.13", "python3.12", "python3.11"):
        file = programs / name
        file.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 || exit 1\n', encoding="utf-8")
        file.chmod(0o755)
    result = run_setup(programs, "run")
    assert result.returncode == 1
    assert "needs 64-bit Python 3.11, 3.12 or 3.13; found: Python 3.9.2" in result.stderr


def test_an_unknown_level_is_misuse(programs: Path) -> None:
    result = run_setup(programs, "everything")
    assert result.returncode == 2
    assert "allowed: run, dev" in result.stderr
