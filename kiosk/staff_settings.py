"""A setting changed by a technician at the kiosk: written and audited, or refused with the reason and left alone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec

from kiosk import settings_change
from kiosk.core import staff_session as s
from kiosk.settings import SECTIONS, SettingsError, load
from kiosk.store import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from kiosk.desk import Desk

HERE_NEVER: Final = frozenset({("kiosk", "set_up")})
"""What is not a technician's to change at the glass: it would offer the set-up."""


def alter(desk: Desk, file: Path, work: s.Work, environ: Mapping[str, str] = os.environ) -> s.Answer:
    """Set ``work.why`` (``section.key``) to ``work.text``. Runs on the desk's thread, which owns the audit.

    Raises StoreError where the audit cannot be written; then the configuration is what it was.
    """
    section, _, key = work.why.partition(".")
    if (
        section not in SECTIONS
        or key not in SECTIONS[section].__struct_fields__
        or (section, key) in HERE_NEVER
    ):
        return s.NotSet(f"[{section}] {key}")
    try:
        value = settings_change.from_text(section, key, work.text)
        before = file.read_text(encoding="utf-8")
        old = getattr(getattr(load(file, environ), section), key)
        settings_change.change(file, {(section, key): value}, environ)
    except SettingsError as error:
        told = "; ".join(fault.removeprefix(f"{file}: ") for fault in error.faults)
        return s.NotSet(f"{told} ({error.code})")
    except OSError as error:
        return s.NotSet(f"{file}: {error.strerror}")
    try:
        desk.store.audit(
            work.who, "setting.changed", {"key": f"{section}.{key}", "before": old, "after": value}
        )
    except StoreError:
        settings_change.write(file, before)  # nobody may change what is not written down
        raise
    return s.IsSet(f"{key} = {value}")


def choices(section: str, key: str) -> tuple[str, ...]:
    """Return the texts a key may have, where they are few; else nothing."""
    kind = _kind(section, key)
    if isinstance(kind, msgspec.inspect.BoolType):
        return ("true", "false")
    if isinstance(kind, msgspec.inspect.LiteralType):
        return tuple(str(value) for value in kind.values)
    return ()


def bounds(section: str, key: str) -> str:
    """Return the least and the most of a number, as in ``10–600``; "" for a text."""
    kind = _kind(section, key)
    if isinstance(kind, msgspec.inspect.IntType | msgspec.inspect.FloatType) and kind.ge is not None:
        return f"{kind.ge:g}–{kind.le:g}"
    return ""


def _kind(section: str, key: str) -> msgspec.inspect.Type:
    described = msgspec.inspect.type_info(SECTIONS[section])
    assert isinstance(described, msgspec.inspect.StructType)
    return next(field.type for field in described.fields if field.name == key)
