"""What a report comes to, for a heartbeat: how many of each level, and the worst items by name and code. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from kiosk.doctor.finding import Finding, Level, Report

MOST: Final = 8
"""Items named: a unit with more faults than these is visited anyhow."""


@dataclass(frozen=True, slots=True)
class Worst:
    """One item that is not well: its stable name, its level, its error code where it has one."""

    check: str
    level: Level
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts and names alone: sentences stay on the unit, where ``main.py doctor`` tells them with their remedies."""

    at: dt.datetime
    ok: int
    warn: int
    fail: int
    unknown: int
    worst: tuple[Worst, ...]

    def document(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {
            "at": self.at.isoformat(timespec="seconds"),
            "ok": self.ok,
            "warn": self.warn,
            "fail": self.fail,
            "unknown": self.unknown,
            "worst": [{"check": one.check, "level": one.level.value, "code": one.code} for one in self.worst],
        }


def summary(report: Report, most: int = MOST) -> Summary:
    """Return what ``report`` comes to. Among equals the report's own order stays; an item is named once."""
    counts = {level: sum(finding.level is level for finding in report.findings) for level in Level}
    ill: dict[str, Finding] = {}
    for finding in sorted(report.findings, key=lambda one: one.level.rank):
        if finding.level is not Level.OK:
            ill.setdefault(finding.check, finding)
    return Summary(
        at=report.at,
        ok=counts[Level.OK],
        warn=counts[Level.WARN],
        fail=counts[Level.FAIL],
        unknown=counts[Level.UNKNOWN],
        worst=tuple(Worst(one.check, one.level, one.code) for one in list(ill.values())[:most]),
    )
