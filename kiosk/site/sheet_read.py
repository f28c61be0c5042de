"""Reading a catalogue from a spreadsheet; what is wrong is told by sheet, row, column and value."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from kiosk.core.catalogue import REQUIRED_LANGUAGES, Catalogue, Site
from kiosk.site.faults import Fault, SiteFaults, shown
from kiosk.site.rules import judged
from kiosk.site.sheet_columns import KINDS, SHEETS, Column, Kind, Unreadable, columns, from_cell

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_SIZE_LIMIT = 50_000_000
"""Bytes. 10,000 services are 3 MB."""
_LANGUAGE_COLUMN = re.compile(r"^\w+\.(?P<tag>[a-z]{2,3})$|^.+ \((?P<label_tag>[a-z]{2,3})\)$")


def read(path: Path, site: Site | None = None) -> Catalogue:
    """Read an XLSX file and return its catalogue; raise SiteFaults that name sheet, row, column and value.

    Zones and languages are judged only with a ``site``.
    """
    book = _opened(path)
    names = {sheet.title.strip().casefold(): sheet for sheet in book.worksheets}
    tables: dict[Kind, _Table] = {}
    faults: list[Fault] = []
    for kind in KINDS:
        if (sheet := names.get(SHEETS[kind].casefold())) is None:
            problem = f"the sheet is missing; needed: {', '.join(SHEETS.values())}"
            faults.append(Fault("E-CAT-05", path.name, SHEETS[kind], "", problem))
        else:
            tables[kind] = _read_sheet(sheet, kind, path.name)
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

    def place(self, row: int, key: str = "", code: str = "") -> str:
        """Return where a field is, for a person: ``Layanan, row 14 (C03), column F "Nama singkat (en)"``."""
        from openpyxl.utils import get_column_letter

        text = f"{self.title}, row {row}" + (f" ({code})" if code else "")
        for number, column in self.shape.items():
            if column.key == key:
                return f'{text}, column {get_column_letter(number)} "{column.label}"'
        return text


def _opened(path: Path) -> Workbook:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        if path.stat().st_size > _SIZE_LIMIT:
            problem = f"is too large for a catalogue; at most {_SIZE_LIMIT // 1_000_000} MB"
            raise SiteFaults([Fault("E-CAT-02", path.name, "", "", problem)])
        with warnings.catch_warnings():
            # It warns of decorations it drops, such as another program's list rules; only the cells matter here.
            warnings.simplefilter("ignore")
            return load_workbook(path, data_only=True)
    except OSError as error:
        raise SiteFaults(
            [Fault("E-CAT-01", path.name, "", "", f"cannot be read: {error.strerror}")]
        ) from error
    except (BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, SyntaxError) as error:
        problem = "is not an XLSX spreadsheet; save it as “Excel 2007-365 (.xlsx)”"
        raise SiteFaults([Fault("E-CAT-02", path.name, "", "", problem)]) from error


def _read_sheet(sheet: Worksheet, kind: Kind, file: str) -> _Table:
    grid = list(sheet.iter_rows())
    table = _Table(SHEETS[kind], {})
    first = _read_header(grid, kind, table, file)
    if table.headless:
        return table
    for number_of_row, cells in enumerate(grid[first:], start=first + 1):
        values = {number: cells[number - 1] for number in table.shape if number <= len(cells)}
        if all(cell.value is None or not str(cell.value).strip() for cell in values.values()):
            continue
        row: dict[str, Any] = {}
        problems: list[tuple[Column, object, str]] = []
        for number, cell in values.items():
            column = table.shape[number]
            try:
                if cell.data_type == "e":
                    raise Unreadable("the formula in this cell failed; type the value itself")
                value = from_cell(column.content, cell.value)
            except Unreadable as error:
                problems.append((column, cell.value, str(error)))
                continue
            _put(row, column.key, value)
        code = row["code"] if isinstance(row.get("code"), str) else ""
        for column, found, problem in problems:
            place = table.place(number_of_row, column.key, code)
            table.faults.append(Fault("E-CAT-06", file, place, shown(found), problem))
        table.rows.append(row)
        table.row_numbers.append(number_of_row)
    return table


def _put(row: dict[str, Any], key: str, value: object) -> None:
    """Set a field; an empty cell is a field that is not there."""
    name, _, tag = key.partition(".")
    if value is not None:
        if tag:
            row.setdefault(name, {})[tag] = value
        else:
            row[name] = value


def _read_header(grid: Sequence[Sequence[Any]], kind: Kind, table: _Table, file: str) -> int:
    """Find the columns in the first rows; return the index of the first row of data."""
    first = 0
    for index, cells in enumerate(grid[:5]):
        names = {cell.column: " ".join(str(cell.value).split()) for cell in cells if cell.value is not None}
        known = {number: column for number, name in names.items() if (column := _column_named(name, kind))}
        if len(known) * 2 <= len(names) or len(known) < 2:
            continue  # a title above, an empty row or already data: a header is mostly names of columns
        first = index + 1
        for number, name in names.items():
            if number in known:
                table.shape.setdefault(number, known[number])
            elif number not in table.shape:
                place = (
                    f"{table.title}, row {index + 1}, column {cells[0].parent.cell(1, number).column_letter}"
                )
                allowed = ", ".join(column.label for column in columns(kind, REQUIRED_LANGUAGES))
                table.faults.append(
                    Fault("E-CAT-04", file, place, shown(name), f"is not a known column; allowed: {allowed}")
                )
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
