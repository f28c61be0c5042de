"""Each fault of the virtual printer, one by one: what it takes in, what it says, what comes out."""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from pathlib import Path

import pytest

from printer.errors import Closed
from printer.status import Asb, Cause, Realtime, ReplyParser, cause, parse
from printer.transports.file import FileTransport
from printer.transports.virtual import FAULT_FILE, VirtualTransport
from printer.virtual.device import VirtualPrinter
from printer.virtual.faults import VALUES, Fault, faults_from
from printer.virtual.model import Paper
from printer.virtual.server import Server

CUT = b"\x1dV\x00"
TICKET = b"\x1b@satu\ndua\ntiga\n" + CUT
ENQ = b"\x10\x05\x02"
CLEAR = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"


def make(**keys: object) -> tuple[VirtualPrinter, list[Paper]]:
    papers: list[Paper] = []
    return VirtualPrinter(576, papers.append, **keys), papers  # type: ignore[arg-type]


def answer(device: VirtualPrinter, n: int = 4) -> bytes:
    device.receive(b"\x10\x04" + bytes((n,)))
    return device.take_replies()


# --- the roll ends while it prints ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "value"), [(Fault.PAPER_OUT_AFTER, 12), (Fault.PAPER_OUT_AFTER_MM, 7)], ids=["bytes", "mm"]
)
def test_the_roll_ends_in_the_middle_and_the_rest_comes_out_on_the_new_one(
    fault: Fault, value: float
) -> None:
    device, papers = make()
    device.fail(fault, value=value)
    device.receive(TICKET)
    assert device.faults == {Fault.PAPER_OUT}
    assert answer(device) == b"\x7e"
    assert papers == []
    device.mend()
    assert [(paper.lines, paper.end) for paper in papers] == [(["satu", "dua"], "torn"), (["tiga"], "full")]


def test_questions_do_not_use_up_the_roll() -> None:
    device, _ = make()
    device.fail(Fault.PAPER_OUT_AFTER, value=10)
    for _ in range(10):
        answer(device)
    assert device.faults == {Fault.PAPER_OUT_AFTER}


@pytest.mark.parametrize("command", [ENQ, CLEAR], ids=["DLE ENQ", "DLE DC4"])
def test_what_it_holds_can_be_cleared(command: bytes) -> None:
    device, papers = make()
    device.fail(Fault.PAPER_OUT)
    device.receive(TICKET)
    for place in range(len(command)):  # however it is split
        device.receive(command[place : place + 1])
    device.receive(b"\x1b@baru\n" + CUT)
    assert device.take_replies() == (b"\x37\x25\x00" if command == CLEAR else b"")
    device.mend()
    assert [paper.lines for paper in papers] == [["baru"]]


def test_clearing_works_ahead_of_a_full_buffer_and_what_stands_in_front_counts() -> None:
    device, papers = make(buffer=20)
    device.fail(Fault.PAPER_OUT)
    job = b"a" * 15 + b"\n" + CUT
    assert device.receive(job + ENQ) == 20
    assert device.receive(b"x" + ENQ) == 0, "it stands behind a byte that has no room"
    assert device.receive(ENQ) == 3
    assert device.room == 20
    device.mend()
    assert papers == []


def test_without_trouble_dle_enq_is_ignored() -> None:
    device, papers = make()
    device.receive(b"satu" + ENQ + b"\n" + CUT)
    assert [paper.lines for paper in papers] == [["satu"]]


def test_one_that_does_not_know_the_command_prints_after_the_refill() -> None:
    device, papers = make(clears=False)
    device.fail(Fault.PAPER_OUT)
    device.receive(TICKET + ENQ + CLEAR)
    assert device.take_replies() == b""
    device.mend()
    assert [paper.lines for paper in papers] == [["satu", "dua", "tiga"]]


# --- it restarts, or is pulled out ------------------------------------------------------------------------


def test_a_restart_loses_what_was_held_and_what_comes_meanwhile() -> None:
    device, papers = make(boot_s=0.05)
    device.fail(Fault.RESET_AFTER, value=8)
    assert device.receive(TICKET) == 8
    assert device.receive(TICKET[8:] + b"\x10\x04\x04") == len(TICKET) - 5
    assert device.take_replies() == b""
    assert device.resets == 1
    assert device.faults == frozenset()
    assert device.wait(lambda: answer(device) == b"\x12", time.monotonic() + 10)
    device.receive(b"baru\n" + CUT)
    # "satu" stood on the paper already; nobody cut it off.
    assert [paper.lines for paper in papers] == [["satu", "baru"]]


