"""Whole visits on the real window by people who sit and by people who are slow."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.core.modes import Modes
from kiosk.core.visit import Screen
from kiosk.ui import theme
from tests.support.kiosk_window import Kiosk

pytestmark = [pytest.mark.ui, pytest.mark.timeout(180)]

Open = Callable[..., Kiosk]
BOTTOM_EDGE_MM = 850
"""A panel mounted high: its upper quarter is above a seated person's reach."""


class Seated:
    """A hand that cannot go above the reach line (EN 301 549, 8.3: 1,200 mm above the floor)."""

    def __init__(self, it: Kiosk) -> None:
        self.it = it
        self.touched: list[str] = []

    def touch(self, target: str) -> None:
        """Turn pages until ``target`` is there, and touch it; each touch is below the line, or the test fails."""
        leaves = 0
        while self.it.find(target) is None:
            leaf = self.it.app.visit.leaf
            self._touch("page:next")
            self.it.until(lambda: self.it.app.visit.leaf != leaf, f"another page, for {target}")  # noqa: B023
            leaves += 1
            assert leaves < 40, f"{target} is on no page"
        self._touch(target)

    def _touch(self, target: str) -> None:
        tap = self.it.find(target)
        above_floor = BOTTOM_EDGE_MM + tap.top / theme.metrics().px_per_mm
        assert above_floor <= theme.REACH_MM + 0.5, f"{target} ends {above_floor:.0f} mm above the floor"
        self.it.touch(target)
        self.touched.append(target)


def test_a_wheelchair_visit(kiosk: Open) -> None:
    it = kiosk(DISPLAY__BOTTOM_EDGE_MM=str(BOTTOM_EDGE_MM))
    it.ready()
    assert it.height / theme.metrics().px_per_mm + BOTTOM_EDGE_MM > theme.REACH_MM + 100, (
        "the line is on the panel"
    )
    hand = Seated(it)
    hand.touch("access")
    it.until(lambda: it.app.visit.access, "what can be made easier")
    hand.touch("mode:low")
    it.until(lambda: it.app.visit.modes == Modes(low=True), "the low keys")
    hand.touch("back")
    it.until(lambda: not it.app.visit.access, "the first screen")
    hand.touch("start:id")
    it.see(Screen.AGENCIES)
    hand.touch("agency:C")
    it.see(Screen.SERVICES)
    hand.touch("service:C01")
    it.see(Screen.SHEET)
    hand.touch("priority")
    it.until(lambda: it.app.visit.priority, "the tick")
    hand.touch("take")
    it.see(Screen.RESULT)
    hand.touch("done")
    it.see(Screen.ATTRACT)
    assert [(ticket.service, ticket.priority) for ticket in it.tickets()] == [("C01", True)]
    assert len(it.papers()) == 1
    assert it.app.visit.modes == Modes(), "the next visitor finds the kiosk as it was"


def test_a_slow_visit_with_every_timer_at_its_limit(kiosk: Open) -> None:
    """On each screen the warning comes, and its last second but one is enough to stay where one was."""
    it = kiosk()
    it.ready()

    def dawdle(screen: Screen) -> None:
        for _ in range(2):
            it.see(screen)
            it.idle(it.settings.session.idle_s + 1)
            assert it.app.visit.warned, screen
            it.idle(it.settings.session.warning_s - 2)
            assert it.app.visit.warned and it.app.visit.countdown <= 2, screen
            it.touch("stay")
            it.until(lambda: not it.app.visit.warned, "the visit goes on")
            assert it.screen is screen

    it.touch("start:id")
    dawdle(Screen.AGENCIES)
    it.touch("agency:C")
    dawdle(Screen.SERVICES)
    it.touch("service:C01")
    dawdle(Screen.SHEET)
    it.touch("priority")
    it.until(lambda: it.app.visit.priority, "the tick")
    dawdle(Screen.SHEET)
    assert it.app.visit.priority, "a warning takes nothing away"
    it.touch("take")
    it.see(Screen.RESULT)
    assert [(ticket.service, ticket.priority) for ticket in it.tickets()] == [("C01", True)]
