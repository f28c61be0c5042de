"""The virtual printer fails the way real ones do."""

from __future__ import annotations

import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printer.status import Cause, Status, cause, parse
from printer.virtual.device import VirtualPrinter
from printer.virtual.faults import Fault, faults_from
from printer.virtual.model import Paper

TICKET = b"\x1b@nomor\n\x1bd\x06\x1dV\x01"


def make(**keys: object) -> tuple[VirtualPrinter, list[Paper]]:
    papers: list[Paper] = []
    return VirtualPrinter(576, papers.append, **keys), papers  # type: ignore[arg-type]


def ask(device: VirtualPrinter) -> Status:
    replies = {}
    for n in range(1, 5):
        device.receive(b"\x10\x04" + bytes((n,)))
        if answer := device.take_replies():
            (replies[n],) = answer
    return parse(replies)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.PAPER_LOW, Cause.PAPER_LOW),
        (Fault.PAPER_OUT, Cause.PAPER_OUT),
        (Fault.COVER_OPEN, Cause.COVER_OPEN),
        (Fault.OFFLINE, Cause.OFFLINE),
        (Fault.CUTTER, Cause.CUTTER),
        (Fault.ERROR, Cause.ERROR),
        (Fault.SILENT, None),
    ],
)
def test_each_fault_is_told_by_its_status(fault: Fault, expected: Cause | None) -> None:
    device, _ = make()
    assert cause(ask(device)) is None
    device.fail(fault)
    assert cause(ask(device)) is expected
    assert ask(device).answered == (fault is not Fault.SILENT)
    device.mend()
    assert cause(ask(device)) is None


@pytest.mark.parametrize(
    "fault", [Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.OFFLINE, Fault.CUTTER, Fault.ERROR]
)
def test_what_is_sent_while_it_cannot_print_comes_out_when_it_can(fault: Fault) -> None:
    device, papers = make()
    device.fail(fault)
    assert device.receive(TICKET) == len(TICKET)
    assert papers == []
    device.mend(fault)
    assert [paper.lines for paper in papers] == [["nomor"]]


def test_unplugging_forgets_what_was_held() -> None:
    device, papers = make()
    device.fail(Fault.PAPER_OUT)
    device.receive(TICKET)
    device.set_faults(Fault.UNPLUGGED)
    assert device.room == 0
    assert device.receive(TICKET) == 0
    device.mend()
    assert papers == []
    device.receive(TICKET)
    assert len(papers) == 1


def test_the_buffer_fills_and_takes_no_more() -> None:
    device, papers = make(buffer=100)
    device.fail(Fault.PAPER_OUT)
    assert device.receive(b"x" * 70) == 70
    assert device.room == 30
    assert device.receive(b"x" * 70) == 30
    assert device.receive(b"x") == 0
    device.mend()
    assert device.receive(b"x" * 20 + b"\n\x1dV\x00") == 24
    assert sum(len(line) for line in papers[0].lines) == 120


def test_real_time_questions_are_answered_ahead_of_the_buffer_and_the_fence_is_not() -> None:
    device, _ = make()
    device.fail(Fault.PAPER_OUT)
    device.receive(TICKET + b"\x1dr\x01" + b"\x10\x04\x04")
    assert device.take_replies() == b"\x7e"
    device.mend()
    assert device.take_replies() == b"\x00"


@given(st.lists(st.integers(1, 7), max_size=6))
def test_a_question_is_answered_once_wherever_it_is_split(sizes: list[int]) -> None:
    device, _ = make()
    stream = b"a\x10\x04\x01b\x10\x10\x04\x04\x10\x04\x09\x10\x04"
    at = 0
    for size in [*sizes, 100]:
        device.receive(stream[at : at + size])
        at += size
    assert device.take_replies() == b"\x12\x12"
    device.receive(b"\x02")
    assert device.take_replies() == b"\x12"


def test_blank_paper_is_no_paper() -> None:
    device, papers = make()
    device.receive(b"\n\n\x1bd\x06\x1dV\x00")
    assert papers == []


def test_tearing_where_there_is_no_cutter() -> None:
    device, papers = make()
    device.receive(b"nomor\n\x1bd\x06")
    assert papers == []
    device.tear()
    assert [paper.end for paper in papers] == ["torn"]


def test_watchers_hear_of_changes_until_they_leave() -> None:
    device, _ = make()
    heard: list[frozenset[Fault]] = []

    def watcher() -> None:
        heard.append(device.faults)

    device.watch(watcher)
    device.fail(Fault.SILENT)
    device.mend()
    device.unwatch(watcher)
    device.fail(Fault.SILENT)
    assert heard == [{Fault.SILENT}, frozenset()]


def test_waiting_for_room_ends_with_the_refill_or_the_deadline() -> None:
    device, _ = make(buffer=10)
    device.fail(Fault.PAPER_OUT)
    device.receive(b"x" * 10)
    assert not device.wait(lambda: device.room > 0, time.monotonic() + 0.05)
    refill = threading.Timer(0.05, device.mend)
    refill.start()
    assert device.wait(lambda: device.room > 0, time.monotonic() + 10)
    refill.join()


def test_a_word_that_is_no_fault_is_named() -> None:
    assert faults_from(["paper_out", "slow=96", "late"]) == {
        Fault.PAPER_OUT: 0,
        Fault.SLOW: 96,
        Fault.LATE: 1,
    }
    with pytest.raises(ValueError, match=r"'fire' is not a fault; allowed: paper_low, paper_out"):
        faults_from(["fire"])
