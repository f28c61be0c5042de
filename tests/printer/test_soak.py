"""Long runs: random bytes, and tickets in a row with random faults. Short here; ``make soak`` runs them in full."""

from __future__ import annotations

import gc
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import msgspec
import psutil
import pytest

from kiosk import site as sites
from kiosk.core.record import Ticket, TicketState
from kiosk.core.visit import Issued
from kiosk.desk import Desk, DeskOptions
from kiosk.settings import DEFAULT_FILE
from kiosk.store import NAME, Store
from printer import profiles
from printer.encode import warm_up
from printer.press import Outcome, Press
from printer.slip import Big, Slip, Text
from printer.status import Health, ReplyParser, parse
from printer.virtual.device import VirtualPrinter
from printer.virtual.faults import VALUES, Fault
from printer.virtual.interpreter import Interpreter
from printer.virtual.model import Paper
from tests.support.turnable_clock import WIB, TurnableClock
from tests.support.ways import Table, table


def sizes(short: int, long: int) -> pytest.MarkDecorator:
    """Run the test short in every run and long in the soak."""
    return pytest.mark.parametrize(
        "rounds",
        [
            pytest.param(short, id="short"),
            pytest.param(long, id="long", marks=[pytest.mark.soak, pytest.mark.timeout(7200)]),
        ],
    )


# --- random bytes -----------------------------------------------------------------------------------------------------

LEADS = [
    b"\x1b@", b"\x1ba\x01", b"\x1d!\x33", b"\x1bt\x02", b"\x1c.", b"\x1c&", b"\n", b"\x1bd\x02", b"\x1bJ\x09",
    b"\x1dV\x00", b"\x1dV", b"\x1bi", b"\x10\x04\x01", b"\x10\x04", b"\x10\x05\x02",
    b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
    b"\x1dr\x01", b"\x1da\xff", b"\x1d(H\x06\x00000001", b"\x1dv0\x00\x01\x00\x02\x00", b"\x1dv0", b"\x1b*\x21\x01\x00",
    b"\x1d(k\x03\x001C\x04", b"\x1d(k\x07\x001P0abcd", b"\x1d(k\x03\x001Q0", b"\x1d(k", b"\x1d(L", b"\x1dk\x04",
    b"\x1b&\x03\x20\x7e", b"\x1bD", b"\x1d8L", b"\x1b", b"\x1d", b"\x10", b"\x1c",
]  # fmt: skip


def stream(dice: random.Random) -> bytes:
    """Bytes as they come from a broken program: commands, parts of commands, noise."""
    parts = [
        dice.choice(LEADS) if dice.random() < 0.6 else dice.randbytes(dice.randrange(12))
        for _ in range(dice.randrange(1, 14))
    ]
    return b"".join(parts)


@sizes(3_000, 200_000)
def test_any_bytes_to_a_printer_do_no_harm(rounds: int) -> None:
    """No exception, and after them it still prints what it is sent, as soon as it has been cleared."""
    for seed in range(rounds):
        dice = random.Random(seed)
        papers: list[Paper] = []
        printer = Interpreter(dice.choice((384, 576)), papers.append, kanji=dice.random() < 0.2)
        data = stream(dice)
        place = dice.randrange(len(data) + 1)
        printer.feed(data[:place])
        printer.feed(data[place:])
        if seed % 50 == 0:
            printer.clear()
            printer.feed(b"\x1b@\x1c.\x1dV\x00\x1b@\x1c.bersih\n\x1dV\x00")
            assert papers[-1].lines == ["bersih"], seed


@sizes(1_500, 50_000)
def test_any_bytes_to_a_printer_with_any_fault_do_no_harm(rounds: int) -> None:
    for seed in range(rounds):
        dice = random.Random(seed)
        device = VirtualPrinter(384, lambda paper: None, boot_s=0.0, buffer=dice.choice((64, 4096)))
        for _ in range(dice.randrange(1, 5)):
            device.replace_faults(some_faults(dice, 3))
            device.receive(stream(dice))
            device.take_replies()
            assert device.room >= 0 or device.faults
            assert device.pause is None or device.pause >= 0
        device.mend()


