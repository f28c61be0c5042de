"""Locks between processes: flock(2) on a small file, with a deadline.

The kernel lets go of them when their process dies, however it dies: nothing is ever left locked.
"""

from __future__ import annotations

import errno
import fcntl
import os
import threading
import time
from pathlib import Path
from typing import Final

from kiosk.durable import give_to_owner

POLL_S: Final = 0.01
"""flock has no deadline of its own; trying again every 10 ms costs nothing measurable."""


class FileLock:
    """An exclusive lock on ``path``, held by at most one FileLock of all processes. One thread at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None
        self._turn = threading.Event()  # never set: its wait is a sleep

    def acquire(self, patience_s: float) -> bool:
        """Take the lock within ``patience_s`` seconds; say whether it was had. Raises OSError for the file."""
        fresh = not self.path.exists()
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if fresh:
            give_to_owner(self.path)
        deadline = time.monotonic() + patience_s
        while not try_flock(descriptor, fcntl.LOCK_EX):
            left = deadline - time.monotonic()
            if left <= 0:
                os.close(descriptor)
                return False
            self._turn.wait(min(POLL_S, left))
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Give it back; nothing happens when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def try_flock(descriptor: int, kind: int) -> bool:
    """Take ``kind`` of lock on ``descriptor`` if nobody is in the way; say whether it was had."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            return False
        raise
    return True
