"""The log: one JSON object a line, with the extra fields, bounded."""

from __future__ import annotations

import json
import logging

from kiosk.log import JsonLines


def test_a_record_is_one_json_line_with_its_extra_fields() -> None:
    record = logging.makeLogRecord(
        {"name": "desk", "levelname": "INFO", "msg": "ticket %s", "args": ("C-001",), "outcome": "printed"}
    )
    line = JsonLines().format(record)
    assert "\n" not in line
    found = json.loads(line)
    assert found["event"] == "ticket C-001"
    assert (found["area"], found["level"], found["outcome"]) == ("desk", "info", "printed")
    assert found["at"].endswith("+00:00")


def test_an_exception_keeps_its_trace_on_the_same_line() -> None:
    try:
        raise ValueError("row 3")
    except ValueError as error:
        record = logging.makeLogRecord(
            {"msg": "failed", "exc_info": (type(error), error, error.__traceback__)}
        )
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "ValueError: row 3" in json.loads(line)["trace"]
