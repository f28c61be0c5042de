"""Files that survive a power cut: written beside their place, forced to the disk, then renamed over it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path``; whoever reads it sees the old file or the new one, never a part.

    Raises OSError; then ``path`` is what it was and nothing is left beside it.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_mode(path))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Force the names in ``directory`` to the disk: a rename is durable only after this (fsync(2))."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _mode(path: Path) -> int:
    # mkstemp gives 0600, but another user, such as the kiosk's own, reads these files.
    return path.stat().st_mode & 0o777 if path.exists() else 0o644
