"""From the words of a configuration to a press."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from printer.connect import OFFERED, Address, press_for
from printer.errors import BadAddress, ProfileError, TransportNotOffered
from printer.press import Outcome
from printer.slip import Qr, Slip, Text
from printer.status import Cause, cause
from printer.transports.cups import CupsTransport
from printer.transports.file import FileTransport
from printer.transports.network import NetworkTransport
from printer.transports.serial import SerialTransport
from printer.transports.usb import UsbTransport


def test_the_virtual_printer_puts_papers_into_its_folder(tmp_path: Path) -> None:
    press = press_for("virtual", profile="generic-58", paper_dir=tmp_path / "paper")
    assert list(tmp_path.iterdir()) == [], "nothing is made before there is a paper"
    verdict = press.print(Slip((Text("halo"), Qr("A-001 2026-11-24"))))
    assert verdict.outcome is Outcome.PRINTED
    picture = tmp_path / "paper" / "paper-000001.png"
    assert [code.text for code in zxingcpp.read_barcodes(Image.open(picture))] == ["A-001 2026-11-24"]
    again = press_for("virtual", profile="generic-58", paper_dir=tmp_path / "paper")
    again.print(Slip((Text("lagi"),)))
    assert (tmp_path / "paper" / "paper-000002.txt").read_text(encoding="utf-8") == "lagi\n"


def test_the_virtual_printer_fails_when_its_folder_says_so(tmp_path: Path) -> None:
    press = press_for("virtual", profile="generic-80", paper_dir=tmp_path)
    (tmp_path / "faults.txt").write_text("paper_out")
    assert cause(press.status()) is Cause.PAPER_OUT
    assert press.print(Slip((Text("halo"),))).outcome is Outcome.NOT_PRINTED
    (tmp_path / "faults.txt").unlink()
    assert press.print(Slip((Text("halo"),))).outcome is Outcome.PRINTED


def test_each_transport_gets_its_place(tmp_path: Path) -> None:
    network = press_for("network", Address("192.0.2.9", 9101), profile="generic-80", paper_dir=tmp_path)
    assert isinstance(network.transport, NetworkTransport)
    assert network.transport.name == "network printer 192.0.2.9:9101"
    file = press_for("file", Address(device="/dev/usb/lp7"), profile="generic-80", paper_dir=tmp_path)
    assert isinstance(file.transport, FileTransport)
    assert file.transport.name == "printer device /dev/usb/lp7"


@pytest.mark.parametrize(
    ("way", "address", "kind", "name"),
    [
        ("serial", Address(device="/dev/ttyS7", baudrate=9600), SerialTransport, "serial /dev/ttyS7 at 9600 baud"),
        ("usb", Address(device="usb:04b8:0e15:J5"), UsbTransport, "usb:04b8:0e15:J5"),
        ("usb", Address(device="/dev/usb/lp0"), UsbTransport, "usb"),
        ("cups", Address(device="tiket"), CupsTransport, "cups tiket"),
    ],
)  # fmt: skip
def test_the_other_ways_too(tmp_path: Path, way: str, address: Address, kind: type, name: str) -> None:
    press = press_for(way, address, profile="generic-80", paper_dir=tmp_path)
    assert isinstance(press.transport, kind)
    assert press.transport.name == name


def test_what_is_not_offered_is_named_with_what_is(tmp_path: Path) -> None:
    with pytest.raises(TransportNotOffered, match=rf"E-PRN-03.*'fax'.*{', '.join(OFFERED)}"):
        press_for("fax", profile="generic-80", paper_dir=tmp_path)


@pytest.mark.parametrize(
    ("way", "address", "told"),
    [
        ("usb", Address(device="lp0"), "'lp0'.*allowed: usb"),
        ("cups", Address(device="/dev/usb/lp0"), "'/dev/usb/lp0'; allowed: letters"),
        ("serial", Address(device="/dev/ttyS0", baudrate=300), "300; allowed: 9600"),
        ("serial", Address(device="/dev/ttyS0", flow="hope"), "'hope'; allowed: none, rtscts"),
    ],
)
def test_an_address_that_does_not_suit_is_told(tmp_path: Path, way: str, address: Address, told: str) -> None:
    with pytest.raises(BadAddress, match=rf"E-PRN-04.*{way}.*{told}"):
        press_for(way, address, profile="generic-80", paper_dir=tmp_path)


def test_an_unknown_profile_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="generic-90"):
        press_for("virtual", profile="generic-90", paper_dir=tmp_path)


def test_papers_of_two_processes_do_not_overwrite_each_other(tmp_path: Path) -> None:
    presses = [press_for("virtual", profile="generic-58", paper_dir=tmp_path) for _ in range(2)]
    for number in range(6):
        presses[number % 2].print(Slip((Text(f"nomor {number}"),)))
    texts = [path.read_text(encoding="utf-8").strip() for path in sorted(tmp_path.glob("*.txt"))]
    assert texts == [f"nomor {number}" for number in range(6)]


def test_a_folder_that_cannot_be_written_is_unconfirmed(tmp_path: Path) -> None:
    (tmp_path / "paper").write_text("in the way")
    verdict = press_for("virtual", profile="generic-58", paper_dir=tmp_path / "paper").print(
        Slip((Text("a"),))
    )
    assert verdict.outcome is Outcome.UNCONFIRMED
    assert "cannot be drawn" in verdict.detail
