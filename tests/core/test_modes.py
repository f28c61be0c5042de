"""What can be made easier: offered everywhere, gone after every visit, twice the time where it is needed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kiosk.core import visit as v
from kiosk.core.modes import LOUDEST, Modes
from kiosk.core.visit import Screen, Visit, step

EASIER = Modes(large=True, big=True, contrast="dark", low=True, still=True, speech=True, volume=5)


def run(state: Visit, *events: Any) -> Visit:
    for event in events:
        state, _ = step(state, event)
    return state


@pytest.mark.parametrize("end", ["idle", "home", "back", "done", "failed"])
def test_every_wipe_takes_them_back(end: str) -> None:
    state = run(Visit(), v.Tick(0), v.SetModes(EASIER))
    assert state.modes == EASIER
    state = run(state, v.Start("en"))
    ends: dict[str, list[Any]] = {
        "idle": [v.Tick(1), v.Tick(92), v.Tick(133)],
        "home": [v.Home()],
        "back": [v.Back()],
        "done": [
            v.ChooseAgency("C"), v.ChooseService("C01", "C"), v.TakeTicket(),
            v.TicketIssued(1, v.Issued("t", "C-001", "C01", v.Outcome.PRINTED, None, "q", "09.41 WIB")), v.Done(),
        ],
        "failed": [v.DeskFailed("E-STO-01")],
    }  # fmt: skip
    state = run(state, *ends[end])
    assert state.screen in (Screen.ATTRACT, Screen.FAULT)
    assert (state.modes, state.language, state.access, state.leaf) == (Modes(), "id", False, 0)


def test_on_the_first_screen_silence_takes_them_back_without_a_warning() -> None:
    state = run(Visit(), v.SetModes(Modes(big=True)), v.Tick(0), v.Tick(44))
    assert state.modes.big
    assert run(state, v.Tick(46)).modes == Modes()


def test_another_ticket_is_for_the_same_person() -> None:
    state = replace(Visit(screen=Screen.RESULT), modes=EASIER)
    assert run(state, v.AnotherTicket()).modes == EASIER


@pytest.mark.parametrize("modes", [Modes(large=True), Modes(speech=True), EASIER])
def test_twice_the_time(modes: Modes) -> None:
    state = run(Visit(), v.SetModes(modes), v.Start(), v.Tick(0), v.Tick(89))
    assert not state.warned
    state = run(state, v.Tick(91))
    assert (state.warned, state.countdown) == (True, 40)
    assert run(state, v.Tick(130)).warned
    assert run(state, v.Tick(132)).screen is Screen.ATTRACT


def test_a_slow_visit_goes_on_as_often_as_asked() -> None:
    state = run(Visit(), v.Start(), v.Tick(0))
    now = 0.0
    for _ in range(25):
        now += 46
        state = run(state, v.Tick(now))
        assert state.warned
        now += 19.5
        state = run(state, v.Tick(now), v.Touched(), v.Tick(now))
        assert (state.warned, state.screen) == (False, Screen.AGENCIES)


def test_time_stands_still_while_it_speaks() -> None:
    state = run(Visit(), v.Start(), v.Tick(0), v.Tick(10), v.Speaking(True), v.Tick(500), v.Speaking(False))
    assert not state.warned
    state = run(state, v.Tick(530))
    assert not state.warned, "ten seconds before, thirty after"
    assert run(state, v.Tick(536)).warned


def test_the_desk_is_not_given_more_time_by_speech() -> None:
    state = replace(Visit(screen=Screen.ISSUING, request=1), speaking=True, modes=EASIER)
    assert run(state, v.Tick(0), v.Tick(31)).fault == v.DESK_SILENT


def test_under_the_page_nothing_is_pressed() -> None:
    state = run(Visit(), v.Start(), v.ShowAccess(), v.ChooseAgency("C"))
    assert (state.screen, state.access) == (Screen.AGENCIES, True)
    assert not run(state, v.Back()).access
    assert run(state, v.ShowHelp()).help


@pytest.mark.parametrize("screen", [Screen.ISSUING, Screen.FAULT])
def test_nothing_to_set_while_a_ticket_is_made_or_none_can_be(screen: Screen) -> None:
    state = run(Visit(screen=screen), v.ShowAccess(), v.SetModes(EASIER))
    assert (state.access, state.modes) == (False, Modes())


def test_pages_of_one_column() -> None:
    state = run(Visit(), v.SetModes(Modes(big=True)), v.Start(), v.TurnLeaf(2))
    assert v.leaf_of(state) == 2
    state = run(state, v.ChooseAgency("C"))
    assert v.leaf_of(state) == 0
    state = run(state, v.Back())
    assert v.leaf_of(state) == 2, "Back leads to the page one came from"
    state = run(state, v.ShowHelp(), v.TurnLeaf(1))
    assert (v.leaf_of(state), state.page) == (1, 2)
    assert v.leaf_of(run(state, v.SetModes(Modes()))) == 0


def test_volume_goes_in_steps_between_its_ends() -> None:
    assert Modes(volume=LOUDEST).louder(1).volume == LOUDEST
    assert Modes(volume=1).louder(-1).volume == 1
    assert Modes().louder(1).volume == Modes().volume + 1
