"""The board on the wall: from a call to the last of 200 listeners, beside the same call and a bare asyncio fan-out.

The call is one durable transaction, as an officer's, and its time is in both figures. In the floor the caller then
hands the bytes to a process that does nothing but write them to every listener; here the server must find them in the
database. SQLite is asked for news ten times a second, so half a tenth lies in its middle figure; PostgreSQL tells it.
Server and listeners share this machine's cores.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from server.db import migrate
from server.db.database import Database, utc_now
from tests.bench.report import Line
from tests.support import postgres
from tests.support.lobby import Lobby
from tests.support.server_driver import fill, free_port, running

LISTENERS = 200
CALLS = 150
APART_S = 0.041
"""Between two calls: not a multiple of the pace at which news is asked for."""
DEADLINE_S = 20.0
SOON_MS = 300.0
"""A visitor who looks from the officer's hand to the board sees no delay."""

BARE = """
import asyncio, sys

listeners = []

async def served(reader, writer):
    asked = await reader.readline()
    if asked.startswith(b"GET"):
        while await reader.readline() not in (b"\\r\\n", b""):
            pass
        writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/event-stream\\r\\n\\r\\nready\\n\\n")
        listeners.append(writer)
        return
    while asked:
        for one in listeners:
            one.write(asked + b"\\n")
        asked = await reader.readline()

async def main():
    server = await asyncio.start_server(served, "127.0.0.1", int(sys.argv[1]), backlog=500)
    await server.serve_forever()

asyncio.run(main())
"""


class _Listener(asyncio.Protocol):
    """Counts down when the marker that all wait for arrives."""

    def __init__(self, crowd: _Crowd) -> None:
        self._crowd = crowd
        self._tail = b""
        self._waiting = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"GET /papan/kejadian HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        self._crowd.transports.append(transport)
        self._waiting = True

    def expect(self) -> None:
        self._tail, self._waiting = b"", True

    def data_received(self, data: bytes) -> None:
        self._tail = self._tail[-200:] + data
        if self._waiting and self._crowd.marker in self._tail:
            self._waiting = False
            self._crowd.arrived()


class _Crowd:
    """All listeners, and the moment in which the last one has it."""

    def __init__(self) -> None:
        self.marker = b""
        self.transports: list[asyncio.Transport] = []
        self._listeners: list[_Listener] = []
        self._left = 0
        self._all = asyncio.Event()

    async def gather(self, port: int, marker: bytes) -> None:
        self._expect(marker)
        for _ in range(LISTENERS):
            _, one = await asyncio.get_running_loop().create_connection(
                lambda: _Listener(self), "127.0.0.1", port
            )
            self._listeners.append(one)
        await self._everybody()

    def _expect(self, marker: bytes) -> None:
        self.marker, self._left = marker, LISTENERS
        self._all.clear()
        for one in self._listeners:
            one.expect()

    def arrived(self) -> None:
        self._left -= 1
        if not self._left:
            self._all.set()

    async def _everybody(self) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await self._all.wait()

    async def time(self, marker: bytes, tell: Callable[[], object]) -> float:
        """Return the milliseconds from telling to the last listener."""
        self._expect(marker)
        began = time.perf_counter()
        await asyncio.to_thread(tell)
        await self._everybody()
        return (time.perf_counter() - began) * 1000

    def close(self) -> None:
        for transport in self.transports:
            transport.abort()


async def _measured(
    port: int, ready: bytes, tell: Callable[[int], object], marker: Callable[[int], bytes]
) -> list[float]:
    crowd = _Crowd()
    took = []
    try:
        await crowd.gather(port, ready)
        for value in range(1, CALLS + 1):
            await asyncio.sleep(APART_S)
            took.append(await crowd.time(marker(value), lambda value=value: tell(value)))  # type: ignore[misc]
    finally:
        crowd.close()
    return sorted(took)


def bench() -> Iterator[Line]:
    """Measure on SQLite and, where it is installed, on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="anjungan-bench-") as folder:
        yield from _on("SQLite", f"sqlite:///{folder}/board.db", Path(folder))
    programs = postgres.binaries()
    if programs is None:
        return
    cluster = postgres.Cluster(programs)
    try:
        cluster.start()
        with tempfile.TemporaryDirectory(prefix="anjungan-bench-") as folder:
            yield from _on("PostgreSQL", cluster.url(cluster.new_database()), Path(folder))
    finally:
        cluster.remove()


def _on(kind: str, url: str, folder: Path) -> Iterator[Line]:
    database = Database(url)
    migrate.migrate(database)
    fill(database)
    lobby = Lobby(database, utc_now())
    lobby.issue(*range(1, CALLS + 1))
    lobby.issue(*range(1, CALLS + 1), queue="A")
    floor = _bare(folder, lobby)
    with running(folder / "state", url) as server:
        took = asyncio.run(
            _measured(
                server.port,
                b"event: state\n",
                lambda value: lobby.call(str(value % 20 + 1)),
                lambda value: f'"number":"C-{value:03d}"'.encode(),
            )
        )
    database.close()
    words = f"{kind}: a call, until the last of {LISTENERS} boards has it"
    yield Line(words, took[len(took) // 2], "ms", floor[len(floor) // 2])
    worst = int(len(took) * 0.99)
    yield Line(f"{words}, 99 %", took[worst], "ms", floor[worst], SOON_MS, "300 ms")


def _bare(folder: Path, lobby: Lobby) -> list[float]:
    """Return what the same call takes with the barest server: one process, as many bytes to every listener."""
    script = folder / "bare_fan_out.py"
    script.write_text(BARE, encoding="utf-8")
    port = free_port()
    process = subprocess.Popen([sys.executable, str(script), str(port)])
    try:
        deadline = time.monotonic() + DEADLINE_S
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                control = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S)
                break
            if time.monotonic() > deadline:
                raise RuntimeError("the bare server did not start")
            time.sleep(0.05)
        with control:
            padding = b"x" * 1200  # a call and a state of a busy morning

            def tell(value: int) -> None:
                lobby.call("1", "A")
                control.sendall(b"call %05d " % value + padding + b"\n")

            return asyncio.run(_measured(port, b"ready", tell, lambda value: b"call %05d " % value))
    finally:
        process.kill()
        process.wait(10)
