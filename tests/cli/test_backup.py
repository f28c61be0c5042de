"""``main.py backup`` and ``restore`` as a technician runs them: real processes, real archives, two units."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from kiosk.clock import SystemClock
from kiosk.store import NAME, Store
from tests.support.turnable_clock import WIB

ROOT = Path(__file__).resolve().parents[2]


def main(state: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ANJUNGAN_")}
    return subprocess.run(
        [sys.executable, "main.py", *map(str, arguments), "--state", str(state)],
        cwd=ROOT,
        env=clean | {"ANJUNGAN_KIOSK__IGNORE_HOURS": "true"},
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def ticket(state: Path) -> str:
    number: str = json.loads(main(state, "issue", "C01", "--json").stdout)["number"]
    return number


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """A unit that gave one ticket."""
    state = tmp_path / "unit"
    assert ticket(state) == "C-001"
    good = state / "last-good"
    (good / "site-0123").mkdir(parents=True)
    (good / "site-0123" / "site.toml").write_text("x = 1\n")
    (good / "site").symlink_to("site-0123")
    (state / "logs").mkdir()
    (state / "logs" / "kiosk.log").write_text("{}\n")
    return state


def test_a_backup_is_put_back_on_a_spare(unit: Path, tmp_path: Path) -> None:
    archive, spare = tmp_path / "unit.zip", tmp_path / "spare"
    done = main(unit, "backup", archive, "--json")
    assert done.returncode == 0, done.stderr
    parts = json.loads(done.stdout)["parts"]
    assert {NAME, "last-good/site-0123/site.toml"} <= set(parts)
    assert not [name for name in parts if name.startswith(("logs", "paper", "install-id", "numbers"))]
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert ticket(unit) == "C-002"  # the old unit went on, and broke
    back = main(spare, "restore", archive, "--seen", "C=2", "--json")
    assert back.returncode == 0, back.stderr
    told = json.loads(back.stdout)
    assert (told["exact"], told["continues"]["C"]) == (False, 3)
    assert ticket(spare) == "C-003"
    assert (spare / "last-good" / "site" / "site.toml").read_text() == "x = 1\n"
    assert not list(spare.glob(".anjungan-*"))


def test_newer_numbers_are_kept_unless_forced(unit: Path, tmp_path: Path) -> None:
    archive = tmp_path / "unit.zip"
    main(unit, "backup", archive)
    assert ticket(unit) == "C-002"
    refused = main(unit, "restore", archive)
    assert (refused.returncode, refused.stderr[:8]) == (1, "E-STO-11")
    assert main(unit, "restore", archive, "--force").returncode == 0
    assert ticket(unit) == "C-003"


def test_a_running_kiosk_is_not_restored_over(unit: Path, tmp_path: Path) -> None:
    archive = tmp_path / "unit.zip"
    main(unit, "backup", archive)
    running = Store.open(unit / NAME, SystemClock(), WIB)
    try:
        refused = main(unit, "restore", archive)
    finally:
        running.close()
    assert (refused.returncode, refused.stderr[:8]) == (1, "E-STO-07")


def test_a_file_is_not_overwritten_and_nothing_is_left_beside(unit: Path, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    archive = folder / "unit.zip"
    archive.write_text("something else")
    refused = main(unit, "backup", archive)
    assert (refused.returncode, refused.stderr[:8]) == (1, "E-BAK-02")
    assert archive.read_text() == "something else"
    assert main(unit, "backup", archive, "--force").returncode == 0
    assert [path.name for path in folder.iterdir()] == ["unit.zip"]


def test_there_must_be_something_to_back_up(tmp_path: Path) -> None:
    refused = main(tmp_path / "state", "backup", tmp_path / "unit.zip")
    assert (refused.returncode, refused.stderr[:8]) == (1, "E-STO-01")
    assert not (tmp_path / "unit.zip").exists()


def rewrite(archive: Path, **changes: object) -> None:
    """Write the archive anew with some parts changed (None: left out)."""
    with zipfile.ZipFile(archive) as old:
        parts: dict[str, object] = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(archive, "w") as new:
        for name, content in (parts | changes).items():
            if content is not None:
                new.writestr(name, content)


def manifest(archive: Path) -> dict[str, object]:
    with zipfile.ZipFile(archive) as opened:
        found: dict[str, object] = json.loads(opened.read("manifest.json"))
        return found


@pytest.mark.parametrize(
    "harm", ["no zip", "part changed", "climbs out", "link out", "no database", "format"]
)
def test_an_archive_that_is_not_whole_changes_nothing(unit: Path, tmp_path: Path, harm: str) -> None:
    archive, spare = tmp_path / "unit.zip", tmp_path / "spare"
    main(unit, "backup", archive)
    told = manifest(archive)
    if harm == "no zip":
        archive.write_bytes(archive.read_bytes()[:500])
    elif harm == "part changed":
        rewrite(archive, **{"last-good/site-0123/site.toml": "x = 2\n"})
    elif harm == "climbs out":
        evil = json.dumps(told | {"parts": {**told["parts"], "../evil": "0" * 64}})
        rewrite(archive, **{"manifest.json": evil, "../evil": "x"})
    elif harm == "link out":
        rewrite(archive, **{"manifest.json": json.dumps(told | {"links": {"logs": "/etc"}})})
    elif harm == "no database":
        parts = {name: digest for name, digest in told["parts"].items() if name != NAME}
        rewrite(archive, **{"manifest.json": json.dumps(told | {"parts": parts})})
    else:
        rewrite(archive, **{"manifest.json": json.dumps(told | {"format": 7})})
    refused = main(spare, "restore", archive)
    assert (refused.returncode, refused.stderr[:8]) == (1, "E-BAK-01"), refused.stderr
    assert "Traceback" not in refused.stderr
    assert not list(spare.iterdir())
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize(("seen", "code"), [("C", 2), ("C=x", 2), ("ZZ=1", 1), ("C=1000", 1)])
def test_seen_names_a_queue_and_a_number_of_its_series(
    unit: Path, tmp_path: Path, seen: str, code: int
) -> None:
    archive = tmp_path / "unit.zip"
    main(unit, "backup", archive)
    refused = main(tmp_path / "spare", "restore", archive, "--seen", seen)
    assert refused.returncode == code
    assert "allowed" in refused.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can put files in another's name")
def test_what_root_puts_back_belongs_to_the_kiosk(unit: Path, tmp_path: Path) -> None:
    archive, spare = tmp_path / "unit.zip", tmp_path / "spare"
    main(unit, "backup", archive)
    spare.mkdir()
    os.chown(spare, 4321, 4322)
    assert main(spare, "restore", archive).returncode == 0
    owners = {path.name: (path.lstat().st_uid, path.lstat().st_gid) for path in spare.rglob("*")}
    assert NAME in owners
    assert set(owners.values()) == {(4321, 4322)}, owners
