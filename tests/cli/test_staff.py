"""``main.py staff`` as a technician runs it: real processes, PINs on standard input and on a real terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PIN = "271828"


def command(state: Path, *arguments: str) -> list[str]:
    return [sys.executable, "main.py", "staff", *arguments, "--state", str(state)]


def clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("ANJUNGAN_")}


def staff(state: Path, *arguments: str, pin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(state, *arguments),
        cwd=ROOT,
        env=clean(),
        input=f"{pin}\n",
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A unit at which Ani works."""
    folder = tmp_path / "state"
    done = staff(folder, "add", "Ani", pin=PIN)
    assert done.returncode == 0, done.stderr
    return folder


def test_people_come_change_and_go(state: Path) -> None:
    assert staff(state, "add", "Budi", "--role", "technician", pin="161803").returncode == 0
    told = json.loads(staff(state, "list", "--json").stdout)
    assert told == {
        "people": [{"name": "Ani", "role": "staff"}, {"name": "Budi", "role": "technician"}],
        "wrong_pins": 0,
        "kiosk_lock": None,
    }
    assert staff(state, "pin", "Ani", pin="314159").returncode == 0
    assert staff(state, "remove", "Budi").returncode == 0
    listed = staff(state, "list").stdout
    assert "Ani" in listed
    assert "Budi" not in listed
    assert staff(state, "unlock").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "pin", "code"),
    [
        (("add", "Citra"), "123456", "E-STF-01"),
        (("add", "Citra"), PIN, "E-STF-01"),  # Ani's
        (("pin", "Citra"), "161803", "E-STF-02"),
        (("remove", "Citra"), "", "E-STF-02"),
        (("add", "Ani"), "161803", "E-STF-03"),
        (("add", " "), "161803", "E-STF-03"),
    ],
)
def test_what_is_refused_changes_nothing(
    state: Path, arguments: tuple[str, ...], pin: str, code: str
) -> None:
    done = staff(state, *arguments, pin=pin)
    assert done.returncode == 1
    assert code in done.stderr
    assert "Traceback" not in done.stderr
    assert PIN not in done.stdout + done.stderr
    assert [one["name"] for one in json.loads(staff(state, "list", "--json").stdout)["people"]] == ["Ani"]


@pytest.mark.parametrize(("again", "code"), [("161803", 0), ("161804", 1)])
def test_at_a_terminal_the_pin_is_typed_twice_and_not_shown(state: Path, again: str, code: int) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command(state, "add", "Budi"), cwd=ROOT, env=clean(), stdin=theirs, stdout=theirs, stderr=theirs,
        start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    answers = ["161803", again]
    try:
        while chunk := os.read(ours, 1000):
            shown += chunk
            if chunk.rstrip().endswith(b":") and answers:
                os.write(ours, f"{answers.pop(0)}\n".encode())
    except OSError:  # the other end is closed: how a terminal tells its end (EIO)
        assert process.wait(timeout=30) == code
    finally:
        os.close(ours)
        process.wait(timeout=30)
    assert process.returncode == code
    assert b"161803" not in shown
    if code:
        assert b"E-STF-04" in shown
