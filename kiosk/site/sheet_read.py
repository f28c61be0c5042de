"""Reading a catalogue from a spreadsheet; what is wrong is told by sheet, row, column and value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kiosk.core.catalogue import REQUIRED_LANGUAGES, Catalogue, Site
from kiosk.site.faults import Fault, SiteFaults, shown
from kiosk.site.rules import judged
from kiosk.site.sheet_columns import KINDS, SHEETS, Column, Kind, Unreadable, columns, from_cell
from kiosk.site.sheet_grid import Row, read_grids

_LANGUAGE_COLUMN = re.compile(r"^\w+\.(?P<tag>[a-z]{2,3})$|^.+ \((?P<label_tag>[a-z]{2,3})\)$")


def read(path: Path, site: Site | None = None, content: bytes | None = None) -> Catalogue:
    """Read an XLSX file and return its catalogue; raise SiteFaults that name sheet, row, column and value.

    Zones and languages are judged only with a ``site``. With ``content`` that is read, and ``path`` is its name.
    """
    grids = {title.strip().casefold(): rows for title, rows in read_grids(path, content).items()}
    tables: dict[Kind, _Table] = {}
    faults: list[Fault] = []
    for kind in KINDS:
        if (rows := grids.get(SHEETS[kind].casefold())) is None:
            problem = f"the sheet is missing; needed: {', '.join(SHEETS.values())}"
            faults.append(Fault("E-CAT-05", path.name, SHEETS[kind], "", problem))
        else:
            tables[kind] = _read_sheet(rows, kind, path.name)
            faults += tables[kind].faults
    if len(tables) < len(KINDS) or any(table.headless for table in tables.values()):
        raise SiteFaults(faults)
    catalogue, found = judged({kind: table.rows for kind, table in tables.items()}, site, path.name)
    told = {fault.place for fault in faults}
    faults += [fault for fault in (_relocated(fault, tables) for fault in found) if fault.place not in told]
    if faults or catalogue is None:
        raise SiteFaults(faults)
    return catalogue


@dataclass
class _Table:
    """One sheet as read: its rows as JSON data, and where each came from."""

    title: str
    shape: dict[int, Column]
    """Column number (from 1) → column."""
    rows: list[dict[str, Any]] = field(default_factory=list)
    row_numbers: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    headless: bool = False
    nameless: set[int] = field(default_factory=set)
    """Columns that hold something and are none of ours; each is told once."""

    def place(self, row: int, key: str = "", code: str = "") -> str:
        """Return where a field is, for a person: ``Layanan, row 14 (C03), column F "Nama singkat (en)"``."""
        text = f"{self.title}, row {row}" + (f" ({code})" if code else "")
        for number, column in self.shape.items():
            if column.key == key:
                return f'{text}, column {letter(number)} "{column.label}"'
        return text

    def note_nameless(self, row: Row, file: str) -> None:
        """Tell of data in a column without a name: what stands there would be lost without a word."""
        for number in sorted(row.cells.keys() - self.shape.keys() - self.nameless):
            self.nameless.add(number)
            place = f"{self.title}, row {row.number}, column {letter(number)}"
            problem = "the column has no name in the first row; give it one, or remove what stands in it"
            self.faults.append(Fault("E-CAT-04", file, place, shown(row.cells[number]), problem))


def letter(number: int) -> str:
    """Return a column's name: 1 → A, 27 → AA."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _read_sheet(rows: Sequence[Row], kind: Kind, file: str) -> _Table:
    table = _Table(SHEETS[kind], {})
    first = _read_header(rows, kind, table, file)
    if table.headless:
        return table
    for row in rows[first:]:
        table.note_nameless(row, file)
        _read_row(row, table, file)
    return table


def _read_row(row: Row, table: _Table, file: str) -> None:
    found: dict[str, Any] = {}
    problems: list[tuple[Column, object, str]] = []
    for number, column in table.shape.items():
        try:
            if number in row.failed:
                raise Unreadable("the formula in this cell failed; type the value itself")
            _put(found, column.key, from_cell(column.content, row.cells.get(number)))
        except Unreadable as error:
            problems.append((column, row.cells[number], str(error)))
    if not found and not problems:
        return  # only in columns that are none of ours
    code = found["code"] if isinstance(found.get("code"), str) else ""
    for column, value, problem in problems:
        place = table.place(row.number, column.key, code)
        table.faults.append(Fault("E-CAT-06", file, place, shown(value), problem))
    table.rows.append(found)
    table.row_numbers.append(row.number)


