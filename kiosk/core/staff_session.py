"""What the staff's part is made of: its places, the session, the events of a touch, work for the desk and its answers.

How one follows from the other is in :mod:`kiosk.core.staff_steps`. A PIN lives in the session while it is typed, in no
log (``repr=False``), and is gone with the next step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

from kiosk.core.record import Ticket
from kiosk.core.staff import KioskLock, Pause, Person

GESTURE: Final = ("left", "right", "left", "right")
GESTURE_S: Final = 10.0
PIN_LENGTH: Final = (6, 12)
WORK_LIMIT_S: Final = 40.0
"""The desk answers sooner, by its own deadlines; past this the screen stops waiting and says so."""
TYPED: Final = 12
LONGEST_VALUE: Final = 200
WRITTEN: Final = 24
"""Letters of a place typed on the screen: what is on one glance in the field. The command takes longer ones."""


class Place(StrEnum):
    """Where in the staff's part somebody is; SHUT is the visitors' part."""

    SHUT = "shut"
    FIRST = "first"
    AGAIN = "again"
    DOOR = "door"
    MENU = "menu"
    TICKETS = "tickets"
    DOUBTFUL = "doubtful"
    FIND = "find"
    TICKET = "ticket"
    REPRINT = "reprint"
    VOID = "void"
    LOCK = "lock"
    UNTIL = "until"
    PAPER = "paper"
    FIGURES = "figures"
    TRIP = "trip"
    SETTINGS = "settings"
    SETTING = "setting"
    RULER = "ruler"
    TOUCH = "touch"
    DOCTOR = "doctor"
    FINDING = "finding"


TECHNICAL: Final = frozenset({Place.SETTINGS, Place.RULER, Place.TOUCH, Place.DOCTOR})
"""Places for technicians alone."""
REPRINT_REASONS: Final = ("lost", "torn", "unreadable", "jam")
VOID_REASONS: Final = ("left", "mistake", "double", "no_paper")
LOCK_MINUTES: Final = (15, 30, 60, 90, None)
CORNERS: Final = ("top-left", "top-right", "bottom-left", "bottom-right", "middle")


@dataclass(frozen=True)
class Notice:
    """What came of the last act: a name the screens have words for, and what goes into them."""

    kind: str
    detail: str = ""
    good: bool = True


@dataclass(frozen=True)
class Figure:
    """One queue today."""

    queue: str
    given: int
    voided: int
    copies: int


@dataclass(frozen=True)
class Item:
    """One finding of the doctor, in the staff's language."""

    check: str
    level: str
    text: str
    remedy: str = ""


@dataclass(frozen=True)
class Session:
    """Everything of the staff's part."""

    place: Place = Place.SHUT
    person: Person | None = None
    lock: KioskLock | None = None
    """The kiosk's lock as the desk last told; outlives the session."""
    typed: str = field(default="", repr=False)
    first_pin: str = field(default="", repr=False)
    mobile: bool = False
    """This unit goes on trips."""
    place_name: str = ""
    """Where it stands, as the desk last told; "" at its site."""
    recent: tuple[str, ...] = ()
    """Where it stood before, the newest first."""
    page: int = 0
    trail: tuple[tuple[Place, int], ...] = ()
    pause: Pause | None = None
    tickets: tuple[Ticket, ...] = ()
    ticket: Ticket | None = None
    figures: tuple[Figure, ...] = ()
    items: tuple[Item, ...] = ()
    """What the doctor found, the worst first."""
    item: Item | None = None
    setting: str = ""
    """The setting that is open: ``section.key``."""
    touched: frozenset[str] = frozenset()
    """Corners that the touch check has felt."""
    notice: Notice | None = None
    busy: int | None = None
    """The work under way; any other answer is late and changes nothing."""
    busy_since: float = 0.0
    opens_at: float = 0.0
    """The instant from which a PIN is taken again; infinity: only at the terminal."""
    corners: tuple[tuple[str, float], ...] = ()
    now: float = 0.0
    since: float = 0.0
    serial: int = 0
    idle: float = 60.0

    @property
    def open(self) -> bool:
        """Whether the staff's part is on the glass."""
        return self.place is not Place.SHUT

    def wait_s(self) -> float:
        """Return the seconds until a PIN is taken."""
        return max(0.0, self.opens_at - self.now)

    def shut(self) -> Session:
        """Return the visitors' part: nobody is in, nothing of the session is left."""
        return Session(
            lock=self.lock,
            opens_at=self.opens_at,
            now=self.now,
            since=self.now,
            serial=self.serial,
            idle=self.idle,
            mobile=self.mobile,
        )


# --- events -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StaffEvent:
    """Anything that happens in the staff's part."""


@dataclass(frozen=True)
class Corner(StaffEvent):
    """The ``left`` or ``right`` upper corner was tapped on a screen of the visitors' part."""

    side: str


@dataclass(frozen=True)
class Type(StaffEvent):
    """A key of the pad: a digit; "" deletes the last one."""

    key: str


