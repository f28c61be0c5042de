"""The virtual printer on a port and on a pseudo-terminal, for programs that know nothing of it."""

from __future__ import annotations

import os
import socket
import threading
import time
from pathlib import Path

import pytest

from printer.errors import ServerError
from printer.virtual.device import VirtualPrinter
from printer.virtual.faults import Fault
from printer.virtual.model import Paper
from printer.virtual.server import Server

TICKET = b"\x1b@nomor\n\x1bd\x06\x1dV\x01"


@pytest.fixture
def papers() -> list[Paper]:
    return []


@pytest.fixture
def device(papers: list[Paper]) -> VirtualPrinter:
    return VirtualPrinter(576, papers.append)


def until(ready: object) -> None:
    end = time.monotonic() + 5
    while not ready():  # type: ignore[operator]
        assert time.monotonic() < end, "did not happen in time"
        threading.Event().wait(0.005)


def test_a_plain_socket_prints_and_is_answered(device: VirtualPrinter, papers: list[Paper]) -> None:
    with (
        Server.on_tcp(device, "127.0.0.1", 0) as server,
        socket.create_connection(("127.0.0.1", server.port)) as line,
    ):
        line.sendall(TICKET + b"\x10\x04\x01")
        assert line.recv(10) == b"\x12"
        assert len(papers) == 1


def test_half_a_ticket_is_continued_by_the_next_caller(device: VirtualPrinter, papers: list[Paper]) -> None:
    """Bytes are a stream to a printer: a caller that breaks off leaves its half on the paper."""
    with Server.on_tcp(device, "127.0.0.1", 0) as server:
        for part in (TICKET[:5], TICKET[5:]):
            with socket.create_connection(("127.0.0.1", server.port)) as line:
                line.sendall(part)
        until(lambda: papers)
    assert papers[0].lines == ["nomor"]


def test_one_caller_at_a_time(device: VirtualPrinter, papers: list[Paper]) -> None:
    with Server.on_tcp(device, "127.0.0.1", 0) as server:
        address = ("127.0.0.1", server.port)
        with socket.create_connection(address) as first, socket.create_connection(address) as second:
            second.sendall(b"\x10\x04\x01")
            first.sendall(b"\x10\x04\x01")
            assert first.recv(1) == b"\x12"
            second.settimeout(0.1)
            with pytest.raises(TimeoutError):
                second.recv(1)
            first.close()
            second.settimeout(5)
            assert second.recv(1) == b"\x12"


def test_a_printer_without_room_stops_reading(device: VirtualPrinter, papers: list[Paper]) -> None:
    device.fail(Fault.PAPER_OUT)
    with (
        Server.on_tcp(device, "127.0.0.1", 0) as server,
        socket.create_connection(("127.0.0.1", server.port)) as line,
    ):
        line.sendall(TICKET * 1000)
        until(lambda: device.room == 0)
        assert papers == []
        device.mend()
        until(lambda: len(papers) == 1000)


def test_unplugging_ends_the_connection(device: VirtualPrinter) -> None:
    with Server.on_tcp(device, "127.0.0.1", 0) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as line:
            line.sendall(b"\x10\x04\x01")
            assert line.recv(1) == b"\x12"
            device.fail(Fault.UNPLUGGED)
            assert line.recv(1) == b""
        with socket.create_connection(("127.0.0.1", server.port)) as line:
            assert line.recv(1) == b"", "nobody is let in"


def test_closing_lets_go_of_the_port_and_the_caller(device: VirtualPrinter) -> None:
    server = Server.on_tcp(device, "127.0.0.1", 0)
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(b"\x10\x04\x01")
        assert line.recv(1) == b"\x12"
        server.close()
        server.close()
        assert line.recv(1) == b""
    Server.on_tcp(device, "127.0.0.1", server.port).close()


def test_a_port_that_is_taken_is_named(device: VirtualPrinter) -> None:
    with Server.on_tcp(device, "127.0.0.1", 0) as server:  # noqa: SIM117
        with pytest.raises(ServerError, match=rf"E-PRN-20: 127\.0\.0\.1:{server.port}: .*in use"):
            Server.on_tcp(device, "127.0.0.1", server.port)


def test_a_pseudo_terminal_is_a_link_that_goes_with_the_server(
    device: VirtualPrinter, papers: list[Paper], tmp_path: Path
) -> None:
    path = tmp_path / "lp0"
    with Server.on_pty(device, path):
        assert path.is_symlink()
        for _ in range(2):  # opened, closed and opened again, as a kiosk does for each ticket
            fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
            os.write(fd, TICKET + b"\x10\x04\x01")
            assert os.read(fd, 10) == b"\x12"
            os.close(fd)
        assert len(papers) == 2
    assert not path.is_symlink()


def test_what_is_in_the_way_is_left_alone(device: VirtualPrinter, tmp_path: Path) -> None:
    path = tmp_path / "lp0"
    path.write_text("catatan")
    with pytest.raises(ServerError, match="is there already"):
        Server.on_pty(device, path)
    assert path.read_text() == "catatan"
    with pytest.raises(ServerError, match="No such file"):
        Server.on_pty(device, tmp_path / "none" / "lp0")


def test_a_link_left_behind_by_a_killed_server_is_replaced(device: VirtualPrinter, tmp_path: Path) -> None:
    path = tmp_path / "lp0"
    path.symlink_to("/dev/pts/99999")
    with Server.on_pty(device, path):
        assert path.exists()


def test_no_descriptor_is_left_open(device: VirtualPrinter, tmp_path: Path) -> None:
    def descriptors() -> int:
        return sum(1 for _ in Path("/proc/self/fd").iterdir())

    before = descriptors()
    for number in range(5):
        with Server.on_tcp(device, "127.0.0.1", 0) as server:
            socket.create_connection(("127.0.0.1", server.port)).close()
        with Server.on_pty(device, tmp_path / f"lp{number}"):
            pass
        with pytest.raises(ServerError):
            Server.on_pty(device, tmp_path)
    assert descriptors() == before
