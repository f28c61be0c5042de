"""The manager's page: who may see it, what it takes, what it gives away."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from fastapi import FastAPI

from server.db.database import Database
from server.users import Role
from tests.support.hall import issue
from tests.support.pages import Browser, add_person
from tests.support.server_driver import Kiosk


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The figures themselves are tested on both databases."""
    return sqlite_url


@pytest.fixture
def rina(app: FastAPI, database: Database, kiosk: Kiosk) -> Browser:
    issue(database, kiosk, range(1, 4))
    browser = Browser(app)
    browser.enter(database, add_person(database, "rina", Role.MANAGER), "/")
    return browser


def test_the_page(rina: Browser) -> None:
    text = rina.get("/").text
    assert "<h1>Hari ini</h1>" in text, "a manager begins here"
    assert re.search(r"Menunggu sekarang</dt><dd><b>3</b><span>terlama 59 mnt", text)
    assert "Unduh Excel" in text
    assert text.count('role="img"') == 2
    english = rina.get("/hari-ini?lang=en").text
    assert "Waiting now" in english
    assert "Menunggu" not in english


def test_an_officer_has_no_business_there(app: FastAPI, database: Database) -> None:
    browser = Browser(app)
    browser.enter(database, add_person(database, "siti", Role.OFFICER), "/")
    for path in ("", "/tiket.csv", "/angka.csv", "/antrean.xlsx"):
        answer = browser.get(f"/hari-ini{path}")
        assert answer.status_code == 403
        assert "bukan untuk peran Anda" in answer.text
        assert "C-001" not in answer.text


@pytest.mark.parametrize("path", ["", "/tiket.csv", "/angka.csv", "/antrean.xlsx"])
def test_dates_that_cannot_be(rina: Browser, path: str) -> None:
    for period in (
        "dari=2026-11-25&sampai=2026-11-24",
        "dari=2026-01-01&sampai=2026-11-24",
        "dari=x",
        "sampai=0",
    ):
        answer = rina.get(f"/hari-ini{path}?{period}")
        assert answer.status_code == 400, period
        assert "31 hari" in answer.text


def test_a_past_day(rina: Browser) -> None:
    text = rina.get("/hari-ini?dari=2026-11-20").text
    assert "Tanggal 20-11-2026" in text
    assert "live.js" not in text
    assert "Menunggu sekarang" not in text
    assert "20-11-2026 sampai 24-11-2026" in rina.get("/hari-ini?dari=2026-11-20&sampai=2026-11-24").text


def test_what_is_taken_away(rina: Browser) -> None:
    tickets = rina.get("/hari-ini/tiket.csv?dari=2026-11-20&sampai=2026-11-24")
    assert tickets.headers["Content-Disposition"] == 'attachment; filename="tiket-2026-11-20_2026-11-24.csv"'
    lines = tickets.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert lines[1].startswith("2026-11-24,C-001,C,Dukcapil,KTP-el baru,,11:01:00,")
    figures = rina.get("/hari-ini/angka.csv").content.decode("utf-8-sig").splitlines()
    assert figures[-1].startswith("Semua,,3,3,0,0,0")
    book = openpyxl.load_workbook(io.BytesIO(rina.get("/hari-ini/antrean.xlsx").content))
    assert book.sheetnames == ["Per antrean", "Per jam", "Tiket"]
    assert [cell.value for cell in book["Tiket"]["B"]] == ["Nomor", "C-001", "C-002", "C-003"]
