"""Real sockets, real pseudo-terminals and virtual printers for the printer's tests."""

from __future__ import annotations

import os
import socket
import threading
import tty
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis
import msgspec
import pytest

from printer import profiles
from printer.press import Press
from printer.profiles import Profile
from printer.slip import Slip
from printer.transports.base import Transport
from printer.transports.file import FileTransport
from printer.transports.network import NetworkTransport
from printer.transports.virtual import VirtualTransport
from printer.virtual.device import VirtualPrinter
from printer.virtual.model import Paper
from printer.virtual.server import Server
from tests.support.slips import TICKET

# Speed is measured by the bench, on a quiet machine; here only what comes out counts.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture
def ticket() -> Slip:
    """A standard ticket, as long as they get."""
    return TICKET


@pytest.fixture
def quick() -> Callable[..., Profile]:
    """A shipped profile that waits only a moment for answers, with keys replaced as asked."""

    def make(name: str = "generic-80", **keys: object) -> Profile:
        return msgspec.structs.replace(profiles.load(name), **{"reply_s": 0.15, **keys})

    return make


@dataclass
class Bench:
    """A virtual printer on the table, and the ways to it."""

    device: VirtualPrinter
    papers: list[Paper]
    transport: Transport
    unplug: Callable[[], None] = lambda: None


@dataclass
class Stack:
    """What to end after a test, last first."""

    ends: list[Callable[[], None]] = field(default_factory=list)

    def close(self) -> None:
        for end in reversed(self.ends):
            end()


@pytest.fixture
def stack() -> Iterator[Stack]:
    """Ends in reverse order after the test."""
    made = Stack()
    yield made
    made.close()


@pytest.fixture
def bench(stack: Stack, tmp_path: Path) -> Callable[..., Bench]:
    """Make a virtual printer behind one of the transports: ``bench("network", dots=384)``."""

    def make(way: str, *, dots: int = 576, **keys: object) -> Bench:
        papers: list[Paper] = []
        device = VirtualPrinter(dots, papers.append, **keys)
        if way == "virtual":
            return Bench(device, papers, VirtualTransport(device))
        if way == "network":
            server = Server.on_tcp(device, "127.0.0.1", 0)
            stack.ends.append(server.close)
            return Bench(device, papers, NetworkTransport("127.0.0.1", server.port))
        assert way == "file"
        path = tmp_path / "lp0"
        server = Server.on_pty(device, path)
        stack.ends.append(server.close)
        return Bench(device, papers, FileTransport(path))

    return make


@pytest.fixture
def press_on(quick: Callable[..., Profile], stack: Stack) -> Callable[..., Press]:
    """A press on a bench, with a short deadline."""

    def make(bench: Bench, profile: Profile | None = None, deadline_s: float = 3.0) -> Press:
        press = Press(bench.transport, profile or quick(), deadline_s)
        stack.ends.append(press.close)
        return press

    return make


@pytest.fixture
def peer(stack: Stack) -> Callable[[Callable[[socket.socket, threading.Event], None]], int]:
    """Serve TCP connections, one after the other, with a function of the test; gives the port.

    The function gets the connection and an event that is set when the test is over.
    """

    def make(serve: Callable[[socket.socket, threading.Event], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        over = threading.Event()

        def run() -> None:
            while True:
                client, _ = listener.accept()
                if over.is_set():
                    client.close()
                    return
                with client:
                    serve(client, over)

        thread = threading.Thread(target=run, name="peer")
        thread.start()

        def end() -> None:
            over.set()
            socket.create_connection(listener.getsockname()).close()
            thread.join(10)
            assert not thread.is_alive()
            listener.close()

        stack.ends.append(end)
        port: int = listener.getsockname()[1]
        return port

    return make


@pytest.fixture
def terminal(stack: Stack) -> tuple[int, Path]:
    """A pseudo-terminal that nobody serves: its master's descriptor and the path of the device file."""
    master, slave = os.openpty()
    tty.setraw(slave)
    path = Path(os.ttyname(slave))
    stack.ends += [lambda: os.close(slave), lambda: _close(master)]
    return master, path


def _close(fd: int) -> None:
    try:
        os.close(fd)
    except OSError:
        return  # the test closed it


@pytest.fixture(autouse=True)
def no_thread_is_left_behind() -> Iterator[None]:
    """Every test ends with the threads it began with."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(5)
    assert not [thread.name for thread in left if thread.is_alive()]
