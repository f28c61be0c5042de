"""Servers that misbehave, on real sockets: each connection is handled by one function."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

Behave = Callable[[socket.socket, threading.Event], None]
"""Handles one connection; the event is set when the test is over."""


@dataclass
class FarEnd:
    """Listens on loopback until closed."""

    behave: Behave
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self._threads: list[threading.Thread] = []
        self._main = threading.Thread(target=self._run)
        self._main.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self.over.set()
        self._main.join(10)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _run(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            self.connections += 1
            thread = threading.Thread(target=self._one, args=(connection,))
            thread.start()
            self._threads.append(thread)

    def _one(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(10)
            self.behave(connection, self.over)


@contextlib.contextmanager
def far_end(behave: Behave) -> Iterator[FarEnd]:
    """A server that does ``behave`` with each connection."""
    made = FarEnd(behave)
    try:
        yield made
    finally:
        made.close()


def read_request(connection: socket.socket) -> bytes:
    """Read one request with its body."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (piece := connection.recv(65536)):
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ),
        0,
    )
    while len(body) < length and (piece := connection.recv(65536)):
        body += piece
    return head + b"\r\n\r\n" + body


def answer(
    status: str = "200 OK", media: str = "application/json", body: bytes = b"{}", more: tuple[str, ...] = ()
) -> bytes:
    """Return an answer's bytes."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media}", f"Content-Length: {len(body)}", *more, "", ""]
    return "\r\n".join(lines).encode() + body


def says(data: bytes) -> Behave:
    """Always answer ``data``, and close."""

    def behave(connection: socket.socket, over: threading.Event) -> None:
        read_request(connection)
        connection.sendall(data)

    return behave


def silent(connection: socket.socket, over: threading.Event) -> None:
    """Take everything, say nothing: half open."""
    read_request(connection)
    over.wait(60)


def drip(
    connection: socket.socket, over: threading.Event, data: bytes = answer(body=b'{"a": 1}' * 50)
) -> None:
    """A byte each tenth of a second."""
    read_request(connection)
    for byte in data:
        connection.sendall(bytes([byte]))
        if over.wait(0.1):
            return


def drip_body(connection: socket.socket, over: threading.Event) -> None:
    """The head at once, then a byte each tenth of a second."""
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
    drip_rest = b" " * 1000
    for byte in drip_rest:
        connection.sendall(bytes([byte]))
        if over.wait(0.1):
            return


def resets(connection: socket.socket, over: threading.Event) -> None:
    """Reset in the middle of the answer."""
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


PORTAL = answer("200 OK", "text/html; charset=utf-8", b"<html>Selamat datang di Wi-Fi</html>")
portal = says(PORTAL)
redirect = says(answer("302 Found", "text/html", b"", ("Location: http://127.0.0.1:1/steal",)))
truncated = says(answer(body=b'{"answers": ['))
cut = partial(says, b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{}")()
garbage = says(b"\x00\xff\x17SSH-2.0\r\n\r\n" * 3)
