"""Setting a new unit up as data: one question after the other, each answer kept at once. Pure, beside the visit.

``step(setup, event) -> (setup, work)``: ``work`` is what somebody must do (read a stick, ask the printers, write the
configuration), one piece at a time; its answer comes back as :class:`Answered`. The window and ``main.py setup`` drive
the same machine.

::

    LANGUAGE → SITE → SERVER → DIGIT → PANEL → TOUCH → PRINTER → SCANNER → SOUND → ZONE → PIN → CHECK → (finished)

DIGIT is there where the unit counts for itself: a server gives a digit as it pairs. A step is *done* once its answer is
in the configuration: whoever leaves comes back to the first one that is not. PINs alone wait in memory until the end of
their step, which also says that the unit is set up: after it nobody comes back here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

PIN_LENGTH: Final = (6, 12)
WORK_LIMIT_S: Final = 90.0
LONGEST: Final = 200
CORNERS: Final = ("top-left", "top-right", "bottom-left", "bottom-right")
DIAGONAL: Final = (7.0, 100.0)
STEPS_INCH: Final = (-1.0, -0.1, 0.1, 1.0)
DIGITS: Final = tuple(str(digit) for digit in range(10))
"""0: the only kiosk of its hall."""
ZONES: Final = ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura")


class Step(StrEnum):
    """One question."""

    LANGUAGE = "language"
    SITE = "site"
    SERVER = "server"
    DIGIT = "digit"
    PANEL = "panel"
    TOUCH = "touch"
    PRINTER = "printer"
    SCANNER = "scanner"
    SOUND = "sound"
    ZONE = "zone"
    PIN = "pin"
    CHECK = "check"


class Part(StrEnum):
    """Where within a step."""

    ASK = "ask"
    URL = "url"
    CODE = "code"
    HOST = "host"
    PAPER = "paper"
    AGAIN = "again"
    STAFF = "staff"
    STAFF_AGAIN = "staff-again"
    ITEM = "item"


@dataclass(frozen=True)
class Notice:
    """What came of the last act: a name the screens have words for, and what goes into them."""

    kind: str
    detail: str = ""
    good: bool = False


@dataclass(frozen=True)
class Option:
    """Something that was found and may be chosen: a site, a printer, a scanner."""

    name: str
    """As the configuration or the command names it."""
    label: str
    line: str = ""
    good: bool = True
    """Whether it answered; the others may be chosen all the same."""


@dataclass(frozen=True)
class Item:
    """One finding of the doctor, in the language of the set-up."""

    check: str
    level: str
    text: str
    remedy: str = ""


@dataclass(frozen=True)
class Facts:
    """What the configuration says now."""

    language: str = "id"
    site: str = ""
    zone: str = "Asia/Jakarta"
    server: str = ""
    digit: int = 0
    diagonal: float = 21.5
    printer: str = "virtual"
    scanner: str = ""


@dataclass(frozen=True)
class Setup:
    """Everything of the set-up."""

    step: Step = Step.LANGUAGE
    part: Part = Part.ASK
    done: frozenset[Step] = frozenset()
    facts: Facts = Facts()  # frozen
    options: tuple[Option, ...] = ()
    picked: str = ""
    """The printer that prints the test paper, with width and profile; the scanner that is listened to."""
    width: int = 80
    raster: bool = False
    typed: str = field(default="", repr=False)
    url: str = ""
    first: str = field(default="", repr=False)
    pin: str = field(default="", repr=False)
    touched: frozenset[str] = frozenset()
    read: str = ""
    """What the scanner read last."""
    items: tuple[Item, ...] = ()
    item: Item | None = None
    page: int = 0
    notice: Notice | None = None
    busy: int | None = None
    busy_since: float = 0.0
    serial: int = 0
    now: float = 0.0
    finished: bool = False

    def order(self) -> tuple[Step, ...]:
        """Return the steps of this unit, in their order."""
        left_out = Step.DIGIT if self.facts.server else None
        return tuple(step for step in Step if step is not left_out)

    def place(self) -> tuple[int, int]:
        """Return which step of how many this is, from 1."""
        order = self.order()
        return order.index(self.step) + 1 if self.step in order else 1, len(order)


# --- events -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SetupEvent:
    """Anything that happens in the set-up."""


class Begin(SetupEvent):
    """Open the first step that is not done."""


@dataclass(frozen=True)
class Choose(SetupEvent):
    """An answer of this step, by its name."""

    name: str


@dataclass(frozen=True)
class Type(SetupEvent):
    """A key: characters; "" deletes the last one."""

    key: str


class Enter(SetupEvent):
    """What was typed is whole."""


@dataclass(frozen=True)
class Adjust(SetupEvent):
    """The panel's diagonal, by so many inches."""

    inch: float


@dataclass(frozen=True)
class Felt(SetupEvent):
    """A corner was touched."""

    corner: str


@dataclass(frozen=True)
class Heard(SetupEvent):
    """The scanner read ``code``."""

    code: str = field(repr=False)


@dataclass(frozen=True)
class Read(SetupEvent):
    """A finding of the doctor, by its place in the list."""

    index: int


class Next(SetupEvent):
    """Go on: what is there is right, or this step is left out."""


class Again(SetupEvent):
    """Look, print or play once more."""


class StepBack(SetupEvent):
    """One screen back."""


@dataclass(frozen=True)
class Turn(SetupEvent):
    """Show page ``page`` (from 0)."""

    page: int


@dataclass(frozen=True)
class Passed(SetupEvent):
    """Time passes: ``at`` is a monotonic instant in seconds."""

    at: float


@dataclass(frozen=True)
class Answered(SetupEvent):
    """The answer to the work of this number."""

    serial: int
    answer: Answer


# --- work and answers -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """What is to be done. ``step`` is done with it where the answer is :class:`Kept`."""

    serial: int
    kind: str
    step: Step
    name: str = ""
    number: float = 0.0
    width: int = 80
    raster: bool = False
    pins: tuple[str, ...] = field(default=(), repr=False)
    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class Found:
    """What may be chosen."""

    options: tuple[Option, ...]


@dataclass(frozen=True)
class Kept:
    """The answer is in the configuration, which now says ``facts``."""

    facts: Facts


@dataclass(frozen=True)
class Printed:
    """What became of the test paper: the press's outcome and cause."""

    outcome: str
    cause: str = ""


@dataclass(frozen=True)
class Did:
    """Done; nothing to keep."""

    good: bool = True


@dataclass(frozen=True)
class Examined:
    """What the doctor found, the worst first."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Refused:
    """It could not be done; nothing was changed. ``kind`` names the words, ``detail`` goes into them."""

    kind: str
    detail: str = ""


Answer: TypeAlias = Found | Kept | Printed | Did | Examined | Refused
