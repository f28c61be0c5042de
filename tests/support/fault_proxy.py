"""A line between kiosk and server that fails on request: real sockets on loopback, switchable while it runs.

One listening thread and one thread for each connection, all owned by the proxy and ended by ``close``. Nothing here
sleeps: what waits, waits for the end of the fault, which every switch of ``fault`` brings about at once.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import email.utils
import json
import queue
import re
import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

PATIENCE_S: Final = 30.0
"""Deadline of every socket here: a test that hangs says where."""
PORTAL: Final = (
    b"<!DOCTYPE html><html><title>Wi-Fi</title><form action=/login>Selamat datang, silakan masuk</form>"
)
GARBAGE: Final = bytes(range(128, 256)) * 8 + b"\r\n\r\n"


class Fault(StrEnum):
    """What is wrong with the line. The request reaches the server only where it says so."""

    NONE = "none"
    REFUSE = "refuse"
    """Nobody listens; connections that stood are reset."""
    RESET_REQUEST = "reset_request"
    """Reset when half of the request was read; the server never sees it."""
    RESET_RESPONSE = "reset_response"
    """The server has done it; half of its answer comes, then a reset."""
    DROP_RESPONSE = "drop_response"
    """The server has done it; the line is closed before a byte of its answer."""
    SILENT = "silent"
    """Half open: connects, takes the request, and nothing comes any more. The server never sees it."""
    LATENCY = "latency"
    """The answer comes ``delay_s`` late."""
    DRIP = "drip"
    """The answer comes one byte every ``drip_s``."""
    GARBAGE = "garbage"
    """Bytes that are not HTTP."""
    ERROR_500 = "error_500"
    """A proxy on the way says 500; the server never sees the request."""
    UNAVAILABLE = "unavailable"
    """503 with ``Retry-After: 7``; the server never sees the request."""
    TRUNCATED = "truncated"
    """The server has done it; its JSON ends in the middle, with a length that fits."""
    REDIRECT = "redirect"
    """302 to another place, where a listener would take a token that is sent along."""
    PORTAL = "portal"
    """200 with the log-in page of somebody's Wi-Fi."""
    SKEW = "skew"
    """The server's clock is ``skew`` wrong: in ``Date`` and in ``server_time``."""
    WRONG_CERTIFICATE = "wrong_certificate"
    """TLS with a certificate nobody vouches for (needs ``tls``)."""
    DUPLICATE = "duplicate"
    """The request reaches the server twice; the second answer comes back."""
    HOLD = "hold"
    """Reset, but the request was only delayed: it reaches the server at ``deliver_held``, after later ones."""


HARMLESS: Final = frozenset({Fault.NONE, Fault.SKEW, Fault.DUPLICATE})


@dataclass(frozen=True)
class Certificates:
    """Key and certificate for loopback: one that ``ca`` vouches for, and one that nobody does."""

    ca: Path
    good: Path
    wrong: Path

    @classmethod
    def make(cls, folder: Path) -> Certificates:
        """Make them with openssl; each file holds key and certificate."""
        files = []
        for name in ("good", "wrong"):
            key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
            command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
            command += ["-nodes", "-days", "2", "-subj", f"/CN={name}.invalid"]
            command += ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
            command += ["-keyout", str(key), "-out", str(certificate)]
            subprocess.run(command, check=True, capture_output=True)
            both = folder / f"{name}.pem"
            both.write_text(key.read_text() + certificate.read_text())
            files.append(both)
        return cls(folder / "good.crt", *files)

    def context(self, wrong: bool) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.wrong if wrong else self.good)
        return made


@dataclass
class _Message:
    """One HTTP message as it stood on the wire."""

    head: bytes
    body: bytes

    @property
    def whole(self) -> bytes:
        return self.head + self.body

    @property
    def path(self) -> str:
        return self.head.split(b" ", 2)[1].decode("latin-1")

    def header(self, name: str) -> str:
        found = re.search(rf"(?im)^{name}:[ \t]*(.*?)\r$", self.head.decode("latin-1"))
        return found[1] if found else ""


