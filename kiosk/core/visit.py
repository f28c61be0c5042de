"""A visit as data: which screen follows which, and nothing else decides that.

``step(state, event) -> (state, effects)`` is pure. Screens show a state and send events; they never navigate.
Time is an input: ``Tick(at)`` carries a monotonic instant in seconds, so a test turns hours into a list of
events.

The road of one visit::

    ATTRACT → AGENCIES → SERVICES → SHEET → ISSUING → RESULT ──────→ ATTRACT
                  ↕  SEARCH ────────┘           ├──→ NOT_PRINTED ──→ ATTRACT
                                                └──→ SHEET (refused, with the reason)

Held in every state and tested as properties: at most one ``Issue`` is under way; after a wipe nothing of the
visitor is left; NOT_PRINTED is left only with ``Keep`` or ``Void``, so that no counter calls a number nobody
holds; and every screen without touches finds its way back to ATTRACT (or FAULT).

Two kinds of patience (WCAG 2.2.1). Screens of choice go quiet after ``idle``, then warn for at least
``warning`` seconds; one touch, which presses nothing else, starts all anew. RESULT and NOT_PRINTED show their
own countdown from the start; a touch starts it anew. Only ISSUING waits the same whatever is touched. A clock
starts at the first ``Tick`` after its cause: however late ticks are, no one is given less than the time
promised.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.core.visit_events import (
    AnotherTicket,
    Back,
    CallStaff,
    CancelNumber,
    ChooseAgency,
    ChooseService,
    CloseAccess,
    CloseHelp,
    CloseInfo,
    CloseMore,
    DeskFailed,
    DeskReady,
    Done,
    Effect,
    Event,
    Home,
    Issue,
    Keep,
    KeepNumber,
    ListPrinted,
    MakeList,
    OpenSearch,
    PrintList,
    SetLanguage,
    SetModes,
    SetPriority,
    ShowAccess,
    ShowHelp,
    ShowInfo,
    ShowMore,
    Speaking,
    StaffTold,
    Start,
    Summon,
    TakeTicket,
    Tick,
    TicketIssued,
    TicketRefused,
    Touched,
    TurnLeaf,
    TurnPage,
    TypeQuery,
    Void,
    Wiped,
)
from kiosk.core.visit_pages import (
    MOST_CALLS,
    MOST_LISTS,
    PAGED,
    TOO_MANY,
    Step,
    call_staff,
    close_help,
    close_info,
    close_more,
    expect,
    is_printing,
    leaf_of,
    list_printed,
    print_list,
    set_modes,
    show_access,
    show_help,
    show_info,
    show_more,
    staff_told,
    turn_leaf,
)
from kiosk.core.visit_state import (
    Call,
    Issued,
    Listing,
    Outcome,
    Screen,
    Timing,
    Visit,
)

__all__ = [
    "DESK_SILENT",
    "MOST_CALLS",
    "MOST_LISTS",
    "TOO_MANY",
    "AnotherTicket",
    "Back",
    "Call",
    "CallStaff",
    "CancelNumber",
    "ChooseAgency",
    "ChooseService",
    "CloseAccess",
    "CloseHelp",
    "CloseInfo",
    "CloseMore",
    "DeskFailed",
    "DeskReady",
    "Done",
    "Effect",
    "Event",
    "Home",
    "Issue",
    "Issued",
    "Keep",
    "KeepNumber",
    "ListPrinted",
    "Listing",
    "MakeList",
    "OpenSearch",
    "Outcome",
    "PrintList",
    "Screen",
    "SetLanguage",
    "SetModes",
    "SetPriority",
    "ShowAccess",
    "ShowHelp",
    "ShowInfo",
    "ShowMore",
    "Speaking",
    "StaffTold",
    "Start",
    "Step",
    "Summon",
    "TakeTicket",
    "Tick",
    "TicketIssued",
    "TicketRefused",
    "Timing",
    "Touched",
    "TurnLeaf",
    "TurnPage",
    "TypeQuery",
    "Visit",
    "Void",
    "Wiped",
    "leaf_of",
    "step",
]

DESK_SILENT = "E-DSK-01"
"""The fault that the window itself finds: the desk did not answer within ``Timing.issue_limit``."""

_SILENT = (Tick, TicketIssued, TicketRefused, DeskFailed, DeskReady, Speaking, ListPrinted, StaffTold)
"""Events that are not a person's touch."""
_ABOVE_HELP = (
    ShowHelp,
    CloseHelp,
    ShowAccess,
    CloseAccess,
    ShowInfo,
    CloseInfo,
    CallStaff,
    SetModes,
    TurnLeaf,
    Back,
    Home,
    SetLanguage,
    Touched,
)
"""What can be touched while a page lies over the screen."""
_ABOVE_SHEET = (*_ABOVE_HELP, PrintList, CloseMore)
"""The same, where the page is the one of what can be taken along."""


