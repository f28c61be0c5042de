"""What a unit answers is asked once and kept for that unit alone."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from printer import known, profiles
from printer.connect import Address, press_for
from printer.known import Unit
from printer.press import Outcome
from printer.probe import Probe, probe
from printer.slip import Slip, Text
from printer.status import Cause, cause
from printer.virtual.faults import Fault

SLIP = Slip((Text("halo"),))


def soon() -> float:
    return time.monotonic() + 5


@pytest.mark.parametrize("way", ["virtual", "network", "file"])
def test_a_probe_tells_what_is_answered_and_prints_nothing(bench, quick, way: str) -> None:  # type: ignore[no-untyped-def]
    table = bench(way)
    found = probe(table.transport, quick(fence="gs_h"), soon())
    assert found.answers == {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
    assert found.answered == (4, 1, 2, 3)
    assert (found.gs_r, found.gs_h, found.fence) == (True, True, "gs_h")
    table.device.fail(Fault.COVER_OPEN)
    assert cause(probe(table.transport, quick(), soon()).status) is Cause.COVER_OPEN
    table.device.set_faults(Fault.SILENT)
    silent = probe(table.transport, quick(reply_s=0.05), soon())
    assert (silent.answered, silent.fence, silent.babbles) == ((), "none", False)
    assert known.unit_of(silent) is None
    assert table.papers == []


def test_gs_h_is_asked_only_where_the_profile_has_it(bench, quick) -> None:  # type: ignore[no-untyped-def]
    found = probe(bench("virtual").transport, quick(), soon())
    assert (found.gs_r, found.gs_h, found.fence) == (True, False, "gs_r")


@pytest.mark.parametrize("byte", [0x00, 0xFF])
def test_one_that_babbles_gives_no_proof(bench, quick, byte: int) -> None:  # type: ignore[no-untyped-def]
    table = bench("virtual")
    table.device.fail(Fault.GARBAGE, value=byte)
    found = probe(table.transport, quick(), soon())
    assert found.answers == {1: byte, 2: byte, 3: byte, 4: byte}
    assert (found.answered, found.babbles, found.fence) == ((), True, "none")


@pytest.mark.parametrize("noise", [(Fault.ASB_NOISE,), (Fault.ASB_NOISE, Fault.PAPER_LOW)])
def test_noise_does_not_hide_the_answers(bench, quick, noise: tuple[Fault, ...]) -> None:  # type: ignore[no-untyped-def]
    table = bench("virtual")
    table.device.fail(*noise)
    assert probe(table.transport, quick(), soon()).answered == (4, 1, 2, 3)


def test_what_is_known_is_kept_for_its_unit(tmp_path: Path) -> None:
    file = tmp_path / "state" / "printer.json"
    first, second = known.key("network", "a:9100", "pos-80"), known.key("network", "b:9100", "pos-80")
    assert known.recall(file, first) is None
    known.remember(file, first, Unit((4,), "none"))
    known.remember(file, second, Unit((4, 1), "gs_r"))
    known.remember(file, first, Unit((4, 2), "none"))
    assert known.recall(file, first) == Unit((4, 2), "none")
    assert known.recall(file, second) == Unit((4, 1), "gs_r")
    known.remember(file, first, None)
    assert known.recall(file, first) is None
    assert known.recall(file, second) is not None


@pytest.mark.parametrize("text", ["", "{", '{"units": {"x": 1}}', '{"version": 2, "units": {}}', "\0\0"])
def test_a_damaged_file_is_nothing_known_and_is_replaced(tmp_path: Path, text: str) -> None:
    file = tmp_path / "printer.json"
    file.write_text(text)
    assert known.recall(file, "x") is None
    known.remember(file, "x", Unit((4,), "none"))
    assert known.recall(file, "x") == Unit((4,), "none")


def test_a_press_asks_only_what_its_unit_answers(bench, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    table = bench("network")
    where = table.transport.name.rpartition(" ")[2]
    host, _, port = where.partition(":")
    file = tmp_path / "printer.json"
    known.remember(file, known.key("network", where, "generic-80"), Unit((4,), "gs_r"))
    address = Address(host, int(port))
    press = press_for("network", address, profile="generic-80", paper_dir=tmp_path, known_file=file)
    assert (press.profile.status, press.profile.fence) == ((4,), "gs_r")
    assert press.print(SLIP).outcome is Outcome.PRINTED
    other = press_for(
        "network", Address(host, int(port) + 1), profile="generic-80", paper_dir=tmp_path, known_file=file
    )
    assert other.profile == profiles.load("generic-80")


def test_a_file_edited_by_hand_cannot_ask_what_does_not_exist() -> None:
    profile = profiles.load("generic-80")
    assert known.applied(profile, Unit((4, 9), "none")).status == (4,)
    assert known.applied(profile, None) is profile


def test_the_best_proof() -> None:
    answers: dict[int, int | None] = {1: None, 2: None, 3: None, 4: 0x12}
    assert Probe(answers, gs_r=True, gs_h=True).fence == "gs_h"
    assert Probe(answers, gs_r=True).fence == "gs_r"
    assert Probe(answers, gs_r=False).fence == "none"
    assert known.unit_of(Probe(answers, gs_r=False)) == Unit((4,), "none")
