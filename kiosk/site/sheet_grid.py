"""What stands in an XLSX file, cell by cell, without a thought about what it means."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from kiosk.site.faults import Fault, SiteFaults

_SIZE_LIMIT = 50_000_000
"""Bytes. 10,000 services are 3 MB."""


@dataclass(frozen=True)
class Row:
    """One row that is not empty."""

    number: int
    """As the spreadsheet shows it, from 1."""
    cells: Mapping[int, object]
    """Column number from 1 → what stands there; empty cells are left out."""
    failed: frozenset[int]
    """Columns whose formula ended in an error such as #REF!."""


def read_grids(path: Path, content: bytes | None = None) -> dict[str, list[Row]]:
    """Return the rows of each sheet by its title; raise SiteFaults when ``path`` cannot be read as a spreadsheet.

    With ``content`` that is read, and ``path`` is only what the file is called.

    Rows are streamed: one formatted cell at the bottom of a sheet makes it a million empty rows long.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        if (path.stat().st_size if content is None else len(content)) > _SIZE_LIMIT:
            problem = f"is too large for a catalogue; at most {_SIZE_LIMIT // 1_000_000} MB"
            raise SiteFaults([Fault("E-CAT-02", path.name, "", "", problem)])
        with warnings.catch_warnings():
            # It warns of decorations it drops, such as another program's list rules; only the cells matter here.
            warnings.simplefilter("ignore")
            source = path if content is None else io.BytesIO(content)
            book = load_workbook(source, read_only=True, data_only=True)
            try:
                return {sheet.title: _rows(sheet) for sheet in book.worksheets}
            finally:
                book.close()
    except OSError as error:
        problem = f"cannot be read: {error.strerror or error}"
        raise SiteFaults([Fault("E-CAT-01", path.name, "", "", problem)]) from error
    except (
        BadZipFile,
        InvalidFileException,
        ParseError,
        LookupError,
        ValueError,
        TypeError,
        EOFError,
    ) as error:
        problem = "is not an XLSX spreadsheet; save it as “Excel 2007-365 (.xlsx)”"
        raise SiteFaults([Fault("E-CAT-02", path.name, "", "", problem)]) from error


def _rows(sheet: object) -> list[Row]:
    sheet.reset_dimensions()  # type: ignore[attr-defined]  # some programs write a size that is not true
    found: list[Row] = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):  # type: ignore[attr-defined]
        held = {
            column: cell.value
            for column, cell in enumerate(cells, start=1)
            if cell.value is not None and str(cell.value).strip()
        }
        if held:
            failed = frozenset(column for column in held if cells[column - 1].data_type == "e")
            found.append(Row(number, held, failed))
    return found
