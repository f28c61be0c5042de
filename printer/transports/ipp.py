"""As much of the Internet Printing Protocol as one raw job needs: ask a queue, hand a job over, follow it, cancel it.

IPP and not ``lp`` and ``lpstat``: what those print cannot tell a job that was carried out from one that was
cancelled (CUPS 2.4 says ``processing-to-stop-point`` of both), and never says whether a job had started. IPP says
both, as ``job-state`` and ``time-at-processing``. Encoding: RFC 8010, section 3; names and numbers: RFC 8011.
"""

from __future__ import annotations

import getpass
import io
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, TypeAlias

Value: TypeAlias = int | bool | str | None
"""None stands for the out-of-band values: unknown, unsupported, no-value."""

VERSION: Final = b"\x01\x01"
OPERATION_GROUP: Final = 0x01
JOB_GROUP: Final = 0x02
END: Final = 0x03
LAST_GROUP_TAG: Final = 0x0F
LAST_OUT_OF_BAND_TAG: Final = 0x1F
INTEGER: Final = 0x21
BOOLEAN: Final = 0x22
ENUM: Final = 0x23
NAME: Final = 0x42
KEYWORD: Final = 0x44
URI: Final = 0x45
CHARSET: Final = 0x47
LANGUAGE: Final = 0x48
MIME: Final = 0x49
MAX_ANSWER: Final = 1 << 20


class Operation(IntEnum):
    """What is asked for (RFC 8011, section 5.4.15)."""

    PRINT_JOB = 0x0002
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_PRINTER_ATTRIBUTES = 0x000B


class IppError(Exception):
    """The server answered with something that is not IPP, or not at all after the request had left."""


class NoServer(IppError):
    """No server could be reached, or it let nobody in: the request did not get there."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a request: a tag of RFC 8010, section 3.5.2, a name and one value."""

    tag: int
    name: str
    value: int | str

    def encoded(self) -> bytes:
        """The bytes of this attribute."""
        if isinstance(self.value, str):
            value = self.value.encode()
        else:
            value = self.value.to_bytes(1 if self.tag == BOOLEAN else 4, "big", signed=True)
        name = self.name.encode()
        return bytes((self.tag,)) + _sized(name) + _sized(value)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: a status code (RFC 8011, appendix B) and the attributes of all groups."""

    status: int
    attributes: dict[str, list[Value]]

    @property
    def ok(self) -> bool:
        """Whether the request was carried out."""
        return self.status < 0x0100

    def first(self, name: str) -> Value:
        """The first value of an attribute; None when it has none or was not sent."""
        return (self.attributes.get(name) or [None])[0]

    def text(self, name: str) -> str:
        """All values of an attribute, for people: empty when it says nothing."""
        said = (str(value) for value in self.attributes.get(name, []) if value not in (None, "", "none"))
        return ", ".join(said)


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def request(
    operation: Operation, printer_uri: str, *more: Attribute, job: tuple[Attribute, ...] = ()
) -> bytes:
    """The bytes of one request, without a document."""
    operation_attributes = (
        Attribute(CHARSET, "attributes-charset", "utf-8"),
        Attribute(LANGUAGE, "attributes-natural-language", "en"),
        Attribute(URI, "printer-uri", printer_uri),
        *more,
    )
    body = VERSION + operation.to_bytes(2, "big") + (1).to_bytes(4, "big") + bytes((OPERATION_GROUP,))
    body += b"".join(attribute.encoded() for attribute in operation_attributes)
    if job:
        body += bytes((JOB_GROUP,)) + b"".join(attribute.encoded() for attribute in job)
    return body + bytes((END,))


def parse(body: bytes) -> Answer:
    """Read an answer. Raises :class:`IppError` when it is not one."""
    try:
        status = int.from_bytes(body[2:4], "big")
        if len(body) < 9:
            raise IppError(f"an IPP answer of {len(body)} bytes")
        attributes: dict[str, list[Value]] = {}
        last = ""
        for tag, name, raw in _values(body):
            last = name or last
            attributes.setdefault(last, []).append(_decoded(tag, raw))
    except (IndexError, UnicodeDecodeError) as error:
        raise IppError(f"a broken IPP answer: {error}") from error
    return Answer(status, attributes)


def _values(body: bytes) -> Iterator[tuple[int, str, bytes]]:
    at = 8
    while (tag := body[at]) != END:
        at += 1
        if tag <= LAST_GROUP_TAG:
            continue
        name, at = _take(body, at)
        raw, at = _take(body, at)
        yield tag, name.decode(), raw


def _take(body: bytes, at: int) -> tuple[bytes, int]:
    end = at + 2 + int.from_bytes(body[at : at + 2], "big")
    if end > len(body):
        raise IndexError(f"it ends at byte {len(body)} inside a value")
    return body[at + 2 : end], end


def _decoded(tag: int, raw: bytes) -> Value:
    if tag <= LAST_OUT_OF_BAND_TAG:
        return None
    if tag in (INTEGER, ENUM):
        return int.from_bytes(raw, "big", signed=True)
    if tag == BOOLEAN:
        return raw != b"\x00"
    return raw.decode(errors="replace")


def send(server: str, path: str, body: bytes, deadline: float) -> Answer:
    """Send one request on a connection of its own and wait for the answer until ``deadline`` (monotonic).

    ``server`` is the path of a Unix socket, or ``host:port``. Raises :class:`NoServer` when the request did not get
    there, :class:`IppError` when it may have, and TimeoutError when the time ran out after it was begun.
    """
    try:
        way = _connected(server, deadline)
    except OSError as error:
        raise NoServer(f"CUPS does not answer at {server}: {error}") from error
    with way:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\n"
            f"Content-Length: {len(body)}\r\n{_who(server)}Connection: close\r\n\r\n"
        )
        try:
            way.settimeout(_left(deadline))
            way.sendall(head.encode() + body)
            raw = _all_of(way, deadline)
        except TimeoutError:
            raise
        except OSError as error:
            raise IppError(f"CUPS broke off at {server}: {error}") from error
    return _parse_http(raw, server)


def user() -> str:
    """The name jobs are handed in under."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        return "anonymous"