def step(state: Visit, event: Event) -> Step:
    """Return the next state and what must be done. Pure; an event that has no meaning here changes nothing.

    A touch while the idle warning is up only says "I am still here", and a touch while help is open reaches
    the footer alone: neither presses what lies beneath.
    """
    if not isinstance(event, _SILENT):
        if state.warned:
            return _stay(state), ()
        if state.screen is not Screen.ISSUING:
            state = replace(state, since=state.now, anew=True)
        covered = state.help or state.access or state.info
        if state.overlaid and not isinstance(event, _ABOVE_HELP if covered else _ABOVE_SHEET):
            return state, ()
    rule = _RULES.get(type(event))
    assert rule is not None, f"no rule for {type(event).__name__}"  # a missing rule is a programming mistake
    return rule(state, event)


def _stay(state: Visit) -> Visit:
    return replace(state, warned=False, countdown=None, since=state.now, anew=True)


def _go(state: Visit, screen: Screen, **changes: Any) -> Visit:
    """Enter ``screen``: its page, help, refusal and clock start anew."""
    start = {
        "page": 0,
        "leaf": 0,
        "help": False,
        "access": False,
        "info": False,
        "more": False,
        "refused": None,
        "warned": False,
        "countdown": None,
    }
    return replace(state, screen=screen, since=state.now, anew=True, **{**start, **changes})


def _forward(state: Visit, screen: Screen, **changes: Any) -> Visit:
    """Enter ``screen`` so that Back leads here again, to the same page."""
    return _go(state, screen, trail=(*state.trail, (state.screen, state.page)), **changes)


def _wipe(state: Visit) -> Step:
    return state.fresh(), (Wiped(),)


def _start(state: Visit, event: Start) -> Step:
    if state.screen is not Screen.ATTRACT:
        return state, ()
    return _go(state, Screen.AGENCIES, language=event.language or state.language), ()


def _choose_agency(state: Visit, event: ChooseAgency) -> Step:
    if state.screen not in (Screen.AGENCIES, Screen.SEARCH):
        return state, ()
    return _forward(state, Screen.SERVICES, agency=event.agency), ()


def _choose_service(state: Visit, event: ChooseService) -> Step:
    if state.screen not in (Screen.SERVICES, Screen.SEARCH):
        return state, ()
    return _forward(
        state, Screen.SHEET, agency=event.agency, service=event.service, priority=False, listing=None
    ), ()


def _open_search(state: Visit, event: OpenSearch) -> Step:
    if state.screen is not Screen.AGENCIES:
        return state, ()
    return _forward(state, Screen.SEARCH, query=""), ()


def _type_query(state: Visit, event: TypeQuery) -> Step:
    if state.screen is not Screen.SEARCH:
        return state, ()
    page = state.page if state.modes.plain else 0  # in one column the letters may stand on a later page
    return replace(state, query=event.query[:40], page=page), ()


def _turn_page(state: Visit, event: TurnPage) -> Step:
    if state.screen not in PAGED:
        return state, ()
    return replace(state, page=max(0, event.page)), ()


def _set_priority(state: Visit, event: SetPriority) -> Step:
    if state.screen is not Screen.SHEET:
        return state, ()
    return replace(state, priority=event.priority), ()


