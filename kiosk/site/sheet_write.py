"""Writing a catalogue as a spreadsheet that an agency can fill in without a manual."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk import durable
from kiosk.core.catalogue import REQUIRED_LANGUAGES, Catalogue, Site
from kiosk.site.faults import Fault, SiteFaults, shown
from kiosk.site.rules import PICTOGRAMS
from kiosk.site.sheet_columns import FIRST_ROW, KINDS, SHEETS, Column, Kind, columns, to_cell

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_SPARE_ROWS = 200
"""Rows below the data that have their choices too, for what the agency adds."""
_CELL_LIMIT = 32_767
"""Characters in a cell (Excel specifications and limits); openpyxl would cut the rest off silently."""


def write(catalogue: Catalogue, path: Path, site: Site | None = None) -> None:
    """Write ``catalogue`` to the XLSX file ``path``. Raises OSError, and SiteFaults for a text no cell can hold.

    A ``site`` gives the languages (default: id, en) and the zones to choose from.
    """
    durable.write(path, as_bytes(catalogue, path.name, site))


def as_bytes(catalogue: Catalogue, name: str, site: Site | None = None) -> bytes:
    """Return ``catalogue`` as an XLSX file that is called ``name``. Raises SiteFaults for a text no cell can hold."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    languages = site.languages if site is not None else REQUIRED_LANGUAGES
    data = catalogue.model_dump(mode="json")
    for kind in KINDS:
        _write_sheet(book.create_sheet(SHEETS[kind]), columns(kind, languages), data[kind], name)
    _offer_choices(book, languages, site)
    _write_guide(book.create_sheet("Petunjuk"), languages)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _write_sheet(
    sheet: Worksheet, shape: Sequence[Column], rows: Sequence[Mapping[str, Any]], file: str
) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    top, wrapped = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)
    for number, column in enumerate(shape, start=1):
        letter = get_column_letter(number)
        # Text format keeps a spreadsheet from making a date of "4-7" and a number of "007".
        written_as = "#,##0" if column.content == "number" else "@"
        whole = sheet.column_dimensions[letter]
        whole.width, whole.number_format = column.width, written_as
        head = sheet.cell(1, number, column.label)
        head.font, head.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor="0B4F6C")
        head.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.cell(2, number, column.key)
        for row, data in enumerate(rows, start=FIRST_ROW):
            value = to_cell(column.content, _at(data, column.key))
            if value is None:
                continue
            cell = sheet.cell(row, number, value)
            cell.number_format, cell.alignment = written_as, top
            if isinstance(value, str):
                if len(value) > _CELL_LIMIT:
                    place = f'{sheet.title}, row {row}, column {letter} "{column.label}"'
                    problem = f"is too long for a cell; at most {_CELL_LIMIT} characters"
                    raise SiteFaults([Fault("E-CAT-06", file, place, shown(value), problem)])
                cell.value, cell.data_type = value, "s"  # or "=1+1" would become a formula
                cell.alignment = wrapped if "\n" in value or len(value) > column.width else top
    sheet.row_dimensions[2].hidden = True
    sheet.freeze_panes = f"B{FIRST_ROW}"


def _at(row: Mapping[str, Any], key: str) -> object:
    name, _, tag = key.partition(".")
    value = row[name]
    return value.get(tag) if tag and isinstance(value, dict) else value


def _offer_choices(book: Workbook, languages: Sequence[str], site: Site | None) -> None:
    """Let agencies, queues, zones, pictograms and yes/no be chosen from a list."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    def offer(kind: Kind, key: str, source: str) -> None:
        sheet = book[SHEETS[kind]]
        letter = get_column_letter([column.key for column in columns(kind, languages)].index(key) + 1)
        choice = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=True)
        choice.errorTitle, choice.error = "Pilihan tidak ada", "Silakan pilih dari daftar."
        choice.add(f"{letter}{FIRST_ROW}:{letter}{sheet.max_row + _SPARE_ROWS}")
        sheet.add_data_validation(choice)

    for key, kind in (("agency", "agencies"), ("queue", "queues")):
        title = SHEETS[kind]  # type: ignore[index]
        offer("services", key, f"{title}!$A${FIRST_ROW}:$A${book[title].max_row + _SPARE_ROWS}")
    offer("services", "must_verify", '"ya,tidak"')
    pictures = ",".join(sorted(path.stem for path in PICTOGRAMS.glob("agency-*.svg")))
    zones = ",".join(zone.code for zone in site.zones) if site is not None else ""
    for kind_, key, choices in (("agencies", "pictogram", pictures), ("queues", "zone", zones)):
        if 0 < len(choices) <= 255:  # the most a list in a cell's rule may hold
            offer(kind_, key, f'"{choices}"')  # type: ignore[arg-type]


def _write_guide(sheet: Worksheet, languages: Sequence[str]) -> None:
    from openpyxl.styles import Font

    sheet.append(["Lembar", "Kolom", "Isi"])
    for kind in KINDS:
        for column in columns(kind, languages):
            sheet.append([SHEETS[kind], column.label, column.help])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABC", (12, 28, 80), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
