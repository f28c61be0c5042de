"""Several processes, some of them killed: never a paper without a row, never a number twice, never a second paper."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kiosk import settings, site
from kiosk.clock import SystemClock
from kiosk.desk_setup import open_desk
from kiosk.store import NAME, journal
from printer import profiles
from printer.virtual.device import VirtualPrinter
from printer.virtual.folder import as_text
from printer.virtual.model import Paper
from printer.virtual.server import Server

ROOT = Path(__file__).resolve().parents[2]
DRIVER = Path(__file__).with_name("desk_driver.py")


@dataclass
class Hall:
    """A printer that outlives the desks, and the state folder they leave behind."""

    state: Path
    port: int
    papers: list[Paper] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "ANJUNGAN_KIOSK__IGNORE_HOURS": "true",
            "ANJUNGAN_PRINTER__TRANSPORT": "network",
            "ANJUNGAN_PRINTER__HOST": "127.0.0.1",
            "ANJUNGAN_PRINTER__PORT": str(self.port),
            "PYTHONPATH": str(ROOT),
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(DRIVER), arguments[0], str(self.state), *arguments[1:]],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def recover(self) -> None:
        """Start once more, as the kiosk would."""
        configuration = settings.load(None, self.environment)
        data = site.load(configuration.site_dir)
        open_desk(configuration, self.state, data, SystemClock()).close()

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.state / NAME)) as db:
            return db.execute(sql).fetchall()

    def check(self) -> int:
        """Hold what must hold after any crash; the number of tickets."""
        assert self.rows("PRAGMA integrity_check") == [("ok",)]
        states = dict(self.rows("SELECT display, state FROM tickets"))
        numbers = [number for (number,) in self.rows("SELECT number FROM tickets ORDER BY number")]
        assert numbers == list(range(1, len(numbers) + 1))
        # A printer starved of its time answers too late: not printed, and then nothing of it is on paper.
        assert set(states.values()) <= {"printed", "unconfirmed", "voided", "not_printed"}

        printed: list[str] = []
        for paper in self.papers:
            found = re.findall(r"^C-\d{3}$", as_text(paper), re.MULTILINE)
            assert len(found) <= 1, "two tickets on one paper"
            printed += found
        assert printed
        assert len(set(printed)) == len(printed), "a second paper"
        assert {states[number] for number in printed} <= {"printed", "unconfirmed"}
        assert {number for number, state in states.items() if state == "printed"} <= set(printed)

        assert [seq for (seq,) in self.rows("SELECT seq FROM outbox ORDER BY seq")] == list(
            range(1, self.rows("SELECT count(*) FROM outbox")[0][0] + 1)  # type: ignore[operator]
        )
        told = self.rows(
            "SELECT t.display FROM tickets t WHERE (SELECT count(*) FROM outbox o WHERE o.ticket = t.uuid) <> 2"
        )
        assert told == [], "every ticket is told twice: issued, and what became of it"
        record = journal.read(self.state / journal.NAME)
        assert record is not None
        assert {one.number for one in record.given} >= set(numbers)
        return len(numbers)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    papers: list[Paper] = []
    with Server.on_tcp(
        VirtualPrinter(profiles.load("generic-80").dots, papers.append), "127.0.0.1", 0
    ) as server:
        yield Hall(tmp_path / "state", server.port, papers)


def killed(run: subprocess.CompletedProcess[str]) -> int:
    assert run.returncode == 0, run.stdout + run.stderr
    return int(run.stdout.split()[-1])


@pytest.mark.timeout(180)
def test_killed_before_every_single_step(hall: Hall) -> None:
    count = killed(hall.run("steps"))
    assert count > 30
    hall.recover()
    assert hall.check() > 10


@pytest.mark.timeout(180)
def test_killed_at_random_moments(hall: Hall) -> None:
    count = int(os.environ.get("KILLS", "40"))
    assert killed(hall.run("moments", str(count), "20261124")) == count
    hall.recover()
    assert hall.check() > 0


def test_two_processes_issue_at_once(hall: Hall) -> None:
    """Numbers distinct and without a gap, papers never mixed, each process in its own order."""
    command = [sys.executable, str(DRIVER), "issue", str(hall.state), "20"]
    with ExitStack() as stack:
        desks = [
            stack.enter_context(
                subprocess.Popen(
                    command,
                    env=hall.environment,
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(2)
        ]
        for desk in desks:
            assert desk.stdout is not None
            assert desk.stdout.readline() == "ready\n"
        for desk in desks:
            assert desk.stdin is not None
            desk.stdin.write("go\n")
            desk.stdin.flush()
        answers = [desk.communicate(timeout=50)[0].splitlines() for desk in desks]
    assert [desk.returncode for desk in desks] == [0, 0]
    assert all(answer == sorted(answer) and len(answer) == 20 for answer in answers)
    assert sorted(answers[0] + answers[1]) == [f"C-{number:03} printed" for number in range(1, 41)]
    assert hall.check() == len(hall.papers) == 40
