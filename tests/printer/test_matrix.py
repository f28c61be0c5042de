"""Every way to a printer × every fault: the verdict, how long it took, and the papers that came out.

Never two papers of one slip, and never a slip with a part of another on it. ``clone`` says how it is and no more;
``epson`` also proves the end of a job and can be made to forget one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from printer import profiles
from printer.encode import encode, warm_up
from printer.press import Press, Verdict
from printer.profiles import Profile
from printer.slip import Big, Qr, Slip, Text
from printer.status import Health
from printer.virtual.faults import Fault
from printer.virtual.interpreter import Interpreter
from printer.virtual.model import Paper
from tests.support.ways import WAYS, Table, table

GRACE_S = 2.0
"""A busy machine may be late; the bound holds all the same: no wait of the library's is that long."""
REPLY_S = 0.4
"""For printers that answer: a busy machine may take its time."""
SILENT_REPLY_S = 0.12
SILENT = {Fault.SILENT, Fault.GARBAGE, Fault.LATE}
SLIP = Slip(
    (Text("SATU"), Big("A-001"), Qr("https://antrean.example.go.id/t/u7Qm2vXb9KpL"), Text("AKHIR SATU"))
)
NEXT = Slip((Text("DUA"), Big("A-002"), Text("AKHIR DUA")))
MODELS = {
    "clone": {"fence": "none", "clear_buffer": "none"},
    "epson": {"fence": "gs_h", "clear_buffer": "dle_dc4"},
}


@dataclass(frozen=True)
class Case:
    """A fault and what must come of it. ``papers`` are those of the slip once the printer is well again: from a clone,
    and from one that forgets what it is told to."""

    faults: dict[Fault, float]
    verdicts: tuple[str, ...]
    causes: tuple[str | None, ...] = (None,)
    papers: tuple[int, int] = (1, 1)
    at_first_byte: bool = False
    deadline_s: float = 1.2
    """Short where all of it is waited."""


WELL, ASKED, HELD = ("printed",), ("not_printed",), ("unconfirmed",)
CASES = {
    "well": Case({}, WELL),
    "near end": Case({Fault.PAPER_LOW: 0}, WELL),
    "out before": Case({Fault.PAPER_OUT: 0}, ASKED, ("paper_out",), (0, 0)),
    "cover": Case({Fault.COVER_OPEN: 0}, ASKED, ("cover_open",), (0, 0)),
    "offline": Case({Fault.OFFLINE: 0}, ASKED, ("offline",), (0, 0)),
    "cutter": Case({Fault.CUTTER: 0}, ASKED, ("cutter",), (0, 0)),
    "error": Case({Fault.ERROR: 0}, ASKED, ("error",), (0, 0)),
    "unplugged": Case({Fault.UNPLUGGED: 0}, ASKED, ("unreachable",), (0, 0)),
    "silent": Case({Fault.SILENT: 0}, HELD, deadline_s=0.6),
    "one bit": Case({Fault.ONE_BIT: 0}, WELL),
    "one bit, near end": Case({Fault.ONE_BIT: 0, Fault.PAPER_LOW: 0}, WELL),
    "one bit, out": Case({Fault.ONE_BIT: 0, Fault.PAPER_OUT: 0}, ASKED, ("paper_out",), (0, 0)),
    "zeros": Case({Fault.GARBAGE: 0}, HELD, deadline_s=0.6),
    "ones": Case({Fault.GARBAGE: 255}, HELD, deadline_s=0.6),
    "status packets": Case({Fault.ASB_NOISE: 0}, WELL),
    "slow": Case({Fault.SLOW: 3000}, WELL),
    "small buffer": Case({Fault.SMALL_BUFFER: 45}, WELL),
    "flow control": Case({Fault.SMALL_BUFFER: 45, Fault.SLOW: 3000, Fault.XONXOFF: 0}, WELL),
    "late": Case({Fault.LATE: 0.04}, WELL),
    "later than it may": Case({Fault.LATE: 0.25}, ("printed", "unconfirmed")),
    "far too late": Case({Fault.LATE: 30}, HELD, deadline_s=0.6),
    # The roll ends or the cover opens after the printer said that it is well, before anything is on the paper.
    "out behind the question": Case({Fault.PAPER_OUT: 0}, HELD, ("paper_out",), (1, 0), at_first_byte=True),
    "cover behind the question": Case({Fault.COVER_OPEN: 0}, HELD, ("cover_open",), (1, 0), at_first_byte=True),
    "error behind the question": Case({Fault.ERROR: 0}, HELD, ("error",), (1, 1), at_first_byte=True),
    # In the middle: what was printed stays on the old roll, so that no whole paper of the slip exists.
    "out during": Case({Fault.PAPER_OUT_AFTER: 60}, HELD, ("paper_out",), (0, 0)),
    "out during, by length": Case({Fault.PAPER_OUT_AFTER_MM: 20}, HELD, ("paper_out",), (0, 0)),
    "restart during": Case({Fault.RESET_AFTER: 60}, HELD, (None, "unreachable"), (0, 0), deadline_s=0.8),
    "pulled out during": Case({Fault.UNPLUG_AFTER: 60}, HELD, ("unreachable",), (0, 0)),
    "out, and no room for the rest": Case(
        {Fault.PAPER_OUT: 0, Fault.SMALL_BUFFER: 45}, HELD, (None, "offline", "paper_out"), (1, 0), at_first_byte=True,
        deadline_s=0.6,
    ),
}  # fmt: skip


