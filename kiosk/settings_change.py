"""Changing the configuration from inside the program: applied whole, or refused with the reason and nothing touched.

The file keeps its comments and its order: only the values of the keys that change are written anew. Before the file is
replaced (in one step, forced to the disk) the new text is read back by the same rules as at every start, and what the
values name must be there: the site, the printer's profile, the certificate file.

Errors::

    SettingsError
      E-CFG-02               a value is not allowed, or what it names is not there
      E-CFG-03               the file cannot be written
      E-CFG-04               the environment says otherwise, and would win
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, get_type_hints

import msgspec

from kiosk import durable
from kiosk.settings import SECTIONS, Settings, SettingsError, load_text, overridden

if TYPE_CHECKING:
    from kiosk.site import SiteData

Value: TypeAlias = str | int | float | bool
Name: TypeAlias = tuple[str, str]
"""``(section, key)``."""

_HEADER = re.compile(r"\s*\[([A-Za-z0-9_-]+)\]\s*(?:#.*)?$")


def change(file: Path, values: Mapping[Name, Value], environ: Mapping[str, str] = os.environ) -> Settings:
    """Write ``values`` into the configuration ``file`` and return the settings as they are then.

    Raises SettingsError; then the file is what it was.
    """
    fixed = overridden(environ)
    if faults := [
        f"[{section}] {key}: ${fixed[section, key]} in the environment decides it; unset it first"
        for section, key in values
        if (section, key) in fixed
    ]:
        raise SettingsError("E-CFG-04", faults)
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("E-CFG-01", [f"{file}: cannot be read: {error}"]) from error
    fresh = edited(text, values)
    settings = load_text(fresh, file, environ)
    _require_what_is_named(settings, {section for section, _ in values})
    if fresh != text:
        write(file, fresh)
    return settings


def write(file: Path, text: str) -> None:
    """Replace ``file`` durably. Raises SettingsError; then it is what it was."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        durable.write(file, text.encode())
    except OSError as error:
        problem = f"{file}: cannot be written: {error.strerror}; nothing was changed"
        raise SettingsError("E-CFG-03", [problem]) from error


def edited(text: str, values: Mapping[Name, Value]) -> str:
    """Return the TOML ``text`` with ``values`` in it. Section "" is what stands above the first header."""
    try:
        wanted = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("E-CFG-01", [f"is not TOML: {error}"]) from error
    lines = text.splitlines()
    for (section, key), value in values.items():
        place = wanted if not section else wanted.setdefault(section, {})
        place[key] = value
        lines = _put(lines, section, key, value)
    fresh = "\n".join(lines) + "\n"
    if (
        _read(fresh) != wanted
    ):  # written in a way that lines do not show: the values matter more than the comments
        fresh = _whole(wanted)
    return fresh


def _put(lines: list[str], section: str, key: str, value: Value) -> list[str]:
    line = f"{key} = {toml(value)}"
    here, last = "", -1 if section else 0
    for index, old in enumerate(lines):
        if header := _HEADER.match(old):
            here = header[1]
            last = index + 1 if here == section else last
        elif here == section and re.match(rf"\s*{re.escape(key)}\s*=", old):
            return [*lines[:index], line, *lines[index + 1 :]]
        elif here == section and old.strip():
            last = index + 1
    if last < 0:
        return [*lines, *([""] if lines else []), f"[{section}]", line]
    return [*lines[:last], line, *lines[last:]]


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _whole(data: Mapping[str, Any]) -> str:
    top = [f"{key} = {toml(value)}" for key, value in data.items() if not isinstance(value, dict)]
    parts = ["\n".join(top)] if top else []
    for section, keys in data.items():
        if isinstance(keys, dict):
            parts.append("\n".join([f"[{section}]", *(f"{k} = {toml(v)}" for k, v in keys.items())]))
    return "\n\n".join(parts) + "\n"


def toml(value: Value) -> str:
    """Return ``value`` as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for the delete character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)


def _require_what_is_named(settings: Settings, sections: set[str]) -> None:
    """Raise SettingsError where a changed section names something that is not there."""
    faults: list[str] = []
    if "kiosk" in sections:
        from kiosk import site

        try:
            faults += _language_faults(settings, site.load(settings.site_dir))
        except site.SiteFaults as error:
            faults += [f"[kiosk] site = {settings.kiosk.site!r}: {fault}" for fault in error.faults[:3]]
    if "printer" in sections:
        from printer import profiles
        from printer.errors import PrinterError

        try:
            profiles.load(settings.printer.profile)
        except PrinterError as error:
            faults.append(f"[printer] profile: {error}")
    ca_file = settings.server.ca_file
    if "server" in sections and ca_file and not Path(ca_file).is_file():
        faults.append(f"[server] ca_file = {ca_file!r}: there is no such file")
    if faults:
        raise SettingsError("E-CFG-02", faults)


def _language_faults(settings: Settings, data: SiteData) -> list[str]:
    languages = data.site.languages
    if settings.kiosk.language in languages:
        return []
    return [f"[kiosk] language = {settings.kiosk.language!r}: allowed: {', '.join(languages)}"]


def from_text(section: str, key: str, text: str) -> Value:
    """Return the value that ``text``, typed by a person, means for a key. Raises SettingsError with what is allowed."""
    hint = get_type_hints(SECTIONS[section], include_extras=True)[key]
    given: Value = int(text) if "Literal" in repr(hint) and text.isdecimal() else text
    try:
        value: Value = msgspec.convert(given, hint, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError("E-CFG-02", [f"[{section}] {key} = {text!r}: {error}"]) from error
    return value