def _take(state: Visit, event: TakeTicket) -> Step:
    if state.screen is not Screen.SHEET or state.service is None or is_printing(state):
        return state, ()  # two papers at once would make the second wait longer than it may
    serial = state.serial + 1
    issue = Issue(serial, state.service, state.priority, state.language)
    return _go(state, Screen.ISSUING, request=serial, serial=serial), (issue,)


def _issued(state: Visit, event: TicketIssued) -> Step:
    issued = event.issued
    printed = issued.outcome is not Outcome.NOT_PRINTED
    if state.screen is not Screen.ISSUING or state.request != event.request:
        # Nobody is waiting for this answer any more. With paper the visitor has it in hand; without paper
        # nobody knows the number, so it must not be called. (Unless it is the one on the screen, told a
        # second time.)
        known = printed or (state.issued is not None and state.issued.ticket == issued.ticket)
        after, effects = _desk_speaks(state)
        return after, (*effects, *(() if known else (Void(issued.ticket, "silence"),)))
    screen, patience = (
        (Screen.RESULT, state.timing.result) if printed else (Screen.NOT_PRINTED, state.timing.decide)
    )
    countdown = _whole(patience * state.modes.patience)
    return _go(state, screen, request=None, issued=issued, countdown=countdown), ()


def _refused(state: Visit, event: TicketRefused) -> Step:
    if state.screen is not Screen.ISSUING or state.request != event.request:
        return _desk_speaks(state)
    return _go(state, Screen.SHEET, request=None, refused=event.reason), ()


def _desk_speaks(state: Visit) -> Step:
    """A late answer changes no visit; but it ends the fault that the desk was silent, for it is not any more."""
    return _desk_ready(state, DeskReady()) if state.fault == DESK_SILENT else (state, ())


def _desk_failed(state: Visit, event: DeskFailed) -> Step:
    state = replace(state, fault=event.code)
    if state.screen in _ANSWERED:
        # The ticket on the screen was given before the trouble. Its visitor reads on and decides; then comes
        # FAULT.
        return state, ()
    return _wipe(state)


def _desk_ready(state: Visit, event: DeskReady) -> Step:
    if state.fault is None:
        return state, ()
    state = replace(state, fault=None)
    return _wipe(state) if state.screen is Screen.FAULT else (state, ())


def _keep(state: Visit, event: KeepNumber) -> Step:
    if state.screen is not Screen.NOT_PRINTED or state.issued is None:
        return state, ()
    after, effects = _wipe(state)
    return after, (Keep(state.issued.ticket), *effects)


def _cancel(state: Visit, event: CancelNumber) -> Step:
    return _give_up(state, "cancelled")


def _give_up(state: Visit, why: str) -> Step:
    if state.screen is not Screen.NOT_PRINTED or state.issued is None:
        return state, ()
    after, effects = _wipe(state)
    return after, (Void(state.issued.ticket, why), *effects)


def _another(state: Visit, event: AnotherTicket) -> Step:
    if state.screen is not Screen.RESULT:
        return state, ()
    if state.fault is not None:
        return _wipe(state)
    # The same person goes on: language, modes and what is rationed stay; the rest of the first ticket goes.
    after = replace(
        state.fresh(),
        modes=state.modes,
        speaking=state.speaking,
        lists=state.lists,
        call=state.call,
        calls=state.calls,
    )
    return _go(after, Screen.AGENCIES, language=state.language), (Wiped(),)


def _done(state: Visit, event: Done) -> Step:
    return _wipe(state) if state.screen is Screen.RESULT else (state, ())


def _back(state: Visit, event: Back) -> Step:
    if state.info:
        return close_info(state, CloseInfo())
    if state.help or state.access:
        return close_help(state, CloseHelp())
    if state.more:
        return close_more(state, CloseMore())
    if state.screen not in PAGED:
        return state, ()
    if not state.trail:
        return _wipe(state)
    (target, page), trail = state.trail[-1], state.trail[:-1]
    kept = {"agency": state.agency if target is Screen.SERVICES else None, "service": None, "priority": False}
    query = "" if target is Screen.AGENCIES else state.query
    return _go(state, target, page=page, trail=trail, query=query, **kept), ()


