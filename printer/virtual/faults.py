"""What can be wrong with a virtual printer, by name, some with a value: ``paper_out``, ``slow=960``.

No I/O here: :class:`~printer.virtual.device.VirtualPrinter` acts on these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias


class Fault(StrEnum):
    """What can be wrong. Faults add up."""

    PAPER_LOW = "paper_low"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    OFFLINE = "offline"
    CUTTER = "cutter"
    ERROR = "error"
    SILENT = "silent"
    """Prints, says nothing: many boards on USB."""
    UNPLUGGED = "unplugged"
    """No way to it, and no power: what it held is forgotten."""
    PAPER_OUT_AFTER = "paper_out_after"
    """The roll ends after this many bytes have been carried out."""
    PAPER_OUT_AFTER_MM = "paper_out_after_mm"
    """The roll ends after this many millimetres."""
    RESET_AFTER = "reset_after"
    """It restarts after this many bytes: what it held is lost, and what comes while it starts."""
    UNPLUG_AFTER = "unplug_after"
    """Its cable is pulled after this many bytes."""
    ONE_BIT = "one_bit"
    """Of each pair of paper sensor bits it sets one only, as clones do."""
    GARBAGE = "garbage"
    """It answers every question with this byte: 0 and 255 are what is met."""
    ASB_NOISE = "asb_noise"
    """Automatic Status Back is switched on: four bytes before every answer and at every change."""
    SLOW = "slow"
    """The line carries this many bytes a second: 960 at 9,600 baud."""
    SMALL_BUFFER = "small_buffer"
    """Its receive buffer has this many bytes; 45 is the small one of a TM-T88."""
    XONXOFF = "xonxoff"
    """It says XOFF when it has no room and XON when it has some again, in between its answers."""
    LATE = "late"
    """Its answers come after this many seconds."""


HOLDING: Final = frozenset({Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.OFFLINE, Fault.CUTTER, Fault.ERROR})
"""Faults that stop printing while bytes are still taken in."""


BECOMES: Final[Mapping[Fault, Fault]] = MappingProxyType(
    {
        Fault.PAPER_OUT_AFTER: Fault.PAPER_OUT,
        Fault.PAPER_OUT_AFTER_MM: Fault.PAPER_OUT,
        Fault.UNPLUG_AFTER: Fault.UNPLUGGED,
    }
)
"""What a fault that waits for its moment turns into."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a fault's value means and may be."""

    unit: str
    default: float
    least: float
    most: float


VALUES: Final[Mapping[Fault, Value]] = MappingProxyType(
    {
        Fault.PAPER_OUT_AFTER: Value("bytes", 200, 1, 10_000_000),
        Fault.PAPER_OUT_AFTER_MM: Value("mm", 20, 1, 100_000),
        Fault.RESET_AFTER: Value("bytes", 200, 1, 10_000_000),
        Fault.UNPLUG_AFTER: Value("bytes", 200, 1, 10_000_000),
        Fault.GARBAGE: Value("the byte", 0, 0, 255),
        Fault.SLOW: Value("bytes a second", 960, 1, 10_000_000),
        Fault.SMALL_BUFFER: Value("bytes", 45, 16, 1_000_000),
        Fault.LATE: Value("seconds", 1.0, 0.001, 60),
    }
)
"""The faults that take a value."""

Faults: TypeAlias = Mapping[Fault, float]
"""Faults with their values; 0 for those that take none."""


def with_values(faults: Iterable[Fault]) -> dict[Fault, float]:
    """The faults with the values they have when none is given."""
    return {fault: VALUES[fault].default if fault in VALUES else 0.0 for fault in faults}


def checked(fault: Fault, value: float) -> float:
    """``value`` if ``fault`` may have it. Raises ValueError naming what is allowed."""
    if fault not in VALUES:
        raise ValueError(f"{fault} takes no value, and {value:g} was given")
    allowed = VALUES[fault]
    if not allowed.least <= value <= allowed.most:
        raise ValueError(
            f"{fault}={value:g}; allowed: {allowed.least:g} to {allowed.most:g} ({allowed.unit})"
        )
    return value


def faults_from(words: Iterable[str]) -> dict[Fault, float]:
    """Faults by name, with a value where one is given: ``silent``, ``slow=960``.

    Raises ValueError naming the word and what is allowed.
    """
    found: dict[Fault, float] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if name not in set(Fault):
            allowed = ", ".join(describe(fault) for fault in Fault)
            raise ValueError(f"{word!r} is not a fault; allowed: {allowed}")
        fault = Fault(name)
        found |= with_values((fault,))
        if equals:
            try:
                value = float(text)
            except ValueError:
                raise ValueError(f"{word!r}: {text!r} is not a number") from None
            found[fault] = checked(fault, value)
    return found


def describe(fault: Fault) -> str:
    """``slow=BYTES A SECOND`` where it takes a value, else its name."""
    return f"{fault}={VALUES[fault].unit.upper()}" if fault in VALUES else str(fault)
