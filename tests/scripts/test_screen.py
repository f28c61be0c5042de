"""What the package does on the kiosk's wish for its screen: this unit's own command, the backlight, or X11."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    for folder in ("run/anjungan", "usr/local/sbin", "bin", "sys/class/backlight"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def program(path: Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def wish(machine: Path, word: str) -> None:
    (machine / "run/anjungan/screen").write_text(f"{word}\n")
    script = (ROOT / "packaging" / "anjungan-screen").read_text()
    for folder in ("/run/", "/usr/local/", "/sys/"):
        script = script.replace(folder, f"{machine}{folder}")
    environment = {"PATH": f"{machine}/bin:{os.defpath}"}
    subprocess.run(["sh", "-euc", script], env=environment, check=True, timeout=20)


def test_a_backlight_is_switched_and_a_word_that_is_no_wish_is_not(machine: Path) -> None:
    light = machine / "sys/class/backlight/10-0045/bl_power"
    light.parent.mkdir()
    light.write_text("0")
    wish(machine, "off")
    assert light.read_text().strip() == "4"
    for word in ("$(reboot)", "", "OFF", "on off"):
        wish(machine, word)
        assert light.read_text().strip() == "4"
    wish(machine, "on")
    assert light.read_text().strip() == "0"


def test_a_unit_s_own_command_comes_first(machine: Path) -> None:
    light = machine / "sys/class/backlight/panel/bl_power"
    light.parent.mkdir()
    light.write_text("0")
    program(machine / "usr/local/sbin/anjungan-panel", f'echo "$@" >>{machine}/said')
    wish(machine, "off")
    wish(machine, "on")
    assert (machine / "said").read_text() == "off\non\n"
    assert light.read_text() == "0"


def test_the_x_server_s_panel_is_switched_by_dpms_with_its_key(machine: Path) -> None:
    program(machine / "bin/xset", f'echo "$DISPLAY $@" >>{machine}/said')
    wish(machine, "off")
    assert not (machine / "said").exists(), "no X server of ours: nobody's screen is touched"
    (machine / "run/anjungan-xserver").mkdir()
    (machine / "run/anjungan-xserver/authority").touch()
    wish(machine, "off")
    wish(machine, "on")
    assert (machine / "said").read_text().splitlines() == [
        ":0 +dpms dpms 0 0 0",
        ":0 dpms force off",
        ":0 dpms force on",
    ]