def _who(server: str) -> str:
    # On its Unix socket CUPS asks the kernel who we are; this header says that it may (its PeerCred). Without it
    # the usual policy lets us hand in a job and not cancel it.
    return f"Authorization: PeerCred {user()}\r\n" if server.startswith("/") else ""


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline passed")
    return left


def _connected(server: str, deadline: float) -> socket.socket:
    if not server.startswith("/"):
        host, _, port = server.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=_left(deadline))
    way = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        way.settimeout(_left(deadline))
        way.connect(server)
    except OSError:
        way.close()
        raise
    return way


def _all_of(way: socket.socket, deadline: float) -> bytes:
    raw = bytearray()
    while len(raw) <= MAX_ANSWER:
        way.settimeout(_left(deadline))
        part = way.recv(65536)
        if not part:
            return bytes(raw)
        raw += part
    raise IppError(f"an answer of more than {MAX_ANSWER} bytes")


class _Received:
    """Bytes already here, in the form http.client reads them from."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def makefile(self, mode: str) -> io.BytesIO:
        """The bytes as a file; ``mode`` is always for reading."""
        del mode
        return io.BytesIO(self._raw)


def _parse_http(raw: bytes, server: str) -> Answer:
    import http.client  # brings the whole e-mail package with it: on the printer's thread only

    response = http.client.HTTPResponse(_Received(raw))  # type: ignore[arg-type]  # it only calls makefile
    try:
        response.begin()
        body = response.read()
    except (http.client.HTTPException, OSError, ValueError) as error:
        raise IppError(f"{server} does not speak IPP: {str(error) or type(error).__name__}") from error
    if response.status in (401, 403):
        raise NoServer(f"CUPS at {server} refuses the user {user()!r}: {response.status} {response.reason}")
    if response.status != 200:
        raise IppError(f"CUPS at {server} answered {response.status} {response.reason}")
    return parse(body)
