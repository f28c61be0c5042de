"""Tickets and figures as CSV and as a workbook, for those who go on reckoning with them.

A cell is never a formula: a spreadsheet would run what begins with ``=``, ``+``, ``-`` or ``@``, and some of these
texts come from a kiosk. In CSV such a text gets an apostrophe in front (OWASP, CSV injection); in the workbook every
text is marked as text.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from server.catalogue import SiteDocument
from server.figures import Figures, Row, Sum

Cell = str | int | float | dt.date | dt.time | None
Say = Callable[[str], str]
Table = tuple[list[str], list[list[Cell]]]

_FORMULA: Final = tuple("=+-@\t\r\n|")
_NOT_IN_A_WORKBOOK: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def tickets(document: SiteDocument, found: Sequence[Row], language: str, say: Say) -> Table:
    """Return one line for each ticket, in ``language``."""
    names = {one.code: _plain(one.short, language) for one in document.catalogue.services}
    agencies = {one.code: _plain(one.short, language) for one in document.catalogue.agencies}

    def clock(moment: dt.datetime | None) -> dt.time | None:
        return moment.astimezone(document.zone).time().replace(microsecond=0) if moment else None

    heads = [
        *("day", "number", "queue", "agency", "service", "priority", "issued", "called", "started", "ended"),
        *("waited", "served_for", "counter", "state"),
    ]
    lines: list[list[Cell]] = [
        [
            row.day,
            row.number,
            row.queue,
            agencies.get(row.agency, row.agency),
            names.get(row.service, row.service),
            say("today_yes") if row.priority else "",
            clock(row.issued_at),
            clock(row.called_at),
            clock(row.started_at),
            clock(row.ended_at),
            _rounded(row.waited),
            _rounded(row.served_for),
            row.counter,
            say(f"today_state_{row.state}"),
        ]
        for row in found
    ]
    return [say(f"today_col_{head}") for head in heads], lines


def summary(figures: Figures, agency_of: Callable[[str], str], say: Say) -> Table:
    """Return one line for each queue and one for all."""
    heads = [
        "queue",
        "agency",
        "count",
        "waiting",
        "done",
        "no_show",
        "voided",
        "wait_median",
        "service_median",
    ]

    def line(name: str, agency: str, one: Sum) -> list[Cell]:
        return [
            name,
            agency,
            one.issued,
            one.waiting,
            one.served,
            one.no_shows,
            one.voided,
            _rounded(one.wait),
            _rounded(one.service),
        ]

    lines = [line(queue, agency_of(queue), one) for queue, one in figures.queues]
    return [say(f"today_col_{head}") for head in heads], [*lines, line(say("today_all"), "", figures.total)]


def by_hour(figures: Figures, say: Say) -> Table:
    """Return one line for each hour."""
    heads = [say(f"today_col_{head}") for head in ("hour", "count", "called", "done")]
    return heads, [[f"{one.hour:02d}.00", one.issued, one.called, one.served] for one in figures.hours]


def as_csv(table: Table) -> bytes:
    """Return ``table`` as UTF-8 with its mark, so that Excel reads it as such."""
    heads, lines = table
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([guarded(head) for head in heads])
    for line in lines:
        writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in line])
    return out.getvalue().encode("utf-8-sig")


def guarded(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def as_workbook(sheets: Iterable[tuple[str, Table]]) -> bytes:
    """Return ``sheets`` as an XLSX file, each with a head that stays in sight."""
    from openpyxl import Workbook  # a tenth of a second, and few ever ask

    book = Workbook(write_only=True)
    for name, (heads, lines) in sheets:
        sheet = book.create_sheet(name[:31])
        sheet.freeze_panes = "A2"
        for place, head in enumerate(heads):
            longest = max((len(str(line[place] or "")) for line in lines[:500]), default=0)
            sheet.column_dimensions[chr(ord("A") + place)].width = min(48, max(len(head), longest) + 3)

        sheet.append([_text(sheet, head, bold=True) for head in heads])
        for line in lines:
            sheet.append([_text(sheet, value) if isinstance(value, str) else value for value in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(sheet: Any, value: str, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    made = WriteOnlyCell(sheet, _NOT_IN_A_WORKBOOK.sub("", value))
    made.data_type = "s"
    if bold:
        made.font = Font(bold=True)
    return made


def _rounded(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes, 1)


def _plain(text: dict[str, str], language: str) -> str:
    return (text.get(language) or text["id"]).replace("\u00ad", "")
