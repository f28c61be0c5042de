"""HTTP with an end: one request, one answer, within so many seconds in all, of at most so many bytes.

``requests`` has time limits for each wait, not for the whole: a peer that sends a byte a second is never late. Here
every wait of a connection gets what is left of the request's time, for headers and body alike. (What has no end of its
own is the system's name look-up; whoever cannot wait for that asks on a thread: kiosk.sync.numbers.)

Redirects are not followed: a bearer token goes to the server it is for and nowhere else. Certificates are always
verified, by the system's authorities or the site's own (``ca_file``); there is no switch. Proxies and ``.netrc`` of the
environment are not looked at.
"""

from __future__ import annotations

import contextlib
import io
import json
import socket
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final, cast

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from kiosk.sync.errors import NotKnown, NotOurServer, ServerRefuses, SyncError, Unreachable

CONNECT_S: Final = 5.0
LARGEST: Final = 1 << 20
CHUNK: Final = 1 << 16
TRY_AGAIN: Final = frozenset({408, 425, 429})
LONGEST_RETRY_AFTER_S: Final = 3600.0


class Deadline:
    """When the present request must have ended."""

    def __init__(self) -> None:
        self.at = 0.0
        self.sock: Any = None
        """The connection in use, to be broken off from outside."""

    def left(self) -> float:
        """Return the seconds that are left; raises TimeoutError when there are none."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError("no time is left for the answer")
        return left


class _Reading(socket.SocketIO):
    """What comes out of a socket, each piece within what is left of the whole time."""

    def __init__(self, sock: Any, deadline: Deadline) -> None:
        # As socket.makefile does: the socket stays open until its reader is closed, too.
        sock._io_refs += 1
        self._bounded, self._deadline = sock, deadline
        super().__init__(sock, "r")

    def readinto(self, buffer: Any) -> int | None:
        self._bounded.settimeout(self._deadline.left())
        return super().readinto(buffer)


class _Bounded:
    """A connected socket whose reader keeps to the deadline; all else is the socket's own."""

    def __init__(self, sock: Any, deadline: Deadline) -> None:
        self._sock, self._deadline = sock, deadline
        deadline.sock = sock

    def makefile(self, *_: object, **__: object) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self._sock, self._deadline))

    def sendall(self, data: Any) -> None:
        self._sock.settimeout(self._deadline.left())
        self._sock.sendall(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class _Adapter(HTTPAdapter):
    """Connections with a deadline. Nothing is tried a second time here: that is the pump's to decide."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        deadline = self._deadline

        class Plain(HTTPConnection):
            def connect(self) -> None:
                super().connect()
                self.sock = cast(Any, _Bounded(self.sock, deadline))

        class Secure(HTTPSConnection):
            def connect(self) -> None:
                super().connect()
                self.sock = cast(Any, _Bounded(self.sock, deadline))

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}


@dataclass(frozen=True)
class Reply:
    """A good answer: 2xx or 304."""

    status: int
    etag: str
    text: str
    date: float | None
    """The server's Date as seconds since 1970."""
    asked_at: float
    answered_at: float
    """``time.time()`` around the request's first byte and the answer's headers."""

    def document(self) -> Any:
        """Return the JSON of the answer; raises NotOurServer."""
        try:
            return json.loads(self.text)
        except ValueError as error:
            raise NotOurServer(f"the answer is not whole JSON: {error}") from error


class Http:
    """Requests to one server, from one thread."""

    def __init__(self, url: str, token: str = "", ca_file: str = "", version: str = "") -> None:
        self.url = url.rstrip("/")
        self._deadline = Deadline()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = ca_file or True
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _Adapter(self._deadline))
        self._session.headers.clear()
        self._session.headers.update(
            {
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                "User-Agent": f"Anjungan/{version or '0'}",
            }
        )
        self.use_token(token)

    def use_token(self, token: str) -> None:
        """Send this bearer token from now on; none when empty."""
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"
        else:
            self._session.headers.pop("Authorization", None)

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def abort(self) -> None:
        """Break off what is being asked, from another thread: it ends as Unreachable at once."""
        self._deadline.at = 0.0
        sock = self._deadline.sock
        if sock is not None:
            with contextlib.suppress(OSError):  # closed already: nothing is being asked
                sock.shutdown(socket.SHUT_RDWR)

    def ask(
        self,
        method: str,
        path: str,
        body: str | None = None,
        *,
        within_s: float,
        tag: str = "",
        most: int = LARGEST,
    ) -> Reply:
        """Ask and return the good answer, or raise a SyncError that says what to do about it."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if tag:
            headers["If-None-Match"] = tag
        self._deadline.at = time.monotonic() + within_s
        asked_at = time.time()
        try:
            response = self._session.request(
                method,
                self.url + path,
                data=None if body is None else body.encode(),
                headers=headers,
                timeout=(min(CONNECT_S, within_s), within_s),
                allow_redirects=False,
                stream=True,
            )
            answered_at = time.time()
            try:
                text = self._read(response, most)
            finally:
                # Read to its end the connection has gone back to the pool; otherwise this closes it.
                response.close()
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise Unreachable(f"{method} {self.url}{path}: {_told(error)}") from error
        return _judged(response, text, f"{method} {path}", asked_at, answered_at)

    def _read(self, response: requests.Response, most: int) -> str:
        pieces: list[bytes] = []
        size = 0
        while piece := response.raw.read(CHUNK, decode_content=True):
            self._deadline.left()
            size += len(piece)
            if size > most:
                raise ValueError(f"the answer is larger than {most} bytes")
            pieces.append(piece)
        return b"".join(pieces).decode("utf-8")


def _judged(response: requests.Response, text: str, what: str, asked_at: float, answered_at: float) -> Reply:
    """Return a good answer or raise what another one means. Who answers in another language is not our server."""
    status = response.status_code
    media = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if status == 304 or (200 <= status < 300 and media == "application/json"):
        date = response.headers.get("Date")
        return Reply(status, response.headers.get("ETag", ""), text, _seconds(date), asked_at, answered_at)
    if status >= 500 or status in TRY_AGAIN:
        raise Unreachable(f"{what}: the server answers {status}", _retry_after(response))
    problem = _problem(text) if media == "application/problem+json" else None
    if problem is None:
        raise NotOurServer(f"{what}: {status} {media or 'without a type'}: this is not the server's answer")
    reason, words = problem
    refusal: SyncError = ServerRefuses(reason, words, status)
    if status == 401 or (status == 403 and reason in ("unauthenticated", "not_allowed")):
        refusal = NotKnown(words)
    elif status in (404, 405) and reason in ("not_found", "method_not_allowed"):
        refusal = NotOurServer(f"{what}: {status}: this server has no such route: is [server] url right?")
    raise refusal


def _problem(text: str) -> tuple[str, str] | None:
    """Return code and text of a problem document (RFC 9457) of our server; None of any other."""
    try:
        found = json.loads(text)
        code, detail = found["code"], found["detail"]
    except (ValueError, TypeError, KeyError):
        return None
    return (code, detail) if isinstance(code, str) and isinstance(detail, str) else None


def _retry_after(response: requests.Response) -> float | None:
    """Return ``Retry-After`` in seconds (RFC 9110, 10.2.3), at most an hour; None where it has none."""
    given = response.headers.get("Retry-After", "")
    if given.isdecimal():
        return min(float(given), LONGEST_RETRY_AFTER_S)
    at, now = _seconds(given), _seconds(response.headers.get("Date"))
    if at is None:
        return None
    return min(max(0.0, at - (time.time() if now is None else now)), LONGEST_RETRY_AFTER_S)


def _seconds(date: str | None) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp() if date else None
    except (ValueError, OverflowError):
        return None


def _told(error: BaseException) -> str:
    """Return what an error of the network says, without the library's inner names."""
    inner: Any = error
    for _ in range(4):
        reason = getattr(inner, "reason", None) or (inner.args[0] if getattr(inner, "args", ()) else None)
        if not isinstance(reason, BaseException):
            break
        inner = reason
    told = str(inner) or type(inner).__name__
    return told[told.rfind("): ") + 3 if "): " in told else 0 :][:300]
