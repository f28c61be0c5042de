"""What the doctor finds: a level, a sentence and a remedy, in every language of the program.

UNKNOWN is a level of its own: what could not be asked is neither well nor ill, and the sentence says why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from kiosk.i18n import languages, translate


class Level(StrEnum):
    """How one item is."""

    FAIL = "fail"
    WARN = "warn"
    UNKNOWN = "unknown"
    OK = "ok"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the program with its values; the source language is Indonesian (kiosk.i18n)."""

    message: str = ""
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """Return it in ``language``."""
        return translate(self.message, language).format(**self.values)

    def document(self) -> dict[str, str] | None:
        """Return it in every language, or None when there is nothing to say."""
        return {language: self.text(language) for language in languages()} if self.message else None


SILENT: Final = Said()


def say(message: str, **values: object) -> Said:
    """Return a sentence; mark ``message`` with ``kiosk.i18n._`` where it is written."""
    return Said(message, values)


@dataclass(frozen=True, slots=True)
class Finding:
    """One item.

    ``check`` is its stable name, ``code`` the stable error code where there is one, ``facts`` what was measured.
    """

    check: str
    level: Level
    message: Said
    remedy: Said = SILENT
    code: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    def document(self) -> dict[str, object]:
        """Return it as JSON values."""
        return {
            "check": self.check,
            "level": self.level.value,
            "code": self.code,
            "message": self.message.document(),
            "remedy": self.remedy.document(),
            "facts": dict(self.facts),
        }


@dataclass(frozen=True, slots=True)
class Report:
    """Everything found, the worst first."""

    at: dt.datetime
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def worst(self) -> Level:
        """The worst level of all."""
        return min(
            (finding.level for finding in self.findings), key=lambda level: level.rank, default=Level.OK
        )

    def document(self) -> dict[str, object]:
        """Return it as JSON values."""
        counts = {level.value: sum(f.level is level for f in self.findings) for level in Level}
        return {
            "ok": self.worst is not Level.FAIL,
            "worst": self.worst.value,
            "at": self.at.isoformat(timespec="seconds"),
            "seconds": round(self.seconds, 2),
            "counts": counts,
            "findings": [finding.document() for finding in self.findings],
        }
