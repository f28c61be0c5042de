"""SYNC-3: whatever happens in whatever order, the server's set becomes the kiosk's set.

A real store, desk and client; real HTTP through the fault proxy; a real server process that is killed with SIGKILL. A
kiosk's death is a process that does no more: its work ends between two statements, its handles are closed, what was
committed stands (``tests/desk/test_processes.py`` kills real processes at random moments).
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kiosk.core.record import TicketState
from kiosk.store import TicketQuery
from tests.support import postgres
from tests.support.fault_proxy import Fault
from tests.support.sync_rig import SERVICES, Killed, Rig, check
from tests.support.turnable_clock import WIB, TurnableClock

QUICK = (
    Fault.REFUSE,
    Fault.RESET_REQUEST,
    Fault.RESET_RESPONSE,
    Fault.DROP_RESPONSE,
    Fault.GARBAGE,
    Fault.ERROR_500,
)
QUICK += (
    Fault.UNAVAILABLE,
    Fault.TRUNCATED,
    Fault.REDIRECT,
    Fault.PORTAL,
    Fault.SKEW,
    Fault.DUPLICATE,
    Fault.HOLD,
)
"""Those that end at once; what is slow is in test_faults.py, each once."""
_names = itertools.count(1)


class AnyOrder(RuleBasedStateMachine):
    """One kiosk, one server, one line."""

    rig: Rig
    cluster: postgres.Cluster | None = None
    most_kills: int

    @initialize()
    def begin(self) -> None:
        self.rig.proxy.fault = Fault.NONE
        self.kills = self.most_kills
        self.clock = TurnableClock(dt.datetime.now(WIB))
        self.unit = self.rig.unit(f"kiosk-{next(_names)}", self.clock)

    # --- at the kiosk -------------------------------------------------------------------------------------------------

    @rule(service=st.sampled_from(SERVICES), priority=st.booleans())
    def issue(self, service: str, priority: bool) -> None:
        self.clock.pass_time(dt.timedelta(seconds=20))
        self.unit.issue(service, priority)

    @rule(pick=st.integers(0, 99))
    def reprint(self, pick: int) -> None:
        found = self._tickets()
        if found:
            self.unit.counter().reprint(found[pick % len(found)], "Siti", "torn")

    @rule(pick=st.integers(0, 99))
    def void(self, pick: int) -> None:
        found = self._tickets()
        if found:
            self.unit.counter().void(found[pick % len(found)], "left", "Siti")

    def _tickets(self) -> list[str]:
        found = self.unit.counter().store.tickets(TicketQuery())
        return [one.uuid for one in found if one.state is not TicketState.VOIDED]

    @rule()
    def lock_and_open(self) -> None:
        from kiosk.core.staff import KioskLock, Pause
        from kiosk.store import People

        people = People(self.unit.counter().store)
        people.lock_kiosk(KioskLock(Pause.PRAYER, self.unit.counter().now(), None, "Siti"))
        people.unlock_kiosk("Siti")

    @rule(by=st.sampled_from([-1, 1]))
    def clock_jumps(self, by: int) -> None:
        self.clock.jump(dt.timedelta(days=by))

    @rule()
    def day_changes(self) -> None:
        local = self.clock.local
        midnight = dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(), WIB)
        self.clock.pass_time(midnight - local + dt.timedelta(hours=8))

    @rule(where=st.sampled_from(["number", "paper", "verdict"]))
    def killed_while_issuing(self, where: str) -> None:
        desk = self.unit.counter()
        target: Any = {"number": desk.store, "paper": desk.store, "verdict": desk.store}[where]
        name = {"number": "_journal_number", "paper": "mark_sending", "verdict": "settle"}[where]
        self._dying(target, name, desk.issue, "C01")

    @rule(where=st.sampled_from(["claim", "send", "settle"]))
    def killed_while_sending(self, where: str) -> None:
        worker = self.unit.sender()
        worker.pump.hurry()
        target: Any = worker.server if where == "send" else worker.outbox
        self._dying(target, where, worker.pump.round)

    def _dying(self, target: Any, name: str, work: Callable[..., object], *arguments: object) -> None:
        """Do ``work``, and die where it calls ``name``."""

        def die(*_: object, **__: object) -> None:
            raise Killed

        setattr(target, name, die)
        try:
            work(*arguments)
        except Killed:
            pass
        finally:
            delattr(target, name)
            self.unit.die()

    @rule()
    def kiosk_starts_again(self) -> None:
        self.unit.die()

    @rule()
    def machine_starts_again(self) -> None:
        self.unit.die()
        self.clock.reboot()

    # --- on the line --------------------------------------------------------------------------------------------------

    @rule(fault=st.sampled_from(QUICK), only=st.sampled_from(["", "/events", "/tickets", "/heartbeats"]))
    def line_fails(self, fault: Fault, only: str) -> None:
        self.rig.proxy.set(fault, only)

    @rule()
    def line_is_good(self) -> None:
        self.rig.proxy.fault = Fault.NONE

    @rule()
    def late_requests_arrive(self) -> None:
        self.rig.proxy.deliver_held()

    @rule()
    def sync(self) -> None:
        self.unit.sync()

    # --- at the server ------------------------------------------------------------------------------------------------

    @rule()
    @precondition(lambda self: self.kills > 0)
    def server_is_killed(self) -> None:
        self.kills -= 1
        self.rig.central.kill()
        self.unit.sync()
        self.issue("A01", False)
        self.rig.central.start()

    @rule()
    @precondition(lambda self: self.cluster is not None and self.kills > 0)
    def database_is_killed(self) -> None:
        assert self.cluster is not None
        self.kills -= 1
        self.cluster.kill()
        self.unit.sync()
        self.issue("A01", False)
        self.cluster.start()

    def teardown(self) -> None:
        if not hasattr(self, "unit"):
            return
        try:
            self.rig.proxy.fault = Fault.NONE
            self.rig.proxy.deliver_held()
            self.unit.counter().recover()  # what a death left is settled with the next start
            self.unit.drain()
            self.rig.proxy.deliver_held()
            check(self.unit, self.rig.central)
        finally:
            self.unit.close()
            shutil.rmtree(self.unit.folder, ignore_errors=True)


def _run(rig: Rig, cluster: postgres.Cluster | None, examples: int, steps: int, kills: int) -> None:
    class Here(AnyOrder):
        pass

    Here.rig, Here.cluster = rig, cluster
    Here.most_kills = kills
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=examples < 20,
            phases=[Phase.generate],  # a sequence over processes is not made smaller: it is told as it was
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_any_order(tmp_path: Path) -> None:
    rig = Rig.make(tmp_path)
    try:
        _run(rig, None, examples=12, steps=30, kills=0)
    finally:
        rig.close()


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_any_order_for_long(tmp_path: Path, kind: str) -> None:
    cluster, url = None, ""
    if kind == "postgresql":
        programs = postgres.binaries()
        if programs is None:
            pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
        cluster = postgres.Cluster(programs)
        cluster.start()
        url = cluster.url(cluster.new_database())
    rig = Rig.make(tmp_path, url=url)
    try:
        _run(rig, cluster, int(os.environ.get("EXAMPLES", "80")), steps=60, kills=3)
    finally:
        rig.close()
        if cluster is not None:
            cluster.remove()