def test_pulled_out_in_the_middle() -> None:
    device, papers = make()
    device.fail(Fault.UNPLUG_AFTER, value=8)
    assert device.receive(TICKET) == 8
    assert device.faults == {Fault.UNPLUGGED}
    assert device.receive(TICKET) == 0
    device.mend()
    device.receive(b"\x1b@" + CUT)
    assert [paper.lines for paper in papers] == [["satu"]]


def test_a_connection_does_not_outlive_a_restart() -> None:
    device, _ = make(boot_s=0.05)
    device.fail(Fault.RESET_AFTER, value=8)
    with Server.on_tcp(device, "127.0.0.1", 0) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.settimeout(10)
            client.sendall(TICKET)
            with pytest.raises(ConnectionResetError):
                raise ConnectionResetError if client.recv(1) == b"" else AssertionError
        with socket.create_connection(("127.0.0.1", server.port)) as client:
            client.settimeout(0.2)
            got = b""
            for _ in range(50):
                client.sendall(b"\x10\x04\x04")
                try:
                    got = client.recv(1)
                except TimeoutError:
                    continue
                break
            assert got == b"\x12"


def test_a_device_file_goes_and_comes_back(tmp_path: Path) -> None:
    device, papers = make()
    path = tmp_path / "lp0"
    with Server.on_pty(device, path):
        transport = FileTransport(path)
        transport.open(time.monotonic() + 1)
        device.fail(Fault.UNPLUGGED)
        assert _until(lambda: not path.is_symlink())
        with pytest.raises(Closed):
            while True:
                transport.read(1, time.monotonic() + 5)
        transport.close()
        device.mend()
        assert _until(path.is_char_device)
        transport.open(time.monotonic() + 1)
        transport.write(TICKET, time.monotonic() + 1)
        assert device.wait(lambda: bool(papers), time.monotonic() + 10)
        transport.close()
    assert not path.is_symlink()


# --- what it says -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "byte", "expected"),
    [(Fault.PAPER_LOW, b"\x16", Cause.PAPER_LOW), (Fault.PAPER_OUT, b"\x36", Cause.PAPER_OUT)],
)
def test_one_bit_of_two(fault: Fault, byte: bytes, expected: Cause) -> None:
    device, _ = make()
    device.fail(Fault.ONE_BIT, fault)
    assert answer(device) == byte
    assert cause(parse({4: byte[0]})) is expected
    device.mend(Fault.PAPER_OUT)
    device.receive(b"\x1dr\x01")
    assert len(device.take_replies()) == 1


@pytest.mark.parametrize("value", [0, 255])
def test_garbage_for_every_answer(value: int) -> None:
    device, _ = make()
    device.fail(Fault.GARBAGE, value=value)
    device.receive(b"\x10\x04\x01\x1dr\x01\x1d(H\x06\x00000001")
    assert device.take_replies() == bytes((value,)) * 9
    assert not ReplyParser().feed(b"\xff" * 9)


def test_status_packets_in_between() -> None:
    device, _ = make()
    device.fail(Fault.ASB_NOISE)
    parser = ReplyParser()
    assert parser.feed(answer(device)) == [Asb((0x10, 0, 0, 0)), Realtime(0x12)]
    device.fail(Fault.COVER_OPEN)
    (packet,) = parser.feed(device.take_replies())
    assert isinstance(packet, Asb)
    assert cause(parse({}, packet)) is Cause.COVER_OPEN


def test_status_back_is_switched_on_by_its_command_and_off_by_a_restart() -> None:
    device, _ = make(boot_s=0.001)
    device.fail(Fault.PAPER_LOW)
    assert device.take_replies() == b""
    device.receive(b"\x1da\xff")
    assert device.take_replies() == b"\x10\x00\x03\x00"
    device.mend()
    assert device.take_replies() == b"\x10\x00\x00\x00"
    device.set_faults(Fault.UNPLUGGED)
    device.mend()
    device.fail(Fault.COVER_OPEN)
    assert device.take_replies() == b""


def test_late_answers_come_late_and_in_order() -> None:
    device, _ = make()
    device.fail(Fault.LATE, value=0.05)
    device.receive(b"\x10\x04\x01\x10\x04\x04")
    assert device.take_replies() == b""
    assert device.speaking
    transport = VirtualTransport(device)
    transport.open(0)
    assert transport.read(1, time.monotonic() + 10) == b"\x12"
    assert transport.read(64, time.monotonic() + 10) == b"\x12"
    assert transport.read(64, time.monotonic() + 10) == b"", "and no wait for what will not come"


