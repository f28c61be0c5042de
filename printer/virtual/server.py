"""A virtual printer for other programs: on a TCP port, or on a pseudo-terminal as if on a serial line.

One thread serves all; :meth:`Server.close` wakes and joins it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import socket
import threading
import tty
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from printer.errors import ServerError
from printer.virtual.device import VirtualPrinter
from printer.virtual.faults import Fault

log = logging.getLogger(__name__)

CHUNK: Final = 4096


class _Line:
    """One way in: a file descriptor and how to end it."""

    def __init__(self, fd: int, close: Callable[[], None]) -> None:
        self.fd = fd
        self.close = close
        self.held = b""


class Server:
    """Serves ``device`` until closed. Use as a context manager, or call :meth:`close`."""

    def __init__(self, device: VirtualPrinter) -> None:
        self.device = device
        self.port = 0
        self._wake, self._woken = socket.socketpair()
        self._wake.setblocking(False)
        self._woken.setblocking(False)
        self._listener: socket.socket | None = None
        self._terminal: Path | None = None
        self._line: _Line | None = None
        self._resets = device.resets
        self._cleanups: list[Callable[[], None]] = []
        self._running = True
        self._thread = threading.Thread(target=self._run, name="virtual printer", daemon=True)
        device.watch(self._poke)

    @classmethod
    def on_tcp(cls, device: VirtualPrinter, host: str, port: int) -> Server:
        """Listen on ``host``:``port``; port 0 takes a free one. Raises :class:`ServerError`."""
        server = cls(device)
        try:
            listener = socket.create_server((host, port))
        except OSError as error:
            server.close()
            raise ServerError(f"{host}:{port}: {error.strerror}") from error
        listener.setblocking(False)
        server._listener = listener
        server._cleanups.append(listener.close)
        server.port = listener.getsockname()[1]
        server._thread.start()
        return server

    @classmethod
    def on_pty(cls, device: VirtualPrinter, path: Path) -> Server:
        """Make a pseudo-terminal with a link to it at ``path``. Raises :class:`ServerError`.

        Unplugged, the link goes and the line hangs up; plugged in again, a new line is at the same path.
        """
        server = cls(device)
        if path.exists() or (path.is_symlink() and not str(path.readlink()).startswith("/dev/pts/")):
            server.close()
            raise ServerError(f"{path}: is there already; allowed: a path where nothing is")
        server._terminal = path
        try:
            server._line = _terminal_at(path)
        except OSError as error:
            server.close()
            raise ServerError(f"{path}: {error.strerror}") from error
        server._thread.start()
        return server

    def close(self) -> None:
        """Stop, and let go of port, terminal and link. Waits for the thread, which never blocks."""
        if not self._running:
            return
        self._running = False
        self.device.unwatch(self._poke)
        self._poke()
        if self._thread.ident is not None:
            self._thread.join()
        self._drop()
        for cleanup in reversed(self._cleanups):
            with contextlib.suppress(OSError):  # gone already
                cleanup()
        self._wake.close()
        self._woken.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- the thread ---------------------------------------------------------------------------------------

    def _run(self) -> None:
        while self._running:
            poll = select.poll()
            poll.register(self._woken, select.POLLIN)
            if self._line is not None:
                # While the printer has no room the line is not read (flow control), but its end is noticed.
                poll.register(self._line.fd, 0 if self._line.held else select.POLLIN)
            elif self._listener is not None:
                # One caller at a time, as printers do: the next waits to be let in.
                poll.register(self._listener, select.POLLIN)
            for fd, events in poll.poll(self._patience_ms()):
                if fd == self._woken.fileno():
                    self._woken.recv(4096)
                elif self._line is not None and fd == self._line.fd:
                    self._read(self._line, events)
                elif self._listener is not None and fd == self._listener.fileno():
                    self._accept(self._listener)
            self._give()

    def _patience_ms(self) -> int | None:
        """How long to wait at most: the printer may change by itself."""
        pause = self.device.pause
        # Rounded up: looking too early would only be looking again.
        return None if pause is None else int(pause * 1000) + 1

    def _poke(self) -> None:
        """Wake the thread: to stop, or because room or faults of the printer changed."""
        with contextlib.suppress(BlockingIOError):  # full of wake-ups that have not been read: awake already
            self._wake.send(b"x")

    def _accept(self, listener: socket.socket) -> None:
        try:
            client, peer = listener.accept()
        except OSError as error:
            log.debug("accept: %s", error)  # the caller went away again
            return
        log.debug("connection from %s", peer)
        client.setblocking(False)
        self._line = _Line(client.fileno(), client.close)

    def _read(self, line: _Line, events: int) -> None:
        data = b""
        if not line.held:
            try:
                data = os.read(line.fd, CHUNK)
            except BlockingIOError:
                return
            except OSError as error:
                log.debug("line lost: %s", error)
        elif not events & (select.POLLERR | select.POLLHUP | select.POLLNVAL):
            return
        if not data:
            # Half a command stays in the printer: the next caller's bytes continue the stream, as on real ones.
            self._drop()
            return
        line.held = data

    def _give(self) -> None:
        """Hand over what the printer has room for, and carry its answers back."""
        line = self._line
        if line is None:
            self._plug_in_again()
            return
        while line.held and (taken := self.device.receive(line.held)):
            line.held = line.held[taken:]
        if self._cut_off():
            self._drop()
            return
        replies = self.device.take_replies()
        try:
            if replies:
                os.write(line.fd, replies)
        except OSError as error:
            log.debug("answer not delivered: %s", error)

    def _cut_off(self) -> bool:
        """Whether the line is gone: unplugged, or a connection that ended with the printer's restart. A serial
        line outlives a restart."""
        restarted, self._resets = self.device.resets != self._resets, self.device.resets
        return Fault.UNPLUGGED in self.device.faults or (restarted and self._listener is not None)

    def _plug_in_again(self) -> None:
        if self._terminal is None or Fault.UNPLUGGED in self.device.faults:
            return
        try:
            self._line = _terminal_at(self._terminal)
        except OSError as error:
            log.warning("%s: not plugged in again: %s", self._terminal, error)
            self._terminal = None

    def _drop(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()


def _terminal_at(path: Path) -> _Line:
    """A new pseudo-terminal with a link to it at ``path``. Raises OSError."""
    master, slave = os.openpty()
    target = os.ttyname(slave)

    def close() -> None:
        if path.is_symlink() and str(path.readlink()) == target:
            path.unlink()
        os.close(slave)
        os.close(master)

    try:
        tty.setraw(slave)
        os.set_blocking(master, False)
        path.unlink(missing_ok=True)  # left behind by one that was killed
        path.symlink_to(target)
    except OSError:
        close()
        raise
    # The slave stays open here: without it the line would hang up each time a program closes its end.
    return _Line(master, close)
