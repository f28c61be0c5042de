"""``main.py printer``, as a technician types it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from kiosk.cli import main

ROOT = Path(__file__).parents[2]
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run ``main.py printer …`` here: exit code, standard output, standard error."""
    monkeypatch.setenv("ANJUNGAN_PRINTER__DEADLINE_S", "1.5")

    def run(*words: str, **keys: object) -> tuple[int, str, str]:
        for key, value in keys.items():
            monkeypatch.setenv(f"ANJUNGAN_PRINTER__{key.upper()}", str(value))
        code = main(["printer", *words, "--state", str(tmp_path / "state")])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], str]]]:
    """Start ``printer simulate`` as its own process; gives it and the place it says it is at."""
    running: list[subprocess.Popen[str]] = []

    def start(*words: str) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [sys.executable, "main.py", "printer", "simulate", "--out", str(tmp_path / "papers"), *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        running.append(process)
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready.startswith("virtual printer on "), process.stderr.read() if process.stderr else ""
        return process, ready.split()[3]

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=10)


def test_status_of_a_well_printer(command: Command) -> None:
    code, out, _ = command("status", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["ok"] is True
    assert found["cause"] is None
    assert found["readiness"] == "ok"
    assert found["left_tickets"] > 500
    assert {found[item] for item in ("link", "online", "cover", "paper", "cutter", "error")} == {"ok"}
    code, out, _ = command("status")
    assert code == 0
    assert out.splitlines()[-1] == "ready"


def test_a_printer_without_paper(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "state" / "paper"
    folder.mkdir(parents=True)
    (folder / "faults.txt").write_text("paper_out")
    code, out, _ = command("status", "--json")
    assert (code, json.loads(out)["cause"], json.loads(out)["paper"]) == (1, "paper_out", "bad")
    code, out, _ = command("test", "--json")
    assert (code, json.loads(out)["outcome"], json.loads(out)["cause"]) == (1, "not_printed", "paper_out")
    code, out, _ = command("test")
    assert code == 1
    assert "put a new roll in" in out
    assert [path.name for path in folder.iterdir()] == ["faults.txt"]


def test_the_test_paper_comes_out(command: Command, tmp_path: Path) -> None:
    code, out, _ = command("test", "--json")
    found = json.loads(out)
    assert (code, found["outcome"], found["cause"]) == (0, "printed", None)
    assert list(found)[-2:] == ["outcome", "cause"]
    picture = Image.open(tmp_path / "state" / "paper" / "paper-000001.png")
    assert [read.text for read in zxingcpp.read_barcodes(picture)] == ["UJI-CETAK"]


@pytest.mark.parametrize(("profile", "width"), [("generic-80", 720), ("generic-58", 544)])
def test_the_preview_is_a_ticket(command: Command, tmp_path: Path, profile: str, width: int) -> None:
    file = tmp_path / "new" / "ticket.png"
    code, out, _ = command("preview", "--json", "--profile", profile, "--out", str(file))
    found = json.loads(out)
    assert code == 0
    assert found["file"] == str(file)
    assert found["bytes"] <= 600
    picture = Image.open(file)
    assert picture.width == width
    assert len(zxingcpp.read_barcodes(picture)) == 1


def test_a_preview_that_cannot_be_written_says_so(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, _, err = command("preview", "--out", str(tmp_path / "file" / "ticket.png"))
    assert code == 1
    assert "E-PRN-30" in err
    assert "ticket.png" in err


@pytest.mark.parametrize("action", ["status", "test", "detect"])
def test_an_address_that_does_not_suit_is_told_with_what_is_allowed(command: Command, action: str) -> None:
    code, out, err = command(action, "--json", transport="usb", device="lp0")
    assert code == 1
    assert json.loads(out)["code"] == "E-PRN-04"
    assert "allowed: usb" in err


@pytest.mark.parametrize("way", ["serial", "file"])
def test_each_way_to_a_device_prints(command: Command, simulator, tmp_path: Path, way: str) -> None:  # type: ignore[no-untyped-def]
    simulator("--pty", str(tmp_path / "tty"))
    code, out, _ = command("test", "--json", transport=way, device=tmp_path / "tty", flow="xonxoff")
    assert (code, json.loads(out)["outcome"]) == (0, "printed"), out


def test_an_unreachable_printer(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    where = {"transport": "network", "host": "127.0.0.1", "port": port}
    code, out, _ = command("status", "--json", **where)
    assert (code, json.loads(out)["cause"]) == (1, "unreachable")
    code, out, _ = command("test", "--json", **where)
    assert (code, json.loads(out)["outcome"], json.loads(out)["cause"]) == (1, "not_printed", "unreachable")
    code, out, err = command("detect", **where)
    assert code == 1
    assert "E-PRN-11" in err


def test_a_missing_device_is_not_created(command: Command, tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    code, out, _ = command("test", "--json", transport="file", device=device)
    assert (code, json.loads(out)["cause"]) == (1, "unreachable")
    assert not device.exists()


def test_detect_says_what_is_answered(command: Command) -> None:
    code, out, _ = command("detect", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["dle_eot"] == {"1": "12", "2": "12", "3": "12", "4": "12"}
    assert found["profile_lines"] == {"status": [4, 1, 2, 3], "fence": "gs_r"}
    assert found["kept"] is True
    assert "pos-80" in found["profiles"]
    code, out, _ = command("detect", profile="epson-tm-t88v")
    assert "DLE EOT 4 (paper sensor): answered 12" in out
    assert "GS ( H (end of a job, by name): answered" in out


def test_what_detect_finds_is_used_from_then_on(command: Command, simulator) -> None:  # type: ignore[no-untyped-def]
    _, place = simulator("--tcp", "127.0.0.1:0", "--fault", "garbage=255")
    where = {"transport": "network", "host": "127.0.0.1", "port": place.rpartition(":")[2]}
    code, out, _ = command("detect", **where)
    assert code == 0
    assert "DLE EOT 4 (paper sensor): garbage ff" in out
    assert "asked each time anew" in out
    _, place = simulator("--tcp", "127.0.0.1:0")
    code, out, _ = command("detect", "--json", **where | {"port": place.rpartition(":")[2]})
    assert json.loads(out)["kept"] is True
    code, out, _ = command("test", "--json")
    assert "answered the end of the job" in json.loads(out)["detail"]


def test_the_roll_is_counted_and_changed(command: Command) -> None:
    code, out, _ = command("roll", "--json")
    assert (code, json.loads(out)["tickets"]) == (0, 0)
    assert command("test")[0] == 0
    code, out, _ = command("roll", "--json", roll_m=30)
    found = json.loads(out)
    assert (found["tickets"], found["changed"], found["low"], found["roll_m"]) == (1, False, False, 30)
    assert 100 < found["left_tickets"] < 400
    assert found["used_mm"] > 80
    code, out, _ = command("roll")
    assert "since the last change: 1 papers" in out
    code, out, _ = command("roll", "--changed")
    assert code == 0
    assert "a new roll" in out
    code, out, _ = command("status", "--json", roll_m=2)
    assert (code, json.loads(out)["readiness"], json.loads(out)["cause"]) == (0, "low", "paper_low")
    code, out, _ = command("roll", "--json", roll_m=0)
    assert (json.loads(out)["tickets"], json.loads(out)["left_tickets"]) == (0, None)


@pytest.mark.parametrize(
    "words",
    [
        ["simulate"],
        ["simulate", "--tcp", "9100"],
        ["simulate", "--tcp", "127.0.0.1:99999"],
        ["simulate", "--tcp", "127.0.0.1:0", "--pty", "x"],
        ["simulate", "--tcp", "127.0.0.1:0", "--fault", "fire"],
        ["simulate", "--tcp", "127.0.0.1:0", "--fault", "slow=fast"],
        ["simulate", "--tcp", "127.0.0.1:0", "--fault", "slow=0"],
        ["simulate", "--tcp", "127.0.0.1:0", "--fault", "silent=1"],
        ["frobnicate"],
    ],
)
def test_misuse_is_exit_code_2(command: Command, words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        command(*words)
    assert caught.value.code == 2


def test_simulating_on_tcp(command: Command, simulator, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    process, place = simulator("--tcp", "127.0.0.1:0")
    port = place.rpartition(":")[2]
    code, out, _ = command("test", "--json", transport="network", host="127.0.0.1", port=port)
    assert (code, json.loads(out)["outcome"]) == (0, "printed")
    assert process.stdout.readline().strip() == str(tmp_path / "papers" / "paper-000001.png")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert process.stderr.read() == ""


def test_simulating_on_a_pseudo_terminal_with_a_fault(command: Command, simulator, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "lp0"
    process, place = simulator("--pty", str(path), "--fault", "cover_open")
    assert place == str(path)
    code, out, _ = command("test", "--json", transport="file", device=path)
    assert (code, json.loads(out)["outcome"], json.loads(out)["cause"]) == (1, "not_printed", "cover_open")
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    assert not path.is_symlink()


def test_a_silent_printer_is_unconfirmed_and_done(command: Command, simulator) -> None:  # type: ignore[no-untyped-def]
    _, place = simulator("--tcp", "127.0.0.1:0", "--fault", "silent")
    where = {"transport": "network", "host": "127.0.0.1", "port": place.rpartition(":")[2]}
    began = time.monotonic()
    code, out, _ = command("test", "--json", **where)
    assert (code, json.loads(out)["outcome"], json.loads(out)["cause"]) == (0, "unconfirmed", None)
    assert time.monotonic() - began < 10
    code, out, _ = command("status", **where)
    assert code == 0
    assert out.splitlines()[-1] == "no answer: nothing is known"
    code, out, _ = command("detect", **where)
    assert "says nothing" in out


def test_simulating_on_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        run = subprocess.run(
            [sys.executable, "main.py", "printer", "simulate", "--tcp", place],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert run.returncode == 1
    assert "E-PRN-20" in run.stderr
