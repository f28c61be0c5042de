"""The edits a manager makes, as data: what each touches, and what the site is after it.

An edit knows nothing of users, versions and databases (``server.manage.editing`` does). It works on the site as JSON
data, because what a person typed may not be a valid site yet; the result is judged whole.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from server.manage.difference import Data


class Edit(Protocol):
    """One edit."""

    @property
    def what(self) -> str:
        """The line's name in the audit: ``agency.changed``."""

    def part(self, data: Data) -> Any:
        """Return what it touches: where somebody else changed that meanwhile, this edit is too late."""

    def apply(self, data: Data) -> Data:
        """Return the site after it; ``data`` stays as it is."""


_ONE = {"agencies": "agency", "queues": "queue", "services": "service"}


def row_of(data: Data, kind: str, code: str | None) -> Data | None:
    """Return the record with ``code``; None where there is none."""
    found = (row for row in data["catalogue"][kind] if row["code"] == code)
    return next(found, None)


@dataclass(frozen=True)
class PutRow:
    """Add a record (``code`` is None) or replace the one with ``code``. ``row`` may rename it: what refers to it is
    taken along. A row that is added stands last; a service last of its agency."""

    kind: str
    code: str | None
    row: Mapping[str, Any]

    @property
    def what(self) -> str:
        return f"{_ONE[self.kind]}.{'added' if self.code is None else 'changed'}"

    def part(self, data: Data) -> Any:
        return row_of(data, self.kind, self.code)

    def apply(self, data: Data) -> Data:
        made = copy.deepcopy(data)
        rows: list[Data] = made["catalogue"][self.kind]
        row = copy.deepcopy(dict(self.row))
        if self.code is None:
            rows.insert(self._place(rows, row), row)
            return made
        index = next((index for index, old in enumerate(rows) if old["code"] == self.code), None)
        if index is None:  # removed meanwhile: ``part`` tells of it before anything is applied
            rows.append(row)
            return made
        # What the form does not hold (a third language, a source) stays.
        rows[index] = {**rows[index], **row}
        if row.get("code") not in (None, self.code):
            _rename(made, self.kind, self.code, row["code"])
        return made

    def _place(self, rows: list[Data], row: Data) -> int:
        if self.kind == "services":
            same = [index for index, other in enumerate(rows) if other["agency"] == row.get("agency")]
            if same:
                return same[-1] + 1
        return len(rows)


def _rename(data: Data, kind: str, old: str, new: str) -> None:
    field = {"agencies": "agency", "queues": "queue"}.get(kind)
    if field is not None:
        for service in data["catalogue"]["services"]:
            if service[field] == old:
                service[field] = new


@dataclass(frozen=True)
class RemoveRow:
    """Take a record away; an agency with its services, which nobody could find any more."""

    kind: str
    code: str

    @property
    def what(self) -> str:
        return f"{_ONE[self.kind]}.removed"

    def part(self, data: Data) -> Any:
        services = [row for row in data["catalogue"]["services"] if row["agency"] == self.code]
        return row_of(data, self.kind, self.code), services if self.kind == "agencies" else None

    def apply(self, data: Data) -> Data:
        made = copy.deepcopy(data)
        groups = made["catalogue"]
        groups[self.kind] = [row for row in groups[self.kind] if row["code"] != self.code]
        if self.kind == "agencies":
            groups["services"] = [row for row in groups["services"] if row["agency"] != self.code]
        return made


@dataclass(frozen=True)
class SetClosed:
    """Close services with a reason in every language, or open them (``text`` is None)."""

    codes: tuple[str, ...]
    text: Mapping[str, str] | None

    @property
    def what(self) -> str:
        return "service.opened" if self.text is None else "service.closed"

    def part(self, data: Data) -> Any:
        return [row and row["closed"] for row in (row_of(data, "services", code) for code in self.codes)]

    def apply(self, data: Data) -> Data:
        made = copy.deepcopy(data)
        for row in made["catalogue"]["services"]:
            if row["code"] in self.codes:
                row["closed"] = None if self.text is None else dict(self.text)
        return made


@dataclass(frozen=True)
class SetQuotas:
    """Set how many tickets a day queues and services give (None: as many as the series holds)."""

    queues: Mapping[str, Any]
    services: Mapping[str, Any]

    what = "quotas.changed"

    def part(self, data: Data) -> Any:
        return [
            [row["quota"] for row in data["catalogue"][kind] if row["code"] in codes]
            for kind, codes in (("queues", self.queues), ("services", self.services))
        ]

    def apply(self, data: Data) -> Data:
        made = copy.deepcopy(data)
        for kind, quotas in (("queues", self.queues), ("services", self.services)):
            for row in made["catalogue"][kind]:
                if row["code"] in quotas:
                    row["quota"] = quotas[row["code"]]
        return made


@dataclass(frozen=True)
class SetSite:
    """Set fields of the mall itself: week, breaks, overrides, holidays, texts. Each field is replaced whole."""

    fields: Mapping[str, Any]
    name: str = "site"

    @property
    def what(self) -> str:
        return f"{self.name}.changed"

    def part(self, data: Data) -> Any:
        return {key: data["site"][key] for key in self.fields}

    def apply(self, data: Data) -> Data:
        made = copy.deepcopy(data)
        made["site"].update(copy.deepcopy(dict(self.fields)))
        return made


@dataclass(frozen=True)
class ReplaceCatalogue:
    """Put a whole catalogue in place of the present one: a spreadsheet's."""

    catalogue: Mapping[str, Any]

    what = "catalogue.imported"

    def part(self, data: Data) -> Any:
        return data["catalogue"]

    def apply(self, data: Data) -> Data:
        return {"site": copy.deepcopy(data["site"]), "catalogue": copy.deepcopy(dict(self.catalogue))}


@dataclass(frozen=True)
class Restore:
    """Put an earlier version in force again."""

    data: Data
    number: int

    what = "version.restored"

    def part(self, data: Data) -> Any:
        return data

    def apply(self, data: Data) -> Data:
        return copy.deepcopy(self.data)
