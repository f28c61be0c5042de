"""A CUPS queue, over a real socket to a CUPS in software; its answers were taken from a CUPS 2.4.2."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printer.errors import Closed, TimedOut, TransportError, Unreachable
from printer.press import Outcome, Press
from printer.profiles import Profile
from printer.slip import Slip
from printer.status import Cause, query
from printer.transports import ipp
from printer.transports.cups import CupsTransport
from tests.support.fake_cups import (
    ABORTED,
    CANCELED,
    DONE,
    HELD,
    PENDING,
    PRINTS,
    STOPPED,
    WAITS,
    FakeCups,
    Look,
    Queue,
)

GRACE = 2.0
"""Seconds a call may be late on a busy machine."""
PRINT, CANCEL, LOOK, STATE = 0x0002, 0x0008, 0x0009, 0x000B
DATA = bytes(range(256)) * 4


def soon(seconds: float = 2.0) -> float:
    return time.monotonic() + seconds


def opened(cups: FakeCups, queue: str = "tiket") -> CupsTransport:
    transport = CupsTransport(queue, cups.server)
    transport.open(soon())
    return transport


def failing(cups: FakeCups, seconds: float = 0.3) -> TransportError:
    """What a write fails with; it must not outlive its deadline."""
    transport = opened(cups)
    began = time.monotonic()
    with pytest.raises(TransportError) as caught:
        transport.write(DATA, soon(seconds))
    assert time.monotonic() - began < seconds + GRACE
    transport.close()
    return caught.value


# --- a whole job ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("unix", [True, False], ids=["unix", "tcp"])
def test_a_job_is_handed_over_whole_and_followed_to_its_end(
    tmp_path: Path, unix: bool, chunked: bool
) -> None:
    with FakeCups(tmp_path / "cups.sock" if unix else None, tiket=Queue([WAITS, PRINTS, DONE])) as cups:
        cups.chunked = chunked
        transport = opened(cups)
        transport.write(DATA, soon())
        assert transport.read(64, soon()) == b""
        transport.close()
    (job,) = cups.jobs
    assert job.document == DATA
    assert job.attributes["document-format"] == ["application/vnd.cups-raw"]
    assert (job.attributes["copies"], job.attributes["job-sheets"]) == ([1], ["none"])
    assert cups.operations == [STATE, PRINT, LOOK, LOOK, LOOK]
    assert all(("PeerCred" in header) == unix for header in cups.headers)


def test_a_completed_job_is_not_yet_paper(quick: Callable[..., Profile], ticket: Slip) -> None:
    with FakeCups(tiket=Queue()) as cups:
        began = time.monotonic()
        verdict = Press(CupsTransport("tiket", cups.server), quick(), 2.0).print(ticket)
        assert time.monotonic() - began < GRACE
    assert (verdict.outcome, verdict.cause) == (Outcome.UNCONFIRMED, None)
    assert verdict.bytes_sent > 400
    assert len(cups.jobs) == 1, "questions are no jobs"


def test_a_stopped_queue_refuses_the_slip_before_the_first_byte(
    quick: Callable[..., Profile], ticket: Slip
) -> None:
    with FakeCups(tiket=Queue(state=5, message="kertas habis")) as cups:
        verdict = Press(CupsTransport("tiket", cups.server), quick(), 2.0).print(ticket)
    assert (verdict.outcome, verdict.cause, verdict.bytes_sent) == (Outcome.NOT_PRINTED, Cause.UNREACHABLE, 0)
    assert "kertas habis" in verdict.detail
    assert cups.jobs == []


# --- opening ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("queues", "words"),
    [
        ({}, "no such queue"),
        ({"tiket": Queue(state=5, message="di luar")}, r"stopped \(cupsenable.*di luar"),
        ({"tiket": Queue(accepting=False, message="penuh")}, r"rejects jobs \(cupsaccept.*penuh"),
    ],
    ids=["missing", "stopped", "rejecting"],
)
def test_a_queue_that_takes_no_jobs(queues: dict[str, Queue], words: str) -> None:
    with FakeCups(**queues) as cups, pytest.raises(Unreachable, match=words):
        opened(cups)


def test_no_cups_at_all(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="does not answer at"):
        CupsTransport("tiket", str(tmp_path / "cups.sock")).open(soon())


def test_a_cups_that_hangs_is_left_at_the_deadline() -> None:
    with FakeCups(tiket=Queue()) as cups:
        cups.hang = {STATE}
        began = time.monotonic()
        with pytest.raises(Unreachable, match="in time"):
            CupsTransport("tiket", cups.server).open(soon(0.2))
        assert 0.19 < time.monotonic() - began < 0.2 + GRACE


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "refuses the user"),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "answered 500"),
        (b"SSH-2.0-OpenSSH\r\n", "does not speak IPP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "IPP answer of 3 bytes"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n\x01\x01\0\0\0\0\0\1\x01\x47\0\x12",
            "broken IPP answer",
        ),
    ],
)
def test_what_is_not_an_answer(raw: bytes, words: str) -> None:
    with FakeCups(tiket=Queue()) as cups:
        cups.answer = lambda _: raw
        with pytest.raises(Unreachable, match=words):
            opened(cups)


def test_an_answer_that_trickles_is_left_at_the_deadline() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def trickle() -> None:
        client, _ = listener.accept()
        with client:
            try:
                while True:
                    client.sendall(b"H")
                    time.sleep(0.01)
            except OSError:
                return  # the caller's patience ended

    thread = threading.Thread(target=trickle)
    thread.start()
    began = time.monotonic()
    with pytest.raises(Unreachable, match="in time"):
        CupsTransport("tiket", f"127.0.0.1:{listener.getsockname()[1]}").open(soon(0.2))
    assert time.monotonic() - began < 0.2 + GRACE
    thread.join()
    listener.close()


@pytest.mark.parametrize("queue", ["", "-d", "a b", "a/b", "a#b", "x" * 128, "tiket\r\nX: y"])
def test_what_names_no_queue(queue: str) -> None:
    with pytest.raises(ValueError, match="allowed: letters"):
        CupsTransport(queue)


# --- a job that does not come to its end ------------------------------------------------------------------


def test_a_job_still_in_line_at_the_deadline_is_cancelled_and_never_printed() -> None:
    with FakeCups(tiket=Queue([WAITS])) as cups:
        error = failing(cups)
    assert isinstance(error, TimedOut)
    assert error.sent == 0
    assert "never begun" in str(error)
    assert cups.jobs[0].canceled


def test_a_job_begun_by_the_deadline_is_cancelled_and_counted_as_sent() -> None:
    with FakeCups(
        tiket=Queue([WAITS, Look(5, ("job-printing",), begun=True, message="waiting for the printer")])
    ) as cups:
        error = failing(cups)
    assert isinstance(error, TimedOut)
    assert error.sent == len(DATA)
    assert "waiting for the printer" in str(error)
    assert cups.jobs[0].canceled


def test_a_job_begun_between_the_last_look_and_the_cancel_is_counted_as_sent() -> None:
    with FakeCups(tiket=Queue([WAITS])) as cups:

        def begin(operation: int) -> None:
            if operation == CANCEL:
                cups.jobs[0].script = [Look(CANCELED, begun=True)]

        cups.answer = begin  # type: ignore[assignment]
        error = failing(cups)
    assert isinstance(error, TimedOut)
    assert error.sent == len(DATA)


def test_a_job_completed_while_it_was_being_cancelled_is_completed() -> None:
    with FakeCups(tiket=Queue([PRINTS])) as cups:

        def complete(operation: int) -> None:
            if operation == CANCEL:
                cups.jobs[0].script = [DONE]

        cups.answer = complete  # type: ignore[assignment]
        transport = opened(cups)
        transport.write(DATA, soon(0.3))


@pytest.mark.parametrize(
    "look",
    [
        Look(PENDING, ("printer-stopped",), message="no paper"),  # CUPS takes time-at-processing away here
        Look(HELD, ("resources-are-not-ready",), begun=True, message="no paper"),
        Look(STOPPED, ("printer-stopped",), begun=True, message="no paper"),
        Look(ABORTED, ("aborted-by-system",), begun=True, message="no paper"),
    ],
    ids=["queue stopped", "waits for a second try", "stopped", "aborted"],
)
def test_a_job_that_failed_is_told_at_once_and_never_tried_again(look: Look) -> None:
    with FakeCups(tiket=Queue([PRINTS, look])) as cups:
        began = time.monotonic()
        error = failing(cups, 20)
        assert time.monotonic() - began < GRACE
    assert isinstance(error, Closed)
    assert error.sent == len(DATA)
    assert "no paper" in str(error)
    assert cups.jobs[0].canceled == (look.state != ABORTED)


def test_a_job_cancelled_by_staff_while_in_line_left_nothing() -> None:
    with FakeCups(tiket=Queue([WAITS, Look(CANCELED, ("job-canceled-by-user",))])) as cups:
        error = failing(cups, 20)
    assert isinstance(error, Closed)
    assert error.sent == 0


def test_a_job_that_cannot_be_cancelled_may_still_print(caplog: pytest.LogCaptureFixture) -> None:
    with FakeCups(tiket=Queue([WAITS], cancel_status=0x0403)) as cups:
        error = failing(cups)
    assert error.sent == len(DATA)
    assert "may still print" in caplog.text


@pytest.mark.parametrize("silent", [{LOOK}, {LOOK, CANCEL}], ids=["looks", "looks and cancels"])
def test_a_cups_that_falls_silent_leaves_all_open(silent: set[int]) -> None:
    with FakeCups(tiket=Queue([WAITS])) as cups:
        cups.hang = silent
        error = failing(cups)
    assert isinstance(error, TimedOut)
    assert error.sent == len(DATA)


def test_a_job_taken_without_a_word_may_print() -> None:
    with FakeCups(tiket=Queue()) as cups:
        cups.hang = {PRINT}
        error = failing(cups)
    assert isinstance(error, TimedOut)
    assert error.sent == len(DATA)


def test_a_queue_that_began_to_reject_took_nothing() -> None:
    queue = Queue()
    with FakeCups(tiket=queue) as cups:
        transport = opened(cups)
        queue.accepting = False
        with pytest.raises(Closed, match="not accepting jobs") as caught:
            transport.write(DATA, soon())
    assert caught.value.sent == 0
    assert cups.jobs == []


def test_cups_gone_between_opening_and_writing_took_nothing() -> None:
    with FakeCups(tiket=Queue()) as cups:
        transport = opened(cups)
    with pytest.raises(Closed) as caught:
        transport.write(DATA, soon())
    assert caught.value.sent == 0


def test_used_before_it_was_opened() -> None:
    with pytest.raises(TransportError):
        CupsTransport("tiket").write(DATA, soon())


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_a_question_is_not_a_job(n: int) -> None:
    with FakeCups(tiket=Queue()) as cups:
        opened(cups).write(query(n), soon())
    assert cups.jobs == []


# --- the protocol -----------------------------------------------------------------------------------------

RECORDED = (
    b"\x01\x01\x00\x00\x00\x00\x00\x01\x01G\x00\x12attributes-charset\x00\x05utf-8H\x00\x1battributes-natural-language"
    b"\x00\x02en\x02!\x00\x12time-at-processing\x00\x04k\x05s\x03#\x00\tjob-state\x00\x04\x00\x00\x00\x04D\x00\x11job-"
    b"state-reasons\x00\x17resources-are-not-readyA\x00\x19job-printer-state-message\x00\x14no paper in the tray\x03"
)
"""What a CUPS 2.4.2 said of a job whose backend had failed."""


def test_a_recorded_answer_is_read() -> None:
    answer = ipp.parse(RECORDED)
    assert answer.ok
    assert answer.first("job-state") == HELD
    assert answer.first("time-at-processing") == 0x6B057303
    assert answer.text("job-state-reasons") == "resources-are-not-ready"
    assert answer.text("job-printer-state-message") == "no paper in the tray"
    assert answer.first("unknown") is None


@given(st.binary(max_size=300) | st.integers(0, len(RECORDED) - 1).map(lambda cut: RECORDED[:cut]))
def test_no_stream_of_bytes_breaks_the_reader(body: bytes) -> None:
    try:
        ipp.parse(body)
    except ipp.IppError as error:
        assert str(error)
