"""The installed kiosk under the real systemd: a Debian root is booted in namespaces of its own, package and all.

``make soak`` runs it, as root. What stands for the hardware: wlroots' headless backend (or Xvfb) for the graphics chip,
/dev/null for tty1. Everything else is as on a unit: service manager, watchdog, hardening, compositor, Xwayland, user.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CLEAN = ("env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin")
WITHIN_S = 45.0
"""The watchdog's 30 seconds, the way back to the first frame, and a slow machine."""

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(900),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can boot a root"),
    pytest.mark.skipif(shutil.which("debootstrap") is None, reason="needs debootstrap"),
]

BOOT = """\
set -e
mount --make-rprivate /
mount --bind "$R" "$R"
mount -t proc proc "$R/proc"
mount -t tmpfs -o mode=755 tmpfs "$R/run"
mount -t tmpfs -o mode=1777 tmpfs "$R"/tmp
mount -t tmpfs -o mode=755 tmpfs "$R/dev"
for name in null zero full random urandom tty; do
    : >"$R/dev/$name"
    mount --bind "/dev/$name" "$R/dev/$name"
done
mkdir "$R/dev/pts" "$R/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$R/dev/pts"
ln -s pts/ptmx "$R/dev/ptmx"
mount -t tmpfs -o mode=1777 tmpfs "$R/dev/shm"
mount -t sysfs -o ro sysfs "$R/sys"
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    mount -t cgroup2 cgroup2 "$R/sys/fs/cgroup"
else
    mount -t tmpfs tmpfs "$R/sys/fs/cgroup"
    mkdir "$R/sys/fs/cgroup/systemd"
    mount -t cgroup -o none,name=systemd cgroup "$R/sys/fs/cgroup/systemd"
fi
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$R" /lib/systemd/systemd --show-status=no
"""
WITHOUT_HARDWARE = {
    "anjungan.service": """\
[Unit]
ConditionPathExists=
[Service]
TTYPath=
TTYReset=no
TTYVHangup=no
TTYVTDisallocate=no
StandardInput=null
Environment=WLR_BACKENDS=headless WLR_RENDERER=pixman LIBSEAT_BACKEND=noop
""",
    "anjungan-xserver.service": """\
[Unit]
ConditionPathExists=
[Service]
TTYPath=
StandardInput=null
ExecStart=
ExecStart=/usr/bin/Xvfb :0 -screen 0 1080x1920x24 -nolisten tcp -auth /run/anjungan-xserver/authority
""",
}


