"""``main.py bundle``: everything a developer needs, and nothing of a person."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from kiosk.cli.bundle import scrub

ROOT = Path(__file__).resolve().parents[2]


def main(state: Path, *arguments: object, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ANJUNGAN_")}
    return subprocess.run(
        [sys.executable, "main.py", *map(str, arguments), "--state", str(state)],
        cwd=ROOT,
        env=clean | {"ANJUNGAN_KIOSK__IGNORE_HOURS": "true"} | environ,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def contents(archive: Path) -> dict[str, str]:
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name).decode() for name in opened.namelist()}


def test_nothing_of_a_person_and_no_secret_is_in_it(tmp_path: Path) -> None:
    state, archive = tmp_path / "state", tmp_path / "out" / "unit.zip"
    issued = json.loads(main(state, "issue", "C01", "--json").stdout)
    main(
        state,
        "tickets",
        "reprint",
        issued["ticket"],
        "--who",
        "Siti Rahayu",
        "--why",
        "hilang, Pak Budi 081234567890",
    )
    db = sqlite3.connect(state / "anjungan.db")
    (token,) = db.execute("SELECT token FROM tickets").fetchone()
    db.close()
    (state / "logs").mkdir()
    (state / "logs" / "kiosk.log").write_text(
        json.dumps({"event": f"page https://q.example/t/{token}", "nik": "3526010101900001", "of": token})
        + "\n"
    )
    done = main(
        state,
        "bundle",
        "--out",
        archive,
        ANJUNGAN_SERVER__URL="https://kiosk:s3cr3t-word@q.example/api?key=abc",
    )
    assert done.returncode == 0, done.stderr
    parts = contents(archive)
    whole = "\n".join(parts.values())
    for secret in (
        token,
        "Siti",
        "Rahayu",
        "Budi",
        "081234567890",
        "3526010101900001",
        "s3cr3t-word",
        "key=abc",
    ):
        assert secret not in whole, secret
    assert json.loads(parts["configuration.json"])["server"]["url"] == "https://***@q.example/api?***"
    audit = [json.loads(line) for line in parts["audit.jsonl"].splitlines()]
    (reprint,) = [line for line in audit if line["what"] == "ticket.reprinted"]
    assert reprint["who"] == "person 1"
    assert reprint["details"]["number"] == "C-001"


def test_it_holds_what_a_developer_needs(tmp_path: Path) -> None:
    state, archive = tmp_path / "state", tmp_path / "unit.zip"
    main(state, "issue", "C01")
    (state / "logs").mkdir()
    (state / "logs" / "kiosk.log").write_text('{"event": "screen"}\n')
    main(state, "bundle", "--out", archive)
    parts = contents(archive)
    assert json.loads(parts["doctor.json"])["findings"]
    assert json.loads(parts["versions.json"])["kivy"]
    assert "CREATE TABLE tickets" in parts["schema.sql"]
    assert json.loads(parts["tickets-by-day.json"])[0]["tickets"] == 1
    assert parts["logs/kiosk.log"] == '{"event": "screen"}\n'


@pytest.mark.parametrize("harm", ["no database", "damaged database", "bad configuration"])
def test_it_comes_whatever_is_broken(tmp_path: Path, harm: str) -> None:
    state, archive, config = tmp_path / "state", tmp_path / "unit.zip", tmp_path / "kiosk.toml"
    state.mkdir()
    config.write_text("[kiosk]\nnonsense = 1\n" if harm == "bad configuration" else "")
    if harm == "damaged database":
        (state / "anjungan.db").write_bytes(b"SQLite format 3\0" + b"\xa5" * 9000)
    done = main(state, "bundle", "--out", archive, "--config", config)
    assert done.returncode == 0, done.stderr
    parts = contents(archive)
    assert "audit.jsonl" in json.loads(parts["missing.json"])
    assert (b"SQLite" in (state / "anjungan.db").read_bytes()) if harm == "damaged database" else True
    if harm == "bad configuration":
        assert "nonsense" in json.loads(parts["configuration.json"])["faults"][0]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = main(tmp_path / "state", "bundle", "--out", tmp_path / "file" / "unit.zip")
    assert (done.returncode, done.stderr[:8]) == (1, "E-BUN-01")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("GET /t/abcDEF12 200", "GET /t/*** 200"),
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer ***"),
        ('"token": "abcdef"', '"token": "***"'),
        ("token Xa3_dEf6hIj9kLm2nOp5q- x", "token *** x"),
        ("of Xa3_dEf6hIj9kLm2nOp5qR.", "of ***."),
        ("of XaB_dEfGhIjKkLmMnOpQqR.", "of ***."),
        ("nik 3526010101900001,", "nik ***,"),
        ("call +6281234567890", "call ***"),
        ("mail budi@example.org", "mail ***"),
    ],
)
def test_what_is_scrubbed(text: str, left: str) -> None:
    assert scrub(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "01a20d73-a274-713c-9f3f-0302c688dcec",  # a ticket's id is no address
        '{"at": "2026-11-24T09:41:07.123+00:00", "level": "info"}',
        "E-PRN-11: 192.0.2.9:9100 could not be opened",
        "kiosk.ui.screens.not_printed",
        "free 80270000000 bytes",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert scrub(text) == text
