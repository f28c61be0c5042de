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
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeAlias

from kiosk.core.availability import Closed
from kiosk.core.modes import Modes


class Screen(StrEnum):
    """What the window shows. The value is also the name of the screen's files in ``ui/screens``."""

    ATTRACT = "attract"
    AGENCIES = "agencies"
    SEARCH = "search"
    SERVICES = "services"
    SHEET = "sheet"
    ISSUING = "issuing"
    RESULT = "result"
    NOT_PRINTED = "not_printed"
    FAULT = "fault"


class Outcome(StrEnum):
    """What is known of the paper (DESIGN: a ticket's road)."""

    PRINTED = "printed"
    UNCONFIRMED = "unconfirmed"
    NOT_PRINTED = "not_printed"


@dataclass(frozen=True)
class Issued:
    """The ticket a visitor holds or should hold: what the result screens show."""

    ticket: str
    number: str
    service: str
    outcome: Outcome
    cause: str | None
    """Why there is no paper: ``paper_out``, ``cover_open``, ``offline``, … ; None when there is one."""
    qr: str
    issued_at: str
    """Local wall-clock time with zone, ready to show: ``09.41 WIB``."""
    ahead: int | None = None
    priority: bool = False


@dataclass(frozen=True)
class Timing:
    """Seconds of patience. ``idle`` then ``warning``: a warning with a countdown, then everything is
    wiped."""

    idle: float = 45.0
    warning: float = 20.0
    result: float = 20.0
    """How long a printed ticket's screen stays."""
    decide: float = 60.0
    """How long the not-printed screen waits for an answer before the number is voided."""
    issue_limit: float = 30.0
    """The desk always answers sooner (its own deadlines); past this the window stops waiting and says so."""


@dataclass(frozen=True)
class Visit:
    """The whole state of the window. ``fresh()`` gives the one that holds nothing of anybody."""

    screen: Screen = Screen.ATTRACT
    language: str = "id"
    agency: str | None = None
    service: str | None = None
    query: str = ""
    page: int = 0
    priority: bool = False
    help: bool = False
    access: bool = False
    """The page of what can be made easier is open."""
    modes: Modes = field(default_factory=Modes)
    leaf: int = 0
    """Page of what has no pages of its own, where it is shown as one column: overlays, tickets."""
    speaking: bool = False
    """The kiosk is speaking: a visitor's time stands still meanwhile."""
    trail: tuple[tuple[Screen, int], ...] = ()
    """Where Back leads: the screens behind this one, each with its page, the last visited at the end."""
    refused: Closed | None = None
    """Why the desk gave no number for this service just now."""
    request: int | None = None
    """The Issue under way; answers to any other request are late and change nothing on the screen."""
    issued: Issued | None = None
    fault: str | None = None
    """A stable code (``E-STO-02``) while the kiosk cannot serve."""
    countdown: int | None = None
    """Whole seconds left where the screen shows them: idle warning, result, decision."""
    warned: bool = False
    """The idle warning is up: any touch means "I am still here" and nothing else."""
    now: float = 0.0
    since: float = 0.0
    """Instant of the last touch, of the screen's start, or of the idle warning."""
    anew: bool = True
    """The next Tick sets ``since``: the screen's clock has not started yet."""
    serial: int = 0
    """Counts requests over the life of the process; survives a wipe so that a late answer is recognised."""
    default_language: str = "id"
    timing: Timing = field(default_factory=Timing)

    def fresh(self) -> Visit:
        """Return the state after a wipe: attract screen, default language, nothing kept."""
        return Visit(
            language=self.default_language,
            default_language=self.default_language,
            timing=self.timing,
            now=self.now,
            since=self.now,
            serial=self.serial,
            fault=self.fault,
            screen=Screen.FAULT if self.fault else Screen.ATTRACT,
        )


# --- events -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Bare:
    """An event that says all by its class; one dataclass serves them, since each costs a millisecond to
    make."""


@dataclass(frozen=True)
class Start:
    """The invitation was touched; a language button also names its language."""

    language: str | None = None


@dataclass(frozen=True)
class ChooseAgency:
    agency: str


@dataclass(frozen=True)
class ChooseService:
    service: str
    agency: str


class OpenSearch(_Bare):
    pass


@dataclass(frozen=True)
class TypeQuery:
    """The whole text in the search field now."""

    query: str


@dataclass(frozen=True)
class TurnPage:
    """Show page ``page`` (from 0); the screen knows how many there are."""

    page: int


@dataclass(frozen=True)
class SetPriority:
    priority: bool


class TakeTicket(_Bare):
    pass


@dataclass(frozen=True)
class TicketIssued:
    request: int
    issued: Issued


@dataclass(frozen=True)
class TicketRefused:
    request: int
    reason: Closed


@dataclass(frozen=True)
class DeskFailed:
    """The store or the desk cannot serve; ``code`` is stable and documented."""

    code: str


class DeskReady(_Bare):
    """The desk serves again."""


class KeepNumber(_Bare):
    """ "I noted my number": the ticket stays callable without paper."""


class CancelNumber(_Bare):
    """The visitor gives the number up."""


class AnotherTicket(_Bare):
    """From the result: a number for one more service."""


class Done(_Bare):
    pass


class Back(_Bare):
    pass


class Home(_Bare):
    pass


class ShowHelp(_Bare):
    pass


class CloseHelp(_Bare):
    pass


class ShowAccess(_Bare):
    pass


class CloseAccess(_Bare):
    pass


@dataclass(frozen=True)
class SetModes:
    modes: Modes


