"""Files that survive a power cut: written beside their place, forced to the disk, then renamed over it.

A leaf: it imports nothing of ours, and every part of the kiosk may use it (docs/adr/0002). The printer library knows
nothing of kiosks and has its own few lines.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from pathlib import Path
from typing import Final

STALE_S: Final = 60.0
"""Older than any writing: what a process that was killed left behind."""


def write(path: Path, content: bytes, *, forced: bool = True) -> None:
    """Put ``content`` at ``path``; whoever reads it sees the old file or the new one, never a part.

    ``forced=False`` leaves the disk its time: after a power cut the old file, or none, may stand there. Raises OSError;
    then ``path`` is what it was and nothing is left beside it.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    _sweep(path)
    try:
        # Made anew and never through a link: a technician's command may write here as root.
        descriptor = os.open(
            fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if forced:
                os.fsync(file.fileno())
        fresh.chmod(_mode(path))
        give_to_owner(fresh)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    if forced:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in ``folder`` are on the disk (fsync(2): a file's sync does not cover its name)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def give_to_owner(path: Path) -> None:
    """Give a file just made to the owner of its folder. Raises OSError.

    A technician's command may run as root; what it leaves must not lock the kiosk's own user out.
    """
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def _mode(path: Path) -> int:
    # mkstemp gives 0600, but another user, such as the kiosk's own, reads these files.
    return path.stat().st_mode & 0o777 if path.exists() else 0o644


def _sweep(path: Path) -> None:
    for left in path.parent.glob(f".{path.name}.*.new"):
        with contextlib.suppress(FileNotFoundError):  # another writer swept it first
            if abs(time.time() - left.stat().st_mtime) > STALE_S:
                left.unlink()
