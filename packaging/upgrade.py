#!/usr/bin/python3 -I
"""Judges an upgrade of the package on a unit, and takes it back where the new version does not come up healthy.

Installed as ``/opt/anjungan/bin/anjungan-upgrade``. The system's Python and its standard library alone: what judges a
version must not lean on that version's libraries. docs/adr/0023 says why it is done this way.

    anjungan-upgrade begin UNIT FROM TO   the package has just been unpacked: its trial begins (postinst)
    anjungan-upgrade judge                start the kiosk, watch it, keep the new version or go back (a service, root)
    anjungan-upgrade back                 go back by hand, as long as the new version has given no ticket

``/opt/anjungan-previous`` holds the version before (hard links made by preinst), with its settings and units:

    app, venv, bin …      the program              etc, units      what was in /etc/anjungan and the package's units
    before.json           its doctor's report      in-use          it is there: this version runs (bin/anjungan)
    pending.json          a trial is going on      outcome.json    how the last one ended; the doctor shows it

Every step can be repeated: after a power cut the service begins where the record says.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

BOUND_S: Final = 150.0
"""From the start to healthy: systemd's 60 s to the first frame, the desk, two watchdog pings, the doctor."""
STEADY_PINGS: Final = 2
AFTER_S: Final = 120.0
"""The record outlasts the bound by this: stopping, putting back."""
SERVES: Final = "the desk serves"
ESSENTIAL: Final = frozenset({"configuration", "site", "store", "numbers", "disk", "disk_space"})
"""Of the doctor's items. A printer without paper is no fault of a version."""


class CannotGoBack(Exception):
    """Going back would lose something; the text says what."""


