"""The pages over a visit's screens: the list without a number, the mall's own page, a call for staff."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core import visit as v
from kiosk.core.modes import Modes
from kiosk.core.visit import Screen, Visit, step
from tests.core.test_visit import EVENTS, ROADS, TIMING, TO_RESULT, TO_SHEET, run

TO_MORE = (*TO_SHEET, v.ShowMore())
PRINTED = v.Listing(1, v.Outcome.PRINTED)


def test_the_list_is_printed_once_for_one_touch_and_no_number_is_taken() -> None:
    state, effects = run(*TO_MORE, v.PrintList(), v.PrintList(), v.TakeTicket())
    assert effects == [v.MakeList(1, "C03", "id")]
    assert (state.screen, state.more, state.listing) == (Screen.SHEET, True, v.Listing(1))
    state, effects = run(v.ListPrinted(1, v.Outcome.PRINTED), state=state)
    assert (state.listing, state.issued, effects) == (PRINTED, None, [])


def test_no_ticket_is_begun_while_the_list_is_on_its_way() -> None:
    state, _ = run(*TO_MORE, v.PrintList(), v.CloseMore())
    assert run(v.TakeTicket(), state=state)[1] == []
    state, _ = run(v.ListPrinted(1, v.Outcome.PRINTED), state=state)
    assert run(v.TakeTicket(), state=state)[1] == [v.Issue(2, "C03", False, "id")]


def test_why_there_is_no_list_is_kept_for_this_service_alone() -> None:
    state, _ = run(*TO_MORE, v.PrintList(), v.ListPrinted(1, v.Outcome.NOT_PRINTED, "paper_out"))
    assert state.listing == v.Listing(1, v.Outcome.NOT_PRINTED, "paper_out")
    state, _ = run(v.Back(), v.Back(), v.ChooseService("C04", "C"), state=state)
    assert (state.screen, state.listing, state.lists) == (Screen.SHEET, None, 1)


def test_a_list_nobody_answers_for_is_neither_printed_nor_not() -> None:
    state, _ = run(*TO_MORE, v.PrintList(), v.Tick(1.0), v.Tick(TIMING.issue_limit))
    assert state.listing is not None and state.listing.outcome is v.Outcome.UNCONFIRMED
    assert run(v.CloseMore(), v.TakeTicket(), state=state)[1] != []


def test_a_roll_is_not_emptied_by_one_visitor() -> None:
    state, effects = run(*TO_MORE)
    for _ in range(v.MOST_LISTS + 2):
        state, more = run(v.PrintList(), state=state)
        effects += more
        if more:
            state, _none = run(v.ListPrinted(more[0].request, v.Outcome.PRINTED), state=state)
    assert len(effects) == v.MOST_LISTS
    assert state.listing is not None and state.listing.cause == v.TOO_MANY


def test_the_ration_is_the_visitors_and_not_the_tickets() -> None:
    state, _ = run(
        *TO_MORE, v.PrintList(), v.ListPrinted(1, v.Outcome.PRINTED), v.CloseMore(), v.TakeTicket()
    )
    state, _ = run(v.TicketIssued(2, run(*TO_RESULT)[0].issued), v.AnotherTicket(), state=state)  # type: ignore[arg-type]
    assert (state.lists, state.listing) == (1, None)
    assert run(v.Home(), state=state)[0].lists == 0


def test_the_malls_page_returns_to_where_it_was_asked_for() -> None:
    state, _ = run(*TO_SHEET, v.ShowHelp(), v.ShowInfo())
    assert state.help and state.info
    state, _ = run(v.Back(), state=state)
    assert state.help and not state.info
    state, _ = run(v.ShowInfo(), v.CloseHelp(), state=state)
    assert not state.overlaid and state.screen is Screen.SHEET


def test_what_makes_it_easier_returns_to_the_list() -> None:
    state, _ = run(*TO_MORE, v.ShowAccess(), v.SetModes(Modes(big=True)), v.CloseAccess())
    assert state.more and not state.access


@pytest.mark.parametrize(
    "road", [TO_MORE, (*TO_SHEET, v.ShowHelp()), (*TO_SHEET, v.ShowHelp(), v.ShowInfo())]
)
@pytest.mark.parametrize("name", ["TakeTicket", "SetPriority", "ChooseService", "TurnPage", "Done"])
def test_what_lies_beneath_is_not_pressed(road: tuple[Any, ...], name: str) -> None:
    before, _ = run(*road)
    after, effects = step(before, EVENTS[name])
    assert replace(after, since=before.since, anew=before.anew) == before and effects == ()


# --- calling staff ----------------------------------------------------------------------------------------------------


def test_a_call_is_told_only_when_the_server_has_it() -> None:
    state, effects = run(v.Tick(0), v.ShowHelp(), v.CallStaff(), v.CallStaff())
    assert effects == [v.Summon(1, "attract", "id")]
    assert state.call == v.Call(1)
    state, effects = run(v.StaffTold(1, True), v.CallStaff(), state=state)
    assert (state.call, effects) == (v.Call(1, True), [])


def test_without_an_answer_the_window_says_so_and_a_late_one_is_believed() -> None:
    state, _ = run(v.Tick(0), v.ShowHelp(), v.CallStaff(), v.Tick(TIMING.call_limit - 0.1))
    assert state.call is not None and state.call.told is None
    state, _ = run(v.Tick(TIMING.call_limit), state=state)
    assert state.call is not None and state.call.told is False
    state, _ = run(v.StaffTold(1, True), state=state)
    assert state.call is not None and state.call.told is True
    state, _ = run(v.StaffTold(1, False), state=state)
    assert state.call is not None and state.call.told is True


def test_calls_are_few_in_one_visit() -> None:
    state, effects = run(v.Tick(0), v.ShowHelp())
    for _ in range(v.MOST_CALLS + 2):
        state, more = run(v.CallStaff(), state=state)
        effects += more
        state, _none = run(v.StaffTold(state.serial, False), state=state)
    assert len(effects) == v.MOST_CALLS


def test_a_call_from_the_first_screen_is_forgotten_when_nobody_is_there() -> None:
    state, _ = run(v.Tick(0), v.ShowHelp(), v.CallStaff(), v.StaffTold(1, True), v.CloseHelp(), v.Tick(0.1))
    assert not state.untouched
    state, _ = run(v.Tick(TIMING.idle + 1), state=state)
    assert state.untouched


@pytest.mark.parametrize("screen", [s for s in Screen if s not in (Screen.ISSUING, Screen.FAULT)])
def test_staff_can_be_called_from_every_screen_that_has_help(screen: Screen) -> None:
    before, _ = run(*ROADS[screen], v.ShowHelp())
    after, effects = step(before, v.CallStaff())
    assert after.screen is screen
    assert [type(effect) for effect in effects] == [v.Summon]


answers = st.one_of(
    st.builds(v.ListPrinted, st.integers(1, 6), st.sampled_from(v.Outcome), st.none()),
    st.builds(v.StaffTold, st.integers(1, 6), st.booleans()),
)
touches = st.sampled_from(
    [
        EVENTS[name]
        for name in EVENTS
        if name not in ("DeskFailed", "DeskReady", "ListPrinted", "StaffTold", "Tick")
    ]
)


@given(st.lists(st.one_of(touches, answers, st.builds(v.Tick, st.floats(0, 900))), max_size=60))
def test_whatever_is_touched(events: list[Any]) -> None:
    """No effect twice, no more than the rations, nothing left after a wipe, and pages only where they belong."""
    state: Visit = Visit(timing=TIMING)
    asked: set[int] = set()
    lists = calls = 0
    for event in (*TO_SHEET, *events):
        state, effects = step(state, event)
        for effect in effects:
            if isinstance(effect, (v.MakeList, v.Summon)):
                assert effect.request not in asked
                asked.add(effect.request)
            lists += isinstance(effect, v.MakeList)
            calls += isinstance(effect, v.Summon)
            if isinstance(effect, v.Wiped) and not isinstance(event, v.AnotherTicket):
                assert (state.listing, state.lists, state.call, state.calls, state.overlaid) == (
                    None,
                    0,
                    None,
                    0,
                    False,
                )
                lists = calls = 0
        assert lists <= v.MOST_LISTS and calls <= v.MOST_CALLS
        assert not state.more or state.screen is Screen.SHEET
        assert state.screen not in (Screen.ISSUING, Screen.FAULT) or not state.overlaid
