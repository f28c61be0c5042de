"""A printer behind a device file: ``/dev/usb/lp0``, ``/dev/ttyS0``, or a pseudo-terminal.

Opened without blocking: with paper out a plain write to ``/dev/usb/lp*`` blocks for ever. Never created: a
typed name or an absent printer would otherwise become a regular file that everything is "printed" to.
"""

from __future__ import annotations

import array
import contextlib
import errno
import fcntl
import os
import select
import stat
import time
from pathlib import Path
from typing import Final

from printer.errors import Closed, TimedOut, Unreachable

GONE: Final = select.POLLHUP | select.POLLERR | select.POLLNVAL
LPGETSTATUS: Final = 0x060B
"""``linux/lp.h``."""
IDLE_READ_S: Final = 0.01
"""Pause after an empty read, in seconds."""


class FileTransport:
    """The device file at ``path``, read side included where the system gives one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None
        self._readable = False
        self._broken = False

    @property
    def name(self) -> str:
        return f"printer device {self._path}"

    def open(self, deadline: float) -> None:
        if self._fd is not None:
            return
        self._broken = False
        flags = os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        try:
            # No O_CREAT anywhere.
            self._fd, self._readable = os.open(self._path, os.O_RDWR | flags), True
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EPERM, errno.EINVAL):
                raise Unreachable(f"{self.name}: {error.strerror}") from error
            self._open_write_only(flags)
        self._refuse_plain_file()

    def _open_write_only(self, flags: int) -> None:
        try:
            self._fd, self._readable = os.open(self._path, os.O_WRONLY | flags), False
        except OSError as error:
            raise Unreachable(f"{self.name}: {error.strerror}") from error

    def _refuse_plain_file(self) -> None:
        assert self._fd is not None
        mode = os.fstat(self._fd).st_mode
        if not stat.S_ISCHR(mode):
            self.close()
            raise Unreachable(f"{self.name}: not a device; allowed: a device file such as /dev/usb/lp0")
        if os.isatty(self._fd):
            # A terminal would echo, translate line ends and take bytes for control keys.
            import termios
            import tty

            try:
                tty.setraw(self._fd, termios.TCSANOW)
            except termios.error as error:
                self.close()
                raise Unreachable(f"{self.name}: {error}") from error

    def write(self, data: bytes, deadline: float) -> None:
        fd, sent = self._opened(), 0
        view = memoryview(data)
        while sent < len(data):
            try:
                sent += os.write(fd, view[sent:])
            except BlockingIOError:
                self._await_room(fd, sent, len(data), deadline)
            except OSError as error:
                self._broken = True
                raise Closed(
                    f"{self.name}: {error.strerror} ({sent} of {len(data)} sent)", sent=sent
                ) from error

    def _await_room(self, fd: int, sent: int, size: int, deadline: float) -> None:
        events = _wait(fd, select.POLLOUT, deadline)
        if not events:
            self._broken = True
            raise TimedOut(f"{self.name}: takes no more bytes ({sent} of {size} sent)", sent=sent)
        if events & GONE:
            self._broken = True
            raise Closed(f"{self.name}: unplugged ({sent} of {size} sent)", sent=sent)

    def read(self, n: int, deadline: float) -> bytes:
        fd = self._opened()
        if not self._readable:
            return b""
        while events := _wait(fd, select.POLLIN, deadline):
            try:
                data = os.read(fd, n)
            except BlockingIOError:
                data = b""
            except OSError as error:
                raise Closed(f"{self.name}: {error.strerror}") from error
            if data:
                return data
            if events & GONE:
                raise Closed(f"{self.name}: unplugged")
            # Some USB printers say "readable" and give nothing while they have nothing to say.
            left = deadline - time.monotonic()
            if left <= 0:
                break
            _wait(-1, 0, time.monotonic() + min(left, IDLE_READ_S))
        return b""

    def port_status(self, deadline: float) -> int | None:
        """Ask the kernel's USB printer driver (``LPGETSTATUS``); other devices have none."""
        del deadline  # the driver has its own, 5 s, and a printer that answers at all does at once
        answer = array.array("i", [0])
        try:
            fcntl.ioctl(self._opened(), LPGETSTATUS, answer)
        except OSError:
            return None
        return answer[0] & 0xFF

    def close(self) -> None:
        fd, self._fd = self._fd, None
        if fd is None:
            return
        with contextlib.suppress(OSError):  # gone with the device: the number is free either way
            if self._broken and os.isatty(fd):
                import termios

                with contextlib.suppress(termios.error):
                    # Closing a serial line waits up to 30 s for bytes that no longer leave.
                    termios.tcflush(fd, termios.TCOFLUSH)
            os.close(fd)

    def _opened(self) -> int:
        if self._fd is None:
            raise Closed(f"{self.name}: not open")
        return self._fd


def _wait(fd: int, event: int, deadline: float) -> int:
    """The poll events that came for ``fd`` until the deadline, 0 for none. ``fd`` -1 only waits."""
    poll = select.poll()
    if fd >= 0:
        poll.register(fd, event)
    for _, events in poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        return events
    return 0