@dataclass(frozen=True)
class Write(StaffEvent):
    """A key of the letters: the whole text as it is now."""

    text: str


@dataclass(frozen=True)
class Travel(StaffEvent):
    """The unit stands at ``place`` from now on; "": it is back at its site."""

    place: str


class Enter(StaffEvent):
    """The typed PIN or number is whole."""


@dataclass(frozen=True)
class Go(StaffEvent):
    """Open ``place``."""

    place: Place


@dataclass(frozen=True)
class Alter(StaffEvent):
    """Open the setting ``name`` (``section.key``), which is ``value`` now."""

    name: str
    value: str


@dataclass(frozen=True)
class SetTo(StaffEvent):
    """Give the open setting this value."""

    value: str


class Restart(StaffEvent):
    """Start the kiosk again, with the settings as they are now."""


@dataclass(frozen=True)
class Pick(StaffEvent):
    """A ticket of the list."""

    ticket: str


@dataclass(frozen=True)
class Scanned(StaffEvent):
    """A scanner read ``text``: a torn ticket's code, or anything."""

    text: str = field(repr=False)


@dataclass(frozen=True)
class Read(StaffEvent):
    """A finding of the doctor, by its place in the list."""

    index: int


@dataclass(frozen=True)
class Because(StaffEvent):
    """The reason of a reprint or a void."""

    why: str


@dataclass(frozen=True)
class PauseFor(StaffEvent):
    """What a locked kiosk's screen is to say."""

    pause: Pause


@dataclass(frozen=True)
class LockFor(StaffEvent):
    """For how many minutes; None: until somebody unlocks it."""

    minutes: int | None


class UnlockNow(StaffEvent):
    """Unlock the kiosk."""


class Confirm(StaffEvent):
    """The paper was seen; or, on PAPER, the roll was changed."""


class PrintSummary(StaffEvent):
    """Print the day's figures."""


class TestPrint(StaffEvent):
    """Print a ticket that nobody was given."""


@dataclass(frozen=True)
class Felt(StaffEvent):
    """The touch check felt ``corner``."""

    corner: str


@dataclass(frozen=True)
class Turn(StaffEvent):
    """Show page ``page`` (from 0)."""

    page: int


class StepBack(StaffEvent):
    """One screen back."""


class Leave(StaffEvent):
    """Out, to the visitors' part."""


class Busy(StaffEvent):
    """A touch that pressed nothing: somebody is here."""


@dataclass(frozen=True)
class Passed(StaffEvent):
    """Time passes: ``at`` is a monotonic instant in seconds."""

    at: float


@dataclass(frozen=True)
class Answered(StaffEvent):
    """The desk's answer to the work of this number."""

    serial: int
    answer: Answer


# --- work and answers -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """What the desk is to do: ``kind`` with what it needs. The answer names ``serial``."""

    serial: int
    kind: str
    who: str = ""
    ticket: str = ""
    why: str = ""
    text: str = field(default="", repr=False)
    pause: Pause | None = None
    minutes: int | None = None


@dataclass(frozen=True)
class AtDoor:
    """Who may come: nobody is known yet and may begin (``first``), nobody is known (``unknown``), or a PIN is asked."""

    kind: str
    wait_s: float = 0.0


@dataclass(frozen=True)
class CameIn:
    person: Person
    place: str = ""


@dataclass(frozen=True)
class Refused:
    """A wrong PIN, or one too simple (``kind``); ``wait_s`` until the next try."""

    kind: str
    wait_s: float = 0.0


@dataclass(frozen=True)
class Listed:
    """Tickets, the newest first."""

    tickets: tuple[Ticket, ...]


@dataclass(frozen=True)
class Recognised:
    """The ticket whose code was held to the scanner."""

    ticket: Ticket


@dataclass(frozen=True)
class IsSet:
    """The setting is written: ``key = value``."""

    detail: str


@dataclass(frozen=True)
class NotSet:
    """The setting stays as it was, and why."""

    why: str


@dataclass(frozen=True)
class NotFound:
    """No ticket of today and of this kiosk has that code; ``kind`` says why, ``detail`` of which day it is."""

    kind: str
    detail: str = ""


@dataclass(frozen=True)
class Travels:
    """Where the unit stands ("": at its site) and where it stood before."""

    place: str
    recent: tuple[str, ...]


@dataclass(frozen=True)
class Counted:
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Examined:
    """What the doctor found, the worst first."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Did:
    """An act is done (or not: ``notice.good``); the kiosk's lock as it is now."""

    notice: Notice
    lock: KioskLock | None = None
    place: str | None = None
    """Where the unit stands now; None: as before."""


@dataclass(frozen=True)
class Failed:
    """The desk could not: a stable code."""

    code: str


Answer: TypeAlias = (
    AtDoor
    | CameIn
    | Refused
    | Listed
    | Recognised
    | NotFound
    | IsSet
    | NotSet
    | Travels
    | Counted
    | Examined
    | Did
    | Failed
)
