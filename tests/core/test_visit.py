"""The visit: each transition as a table, and what holds after any sequence of events."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from kiosk.core import visit as v
from kiosk.core.availability import Closed, Reason
from kiosk.core.modes import Modes
from kiosk.core.visit import Screen, Visit, step

TIMING = v.Timing(idle=45, warning=20, result=20, decide=60, issue_limit=30)
QUOTA = Closed(Reason.QUOTA)


def ticket(outcome: v.Outcome = v.Outcome.PRINTED, name: str = "t1") -> v.Issued:
    cause = "paper_out" if outcome is v.Outcome.NOT_PRINTED else None
    return v.Issued(name, "C-001", "C03", outcome, cause, "BKL-20261124-C001-7F3K", "09.41 WIB")


NOT_PRINTED = ticket(v.Outcome.NOT_PRINTED)
UNCONFIRMED = ticket(v.Outcome.UNCONFIRMED)


def run(*events: Any, state: Visit | None = None) -> tuple[Visit, list[Any]]:
    """Return the state after ``events`` and all effects on the way."""
    state = state or Visit(timing=TIMING)
    effects: list[Any] = []
    for event in events:
        state, more = step(state, event)
        effects += more
    return state, effects


TO_AGENCIES = (v.Tick(0.0), v.Start())
TO_SERVICES = (*TO_AGENCIES, v.ChooseAgency("C"))
TO_SHEET = (*TO_SERVICES, v.ChooseService("C03", "C"))
TO_ISSUING = (*TO_SHEET, v.TakeTicket())
TO_RESULT = (*TO_ISSUING, v.TicketIssued(1, ticket()))
TO_NOT_PRINTED = (*TO_ISSUING, v.TicketIssued(1, NOT_PRINTED))
TO_SEARCH = (*TO_AGENCIES, v.OpenSearch())
TO_FAULT = (v.Tick(0.0), v.DeskFailed("E-STO-02"))
ROADS = {
    Screen.ATTRACT: (v.Tick(0.0),),
    Screen.AGENCIES: TO_AGENCIES,
    Screen.SEARCH: TO_SEARCH,
    Screen.SERVICES: TO_SERVICES,
    Screen.SHEET: TO_SHEET,
    Screen.ISSUING: TO_ISSUING,
    Screen.RESULT: TO_RESULT,
    Screen.NOT_PRINTED: TO_NOT_PRINTED,
    Screen.FAULT: TO_FAULT,
}


@pytest.mark.parametrize("screen", list(Screen))
def test_each_screen_is_reached(screen: Screen) -> None:
    assert run(*ROADS[screen])[0].screen is screen


def test_a_whole_visit() -> None:
    state, effects = run(*TO_AGENCIES[:1], v.Start("en"), *TO_SERVICES[2:], v.ChooseService("C03", "C"))
    assert (state.screen, state.language, state.agency, state.service) == (Screen.SHEET, "en", "C", "C03")
    assert effects == []
    state, effects = run(v.SetPriority(True), v.TakeTicket(), state=state)
    assert effects == [v.Issue(request=1, service="C03", priority=True, language="en")]
    assert (state.screen, state.request) == (Screen.ISSUING, 1)
    state, effects = run(v.TicketIssued(1, ticket()), state=state)
    assert (state.screen, state.issued, state.countdown, effects) == (Screen.RESULT, ticket(), 20, [])
    state, effects = run(v.Done(), state=state)
    assert (state.screen, state.language, effects) == (Screen.ATTRACT, "id", [v.Wiped()])


# --- every event on every screen: where it leads ----------------------------------------------------------------------

EVENTS: dict[str, Any] = {
    "Start": v.Start("en"),
    "ChooseAgency": v.ChooseAgency("B"),
    "ChooseService": v.ChooseService("B01", "B"),
    "OpenSearch": v.OpenSearch(),
    "TypeQuery": v.TypeQuery("ktp"),
    "TurnPage": v.TurnPage(1),
    "SetPriority": v.SetPriority(True),
    "TakeTicket": v.TakeTicket(),
    "TicketIssued": v.TicketIssued(1, ticket(name="other")),
    "NotPrinted": v.TicketIssued(1, ticket(v.Outcome.NOT_PRINTED, "other")),
    "TicketRefused": v.TicketRefused(1, QUOTA),
    "DeskFailed": v.DeskFailed("E-STO-01"),
    "DeskReady": v.DeskReady(),
    "KeepNumber": v.KeepNumber(),
    "CancelNumber": v.CancelNumber(),
    "AnotherTicket": v.AnotherTicket(),
    "Done": v.Done(),
    "Back": v.Back(),
    "Home": v.Home(),
    "ShowHelp": v.ShowHelp(),
    "CloseHelp": v.CloseHelp(),
    "ShowAccess": v.ShowAccess(),
    "CloseAccess": v.CloseAccess(),
    "SetModes": v.SetModes(Modes(large=True)),
    "TurnLeaf": v.TurnLeaf(1),
    "Speaking": v.Speaking(True),
    "SetLanguage": v.SetLanguage("en"),
    "Touched": v.Touched(),
    "Tick": v.Tick(1.0),
    "ShowMore": v.ShowMore(),
    "CloseMore": v.CloseMore(),
    "PrintList": v.PrintList(),
    "ListPrinted": v.ListPrinted(1, v.Outcome.PRINTED),
    "ShowInfo": v.ShowInfo(),
    "CloseInfo": v.CloseInfo(),
    "CallStaff": v.CallStaff(),
    "StaffTold": v.StaffTold(1, True),
}
ISSUE = v.Issue(1, "C03", False, "id")
WIPED = v.Wiped()
LEADS: dict[Screen, dict[str, tuple[Screen, list[Any]]]] = {
    Screen.ATTRACT: {
        "Start": (Screen.AGENCIES, []),
        "DeskFailed": (Screen.FAULT, [WIPED]),
    },
    Screen.AGENCIES: {
        "ChooseAgency": (Screen.SERVICES, []),
        "OpenSearch": (Screen.SEARCH, []),
        "DeskFailed": (Screen.FAULT, [WIPED]),
        "Back": (Screen.ATTRACT, [WIPED]),
        "Home": (Screen.ATTRACT, [WIPED]),
    },
    Screen.SEARCH: {
        "ChooseAgency": (Screen.SERVICES, []),
        "ChooseService": (Screen.SHEET, []),
        "DeskFailed": (Screen.FAULT, [WIPED]),
        "Back": (Screen.AGENCIES, []),
        "Home": (Screen.ATTRACT, [WIPED]),
    },
    Screen.SERVICES: {
        "ChooseService": (Screen.SHEET, []),
        "DeskFailed": (Screen.FAULT, [WIPED]),
        "Back": (Screen.AGENCIES, []),
        "Home": (Screen.ATTRACT, [WIPED]),
    },
    Screen.SHEET: {
        "TakeTicket": (Screen.ISSUING, [ISSUE]),
        "DeskFailed": (Screen.FAULT, [WIPED]),
        "Back": (Screen.SERVICES, []),
        "Home": (Screen.ATTRACT, [WIPED]),
    },
    Screen.ISSUING: {
        "TicketIssued": (Screen.RESULT, []),
        "NotPrinted": (Screen.NOT_PRINTED, []),
        "TicketRefused": (Screen.SHEET, []),
        "DeskFailed": (Screen.FAULT, [WIPED]),
    },
    Screen.RESULT: {
        "AnotherTicket": (Screen.AGENCIES, [WIPED]),
        "Done": (Screen.ATTRACT, [WIPED]),
        "Home": (Screen.ATTRACT, [WIPED]),
    },
    Screen.NOT_PRINTED: {
        "KeepNumber": (Screen.ATTRACT, [v.Keep("t1"), WIPED]),
        "CancelNumber": (Screen.ATTRACT, [v.Void("t1", "cancelled"), WIPED]),
    },
    Screen.FAULT: {
        "DeskFailed": (Screen.FAULT, [WIPED]),
        "DeskReady": (Screen.ATTRACT, [WIPED]),
    },
}


@pytest.mark.parametrize("name", list(EVENTS))
@pytest.mark.parametrize("screen", list(Screen))
def test_where_each_event_leads(screen: Screen, name: str) -> None:
    """What is not in the table stays where it is and does nothing, but for an unprinted ticket nobody waits for."""
    nothing = [v.Void("other", "silence")] if name == "NotPrinted" else []
    before, _ = run(*ROADS[screen])
    after, effects = step(before, EVENTS[name])
    assert (after.screen, list(effects)) == LEADS[screen].get(name, (screen, nothing))


def test_the_table_knows_every_event() -> None:
    assert {type(event) for event in EVENTS.values()} == set(get_args(v.Event))


def test_bare_events_are_told_apart() -> None:
    bare = [event for event in EVENTS.values() if not fields(event)]
    assert len({*bare}) == len(bare) > 10


# --- choosing and going back ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("road", "screens"),
    [
        (TO_SHEET, [Screen.SERVICES, Screen.AGENCIES, Screen.ATTRACT]),
        ((*TO_SEARCH, v.ChooseService("C03", "C")), [Screen.SEARCH, Screen.AGENCIES, Screen.ATTRACT]),
        (
            (*TO_SEARCH, v.ChooseAgency("C"), v.ChooseService("C03", "C")),
            [Screen.SERVICES, Screen.SEARCH, Screen.AGENCIES, Screen.ATTRACT],
        ),
        ((*TO_ISSUING, v.TicketRefused(1, QUOTA)), [Screen.SERVICES, Screen.AGENCIES, Screen.ATTRACT]),
        (
            (*TO_SHEET, v.Back(), v.ChooseService("C04", "C")),
            [Screen.SERVICES, Screen.AGENCIES, Screen.ATTRACT],
        ),
    ],
)
def test_back_retraces_the_way(road: tuple[Any, ...], screens: list[Screen]) -> None:
    state, _ = run(*road)
    seen = []
    for _ in screens:
        state, _ = step(state, v.Back())
        seen.append(state.screen)
        assert state.service is None
        assert (state.agency is not None) == (state.screen is Screen.SERVICES)
    assert seen == screens
    assert is_fresh(state)


def test_back_returns_to_the_page_and_the_words_one_came_from() -> None:
    state, _ = run(
        *TO_AGENCIES, v.TurnPage(2), v.ChooseAgency("C"), v.TurnPage(3), v.ChooseService("C03", "C")
    )
    assert state.page == 0
    state, _ = step(state, v.Back())
    assert (state.screen, state.agency, state.page) == (Screen.SERVICES, "C", 3)
    state, _ = step(state, v.Back())
    assert (state.screen, state.agency, state.page) == (Screen.AGENCIES, None, 2)
    state, _ = run(*TO_SEARCH, v.TypeQuery("ktp"), v.ChooseService("C03", "C"), v.SetPriority(True), v.Back())
    assert (state.screen, state.query, state.priority) == (Screen.SEARCH, "ktp", False)
    state, _ = step(state, v.Back())
    assert (state.screen, state.query) == (Screen.AGENCIES, "")


def test_a_query_is_short_and_starts_at_page_one() -> None:
    state, _ = run(*TO_SEARCH, v.TurnPage(2), v.TypeQuery("x" * 100))
    assert (state.query, state.page) == ("x" * 40, 0)


def test_pages_do_not_go_below_the_first() -> None:
    assert run(*TO_AGENCIES, v.TurnPage(-3))[0].page == 0


def test_priority_is_for_one_ticket() -> None:
    state, _ = run(*TO_SHEET, v.SetPriority(True), v.Back(), v.ChooseService("C03", "C"))
    assert state.priority is False
    state, _ = run(
        *TO_SHEET, v.SetPriority(True), v.TakeTicket(), v.TicketIssued(1, ticket()), v.AnotherTicket()
    )
    assert state.priority is False


def test_another_ticket_keeps_the_language_alone() -> None:
    state, _ = run(
        *TO_SHEET, v.SetLanguage("en"), v.TakeTicket(), v.TicketIssued(1, ticket()), v.AnotherTicket()
    )
    assert state.screen is Screen.AGENCIES
    assert is_fresh(replace(state, screen=Screen.ATTRACT, language="id"))
    state, effects = run(v.ChooseAgency("C"), v.ChooseService("C01", "C"), v.TakeTicket(), state=state)
    assert effects == [v.Issue(2, "C01", False, "en")]


def test_a_refusal_is_shown_on_the_sheet_and_can_be_tried_again() -> None:
    state, _ = run(*TO_ISSUING, v.TicketRefused(1, QUOTA))
    assert (state.screen, state.service, state.refused, state.request) == (Screen.SHEET, "C03", QUOTA, None)
    state, effects = step(state, v.TakeTicket())
    assert (state.refused, list(effects)) == (None, [v.Issue(2, "C03", False, "id")])
    assert run(*TO_ISSUING, v.TicketRefused(1, QUOTA), v.Back())[0].refused is None


# --- one ticket -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        (v.TakeTicket(),),
        (v.TakeTicket(), v.Back(), v.TakeTicket()),
        (v.Home(), v.TakeTicket(), v.ChooseService("C01", "C"), v.TakeTicket()),
        (v.Touched(), v.TakeTicket(), v.TicketIssued(1, ticket()), v.TakeTicket()),
        (v.SetLanguage("en"), v.TakeTicket()),
    ],
)
def test_one_sheet_gives_one_ticket(more: tuple[Any, ...]) -> None:
    _, effects = run(*TO_ISSUING, *more)
    assert [effect for effect in effects if isinstance(effect, v.Issue)] == [ISSUE]


def test_the_papers_language_is_the_one_at_the_button() -> None:
    _, effects = run(*TO_SHEET, v.SetLanguage("en"), v.TakeTicket(), v.SetLanguage("id"))
    assert effects == [v.Issue(1, "C03", False, "en")]


def test_unconfirmed_is_a_result_with_paper() -> None:
    state, _ = run(*TO_ISSUING, v.TicketIssued(1, UNCONFIRMED))
    assert (state.screen, state.issued) == (Screen.RESULT, UNCONFIRMED)


@pytest.mark.parametrize(
    ("answer", "effects"),
    [
        (v.TicketIssued(1, ticket(name="late")), []),
        (v.TicketIssued(1, ticket(v.Outcome.UNCONFIRMED, "late")), []),
        (v.TicketIssued(1, ticket(v.Outcome.NOT_PRINTED, "late")), [v.Void("late", "silence")]),
        (v.TicketRefused(1, QUOTA), []),
    ],
)
@pytest.mark.parametrize("screen", list(Screen))
def test_a_late_answer_changes_nothing_and_leaves_no_number_without_paper(
    screen: Screen, answer: Any, effects: list[Any]
) -> None:
    """The desk took longer than the window waits; somebody else stands there by now, in request 2."""
    late, _ = run(*TO_ISSUING, v.Tick(0.1), v.Tick(TIMING.issue_limit + 1), v.DeskReady())
    assert (late.screen, late.serial) == (Screen.ATTRACT, 1)
    road = [
        replace(event, request=2) if isinstance(event, (v.TicketIssued, v.TicketRefused)) else event
        for event in ROADS[screen]
    ]
    before, _ = run(*road, state=late)
    assert before.screen is screen
    after, found = step(before, answer)
    assert (after, list(found)) == (before, effects)


@pytest.mark.parametrize(
    ("answer", "effects"),
    [
        (v.TicketIssued(1, ticket(name="late")), [v.Wiped()]),
        (v.TicketIssued(1, ticket(v.Outcome.NOT_PRINTED, "late")), [v.Wiped(), v.Void("late", "silence")]),
        (v.TicketRefused(1, QUOTA), [v.Wiped()]),
    ],
)
def test_a_late_answer_ends_the_fault_that_the_desk_was_silent(answer: Any, effects: list[Any]) -> None:
    silent, _ = run(*TO_ISSUING, v.Tick(0), v.Tick(TIMING.issue_limit))
    assert (silent.screen, silent.fault) == (Screen.FAULT, v.DESK_SILENT)
    after, found = step(silent, answer)
    assert (is_fresh(after), after.fault, list(found)) == (True, None, effects)
    broken = replace(silent, fault="E-STO-02")
    assert step(broken, answer)[0] == broken, "any other fault stays until the desk says it is ready"


def test_the_answer_on_the_screen_told_twice_is_not_voided() -> None:
    before, _ = run(*TO_NOT_PRINTED)
    assert step(before, v.TicketIssued(1, NOT_PRINTED)) == (before, ())


# --- help -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "screen", [screen for screen in Screen if screen not in (Screen.ISSUING, Screen.FAULT)]
)
def test_help_opens_over_a_screen_and_covers_it(screen: Screen) -> None:
    beneath, _ = run(*ROADS[screen])
    state, effects = step(beneath, v.ShowHelp())
    assert (state.help, effects) == (True, ())
    covered = (v.Start, v.ChooseAgency, v.ChooseService, v.OpenSearch, v.TypeQuery, v.TurnPage, v.SetPriority)
    covered += (v.TakeTicket, v.KeepNumber, v.CancelNumber, v.AnotherTicket, v.Done)
    for event in EVENTS.values():
        if isinstance(event, covered):
            assert step(state, event) == (state, ())
    for way_out in (v.CloseHelp(), v.Back()):
        assert step(state, way_out) == (replace(beneath, anew=True), ())
    assert not step(state, v.Home())[0].help


@pytest.mark.parametrize("screen", [Screen.ISSUING, Screen.FAULT])
def test_no_help_over_screens_that_wait(screen: Screen) -> None:
    assert not run(*ROADS[screen], v.ShowHelp())[0].help


def test_help_open_when_the_clock_runs_out() -> None:
    state, effects = run(*TO_NOT_PRINTED, v.ShowHelp(), v.Tick(1), v.Tick(61.5))
    assert is_fresh(state)
    assert effects[-2:] == [v.Void("t1", "silence"), v.Wiped()]


# --- patience ---------------------------------------------------------------------------------------------------------

CHOOSING = [Screen.AGENCIES, Screen.SEARCH, Screen.SERVICES, Screen.SHEET]


@pytest.mark.parametrize("screen", CHOOSING)
def test_idle_then_a_warning_with_a_countdown_then_everything_is_wiped(screen: Screen) -> None:
    state, _ = run(*ROADS[screen], v.Tick(100), v.Tick(144.9))
    assert not state.warned
    state, _ = step(state, v.Tick(145))
    assert (state.warned, state.countdown, state.screen) == (True, 20, screen)
    state, _ = step(state, v.Tick(146.2))
    assert state.countdown == 19
    state, effects = step(state, v.Tick(164.9))
    assert (state.warned, state.countdown, effects) == (True, 1, ())
    state, effects = step(state, v.Tick(165))
    assert (is_fresh(state), effects) == (True, (v.Wiped(),))


@pytest.mark.parametrize("name", [name for name, event in EVENTS.items() if not isinstance(event, v._SILENT)])
def test_a_touch_while_warned_only_says_i_am_here(name: str) -> None:
    calm, _ = run(*TO_SHEET, v.Tick(100))
    warned, _ = run(v.Tick(145), v.Tick(150), state=calm)
    assert warned.warned
    after, effects = step(warned, EVENTS[name])
    assert effects == ()
    assert after == replace(calm, now=150, since=150, anew=True)
    again, effects = run(v.Tick(150), v.Tick(194.9), v.Tick(195), state=after)
    assert (again.warned, again.countdown, effects) == (True, 20, [])


def test_patience_can_be_asked_for_without_limit() -> None:
    """WCAG 2.2.1 asks for ten times."""
    state, _ = run(*TO_SHEET)
    now = 0.0
    for _ in range(100):
        for event in (v.Tick(now), v.Tick(now + 45), v.Tick(now + 64)):
            state, effects = step(state, event)
            assert effects == ()
        assert state.warned
        now += 64
        state, _ = step(state, v.Touched())
        assert (state.warned, state.screen, state.service) == (False, Screen.SHEET, "C03")


def test_a_late_tick_does_not_shorten_the_warning() -> None:
    """The window hung for five minutes; nobody is wiped unwarned."""
    state, effects = run(*TO_SHEET, v.Tick(10), v.Tick(310))
    assert (state.warned, state.countdown, effects) == (True, 20, [])
    state, effects = run(v.Tick(329.9), state=state)
    assert (state.warned, effects) == (True, [])


def test_a_touch_between_ticks_gets_its_whole_patience() -> None:
    """The touch came at 9.9, the last tick at 0: what counts is the first tick after the touch."""
    state, _ = run(*TO_AGENCIES, v.Tick(0), v.ChooseAgency("C"), v.Tick(10), v.Tick(54.9))
    assert not state.warned


def test_time_does_not_go_back() -> None:
    state, _ = run(*TO_SHEET, v.Tick(100), v.Tick(40))
    assert state.now == 100
    assert not run(v.Tick(144), state=state)[0].warned


@pytest.mark.parametrize(
    ("road", "left", "patience", "effects"),
    [
        (TO_RESULT, 20, 20, [v.Wiped()]),
        (TO_NOT_PRINTED, 60, 60, [v.Void("t1", "silence"), v.Wiped()]),
    ],
)
def test_answers_count_down_from_the_start_and_a_touch_starts_anew(
    road: tuple[Any, ...], left: int, patience: float, effects: list[Any]
) -> None:
    state, _ = run(*road)
    assert state.countdown == left, "before the first tick"
    state, _ = run(v.Tick(100), v.Tick(100 + patience - 0.5), state=state)
    assert (state.countdown, state.warned) == (1, False)
    gone, found = step(state, v.Tick(100 + patience))
    assert (is_fresh(gone), list(found)) == (True, effects)
    stay, found = run(v.Touched(), v.Tick(200), v.Tick(200 + patience - 1.5), state=state)
    assert (stay.screen, stay.countdown, found) == (state.screen, 2, [])


def test_issuing_waits_for_the_desk_whatever_is_touched() -> None:
    state, _ = run(*TO_ISSUING, v.Tick(100), v.Touched(), v.Tick(129), v.Touched(), v.Tick(129.9))
    assert state.screen is Screen.ISSUING
    state, effects = step(state, v.Tick(130))
    assert (state.screen, state.fault, effects) == (Screen.FAULT, "E-DSK-01", (v.Wiped(),))


@pytest.mark.parametrize("screen", [Screen.ATTRACT, Screen.FAULT])
def test_a_language_chosen_and_left_goes_back_without_a_warning(screen: Screen) -> None:
    state, _ = run(*ROADS[screen], v.SetLanguage("en"), v.Tick(10), v.Tick(54))
    assert (state.language, state.warned) == ("en", False)
    state, effects = step(state, v.Tick(55))
    assert (state.screen, state.language, state.warned, effects) == (screen, "id", False, (v.Wiped(),))
    assert run(v.Tick(1000), state=state)[1] == [], "and rests then"


def test_help_left_open_on_the_attract_screen_is_warned_of() -> None:
    state, _ = run(v.Tick(0), v.ShowHelp(), v.Tick(10), v.Tick(55))
    assert (state.warned, state.help) == (True, True)
    assert run(v.Touched(), state=state)[0].help
    assert is_fresh(run(v.Tick(75), state=state)[0])


# --- faults -----------------------------------------------------------------------------------------------------------


def test_a_fault_shows_its_code_until_the_desk_serves_again() -> None:
    state, _ = run(*TO_SHEET, v.DeskFailed("E-STO-02"))
    assert (state.screen, state.fault, state.service) == (Screen.FAULT, "E-STO-02", None)
    state, _ = run(v.Start(), v.Home(), v.Tick(10_000), v.DeskFailed("E-STO-03"), state=state)
    assert (state.screen, state.fault) == (Screen.FAULT, "E-STO-03")
    assert is_fresh(run(v.DeskReady(), state=state)[0])


@pytest.mark.parametrize(
    ("road", "leaving", "effects"),
    [
        (TO_NOT_PRINTED, v.KeepNumber(), [v.Keep("t1"), v.Wiped()]),
        (TO_NOT_PRINTED, v.CancelNumber(), [v.Void("t1", "cancelled"), v.Wiped()]),
        (TO_NOT_PRINTED, v.Tick(99), [v.Void("t1", "silence"), v.Wiped()]),
        (TO_RESULT, v.Done(), [v.Wiped()]),
        (TO_RESULT, v.AnotherTicket(), [v.Wiped()]),
        (TO_RESULT, v.Home(), [v.Wiped()]),
        (TO_RESULT, v.Tick(99), [v.Wiped()]),
    ],
)
def test_a_fault_waits_for_the_ticket_on_the_screen(
    road: tuple[Any, ...], leaving: Any, effects: list[Any]
) -> None:
    before, _ = run(*road, v.Tick(1))
    during, found = step(before, v.DeskFailed("E-STO-02"))
    assert (during, found) == (replace(before, fault="E-STO-02"), ())
    after, found = step(during, leaving)
    assert (after.screen, list(found)) == (Screen.FAULT, effects)
    healed, _ = run(v.DeskReady(), leaving, state=during)
    assert (healed.screen, healed.fault) == (run(leaving, state=before)[0].screen, None)


# --- what holds after anything ----------------------------------------------------------------------------------------


def is_fresh(state: Visit) -> bool:
    """Whether nothing of a visitor is left: every field as in a new visit but those that belong to the machine."""
    machine = ("now", "since", "anew", "serial", "timing", "fault", "screen", "default_language")
    start = Visit(language=state.default_language)
    same = all(
        getattr(state, f.name) == getattr(start, f.name) for f in fields(Visit) if f.name not in machine
    )
    return same and state.screen in (Screen.ATTRACT, Screen.FAULT)


codes = st.sampled_from(["A", "B", "C"])
touches = st.one_of(
    st.builds(v.Start, st.sampled_from([None, "id", "en"])),
    st.builds(v.ChooseAgency, codes),
    st.builds(v.ChooseService, codes.map(lambda code: f"{code}01"), codes),
    st.builds(v.TypeQuery, st.text(max_size=50)),
    st.builds(v.TurnPage, st.integers(-2, 9)),
    st.builds(v.TurnLeaf, st.integers(-2, 9)),
    st.builds(
        v.SetModes,
        st.builds(Modes, *[st.booleans()] * 2, st.sampled_from(["", "light", "dark"]), *[st.booleans()] * 3),
    ),
    st.builds(v.SetPriority, st.booleans()),
    st.builds(v.SetLanguage, st.sampled_from(["id", "en"])),
    st.sampled_from(
        [event for event in EVENTS.values() if not fields(event) and not isinstance(event, v._SILENT)]
    ),
)
outcomes = st.sampled_from(list(v.Outcome))


class AnyVisit(RuleBasedStateMachine):
    """A window with a desk behind it that answers when it likes, under any touches."""

    def __init__(self) -> None:
        super().__init__()
        self.state = Visit(timing=TIMING)
        self.now = 0.0
        self.desk: dict[int, v.Issue] = {}
        """What the desk has not answered yet."""
        self.without_paper: dict[str, str] = {}
        """Tickets that were not printed, and what became of them: ``open``, ``kept`` or ``voided``."""
        self.sheets = 0
        self.issues = 0

    @initialize(language=st.sampled_from(["id", "en"]))
    def in_either_language(self, language: str) -> None:
        self.state = replace(self.state, language=language, default_language=language)

    def send(self, event: Any) -> tuple[Visit, tuple[v.Effect, ...]]:
        before = self.state
        after, effects = step(before, event)
        self.state = after
        self.check(before, event, after, effects)
        return before, effects

    def check(self, before: Visit, event: Any, after: Visit, effects: tuple[v.Effect, ...]) -> None:
        touched = not isinstance(event, v._SILENT)
        if after.screen is Screen.SHEET and before.screen is not Screen.SHEET:
            self.sheets += 1
        for effect in effects:
            match effect:
                case v.Issue():
                    assert isinstance(event, v.TakeTicket)
                    assert before.screen is Screen.SHEET
                    assert effect.request not in self.desk
                    assert (effect.service, effect.priority, effect.language) == (
                        before.service,
                        before.priority,
                        before.language,
                    )
                    self.desk[effect.request] = effect
                    self.issues += 1
                case v.Keep():
                    assert self.without_paper[effect.ticket] == "open"
                    self.without_paper[effect.ticket] = "kept"
                case v.Void():
                    assert self.without_paper[effect.ticket] == "open"
                    self.without_paper[effect.ticket] = "voided"
                case v.Wiped():
                    assert is_fresh(after) or isinstance(event, v.AnotherTicket)
        if before.warned and touched:
            assert (after.screen, after.help, after.language, effects) == (
                before.screen,
                before.help,
                before.language,
                (),
            )
            assert not after.warned
        if before.screen is Screen.NOT_PRINTED and after.screen is not Screen.NOT_PRINTED:
            assert before.issued is not None
            assert self.without_paper[before.issued.ticket] in ("kept", "voided")
        if after.screen in (Screen.ATTRACT, Screen.FAULT) and before.screen is not after.screen:
            assert is_fresh(after)
            assert v.Wiped() in effects
        if before.warned and not after.warned and not touched:
            failed = isinstance(event, v.DeskFailed)
            assert failed or self.now - before.since >= TIMING.warning, "a warning was cut short"

    @rule(event=touches)
    def touch(self, event: Any) -> None:
        self.send(event)

    @rule(event=touches)
    def double_tap(self, event: Any) -> None:
        issues = self.issues
        self.send(event)
        self.send(event)
        assert self.issues <= issues + 1

    @rule(agency=codes, language=st.sampled_from([None, "en"]))
    def go_to_a_sheet(self, agency: str, language: str | None) -> None:
        """Random touches alone seldom come far."""
        for event in (
            v.CloseHelp(),
            v.Start(language),
            v.ChooseAgency(agency),
            v.ChooseService(f"{agency}01", agency),
        ):
            self.send(event)

    @rule(passed=st.sampled_from([0.1, 1.0, 5.0, 19.0, 21.0, 44.0, 46.0, 70.0, 4000.0]))
    def time_passes(self, passed: float) -> None:
        self.now += passed
        self.send(v.Tick(self.now))

    @precondition(lambda self: self.desk)
    @rule(data=st.data(), outcome=outcomes)
    def the_desk_answers(self, data: st.DataObject, outcome: v.Outcome) -> None:
        request = data.draw(st.sampled_from(sorted(self.desk)))
        del self.desk[request]
        name = f"ticket-{request}"
        if outcome is v.Outcome.NOT_PRINTED:
            self.without_paper[name] = "open"
        before, effects = self.send(v.TicketIssued(request, ticket(outcome, name)))
        self.check_late(before, request)
        if outcome is v.Outcome.NOT_PRINTED and before.request != request:
            assert v.Void(name, "silence") in effects

    @precondition(lambda self: self.desk)
    @rule(data=st.data())
    def the_desk_refuses(self, data: st.DataObject) -> None:
        request = data.draw(st.sampled_from(sorted(self.desk)))
        del self.desk[request]
        before, _ = self.send(v.TicketRefused(request, QUOTA))
        self.check_late(before, request)

    def check_late(self, before: Visit, request: int) -> None:
        if before.request != request and before.fault != v.DESK_SILENT:
            assert self.state == before, "a late answer changed the screen"

    @rule(code=st.sampled_from(["E-STO-01", "E-STO-02"]))
    def the_desk_fails(self, code: str) -> None:
        self.send(v.DeskFailed(code))

    @rule()
    def the_desk_is_ready(self) -> None:
        self.send(v.DeskReady())

    @invariant()
    def at_most_one_issue_is_waited_for(self) -> None:
        assert (self.state.request is not None) == (self.state.screen is Screen.ISSUING)
        assert self.state.request is None or self.state.request == self.state.serial

    @invariant()
    def a_sheet_gives_at_most_one_ticket(self) -> None:
        assert self.issues <= self.sheets

    @invariant()
    def no_unprinted_number_is_open_but_the_one_on_the_screen(self) -> None:
        shown = self.state.issued.ticket if self.state.issued is not None else None
        assert {name for name, fate in self.without_paper.items() if fate == "open"} <= {shown}

    @invariant()
    def what_a_screen_shows_is_there(self) -> None:
        state = self.state
        assert (state.issued is not None) == (state.screen in (Screen.RESULT, Screen.NOT_PRINTED))
        assert (state.service is not None) == (
            state.screen in (Screen.SHEET, Screen.ISSUING, Screen.RESULT, Screen.NOT_PRINTED)
        )
        if state.screen in (Screen.SERVICES, Screen.SHEET):
            assert state.agency is not None
        counting = state.warned or state.screen in (Screen.RESULT, Screen.NOT_PRINTED)
        assert (state.countdown is not None) == counting
        assert state.countdown is None or state.countdown >= 1
        if state.screen is Screen.FAULT:
            assert state.fault is not None
        assert len(state.query) <= 40

    @invariant()
    def left_alone_the_window_comes_to_rest(self) -> None:
        """Without touches every screen is back at the start in its own time, told in ticks of a second."""
        state, now = self.state, self.now
        longest = max(TIMING.idle + TIMING.warning, TIMING.result, TIMING.decide, TIMING.issue_limit)
        # A language or a mode left behind on the attract screen goes after that; some modes take twice the time.
        limit = (longest + TIMING.idle) * state.modes.patience + 3
        while now < self.now + limit and not at_rest(state):
            now += 1
            state, _ = step(state, v.Tick(now))
        assert at_rest(state)


def at_rest(state: Visit) -> bool:
    return is_fresh(state) and not state.warned


AnyVisit.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestAnyVisit = AnyVisit.TestCase


@given(st.lists(touches, max_size=30), st.floats(0.05, 3.0))
def test_whoever_is_warned_has_the_whole_warning(events: list[Any], tick: float) -> None:
    """At any rate of ticks: from the first warned state to the wipe at least ``warning`` seconds pass."""
    state, _ = run(v.Tick(0), *events)
    now, warned_at = 0.0, None
    for _ in range(int(150 / tick)):
        now += tick
        state, effects = step(state, v.Tick(now))
        if state.warned and warned_at is None:
            warned_at = now
        if v.Wiped() in effects and warned_at is not None:
            assert now - warned_at >= TIMING.warning - 1e-6
            return
    assert warned_at is None or not state.warned
