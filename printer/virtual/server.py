"""A virtual printer for other programs: on a TCP port, or on a pseudo-terminal as if on a serial line.

One thread serves all; :meth:`Server.close` wakes and joins it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket
import threading
import tty
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from printer.errors import PrinterError
from printer.virtual.device import Fault, VirtualPrinter

log = logging.getLogger(__name__)

CHUNK: Final = 4096


class ServerError(PrinterError):
    """A virtual printer cannot be put where it was asked for."""

    code = "E-PRN-20"


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
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._wake.setblocking(False)
        self._woken.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ, self._awake)
        self._lines: dict[int, _Line] = {}
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
        server._selector.register(listener, selectors.EVENT_READ, lambda: server._accept(listener))
        server._cleanups.append(listener.close)
        server.port = listener.getsockname()[1]
        server._thread.start()
        return server

    @classmethod
    def on_pty(cls, device: VirtualPrinter, path: Path) -> Server:
        """Make a pseudo-terminal with a link to it at ``path``. Raises :class:`ServerError`."""
        server = cls(device)
        if path.exists() or (path.is_symlink() and not str(path.readlink()).startswith("/dev/pts/")):
            server.close()
            raise ServerError(f"{path}: is there already; allowed: a path where nothing is")
        master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        target = os.ttyname(slave)
        server._cleanups += [lambda: os.close(slave), lambda: _unlink(path, target)]
        try:
            path.unlink(missing_ok=True)  # left behind by one that was killed
            path.symlink_to(target)
        except OSError as error:
            os.close(master)
            server.close()
            raise ServerError(f"{path}: {error.strerror}") from error
        # The slave stays open here: without it the line would hang up each time a program closes its end.
        server._add(_Line(master, lambda: os.close(master)))
        server._thread.start()
        return server

    port: int = 0
    """The TCP port listened on."""

    def close(self) -> None:
        """Stop, and let go of port, terminal and link. Waits for the thread, which never blocks."""
        if not self._running:
            return
        self._running = False
        self.device.unwatch(self._poke)
        self._poke()
        if self._thread.ident is not None:
            self._thread.join()
        for line in list(self._lines.values()):
            self._drop(line)
        for cleanup in reversed(self._cleanups):
            with contextlib.suppress(OSError):  # gone already
                cleanup()
        self._selector.close()
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
            for key, _ in self._selector.select():
                key.data()
            for line in list(self._lines.values()):
                self._give(line)

    def _poke(self) -> None:
        """Wake the thread: to stop, or because room or faults of the printer changed."""
        with contextlib.suppress(BlockingIOError):  # full of wake-ups that have not been read: awake already
            self._wake.send(b"x")

    def _awake(self) -> None:
        self._woken.recv(4096)

    def _accept(self, listener: socket.socket) -> None:
        try:
            client, peer = listener.accept()
        except OSError as error:
            log.debug("accept: %s", error)  # the caller went away again
            return
        if Fault.UNPLUGGED in self.device.faults:
            client.close()
            return
        client.setblocking(False)
        log.debug("connection from %s", peer)
        self._add(_Line(client.fileno(), client.close))

    def _add(self, line: _Line) -> None:
        self._lines[line.fd] = line
        self._selector.register(line.fd, selectors.EVENT_READ, lambda: self._read(line))

    def _read(self, line: _Line) -> None:
        if line.held or line.fd not in self._lines:
            return
        try:
            data = os.read(line.fd, CHUNK)
        except BlockingIOError:
            return
        except OSError as error:
            log.debug("line lost: %s", error)
            data = b""
        if not data:
            # Half a command stays in the printer: the next connection continues the stream, as on real ones.
            self._drop(line)
            return
        line.held = data

    def _give(self, line: _Line) -> None:
        """Hand over what the printer has room for. While some is left the line is not read: flow control."""
        if Fault.UNPLUGGED in self.device.faults:
            self._drop(line)
            return
        held_before = bool(line.held)
        if line.held:
            line.held = line.held[self.device.receive(line.held) :]
        if not held_before:
            return
        self._listen(line, not line.held)
        replies = self.device.take_replies()
        try:
            if replies:
                os.write(line.fd, replies)
        except OSError as error:
            log.debug("answer not delivered: %s", error)

    def _listen(self, line: _Line, on: bool) -> None:
        registered = line.fd in self._selector.get_map()
        if on and not registered:
            self._selector.register(line.fd, selectors.EVENT_READ, lambda: self._read(line))
        elif not on and registered:
            self._selector.unregister(line.fd)

    def _drop(self, line: _Line) -> None:
        if self._lines.pop(line.fd, None) is None:
            return
        if line.fd in self._selector.get_map():
            self._selector.unregister(line.fd)
        line.close()


def _unlink(path: Path, target: str) -> None:
    if path.is_symlink() and str(path.readlink()) == target:
        path.unlink()