def _home(state: Visit, event: Home) -> Step:
    if state.screen in (Screen.ATTRACT, Screen.ISSUING, Screen.NOT_PRINTED, Screen.FAULT):
        # NOT_PRINTED asks for one of two answers; "home" is neither.
        return close_help(state, CloseHelp())
    return _wipe(state)


def _speaking(state: Visit, event: Speaking) -> Step:
    return replace(state, speaking=event.speaking), ()


def _set_language(state: Visit, event: SetLanguage) -> Step:
    return replace(state, language=event.language), ()


def _touched(state: Visit, event: Touched) -> Step:
    return state, ()


_ANSWERED = (Screen.RESULT, Screen.NOT_PRINTED)
"""Screens that show a ticket, and their own countdown from the start."""


def _tick(state: Visit, event: Tick) -> Step:
    now = max(event.at, state.now)
    since = now if state.anew else state.since
    if state.speaking and state.screen is not Screen.ISSUING and not state.anew:
        since += now - state.now  # nobody's time runs while they listen
    state = expect(replace(state, now=now, since=since, anew=False))
    waited = now - state.since
    timing = _patient(state.timing, state.modes.patience)
    if state.screen is Screen.RESULT:
        return _count(state, timing.result - waited, _wipe)
    if state.screen is Screen.NOT_PRINTED:
        return _count(state, timing.decide - waited, lambda s: _give_up(s, "silence"))
    if state.screen is Screen.ISSUING:
        return _desk_failed(state, DeskFailed(DESK_SILENT)) if waited >= timing.issue_limit else (state, ())
    if state.warned:
        return _count(state, timing.warning - waited, _wipe)
    if waited < timing.idle:
        return state, ()
    if state.screen in (Screen.ATTRACT, Screen.FAULT) and not state.overlaid:
        # Nothing to lose but language and modes: no warning over a screen that invites, or cannot serve.
        return (state, ()) if state.untouched else _wipe(state)
    return replace(state, warned=True, since=now, countdown=_whole(timing.warning)), ()


def _patient(timing: Timing, times: int) -> Timing:
    """Return a visitor's patience ``times`` as long; the desk's own limit stays."""
    if times == 1:
        return timing
    return replace(
        timing,
        idle=timing.idle * times,
        warning=timing.warning * times,
        result=timing.result * times,
        decide=timing.decide * times,
    )


def _count(state: Visit, left: float, then: Callable[[Visit], Step]) -> Step:
    return then(state) if left <= 0 else (replace(state, countdown=_whole(left)), ())


def _whole(seconds: float) -> int:
    return max(1, math.ceil(seconds))


_RULES: dict[type, Callable[[Visit, Any], Step]] = {
    Start: _start,
    ChooseAgency: _choose_agency,
    ChooseService: _choose_service,
    OpenSearch: _open_search,
    TypeQuery: _type_query,
    TurnPage: _turn_page,
    SetPriority: _set_priority,
    TakeTicket: _take,
    TicketIssued: _issued,
    TicketRefused: _refused,
    DeskFailed: _desk_failed,
    DeskReady: _desk_ready,
    KeepNumber: _keep,
    CancelNumber: _cancel,
    AnotherTicket: _another,
    Done: _done,
    Back: _back,
    Home: _home,
    ShowHelp: show_help,
    CloseHelp: close_help,
    ShowAccess: show_access,
    CloseAccess: close_help,
    SetModes: set_modes,
    TurnLeaf: turn_leaf,
    Speaking: _speaking,
    SetLanguage: _set_language,
    Touched: _touched,
    Tick: _tick,
    ShowMore: show_more,
    CloseMore: close_more,
    PrintList: print_list,
    ListPrinted: list_printed,
    ShowInfo: show_info,
    CloseInfo: close_info,
    CallStaff: call_staff,
    StaffTold: staff_told,
}
