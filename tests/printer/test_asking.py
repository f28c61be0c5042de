"""What an answer proves: only what was said in time, of this job, by a printer that tells the truth."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import pytest

from printer.press import Outcome, Press, Verdict
from printer.profiles import Profile
from printer.slip import Slip, Text
from printer.status import Cause, Cleared, Health, Plain, ReplyParser
from printer.transports.network import NetworkTransport
from printer.virtual.faults import Fault

SLIP = Slip((Text("SATU"),))
Make = Callable[..., Profile]


def told(verdict: Verdict) -> tuple[str, str | None]:
    return str(verdict.outcome), verdict.cause and str(verdict.cause)


# --- late answers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fence", ["none", "gs_r", "gs_h"])
@pytest.mark.parametrize("way", ["virtual", "network"])
def test_the_answer_to_a_question_from_before_the_job_proves_nothing(
    bench, press_on, quick: Make, way: str, fence: str
) -> None:  # type: ignore[no-untyped-def]
    """It is late: "all well" from before the job comes after it, when the roll has ended."""
    table = bench(way)
    table.device.fail(Fault.LATE, value=0.6)
    verdict = press_on(table, quick(fence=fence, reply_s=0.4, status=(4,)), 4.0).print(
        SLIP, lambda: table.device.fail(Fault.PAPER_OUT)
    )
    assert told(verdict) == ("unconfirmed", "paper_out"), verdict


@pytest.mark.parametrize("way", ["virtual", "network"])
def test_a_late_printer_that_is_well_is_waited_for_once_it_has_spoken(
    bench, press_on, quick: Make, way: str
) -> None:  # type: ignore[no-untyped-def]
    table = bench(way)
    table.device.fail(Fault.LATE, value=0.6)
    verdict = press_on(table, quick(status=(4,), reply_s=0.4), 4.0).print(SLIP)
    assert told(verdict) == ("printed", None), verdict


def test_a_printer_that_was_starting_when_it_was_asked_is_not_waited_for_long(peer, quick: Make) -> None:  # type: ignore[no-untyped-def]
    """It never heard the first question: the one answer that comes might belong to that, and proves nothing."""

    def serve(client: socket.socket, over: threading.Event) -> None:
        client.recv(3)
        data = client.recv(4096)
        while b"\x10\x04" not in data[-3:]:
            data += client.recv(4096)
        client.sendall(b"\x12")
        over.wait(5)

    began = time.monotonic()
    verdict = Press(NetworkTransport("127.0.0.1", peer(serve)), quick(), 4.0).print(SLIP)
    assert told(verdict) == ("unconfirmed", None), verdict
    assert time.monotonic() - began < 3


# --- status that comes unasked ----------------------------------------------------------------------------------------


def test_a_printer_that_tells_of_changes_by_itself_is_believed(bench, press_on, quick: Make) -> None:  # type: ignore[no-untyped-def]
    table = bench("virtual")
    table.device.fail(Fault.ASB_NOISE)
    press = press_on(table, quick(status=()))
    verdict = press.print(SLIP, lambda: table.device.fail(Fault.PAPER_OUT))
    assert told(verdict) == ("unconfirmed", "paper_out"), verdict


def test_the_latest_of_such_packets_holds(bench, press_on, quick: Make) -> None:  # type: ignore[no-untyped-def]
    table = bench("virtual")
    table.device.fail(Fault.ASB_NOISE)

    def open_and_close() -> None:
        table.device.fail(Fault.COVER_OPEN)
        table.device.mend(Fault.COVER_OPEN)

    assert told(press_on(table, quick(status=(4,))).print(SLIP, open_and_close)) == ("printed", None)


# --- the fence --------------------------------------------------------------------------------------------------------


def test_the_fence_of_an_earlier_job_is_not_taken_for_that_of_this_one(peer, quick: Make) -> None:  # type: ignore[no-untyped-def]
    """The printer answers the first job's fence only while the second job is on its way: GS r has no name."""
    jobs: list[int] = []

    def serve(client: socket.socket, over: threading.Event) -> None:
        number = len(jobs)
        jobs.append(number)
        data = b""
        while part := client.recv(4096):
            data += part
            if part.endswith(b"\x10\x04\x04"):
                client.sendall(b"\x12")
            elif b"\x1dr\x01" in part and number > 0:
                client.sendall(b"\x00")

    press = Press(NetworkTransport("127.0.0.1", peer(serve)), quick(status=(4,), fence="gs_r"), 0.8)
    assert [press.print(SLIP).outcome for _ in range(4)] == [
        Outcome.UNCONFIRMED,  # nothing came
        Outcome.UNCONFIRMED,  # the one that came may be the first job's
        Outcome.PRINTED,  # what was short before is never coming
        Outcome.PRINTED,
    ]