@dataclass
class FaultProxy:
    """Listens on loopback and passes requests on to ``upstream``, an address like ``http://127.0.0.1:8080``."""

    upstream: str
    tls: Certificates | None = None
    delay_s: float = 10.0
    drip_s: float = 1.0
    skew: dt.timedelta = dt.timedelta(hours=3)
    seen: list[str] = field(default_factory=list)
    """The paths of all requests that came, in their order."""
    passed: list[str] = field(default_factory=list)
    """The paths of those that reached the server."""
    elsewhere: list[str] = field(default_factory=list)
    """Heads of requests that followed the redirect."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._left = threading.Condition(self._lock)
        self._fault, self._only, self._times = Fault.NONE, "", -1
        self._switched = threading.Event()
        self._closed = threading.Event()
        self._threads: queue.SimpleQueue[threading.Thread] = queue.SimpleQueue()
        self._open: set[socket.socket] = set()
        self._held: list[bytes] = []
        self._listener: socket.socket | None = None
        self.port = 0
        self._listen()
        # Only the far end of a redirect: what comes here has left the house.
        self._far = socket.create_server(("127.0.0.1", 0))
        self._start(self._take_redirected, self._far)

    @property
    def address(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    # --- the switch ---------------------------------------------------------------------------------------------------

    @property
    def fault(self) -> Fault:
        return self._fault

    @fault.setter
    def fault(self, fault: Fault) -> None:
        self.set(fault)

    def set(self, fault: Fault, only: str = "", times: int = -1) -> None:
        """From now on ``fault`` is wrong with requests whose path contains ``only``, ``times`` times (-1: always)."""
        with self._lock:
            self._fault, self._only, self._times = fault, only, times
            self._switched.set()
            self._switched = threading.Event()
        if fault is Fault.REFUSE:
            self._hang_up()
        elif self._listener is None:
            self._listen()
        if self.tls is not None:
            self._hang_up(listener=False)  # a connection that stands would not show its certificate again

    def deliver_held(self) -> int:
        """Let the server have the requests that HOLD kept, in the order they came; return how many."""
        with self._lock:
            held, self._held = self._held, []
        for data in held:
            self._forward(data)
        return len(held)

    @contextlib.contextmanager
    def wrong(self, fault: Fault, only: str = "") -> Iterator[None]:
        """Have ``fault`` for the length of a ``with``."""
        self.set(fault, only)
        try:
            yield
        finally:
            self.set(Fault.NONE)

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up and end every thread."""
        self._closed.set()
        with self._lock:
            self._switched.set()
        self._hang_up()
        _shut(self._far)
        while not self._threads.empty():
            thread = self._threads.get()
            thread.join(PATIENCE_S)
            if thread.is_alive():
                raise RuntimeError(f"{thread.name} does not end")

    # --- threads ------------------------------------------------------------------------------------------------------

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, name="fault-proxy", daemon=True)  # type: ignore[arg-type]
        self._threads.put(thread)
        thread.start()

    def _listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._start(self._accept, self._listener)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                with self._lock:
                    if listener is not self._listener:  # closed meanwhile
                        _reset(client)
                        return
                    self._open.add(client)
                self._start(self._serve, client)

    def _hang_up(self, listener: bool = True) -> None:
        with self._lock:
            if listener and self._listener is not None:
                _shut(self._listener)
                self._listener = None
            for client in self._open:
                # Its own thread is woken and closes it; with this option that is a reset.
                _linger_not(client)
                with contextlib.suppress(OSError):
                    client.shutdown(socket.SHUT_RD)
            if not self._left.wait_for(lambda: not self._open, PATIENCE_S):
                raise RuntimeError("a connection does not end")

    def _take_redirected(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                with contextlib.closing(client), contextlib.suppress(OSError, ValueError):
                    client.settimeout(PATIENCE_S)
                    self.elsewhere.append(_read(client).head.decode("latin-1"))
                    client.sendall(_answer("200 OK", b"{}", "Content-Type: application/json"))

    # --- one connection -----------------------------------------------------------------------------------------------

    def _serve(self, client: socket.socket) -> None:
        raw = client
        try:
            client.settimeout(PATIENCE_S)
            if self.tls is not None:
                context = self.tls.context(wrong=self._fault is Fault.WRONG_CERTIFICATE)
                client = context.wrap_socket(client, server_side=True)
                with self._lock:
                    self._open.discard(raw)
                    self._open.add(client)
            while self._once(client):
                pass
        except (OSError, ValueError):  # it went away, or was hung up
            _reset(client)
        finally:
            with self._lock:
                client.close()
                self._open.discard(raw)
                self._open.discard(client)
                self._left.notify_all()

    def _once(self, client: socket.socket) -> bool:
        """Serve one request; say whether the connection stands."""
        first = client.recv(65536)
        if not first:
            return False
        path = first.split(b" ", 2)[1].decode("latin-1") if first.count(b" ") > 1 else "?"
        self.seen.append(path)
        fault, switched = self._take(path)
        if fault is Fault.RESET_REQUEST:
            _reset(client)
            return False
        request = _read(client, first)
        match fault:
            case Fault.SILENT:
                switched.wait(PATIENCE_S)
                return False
            case Fault.HOLD:
                with self._lock:
                    self._held.append(request.whole)
                _reset(client)
                return False
            case Fault.GARBAGE:
                client.sendall(GARBAGE)
                return False
            case Fault.ERROR_500:
                client.sendall(
                    _answer("500 Internal Server Error", b"<h1>Bad gateway</h1>", "Content-Type: text/html")
                )
                return True
            case Fault.UNAVAILABLE:
                client.sendall(_answer("503 Service Unavailable", b"", "Retry-After: 7"))
                return True
            case Fault.REDIRECT:
                port = self._far.getsockname()[1]
                client.sendall(_answer("302 Found", b"", f"Location: http://127.0.0.1:{port}{request.path}"))
                return True
            case Fault.PORTAL:
                client.sendall(_answer("200 OK", PORTAL, "Content-Type: text/html; charset=utf-8"))
                return True
            case _:
                return self._pass(client, request, fault, switched)

    def _pass(
        self, client: socket.socket, request: _Message, fault: Fault, switched: threading.Event
    ) -> bool:
        if fault is Fault.DUPLICATE:
            self._forward(request.whole)
        answer = self._forward(request.whole)
        if answer is None:  # the server is gone
            _reset(client)
            return False
        data = answer.whole
        match fault:
            case Fault.DROP_RESPONSE:
                return False
            case Fault.RESET_RESPONSE:
                client.sendall(data[: max(1, len(data) // 2)])
                _reset(client)
                return False
            case Fault.TRUNCATED:
                half = answer.body[: len(answer.body) // 2]
                length = re.sub(
                    rb"(?i)(content-length:)[ \t]*\d+", rb"\g<1> " + str(len(half)).encode(), answer.head
                )
                client.sendall(length + half)
                return True
            case Fault.LATENCY:
                if switched.wait(self.delay_s) and self._closed.is_set():
                    return False
            case Fault.DRIP:
                for place in range(len(data)):
                    client.sendall(data[place : place + 1])
                    if switched.wait(self.drip_s):
                        return False
                return True
            case Fault.SKEW:
                data = self._skewed(answer)
        client.sendall(data)
        return True

    def _take(self, path: str) -> tuple[Fault, threading.Event]:
        with self._lock:
            if self._fault is Fault.NONE or self._only not in path or self._times == 0:
                return Fault.NONE, self._switched
            self._times -= self._times > 0
            return self._fault, self._switched

    def _forward(self, data: bytes) -> _Message | None:
        to = urlsplit(self.upstream)
        closing = re.sub(rb"(?im)^connection:.*\r\n", b"", data, count=1)
        closing = closing.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        try:
            with socket.create_connection((to.hostname or "", to.port or 80), PATIENCE_S) as server:
                server.sendall(closing)
                answer = _read(server)
        except (OSError, ValueError):
            return None
        self.passed.append(_Message(data, b"").path)
        # To the client the connection stands: that the proxy made a new one upstream is its own affair.
        head = re.sub(rb"(?im)^connection:.*\r\n", b"", answer.head)
        return _Message(head, answer.body)

    def _skewed(self, answer: _Message) -> bytes:
        wrong = dt.datetime.now(dt.UTC) + self.skew
        date = email.utils.format_datetime(wrong.replace(microsecond=0), usegmt=True).encode()
        head, body = re.sub(rb"(?im)^date:.*?\r$", b"Date: " + date + b"\r", answer.head), answer.body
        with contextlib.suppress(ValueError):
            told = json.loads(body)
            if isinstance(told, dict) and "server_time" in told:
                body = json.dumps(told | {"server_time": wrong.isoformat()}).encode()
        head = re.sub(rb"(?i)(content-length:)[ \t]*\d+", rb"\g<1> " + str(len(body)).encode(), head)
        return head + body


def _read(source: socket.socket, data: bytes = b"") -> _Message:
    """Read one message to its end: by its length, in chunks, or until the other end closes."""
    while b"\r\n\r\n" not in data:
        more = source.recv(65536)
        if not more:
            raise ValueError("ended within its head")
        data += more
    head, body = data.split(b"\r\n\r\n", 1)
    message = _Message(head + b"\r\n\r\n", body)
    length = message.header("content-length")
    chunked = "chunked" in message.header("transfer-encoding").lower()
    is_answer = data.startswith(b"HTTP/")
    without = is_answer and data.split(b" ", 2)[1][:3] in (b"204", b"304")
    while not without:
        if chunked:
            if message.body.endswith(b"0\r\n\r\n"):
                break
        elif length:
            if len(message.body) >= int(length):
                break
        elif not is_answer:
            break
        more = source.recv(65536)
        if not more:
            if length or chunked:
                raise ValueError("ended within its body")
            break
        message.body += more
    return message


def _answer(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def _linger_not(client: socket.socket) -> None:
    with contextlib.suppress(OSError):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _reset(client: socket.socket) -> None:
    """Close with a reset, as a line does that broke."""
    _linger_not(client)
    with contextlib.suppress(OSError):
        client.close()


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in it
    with contextlib.suppress(OSError):
        one.close()
