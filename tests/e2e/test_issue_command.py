"""``main.py issue`` and ``main.py tickets`` as a person runs them: real processes, a real folder, real paper."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Command:
    """``main.py`` with a state folder of its own."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ANJUNGAN_")},
            "ANJUNGAN_KIOSK__IGNORE_HOURS": "true",
        }

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "main.py", *arguments, "--state", str(self.state)],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )

    def fail(self, fault: str) -> None:
        papers = self.state / "paper"
        papers.mkdir(parents=True, exist_ok=True)
        (papers / "faults.txt").write_text(f"{fault}\n", encoding="utf-8")

    def papers(self) -> list[str]:
        return [
            path.read_text(encoding="utf-8") for path in sorted((self.state / "paper").glob("paper-*.txt"))
        ]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command(tmp_path / "state")


def document(run: subprocess.CompletedProcess[str]) -> dict[str, object]:
    """The one JSON document on standard output."""
    (line,) = run.stdout.splitlines()
    found: dict[str, object] = json.loads(line)
    return found


def test_a_ticket_is_issued_printed_and_listed(command: Command) -> None:
    run = command("issue", "C01", "--priority", "--language", "en", "--json")
    assert (run.returncode, run.stderr) == (0, "")
    issued = document(run)
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", str(issued["ticket"])
    )
    assert {key: issued[key] for key in ("number", "service", "outcome", "cause")} == {
        "number": "C-001",
        "service": "C01",
        "outcome": "printed",
        "cause": None,
    }
    (paper,) = command.papers()
    assert "C-001" in paper
    assert "PRIORITY" in paper
    assert f"[QR] {issued['qr']}" in paper

    listed = document(command("tickets", "list", "--json"))
    (ticket,) = listed["tickets"]  # type: ignore[misc]
    assert (ticket["ticket"], ticket["state"], ticket["priority"]) == (issued["ticket"], "printed", True)


def test_a_ticket_is_found_reprinted_and_voided_by_whatever_names_it(command: Command) -> None:
    issued = document(command("issue", "C01", "--json"))
    for name in (str(issued["ticket"]), "C-001", "c1", str(issued["qr"])):
        shown = document(command("tickets", "show", name, "--json"))
        assert shown["ticket"] == issued["ticket"]

    reprinted = command("tickets", "reprint", "C-001", "--why", "kertas sobek", "--who", "petugas", "--json")
    assert reprinted.returncode == 0
    assert document(reprinted)["copies"] == 1
    assert "SALINAN 1" in command.papers()[1]

    assert command("tickets", "void", "C-001", "--why", "salah layanan").returncode == 0
    again = command("tickets", "void", "C-001", "--why", "salah layanan")
    assert again.returncode == 1
    assert again.stderr.startswith("E-DSK-05: C-001 is voided (salah layanan)")
    history = document(command("tickets", "show", "C-001", "--json"))["events"]
    assert [event["type"] for event in history] == [  # type: ignore[attr-defined]
        "ticket.issued",
        "ticket.printed",
        "ticket.reprinted",
        "ticket.voided",
    ]


def test_without_paper_the_number_is_voided_unless_kept(command: Command) -> None:
    command.fail("paper_out")
    run = command("issue", "C01", "--json")
    assert run.returncode == 1
    refused = document(run)
    assert (refused["number"], refused["outcome"], refused["cause"], refused["state"]) == (
        "C-001",
        "not_printed",
        "paper_out",
        "voided",
    )
    run = command("issue", "C01", "--json", "--keep")
    assert run.returncode == 1
    assert (document(run)["outcome"], document(run)["state"]) == ("not_printed", "not_printed")
    shown = document(command("tickets", "show", "C-002", "--json"))
    assert (shown["state"], shown["kept"]) == ("not_printed", True)
    assert command.papers() == []


@pytest.mark.parametrize(
    ("arguments", "environment", "cause"),
    [
        (("X99",), {}, "unknown_service"),
        (("C01",), {"ANJUNGAN_KIOSK__NUMBERING": "central"}, "E-DSK-03"),
        (("C01",), {"ANJUNGAN_PRINTER__PROFILE": "none-such"}, "E-PRN-01"),
    ],
)
def test_a_refusal_names_its_cause(
    command: Command, arguments: tuple[str, ...], environment: dict[str, str], cause: str
) -> None:
    run = command("issue", *arguments, "--json", **environment)
    assert run.returncode == 1
    refused = document(run)
    assert (refused["outcome"], refused["cause"], refused["ticket"]) == ("refused", cause, None)
    assert len(str(refused["message"])) > 20
    plain = command("issue", *arguments, **environment)
    assert plain.returncode == 1
    assert cause in plain.stdout + plain.stderr


def test_a_damaged_store_is_told_and_the_next_run_goes_on(command: Command) -> None:
    document(command("issue", "C01", "--json"))
    (command.state / "anjungan.db").write_bytes(b"not a database" * 1000)
    run = command("issue", "C01", "--json")
    assert run.returncode == 1
    assert document(run)["cause"] == "E-STO-02"
    assert len(list(command.state.glob("anjungan.db.broken-*"))) == 1
    assert document(command("issue", "C01", "--json"))["number"] == "C-002"


def test_a_day_is_exported_as_csv_and_json(command: Command, tmp_path: Path) -> None:
    document(command("issue", "C01", "--json"))
    rows = list(csv.DictReader(io.StringIO(command("tickets", "export").stdout)))
    assert [(row["number"], row["state"]) for row in rows] == [("C-001", "printed")]
    assert "token" not in rows[0]

    target = tmp_path / "tickets.json"
    run = command("tickets", "export", "--out", str(target))
    assert (run.returncode, run.stdout) == (0, "")
    assert json.loads(target.read_text(encoding="utf-8"))["tickets"][0]["number"] == "C-001"
    assert command("tickets", "export", "--out", str(tmp_path / "no" / "x.csv")).returncode == 1
    empty = command("tickets", "list", "--day", "2026-01-01")
    assert empty.stdout == "0 tickets on 2026-01-01\n"


def test_misuse_is_exit_code_two(command: Command) -> None:
    assert command("issue").returncode == 2
    assert command("tickets", "list", "--day", "tomorrow").returncode == 2
    assert command("tickets", "void", "C-001").returncode == 2
    assert command("tickets", "show", "C-001").returncode == 1
