"""What the doctor tells a heartbeat, and its rounds: never waited for, never heaped up behind a check that hangs."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.doctor.finding import Finding, Level, Report, say
from kiosk.doctor.machine import Machine
from kiosk.doctor.rounds import Rounds
from kiosk.doctor.summary import MOST, summary
from tests.doctor.conftest import Bench

AT = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)
findings = st.lists(
    st.builds(
        Finding,
        st.sampled_from([f"item_{n}" for n in range(14)]),
        st.sampled_from(Level),
        st.just(say("Kalimat yang tetap di unit.")),
        code=st.sampled_from([None, "E-PRN-12"]),
    ),
    max_size=40,
)


@given(findings)
def test_every_finding_is_counted_and_only_the_ill_are_named_the_worst_first(found: list[Finding]) -> None:
    told = summary(Report(AT, tuple(found), 1.0))
    assert told.ok + told.warn + told.fail + told.unknown == len(found)
    assert told.fail == sum(one.level is Level.FAIL for one in found)
    ranks = [one.level.rank for one in told.worst]
    assert ranks == sorted(ranks) and Level.OK.rank not in ranks
    ill = {one.check for one in found if one.level is not Level.OK}
    assert len({one.check for one in told.worst}) == len(told.worst) == min(MOST, len(ill))
    assert {one.check for one in told.worst} <= ill


@given(findings)
def test_it_fits_a_heartbeat_and_says_no_sentence(found: list[Finding]) -> None:
    text = json.dumps(summary(Report(AT, tuple(found), 1.0)).document())
    assert len(text) < 1000
    assert "Kalimat" not in text


def until(found: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not found():
        assert time.monotonic() < end, "it never came"
        threading.Event().wait(0.01)


@pytest.fixture
def stuck() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_rounds_go_on_past_a_check_that_hangs_and_begin_it_once(bench: Bench, stuck: threading.Event) -> None:
    begun: list[str] = []

    def hangs(_: Machine) -> list[Finding]:
        begun.append("hangs")
        stuck.wait(30)
        return [Finding("hangs", Level.OK, say("Kembali."))]

    def well(_: Machine) -> list[Finding]:
        begun.append("well")
        return [Finding("well", Level.OK, say("Baik."))]

    checks = {"hangs": hangs, "well": well, "printer": hangs}
    rounds = Rounds(lambda: bench.machine, checks, every_s=0.01, first_s=0.0, patience_s=0.2)
    assert rounds.latest() is None
    rounds.start()
    try:
        until(lambda: begun.count("well") > 3)
        told = rounds.latest()
        assert told is not None and (told.ok, told.unknown) == (1, 1)
        assert begun.count("hangs") == 1  # neither again, nor for the printer, which is left out
        stuck.set()
        until(lambda: (now := rounds.latest()) is not None and now.ok == 2)
    finally:
        assert rounds.stop(20)


def test_rounds_of_this_machine_end_and_name_what_is_ill(bench: Bench) -> None:
    bench.set(KIOSK__IGNORE_HOURS="true")
    rounds = Rounds(lambda: bench.machine, first_s=0.0)
    rounds.start()
    try:
        until(lambda: rounds.latest() is not None)
        told = rounds.latest()
        assert told is not None
        assert "ignore_hours" in {one.check for one in told.worst} or told.fail + told.warn > MOST
        assert all(one.check != "printer" for one in told.worst)
    finally:
        assert rounds.stop(20)
