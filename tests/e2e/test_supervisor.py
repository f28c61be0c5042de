"""The kiosk under a service manager: one that does what systemd does with Type=notify and WatchdogSec, no more."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 40.0
DEADLINE_S = 0.5
"""The printer's: the shortest that is allowed, so that the watchdog's period is the shortest there is."""
PERIOD_S = DEADLINE_S + 10

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


class Supervisor:
    """Starts the kiosk, listens to it, and starts it again when it is silent for too long or gone."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.state = folder, folder / "state"
        self.config = folder / "kiosk.toml"
        shutil.copyfile(ROOT / "config" / "kiosk.toml", self.config)
        self.site = folder / "sites" / "bangkalan"
        shutil.copytree(ROOT / "config" / "sites" / "bangkalan", self.site)
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(str(folder / "notify"))
        self.process: subprocess.Popen[bytes] | None = None
        self.period_s = PERIOD_S
        self.starts = 0

    @property
    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ANJUNGAN_")}
        return clean | {
            "ANJUNGAN_KIOSK__IGNORE_HOURS": "true",
            "ANJUNGAN_PRINTER__DEADLINE_S": str(DEADLINE_S),
        }

    def start(self) -> None:
        self.starts += 1
        with (self.folder / "stderr").open("ab") as stderr:
            self.process = subprocess.Popen(
                [*self.before, sys.executable, "main.py", "run", *self.options, "--windowed", "540x960"],
                cwd=ROOT,
                env=self.environment
                | {"NOTIFY_SOCKET": str(self.folder / "notify"), "WATCHDOG_USEC": "3000000"},
                stderr=stderr,
            )

    @property
    def before(self) -> list[str]:
        """What is put before the kiosk's command."""
        return []

    @property
    def options(self) -> list[str]:
        return ["--config", str(self.config), "--state", str(self.state)]

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def hear(self, patience_s: float) -> list[str]:
        """The lines of the next message, or nothing within ``patience_s``."""
        self.sock.settimeout(max(0.01, patience_s))
        try:
            return self.sock.recv(4096).decode().splitlines()
        except TimeoutError:
            return []

    def wait_for(self, line: str, patience_s: float = PATIENCE_S) -> None:
        end = time.monotonic() + patience_s
        heard: list[str] = []
        while time.monotonic() < end:
            heard += (lines := self.hear(end - time.monotonic()))
            if line in lines:
                return
        log = (self.folder / "stderr").read_text(errors="replace")
        raise AssertionError(f"no {line} within {patience_s} s; heard {heard}; {log}")

    def silent_for(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if "WATCHDOG=1" in self.hear(left):
                return False
        return True

    def drain(self) -> None:
        while self.hear(0.01):
            pass

    def watch_until_restarted(self) -> float:
        """Do what systemd does until one restart has happened and is ready; return the seconds it took."""
        began = alive = time.monotonic()
        while time.monotonic() - alive < self.period_s:
            if self.process is not None and self.process.poll() is not None:
                break
            if "WATCHDOG=1" in self.hear(0.2):
                alive = time.monotonic()
        self.kill()
        self.drain()
        self.start()
        self.wait_for("READY=1")
        return time.monotonic() - began

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
            self.process.wait(10)

    def ticket(self) -> str:
        """Take a ticket beside the running kiosk."""
        done = subprocess.run(
            [sys.executable, "main.py", "issue", "C01", "--json", *self.options],
            cwd=ROOT,
            env=self.environment | {"ANJUNGAN_PRINTER__DEADLINE_S": "5"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        number: str = json.loads(done.stdout)["number"]
        return number


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    it = Supervisor(tmp_path)
    yield it
    if it.process is not None and it.process.poll() is None:
        os.kill(it.pid, signal.SIGCONT)
    it.kill()
    it.sock.close()


def test_frozen_killed_and_started_again_the_state_is_whole(supervisor: Supervisor) -> None:
    supervisor.start()
    supervisor.wait_for("READY=1")
    supervisor.wait_for("STATUS=the desk serves")
    supervisor.wait_for("WATCHDOG=1")
    assert supervisor.ticket() == "C-001"
    sockets = psutil.Process(supervisor.pid).net_connections(kind="inet")
    assert not [one for one in sockets if one.status == psutil.CONN_LISTEN], (
        "nobody on the network can reach it"
    )

    os.kill(supervisor.pid, signal.SIGSTOP)
    supervisor.drain()
    assert supervisor.silent_for(2 * PERIOD_S / 6 + 0.5)
    os.kill(supervisor.pid, signal.SIGCONT)
    supervisor.wait_for("WATCHDOG=1")

    os.kill(supervisor.pid, signal.SIGSTOP)  # for good: the supervisor must notice by itself
    frozen = supervisor.pid
    assert supervisor.watch_until_restarted() < PERIOD_S + PATIENCE_S
    assert supervisor.pid != frozen
    supervisor.wait_for("WATCHDOG=1")
    assert supervisor.ticket() == "C-002"

    os.kill(supervisor.pid, signal.SIGKILL)
    supervisor.watch_until_restarted()
    supervisor.wait_for("WATCHDOG=1")
    assert supervisor.ticket() == "C-003"
    assert supervisor.starts == 3


def test_told_to_stop_it_says_so_and_ends_well(supervisor: Supervisor) -> None:
    supervisor.start()
    supervisor.wait_for("WATCHDOG=1")
    os.kill(supervisor.pid, signal.SIGTERM)
    supervisor.wait_for("STOPPING=1")
    assert supervisor.process is not None
    assert supervisor.process.wait(20) == 0


def test_a_desk_that_cannot_open_is_alive_and_one_that_hangs_is_not(supervisor: Supervisor) -> None:
    # A folder where the database should be: the desk says so, tries again, and answers meanwhile.
    (supervisor.state / "anjungan.db").mkdir(parents=True)
    supervisor.start()
    supervisor.wait_for("READY=1")
    supervisor.wait_for("STATUS=the desk cannot serve: E-STO-01")
    supervisor.wait_for("WATCHDOG=1")
    # A pipe nobody writes to: the next attempt hangs in the kernel, as on a dead network disk.
    pipe = supervisor.site / "pipe"
    os.mkfifo(pipe)
    pipe.replace(supervisor.site / "catalogue.json")
    end = time.monotonic() + PATIENCE_S
    while not supervisor.silent_for(PERIOD_S * 0.8):
        assert time.monotonic() < end, "the desk hangs and WATCHDOG=1 goes on"
    assert supervisor.process is not None
    assert supervisor.process.poll() is None  # the window itself is well
