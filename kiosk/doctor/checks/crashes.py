"""The last crash, from the log."""

from __future__ import annotations

import datetime as dt
import json
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kiosk.doctor.finding import Finding, Level, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

NAME = "crashes"
LINES: Final = 20_000
"""The latest lines of the log that are looked at: some days of a busy kiosk."""
RECENT_DAYS: Final = 7


def check(machine: Machine) -> Iterator[Finding]:
    """Say when a thread or the window last ended by an exception."""
    folder = machine.state / "logs"
    if not folder.is_dir():
        yield Finding(NAME, Level.OK, say(_("Belum ada log.")))
        return
    last: dict[str, object] | None = None
    errors = 0
    now = machine.clock.utc()
    for line in latest_lines(folder):
        level = line.get("level")
        if level in ("error", "critical") and _days_ago(line, now) <= 1:
            errors += 1
        if "trace" in line:
            last = line
    facts: dict[str, object] = {"errors_last_day": errors}
    if last is None or _days_ago(last, now) > RECENT_DAYS:
        yield Finding(
            NAME, Level.OK, say(_("Tidak ada program yang berhenti sendiri dalam tujuh hari.")), facts=facts
        )
        return
    trace = str(last["trace"]).strip().splitlines()[-1:]
    facts |= {"at": last.get("at"), "area": last.get("area"), "event": last.get("event"), "trace": trace}
    yield Finding(
        NAME,
        Level.WARN,
        say(_("Gangguan program terakhir: {at}, {event}."), at=last.get("at"), event=last.get("event")),
        say(_("Kirim berkas diagnostik (main.py bundle) kepada pengembang.")),
        facts=facts,
    )


def latest_lines(folder: Path) -> Iterator[dict[str, object]]:
    """Yield the latest lines of the rotated log, oldest first; what is no JSON object is passed over."""
    kept: deque[str] = deque(maxlen=LINES)
    numbered = sorted(folder.glob("kiosk.log*"), key=_age, reverse=True)
    for path in numbered:
        try:
            with path.open(encoding="utf-8", errors="replace") as file:
                kept.extend(file)
        except FileNotFoundError:
            continue  # rotated away just now
    for text in kept:
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict):
            yield line


def _age(path: Path) -> int:
    suffix = path.name.removeprefix("kiosk.log").lstrip(".")
    return int(suffix) if suffix.isdecimal() else 0


def _days_ago(line: dict[str, object], now: dt.datetime) -> float:
    try:
        at = dt.datetime.fromisoformat(str(line.get("at")))
        return (now - at).total_seconds() / 86400
    except (ValueError, TypeError):
        return float("inf")
