"""``main.py setup`` from end to end in its own process: a new unit, a printer on a socket, the first ticket."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk import settings
from printer.profiles import load
from printer.virtual.device import VirtualPrinter
from printer.virtual.model import Paper
from printer.virtual.server import Server

ROOT = Path(__file__).resolve().parents[2]
PINS = "271828\n161803\n"


class Unit:
    """A unit out of its box: the configuration as the package ships it, and an empty state folder."""

    def __init__(self, folder: Path) -> None:
        self.config, self.state = folder / "etc/kiosk.toml", folder / "state"
        self.config.parent.mkdir()
        text = settings.DEFAULT_FILE.read_text(encoding="utf-8")
        self.config.write_text(text.replace("set_up = true", "set_up = false"), encoding="utf-8")

    def run(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "main.py", *words, "--config", str(self.config), "--state", str(self.state)],
            cwd=ROOT,
            input=typed,
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )

    def settings(self) -> settings.Settings:
        return settings.load(self.config, {})


@pytest.fixture
def unit(tmp_path: Path) -> Unit:
    return Unit(tmp_path)


@pytest.fixture
def printer() -> Iterator[tuple[str, list[Paper]]]:
    papers: list[Paper] = []
    with Server.on_tcp(VirtualPrinter(load("generic-80").dots, papers.append), "127.0.0.1", 0) as server:
        yield f"network:127.0.0.1:{server.port}", papers


def test_from_the_box_to_the_first_ticket(unit: Unit, printer: tuple[str, list[Paper]]) -> None:
    name, papers = printer
    answers = ["--digit", "2", "--diagonal", "10.1", "--scanner", "keyboard", "--sound", "silent"]
    done = unit.run(
        "setup", "--json", *answers, "--printer", name, "--zone", "wita", "--pin-stdin", typed=PINS
    )
    document: dict[str, Any] = json.loads(done.stdout)
    assert list(document["steps"]) == [
        "language", "site", "server", "digit", "panel", "touch", "printer", "scanner", "sound", "zone", "pin",
    ]  # fmt: skip
    assert all(one["remedy"] or one["level"] == "unknown" for one in document["findings"]), (
        "each with what to do"
    )
    assert document["ok"] is (done.returncode == 0)
    assert len(papers) == 1, "the test paper"
    ready = unit.settings()
    assert ready.kiosk.set_up
    assert (ready.kiosk.kiosk_digit, ready.display.diagonal_inch, ready.scanner.device) == (
        2,
        10.1,
        "keyboard",
    )
    assert (ready.printer.transport, f"network:{ready.printer.host}:{ready.printer.port}") == (
        "network",
        name,
    )
    assert "# The panel's diagonal" in unit.config.read_text(encoding="utf-8"), "comments stay"
    assert 'timezone = "Asia/Makassar"' in (unit.config.parent / "sites/bangkalan/site.toml").read_text()
    assert "271828" not in "".join(
        path.read_text("latin-1") for path in unit.state.rglob("*") if path.is_file()
    )
    people = json.loads(unit.run("staff", "list", "--json").stdout)["people"]
    assert people == [{"name": "Petugas", "role": "staff"}, {"name": "Teknisi", "role": "technician"}]
    unit.config.write_text(unit.config.read_text().replace("ignore_hours = false", "ignore_hours = true"))
    issued = json.loads(unit.run("issue", "C01", "--json").stdout)
    assert (issued["number"], issued["outcome"]) == ("C-2001", "printed")
    assert len(papers) == 2


def test_what_is_missing_is_said_and_the_rest_is_kept(unit: Unit) -> None:
    done = unit.run("setup", "--json", "--diagonal", "15.6")
    assert done.returncode == 1
    assert "E-SET-01" in done.stderr and "--pin-stdin" in done.stderr
    assert unit.settings().display.diagonal_inch == 15.6
    assert not unit.settings().kiosk.set_up
    before = unit.config.read_bytes()
    refused = unit.run("setup", "--resume", "--json", "--pin-stdin", typed="123456\n")
    assert refused.returncode == 1
    assert "E-SET-02" in refused.stderr and "too easy" in refused.stderr
    assert unit.config.read_bytes() == before
    assert json.loads(unit.run("staff", "list", "--json").stdout)["people"] == []
    unit.run("setup", "--resume", "--json", "--pin-stdin", typed="271828\n")
    assert unit.settings().kiosk.set_up
    assert unit.settings().display.diagonal_inch == 15.6


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--diagonal", "3"), "[display] diagonal_inch"),
        (("--printer", "network:127.0.0.1:1"), "printer"),
    ],
)
def test_what_is_refused_changes_nothing(unit: Unit, words: tuple[str, ...], told: str) -> None:
    before = unit.config.read_bytes()
    done = unit.run("setup", "--json", *words, "--pin-stdin", typed=PINS)
    assert done.returncode == 1
    assert "E-SET-02" in done.stderr and told in done.stderr
    assert unit.config.read_bytes() == before
