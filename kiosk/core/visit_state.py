"""The state of a visit: all that the window shows, as data. ``kiosk.core.visit`` has the rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

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
class Listing:
    """The list of what to bring, asked for on paper: no number, no ticket."""

    request: int
    outcome: Outcome | None = None
    """None while it is being printed."""
    cause: str | None = None
    """Why there is none: a cause of the printer, or one of ``kiosk.core.visit``'s own."""
    since: float = 0.0


@dataclass(frozen=True)
class Call:
    """Staff were called from this kiosk."""

    request: int
    told: bool | None = None
    """True: the server has it. False: nobody could be told. None: not known yet."""
    since: float = 0.0


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
    call_limit: float = 15.0
    """How long a call for staff may stay unanswered before the window says that nobody could be told."""


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
    info: bool = False
    """The mall's own page is open; it lies over help where it was asked for there."""
    more: bool = False
    """The page with the service's list, its code for a phone and its place is open, over the sheet."""
    listing: Listing | None = None
    """The list of what to bring that was asked for last, for the service in sight."""
    lists: int = 0
    """Lists printed or tried in this visit."""
    call: Call | None = None
    """The last call for staff."""
    calls: int = 0
    """Calls for staff in this visit."""
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

    @property
    def overlaid(self) -> bool:
        """Whether a page lies over the screen."""
        return self.help or self.access or self.info or self.more

    @property
    def untouched(self) -> bool:
        """Whether nothing of anybody is left: language, modes, pages, a call."""
        default = self.language == self.default_language and self.modes == Modes() and self.leaf == 0
        return default and not self.overlaid and self.call is None

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
