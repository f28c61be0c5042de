"""Logs: JSON lines in ``<state>/logs/kiosk.log``, rotated and bounded (at most 6 MB), plain lines on a terminal.

The standard library's ``logging`` alone: Kivy has imported it already, and the first frame waits for what is imported.
A record's ``extra`` fields become keys of the line. Nothing of a visitor is ever logged: no ticket token, no search
text.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import logging.handlers
import sys
from pathlib import Path

_STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object for each record."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "area": record.name,
            "event": record.getMessage(),
        }
        line |= {key: value for key, value in record.__dict__.items() if key not in _STANDARD}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def to_file(state: Path) -> None:
    """Send the kiosk's log to the state folder; warnings go to standard error as well."""
    folder = state / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    file = logging.handlers.RotatingFileHandler(
        folder / "kiosk.log", maxBytes=1_000_000, backupCount=5, encoding="utf-8", delay=True
    )
    file.setFormatter(JsonLines())
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    root.addHandler(file)
    to_terminal()


def to_terminal(level: int = logging.WARNING) -> None:
    """Send warnings and worse to standard error as plain lines."""
    stream = logging.StreamHandler(sys.stderr)
    stream.setLevel(level)
    stream.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(stream)
