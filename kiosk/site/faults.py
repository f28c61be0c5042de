"""What can be wrong with a site's files, as data that a technician or an agency can act on.

Errors::

    SiteFaults               everything that is wrong, at once; each Fault has one of these codes
      E-CAT-01               a file is missing or cannot be read
      E-CAT-02               a file is not TOML, JSON or XLSX (with line and column)
      E-CAT-03               a key stands twice in one JSON object
      E-CAT-04               a key or column that is not known
      E-CAT-05               a field that must be there is missing
      E-CAT-06               a value that is not allowed
      E-CAT-07               records that do not fit together (code used twice, unknown agency, queue or zone)
      E-CAT-08               a picture that is named but not there
      E-CAT-09               a search word that no visitor could find
      E-CAT-10               the new catalogue could not be put in place
      E-CAT-11               a spreadsheet could not be written (told by the command ``catalogue``)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

MISSING = object()
"""Stands for a value that is not there at all (``None`` is a value)."""

_PATTERNS = {
    r"^[A-Z0-9]{1,3}$": "1 to 3 capital letters or digits",
    r"^[A-Z0-9]{1,12}$": "1 to 12 capital letters or digits",
    r"^[a-z0-9-]{1,40}$": "1 to 40 small letters, digits or hyphens",
    r"^[a-z0-9-]{2,40}$": "2 to 40 small letters, digits or hyphens",
    r"^[A-Z]{2}$": "2 capital letters",
    r"^[^\x00-\x1f\x7f-\x9f]*$": "text without line breaks, tabs or control characters",
    r"^[-. /]?$": "one of - . / or a space, or nothing",
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where it is, what stands there, and what is allowed."""

    code: str
    file: str
    """The file's name as the technician knows it: ``catalogue.json``."""
    place: str
    """``services[12] (C03).fee_idr``, ``line 4, column 9`` or ``Layanan!F14``; empty for the whole file."""
    value: str
    """What was found, as it would be written in JSON; empty when nothing was."""
    problem: str
    """What is wrong and what is allowed."""

    def __str__(self) -> str:
        where = f"{self.file}: {self.place}" if self.place else self.file
        found = f" = {self.value}" if self.value else ""
        return f"{self.code} {where}{found}: {self.problem}"


class SiteFaults(Exception):
    """A site or catalogue cannot be used; ``faults`` holds every fault found, never empty."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    @property
    def code(self) -> str:
        """The first fault's code, for a screen that has room for one."""
        return self.faults[0].code


def shown(value: object) -> str:
    """Return ``value`` as it would stand in JSON, at most 80 characters; empty for MISSING."""
    if value is MISSING:
        return ""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:79] + "…"


def faults_of(error: ValidationError, model: type[BaseModel], data: object, file: str) -> Iterator[Fault]:
    """Turn pydantic's errors about ``data`` into Faults with places that a person can find."""
    for detail in error.errors(include_url=False, include_context=True):
        location = tuple(detail["loc"])
        kind, context = detail["type"], detail.get("ctx", {})
        place, value = place_of(location, data), shown(detail["input"])
        if kind == "extra_forbidden":
            allowed = ", ".join(_fields_at(model, location[:-1]))
            yield Fault("E-CAT-04", file, place, value, f"is not a known key; allowed: {allowed}")
        elif kind == "missing":
            yield Fault("E-CAT-05", file, place, "", "is missing; it must be there")
        else:
            yield Fault("E-CAT-06", file, place, value, _allowed(kind, context, detail["msg"]))


def place_of(location: Iterable[int | str], data: object) -> str:
    """Return the path as ``services[12] (C03).name.en``: rows with a code say it."""
    text = ""
    for step in location:
        if isinstance(step, int):
            text += f"[{step}]"
            data = data[step] if isinstance(data, list) and step < len(data) else None
            code = data.get("code", data.get("id")) if isinstance(data, dict) else None
            text += f" ({code})" if isinstance(code, str) else ""
        elif step != "[key]":
            text += f".{step}" if text else step
            data = data.get(step) if isinstance(data, dict) else None
    return text


def _allowed(kind: str, context: dict[str, Any], message: str) -> str:
    if kind == "string_pattern_mismatch":
        pattern = str(context.get("pattern"))
        return f"allowed: {_PATTERNS.get(pattern, 'what matches ' + pattern)}"
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    words = {
        "int_type": "must be a whole number, written without quotes",
        "int_from_float": "must be a whole number",
        "string_type": "must be a text in quotes",
        "bool_type": "allowed: true, false",
        "model_type": "must be a group of fields in { }",
        "dict_type": 'must be texts by language, such as {"id": "…", "en": "…"}',
        "tuple_type": "must be a list in [ ]",
        "time_parsing": 'must be a time such as "08:00"',
        "time_type": 'must be a time such as "08:00"',
        "json_invalid": f"is not JSON: {context.get('error')}",
        "string_too_short": "must not be empty",
        "too_short": f"needs at least {context.get('min_length')}",
        "string_too_long": f"is too long; at most {context.get('max_length')} characters",
        "greater_than_equal": f"must be at least {context.get('ge')}",
        "less_than_equal": f"must be at most {context.get('le')}",
    }
    if kind == "literal_error":
        return f"allowed: {context.get('expected')}"
    if kind in ("date_from_datetime_parsing", "date_parsing", "date_type"):
        return 'must be a date such as "2026-12-24"'
    return words.get(kind, message)


def _fields_at(model: type[BaseModel], location: Iterable[int | str]) -> tuple[str, ...]:
    current: type[BaseModel] | None = model
    for step in location:
        if isinstance(step, str) and current is not None and step in current.model_fields:
            current = _model_in(current.model_fields[step].annotation)
    return tuple(current.model_fields) if current is not None else ()


def _model_in(annotation: object) -> type[BaseModel] | None:
    """Return the model that an annotation such as ``tuple[Queue, ...]`` or ``Hours | None`` holds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        if (found := _model_in(part)) is not None:
            return found
    return None
