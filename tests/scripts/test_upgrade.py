"""A new version on trial: kept where it comes up healthy, else taken back with its state, and no number is lost.

The programs around it are small scripts; database, backup and restore are the real ones. The whole under the real
systemd and dpkg is tests/e2e/test_boot.py.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kiosk import settings, site, trial
from kiosk.core.availability import Closed
from kiosk.core.record import TicketState
from kiosk.core.visit import Issued
from kiosk.desk import Desk, TicketNotThus
from kiosk.desk_setup import open_desk
from kiosk.store import StoreTooNew
from tests.support.turnable_clock import TurnableClock

ROOT = Path(__file__).resolve().parents[2]
SERVICE = "anjungan.service"
WELL = "ActiveState=active\nStatusText=the desk serves\nInvocationID=a\nWatchdogTimestampMonotonic=$(cat n)"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("upgrade", ROOT / "packaging" / "upgrade.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["upgrade"] = module
    spec.loader.exec_module(module)
    return module


upgrade = load()


class PowerCut(BaseException):
    """The machine is off."""


@dataclass
class Machine:
    """A unit in a folder, with the version before kept beside the new one, as preinst leaves it."""

    root: Path
    now: float = 1000.0
    cut_at: int = 0
    """Before which program it loses its power; 0: never."""
    calls: list[str] = field(default_factory=list)
    bound_s: float = 6.0

    def __post_init__(self) -> None:
        for folder in ("opt/anjungan/bin", "opt/anjungan-previous/bin", "opt/anjungan-previous/units",
                       "var/lib/anjungan", "var/backups/anjungan", "etc/systemd/system", "usr/lib/systemd/system",
                       "bin"):  # fmt: skip
            (self.root / folder).mkdir(parents=True)
        shutil.copytree(ROOT / "config/sites", self.root / "etc/anjungan/sites")
        shutil.copy(ROOT / "config/kiosk.toml", self.root / "etc/anjungan/kiosk.toml")
        shutil.copytree(self.root / "etc/anjungan", self.root / "opt/anjungan-previous/etc")
        for folder in ("opt/anjungan-previous/units", "usr/lib/systemd/system"):
            (self.root / folder / SERVICE).write_text("[Service]\nExecStart=/old\n")
        self.script("opt/anjungan-previous/bin/anjungan", "exit 0")
        self.doctor()
        self.systemctl(WELL)

    # --- what stands around -----------------------------------------------------------------------------------------

    def script(self, name: str, body: str) -> None:
        path = self.root / name
        path.write_text(f"#!/bin/sh\ncd {self.root}\n{body}\n")
        path.chmod(0o755)

    def systemctl(self, shown: str, restart: str = "true") -> None:
        """``shown`` is how the new version is; the old one is always well. ``restart`` is what it does to the state."""
        self.script(
            "bin/systemctl",
            f"""
            echo "$1" >>calls
            n=$(cat n 2>/dev/null || echo 0); echo $((n + 1)) >n
            case $1 in
                restart) [ -e opt/anjungan-previous/in-use ] || {{ {restart}; }} ;;
                show) if [ -e opt/anjungan-previous/in-use ]; then printf '%s\\n' "{WELL}"
                      else printf '%s\\n' "{shown}"; fi ;;
            esac""",
        )

    def doctor(self, *fails: str) -> None:
        """The new program's doctor; the old program is this repository's."""
        report = json.dumps({"findings": [{"check": one, "level": "fail"} for one in fails]})
        self.script(
            "opt/anjungan/bin/anjungan",
            f"""
            if [ ! -e opt/anjungan-previous/in-use ]; then echo '{report}'; exit 0; fi
            exec {sys.executable} {ROOT}/main.py "$@" --config {self.root}/etc/anjungan/kiosk.toml --state {self.state}
            """,
        )

    @property
    def state(self) -> Path:
        return self.root / "var/lib/anjungan"

    @property
    def database(self) -> Path:
        return self.state / "anjungan.db"

    def open(self) -> Desk:
        configuration = settings.load(
            self.root / "etc/anjungan/kiosk.toml", {"ANJUNGAN_KIOSK__IGNORE_HOURS": "true"}
        )
        return open_desk(configuration, self.state, site.load(configuration.site_dir), TurnableClock())

    def give(self, count: int) -> list[str]:
        desk = self.open()
        answers = [desk.issue("C01") for _ in range(count)]
        desk.close()
        return [answer.number for answer in answers if isinstance(answer, Issued)]

    def back_up(self) -> None:
        file = self.root / "var/backups/anjungan/before-upgrade.zip"
        words = ["backup", "--force", str(file), "--state", str(self.state)]
        subprocess.run([sys.executable, ROOT / "main.py", *words], cwd=ROOT, check=True, capture_output=True)

    def migrate(self) -> None:
        """Do to the state what a version of tomorrow does."""
        with closing(sqlite3.connect(self.database)) as db:
            db.execute("ALTER TABLE tickets ADD COLUMN colour TEXT")
            db.execute("PRAGMA user_version = 99")
            db.commit()

    # --- the trial --------------------------------------------------------------------------------------------------

    def unit(self) -> Any:
        machine = self

        class Unit(upgrade.Unit):  # type: ignore[name-defined,misc]
            def _run(self, *command: str, patience_s: float) -> object:
                machine.calls.append(Path(command[0]).name)
                if machine.cut_at and len(machine.calls) == machine.cut_at:
                    raise PowerCut
                return super()._run(*command, patience_s=patience_s)

        def pause(seconds: float) -> None:
            machine.now += seconds

        return Unit(self.root, lambda: self.now, pause, bound_s=self.bound_s)

    def judge(self) -> int:
        result: int = self.unit().judge()
        return result

    def begin(self) -> None:
        self.unit().begin(SERVICE, "1.0", "2.0")

    @property
    def outcome(self) -> dict[str, str]:
        told: dict[str, str] = json.loads((self.root / "opt/anjungan-previous/outcome.json").read_text())
        return told

    @property
    def went_back(self) -> bool:
        return (self.root / "opt/anjungan-previous/in-use").exists()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    it = Machine(tmp_path / "unit")
    monkeypatch.setenv("PATH", f"{it.root / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setattr(trial, "PENDING", it.root / "opt/anjungan-previous/pending.json")
    return it


def test_a_healthy_version_is_kept(machine: Machine) -> None:
    machine.begin()
    assert machine.judge() == 0
    assert machine.outcome["outcome"] == "kept" and not machine.went_back
    assert machine.unit().pending() is None
    assert machine.judge() == 0  # nothing is left to judge


ILL = {
    "never ready": "ActiveState=activating",
    "its desk cannot open": WELL.replace("the desk serves", "the desk cannot serve: E-STO-04"),
    "silent": WELL.replace("$(cat n)", "7"),
    "starts again and again": WELL.replace("=a", "=$(cat n)"),
    "failed": "ActiveState=failed",
}


@pytest.mark.parametrize("shown", ILL.values(), ids=ILL)
def test_an_unhealthy_version_is_taken_back_and_says_why(machine: Machine, shown: str) -> None:
    machine.systemctl(shown)
    machine.begin()
    assert machine.judge() == 1
    assert machine.outcome["outcome"] == "gone back" and machine.went_back
    assert machine.outcome["why"]
    assert machine.unit().pending() is None


def test_only_an_essential_fault_that_is_new_counts(machine: Machine) -> None:
    before = {"findings": [{"check": "disk_space", "level": "fail"}]}
    (machine.root / "opt/anjungan-previous/before.json").write_text(json.dumps(before))
    machine.doctor("disk_space", "printer")
    machine.begin()
    assert machine.judge() == 0
    machine.doctor("disk_space", "site")
    machine.begin()
    assert machine.judge() == 1
    assert machine.outcome["why"] == "its doctor finds: site"


def migrated_and_ill(machine: Machine) -> None:
    """Tickets of the old version, a backup, and a new version that changes the state and then does not come up."""
    assert machine.give(3) == ["C-001", "C-002", "C-003"]
    machine.back_up()
    machine.begin()
    migration = "ALTER TABLE tickets ADD COLUMN colour TEXT; PRAGMA user_version = 99;"
    python = f'import sqlite3; sqlite3.connect("{machine.database}").executescript("{migration}")'
    machine.systemctl(
        "ActiveState=activating", f"[ -e migrated ] || {sys.executable} -c '{python}'; touch migrated"
    )


def test_the_state_of_before_comes_back_and_numbers_go_on(machine: Machine) -> None:
    migrated_and_ill(machine)
    assert machine.judge() == 1
    assert (machine.outcome["outcome"], machine.went_back) == ("gone back", True)
    assert machine.give(1) == ["C-004"]
    assert list(machine.state.glob("anjungan.db.replaced-*"))


def test_a_power_cut_before_any_step_changes_nothing_of_the_end(machine: Machine, tmp_path: Path) -> None:
    migrated_and_ill(machine)
    machine.bound_s = 2.0
    as_it_was = shutil.copytree(machine.root, tmp_path / "as-it-was", symlinks=True)
    for cut_at in range(1, 20):
        shutil.rmtree(machine.root)
        shutil.copytree(as_it_was, machine.root, symlinks=True)
        machine.calls, machine.cut_at = [], cut_at
        try:
            machine.judge()
        except PowerCut:
            machine.judge()  # the service at the next start
            cut = True
        else:
            cut = False
        assert (machine.outcome["outcome"], machine.went_back) == ("gone back", True), cut_at
        assert machine.give(1) == ["C-004"], cut_at
        if not cut:
            break
    assert "anjungan" in machine.calls and 6 < cut_at < 19


def test_a_version_that_has_given_a_ticket_is_never_taken_back(machine: Machine) -> None:
    """It cannot while on trial; were it to, its ticket is worth more than going back."""
    machine.give(1)
    machine.back_up()
    machine.begin()
    pending = machine.root / "opt/anjungan-previous/pending.json"
    hidden = pending.rename(pending.with_name("hidden"))
    assert machine.give(1) == ["C-002"]
    hidden.rename(pending)
    machine.migrate()
    machine.systemctl("ActiveState=failed")
    assert machine.judge() == 1
    assert (machine.outcome["outcome"], machine.went_back) == ("stuck", False)
    assert "has given 1 tickets" in machine.outcome["why"]
    with pytest.raises(upgrade.CannotGoBack, match="1 tickets"):
        machine.unit().back()


def test_without_a_backup_only_an_unchanged_state_goes_back(machine: Machine) -> None:
    machine.give(1)
    machine.begin()
    machine.systemctl("ActiveState=failed")
    assert machine.judge() == 1
    assert machine.went_back
    (machine.root / "opt/anjungan-previous/in-use").unlink()
    machine.begin()
    machine.migrate()
    assert machine.judge() == 1
    assert machine.outcome["outcome"] == "stuck" and not machine.went_back


def test_settings_and_units_of_before_come_back_and_the_new_ones_stay_beside(machine: Machine) -> None:
    config = machine.root / "etc/anjungan/kiosk.toml"
    old = config.read_text()
    config.write_text(old + "\n[tomorrow]\nkey = 1\n")
    (machine.root / "usr/lib/systemd/system" / SERVICE).write_text("[Service]\nExecStart=/new\n")
    machine.systemctl("ActiveState=failed")
    machine.begin()
    assert machine.judge() == 1
    assert config.read_text() == old
    assert "tomorrow" in config.with_name("kiosk.toml.after-upgrade").read_text()
    assert "/old" in (machine.root / "etc/systemd/system" / SERVICE).read_text()


def test_settings_are_put_back_through_no_link_of_the_kiosk_s_own_user(
    machine: Machine, tmp_path: Path
) -> None:
    """The folder is that user's: a link in the way of a file must not have root write where it leads."""
    victim = tmp_path / "victim"
    victim.write_text("root's own")
    config, outside = machine.root / "etc/anjungan/kiosk.toml", tmp_path / "outside"
    old = config.read_text()
    config.unlink()
    config.symlink_to(victim)
    shutil.move(machine.root / "etc/anjungan/sites", outside)
    (machine.root / "etc/anjungan/sites").symlink_to(outside)
    (outside / "bangkalan/site.toml").write_text("theirs")
    machine.systemctl("ActiveState=failed")
    machine.begin()
    assert machine.judge() == 1
    assert victim.read_text() == "root's own"
    assert not config.is_symlink() and config.read_text() == old
    assert (outside / "bangkalan/site.toml").read_text() == "theirs"