def test_a_named_fence_of_another_job_proves_nothing(peer, quick: Make) -> None:  # type: ignore[no-untyped-def]
    def serve(client: socket.socket, over: threading.Event) -> None:
        while part := client.recv(4096):
            if part.endswith(b"\x10\x04\x04"):
                client.sendall(b"\x12")
            elif b"\x1d(H" in part:
                client.sendall(b"\x37\x229999\x00")

    press = Press(NetworkTransport("127.0.0.1", peer(serve)), quick(status=(4,), fence="gs_h"), 0.8)
    assert told(press.print(SLIP)) == ("unconfirmed", None)


@pytest.mark.parametrize("fence", ["gs_r", "gs_h"])
def test_trouble_in_the_middle_is_told_long_before_the_deadline(
    bench, press_on, quick: Make, fence: str
) -> None:  # type: ignore[no-untyped-def]
    table = bench("network")
    press = press_on(table, quick(fence=fence), 30.0)
    began = time.monotonic()
    verdict = press.print(SLIP, lambda: table.device.fail(Fault.PAPER_OUT))
    assert told(verdict) == ("unconfirmed", "paper_out")
    assert time.monotonic() - began < 10


def test_no_visitor_waits_to_the_deadline_for_a_fence_of_one_that_never_speaks(
    bench, press_on, quick: Make
) -> None:  # type: ignore[no-untyped-def]
    table = bench("network")
    table.device.fail(Fault.SILENT)
    began = time.monotonic()
    assert told(press_on(table, quick(fence="gs_r"), 30.0).print(SLIP)) == ("unconfirmed", None)
    assert time.monotonic() - began < 10


def test_a_fence_the_model_lacks_costs_two_strips_of_paper_and_no_more(peer, quick: Make) -> None:  # type: ignore[no-untyped-def]
    flushes: list[bool] = []

    def serve(client: socket.socket, over: threading.Event) -> None:
        flushed = False
        while part := client.recv(8192):
            flushed |= bytes(500) in part
            if part.endswith(b"\x10\x04\x04"):
                client.sendall(b"\x12")
        flushes.append(flushed)

    press = Press(NetworkTransport("127.0.0.1", peer(serve)), quick(status=(4,), fence="gs_r"), 0.4)
    for _ in range(5):
        press.print(SLIP)
    _until(lambda: len(flushes) == 5)
    assert flushes == [False, True, True, False, False]


# --- clearing up after half a job -------------------------------------------------------------------------------------


@pytest.mark.parametrize("fence", ["none", "gs_r", "gs_h"])
@pytest.mark.parametrize("way", ["virtual", "file"])
def test_a_printer_that_restarts_while_it_is_cleared_up_gets_no_slip(
    bench, press_on, quick: Make, way: str, fence: str
) -> None:  # type: ignore[no-untyped-def]
    """The slip would come out under the half that still hangs on the roll."""
    table = bench(way, boot_s=0.6)
    press = press_on(table, quick(fence=fence), 0.5)
    assert told(press.print(SLIP)) == ("printed", None)
    for _ in range(2):
        table.device.fail(Fault.RESET_AFTER, value=13)
        verdict = press.print(Slip((Text("SEPARUH"),) * 3))
        assert verdict.outcome is not Outcome.PRINTED
        _until(lambda: not table.device.starting)
    assert (verdict.outcome, verdict.bytes_sent) == ("not_printed", 0), verdict
    assert "clearing half a job" in verdict.detail
    # The answer to GS r has no name: the one lost with the restart might have been this.
    assert told(press.print(SLIP)) == ("unconfirmed" if fence == "gs_r" else "printed", None)
    assert [paper.lines for paper in table.papers if "SATU" in paper.lines] == [["SATU"]] * 2


