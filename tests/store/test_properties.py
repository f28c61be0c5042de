"""Whatever order clock jumps, reboots and losses come in, nobody holds a number twice on one true day."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kiosk.store import NAME, Store, StoreBroken, journal
from tests.store.conftest import take
from tests.store.test_loss import lose, scribble
from tests.support.turnable_clock import WIB, TurnableClock

QUEUES = st.sampled_from("ABC")


class Numbers(RuleBasedStateMachine):
    """One kiosk, and beside it the true time, which nobody can set.

    Clocks jump by whole days, and time passes in whole hours: a jump inside a day moves midnight itself, and the last
    ten minutes of a day are the tolerance of the rule (test_numbers has both).
    """

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / NAME
        self.clock = TurnableClock()
        self.true = self.clock.local
        self.given: list[tuple[dt.date, str, int]] = []
        self.by_service_day: list[tuple[dt.date, str, int]] = []
        self.jumped = False
        self.rebooted = False
        self.store = Store.open(self.path, self.clock, WIB)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(queue=QUEUES, count=st.integers(1, 3))
    def take(self, queue: str, count: int) -> None:
        for _ in range(count):
            ticket = take(self.store, self.clock, queue)
            self.given.append((self.true.date(), queue, ticket.number))
            self.by_service_day.append((ticket.service_day, queue, ticket.number))
        self.jumped = self.rebooted = False

    @rule(hours=st.integers(1, 30))
    def pass_time(self, hours: int) -> None:
        self.true += dt.timedelta(hours=hours)
        self.clock.pass_time(dt.timedelta(hours=hours))

    # Only the time since boot tells a jump from a new day: over a reboot the wall clock is believed.
    @precondition(lambda self: not self.rebooted)
    @rule(days=st.integers(-4, 4).filter(bool))
    def jump(self, days: int) -> None:
        self.jumped = True
        self.clock.jump(dt.timedelta(days=days))

    @precondition(lambda self: not self.jumped)
    @rule()
    def reboot(self) -> None:
        self.rebooted = True
        self.store.close()
        self.clock.reboot()
        self.store = Store.open(self.path, self.clock, WIB)

    @rule()
    def lose_database(self) -> None:
        self.store.close()
        lose(self.path)
        self.store = Store.open(self.path, self.clock, WIB)

    @rule()
    def damage_database(self) -> None:
        self.store.close()
        scribble(self.path)
        try:
            Store.open(self.path, self.clock, WIB)
        except StoreBroken:
            self.store = Store.open(self.path, self.clock, WIB)
        else:
            raise AssertionError("damage was not noticed")

    @rule()
    def lose_journal(self) -> None:
        self.store.close()
        self.path.with_name(journal.NAME).unlink()
        self.store = Store.open(self.path, self.clock, WIB)

    @invariant()
    def nobody_shares_a_number(self) -> None:
        given = getattr(self, "given", [])
        assert len(set(given)) == len(given)

    @invariant()
    def no_service_day_has_a_number_twice(self) -> None:
        given = getattr(self, "by_service_day", [])
        assert len(set(given)) == len(given)


TestNumbers = Numbers.TestCase
TestNumbers.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