def test_by_hand(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    main: Callable[[list[str], Any], int] = upgrade.main
    assert main(["back"], machine.unit()) == 1
    assert "E-UPG-02" in capsys.readouterr().err
    machine.begin()
    assert main(["judge"], machine.unit()) == 0
    assert main(["back"], machine.unit()) == 0
    assert machine.went_back and machine.outcome["why"] == "by hand"
    assert main(["back"], machine.unit()) == 1
    assert main(["forward"], machine.unit()) == 2


# --- what the kiosk does meanwhile ---------------------------------------------------------------------------------


def test_on_trial_no_number_is_given_and_no_ticket_changed(machine: Machine) -> None:
    machine.give(1)
    machine.now = trial._switched_on_for()
    machine.begin()
    desk = machine.open()
    try:
        answer = desk.issue("C01")
        assert isinstance(answer, Closed) and answer.name is not None and "diperbarui" in answer.name["id"]
        (ticket,) = desk.store._db.execute("SELECT uuid FROM tickets").fetchall()
        for act in (
            lambda: desk.void(ticket[0], "left"),
            lambda: desk.reprint(ticket[0], "Ani", "torn"),
            lambda: desk.confirm(ticket[0], "Ani"),
            lambda: desk.keep(ticket[0]),
        ):
            with pytest.raises(TicketNotThus, match="on trial"):
                act()
        found = desk.find(ticket[0])
        assert (found.state, found.copies) == (TicketState.PRINTED, 0)
        (machine.root / "opt/anjungan-previous/pending.json").unlink()
        assert isinstance(desk.issue("C01"), Issued)
    finally:
        desk.close()


def test_a_trial_ends_by_itself(machine: Machine) -> None:
    pending = trial.PENDING
    machine.begin()
    until = machine.unit().pending()["until"]
    assert trial.on_trial(lambda: until - 1)
    assert not trial.on_trial(lambda: until)
    pending.write_text(json.dumps(machine.unit().pending() | {"boot": "another"}))
    assert trial.on_trial(lambda: trial.RESTART_S - 1)
    assert not trial.on_trial(lambda: trial.RESTART_S)
    machine.begin()
    soon = machine.unit().pending() | {"until": "soon"}
    for nonsense in ("", "[]", "{}", json.dumps(soon)):
        pending.write_text(nonsense)
        assert not trial.on_trial(lambda: 0.0)


def test_an_old_program_does_not_open_a_newer_state(machine: Machine) -> None:
    """Why the state goes back with the program."""
    machine.give(1)
    machine.migrate()
    with pytest.raises(StoreTooNew):
        machine.open()
