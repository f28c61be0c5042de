"""``main.py trip`` as staff of a mobile unit run it: real processes, a real ticket."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOBILE = {
    "ANJUNGAN_KIOSK__MOBILE": "true",
    "ANJUNGAN_KIOSK__KIOSK_DIGIT": "7",
    "ANJUNGAN_KIOSK__IGNORE_HOURS": "true",
}


def main(state: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ANJUNGAN_")}
    return subprocess.run(
        [sys.executable, "main.py", *arguments, "--state", str(state)],
        cwd=ROOT,
        env=clean | MOBILE | changes,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def test_a_trip_there_and_back(tmp_path: Path) -> None:
    state = tmp_path / "state"
    done = main(state, "trip", "start", "  Balai Desa \u201cKamal\u201d ", "--who", "Siti", "--json")
    assert json.loads(done.stdout) == {"place": "Balai Desa “Kamal”", "recent": ["Balai Desa “Kamal”"]}
    ticket = json.loads(main(state, "issue", "C01", "--json").stdout)
    assert ticket["number"] == "C-7001", "its own band"
    shown = json.loads(main(state, "tickets", "show", "C-7001", "--json").stdout)
    assert shown["events"][0]["body"]["place"] == "Balai Desa “Kamal”"
    ended = main(state, "trip", "end")
    assert (ended.returncode, ended.stdout.splitlines()[0]) == (0, "at its site")
    assert main(state, "trip", "show").stdout.endswith("before: Balai Desa “Kamal”\n")


def test_what_is_refused_and_what_is_warned_of(tmp_path: Path) -> None:
    state = tmp_path / "state"
    refused = main(state, "trip", "start", "Balai", ANJUNGAN_KIOSK__MOBILE="false")
    assert (refused.returncode, refused.stderr[:8]) == (1, "E-TRP-01")
    refused = main(state, "trip", "start", "   ")
    assert (refused.returncode, refused.stderr[:8]) == (1, "E-TRP-02")
    warned = main(state, "trip", "start", "Balai", ANJUNGAN_KIOSK__KIOSK_DIGIT="0")
    assert warned.returncode == 0
    assert "kiosk_digit is 0" in warned.stderr
