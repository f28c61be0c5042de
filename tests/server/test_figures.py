"""The day's figures, on both databases, and what leaves the house as CSV and XLSX."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from uuid import UUID

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kiosk.core.record import TicketState
from server import calling, catalogue, charts, exports, figures
from server.calling import Desk
from server.db.database import Database
from server.figures import Figures, Hour, Row
from server.queue_rules import Rule
from tests.support.hall import tell
from tests.support.server_driver import DAY, NOON, SITE, Kiosk, sample

DESK = Desk(SITE, "4", ("C",), "siti")


def at(minutes: float) -> dt.datetime:
    return NOON + dt.timedelta(minutes=minutes)


def day_of(database: Database, now: dt.datetime, first: dt.date = DAY) -> tuple[Figures, list[Row]]:
    def read(session: Session) -> tuple[Figures, list[Row]]:
        rows = figures.rows(session, SITE, first, DAY)
        document = catalogue.Catalogues().current(session, SITE)
        return figures.figures(document, rows, first, DAY, now), rows

    return database.read(read)


def call(database: Database, minutes: float, desk: Desk = DESK) -> UUID:
    def work(session: Session) -> UUID:
        ticket = calling.call_next(session, desk, DAY, Rule("first"), at(minutes))
        assert ticket is not None
        return ticket.uuid

    return database.write(work)


def test_a_days_figures(database: Database, kiosk: Kiosk) -> None:
    told = []
    for value in range(1, 8):
        ticket = kiosk.ticket(value, at=at(value))
        told += [kiosk.issued(ticket)]
        if value == 6:
            told += [kiosk.settled(ticket, TicketState.NOT_PRINTED, "paper_out")]
            continue
        told += [kiosk.printed(ticket)]
        if value == 7:
            told += [kiosk.voided(ticket)]
    tell(database, kiosk, told)
    tell(database, kiosk, kiosk.whole(1, queue="A", service="A01", day=DAY - dt.timedelta(days=1)))

    first = call(database, 11)  # waited 10
    database.write(lambda session: calling.call_again(session, DESK, first, at(12)))
    database.write(lambda session: calling.start(session, DESK, first, at(13)))
    database.write(lambda session: calling.finish(session, DESK, first, at(20)))  # served 7
    second = call(database, 22)  # waited 20
    database.write(
        lambda session: calling.finish(session, DESK, second, at(25))
    )  # nobody pressed start: served 3
    third = call(database, 26)  # waited 23
    database.write(lambda session: calling.no_show(session, DESK, third, at(30)))
    fourth = call(database, 31)
    database.write(lambda session: calling.transfer(session, DESK, fourth, "A", at(33)))

    found, rows = day_of(database, at(65))
    by_queue = dict(found.queues)
    queue = by_queue["C"]
    assert (queue.issued, queue.served, queue.no_shows, queue.voided) == (5, 2, 1, 1)
    assert (queue.waiting, queue.longest) == (1, 60), "C-005"
    assert (by_queue["A"].waiting, by_queue["A"].longest, by_queue["A"].issued) == (1, 61, 0), "sent there"
    assert found.total.waiting == 2
    assert queue.wait == pytest.approx(21.5), "10, 20, 23 and 27"
    assert queue.service == pytest.approx(5)
    assert [row.state for row in rows] == [
        "done",
        "done",
        "no_show",
        "waiting",
        "waiting",
        "unprinted",
        "voided",
    ]
    noon = next(one for one in found.hours if one.hour == 12)
    assert noon == Hour(12, 5, 4, 2)
    assert [one.hour for one in found.hours] == list(range(8, 14)), "the mall's hours at least"
    assert by_queue["B"].wait is None

    two_days, _ = day_of(database, at(65), DAY - dt.timedelta(days=1))
    assert dict(two_days.queues)["A"].issued == 1
    assert two_days.total.waiting == 2, "yesterday's ticket waits no more"


def table(*lines: Sequence[exports.Cell]) -> exports.Table:
    return ["Nomor", "Angka"], [list(line) for line in lines]


@settings(max_examples=60)
@given(st.text(st.characters(codec="utf-8")))
def test_no_cell_of_a_csv_is_a_formula(text: str) -> None:
    written = exports.as_csv(table([text, 1.5])).decode("utf-8-sig")
    (_, (cell, number)) = list(csv.reader(io.StringIO(written, newline="")))
    assert cell in (text, f"'{text}")
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert number == "1.5"


@pytest.mark.parametrize(
    "text", ["=1+1", "+62", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "a\x00b\x1f", "C-001"]
)
def test_no_cell_of_a_workbook_is_a_formula(text: str) -> None:
    content = exports.as_workbook([("Tiket", table([text, 1.5]))])
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Tiket"]
    assert (sheet["A2"].data_type, sheet["B2"].value) == ("s", 1.5)
    assert sheet["A2"].value == text.replace("\x00", "").replace("\x1f", "")
    assert sheet.freeze_panes == "A2"


def test_a_chart_has_nothing_that_a_page_of_ours_refuses() -> None:
    for drawn in (
        charts.columns("Per jam <&>", ["08", "09"], [3, 0], [1, 2]),
        charts.bars("Menunggu", ["C <b>", "A"], [4, 2]),
    ):
        text = str(drawn)
        for word in ("<style", "style=", "<script", "<defs", "http://pygal", "<title", "<b>"):
            assert word not in text
        assert 'role="img"' in text
    assert 'aria-label="Per jam &lt;&amp;&gt;"' in charts.columns("Per jam <&>", ["08"], [1])
    assert charts.bars("x", ["a"], [1]) == charts.bars("x", ["a"], [1]), "the same figures make the same page"


def test_the_lines_of_an_export() -> None:
    site, services = sample()
    row = Row(
        day=DAY,
        number="C-001",
        queue="C",
        waits_in="C",
        service="C01",
        agency="C",
        priority=True,
        issued_at=NOON,
        called_at=at(10.26),
        started_at=at(11),
        ended_at=at(20),
        counter="4",
        state="done",
    )
    document = catalogue.SiteDocument(1, "", site, services, "")
    heads, lines = exports.tickets(document, [row], "en", lambda key: key)
    assert dict(zip(heads, lines[0], strict=True)) == {
        "today_col_day": DAY,
        "today_col_number": "C-001",
        "today_col_queue": "C",
        "today_col_agency": "Civil Registry",
        "today_col_service": "New ID card",
        "today_col_priority": "today_yes",
        "today_col_issued": dt.time(12),
        "today_col_called": dt.time(12, 10, 15),
        "today_col_started": dt.time(12, 11),
        "today_col_ended": dt.time(12, 20),
        "today_col_waited": 10.3,
        "today_col_served_for": 9,
        "today_col_counter": "4",
        "today_col_state": "today_state_done",
    }