class Machine:
    """A booted Debian root."""

    def __init__(self, root: Path) -> None:
        self.root = root
        names = ("--pid", "--mount", "--uts", "--ipc", "--net", "--cgroup")
        self.outer = subprocess.Popen(
            ["unshare", *names, "--fork", "--kill-child", "sh", "-c", BOOT],
            env=dict(os.environ) | {"R": str(root)},
        )
        self.until(
            lambda: self("systemctl", "is-system-running", "--wait").strip() in ("running", "degraded"), 60
        )

    def init(self) -> str:
        """The booted systemd's process, as seen from outside; empty when it is gone."""
        return Path(f"/proc/{self.outer.pid}/task/{self.outer.pid}/children").read_text().strip()

    def __call__(self, *words: str, patience_s: float = 120) -> str:
        """Run a command inside; return what it prints."""
        init = self.init()
        if not init:
            return ""
        done = subprocess.run(
            [*f"nsenter -t {init} -p -m -u -i -n -C chroot {self.root}".split(), *CLEAN, *words],
            capture_output=True,
            text=True,
            timeout=patience_s,
            check=False,
        )
        return done.stdout

    def until(self, there: Callable[[], object], patience_s: float) -> float:
        """Ask again and again; return the seconds it took."""
        began = time.monotonic()
        while not there():
            assert time.monotonic() - began < patience_s, self("journalctl", "-n", "60", "--no-pager")
            time.sleep(0.3)
        return time.monotonic() - began

    def show(self, unit: str, name: str) -> str:
        return self("systemctl", "show", unit, f"--property={name}", "--value").strip()

    def kiosk(self) -> int:
        """The kiosk's process, as seen from outside."""
        (pid,) = subprocess.run(
            [
                "pgrep",
                "--ns",
                self.init(),
                "--nslist",
                "pid",
                "-f",
                "^/opt/anjungan/venv/bin/python -Es /opt/anjungan/app/main.py run",
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        return int(pid)

    def started_again(self, unit: str, times: int) -> bool:
        return self.show(unit, "NRestarts") == str(times) and self.show(unit, "ActiveState") == "active"

    def off(self) -> None:
        if self.outer.poll() is None:
            self.outer.send_signal(signal.SIGKILL)
            self.outer.wait(20)

    def ticket(self) -> str:
        """Take a ticket beside the kiosk, as its own user."""
        user = [
            "setpriv",
            "--reuid=anjungan",
            "--regid=anjungan",
            "--init-groups",
            "env",
            "HOME=/var/lib/anjungan",
        ]
        told = self(*user, "ANJUNGAN_KIOSK__IGNORE_HOURS=true", "anjungan", "issue", "C01", "--json")
        number: str = json.loads(told)["number"]
        return number


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    package = subprocess.run(
        [ROOT / "scripts" / "deb"],
        env=dict(os.environ) | {"OUT": str(tmp_path / "out"), "DEB_COMPRESSION": "none"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    given = os.environ.get("ANJUNGAN_DEBIAN_ROOT")
    root = Path(given) if given else tmp_path / "debian"
    if not given:
        told = subprocess.run(
            ["dpkg-deb", "--field", package, "Depends"], capture_output=True, text=True, check=True
        )
        depends = {word.split()[0] for word in told.stdout.replace("\n", " ").split(",") if "|" not in word}
        release = re.search(r"VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text())
        assert release is not None
        extra = ",".join(sorted(depends | {"libmtdev1", "xvfb", "xauth"}))
        subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={extra}", release[1], root], check=True
        )
    shutil.copy(package, root / "anjungan.deb")
    subprocess.run(["chroot", root, "dpkg", "--install", "/anjungan.deb"], check=True)
    for unit, content in WITHOUT_HARDWARE.items():
        folder = root / f"etc/systemd/system/{unit}.d"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "without-hardware.conf").write_text(content)
    it = Machine(root)
    yield it
    it.off()
    subprocess.run(["chroot", root, "dpkg", "--purge", "anjungan"], check=False)


@pytest.mark.parametrize(("way", "unit"), [((), "anjungan.service"), (("x11",), "anjungan-x11.service")])
def test_a_booted_unit_shows_the_kiosk_and_brings_it_back(
    machine: Machine, way: tuple[str, ...], unit: str
) -> None:
    machine("anjungan-kiosk", "on", *way)
    machine.until(lambda: machine.show(unit, "ActiveState") == "active", WITHIN_S)
    assert machine.show(unit, "StatusText") == "the first frame is up"
    assert "anjungan" in machine("ps", "-o", "user=", "-C", "python")

    os.kill(machine.kiosk(), signal.SIGSTOP)
    machine.until(lambda: machine.started_again(unit, 1), WITHIN_S)
    os.kill(machine.kiosk(), signal.SIGKILL)
    machine.until(lambda: machine.started_again(unit, 2), WITHIN_S)

    # The window is up before its desk: three starts in a row may have left no database yet.
    machine.until((machine.root / "var/lib/anjungan/anjungan.db").is_file, WITHIN_S)
    machine("systemctl", "start", "anjungan-backup.service")
    assert machine.show("anjungan-backup.service", "Result") == "success"
    assert (machine.root / "var/backups/anjungan/anjungan.zip").is_file()

    machine("systemctl", "stop", unit)
    assert machine.show(unit, "Result") == "success"
    machine("anjungan-kiosk", "off")
    assert machine("systemctl", "is-enabled", unit).strip() == "disabled"


def next_version(root: Path, version: str, changes: dict[str, tuple[str, str]]) -> None:
    """Put ``/next.deb`` into ``root``: the package as a later version, with one more migration and ``changes``."""
    tree = root / "next"
    shutil.rmtree(tree, ignore_errors=True)
    subprocess.run(["dpkg-deb", "--raw-extract", root / "anjungan.deb", tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^Version: .*$", f"Version: {version}", control.read_text()))
    app = tree / "opt/anjungan/app"
    migrations = app / "kiosk/store/migrations"
    number = len(list(migrations.glob("*.sql"))) + 1
    (migrations / f"{number:04}_tomorrow.sql").write_text("ALTER TABLE tickets ADD COLUMN colour TEXT;\n")
    for name, (old, new) in changes.items():
        text = (app / name).read_text()
        assert old in text
        (app / name).write_text(text.replace(old, new, 1))
    for compiled in app.rglob("__pycache__"):
        shutil.rmtree(compiled)
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, root / "next.deb"],
        check=True,
        stdout=-3,
    )


MUTE = {"kiosk/ui/watchdog.py": ('self._send("WATCHDOG=1")', "pass")}
"""Its window comes up, its desk opens and migrates the state, and then nothing is heard of it."""
FALLS = {"kiosk/ui/kiosk_app.py": ("display = self.settings.display", 'raise RuntimeError("of tomorrow")')}


def test_an_upgrade_is_kept_when_healthy_and_else_taken_back_with_its_state(machine: Machine) -> None:
    unit = "anjungan.service"
    config = machine.root / "etc/anjungan/kiosk.toml"
    installed = machine("dpkg-query", "-W", "-f", "${Version}", "anjungan")
    machine("anjungan-kiosk", "on")
    machine.until(lambda: machine.show(unit, "StatusText") == "the desk serves", WITHIN_S)
    assert machine.ticket() == "C-001"

    def upgraded(version: str, changes: dict[str, tuple[str, str]]) -> dict[str, str]:
        next_version(machine.root, version, changes)
        machine("dpkg", "--force-confold", "--install", "/next.deb", patience_s=400)
        outcome: dict[str, str] = json.loads(
            (machine.root / "opt/anjungan-previous/outcome.json").read_text()
        )
        assert (outcome["from"], outcome["to"]) == (installed, version)
        machine.until(lambda: machine.show(unit, "StatusText") == "the desk serves", WITHIN_S)
        return outcome

    assert upgraded("2.0", FALLS)["outcome"] == "gone back"
    assert machine.ticket() == "C-002"
    outcome = upgraded("3.0", MUTE)
    assert outcome["outcome"] == "gone back", outcome
    assert list((machine.root / "var/lib/anjungan").glob("anjungan.db.replaced-*"))
    assert machine.ticket() == "C-003"
    told = json.loads(machine("anjungan", "doctor", "--json"))
    assert "E-UPG-01" in {finding["code"] for finding in told["findings"]}

    assert upgraded("4.0", {})["outcome"] == "kept"
    assert not (machine.root / "opt/anjungan-previous/in-use").exists()
    assert machine.ticket() == "C-004"
    assert machine("dpkg-query", "-W", "-f", "${Version}", "anjungan") == "4.0"
    assert config.is_file()
