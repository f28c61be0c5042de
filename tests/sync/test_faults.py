"""Every fault of the line against every call: nothing is lost, each comes exactly once, a visitor waits a moment."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from kiosk.clock import SystemClock
from kiosk.core.visit import Outcome
from tests.support.fault_proxy import Fault
from tests.support.sync_rig import Rig, Unit, check

CALLS = {
    "events": "/events",
    "allotment": "/tickets",
    "catalogue": "/catalogue",
    "heartbeat": "/heartbeats",
}
PASSES = {Fault.NONE, Fault.SKEW, Fault.DUPLICATE}
"""The answer is good all the same."""
DONE_UNSEEN = {Fault.RESET_RESPONSE, Fault.DROP_RESPONSE, Fault.TRUNCATED, Fault.LATENCY, Fault.DRIP}
"""The server has done it and the kiosk does not learn of it."""
EVERY_CALL = {Fault.REFUSE, Fault.WRONG_CERTIFICATE}
"""They are wrong with the line itself, whatever is asked."""
A_MOMENT_S = 8.0
"""Far below the proxy's latency and what dripping takes; far above 0.8 s and a paper on a busy machine."""


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    made = Rig.make(tmp_path_factory.mktemp("rig"), tls=True)
    made.proxy.delay_s = 20.0
    yield made
    made.close()


@pytest.fixture(scope="module")
def unit(rig: Rig) -> Iterator[Unit]:
    made = rig.unit("kiosk", SystemClock())
    made.drain()
    yield made
    check(made, rig.central)
    made.close()


@pytest.fixture(autouse=True)
def mended(rig: Rig, unit: Unit) -> Iterator[None]:
    """Each test begins with a good line and ends with everything at the server, once."""
    rig.proxy.fault = Fault.NONE
    unit.breaker.close()
    yield
    rig.proxy.fault = Fault.NONE
    rig.proxy.deliver_held()
    unit.drain()


@pytest.mark.parametrize("fault", Fault)
def test_a_number_within_a_moment(rig: Rig, unit: Unit, fault: Fault) -> None:
    unit.issue()
    numbered = rig.central.allotments(unit.id)
    rig.proxy.set(fault, only=CALLS["allotment"])
    began = time.monotonic()
    issued = unit.issue()
    waited = time.monotonic() - began
    assert issued.outcome is Outcome.PRINTED
    assert waited < A_MOMENT_S
    if fault in PASSES:
        assert len(issued.number) == len("C-001")
        assert not unit.breaker.is_open
        return
    assert len(issued.number) == len("C-1001"), "of its own band"
    assert unit.breaker.is_open
    asked = rig.proxy.seen.count("/api/v1/tickets")
    unit.issue()
    assert rig.proxy.seen.count("/api/v1/tickets") == asked, "the next visitor is spared"
    rig.proxy.fault = Fault.NONE
    unit.drain()
    promised = rig.central.allotments(unit.id)
    assert promised.keys() == numbered.keys(), "a number whose answer was lost is given up"
    unit.sync()
    assert not unit.breaker.is_open, "it closes by itself"
    assert len(unit.issue().number) == len("C-001")


@pytest.mark.parametrize("fault", Fault)
def test_events_under_every_fault(rig: Rig, unit: Unit, fault: Fault) -> None:
    ticket = unit.issue("A01").ticket
    unit.counter().reprint(ticket, "Siti", "torn")
    unit.counter().void(ticket, "left", "Siti")
    depth, there = unit.figures().depth, len(rig.central.events(unit.id))
    assert depth == 4
    rig.proxy.set(fault, only=CALLS["events"])
    unit.sync()
    arrived = len(rig.central.events(unit.id)) - there
    assert unit.figures().depth == (0 if fault in PASSES else depth)
    if fault in PASSES | DONE_UNSEEN:
        assert arrived == depth
    else:
        assert arrived == 0
    assert unit.figures().rejected == 0
    assert not rig.proxy.elsewhere, "no token goes where it was not meant to"


@pytest.mark.parametrize("call", ["catalogue", "heartbeat"])
@pytest.mark.parametrize("fault", Fault)
def test_questions_under_every_fault(rig: Rig, unit: Unit, fault: Fault, call: str) -> None:
    seen = rig.central.word(unit.id).heartbeat_at
    rig.proxy.set(fault, only=CALLS[call])
    before = unit.sender().pump.catalogue_version
    unit.issue("J03")
    unit.sync()
    assert unit.sender().pump.catalogue_version == before == 1, "the good one stays"
    assert unit.figures().depth == 0 or fault in EVERY_CALL, "the outbox does not wait for a question"
    assert not unit.sender().pump.paused
    if call == "heartbeat" and fault in PASSES:
        heard = rig.central.word(unit.id).heartbeat_at
        assert heard is not None
        assert seen is None or heard > seen
    assert not rig.proxy.elsewhere