def _put(row: dict[str, Any], key: str, value: object) -> None:
    """Set a field; an empty cell is a field that is not there."""
    name, _, tag = key.partition(".")
    if value is not None:
        if tag:
            row.setdefault(name, {})[tag] = value
        else:
            row[name] = value


def _read_header(rows: Sequence[Row], kind: Kind, table: _Table, file: str) -> int:
    """Find the columns in the first rows; return the index of the first row of data."""
    first = 0
    for index, row in enumerate(rows[:5]):
        names = {number: " ".join(str(value).split()) for number, value in row.cells.items()}
        known = {number: column for number, name in names.items() if (column := _column_named(name, kind))}
        if len(known) * 2 <= len(names) or len(known) < 2:
            continue  # a title above, or already data: a header is mostly names of columns
        first = index + 1
        for number, name in names.items():
            place = f"{table.title}, row {row.number}, column {letter(number)}"
            if number not in known and number not in table.shape:
                allowed = ", ".join(column.label for column in columns(kind, REQUIRED_LANGUAGES))
                problem = f"is not a known column; allowed: {allowed}"
                table.faults.append(Fault("E-CAT-04", file, place, shown(name), problem))
                table.nameless.add(number)
            elif number in known and table.shape.setdefault(number, known[number]).key != known[number].key:
                problem = f"the row above calls this column {table.shape[number].label!r}; make them agree"
                table.faults.append(Fault("E-CAT-06", file, place, shown(name), problem))
    _judge_header(kind, table, file)
    return first


def _judge_header(kind: Kind, table: _Table, file: str) -> None:
    seen: set[str] = set()
    for column in table.shape.values():
        if column.key in seen:
            problem = f"the column {column.label!r} stands twice; keep one"
            table.faults.append(Fault("E-CAT-03", file, table.title, "", problem))
        seen.add(column.key)
    # A column that was deleted is not a column that is empty: what it held would be lost without a word.
    for column in columns(kind, REQUIRED_LANGUAGES):
        if column.key not in seen:
            problem = f"the column {column.label!r} is missing; a column may be empty, but must be there"
            table.faults.append(Fault("E-CAT-05", file, table.title, "", problem))
            table.headless = True


def _column_named(name: str, kind: Kind) -> Column | None:
    found = _LANGUAGE_COLUMN.match(name)
    tag = (found["tag"] or found["label_tag"]) if found else None
    for column in columns(
        kind, (*REQUIRED_LANGUAGES, *([tag] if tag and tag not in REQUIRED_LANGUAGES else []))
    ):
        if name in (column.key, column.label) or name.casefold() == column.label.casefold():
            return column
    return None


_PLACE = re.compile(r"(?P<kind>\w+)\[(?P<index>\d+)\](?: \((?P<code>.*?)\))?(?:\.(?P<field>[^\[]+))?")


def _relocated(fault: Fault, tables: Mapping[Kind, _Table]) -> Fault:
    """Return ``fault`` with its place in the catalogue's data turned into its place in the spreadsheet."""
    found = _PLACE.match(fault.place)
    kind = next((kind for kind in KINDS if found is not None and found["kind"] == kind), None)
    if found is None or kind is None:
        title = SHEETS.get(fault.place, fault.place)  # type: ignore[call-overload]
        return Fault(fault.code, fault.file, title, fault.value, fault.problem)
    table = tables[kind]
    field_name = (found["field"] or "").strip()
    keys = [column.key for column in table.shape.values()]
    if field_name not in keys:
        field_name = next(_candidates(field_name, fault.problem, keys), field_name)
    place = table.place(table.row_numbers[int(found["index"])], field_name, found["code"] or "")
    return Fault(fault.code, fault.file, place, fault.value, fault.problem)


def _candidates(name: str, problem: str, keys: Sequence[str]) -> Iterator[str]:
    """Yield the columns a whole bilingual field or a part of a field may stand in, the likeliest first."""
    head = name.split(".", maxsplit=1)[0]
    yield from (
        key for key in keys if key.startswith(f"{head}.") and f"text for {key.partition('.')[2]}" in problem
    )
    yield from (key for key in keys if key == head or key.startswith(f"{head}."))
