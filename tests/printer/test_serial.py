"""The serial line, over real pseudo-terminals.

A pseudo-terminal has no speed, no control lines and no send queue to ask for; those three are played by replacing
pyserial's properties, which is where the kernel's answers come in.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
import serial
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from printer.errors import Closed, TimedOut, TransportError, Unreachable
from printer.press import Outcome, Press
from printer.profiles import Profile
from printer.slip import Slip
from printer.status import Cause, ReplyParser
from printer.transports.serial import PACED_CHUNK, Flow, SerialTransport
from printer.virtual.device import VirtualPrinter
from printer.virtual.faults import Fault
from printer.virtual.model import Paper
from printer.virtual.server import Server

GRACE = 2.0
"""Seconds a call may be late on a busy machine."""
XON, XOFF = b"\x11", b"\x13"
Terminal = tuple[int, Path]


def soon(seconds: float = 2.0) -> float:
    return time.monotonic() + seconds


def arrived(master: int, wait: float = 0.1) -> bytes:
    """All that comes out at the printer's end until ``wait`` seconds pass without any."""
    data = b""
    while select.select([master], [], [], wait)[0]:
        data += os.read(master, 65536)
    return data


def handles() -> int:
    """Files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def line(terminal: Terminal) -> Iterator[Callable[..., SerialTransport]]:
    """Open the terminal as a serial line; closed after the test."""
    made: list[SerialTransport] = []

    def make(flow: Flow = "none", baudrate: int = 115200) -> SerialTransport:
        transport = SerialTransport(terminal[1], baudrate, flow)
        made.append(transport)
        transport.open(soon())
        return transport

    yield make
    for transport in made:
        transport.close()


# --- a whole job ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flow", ["none", "rtscts", "xonxoff"])
def test_a_slip_is_printed(flow: Flow, quick: Callable[..., Profile], ticket: Slip, tmp_path: Path) -> None:
    papers: list[Paper] = []
    with Server.on_pty(VirtualPrinter(576, papers.append), tmp_path / "tty"):
        press = Press(SerialTransport(tmp_path / "tty", flow=flow), quick(), 3.0)
        assert press.print(ticket).outcome is Outcome.PRINTED
        assert press.print(ticket).outcome is Outcome.PRINTED
    assert len(papers) == 2


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (Fault.PAPER_OUT, Cause.PAPER_OUT),
        (Fault.COVER_OPEN, Cause.COVER_OPEN),
        (Fault.OFFLINE, Cause.OFFLINE),
        (Fault.CUTTER, Cause.CUTTER),
        (Fault.ERROR, Cause.ERROR),
    ],
)
def test_trouble_before_the_job_refuses_it(
    fault: Fault, cause: Cause, quick: Callable[..., Profile], ticket: Slip, tmp_path: Path
) -> None:
    papers: list[Paper] = []
    device = VirtualPrinter(576, papers.append)
    device.fail(fault)
    with Server.on_pty(device, tmp_path / "tty"):
        verdict = Press(SerialTransport(tmp_path / "tty"), quick(), 3.0).print(ticket)
        device.mend()
    assert (verdict.outcome, verdict.cause, verdict.bytes_sent) == (Outcome.NOT_PRINTED, cause, 0)
    assert papers == []


def test_a_silent_printer_prints_unconfirmed(
    quick: Callable[..., Profile], ticket: Slip, tmp_path: Path
) -> None:
    papers: list[Paper] = []
    device = VirtualPrinter(576, papers.append)
    device.fail(Fault.SILENT)
    with Server.on_pty(device, tmp_path / "tty"):
        verdict = Press(SerialTransport(tmp_path / "tty"), quick(), 3.0).print(ticket)
        device.wait(lambda: bool(papers), soon(5))
    assert (verdict.outcome, verdict.cause) == (Outcome.UNCONFIRMED, None)
    assert len(papers) == 1


def test_an_adapter_pulled_out_is_unreachable(
    quick: Callable[..., Profile], ticket: Slip, tmp_path: Path
) -> None:
    verdict = Press(SerialTransport(tmp_path / "ttyUSB0"), quick(), 1.0).print(ticket)
    assert (verdict.outcome, verdict.cause, verdict.bytes_sent) == (Outcome.NOT_PRINTED, Cause.UNREACHABLE, 0)
    assert list(tmp_path.iterdir()) == []


def test_fifty_jobs_leave_no_handle_open(terminal: Terminal, line: Callable[..., SerialTransport]) -> None:
    transport = line()
    transport.close()
    before = handles()
    for _ in range(50):
        transport.open(soon())
        transport.write(b"x", soon())
        transport.close()
    assert handles() == before
    assert arrived(terminal[0]) == b"x" * 50


# --- opening ----------------------------------------------------------------------------------------------


def test_a_missing_device_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="no such device"):
        SerialTransport(tmp_path / "ttyUSB0").open(soon())
    assert list(tmp_path.iterdir()) == []


def test_a_plain_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ttyS0"
    path.write_bytes(b"mine")
    before = handles()
    with pytest.raises(Unreachable):
        SerialTransport(path).open(soon())
    assert path.read_bytes() == b"mine"
    assert handles() == before


def test_one_line_has_one_owner(terminal: Terminal, line: Callable[..., SerialTransport]) -> None:
    first = line()
    with pytest.raises(Unreachable, match="another program holds it"):
        SerialTransport(terminal[1]).open(soon())
    first.close()
    line().write(b"x", soon())


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "group dialout"),
        (errno.EBUSY, "another program"),
        (errno.ENODEV, "plugged in"),
        (errno.EIO, "broken"),
    ],
)
def test_why_a_line_cannot_be_opened(number: int, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise serial.SerialException(number, "broken")

    monkeypatch.setattr(serial, "Serial", refuse)
    with pytest.raises(Unreachable, match=words):
        SerialTransport("/dev/ttyS0").open(soon())


@pytest.mark.parametrize(
    ("flow", "rtscts", "xonxoff"),
    [("none", False, False), ("rtscts", True, False), ("xonxoff", False, True)],
)
def test_the_line_is_set_as_asked(
    flow: Flow, rtscts: bool, xonxoff: bool, terminal: Terminal, line: Callable[..., SerialTransport]
) -> None:
    line(flow, 19200)
    iflag, _, cflag, lflag, ispeed, ospeed, _ = termios.tcgetattr(terminal[0])
    assert (ispeed, ospeed) == (termios.B19200, termios.B19200)
    assert bool(cflag & termios.CRTSCTS) == rtscts
    assert bool(iflag & termios.IXON) == xonxoff
    assert not lflag & termios.ECHO


def test_dsr_flow_control_needs_the_line(terminal: Terminal) -> None:
    before = handles()
    transport = SerialTransport(terminal[1], flow="dsrdtr")
    with pytest.raises(Unreachable, match="no DSR line; flow control allowed here: none, rtscts, xonxoff"):
        transport.open(soon())
    assert handles() == before


@pytest.mark.parametrize(("baudrate", "flow"), [(300, "none"), (9600, "hardware")])
def test_what_cannot_be_set_is_refused(baudrate: int, flow: str) -> None:
    with pytest.raises(ValueError, match="allowed: "):
        SerialTransport("/dev/ttyS0", baudrate, cast(Flow, flow))


# --- writing ----------------------------------------------------------------------------------------------


def test_a_reader_that_stops_is_waited_for_until_the_deadline(
    terminal: Terminal, line: Callable[..., SerialTransport]
) -> None:
    transport = line()
    began = time.monotonic()
    with pytest.raises(TimedOut) as caught:
        transport.write(b"x" * 200_000, soon(0.2))
    assert 0.19 < time.monotonic() - began < 0.2 + GRACE
    transport.close()
    assert 0 < caught.value.sent < 200_000
    assert len(arrived(terminal[0])) <= caught.value.sent


def test_xoff_holds_the_data_and_xon_lets_it_go(
    terminal: Terminal, line: Callable[..., SerialTransport]
) -> None:
    transport = line("xonxoff")
    os.write(terminal[0], XOFF)
    with pytest.raises(TimedOut) as caught:
        transport.write(b"held", soon(0.1))
    assert caught.value.sent == 0
    assert arrived(terminal[0]) == b""
    later = threading.Timer(0.1, os.write, (terminal[0], XON))
    later.start()
    transport.write(b"free", soon(5))
    later.join()
    assert arrived(terminal[0]) == b"free"


def test_flow_control_bytes_are_no_answers(terminal: Terminal, line: Callable[..., SerialTransport]) -> None:
    transport = line("xonxoff")
    os.write(terminal[0], XOFF + XON + b"\x12" + XOFF + XON)
    assert transport.read(64, soon()) == b"\x12"
    assert transport.read(64, soon(0.05)) == b""
    transport.close()
    # A line set otherwise passes them on; the parser leaves them out.
    transport = line("none")
    os.write(terminal[0], XOFF + XON)
    assert ReplyParser().feed(transport.read(64, soon())) == []


def test_the_line_goes_away_while_writing(terminal: Terminal, line: Callable[..., SerialTransport]) -> None:
    transport = line()
    later = threading.Timer(0.1, os.close, (terminal[0],))
    later.start()
    began = time.monotonic()
    with pytest.raises(Closed) as caught:
        transport.write(b"x" * 200_000, soon(20))
    later.join()
    assert time.monotonic() - began < 0.1 + GRACE
    assert 0 < caught.value.sent < 200_000


def test_a_deadline_in_the_past_sends_nothing(
    terminal: Terminal, line: Callable[..., SerialTransport]
) -> None:
    with pytest.raises(TimedOut) as caught:
        line().write(b"x", time.monotonic() - 1)
    assert caught.value.sent == 0
    assert arrived(terminal[0]) == b""


class Uart:
    """The kernel's send queue as a slow line empties it: ``rate`` bytes a second, at most ``until`` in all."""

    def __init__(self, rate: float, until: float = float("inf")) -> None:
        self._rate, self._until = rate, until
        self._began = time.monotonic()
        self.handed = 0

    def waiting(self) -> int:
        gone = min((time.monotonic() - self._began) * self._rate, self._until)
        return max(0, self.handed - int(gone))

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        write = os.write

        def counted(fd: int, data: bytes) -> int:
            taken = write(fd, data)
            self.handed += taken
            return taken

        monkeypatch.setattr("printer.transports.serial.os.write", counted)
        monkeypatch.setattr(serial.Serial, "out_waiting", property(lambda _: self.waiting()))


