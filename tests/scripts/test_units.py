"""The units and rules a kiosk is installed with: systemd's own opinion of them, and what they must say."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "config" / "systemd"
KIOSKS = ("anjungan.service", "anjungan-x11.service")
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))

systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")


class Many(dict):  # type: ignore[type-arg]
    """systemd's keys may come more than once: their values are joined."""

    def __setitem__(self, key: str, value: object) -> None:
        if isinstance(value, list) and isinstance(self.get(key), list):
            self[key].extend(value)
        else:
            super().__setitem__(key, value)


def unit(name: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False, dict_type=Many, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNITS / name)
    return parser


@systemd
def test_systemd_finds_no_fault_in_them(tmp_path: Path) -> None:
    programs = (
        "usr/bin/cage",
        "usr/bin/Xorg",
        "opt/anjungan/bin/anjungan",
        "bin/sh",
        "opt/anjungan/bin/anjungan-screen",
        "opt/anjungan/bin/anjungan-upgrade",
    )
    for program in (*programs, "opt/anjungan-server/.venv/bin/python"):
        path = tmp_path / program
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    system = Path("/usr/lib/systemd/system")
    here = tmp_path / "usr/lib/systemd/system"
    here.mkdir(parents=True)
    for path in system.iterdir():
        if (
            path.suffix in (".target", ".slice", ".mount", ".socket")
            and path.is_file()
            and not path.is_symlink()
        ):
            shutil.copy(path, here)
    names = [path.name for path in UNITS.iterdir() if path.suffix in (".service", ".timer")]
    for name in names:
        shutil.copy(UNITS / name, here)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", f"--root={tmp_path}", *names],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "anjungan" in line]
    assert not ours, done.stderr
    assert done.returncode == 0, done.stderr


@systemd
@pytest.mark.parametrize(
    ("name", "tenths"), [*((kiosk, 25) for kiosk in KIOSKS), ("anjungan-backup.service", 15)]
)
def test_what_they_expose_is_bounded(name: str, tenths: int) -> None:
    done = subprocess.run(
        [
            "systemd-analyze",
            "security",
            "--offline=true",
            "--no-pager",
            f"--threshold={tenths}",
            str(UNITS / name),
        ],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-200:] + done.stderr


@pytest.mark.parametrize("name", KIOSKS)
def test_a_frozen_or_dead_kiosk_is_started_again_for_ever(name: str) -> None:
    found = unit(name)
    service = found["Service"]
    assert found["Unit"]["StartLimitIntervalSec"] == "0"
    assert (service["Type"], service["Restart"]) == ("notify", "always")
    # Under cage the kiosk is not the main process; logind would take both out of the unit, and nobody would be heard.
    assert service["NotifyAccess"] == ("all" if "cage" in service["ExecStart"] else "main")
    assert "PAMName" not in service
    assert int(service["WatchdogSec"]) <= 30
    assert int(service["RestartSec"]) <= 2


AS_ROOT = {
    "anjungan-xserver.service",  # drives the graphics chip
    "anjungan-screen.service",  # writes below /sys; one script of twenty lines
    "anjungan-upgrade.service",  # starts and stops the kiosk; runs a minute after an upgrade
}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - AS_ROOT))
def test_nothing_of_ours_runs_as_root(name: str) -> None:
    service = unit(name)["Service"]
    assert service["User"] == service["Group"] == "anjungan"
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["ProtectHome"] == "yes"
    assert service["CapabilityBoundingSet"] == ""


@pytest.mark.parametrize("name", ["anjungan.service", "anjungan-xserver.service"])
def test_no_other_way_to_the_console_stays_open(name: str) -> None:
    found = unit(name)
    assert "getty@tty1.service" in found["Unit"]["Conflicts"]
    words = found["Service"]["ExecStart"].split()
    # cage -s would let Ctrl-Alt-F2 through.
    assert words[:2] == ["/usr/bin/cage", "--"] or {"vt1", "-keeptty"} <= set(words)
    assert found["Service"]["LimitCORE"] == "0"


def test_the_x_server_is_for_the_kiosk_alone() -> None:
    server, kiosk = unit("anjungan-xserver.service"), unit("anjungan-x11.service")
    words = server["Service"]["ExecStart"]
    assert "-nolisten tcp" in words
    key = words.split("-auth ")[1]
    assert f"XAUTHORITY={key}" in kiosk["Service"]["Environment"]
    assert server["Service"]["RuntimeDirectoryMode"] == "0750"
    assert kiosk["Unit"]["BindsTo"] == "anjungan-xserver.service"


def test_both_kiosks_are_guarded_alike() -> None:
    def guards(name: str) -> dict[str, str]:
        screen = r"ExecSt|Notify|Environment|Runtime|TTY|StandardInput|BindReadOnly"
        return {key: value for key, value in unit(name).items("Service") if not re.match(screen, key)}

    assert guards("anjungan.service") == guards("anjungan-x11.service")


def test_the_magic_keys_are_off() -> None:
    assert re.search(r"^kernel\.sysrq = 0$", (UNITS / "90-anjungan.sysctl.conf").read_text(), re.MULTILINE)


# --- udev ----------------------------------------------------------------------------------------------------------

KEY = r"(?:ACTION|SUBSYSTEM|KERNEL|ENV\{\w+\}|ATTRS?\{[\w/]+\}|TEST|GROUP|MODE|SYMLINK)"
ITEM = re.compile(rf'({KEY})(==|\+=|=)"([^"]*)"')
MATCHES = {"ACTION", "SUBSYSTEM", "KERNEL", "TEST"}


def rules() -> list[list[tuple[str, str, str]]]:
    found = []
    for line in (ROOT / "config/udev/60-anjungan.rules").read_text().splitlines():
        if line and not line.startswith("#"):
            items = [ITEM.fullmatch(item) for item in line.split(", ")]
            assert all(items), line
            found.append([item.groups() for item in items if item])
    return found


def test_every_rule_is_well_formed_and_narrow() -> None:
    assert rules()
    for rule in rules():
        matching = [key for key, operator, _ in rule if operator == "=="]
        assert "SUBSYSTEM" in matching
        assert len(matching) >= 2, rule
        for key, operator, value in rule:
            if key in MATCHES:
                assert operator == "=="
            if key == "MODE":
                assert value == "0660"
            if key == "GROUP":
                assert value in ("lp", "dialout")


def test_the_groups_of_the_rules_are_those_of_the_service() -> None:
    groups = {value for rule in rules() for key, _, value in rule if key == "GROUP"}
    assert groups <= set(unit("anjungan.service")["Service"]["SupplementaryGroups"].split())
    script = (ROOT / "packaging/postinst").read_text()
    joined = re.search(r"for group in (.+); do", script)
    assert joined is not None
    assert set(unit("anjungan.service")["Service"]["SupplementaryGroups"].split()) <= set(joined[1].split())


def test_no_key_switches_from_the_x_server_to_a_console() -> None:
    start = unit("anjungan-xserver.service")["Service"]["ExecStart"]
    assert "-config /opt/anjungan/share/xorg.conf" in start
    flags = dict(re.findall(r'Option "(\w+)" "(\w+)"', (ROOT / "packaging/xorg.conf").read_text()))
    assert flags == {"DontVTSwitch": "true", "DontZap": "true"}