@dataclass(frozen=True)
class TurnLeaf:
    """Show page ``leaf`` (from 0) of a screen shown as one column."""

    leaf: int


@dataclass(frozen=True)
class Speaking:
    """The kiosk began or ended to speak."""

    speaking: bool


@dataclass(frozen=True)
class SetLanguage:
    language: str


class Touched(_Bare):
    """A touch that pressed nothing: somebody is here. The idle warning must hold a touch to its end: what
    follows this event presses again."""


@dataclass(frozen=True)
class Tick:
    """Time passes: ``at`` is a monotonic instant in seconds."""

    at: float


Event: TypeAlias = (
    Start | ChooseAgency | ChooseService | OpenSearch | TypeQuery | TurnPage | SetPriority | TakeTicket |
    TicketIssued | TicketRefused | DeskFailed | DeskReady | KeepNumber | CancelNumber | AnotherTicket | Done |
    Back | Home | ShowHelp | CloseHelp | ShowAccess | CloseAccess | SetModes | TurnLeaf | Speaking |
    SetLanguage | Touched | Tick
)  # fmt: skip


# --- effects ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Issue:
    """Take a ticket at the desk; the answer comes as TicketIssued, TicketRefused or DeskFailed."""

    request: int
    service: str
    priority: bool
    language: str


@dataclass(frozen=True)
class Keep:
    ticket: str


@dataclass(frozen=True)
class Void:
    ticket: str
    why: str
    """``cancelled`` (the visitor said so) or ``silence`` (nobody answered)."""


@dataclass(frozen=True)
class Wiped:
    """The visit is over: screens forget what they show (typed text, pages)."""


Effect: TypeAlias = Issue | Keep | Void | Wiped
Step: TypeAlias = tuple[Visit, tuple[Effect, ...]]

# --- the rules ----------------------------------------------------------------------------------------------

DESK_SILENT = "E-DSK-01"
"""The fault that the window itself finds: the desk did not answer within ``Timing.issue_limit``."""

_SILENT = (Tick, TicketIssued, TicketRefused, DeskFailed, DeskReady, Speaking)
"""Events that are not a person's touch."""
_ABOVE_HELP = (
    ShowHelp,
    CloseHelp,
    ShowAccess,
    CloseAccess,
    SetModes,
    TurnLeaf,
    Back,
    Home,
    SetLanguage,
    Touched,
)
"""What can be touched while help, or the page of what can be made easier, is open."""
_PAGED = (Screen.AGENCIES, Screen.SEARCH, Screen.SERVICES, Screen.SHEET)


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
        if (state.help or state.access) and not isinstance(event, _ABOVE_HELP):
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
    return _forward(state, Screen.SHEET, agency=event.agency, service=event.service, priority=False), ()


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
    if state.screen not in _PAGED:
        return state, ()
    return replace(state, page=max(0, event.page)), ()


def _set_priority(state: Visit, event: SetPriority) -> Step:
    if state.screen is not Screen.SHEET:
        return state, ()
    return replace(state, priority=event.priority), ()


def _take(state: Visit, event: TakeTicket) -> Step:
    if state.screen is not Screen.SHEET or state.service is None:
        return state, ()
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
    # The same person goes on: language and modes stay, everything else of the first ticket goes.
    after = replace(state.fresh(), modes=state.modes, speaking=state.speaking)
    return _go(after, Screen.AGENCIES, language=state.language), (Wiped(),)


def _done(state: Visit, event: Done) -> Step:
    return _wipe(state) if state.screen is Screen.RESULT else (state, ())


def _back(state: Visit, event: Back) -> Step:
    if state.help or state.access:
        return _close_help(state, CloseHelp())
    if state.screen not in _PAGED:
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
        return _close_help(state, CloseHelp())
    return _wipe(state)


def _show_help(state: Visit, event: ShowHelp) -> Step:
    if state.screen in (Screen.ISSUING, Screen.FAULT):
        return state, ()
    return replace(state, help=True, access=False, leaf=0), ()


def _close_help(state: Visit, event: CloseHelp) -> Step:
    return replace(state, help=False, access=False, leaf=0), ()


def _show_access(state: Visit, event: ShowAccess) -> Step:
    if state.screen in (Screen.ISSUING, Screen.FAULT):
        return state, ()
    return replace(state, access=True, help=False, leaf=0), ()


def _set_modes(state: Visit, event: SetModes) -> Step:
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


def _turn_leaf(state: Visit, event: TurnLeaf) -> Step:
    leaf = max(0, event.leaf)
    if state.help or state.access or state.screen not in _PAGED:
        return replace(state, leaf=leaf), ()
    return replace(state, page=leaf), ()


def leaf_of(state: Visit) -> int:
    """Return the page that shows where the screen is one column."""
    overlaid = state.help or state.access or state.screen not in _PAGED
    return state.leaf if overlaid else state.page


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
    state = replace(state, now=now, since=since, anew=False)
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
    if state.screen in (Screen.ATTRACT, Screen.FAULT) and not (state.help or state.access):
        # Nothing to lose but language and modes: no warning over a screen that invites, or cannot serve.
        same = (state.language, state.modes, state.leaf) == (state.default_language, Modes(), 0)
        return (state, ()) if same else _wipe(state)
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
    ShowHelp: _show_help,
    CloseHelp: _close_help,
    ShowAccess: _show_access,
    CloseAccess: _close_help,
    SetModes: _set_modes,
    TurnLeaf: _turn_leaf,
    Speaking: _speaking,
    SetLanguage: _set_language,
    Touched: _touched,
    Tick: _tick,
}
