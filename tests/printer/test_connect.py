"""From the words of a configuration to a press."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from printer.connect import OFFERED, press_for
from printer.errors import ProfileError, TransportNotOffered
from printer.press import Outcome
from printer.probe import probe
from printer.profiles import load
from printer.slip import Qr, Slip, Text
from printer.status import Cause, cause
from printer.transports.file import FileTransport
from printer.transports.network import NetworkTransport
from printer.virtual.faults import Fault


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
    network = press_for("network", profile="generic-80", host="192.0.2.9", port=9101, paper_dir=tmp_path)
    assert isinstance(network.transport, NetworkTransport)
    assert network.transport.name == "network printer 192.0.2.9:9101"
    file = press_for("file", profile="generic-80", device="/dev/usb/lp7", paper_dir=tmp_path)
    assert isinstance(file.transport, FileTransport)
    assert file.transport.name == "printer device /dev/usb/lp7"


@pytest.mark.parametrize("name", ["usb", "serial", "cups", "fax"])
def test_what_is_not_offered_is_named_with_what_is(tmp_path: Path, name: str) -> None:
    with pytest.raises(TransportNotOffered, match=rf"E-PRN-03.*'{name}'.*{', '.join(OFFERED)}"):
        press_for(name, profile="generic-80", paper_dir=tmp_path)


def test_an_unknown_profile_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="generic-90"):
        press_for("virtual", profile="generic-90", paper_dir=tmp_path)


@pytest.mark.parametrize("way", ["virtual", "network", "file"])
def test_a_probe_tells_what_is_answered_and_prints_nothing(bench, way: str) -> None:  # type: ignore[no-untyped-def]
    import time

    table = bench(way)
    found = probe(table.transport, 0.2, time.monotonic() + 3)
    assert found.answers == {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
    assert found.answered == (4, 1, 2, 3)
    assert found.gs_r
    table.device.fail(Fault.COVER_OPEN)
    assert cause(probe(table.transport, 0.2, time.monotonic() + 3).status) is Cause.COVER_OPEN
    table.device.set_faults(Fault.SILENT)
    silent = probe(table.transport, 0.1, time.monotonic() + 3)
    assert silent.answered == ()
    assert not silent.gs_r
    assert table.papers == []
    assert load("generic-80").status == found.answered


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