# --- how it takes things in -------------------------------------------------------------------------------


def test_a_slow_line_carries_so_many_bytes_a_second() -> None:
    device, papers = make()
    device.fail(Fault.SLOW, value=1000)
    transport = VirtualTransport(device)
    transport.open(0)
    began = time.monotonic()
    transport.write(b"x" * 196 + CUT, time.monotonic() + 30)
    assert time.monotonic() - began >= 0.15
    assert len(papers) == 1


def test_a_slow_line_is_felt_through_a_socket() -> None:
    device, papers = make()
    device.fail(Fault.SLOW, value=1000)
    with (
        Server.on_tcp(device, "127.0.0.1", 0) as server,
        socket.create_connection(("127.0.0.1", server.port)) as client,
    ):
        began = time.monotonic()
        client.sendall(b"x" * 196 + CUT)
        assert device.wait(lambda: bool(papers), time.monotonic() + 30)
        assert time.monotonic() - began >= 0.15


def test_a_small_buffer_holds_little() -> None:
    device, _ = make()
    device.fail(Fault.SMALL_BUFFER, value=45)
    device.fail(Fault.OFFLINE)
    assert device.receive(b"x" * 100) == 45


def test_xoff_when_full_and_xon_when_there_is_room() -> None:
    device, _ = make()
    device.fail(Fault.SMALL_BUFFER, value=40)
    device.fail(Fault.XONXOFF, Fault.OFFLINE)
    device.receive(b"x" * 20)
    assert device.take_replies() == b""
    device.receive(b"x" * 12)
    assert device.take_replies() == b"\x13"
    device.receive(b"\x10\x04\x04")
    assert device.take_replies() == b"\x12"
    device.mend(Fault.OFFLINE)
    assert device.take_replies() == b"\x11"


def test_xoff_stops_a_line_that_obeys_it(tmp_path: Path) -> None:
    import termios

    device, papers = make()
    device.fail(Fault.SMALL_BUFFER, value=100)
    device.fail(Fault.XONXOFF, Fault.OFFLINE)
    with Server.on_pty(device, tmp_path / "tty"):
        fd = os.open(tmp_path / "tty", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        mode = termios.tcgetattr(fd)
        mode[0] |= termios.IXON
        termios.tcsetattr(fd, termios.TCSANOW, mode)
        os.write(fd, b"x" * 90)
        assert _until(lambda: not select.select([], [fd], [], 0)[1]), "the kernel obeyed the XOFF"
        device.mend(Fault.OFFLINE)
        assert _until(lambda: bool(select.select([], [fd], [], 0)[1]))
        os.write(fd, b"\n" + CUT)
        assert device.wait(lambda: bool(papers), time.monotonic() + 10)
        os.close(fd)
    assert papers[0].lines == ["x" * 48, "x" * 42]


# --- names ------------------------------------------------------------------------------------------------


def test_every_fault_is_named_with_a_value_or_without() -> None:
    for fault in Fault:
        assert faults_from([fault.value]) == {fault: VALUES[fault].default if fault in VALUES else 0}
    assert faults_from(["garbage=255"]) == {Fault.GARBAGE: 255}


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("fire", r"'fire' is not a fault; allowed: paper_low, .*slow=BYTES A SECOND"),
        ("slow=fast", "'fast' is not a number"),
        ("slow=0", r"slow=0; allowed: 1 to 1e\+07 \(bytes a second\)"),
        ("silent=1", "silent takes no value"),
    ],
)
def test_what_is_wrong_with_a_name_is_told(word: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        faults_from([word])


def test_a_fault_of_the_fault_file_goes_with_it_whatever_it_has_become(tmp_path: Path) -> None:
    device, papers = make()
    transport = VirtualTransport(device, tmp_path / FAULT_FILE)
    (tmp_path / FAULT_FILE).write_text("paper_out_after=12\n")
    transport.open(0)
    transport.write(TICKET, 0)
    transport.open(0)
    assert device.faults == {Fault.PAPER_OUT}
    (tmp_path / FAULT_FILE).unlink()
    transport.open(0)
    assert device.faults == frozenset()
    assert len(papers) == 2


def _until(ready: object, seconds: float = 10.0) -> bool:
    assert callable(ready)
    end, pause = time.monotonic() + seconds, threading.Event()
    while not ready():
        if time.monotonic() > end:
            return False
        pause.wait(0.005)
    return True
