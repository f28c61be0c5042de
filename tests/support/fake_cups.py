"""A CUPS server in software, on a Unix socket or a TCP port, as far as one raw job needs it.

It reads and writes IPP with code of its own, so that a mistake in the library's is not repeated here. Its answers
have the form a CUPS 2.4.2 gave: no attribute at all where there is no value, empty groups for a cancel.
"""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from printer.virtual.device import VirtualPrinter

PENDING, HELD, PROCESSING, STOPPED, CANCELED, ABORTED, COMPLETED = range(3, 10)
ENDED = (CANCELED, ABORTED, COMPLETED)


@dataclass
class Look:
    """What CUPS says of a job at one look."""

    state: int
    reasons: tuple[str, ...] = ("none",)
    begun: bool = False
    message: str = ""


DONE = Look(COMPLETED, ("processing-to-stop-point",), begun=True)
WAITS = Look(PENDING)
PRINTS = Look(PROCESSING, ("job-printing",), begun=True)


@dataclass
class Queue:
    """One queue. ``script`` is what is said of a job at each look; the last is said for ever."""

    script: list[Look] = field(default_factory=lambda: [DONE])
    state: int = 3
    accepting: bool = True
    message: str = ""
    cancel_status: int = 0


@dataclass
class Backed(Queue):
    """A queue that hands its jobs to ``printer``, as CUPS' backends do: it waits for one that takes no more, and
    for one that is not there."""

    printer: VirtualPrinter | None = None

    def hand_over(self, document: bytes) -> bytes:
        """Give the printer what it takes; return what is left."""
        assert self.printer is not None
        while document and (taken := self.printer.receive(document)):
            document = document[taken:]
        self.printer.take_replies()  # CUPS reads them and nobody else does
        return document


@dataclass
class Job:
    """One job that was handed in."""

    queue: Queue
    document: bytes
    attributes: dict[str, list[Any]]
    script: list[Look]
    canceled: bool = False

    def look(self) -> Look:
        """The next thing to say."""
        if isinstance(self.queue, Backed):
            if not self.canceled:
                self.document = self.queue.hand_over(self.document)
            if self.canceled:
                return Look(CANCELED, ("processing-to-stop-point",), begun=True)
            return PRINTS if self.document else DONE
        now = self.script[0] if len(self.script) == 1 else self.script.pop(0)
        if self.canceled and now.state not in ENDED:
            return Look(CANCELED, ("processing-to-stop-point",), now.begun, now.message)
        return now


class FakeCups:
    """Use as a context manager. ``server`` is what the transport is given."""

    def __init__(self, place: Path | None = None, **queues: Queue) -> None:
        self.queues = queues
        self.jobs: list[Job] = []
        self.operations: list[int] = []
        self.headers: list[str] = []
        self.answer: Callable[[int], bytes | None] = lambda operation: None
        """What to send instead of the right answer; None sends the right one."""
        self.hang: set[int] = set()
        """Operations that are taken in and never answered."""
        self.chunked = False
        self.over = threading.Event()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer._serve(self.rfile, self.wfile)

        kind: Any = socketserver.ThreadingUnixStreamServer if place else socketserver.ThreadingTCPServer
        self._server = kind(str(place) if place else ("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self.server = str(place) if place else f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _serve(self, rfile: Any, wfile: Any) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = rfile.readline()
            if not line:
                return
            head += line
        text = head.decode()
        self.headers.append(text)
        length = int(
            next(line for line in text.splitlines() if line.startswith("Content-Length")).split(":")[1]
        )
        body = rfile.read(length)
        operation = int.from_bytes(body[2:4], "big")
        self.operations.append(operation)
        answer = self._act(operation, body)  # CUPS has acted by the time its answer is lost
        if operation in self.hang:
            self.over.wait(30)
            return
        try:
            wfile.write(self.answer(operation) or self._http(answer))
        except OSError:
            return  # the caller's patience ended

    def _http(self, body: bytes) -> bytes:
        head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/ipp\r\n"
        if not self.chunked:
            return head + b"Content-Length: %d\r\n\r\n" % len(body) + body
        parts = [body[at : at + 7] for at in range(0, len(body), 7)]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
        return head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"

    def _act(self, operation: int, body: bytes) -> bytes:
        asked, document = decode(body)
        name = asked["printer-uri"][0].rpartition("/")[2]
        queue = self.queues.get(name)
        if queue is None:
            return encode(0x0406)
        if operation == 0x000B:
            return encode(
                0,
                (0x04, 0x23, "printer-state", [queue.state]),
                (0x04, 0x22, "printer-is-accepting-jobs", [queue.accepting]),
                (0x04, 0x41, "printer-state-message", [queue.message]),
                (0x04, 0x44, "printer-state-reasons", ["none"]),
            )
        if operation == 0x0002:
            if not queue.accepting:
                return encode(0x0506, (0x01, 0x41, "status-message", ["not accepting jobs"]))
            self.jobs.append(Job(queue, document, asked, list(queue.script)))
            return encode(0, (0x02, 0x21, "job-id", [len(self.jobs)]), (0x02, 0x23, "job-state", [PENDING]))
        job = self.jobs[asked["job-id"][0] - 1]
        if operation == 0x0008:
            if not queue.cancel_status:
                job.canceled = True
            return encode(queue.cancel_status)
        look = job.look()
        begun = (0x02, 0x21, "time-at-processing", [1_795_518_725])
        unbegun = (0x02, 0x13, "time-at-processing", [None])
        message = [(0x02, 0x41, "job-printer-state-message", [look.message])] if look.message else []
        return encode(
            0,
            begun if look.begun else unbegun,
            (0x02, 0x23, "job-state", [look.state]),
            (0x02, 0x44, "job-state-reasons", list(look.reasons)),
            *message,
        )


def encode(status: int, *attributes: tuple[int, int, str, list[Any]]) -> bytes:
    """An IPP answer: (group, tag, name, values)."""
    body = b"\x01\x01" + status.to_bytes(2, "big") + b"\x00\x00\x00\x01"
    standing = [(1, 0x47, "attributes-charset", ["utf-8"]), (1, 0x48, "attributes-natural-language", ["en"])]
    group = 0
    for number, tag, name, values in [*standing, *attributes]:
        if number != group:
            body += bytes((number,))
            group = number
        for place, value in enumerate(values):
            label = name.encode() if place == 0 else b""
            raw = (
                b"" if value is None
                else value.encode() if isinstance(value, str)
                else bytes((value,)) if isinstance(value, bool)
                else value.to_bytes(4, "big")
            )  # fmt: skip
            body += bytes((tag,)) + len(label).to_bytes(2, "big") + label + len(raw).to_bytes(2, "big") + raw
    return body + b"\x03"


def decode(body: bytes) -> tuple[dict[str, list[Any]], bytes]:
    """The attributes of an IPP request, and the document behind them."""
    assert body[:2] == b"\x01\x01"
    found: dict[str, list[Any]] = {}
    at, name = 8, ""
    while body[at] != 3:
        tag = body[at]
        at += 1
        if tag < 0x10:
            continue
        size = int.from_bytes(body[at : at + 2], "big")
        name = body[at + 2 : at + 2 + size].decode() or name
        at += 2 + size
        size = int.from_bytes(body[at : at + 2], "big")
        raw = body[at + 2 : at + 2 + size]
        at += 2 + size
        found.setdefault(name, []).append(int.from_bytes(raw, "big") if tag == 0x21 else raw.decode())
    return found, body[at + 1 :]
