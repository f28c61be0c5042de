"""A real PostgreSQL for tests: a cluster of its own, on a private socket, run by an unprivileged user."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")
STARTS_WITHIN_S = 40


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL programs; None where there are none."""
    found = [path.parent for path in DEBIAN.glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: int(path.parent.name))
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def _user() -> str | None:
    """PostgreSQL refuses to run as root: return who runs it then."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise RuntimeError("no unprivileged user; allowed: postgres, nobody")


class Cluster:
    """One cluster. ``start`` and ``kill`` as often as you like; ``remove`` ends it."""

    def __init__(self, programs: Path) -> None:
        self.programs = programs
        self._user = _user()
        # Socket names are short (107 bytes), and pytest's own folders are closed to other users.
        self.folder = Path(tempfile.mkdtemp(prefix="anjungan-pg-"))
        if self._user:
            shutil.chown(self.folder, self._user)
        self._server: subprocess.Popen[bytes] | None = None
        self._run(
            "initdb", "-D", str(self._data), "-U", "anjungan", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"
        )

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.programs / program, *arguments],
            user=self._user,
            cwd=self.folder,
            capture_output=True,
            check=False,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr or done.stdout}")

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [
                    self.programs / "postgres",
                    *("-D", str(self._data), "-k", str(self.folder)),
                    *("-c", "listen_addresses=", "-c", "max_connections=200", "-c", "shared_buffers=64MB"),
                    *("-c", "timezone=Asia/Jakarta"),  # not UTC: what depends on the session's zone shows
                ],
                user=self._user,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                process_group=0,
            )
        deadline = time.monotonic() + STARTS_WITHIN_S
        ready = [
            self.programs / "pg_isready",
            "-q",
            "-h",
            str(self.folder),
            "-U",
            "anjungan",
            "-d",
            "postgres",
        ]
        while subprocess.run(ready, check=False).returncode:
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.05)

    def kill(self) -> None:
        """Kill every process of it at once: the power is gone, as far as they can tell."""
        assert self._server is not None
        os.killpg(self._server.pid, signal.SIGKILL)
        self._server.wait(20)
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        """End it in good order."""
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(signal.SIGINT)  # fast shutdown: connections are closed
            self._server.wait(20)

    def remove(self) -> None:
        """Stop it and remove its files."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """Return SQLAlchemy's address of ``database``."""
        return f"postgresql+psycopg://anjungan@/{database}?host={self.folder}"

    def sql(self, *statements: str) -> None:
        """Run ``statements``, each by itself, in the database ``postgres``."""
        for statement in statements:
            done = subprocess.run(
                [
                    self.programs / "psql",
                    *(
                        "-X",
                        "-q",
                        "-v",
                        "ON_ERROR_STOP=1",
                        "-h",
                        str(self.folder),
                        "-U",
                        "anjungan",
                        "-d",
                        "postgres",
                    ),
                    *("-c", statement),
                ],
                capture_output=True,
                check=False,
                text=True,
            )
            if done.returncode:
                raise RuntimeError(f"{statement}: {done.stderr}")

    def new_database(self, template: str = "template0") -> str:
        """Make a database of its own name, as a copy of ``template``; return its name."""
        name = f"t{secrets.token_hex(6)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name
