"""The pages that lie over a visit's screens, and what is asked for there: help, what can be made easier, the mall's own
page, what can be taken along, a call for staff. Rules of ``kiosk.core.visit.step``, pure like all of them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from kiosk.core.visit_events import (
    CallStaff,
    CloseHelp,
    CloseInfo,
    CloseMore,
    Effect,
    ListPrinted,
    MakeList,
    PrintList,
    SetModes,
    ShowAccess,
    ShowHelp,
    ShowInfo,
    ShowMore,
    StaffTold,
    Summon,
    TurnLeaf,
)
from kiosk.core.visit_state import Call, Listing, Outcome, Screen, Visit

Step: TypeAlias = tuple[Visit, tuple[Effect, ...]]

MOST_LISTS = 3
"""Lists of what to bring in one visit: more would only empty the roll."""
MOST_CALLS = 3
"""Calls for staff in one visit, each after the one before has failed."""
TOO_MANY = "too_many"
"""Why a list was not printed: enough were, in this visit or at this kiosk."""

PAGED = (Screen.AGENCIES, Screen.SEARCH, Screen.SERVICES, Screen.SHEET)


def show_help(state: Visit, event: ShowHelp) -> Step:
    if state.screen in (Screen.ISSUING, Screen.FAULT):
        return state, ()
    return replace(state, help=True, access=False, info=False, leaf=0), ()


def close_help(state: Visit, event: CloseHelp) -> Step:
    return replace(state, help=False, access=False, info=False, leaf=0), ()


def show_access(state: Visit, event: ShowAccess) -> Step:
    if state.screen in (Screen.ISSUING, Screen.FAULT):
        return state, ()
    return replace(state, access=True, help=False, info=False, leaf=0), ()


def show_info(state: Visit, event: ShowInfo) -> Step:
    if state.screen in (Screen.ISSUING, Screen.FAULT):
        return state, ()
    return replace(state, info=True, access=False, leaf=0), ()


def close_info(state: Visit, event: CloseInfo) -> Step:
    return replace(state, info=False, leaf=0), ()


def show_more(state: Visit, event: ShowMore) -> Step:
    if state.screen is not Screen.SHEET:
        return state, ()
    return replace(state, more=True, leaf=0), ()


def close_more(state: Visit, event: CloseMore) -> Step:
    return replace(state, more=False, leaf=0), ()


def is_printing(state: Visit) -> bool:
    return state.listing is not None and state.listing.outcome is None


def print_list(state: Visit, event: PrintList) -> Step:
    if not state.more or state.service is None or is_printing(state):
        return state, ()
    serial = state.serial + 1
    if state.lists >= MOST_LISTS:
        refused = Listing(serial, Outcome.NOT_PRINTED, TOO_MANY)
        return replace(state, listing=refused, serial=serial, leaf=0), ()
    listing = Listing(serial, since=state.now)
    made = MakeList(serial, state.service, state.language)
    return replace(state, listing=listing, lists=state.lists + 1, serial=serial, leaf=0), (made,)


def list_printed(state: Visit, event: ListPrinted) -> Step:
    listing = state.listing
    if listing is None or listing.request != event.request:
        return state, ()
    return replace(state, listing=replace(listing, outcome=event.outcome, cause=event.cause)), ()


def call_staff(state: Visit, event: CallStaff) -> Step:
    """A call is made once: another one only after it is known that nobody was told, and not for ever."""
    call = state.call
    if not state.help or state.calls >= MOST_CALLS:
        return state, ()
    if call is not None and call.told is not False:
        return state, ()
    serial = state.serial + 1
    after = replace(state, call=Call(serial, since=state.now), calls=state.calls + 1, serial=serial)
    return after, (Summon(serial, state.screen.value, state.language),)


def staff_told(state: Visit, event: StaffTold) -> Step:
    """The answer, early or late: what was given up is told after all when the server has it."""
    call = state.call
    if call is None or call.request != event.request or call.told:
        return state, ()
    return replace(state, call=replace(call, told=event.told)), ()


def set_modes(state: Visit, event: SetModes) -> Step:
    if state.screen in (Screen.ISSUING, Screen.FAULT):
        return state, ()
    before, after = state.modes, event.modes
    if (before.plain, before.large, before.big, before.low) != (
        after.plain,
        after.large,
        after.big,
        after.low,
    ):
        # Another layout has other pages.
        page = state.page if before.plain and after.plain else 0
        state = replace(state, page=page, leaf=state.leaf if before.plain and after.plain else 0)
    return replace(state, modes=after), ()


def turn_leaf(state: Visit, event: TurnLeaf) -> Step:
    leaf = max(0, event.leaf)
    if state.overlaid or state.screen not in PAGED:
        return replace(state, leaf=leaf), ()
    return replace(state, page=leaf), ()


def leaf_of(state: Visit) -> int:
    """Return the page that shows where the screen is one column."""
    return state.leaf if state.overlaid or state.screen not in PAGED else state.page


def expect(state: Visit) -> Visit:
    """Say of a list or a call that has waited for its answer too long what is known of it."""
    listing, call = state.listing, state.call
    limit = state.timing.issue_limit
    if listing is not None and listing.outcome is None and state.now - listing.since >= limit:
        # It may have come out and it may not: the visitor can see the slot, the window cannot.
        state = replace(state, listing=replace(listing, outcome=Outcome.UNCONFIRMED))
    if call is not None and call.told is None and state.now - call.since >= state.timing.call_limit:
        state = replace(state, call=replace(call, told=False))
    return state
