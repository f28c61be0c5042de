"""What a silent board's USB port tells: that paper is out, and nothing else."""

from __future__ import annotations

import array
import fcntl
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from printer import known
from printer.known import Unit
from printer.press import Press
from printer.probe import Probe, probe
from printer.profiles import Profile
from printer.slip import Slip, Text
from printer.transports.file import FileTransport
from printer.transports.usb import UsbTransport
from printer.virtual.device import VirtualPrinter
from printer.virtual.faults import Fault
from printer.virtual.model import Paper
from tests.support.fake_usb import Alternate, FakeBackend, UsbDevice

SLIP = Slip((Text("SATU"),))
SILENT_ANSWERS: dict[int, int | None] = dict.fromkeys(range(1, 5))
Make = Callable[..., Profile]


def soon() -> float:
    return time.monotonic() + 3


def silent(**keys: object) -> tuple[VirtualPrinter, UsbDevice, UsbTransport, list[Paper]]:
    papers: list[Paper] = []
    printer = VirtualPrinter(576, papers.append)
    printer.fail(Fault.SILENT)
    device = UsbDevice(virtual=printer, **keys)  # type: ignore[arg-type]
    return printer, device, UsbTransport(backend=FakeBackend(device)), papers


def test_a_silent_board_without_paper_is_refused_before_the_first_byte(quick: Make) -> None:
    printer, _, transport, papers = silent()
    press = Press(transport, quick(port_status=True, reply_s=0.05), 1.0)
    printer.fail(Fault.PAPER_OUT)
    verdict = press.print(SLIP)
    assert (verdict.outcome, verdict.cause, verdict.bytes_sent) == ("not_printed", "paper_out", 0)
    printer.mend(Fault.PAPER_OUT)
    verdict = press.print(SLIP)
    assert (verdict.outcome, verdict.cause) == ("unconfirmed", None), "a port that is well proves nothing"
    assert len(papers) == 1
    verdict = press.print(SLIP, lambda: printer.fail(Fault.PAPER_OUT))
    assert (verdict.outcome, verdict.cause) == ("unconfirmed", "paper_out")


def test_a_port_nobody_has_tried_is_not_asked(quick: Make) -> None:
    _, _, transport, papers = silent(port_byte=0x30)  # says "no paper" with paper in
    verdict = Press(transport, quick(reply_s=0.05), 1.0).print(SLIP)
    assert verdict.outcome == "unconfirmed"
    assert len(papers) == 1


@pytest.mark.parametrize(
    "keys",
    [
        {"port_byte": None},
        {"alternates": [Alternate(number=1)]},  # pyusb would claim another interface
    ],
)
def test_where_the_port_says_nothing_neither_do_we(quick: Make, keys: dict[str, object]) -> None:
    _, _, transport, papers = silent(**keys)
    transport.open(soon())
    assert transport.port_status(soon()) is None
    transport.close()
    assert Press(transport, quick(port_status=True, reply_s=0.05), 1.0).print(SLIP).outcome == "unconfirmed"
    assert len(papers) == 1


@pytest.mark.parametrize(
    ("byte", "tells"),
    [(0x18, True), (None, False), (0x38, False), (0x30, False), (0x00, False), (0xFF, False)],
)
def test_only_a_port_that_is_well_with_paper_in_is_believed(byte: int | None, tells: bool) -> None:
    assert Probe(SILENT_ANSWERS, gs_r=False, port=byte).port_tells is tells


def test_detect_finds_the_port_and_keeps_asking_the_questions(quick: Make) -> None:
    _, _, transport, _ = silent()
    found = probe(transport, quick(reply_s=0.05), soon())
    assert (found.port, found.answered) == (0x18, ())
    unit = known.unit_of(found)
    assert unit == Unit(None, "none", port_status=True)
    applied = known.applied(quick(), unit)
    assert (applied.status, applied.port_status) == (quick().status, True)


def test_a_device_file_asks_the_kernels_driver(
    terminal: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = FileTransport(terminal[1])
    transport.open(soon())
    assert transport.port_status(soon()) is None, "a terminal is no USB printer"

    def driver(fd: int, request: int, answer: array.array[int]) -> int:
        assert request == 0x060B
        answer[0] = 0x38
        return 0

    monkeypatch.setattr(fcntl, "ioctl", driver)
    assert transport.port_status(soon()) == 0x38
    transport.close()
