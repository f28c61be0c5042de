"""A printer on the network, raw bytes on a port (9100 by custom).

One connection a job: many printers serve one at a time, and a connection left open shuts everybody else out
for minutes. A write that returns proves nothing (500 bytes to a dead peer are "sent" in 0.4 ms); only an answer does.
"""

from __future__ import annotations

import logging
import select
import socket
import struct
import time
from typing import Final

from printer.errors import Closed, TimedOut, TransportError, Unreachable
from printer.transports.lookup import Lookup

log = logging.getLogger(__name__)

RST_ON_CLOSE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: what has not left yet is thrown away instead of being sent later."""

MAX_UNREAD: Final = 16


class NetworkTransport:
    """TCP to ``host``:``port``."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._lookup = Lookup(host, port)
        self._socket: socket.socket | None = None
        self._broken = False

    @property
    def name(self) -> str:
        return f"network printer {self._address[0]}:{self._address[1]}"

    def open(self, deadline: float) -> None:
        if self._socket is not None:
            return
        opened = self._connect(deadline)
        opened.setblocking(False)
        # The job leaves at once, not when the last answer has been acknowledged.
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = opened
        self._broken = False

    def _connect(self, deadline: float) -> socket.socket:
        reason = "no address found"
        for family, address in self._lookup.addresses(deadline):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            opened = socket.socket(family, socket.SOCK_STREAM)
            opened.settimeout(left)
            try:
                opened.connect(address)
            except OSError as error:
                reason = str(error)
                opened.close()
            else:
                return opened
        raise Unreachable(f"{self.name}: {reason}")

    def write(self, data: bytes, deadline: float) -> None:
        opened, sent = self._opened(), 0
        view = memoryview(data)
        try:
            while sent < len(data):
                try:
                    sent += opened.send(view[sent:])
                except BlockingIOError:
                    if not _wait(opened, select.POLLOUT, deadline):
                        raise TimedOut(
                            f"{self.name}: takes no more bytes ({sent} of {len(data)} sent)", sent=sent
                        ) from None
        except OSError as error:
            self._broken = True
            raise Closed(f"{self.name}: {error} ({sent} of {len(data)} sent)", sent=sent) from error
        except TransportError:
            self._broken = True
            raise

    def read(self, n: int, deadline: float) -> bytes:
        opened = self._opened()
        if not _wait(opened, select.POLLIN, deadline):
            return b""
        try:
            data = opened.recv(n)
        except BlockingIOError:
            return b""
        except OSError as error:
            self._broken = True
            raise Closed(f"{self.name}: {error}") from error
        if not data:
            self._broken = True
            raise Closed(f"{self.name}: the printer closed the connection")
        return data

    def close(self) -> None:
        opened, self._socket = self._socket, None
        if opened is None:
            return
        try:
            if self._broken:
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST_ON_CLOSE)
            else:
                # Unread bytes at close would make the system reset the connection and with it the job's tail.
                opened.shutdown(socket.SHUT_WR)
                for _ in range(MAX_UNREAD):
                    if not opened.recv(4096):
                        break
        except BlockingIOError:
            pass  # nothing more to read: the usual case
        except OSError as error:
            log.debug("%s: closing: %s", self.name, error)  # gone already
        finally:
            opened.close()

    def _opened(self) -> socket.socket:
        if self._socket is None:
            raise Closed(f"{self.name}: not open")
        return self._socket


def _wait(opened: socket.socket, event: int, deadline: float) -> bool:
    poll = select.poll()
    poll.register(opened, event)
    return bool(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))
