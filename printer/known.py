"""What is known of the unit that stands here, apart from its model: which questions it answers.

``printer detect`` asks once and it is kept in a small file, one entry for each transport, address and profile, so
that a swapped printer or an edited configuration never uses another unit's answers.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Literal

import msgspec

from printer.probe import Probe
from printer.profiles import Profile

log = logging.getLogger(__name__)

VERSION = 1


class Unit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one unit answers. ``fence`` is the best proof it gives of a job's end."""

    status: tuple[int, ...] | None
    """None: it answered none of them, and is asked those of its profile all the same."""
    fence: Literal["none", "gs_r", "gs_h"]
    port_status: bool = False
    """Whether its USB port tells of missing paper."""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    version: int = VERSION
    units: dict[str, Unit] = {}


def key(transport: str, address: str, profile: str) -> str:
    """The name of a unit's entry: ``network 192.0.2.9:9100 generic-80``."""
    return f"{transport} {address} {profile}"


def unit_of(found: Probe) -> Unit | None:
    """What ``found`` shows of a unit. None when it answered nothing: it may have been busy or just switched on, and
    would never be asked again."""
    if found.answered or found.fence != "none":
        return Unit(found.answered, found.fence, found.port_tells)
    # Of a silent one with a port that speaks the questions stay as its profile has them.
    return Unit(None, found.fence, port_status=True) if found.port_tells else None


def recall(file: Path, name: str) -> Unit | None:
    """What is known of the unit ``name``; None when nothing is. A damaged file is nothing known, and is told."""
    return _read(file).units.get(name)


def remember(file: Path, name: str, unit: Unit | None) -> None:
    """Keep what is known of the unit ``name``; None forgets it. Raises OSError."""
    known = _read(file)
    units = {other: kept for other, kept in known.units.items() if other != name}
    known.units = units if unit is None else units | {name: unit}
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    with fresh.open("wb") as out:
        out.write(msgspec.json.format(msgspec.json.encode(known)) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)


def applied(profile: Profile, unit: Unit | None) -> Profile:
    """``profile`` with what is known of this very unit."""
    if unit is None:
        return profile
    status = profile.status if unit.status is None else tuple(n for n in unit.status if 1 <= n <= 4)
    return msgspec.structs.replace(profile, status=status, fence=unit.fence, port_status=unit.port_status)


def _read(file: Path) -> _File:
    try:
        found = msgspec.json.decode(file.read_bytes(), type=_File)
    except FileNotFoundError:
        return _File()
    except (OSError, msgspec.MsgspecError) as error:
        log.warning("%s: what was known of the printer cannot be read: %s", file, error)
        return _File()
    return found if found.version == VERSION else _File()
