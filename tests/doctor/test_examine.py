"""The report as a whole: it always comes, sorted, in every language, as a table and as JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.doctor import Finding, Level, Machine, examine, say
from kiosk.doctor.examine import CHECKS, named_checks
from kiosk.i18n import languages

ROOT = Path(__file__).resolve().parents[2]


def fine(machine: Machine) -> Iterator[Finding]:
    yield Finding("fine", Level.OK, say("Kertas cukup."))


def ill(machine: Machine) -> Iterator[Finding]:
    yield Finding("ill", Level.FAIL, say("Kertas habis."), say("Pasang gulungan baru."))


def broken(machine: Machine) -> Iterator[Finding]:
    yield Finding("lost", Level.OK, say("Kertas cukup."))
    raise ZeroDivisionError("a fault of its own")


def test_the_worst_comes_first(bench) -> None:
    report = examine(bench.machine, {"fine": fine, "ill": ill})
    assert [finding.check for finding in report.findings] == ["ill", "fine"]
    assert report.worst is Level.FAIL
    assert report.document()["ok"] is False


def test_a_check_that_fails_is_a_finding_and_the_others_go_on(
    bench, caplog: pytest.LogCaptureFixture
) -> None:
    report = examine(bench.machine, {"broken": broken, "fine": fine})
    assert [(finding.check, finding.level) for finding in report.findings] == [
        ("broken", Level.UNKNOWN),
        ("fine", Level.OK),
    ]
    assert "ZeroDivisionError: a fault of its own" in report.findings[0].message.text("id")
    assert "broken" in caplog.text


def test_a_check_that_hangs_is_a_finding_and_the_report_comes(bench) -> None:
    release = threading.Event()

    def stuck(machine: Machine) -> Iterator[Finding]:
        release.wait(30)
        return iter(())

    report = examine(bench.machine, {"stuck": stuck, "fine": fine}, patience_s=0.3)
    release.set()
    assert [(finding.check, finding.level) for finding in report.findings] == [
        ("stuck", Level.UNKNOWN),
        ("fine", Level.OK),
    ]
    assert "0.3" in report.findings[0].message.text("en")


def test_each_check_has_a_module(bench) -> None:
    folder = ROOT / "kiosk" / "doctor" / "checks"
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == set(CHECKS)
    assert list(named_checks()) == list(CHECKS)


def test_this_machine_is_told_in_every_language_with_a_remedy_for_each_fault(bench) -> None:
    document = examine(bench.machine).document()
    assert json.loads(json.dumps(document))
    for finding in document["findings"]:
        assert set(finding["message"]) == set(languages()), finding
        if finding["level"] in ("fail", "warn"):
            assert set(finding["remedy"]) == set(languages()), finding


def run(state: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ANJUNGAN_")}
    return subprocess.run(
        [sys.executable, "main.py", "doctor", "--state", str(state), *arguments],
        cwd=ROOT,
        env=clean | environ,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def test_the_command_prints_one_document_and_fails_where_something_does(tmp_path: Path) -> None:
    done = run(
        tmp_path / "state",
        "--json",
        ANJUNGAN_PRINTER__TRANSPORT="file",
        ANJUNGAN_PRINTER__DEVICE="/dev/absent",
    )
    document = json.loads(done.stdout)
    levels = {finding["check"]: finding["level"] for finding in document["findings"]}
    assert levels["printer"] == "fail"
    assert levels["configuration"] == "ok"
    assert document["worst"] == "fail"
    assert done.returncode == 1


def test_the_command_prints_a_table_with_the_remedies(tmp_path: Path) -> None:
    done = run(tmp_path / "state", "--language", "en", ANJUNGAN_KIOSK__IGNORE_HOURS="true")
    assert "Set ignore_hours = false in the [kiosk] section." in done.stdout
    order = [
        line.split()[0] for line in done.stdout.splitlines() if line.split()[:1] and line.split()[0].isupper()
    ]
    assert order == sorted(order, key=["FAIL", "WARN", "UNKNOWN", "OK"].index)


def test_the_command_tells_a_bad_configuration_instead_of_failing_on_it(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text("[kiosk]\nsight = 1\n", encoding="utf-8")
    done = run(tmp_path / "state", "--json", "--config", str(config))
    assert done.returncode == 1, done.stderr
    faults = [f for f in json.loads(done.stdout)["findings"] if f["check"] == "configuration"]
    assert faults[0]["code"] == "E-CFG-02"
    assert "[kiosk] sight" in faults[0]["message"]["id"]


def test_looking_changes_nothing(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    run(state, "--json")
    left = [path.relative_to(state).as_posix() for path in state.rglob("*") if path.is_file()]
    assert not [name for name in left if not name.startswith("paper/")], left