def test_a_write_lasts_until_the_line_is_empty(
    line: Callable[..., SerialTransport], monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = line(baudrate=9600)
    uart = Uart(rate=960)
    uart.install(monkeypatch)
    began = time.monotonic()
    transport.write(b"x" * 300, soon(10))
    assert time.monotonic() - began >= 300 / 960 - 0.05
    assert uart.waiting() == 0


def test_what_the_kernel_still_held_at_the_deadline_did_not_leave(
    line: Callable[..., SerialTransport], monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = line("rtscts")
    Uart(rate=1e6, until=45).install(monkeypatch)  # CTS went off after 45 bytes
    with pytest.raises(TimedOut) as caught:
        transport.write(b"x" * 300, soon(0.1))
    assert caught.value.sent == 45


def test_busy_on_dsr_stops_the_data_within_a_few_bytes(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    looks: list[int] = []
    write = os.write

    def counted(fd: int, data: bytes) -> int:
        sizes.append(len(data))
        return write(fd, data)

    def dsr(_: object) -> bool:
        if sum(sizes) == 64:
            looks.append(sum(sizes))
            return len(looks) > 20  # its buffer was full; now there is room again
        return True

    monkeypatch.setattr("printer.transports.serial.os.write", counted)
    monkeypatch.setattr(serial.Serial, "dsr", property(dsr))
    transport = SerialTransport(terminal[1], flow="dsrdtr")
    transport.open(soon())
    transport.write(b"x" * 200, soon(10))
    transport.close()
    assert max(sizes) <= PACED_CHUNK
    assert len(looks) == 21
    assert arrived(terminal[0]) == b"x" * 200


def test_a_printer_busy_for_good_is_waited_for_until_the_deadline(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial.Serial, "dsr", property(lambda _: False))
    transport = SerialTransport(terminal[1], flow="dsrdtr")
    transport.open(soon())
    with pytest.raises(TimedOut) as caught:
        transport.write(b"x", soon(0.1))
    transport.close()
    assert caught.value.sent == 0
    assert arrived(terminal[0]) == b""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(data=st.binary(max_size=4000))
def test_every_byte_arrives_as_it_was(
    data: bytes, terminal: Terminal, line: Callable[..., SerialTransport]
) -> None:
    transport = line()
    transport.write(data, soon(10))
    transport.close()
    assert arrived(terminal[0], 0.01) == data


# --- reading ----------------------------------------------------------------------------------------------


def test_reading_waits_for_the_first_byte_and_takes_no_more_than_asked(
    terminal: Terminal, line: Callable[..., SerialTransport]
) -> None:
    transport = line()
    later = threading.Timer(0.05, os.write, (terminal[0], b"\x12\x16\x12"))
    later.start()
    assert transport.read(2, soon(5)) == b"\x12\x16"
    later.join()
    assert transport.read(64, 0.0) == b"\x12"
    assert transport.read(64, 0.0) == b""


def test_silence_ends_at_the_deadline(line: Callable[..., SerialTransport]) -> None:
    transport = line()
    began = time.monotonic()
    assert transport.read(64, soon(0.1)) == b""
    assert 0.09 < time.monotonic() - began < 0.1 + GRACE


def test_the_line_goes_away_while_reading(terminal: Terminal, line: Callable[..., SerialTransport]) -> None:
    transport = line()
    later = threading.Timer(0.05, os.close, (terminal[0],))
    later.start()
    with pytest.raises(Closed):
        transport.read(64, soon(20))
    later.join()


def test_what_was_said_before_the_job_is_thrown_away(
    terminal: Terminal, line: Callable[..., SerialTransport]
) -> None:
    os.write(terminal[0], b"old")
    assert line().read(64, soon(0.05)) == b""


# --- closing ----------------------------------------------------------------------------------------------


def test_closing_a_line_that_is_held_does_not_wait(
    terminal: Terminal, line: Callable[..., SerialTransport]
) -> None:
    transport = line("xonxoff")
    transport.write(b"x", soon())
    os.write(terminal[0], XOFF)
    began = time.monotonic()
    transport.close()
    transport.close()
    assert time.monotonic() - began < GRACE


def test_closing_a_line_that_is_gone(terminal: Terminal, line: Callable[..., SerialTransport]) -> None:
    transport = line()
    os.close(terminal[0])
    transport.close()
    with pytest.raises(TransportError):
        transport.write(b"x", soon())
    with pytest.raises(TransportError):
        transport.read(1, soon())


def test_others_may_have_the_line_after_the_job(
    terminal: Terminal, line: Callable[..., SerialTransport]
) -> None:
    line().close()
    fd = os.open(terminal[1], os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(fd)
