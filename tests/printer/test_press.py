"""A verdict never claims more than the printer said, and nothing is sent twice."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from printer.encode import encode
from printer.errors import Closed, TimedOut
from printer.press import Outcome, Press, Verdict
from printer.profiles import Profile
from printer.slip import Qr, Slip, Text
from printer.status import UNREACHED, Cause, Health
from printer.transports.network import NetworkTransport
from printer.virtual.device import VirtualPrinter
from printer.virtual.faults import Fault
from printer.virtual.model import Paper

WAYS = ("virtual", "network", "file")
Make = Callable[..., Profile]


def told(verdict: Verdict) -> tuple[str, str | None]:
    return str(verdict.outcome), verdict.cause and str(verdict.cause)


class Count:
    """How often the first byte was announced, and what had come out by then."""

    def __init__(self, papers: list[Paper] | None = None) -> None:
        self.calls = 0
        self.papers = papers

    def __call__(self) -> None:
        self.calls += 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fence", ["none", "gs_r", "gs_h"])
def test_a_well_printer_prints(bench, press_on, quick: Make, ticket: Slip, way: str, fence: str) -> None:  # type: ignore[no-untyped-def]
    table = bench(way)
    press = press_on(table, quick(fence=fence))
    for number in range(1, 4):
        first = Count()
        verdict = press.print(ticket, first)
        assert told(verdict) == ("printed", None), verdict
        assert verdict.bytes_sent == len(encode(ticket, press.profile))
        assert verdict.status.paper is Health.OK
        assert first.calls == 1
        assert len(table.papers) == number
    assert table.papers[0] == table.papers[2]
    assert table.device.interpreter.unknown == []
    status = press.status()
    assert status.answered
    assert status.online is Health.OK


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "fault", [Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.OFFLINE, Fault.CUTTER, Fault.ERROR]
)
def test_refused_before_the_first_byte(bench, press_on, ticket: Slip, way: str, fault: Fault) -> None:  # type: ignore[no-untyped-def]
    table = bench(way)
    press = press_on(table)
    table.device.fail(fault)
    first = Count()
    verdict = press.print(ticket, first)
    assert told(verdict) == ("not_printed", fault.value), verdict
    assert verdict.bytes_sent == 0
    assert first.calls == 0
    table.device.mend()
    assert table.papers == [], "nothing was kept back that would print after the refill"
    assert told(press.print(ticket, first)) == ("printed", None)
    assert len(table.papers) == 1


@pytest.mark.parametrize("way", WAYS)
def test_low_paper_prints_and_is_told_by_the_status(bench, press_on, ticket: Slip, way: str) -> None:  # type: ignore[no-untyped-def]
    table = bench(way)
    table.device.fail(Fault.PAPER_LOW)
    verdict = press_on(table).print(ticket)
    assert told(verdict) == ("printed", None)
    assert verdict.status.paper is Health.WARNING


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fence", ["none", "gs_r"])
def test_a_silent_printer_is_unconfirmed_and_its_paper_comes_out(
    bench, press_on, quick: Make, ticket: Slip, way: str, fence: str
) -> None:  # type: ignore[no-untyped-def]
    table = bench(way)
    table.device.fail(Fault.SILENT)
    first = Count()
    verdict = press_on(table, quick(fence=fence), deadline_s=1.0).print(ticket, first)
    assert told(verdict) == ("unconfirmed", None), verdict
    assert verdict.bytes_sent == len(encode(ticket, quick()))
    assert not verdict.status.answered
    assert first.calls == 1
    _until(lambda: len(table.papers) == 1)


@pytest.mark.parametrize("way", WAYS)
def test_an_unplugged_printer_is_unreachable(bench, press_on, ticket: Slip, way: str) -> None:  # type: ignore[no-untyped-def]
    table = bench(way)
    press = press_on(table)
    table.device.fail(Fault.UNPLUGGED)
    first = Count()
    _until(lambda: press.status() == UNREACHED)
    assert told(press.print(ticket, first)) == ("not_printed", "unreachable")
    assert first.calls == 0
    assert table.papers == []
    if way != "file":  # a pseudo-terminal that hung up does not come back
        table.device.mend()
        assert told(press.print(ticket, first)) == ("printed", None)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", [Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.UNPLUGGED])
def test_trouble_between_question_and_job_is_unconfirmed_and_never_prints_twice(
    bench, press_on, ticket: Slip, way: str, fault: Fault
) -> None:  # type: ignore[no-untyped-def]
    """The roll ends after the printer said it is well: it takes the job and prints it after the refill."""
    table = bench(way)
    press = press_on(table)

    def fail_now() -> None:
        table.device.fail(fault)
        if fault is Fault.UNPLUGGED and way != "virtual":
            # The line must be down, as a cable is when it is out.
            _until(lambda: not _served(table))

    verdict = press.print(ticket, fail_now)
    expected = "unreachable" if fault is Fault.UNPLUGGED else fault.value
    assert told(verdict) == ("unconfirmed", expected), verdict
    assert table.papers == []
    if fault is Fault.UNPLUGGED:
        return
    table.device.mend()
    _until(lambda: len(table.papers) == 1)
    assert told(press.print(ticket)) == ("printed", None)
    assert len(table.papers) == 2, "one late, one new; neither twice"
    assert table.papers[0] == table.papers[1]


def _served(table) -> bool:  # type: ignore[no-untyped-def]
    try:
        table.transport.read(1, time.monotonic())
    except Closed:
        return False
    return True


@pytest.mark.parametrize("way", WAYS)
def test_half_a_job_is_unconfirmed_and_the_next_slip_comes_out_clean(
    bench, press_on, quick: Make, way: str
) -> None:  # type: ignore[no-untyped-def]
    """The buffer is full before the job is over: a picture is cut in two."""
    table = bench(way, buffer=300)
    press = press_on(table, quick(), deadline_s=5.0)
    # One picture, larger than what the buffers of a socket or a terminal hold back.
    rows = 12_000 if way == "network" else 200
    job = b"\x1b@SATU\n\x1dv0\x00" + (1000).to_bytes(2, "little") + rows.to_bytes(2, "little")
    job += b"\x55" * (1000 * rows) + b"AKHIR SATU\n\x1dV\x01"
    first = Count()

    def roll_ends() -> None:
        first()
        table.device.fail(Fault.PAPER_OUT)

    verdict = press.print(job, roll_ends)
    assert told(verdict) == ("unconfirmed", "offline"), verdict
    assert 0 < verdict.bytes_sent < len(job)
    assert first.calls == 1
    assert table.papers == []

    table.device.mend()
    second = Slip((Text("DUA"),))
    assert told(press.print(second)) == ("printed", None)
    _until(lambda: len(table.papers) >= 2)
    assert [paper.lines for paper in table.papers] == [["SATU"], ["DUA"]]
    assert told(press.print(second)) == ("printed", None)
    assert [paper.lines for paper in table.papers] == [["SATU"], ["DUA"], ["DUA"]]


def test_after_a_crash_the_first_job_clears_the_printer(bench, press_on) -> None:  # type: ignore[no-untyped-def]
    table = bench("virtual")
    ticket = encode(Slip((Text("LAMA"),)), press_on(table).profile)
    table.device.receive(
        ticket[: len(ticket) // 2] + b"\x1dv0\x00\x20\x00\x10\x00"
    )  # killed in the middle of a picture
    press = press_on(table)
    press.assume_half_job()
    assert told(press.print(Slip((Text("BARU"),)))) == ("printed", None)
    assert table.papers[-1].lines == ["BARU"]


def test_a_caller_that_cannot_note_the_first_byte_stops_the_job(bench, press_on, ticket: Slip) -> None:  # type: ignore[no-untyped-def]
    table = bench("network")
    press = press_on(table)

    def disk_full() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        press.print(ticket, disk_full)
    assert table.papers == []
    assert told(press.print(ticket)) == ("printed", None), "and the press is free again"
    assert len(table.papers) == 1


def test_a_slip_that_cannot_be_composed_is_not_printed(bench, press_on) -> None:  # type: ignore[no-untyped-def]
    table = bench("virtual")
    first = Count()
    verdict = press_on(table).print(Slip((Qr("x" * 5000),)), first)
    assert told(verdict) == ("not_printed", "error")
    assert "E-PRN-02" in verdict.detail
    assert first.calls == 0


def test_bytes_are_printed_as_they_are(bench, press_on) -> None:  # type: ignore[no-untyped-def]
    table = bench("virtual")
    assert told(press_on(table).print(b"\x1b@mentah\n\x1dV\x00")) == ("printed", None)
    assert table.papers[0].lines == ["mentah"]


def test_two_threads_on_one_press_are_refused(bench, press_on, ticket: Slip) -> None:  # type: ignore[no-untyped-def]
    press = press_on(bench("virtual"))
    found: list[str] = []

    def intrude() -> None:
        for call in (press.status, lambda: press.print(ticket)):
            try:
                call()
            except RuntimeError as error:
                found.append(str(error))

    def first_byte() -> None:
        thread = threading.Thread(target=intrude)
        thread.start()
        thread.join()

    assert told(press.print(ticket, first_byte)) == ("printed", None)
    assert len(found) == 2
    assert all("one owner" in text for text in found)


@pytest.mark.parametrize("deadline_s", [0, -1])
def test_a_deadline_is_more_than_nothing(quick: Make, deadline_s: float) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        Press(NetworkTransport("127.0.0.1", 9), quick(), deadline_s)


# --- printers on the network that misbehave ---------------------------------------------------------------


def read_until(client: socket.socket, end: bytes) -> bytes:
    data = b""
    while not data.endswith(end):
        data += client.recv(1)
    return data


def answer_well(client: socket.socket, questions: int = 4) -> None:
    for _ in range(questions):
        client.recv(3)
        client.sendall(b"\x12")


def test_refused_connection(quick: Make, ticket: Slip) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    press = Press(NetworkTransport("127.0.0.1", port), quick(), 1.0)
    assert told(press.print(ticket)) == ("not_printed", "unreachable")
    assert press.status() == UNREACHED


def test_a_peer_that_answers_and_then_never_reads(peer, quick: Make) -> None:  # type: ignore[no-untyped-def]
    def serve(client: socket.socket, over: threading.Event) -> None:
        answer_well(client)
        over.wait(20)

    press = Press(NetworkTransport("127.0.0.1", peer(serve)), quick(), 0.6)
    began = time.monotonic()
    verdict = press.print(bytes(20_000_000))
    assert told(verdict) == ("unconfirmed", "offline"), verdict
    assert 0 < verdict.bytes_sent < 20_000_000
    assert time.monotonic() - began < 3


def test_a_peer_that_swallows_the_job_and_says_no_more(peer, quick: Make, ticket: Slip) -> None:  # type: ignore[no-untyped-def]
    """A write to it succeeds; only the missing answer tells."""

    def serve(client: socket.socket, over: threading.Event) -> None:
        answer_well(client)
        over.wait(20)

    press = Press(NetworkTransport("127.0.0.1", peer(serve)), quick(), 0.6)
    began = time.monotonic()
    assert told(press.print(ticket)) == ("unconfirmed", None)
    assert time.monotonic() - began < 3


def test_a_peer_that_closes_in_the_middle_of_the_job(peer, quick: Make) -> None:  # type: ignore[no-untyped-def]
    def serve(client: socket.socket, over: threading.Event) -> None:
        answer_well(client)
        client.recv(2000)

    press = Press(NetworkTransport("127.0.0.1", peer(serve)), quick(), 3.0)
    verdict = press.print(bytes(20_000_000))
    assert told(verdict) == ("unconfirmed", "unreachable"), verdict
    assert 0 < verdict.bytes_sent < 20_000_000


def test_a_peer_that_closes_after_the_job(peer, quick: Make, ticket: Slip) -> None:  # type: ignore[no-untyped-def]
    job = encode(ticket, quick())

    def serve(client: socket.socket, over: threading.Event) -> None:
        answer_well(client)
        read_until(client, job[-9:])

    press = Press(NetworkTransport("127.0.0.1", peer(serve)), quick(), 3.0)
    verdict = press.print(ticket)
    assert told(verdict) == ("unconfirmed", "unreachable"), verdict
    assert verdict.bytes_sent == len(job)


def test_a_peer_that_closes_at_once(peer, quick: Make, ticket: Slip) -> None:  # type: ignore[no-untyped-def]
    press = Press(NetworkTransport("127.0.0.1", peer(lambda client, over: None)), quick(), 2.0)
    first = Count()
    assert told(press.print(ticket, first)) == ("not_printed", "unreachable")
    assert first.calls == 0


def test_a_slow_answer_after_the_job_is_waited_for(peer, quick: Make, ticket: Slip) -> None:  # type: ignore[no-untyped-def]
    """At 9,600 baud the question stands behind 0.6 s of job: longer than an answer usually takes."""
    job = encode(ticket, quick())

    def serve(client: socket.socket, over: threading.Event) -> None:
        answer_well(client)
        read_until(client, job[-9:])
        over.wait(0.5)
        answer_well(client)
        over.wait(5)

    press = Press(NetworkTransport("127.0.0.1", peer(serve)), quick(), 3.0)
    assert told(press.print(ticket)) == ("printed", None)


@pytest.mark.parametrize("noise", [b"\x00", b"\xff", b"\x11", b"\x13", b"\x00\xff\x13\x11"])
def test_garbage_is_no_answer(peer, quick: Make, ticket: Slip, noise: bytes) -> None:  # type: ignore[no-untyped-def]
    def serve(client: socket.socket, over: threading.Event) -> None:
        while client.recv(4096):
            client.sendall(noise)

    press = Press(NetworkTransport("127.0.0.1", peer(serve)), quick(), 1.5)
    verdict = press.print(ticket)
    assert told(verdict) == ("unconfirmed", None), verdict
    assert not verdict.status.answered


def test_a_clone_that_answers_everything_with_zeros_proves_nothing(peer, quick: Make, ticket: Slip) -> None:  # type: ignore[no-untyped-def]
    """0x00 is what GS r answers when all is well."""

    def serve(client: socket.socket, over: threading.Event) -> None:
        while client.recv(4096):
            client.sendall(b"\x00")

    press = Press(NetworkTransport("127.0.0.1", peer(serve)), quick(fence="gs_r"), 1.5)
    assert told(press.print(ticket)) == ("unconfirmed", None)


def test_noise_before_an_answer_is_passed_over(peer, quick: Make, ticket: Slip) -> None:  # type: ignore[no-untyped-def]
    """An ASB packet that says the cover is open, XON and XOFF, then the answer."""

    def serve(client: socket.socket, over: threading.Event) -> None:
        client.recv(3)
        client.sendall(b"\x11\x38\x00\x00\x00\x13")
        client.sendall(b"\x12")
        over.wait(5)

    press = Press(NetworkTransport("127.0.0.1", peer(serve)), quick(status=(4,)), 1.5)
    verdict = press.print(ticket)
    assert told(verdict) == ("not_printed", "cover_open"), verdict


def test_stale_answers_are_not_taken_for_new_ones(bench, press_on, quick: Make, ticket: Slip) -> None:  # type: ignore[no-untyped-def]
    """On a line that stays open, what was said long ago waits in the buffer."""
    table = bench("virtual")
    press = press_on(table, quick(status=(4,)))
    table.device.receive(b"\x10\x04\x04" * 3)  # three answers "paper ok" that nobody read
    table.device.fail(Fault.PAPER_OUT)
    assert told(press.print(ticket)) == ("not_printed", "paper_out")


def test_a_question_never_answered_is_asked_no_more(peer, quick: Make, ticket: Slip) -> None:  # type: ignore[no-untyped-def]
    """Cheap boards answer DLE EOT 4 alone; waiting for the others would cost every visitor."""
    asked: list[int] = []

    def serve(client: socket.socket, over: threading.Event) -> None:
        while data := client.recv(3):
            if data[:2] == b"\x10\x04":
                asked.append(data[2])
                if data[2] == 4:
                    client.sendall(b"\x12")

    press = Press(NetworkTransport("127.0.0.1", peer(serve)), quick(), 2.0)
    for _ in range(4):
        status = press.status()
        assert status.paper is Health.OK
        assert status.online is Health.UNKNOWN
    assert asked.count(1) == 2
    assert asked.count(4) == 4


def test_a_profile_that_is_never_asked_is_unconfirmed(bench, press_on, quick: Make, ticket: Slip) -> None:  # type: ignore[no-untyped-def]
    table = bench("virtual")
    verdict = press_on(table, quick(status=())).print(ticket)
    assert told(verdict) == ("unconfirmed", None)
    assert len(table.papers) == 1


def test_a_fence_alone_can_prove_the_print(bench, press_on, quick: Make, ticket: Slip) -> None:  # type: ignore[no-untyped-def]
    verdict = press_on(bench("network"), quick(status=(), fence="gs_r")).print(ticket)
    assert told(verdict) == ("printed", None)


def test_without_the_fence_being_answered_it_is_unconfirmed(peer, quick: Make, ticket: Slip) -> None:  # type: ignore[no-untyped-def]
    """It answers every question of status, but not the end of the job."""

    def serve(client: socket.socket, over: threading.Event) -> None:
        answer_well(client)
        read_until(client, b"\x1dr\x01")
        while client.recv(3):
            client.sendall(b"\x12")

    press = Press(NetworkTransport("127.0.0.1", peer(serve)), quick(fence="gs_r"), 1.5)
    verdict = press.print(ticket)
    assert told(verdict) == ("unconfirmed", None), verdict
    assert verdict.status.answered


def test_a_printer_that_takes_no_question_is_offline(
    terminal: tuple[int, Path], quick: Make, ticket: Slip
) -> None:
    """As a USB printer without paper, which refuses every byte."""
    from printer.transports.file import FileTransport

    filler = FileTransport(terminal[1])
    filler.open(time.monotonic() + 1)
    with pytest.raises(TimedOut):
        filler.write(bytes(100_000), time.monotonic() + 0.2)
    press = Press(FileTransport(terminal[1]), quick(), 0.5)
    first = Count()
    began = time.monotonic()
    verdict = press.print(ticket, first)
    assert told(verdict) == ("not_printed", "offline"), verdict
    assert first.calls == 0
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("way", ["virtual", "network"])
def test_many_tickets_with_faults_leave_papers_and_verdicts_in_agreement(
    bench, press_on, quick: Make, way: str
) -> None:  # type: ignore[no-untyped-def]
    table = bench(way)
    press = press_on(table, quick(reply_s=0.02))
    device: VirtualPrinter = table.device
    faults = [None, Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.SILENT, Fault.PAPER_LOW]
    verdicts: list[Outcome] = []
    for number in range(150):
        before = faults[number % 7 % 5]
        device.set_faults(*([before] if before else []))
        during = (lambda: device.fail(Fault.PAPER_OUT)) if number % 10 == 9 else (lambda: None)
        verdict = press.print(Slip((Text(f"TIKET {number}"),)), during)
        device.mend()
        if verdict.outcome is not Outcome.NOT_PRINTED:
            _until(lambda n=number: table.papers and table.papers[-1].lines == [f"TIKET {n}"])
        verdicts.append(verdict.outcome)
    printed = [
        f"TIKET {number}" for number, outcome in enumerate(verdicts) if outcome is not Outcome.NOT_PRINTED
    ]
    assert [line for paper in table.papers for line in paper.lines] == printed
    assert set(verdicts) == set(Outcome)
    assert Cause.PAPER_OUT.blocks


def _until(ready: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + seconds
    pause = threading.Event()
    while not ready():
        assert time.monotonic() < end, "did not happen in time"
        pause.wait(0.005)
