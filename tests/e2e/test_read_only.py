"""A kiosk on a read-only root: the state folder is all that it must keep.

Everything is mounted read-only, home, ``/tmp`` and the program included, in a mount namespace of its own; what is
temporary goes to a folder in memory, which is gone with the process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.test_supervisor import ROOT, Supervisor

HELPER = ROOT / "tests" / "support" / "read_only.py"
NAMESPACE = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]


def closed(state: Path) -> list[str]:
    """What to put before a command."""
    return [*NAMESPACE, sys.executable, str(HELPER), str(state)]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The one writable folder; skips where this machine lets nobody make a namespace."""
    folder = tmp_path / "state"
    folder.mkdir()
    try:
        tried = subprocess.run(
            [*closed(folder), "true"], capture_output=True, text=True, timeout=30, check=False
        )
    except FileNotFoundError:
        pytest.skip("needs unshare (util-linux)")
    if tried.returncode != 0 and ("unshare" in tried.stderr or "PermissionError" in tried.stderr):
        pytest.skip(f"this machine allows no mount namespace: {tried.stderr.strip().splitlines()[-1]}")
    assert tried.returncode == 0, tried.stderr
    return folder


pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def environment() -> dict[str, str]:
    """As the unit's: a cache folder that is nobody's to write."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ANJUNGAN_")}
    return clean | {"ANJUNGAN_KIOSK__IGNORE_HOURS": "true", "PYTHONDONTWRITEBYTECODE": "1"}


def command(state: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*closed(state), sys.executable, "main.py", *words, "--state", str(state)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_commands_write_to_the_state_folder_alone(state: Path) -> None:
    issued = command(state, "issue", "C01", "--json")
    assert issued.returncode == 0, issued.stderr
    assert json.loads(issued.stdout)["outcome"] == "printed"
    told = json.loads(command(state, "doctor", "--json").stdout)
    levels = {finding["check"]: finding["level"] for finding in told["findings"]}
    assert (levels["disk"], levels["store"], levels["site"]) == ("ok", "ok", "ok")
    backed_up = command(state, "backup", str(state / "unit.zip"))
    assert backed_up.returncode == 0, backed_up.stderr
    refused = command(state, "backup", str(state.parent / "unit.zip"))
    assert refused.returncode == 1 and "E-BAK-02" in refused.stderr


class ReadOnly(Supervisor):
    """Starts the kiosk where nothing but its state can be written."""

    @property
    def before(self) -> list[str]:
        return closed(self.state)


def test_the_window_comes_up_and_serves(state: Path, tmp_path: Path) -> None:
    it = ReadOnly(tmp_path)
    try:
        it.start()
        it.wait_for("READY=1")
        it.wait_for("STATUS=the desk serves")
        it.wait_for("WATCHDOG=1")
        assert it.ticket() == "C-001"
        log = (state / "logs" / "kiosk.log").read_text()
        assert "first frame" in log and "Read-only file system" not in log
    finally:
        it.kill()
        it.sock.close()
