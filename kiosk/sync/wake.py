"""Waking the thread that sends: at once, from any thread, and from any process that works in the same state folder.

Between processes it is a datagram to ``<state>/sync.sock``; it carries one word. Nobody waits at either end.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

NAME: Final = "sync.sock"
EVENT: Final = b"event"
"""Something is in the outbox."""
NOW: Final = b"now"
"""Push and pull everything at once."""


class Waker:
    """What the sending thread waits at."""

    def __init__(self, state: Path) -> None:
        self._inner, self._outer = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._door: socket.socket | None = None
        self._state = state
        for end in (self._inner, self._outer):
            end.setblocking(False)

    def open_door(self) -> None:
        """Let other processes knock. Raises OSError."""
        door = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        door.setblocking(False)
        try:
            (self._state / NAME).unlink(missing_ok=True)
            with _short(self._state) as folder:
                door.bind(f"{folder}/{NAME}")
        except OSError:
            door.close()
            raise
        self._door = door

    def wake(self, word: bytes = EVENT) -> None:
        """End the wait, or the next one."""
        with contextlib.suppress(BlockingIOError, OSError):  # full: it is awake already; closed: nobody waits
            self._outer.send(word)

    def wait(self, timeout_s: float) -> frozenset[bytes]:
        """Wait until somebody wakes, at most so long; return what was said."""
        ends = [end for end in (self._inner, self._door) if end is not None]
        ready, _, _ = select.select(ends, [], [], max(0.0, timeout_s))
        said: set[bytes] = set()
        for end in ready:
            with contextlib.suppress(BlockingIOError):
                while True:
                    said.add(end.recv(16))
        return frozenset(said)

    def close(self) -> None:
        """Close every end."""
        if self._door is not None:
            self._door.close()
            with contextlib.suppress(OSError):
                (self._state / NAME).unlink(missing_ok=True)
        self._inner.close()
        self._outer.close()


def knock(state: Path, word: bytes = EVENT) -> bool:
    """Wake the process that sends for this state folder; say whether there is one."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as caller:
        caller.setblocking(False)
        try:
            with _short(state) as folder:
                caller.sendto(word, f"{folder}/{NAME}")
        except OSError:
            return False
    return True


@contextlib.contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A short name for ``folder``: a socket's path has 108 bytes at most (unix(7))."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