class Unit:
    """One installed unit below ``root``; tests give another root and their own programs in PATH."""

    def __init__(
        self,
        root: Path = Path("/"),
        clock: Callable[[], float] = lambda: time.clock_gettime(time.CLOCK_BOOTTIME),
        pause: Callable[[float], None] = time.sleep,
        bound_s: float = BOUND_S,
    ) -> None:
        self.root, self.clock, self.pause, self.bound_s = root, clock, pause, bound_s
        self.previous = root / "opt/anjungan-previous"
        self.program = root / "opt/anjungan/bin/anjungan"
        self.database = root / "var/lib/anjungan/anjungan.db"
        self.backup = root / "var/backups/anjungan/before-upgrade.zip"
        self.settings = root / "etc/anjungan"
        self.overrides = root / "etc/systemd/system"
        self.units = root / "usr/lib/systemd/system"

    # --- the record -------------------------------------------------------------------------------------------------

    def begin(self, service: str, old: str, new: str) -> None:
        """Write the record of a trial; nothing has been started yet, so the state is still the old version's."""
        self._write(
            "pending.json",
            {
                "phase": "judging",
                "unit": service,
                "from": old,
                "to": new,
                "schema": self.schema(),
                "why": "",
                **self._until(),
            },
        )

    def pending(self) -> dict[str, Any] | None:
        """Return the record of a trial that is going on."""
        try:
            found: dict[str, Any] = json.loads((self.previous / "pending.json").read_bytes())
        except (OSError, ValueError):
            return None
        return found

    def _until(self) -> dict[str, Any]:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return {"boot": boot, "until": self.clock() + self.bound_s + AFTER_S}

    def _write(self, name: str, content: dict[str, Any]) -> None:
        """Durably: a power cut leaves the old record or the new one."""
        fresh = self.previous / f"{name}.new"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(0o644)
        fresh.replace(self.previous / name)
        descriptor = os.open(self.previous, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _end(self, record: dict[str, Any], outcome: str) -> None:
        told = {key: record[key] for key in ("from", "to", "why")}
        at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        self._write("outcome.json", {"outcome": outcome, "at": at, **told})
        (self.previous / "pending.json").unlink(missing_ok=True)
        print(f"anjungan: upgrade {record['from']} -> {record['to']}: {outcome} {record['why']}".rstrip())

    # --- judging ----------------------------------------------------------------------------------------------------

    def judge(self) -> int:
        """See the trial to its end. 0: nothing to judge, or kept; 1: gone back, or stuck."""
        record = self.pending()
        if record is None:
            return 0
        if record["phase"] == "judging":
            self._write("pending.json", record | self._until())
            record["why"] = self._unhealthy(record["unit"])
            if not record["why"]:
                self._end(record, "kept")
                return 0
            try:
                self._stop(record["unit"])
                self._require_nothing_lost(record)
            except CannotGoBack as error:
                record["why"] += f"; not taken back: {error}"
                self._end(record, "stuck")
                self._systemctl("restart", "--no-block", record["unit"])
                return 1
            record["phase"] = "back"
            self._write("pending.json", record | self._until())
        self._go_back(record)
        return 1

    def back(self) -> int:
        """Go back by hand after a trial that ended well. Raises CannotGoBack."""
        try:
            last = json.loads((self.previous / "outcome.json").read_bytes())
        except (OSError, ValueError) as error:
            raise CannotGoBack("there was no upgrade to take back") from error
        if (self.previous / "in-use").exists():
            raise CannotGoBack(f"version {last['from']} is in use already")
        service = self._enabled()
        record = {"phase": "back", "unit": service, "from": last["from"], "to": last["to"], "schema": None}
        record["why"] = "by hand"
        self._stop(service)
        try:
            self._require_nothing_lost(record)
        except CannotGoBack:
            self._systemctl("restart", "--no-block", service)
            raise
        self._write("pending.json", record | self._until())
        self._go_back(record)
        return 0

    def _unhealthy(self, service: str) -> str:
        """Why the new version is not healthy within the bound; nothing when it is."""
        end = self.clock() + self.bound_s
        started = self._systemctl("restart", service, patience_s=self.bound_s)
        pings: set[str] = set()
        invocation, why = "", "the first frame did not come" if started else ""
        while self.clock() < end:
            told = self._show(service)
            if told.get("InvocationID") != invocation:  # started anew by its watchdog or after a crash
                invocation, pings = told.get("InvocationID", ""), set()
            if told.get("ActiveState") != "active":
                why = f"it is {told.get('ActiveState', 'unknown')}"
            elif told.get("StatusText") != SERVES:
                why = f"it says: {told.get('StatusText', '')}"
            else:
                pings.add(told.get("WatchdogTimestampMonotonic", ""))
                why = "the watchdog hears nothing"
                # The first is of the start itself.
                if len(pings) > STEADY_PINGS:
                    return self._found_ill()
            self.pause(1.0)
        return why or "it did not come up in time"

    def _found_ill(self) -> str:
        """Essential items that the doctor finds at fault now and did not before."""
        now = self._doctor()
        if now is None:
            return "its doctor does not answer"
        try:
            before = _failing(json.loads((self.previous / "before.json").read_bytes()))
        except (OSError, ValueError, KeyError, TypeError):
            before = set()
        new = sorted(_failing(now) - before)
        return f"its doctor finds: {', '.join(new)}" if new else ""

    def _doctor(self) -> dict[str, Any] | None:
        done = self._run(str(self.program), "doctor", "--json", patience_s=40)
        try:
            found: dict[str, Any] = json.loads(done.stdout) if done else {}
            return found if "findings" in found else None
        except ValueError:
            return None

    # --- going back -------------------------------------------------------------------------------------------------

    def schema(self) -> int | None:
        """The schema of the database that stands there; None where there is none, or none that can be read."""
        try:
            return _ask(self.database, "PRAGMA user_version")[0][0] if self.database.exists() else None
        except sqlite3.Error:
            return None

    def _require_nothing_lost(self, record: dict[str, Any]) -> None:
        """Raise CannotGoBack where a ticket would be lost, or the old version could not read what stands there."""
        if not (self.previous / "bin/anjungan").exists():
            raise CannotGoBack("the version before was not kept")
        if not self.database.exists():
            return
        schema = self.schema()
        if not self.backup.exists():
            if schema is None or schema != record["schema"]:
                raise CannotGoBack("the database was changed, and there is no backup of before")
            return
        if schema is None or schema == self._schema_before():
            return  # unreadable: the backup is the better one; unchanged: it stays
        given = self._tickets(self.database) - self._tickets_before()
        if given:
            raise CannotGoBack(f"the new version has given {len(given)} tickets")

    def _tickets(self, database: Path) -> set[str]:
        try:
            return {uuid for (uuid,) in _ask(database, "SELECT uuid FROM tickets")}
        except sqlite3.Error as error:
            raise CannotGoBack(f"{database.name} cannot be read: {error}") from error

    def _tickets_before(self) -> set[str]:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(self.backup) as archive:
            return self._tickets(Path(archive.extract(self.database.name, folder)))

    def _schema_before(self) -> int | None:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(self.backup) as archive:
            found: int = _ask(Path(archive.extract(self.database.name, folder)), "PRAGMA user_version")[0][0]
            return found

    def _go_back(self, record: dict[str, Any]) -> None:
        """Program, settings, units and state of before; each step may have been done before a power cut."""
        self._stop(record["unit"])
        (self.previous / "in-use").touch()
        self._put_settings_back()
        self._put_units_back()
        put_back = self._put_state_back()
        if put_back:
            record["why"] += f"; the state of before was not put back: {put_back}"
            (self.previous / "in-use").unlink()
        self._end(record, "stuck" if put_back else "gone back")
        self._systemctl("daemon-reload")
        self._systemctl("restart", "--no-block", record["unit"])

    def _put_state_back(self) -> str:
        """By the old version's own command, which keeps what stood there and every number taken; why it failed."""
        if not self.database.exists() or not self.backup.exists() or self.schema() == self._schema_before():
            return ""
        done = self._run(str(self.program), "restore", "--force", str(self.backup), patience_s=120)
        if done is None:
            return "no answer"
        return (done.stderr.strip() or f"exit code {done.returncode}") if done.returncode else ""

    def _put_settings_back(self) -> None:
        """Put back what differs; the new version's stays beside it. The folder belongs to the kiosk's own user: nothing
        is written through a link, nor outside the folder."""
        kept, top = self.previous / "etc", self.settings.resolve()
        for path in sorted(kept.rglob("*")) if kept.is_dir() else ():
            there = self.settings / path.relative_to(kept)
            if path.is_symlink() or not path.is_file() or not there.parent.resolve().is_relative_to(top):
                continue
            if there.is_file() and not there.is_symlink() and there.read_bytes() == path.read_bytes():
                continue
            there.parent.mkdir(parents=True, exist_ok=True)
            fresh = there.with_name(f".{there.name}.back")
            fresh.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
                file.write(path.read_bytes())
                was = path.stat()
                os.fchown(file.fileno(), was.st_uid, was.st_gid)
                os.fchmod(file.fileno(), was.st_mode & 0o777)
            if os.path.lexists(there):
                there.replace(there.with_name(f"{there.name}.after-upgrade"))
            fresh.replace(there)

    def _put_units_back(self) -> None:
        """Where the package's units have changed, the old ones stand before them until the next upgrade."""
        kept = self.previous / "units"
        for path in sorted(kept.iterdir()) if kept.is_dir() else ():
            installed, override = self.units / path.name, self.overrides / path.name
            same = installed.exists() and installed.read_bytes() == path.read_bytes()
            if not same and not override.exists() and not override.is_symlink():
                shutil.copy2(path, override)

    # --- programs ---------------------------------------------------------------------------------------------------

    def _enabled(self) -> str:
        for service in ("anjungan.service", "anjungan-x11.service"):
            if not self._systemctl("--quiet", "is-enabled", service):
                return service
        raise CannotGoBack("this machine is no kiosk: neither service is enabled")

    def _stop(self, service: str) -> None:
        self._systemctl("stop", service)

    def _show(self, service: str) -> dict[str, str]:
        keys = "ActiveState,StatusText,InvocationID,WatchdogTimestampMonotonic"
        done = self._run("systemctl", "show", f"--property={keys}", service, patience_s=20)
        lines = done.stdout.splitlines() if done else []
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def _systemctl(self, *words: str, patience_s: float = 90) -> int:
        done = self._run("systemctl", *words, patience_s=patience_s)
        return done.returncode if done else 1

    def _run(self, *command: str, patience_s: float) -> subprocess.CompletedProcess[str] | None:
        try:
            return subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=patience_s,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"anjungan-upgrade: {command[0]}: {error}", file=sys.stderr)
            return None


def _ask(database: Path, sql: str) -> list[Any]:
    # Read-only, and with what a WAL beside it holds.
    uri = f"{database.absolute().as_uri()}?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=10)) as db:
        return db.execute(sql).fetchall()


def _failing(report: dict[str, Any]) -> set[str]:
    found = report["findings"]
    return {one["check"] for one in found if one["level"] == "fail" and one["check"] in ESSENTIAL}


def main(words: list[str], unit: Unit) -> int:
    """Run one command; 2 on a misuse."""
    match words:
        case ["begin", service, old, new]:
            unit.begin(service, old, new)
            return 0
        case ["judge"]:
            return unit.judge()
        case ["back"]:
            try:
                return unit.back()
            except CannotGoBack as error:
                print(f"E-UPG-02: not taken back: {error}", file=sys.stderr)
                return 1
    print("usage: anjungan-upgrade begin UNIT FROM TO | judge | back", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], Unit()))