def profile_of(model: str, case: Case) -> Profile:
    reply_s = SILENT_REPLY_S if SILENT & case.faults.keys() else REPLY_S
    return msgspec.structs.replace(profiles.load("generic-80"), reply_s=reply_s, **MODELS[model])


def alone(slip: Slip, profile: Profile) -> Paper:
    """The paper of ``slip`` from a printer that has printed nothing else."""
    papers: list[Paper] = []
    Interpreter(profile.dots, papers.append).feed(encode(slip, profile))
    (paper,) = papers
    return paper


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    """The first slip of all loads python-escpos, which is nobody's waiting here."""
    warm_up()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CASES)
def test_a_fault(name: str, way: str, model: str, tmp_path: Path) -> None:
    case = CASES[name]
    profile = profile_of(model, case)
    with table(way, tmp_path) as on:
        press = Press(on.transport, profile, case.deadline_s)
        if not case.at_first_byte:
            on.device.replace_faults(case.faults)
        began = time.monotonic()
        verdict = press.print(
            SLIP, lambda: on.device.replace_faults(case.faults) if case.at_first_byte else None
        )
        assert time.monotonic() - began < case.deadline_s + GRACE_S
        judge(verdict, case, way, name)
        if verdict.outcome == "printed":
            assert on.papers == [alone(SLIP, profile)], "what it called printed is on paper, whole, now"
        if name in ("near end", "one bit, near end") and way != "cups":
            assert verdict.status.paper is Health.WARNING

        make_well(on, press)
        second = press.print(NEXT)
        assert second.outcome == ("unconfirmed" if way == "cups" else "printed"), second
        whole, new = alone(SLIP, profile), alone(NEXT, profile)
        if name == "restart during" and way == "cups":
            # Nobody hears of it: CUPS passes no answers on. The half slip is on the next paper, as with any driver.
            assert on.papers[-1].lines[-1:] == new.lines[-1:]
            return
        until(lambda: on.papers and on.papers[-1] == new, lambda: f"{verdict} {second} {on.papers}")
        copies = on.papers.count(whole)
        assert copies <= 1
        if way != "cups":
            assert copies in allowed(case, model), verdict
        for paper in on.papers[:-1]:
            assert not set(paper.lines) & set(new.lines), "a part of one slip on the paper of another"
        press.close()


def judge(verdict: Verdict, case: Case, way: str, name: str) -> None:
    """CUPS never says how the printer is: all that can be told is that bytes have left, or that none have."""
    if way == "cups":
        assert verdict.outcome == "unconfirmed", verdict
        assert verdict.cause in (None, "offline", "unreachable"), verdict
        return
    assert verdict.outcome in case.verdicts, verdict
    assert verdict.cause in case.causes, verdict
    if verdict.outcome == "not_printed":
        assert verdict.bytes_sent == 0
    if name == "restart during":
        # A connection ends with the printer it led to; a serial line does not.
        assert (verdict.cause == "unreachable") == (way in ("network", "usb")), verdict


def allowed(case: Case, model: str) -> tuple[int, ...]:
    plain, forgets = case.papers
    # A job that did not fit waits in the system's buffers, where no command to the printer reaches it.
    if Fault.SMALL_BUFFER in case.faults and Fault.PAPER_OUT in case.faults:
        return (0, 1)
    return (plain,) if model == "clone" else (forgets,)


def make_well(on: Table, press: Press) -> None:
    """See to the printer, and wait until it has heard of it."""
    on.device.mend()
    until(lambda: not on.device.starting)
    until(lambda: press.status().link is not Health.BAD)


def until(ready: Callable[[], object], told: Callable[[], str] = lambda: "did not happen in time") -> None:
    end, pause = time.monotonic() + 8, threading.Event()
    while not ready():
        assert time.monotonic() < end, told()
        pause.wait(0.005)
