"""Each way to a printer keeps its deadline, says how much left, and never makes a file."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from printer.errors import Closed, TimedOut, Unreachable
from printer.transports import lookup
from printer.transports.file import FileTransport
from printer.transports.lookup import Lookup
from printer.transports.network import NetworkTransport
from printer.transports.virtual import FAULT_FILE, VirtualTransport
from printer.virtual.device import VirtualPrinter
from printer.virtual.faults import Fault

Peer = Callable[[Callable[[socket.socket, threading.Event], None]], int]
LOTS = bytes(16_000_000)
"""More than the buffers of any socket hold."""


def soon(seconds: float = 5.0) -> float:
    return time.monotonic() + seconds


def wait_out(client: socket.socket, over: threading.Event) -> None:
    """A peer that accepts and never reads: stalled."""
    over.wait(30)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


# --- network ----------------------------------------------------------------------------------------------


def test_network_sends_all_and_reads_answers(peer: Peer) -> None:
    got: list[bytes] = []

    def echo_length(client: socket.socket, over: threading.Event) -> None:
        while data := client.recv(65536):
            got.append(data)
            client.sendall(b"\x12")

    transport = NetworkTransport("127.0.0.1", peer(echo_length))
    transport.open(soon())
    transport.open(soon())  # on an open one: nothing
    transport.write(b"halo", soon())
    assert transport.read(10, soon()) == b"\x12"
    assert transport.read(10, time.monotonic()) == b""
    transport.close()
    transport.close()
    with pytest.raises(Closed):
        transport.write(b"x", soon())
    with pytest.raises(Closed):
        transport.read(1, soon())
    assert b"".join(got) == b"halo"


def test_network_refused_is_unreachable() -> None:
    with pytest.raises(Unreachable, match=r"E-PRN-11.*127\.0\.0\.1"):
        NetworkTransport("127.0.0.1", free_port()).open(soon())


def test_network_connect_keeps_its_deadline() -> None:
    # A listener whose queue is full lets no one in and refuses no one: as a printer that is switched off.
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        callers = [socket.socket() for _ in range(4)]
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        began = time.monotonic()
        with pytest.raises(Unreachable):
            NetworkTransport(*full.getsockname()).open(began + 0.3)
        assert time.monotonic() - began < 3
        for caller in callers:
            caller.close()


def test_network_stalled_peer_times_out_and_tells_how_much_left(peer: Peer) -> None:
    transport = NetworkTransport("127.0.0.1", peer(wait_out))
    transport.open(soon())
    began = time.monotonic()
    with pytest.raises(TimedOut) as caught:
        transport.write(LOTS, began + 0.3)
    assert time.monotonic() - began < 3
    assert 0 < caught.value.sent < len(LOTS)
    transport.close()


def test_network_peer_that_goes_away_mid_write(peer: Peer) -> None:
    def read_a_little(client: socket.socket, over: threading.Event) -> None:
        client.recv(1000)

    transport = NetworkTransport("127.0.0.1", peer(read_a_little))
    transport.open(soon())
    with pytest.raises(Closed) as caught:
        transport.write(LOTS, soon())
    assert 0 < caught.value.sent < len(LOTS)
    transport.close()


def test_network_peer_that_closed_is_noticed_by_reading(peer: Peer) -> None:
    transport = NetworkTransport("127.0.0.1", peer(lambda client, over: None))
    transport.open(soon())
    with pytest.raises(Closed):
        transport.read(1, soon())
    transport.close()


def test_network_close_does_not_lose_the_tail_of_a_job(peer: Peer) -> None:
    """Unread answers at close make the system reset the connection; the job must have come through all the same."""
    got: list[int] = []

    def answer_much(client: socket.socket, over: threading.Event) -> None:
        client.sendall(b"\x12" * 1000)
        size = 0
        while data := client.recv(65536):
            size += len(data)
        got.append(size)

    transport = NetworkTransport("127.0.0.1", peer(answer_much))
    for _ in range(5):
        transport.open(soon())
        assert transport.read(1, soon()) == b"\x12"  # the rest of its answers is there as well
        transport.write(bytes(100_000), soon())
        transport.close()
    end = soon()
    while len(got) < 5 and time.monotonic() < end:
        threading.Event().wait(0.01)
    assert got == [100_000] * 5


def test_network_by_name(peer: Peer) -> None:
    transport = NetworkTransport("localhost", peer(lambda client, over: None))
    transport.open(soon())
    transport.close()


def test_a_name_that_takes_too_long_is_unreachable_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def slow(*args: object, **keys: object) -> list[object]:
        go_on.wait(20)
        return []

    monkeypatch.setattr(lookup.socket, "getaddrinfo", slow)
    found = Lookup("pencetak.example", 9100)
    for _ in range(3):  # asking again does not start a second search
        with pytest.raises(Unreachable, match="not found in time"):
            found.addresses(time.monotonic() + 0.05)
    assert sum(thread.name == "lookup pencetak.example" for thread in threading.enumerate()) == 1
    go_on.set()


def test_a_name_that_does_not_exist_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **keys: object) -> list[object]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(lookup.socket, "getaddrinfo", unknown)
    with pytest.raises(Unreachable, match="not known"):
        NetworkTransport("pencetak.example", 9100).open(soon())


# --- device file ------------------------------------------------------------------------------------------


def test_file_sends_raw_bytes_and_reads_answers(terminal: tuple[int, Path]) -> None:
    master, path = terminal
    every_byte = bytes(range(256))
    transport = FileTransport(path)
    transport.open(soon())
    transport.open(soon())
    transport.write(every_byte, soon())
    assert os.read(master, 1000) == every_byte
    os.write(master, b"\x12\x0a\x0d")
    assert transport.read(10, soon()) == b"\x12\x0a\x0d"
    assert transport.read(10, time.monotonic()) == b""
    transport.close()
    transport.close()
    with pytest.raises(Closed):
        transport.read(1, soon())


def test_file_never_creates_one(tmp_path: Path) -> None:
    path = tmp_path / "lp0"
    with pytest.raises(Unreachable, match="lp0"):
        FileTransport(path).open(soon())
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(Unreachable):
        FileTransport(tmp_path / "none" / "lp0").open(soon())


def test_file_refuses_what_is_no_device(tmp_path: Path) -> None:
    plain = tmp_path / "lp0"
    plain.write_bytes(b"catatan")
    os.mkfifo(tmp_path / "pipe")
    for path in (plain, tmp_path, tmp_path / "pipe"):
        with pytest.raises(Unreachable, match=r"not a device|directory"):
            FileTransport(path).open(soon())
    assert plain.read_bytes() == b"catatan"


def test_file_stalled_device_times_out_and_tells_how_much_left(terminal: tuple[int, Path]) -> None:
    transport = FileTransport(terminal[1])
    transport.open(soon())
    began = time.monotonic()
    with pytest.raises(TimedOut) as caught:
        transport.write(bytes(100_000), began + 0.3)
    assert time.monotonic() - began < 3
    assert 0 < caught.value.sent < 100_000
    transport.close()
    assert time.monotonic() - began < 3


def test_file_unplugged(terminal: tuple[int, Path]) -> None:
    master, path = terminal
    transport = FileTransport(path)
    transport.open(soon())
    os.close(master)
    with pytest.raises(Closed):
        transport.read(1, soon())
    with pytest.raises(Closed) as caught:
        transport.write(b"x", soon())
    assert caught.value.sent == 0
    transport.close()


def test_file_unplugged_while_writing(terminal: tuple[int, Path]) -> None:
    master, path = terminal
    transport = FileTransport(path)
    transport.open(soon())
    pull = threading.Timer(0.2, os.close, [master])
    pull.start()
    with pytest.raises(Closed) as caught:
        transport.write(bytes(100_000), soon())
    pull.join()
    assert 0 < caught.value.sent < 100_000
    transport.close()


def test_file_without_a_read_side_is_silent(
    monkeypatch: pytest.MonkeyPatch, terminal: tuple[int, Path]
) -> None:
    master, path = terminal
    plain_open = os.open

    def only_write(file: Path, flags: int, *rest: int) -> int:
        if flags & os.O_ACCMODE == os.O_RDWR:
            raise PermissionError(13, "Permission denied")
        return plain_open(file, flags, *rest)

    monkeypatch.setattr(os, "open", only_write)
    transport = FileTransport(path)
    transport.open(soon())
    transport.write(b"halo", soon())
    assert os.read(master, 10) == b"halo"
    assert transport.read(10, soon()) == b""
    transport.close()


def test_a_device_that_always_says_readable_and_gives_nothing_keeps_the_deadline() -> None:
    transport = FileTransport(Path(os.devnull))
    transport.open(soon())
    began = time.monotonic()
    assert transport.read(10, began + 0.1) == b""
    assert 0.1 <= time.monotonic() - began < 3
    transport.close()


# --- virtual ----------------------------------------------------------------------------------------------


def test_virtual_waits_for_room_until_the_deadline() -> None:
    device = VirtualPrinter(576, lambda paper: None, buffer=100)
    device.fail(Fault.PAPER_OUT)
    transport = VirtualTransport(device)
    transport.open(soon())
    with pytest.raises(TimedOut) as caught:
        transport.write(b"x" * 250, time.monotonic() + 0.1)
    assert caught.value.sent == 100
    refill = threading.Timer(0.1, device.mend)
    refill.start()
    transport.write(b"y" * 250, soon())
    refill.join()
    transport.close()
    with pytest.raises(Closed):
        transport.write(b"x", soon())


def test_virtual_unplugged() -> None:
    device = VirtualPrinter(576, lambda paper: None)
    transport = VirtualTransport(device)
    transport.open(soon())
    device.fail(Fault.UNPLUGGED)
    with pytest.raises(Closed):
        transport.write(b"x", soon())
    with pytest.raises(Closed):
        transport.read(1, soon())
    transport.close()
    with pytest.raises(Unreachable):
        transport.open(soon())


def test_virtual_faults_by_file(tmp_path: Path) -> None:
    device = VirtualPrinter(576, lambda paper: None)
    transport = VirtualTransport(device, tmp_path / FAULT_FILE)
    (tmp_path / FAULT_FILE).write_text("paper_out\ncover_open\n", encoding="utf-8")
    transport.open(soon())
    assert device.faults == {Fault.PAPER_OUT, Fault.COVER_OPEN}
    (tmp_path / FAULT_FILE).write_text("hantu\n", encoding="utf-8")
    transport.open(soon())
    assert device.faults == {Fault.PAPER_OUT, Fault.COVER_OPEN}, "a word that is no fault changes nothing"
    (tmp_path / FAULT_FILE).unlink()
    device.fail(Fault.SILENT)
    transport.open(soon())
    assert device.faults == {Fault.SILENT}, "what was not set by the file stays"
