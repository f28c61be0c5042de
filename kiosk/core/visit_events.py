"""What can happen to a visit (events) and what it asks to be done (effects). ``kiosk.core.visit`` has the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from kiosk.core.availability import Closed
from kiosk.core.modes import Modes
from kiosk.core.visit_state import Issued, Outcome

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


class ShowMore(_Bare):
    """From the sheet: what can be taken along, and where it is."""


class CloseMore(_Bare):
    pass


class PrintList(_Bare):
    """The list of what to bring, on paper, without a number."""


@dataclass(frozen=True)
class ListPrinted:
    """What became of the list; ``cause`` where there is none."""

    request: int
    outcome: Outcome
    cause: str | None = None


class ShowInfo(_Bare):
    """The mall's own page: hours, facilities, complaints, pledge."""


class CloseInfo(_Bare):
    pass


class CallStaff(_Bare):
    pass


@dataclass(frozen=True)
class StaffTold:
    """What is known of a call for staff: ``told`` says whether the server has it."""

    request: int
    told: bool


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
    SetLanguage | Touched | Tick | ShowMore | CloseMore | PrintList | ListPrinted | ShowInfo | CloseInfo |
    CallStaff | StaffTold
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


@dataclass(frozen=True)
class MakeList:
    """Print the list of what to bring; the answer comes as ListPrinted."""

    request: int
    service: str
    language: str


@dataclass(frozen=True)
class Summon:
    """Tell the server that somebody at this kiosk needs staff; the answer comes as StaffTold."""

    request: int
    screen: str
    language: str


Effect: TypeAlias = Issue | Keep | Void | Wiped | MakeList | Summon