@sizes(8_000, 200_000)
def test_any_bytes_from_a_printer_do_no_harm(rounds: int) -> None:
    """No exception, however split; every reply is one that could have been sent."""
    kinds = [0x12, 0x16, 0x1A, 0x32, 0x72, 0x10, 0x18, 0x00, 0x03, 0x0C, 0xFF, 0x11, 0x13, 0x37, 0x22, 0x25]
    for seed in range(rounds):
        dice = random.Random(seed)
        data = bytes(
            dice.choice(kinds) if dice.random() < 0.8 else dice.randrange(256)
            for _ in range(dice.randrange(1, 24))
        )
        place = dice.randrange(len(data) + 1)
        whole, split = ReplyParser(), ReplyParser()
        replies = whole.feed(data)
        assert split.feed(data[:place]) + split.feed(data[place:]) == replies, seed
        status = parse(dict(enumerate(data[:4], start=1)))
        assert status.answered == any(byte & 0x93 == 0x12 for byte in data[:4])


def some_faults(dice: random.Random, most: int) -> dict[Fault, float]:
    found: dict[Fault, float] = {}
    for fault in dice.sample(list(Fault), dice.randrange(most + 1)):
        found[fault] = min(VALUES[fault].most, dice.randrange(1, 300)) if fault in VALUES else 0
    return found


# --- tickets in a row -------------------------------------------------------------------------------------------------

QUICK_FAULTS: list[dict[Fault, float]] = [
    {Fault.PAPER_LOW: 0},
    {Fault.PAPER_OUT: 0},
    {Fault.COVER_OPEN: 0},
    {Fault.OFFLINE: 0},
    {Fault.CUTTER: 0},
    {Fault.UNPLUGGED: 0},
    {Fault.SILENT: 0},
    {Fault.ONE_BIT: 0},
    {Fault.GARBAGE: 0},
    {Fault.GARBAGE: 255},
    {Fault.ASB_NOISE: 0},
    {Fault.SMALL_BUFFER: 64},
    {Fault.LATE: 0.01},
]


class Trouble:
    """Something goes wrong with every third ticket: before it, at its first byte, or in its middle."""

    def __init__(self, on: Table, seed: int) -> None:
        self._on = on
        self._dice = random.Random(seed)
        self._at_first_byte: dict[Fault, float] = {}

    def before(self) -> None:
        dice = self._dice
        self._at_first_byte = {}
        if dice.random() < 0.65:
            return
        if dice.random() < 0.4:
            self._on.device.replace_faults(dice.choice(QUICK_FAULTS))
        elif dice.random() < 0.4:
            self._at_first_byte = {dice.choice((Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.OFFLINE)): 0}
        else:
            during = (Fault.PAPER_OUT_AFTER, Fault.RESET_AFTER, Fault.UNPLUG_AFTER)
            self._on.device.replace_faults({dice.choice(during): dice.randrange(1, 90)})

    def at_first_byte(self) -> None:
        if self._at_first_byte:
            self._on.device.replace_faults(self._at_first_byte)

    def over(self, press: Press) -> None:
        """Somebody sees to the printer."""
        self._on.device.mend()
        until(lambda: not self._on.device.starting)
        until(lambda: press.status().online is Health.OK)


class Ledger:
    """Papers by the first line that is on them, as they come out; a part of a ticket is told from a whole one."""

    def __init__(self, papers: list[Paper]) -> None:
        self._papers = papers
        self.whole: Counter[str] = Counter()
        self.seen = 0

    def read(self) -> None:
        while self._papers:
            lines = self._papers.pop(0).lines
            self.seen += 1
            names = {line for line in lines if line.startswith("ATAS ")} | {
                line.replace("BAWAH", "ATAS") for line in lines if line.startswith("BAWAH ")
            }
            assert len(names) <= 1, f"two tickets on one paper: {lines}"
            if lines and lines[0].startswith("ATAS ") and lines[-1].startswith("BAWAH "):
                self.whole[lines[0].removeprefix("ATAS ")] += 1


def slip_of(name: str) -> Slip:
    return Slip((Text(f"ATAS {name}"), Big(name[:6]), Text("isi " * 20), Text(f"BAWAH {name}")))


def press_on(on: Table, *, clears: bool) -> Press:
    profile = msgspec.structs.replace(
        profiles.load("generic-80"),
        reply_s=0.05,
        fence="gs_h" if clears else "none",
        clear_buffer="dle_dc4" if clears else "none",
    )
    return Press(on.transport, profile, 0.4)