# --- clearing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clear", ["dle_enq", "dle_dc4"])
@pytest.mark.parametrize("way", ["virtual", "network", "file"])
def test_a_job_the_printer_keeps_without_paper_is_forgotten(
    bench, press_on, quick: Make, way: str, clear: str
) -> None:  # type: ignore[no-untyped-def]
    table = bench(way)
    press = press_on(table, quick(clear_buffer=clear))
    verdict = press.print(SLIP, lambda: table.device.fail(Fault.PAPER_OUT))
    assert told(verdict) == ("unconfirmed", "paper_out")
    assert ("is cleared" in verdict.detail) == (clear == "dle_dc4")
    _until(lambda: table.device.interpreter.waiting == 0)
    table.device.mend()
    assert told(press.print(Slip((Text("DUA"),)))) == ("printed", None)
    assert [paper.lines for paper in table.papers] == [["DUA"]]


def test_half_a_job_that_was_kept_is_forgotten_when_the_cause_is_seen(bench, press_on, quick: Make) -> None:  # type: ignore[no-untyped-def]
    """The line took no more, so nothing could be asked; the next question is answered, and the half is cleared."""
    table = bench("virtual", buffer=60)
    press = press_on(table, quick(clear_buffer="dle_dc4"), 0.4)
    job = b"\x1b@SATU\n" + b"x" * 100 + b"\n\x1dV\x00"
    assert told(press.print(job, lambda: table.device.fail(Fault.PAPER_OUT))) == ("unconfirmed", "offline")
    assert press.status().paper is Health.BAD
    assert table.device.room == 60
    table.device.mend()
    assert table.papers == []
    assert told(press.print(SLIP)) == ("printed", None)
    assert [paper.lines for paper in table.papers] == [["SATU"]]


def test_a_profile_that_cannot_clear_never_sends_the_command(peer, quick: Make) -> None:  # type: ignore[no-untyped-def]
    got = bytearray()

    def serve(client: socket.socket, over: threading.Event) -> None:
        while part := client.recv(4096):
            got.extend(part)
            if part.endswith(b"\x10\x04\x04"):
                client.sendall(b"\x7e" if b"SATU" in got else b"\x12")

    press = Press(NetworkTransport("127.0.0.1", peer(serve)), quick(status=(4,)), 1.0)
    assert told(press.print(SLIP)) == ("unconfirmed", "paper_out")
    assert told(press.print(SLIP)) == ("not_printed", "paper_out")
    assert b"\x10\x05" not in got
    assert b"\x10\x14" not in got
    assert got.count(b"SATU") == 1


def test_a_clear_that_is_not_answered_is_not_claimed(peer, quick: Make) -> None:  # type: ignore[no-untyped-def]
    def serve(client: socket.socket, over: threading.Event) -> None:
        seen = b""
        while part := client.recv(4096):
            seen += part
            if part.endswith(b"\x10\x04\x04"):
                client.sendall(b"\x7e" if b"SATU" in seen else b"\x12")

    press = Press(NetworkTransport("127.0.0.1", peer(serve)), quick(status=(4,), clear_buffer="dle_dc4"), 2.0)
    assert press.print(SLIP).detail.endswith("it was told to clear its buffer")


def test_the_answer_to_a_clear_is_read_at_any_split() -> None:
    for place in range(4):
        parser = ReplyParser()
        data = b"\x37\x25\x00"
        assert parser.feed(data[:place]) + parser.feed(data[place:]) == [Cleared()]
    assert ReplyParser().feed(b"\x37\x25\x01\x37\x22\x00") != [Cleared()]
    assert ReplyParser().feed(b"\x37\x03") == [Plain(0x03)]


# --- what is on the roll ----------------------------------------------------------------------------------------------


def test_each_slip_of_which_bytes_left_is_told_with_its_length(bench, quick: Make) -> None:  # type: ignore[no-untyped-def]
    table = bench("virtual")
    lengths: list[float] = []
    press = Press(table.transport, quick(), 1.0, on_paper=lengths.append)
    verdict = press.print(SLIP)
    assert lengths == [verdict.length_mm]
    assert verdict.length_mm == pytest.approx(table.papers[0].height / 203 * 25.4)
    table.device.fail(Fault.COVER_OPEN)
    refused = press.print(SLIP)
    assert (refused.cause, refused.length_mm) == (Cause.COVER_OPEN, verdict.length_mm)
    assert len(lengths) == 1
    table.device.mend()
    press.print(SLIP, lambda: table.device.fail(Fault.PAPER_OUT))
    assert len(lengths) == 2


def _until(ready: Callable[[], object]) -> None:
    end, pause = time.monotonic() + 10, threading.Event()
    while not ready():
        assert time.monotonic() < end, "did not happen in time"
        pause.wait(0.005)
