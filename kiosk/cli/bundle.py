"""``main.py bundle``: one archive for whoever is to find out what is wrong. Nothing of a person and no secret in it.

::

    E-BUN-01  the archive cannot be written
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from kiosk.cli.doctor import machine_of
from kiosk.cli.faults import Refused, explain
from kiosk.settings import ENVIRONMENT_PREFIX, SECTIONS, Settings, SettingsError

DESCRIPTION = """\
Write logs, the configuration in effect, what the doctor finds, the database's schema and counts, the recent audit trail
and all versions into one zip archive. Secrets are masked; names, typed reasons, ticket addresses and long numbers are
left out. Look into it before you send it: everything is plain text.
"""
MASK: Final = "***"
LARGEST_LOG: Final = 2 << 20
JOURNAL_LINES: Final = 1000
_SECRET_KEY: Final = re.compile(r"token|secret|password|passwd|pin$|api_?key|credential", re.IGNORECASE)
_SCRUBBED: Final = (
    (re.compile(r"(/t/)[\w-]+"), rf"\1{MASK}"),  # the page of a ticket
    (
        re.compile(r"(?i)\b(bearer|token|password|secret|pin)(\"?\s*[:=]?\s*\"?)[\w.~+/=-]{4,}"),
        rf"\1\2{MASK}",
    ),
    (
        # 128 random bits in base64url. One in fifty has no digit; one in fifty thousand lacks a capital or a small
        # letter, and what lacks one is left alone so that snake_case names stay readable.
        re.compile(r"(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{22}(?![\w-])"),
        MASK,
    ),
    (re.compile(r"(?<!\d)\d{16}(?!\d)"), MASK),  # NIK, KK: UU 27/2022 (personal data)
    (re.compile(r"(?<![\w.+-])(?:\+62|0)8\d{7,11}(?!\d)"), MASK),  # a mobile number
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), MASK),  # an e-mail address
)


def register(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "bundle",
        parents=[common],
        help="diagnostics in one archive: logs, doctor, versions; no personal data",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the zip archive to write")
    parser.set_defaults(run=run)


def scrub(text: str) -> str:
    """Return ``text`` without ticket addresses, secrets, identity and telephone numbers and e-mail addresses."""
    for pattern, replacement in _SCRUBBED:
        text = pattern.sub(replacement, text)
    return text


def run(options: argparse.Namespace) -> int:
    """Collect everything that can be had; what cannot is named in the archive."""
    file = options.out.absolute()
    fresh = file.with_name(f".{file.name}.new")
    missing: dict[str, str] = {}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in _parts(options, missing):
                archive.writestr(name, text)
            archive.writestr("missing.json", _json(missing))
            names = archive.namelist()
        fresh.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):  # what could not be written may not be removable either
            fresh.unlink()
        raise Refused("E-BUN-01", f"{file}: {error.strerror or error}") from error
    print(f"{file}: {', '.join(names)}")
    for name, why in missing.items():
        print(f"  without {name}: {why}")
    return 0


def _parts(options: argparse.Namespace, missing: dict[str, str]) -> Iterator[tuple[str, str]]:
    from kiosk.doctor import examine
    from kiosk.doctor.checks.versions import versions

    machine = machine_of(options)
    yield "versions.json", _json(versions(machine))
    yield "configuration.json", _json(effective(machine.loaded))
    yield "doctor.json", scrub(_json(examine(machine).document()))
    yield from _store(machine.state, missing)
    yield from _logs(machine.state / "logs", missing)
    journal = machine.output(
        "journalctl", "-u", "anjungan", "-n", str(JOURNAL_LINES), "--no-pager", "-o", "short-iso"
    )
    if journal is None:
        missing["journal.txt"] = "journalctl is not there, or may not be read by this user"
    else:
        yield "journal.txt", scrub(journal)


def effective(loaded: Settings | SettingsError) -> dict[str, Any]:
    """Return the configuration in effect with secrets masked, and which variables changed it."""
    variables = {
        name: MASK if _SECRET_KEY.search(name) else _without_login(value)
        for name, value in sorted(os.environ.items())
        if name.startswith((ENVIRONMENT_PREFIX, "KIVY_", "KCFG_", "SDL_"))
    }
    if isinstance(loaded, SettingsError):
        return {"faults": explain(loaded), "variables": variables}
    sections = {
        section: {
            key: MASK if _SECRET_KEY.search(key) else _without_login(value)
            for key, value in (
                (name, getattr(getattr(loaded, section), name)) for name in kind.__struct_fields__
            )
        }
        for section, kind in SECTIONS.items()
    }
    return {"file": str(loaded.file), **sections, "variables": variables}


def _without_login(value: Any) -> Any:
    """Return an address without user, password and query; anything else as it is."""
    if not isinstance(value, str) or "://" not in value:
        return value
    parts = urlsplit(value)
    place = parts.netloc.rpartition("@")[2]
    login = f"{MASK}@" if "@" in parts.netloc else ""
    return urlunsplit((parts.scheme, f"{login}{place}", parts.path, MASK if parts.query else "", ""))


def _store(state: Path, missing: dict[str, str]) -> Iterator[tuple[str, str]]:
    from kiosk import store

    path = state / store.NAME
    if not path.exists():
        missing["audit.jsonl"] = "there is no database yet"
        return
    try:
        found = store.diagnosis(path)
    except store.StoreError as error:
        missing["audit.jsonl"] = str(error)
        return
    yield "schema.sql", found.schema
    yield "tickets-by-day.json", _json(found.days)
    yield "audit.jsonl", scrub("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in found.audit))


def _logs(folder: Path, missing: dict[str, str]) -> Iterator[tuple[str, str]]:
    paths = sorted(folder.glob("*.log*"))
    if not paths:
        missing["logs"] = f"there is none in {folder}"
    for path in paths:
        try:
            with path.open("rb") as file:
                file.seek(max(0, path.stat().st_size - LARGEST_LOG))
                yield f"logs/{path.name}", scrub(file.read().decode("utf-8", errors="replace"))
        except OSError as error:
            missing[f"logs/{path.name}"] = error.strerror or str(error)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"