class Resources:
    """Threads, files and memory of this process."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self.threads, self.files, self.bytes = self._now()

    def _now(self) -> tuple[int, int, int]:
        gc.collect()
        return threading.active_count(), self._process.num_fds(), self._process.memory_info().rss

    def check(self) -> None:
        threads, files, size = self._now()
        assert threads <= self.threads
        assert files <= self.files + 2  # a connection that is just being closed
        assert size - self.bytes < 6_000_000, "memory grows"


@sizes(50, 2_000)
@pytest.mark.parametrize("clears", [False, True], ids=["clone", "epson"])
@pytest.mark.parametrize("way", ["virtual", "network", "serial", "usb"])
def test_tickets_in_a_row(way: str, clears: bool, rounds: int, tmp_path: Path) -> None:
    warm_up()
    with table(way, tmp_path, boot_s=0.02) as on:
        press, ledger, trouble = press_on(on, clears=clears), Ledger(on.papers), Trouble(on, rounds)
        verdicts: dict[str, Outcome] = {}
        resources = Resources()
        for number in range(rounds):
            if number == rounds // 5:
                resources = Resources()  # after caches have filled
            name = f"{number:05}"
            trouble.before()
            verdict = press.print(slip_of(name), trouble.at_first_byte)
            verdicts[name] = verdict.outcome
            ledger.read()
            if verdict.outcome is Outcome.PRINTED:
                assert ledger.whole[name] == 1, verdict
            trouble.over(press)
        assert press.print(slip_of("akhir")).outcome is Outcome.PRINTED
        until(lambda: ledger.read() or ledger.whole["akhir"] == 1)
        resources.check()
        press.close()
    agree(ledger, verdicts)
    assert set(verdicts.values()) == set(Outcome)


def agree(ledger: Ledger, verdicts: dict[str, Outcome]) -> None:
    """One paper for each ticket called printed, none for one that was not, never two."""
    wrong = {
        name: (outcome, ledger.whole[name])
        for name, outcome in verdicts.items()
        if ledger.whole[name]
        not in {Outcome.PRINTED: (1,), Outcome.UNCONFIRMED: (0, 1), Outcome.NOT_PRINTED: (0,)}[outcome]
    }
    assert not wrong


@sizes(300, 10_000)
def test_tickets_of_a_desk_in_a_row(rounds: int, tmp_path: Path) -> None:
    """Papers, rows and verdicts agree, at the desk's own road."""
    warm_up()
    site = sites.load(DEFAULT_FILE.parent / "sites" / "bangkalan")
    clock = TurnableClock()
    services = [service.code for service in site.catalogue.services if service.code.endswith("01")]
    verdicts: dict[str, Outcome] = {}
    with (
        table("virtual", tmp_path, boot_s=0.02) as on,
        closing(Store.open(tmp_path / NAME, clock, WIB)) as store,
    ):
        press, ledger, trouble = press_on(on, clears=True), Ledger(on.papers), Trouble(on, rounds)
        written = press.print

        def with_trouble(slip: Slip | bytes, first: Callable[[], None] = lambda: None):  # type: ignore[no-untyped-def]
            def at_first_byte() -> None:
                first()
                trouble.at_first_byte()

            return written(slip, at_first_byte)

        press.print = with_trouble  # type: ignore[method-assign]

        def compose(ticket: Ticket, qr: str) -> Slip:
            return slip_of(ticket.display)

        options = DeskOptions(ignore_hours=True)
        desk = Desk(store, press, site.site, site.catalogue, clock, compose, options)
        resources = Resources()
        issued: dict[str, str] = {}
        for number in range(rounds):
            if number == rounds // 5:
                resources = Resources()
            trouble.before()
            answer = desk.issue(services[number % len(services)])
            assert isinstance(answer, Issued), answer
            assert answer.number not in issued, "a number twice"
            issued[answer.number] = answer.ticket
            verdicts[answer.number] = Outcome(answer.outcome.value)
            ledger.read()
            trouble.over(press)
        resources.check()
        ledger.read()
        agree(ledger, verdicts)
        for display, uuid in issued.items():
            row = store.ticket(uuid)
            assert row is not None
            assert row.state.value == verdicts[display].value or row.state is TicketState.VOIDED
        press.close()


def until(ready: Callable[[], object]) -> None:
    end, pause = time.monotonic() + 20, threading.Event()
    while not ready():
        assert time.monotonic() < end, "did not happen in time"
        pause.wait(0.002)
