"""Files written whole: the old one or the new one, never a part, and nothing left beside it."""

from __future__ import annotations

import logging
import os
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk import durable, settings
from kiosk.settings import DEFAULT_FILE


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("forced", [True, False])
def test_it_is_written_and_replaced_with_the_mode_it_had(tmp_path: Path, forced: bool) -> None:
    there = tmp_path / "roll.json"
    durable.write(there, b"one", forced=forced)
    assert (there.read_bytes(), stat.S_IMODE(there.stat().st_mode)) == (b"one", 0o644)
    there.chmod(0o600)
    durable.write(there, b"two", forced=forced)
    assert (there.read_bytes(), stat.S_IMODE(there.stat().st_mode)) == (b"two", 0o600)
    assert names(tmp_path) == ["roll.json"]


def test_a_disk_that_takes_only_a_part_leaves_the_old_file(tmp_path: Path) -> None:
    """In a process of its own, which may write files of 1,000 bytes only."""
    there = tmp_path / "roll.json"
    durable.write(there, b"old")
    program = f"""
import resource, signal, pathlib
from kiosk import durable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, {resource.getrlimit(resource.RLIMIT_FSIZE)[1]}))
try:
    durable.write(pathlib.Path({str(there)!r}), b"n" * 5000)
except OSError as error:
    print(error.errno)
"""
    root = Path(__file__).resolve().parents[1]
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "27"
    assert there.read_bytes() == b"old"
    assert names(tmp_path) == ["roll.json"]


def test_what_a_killed_process_left_is_swept_and_a_link_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"untouched")
    stale = tmp_path / ".roll.json.1-1.new"
    stale.write_bytes(b"half")
    os.utime(stale, (0, 0))
    young = tmp_path / ".roll.json.2-2.new"
    young.write_bytes(b"of another process that is writing")
    durable.write(tmp_path / "roll.json", b"whole")
    assert names(tmp_path) == [".roll.json.2-2.new", "other", "roll.json"]
    (tmp_path / "roll.json").unlink()
    (tmp_path / "roll.json").symlink_to(other)
    durable.write(tmp_path / "roll.json", b"new")
    assert other.read_bytes() == b"untouched"


def test_a_state_folder_that_takes_nothing_costs_the_copy_and_never_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "last-good").write_text(
        "a file where a folder should be: no user, not even root, writes below it"
    )
    with caplog.at_level(logging.WARNING):
        loaded, problem = settings.load_or_last_good(DEFAULT_FILE, tmp_path, {})
    assert problem is None and loaded.file == DEFAULT_FILE
    assert "the good configuration could not be copied" in caplog.text
