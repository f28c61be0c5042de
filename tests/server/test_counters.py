"""Counters: the list of them, who is at which, and the officer's page as a browser without JavaScript drives it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from server import catalogue, counters
from server.db.database import Database
from server.db.models import Audit, Call, Counter
from tests.server.conftest import Clock
from tests.support.hall import at_hand, does, issue, officer, states, ticket_of
from tests.support.pages import Browser
from tests.support.server_driver import NOON, SITE, Kiosk


@pytest.fixture(autouse=True)
def hall(database: Database) -> None:
    database.write(
        lambda session: counters.fill(
            session, catalogue.Catalogues().current(session, SITE), who="test", now=NOON
        )
    )


@pytest.fixture
def siti(app: FastAPI, database: Database) -> Browser:
    return officer(app, database, "siti")


@pytest.fixture
def budi(app: FastAPI, database: Database) -> Browser:
    return officer(app, database, "budi")


def test_the_catalogue_speaks_of_its_counters(database: Database) -> None:
    every = database.read(lambda session: counters.listed(session, SITE))
    assert [one.code for one in every] == [str(number) for number in range(1, 27)], "in people's order"
    by_code = {one.code: one for one in every}
    assert (by_code["26"].queues, by_code["26"].zone) == (("A",), "A")
    assert by_code["7"].queues == ("C",)
    assert not any(one.officer for one in every)

    def again(session: Session) -> int:
        document = catalogue.Catalogues().current(session, SITE)
        counters.put(session, document, "7", zone="A", queues=["A", "C"], who="test", now=NOON)
        counters.remove(session, SITE, "8", who="test", now=NOON)
        return counters.fill(session, document, who="test", now=NOON)

    assert database.write(again) == 1, "only what is missing"
    kept = {one.code: one for one in database.read(lambda session: counters.listed(session, SITE))}
    assert kept["7"].queues == ("A", "C")


def test_an_officers_morning(siti: Browser, database: Database, kiosk: Kiosk, clock: Clock) -> None:
    issue(database, kiosk, range(1, 5))
    issue(database, kiosk, [5], priority=True)
    page = siti.get("/loket").text
    assert "Anda di loket mana?" in page
    page = does(siti, "buka", counter="4")
    assert "5 orang menunggu" in page
    assert page.index("C-005") < page.index("C-001"), "the order of the calls: priority first"
    assert page.count("Prioritas") == 1

    page = does(siti, "panggil")
    assert at_hand(page) == "C-005"
    first = ticket_of(page)
    clock.turn(minutes=1)
    page = does(siti, "lagi", ticket=first)
    assert "Dipanggil 2 kali, terakhir pukul 12.01" in page
    page = does(siti, "mulai", ticket=first)
    assert "Sedang dilayani" in page
    page = does(siti, "selesai", ticket=first, then="panggil")
    assert at_hand(page) == "C-001"

    second = ticket_of(page)
    page = does(siti, "tidak-datang", ticket=second)
    assert at_hand(page) is None
    assert "Kembalikan C-001" in page
    page = does(siti, "kembali", ticket=second)
    page = does(siti, "panggil")
    assert at_hand(page) == "C-001", "where it stood"
    page = does(siti, "pindah", ticket=second, queue="A")
    assert at_hand(page) is None
    page = does(siti, "panggil")
    assert at_hand(page) == "C-002"
    third = ticket_of(page)
    page = does(siti, "kembali", ticket=third)
    assert at_hand(page) is None
    assert states(database) == {
        "C-005": "done",
        "C-001": "waiting",
        "C-002": "waiting",
        "C-003": "waiting",
        "C-004": "waiting",
    }
    told = database.read(lambda session: list(session.scalars(select(Call).order_by(Call.id))))
    assert [(one.what, one.number) for one in told][:4] == [
        ("called", "C-005"),
        ("recalled", "C-005"),
        ("serving", "C-005"),
        ("done", "C-005"),
    ]
    assert {(one.counter, one.who) for one in told} == {("4", "siti")}


def test_one_counter_one_officer(siti: Browser, budi: Browser, database: Database, kiosk: Kiosk) -> None:
    issue(database, kiosk, range(1, 4))
    does(siti, "buka", counter="4")
    assert at_hand(does(siti, "panggil")) == "C-001"
    assert "Gantikan siti" in budi.get("/loket").text
    assert "baru saja dibuka orang lain" in does(budi, "buka", counter="4")
    page = does(budi, "buka", counter="4", over="ya")
    assert at_hand(page) == "C-001", "the visitor stays at the counter"
    page = does(siti, "lagi", ticket=ticket_of(page))
    assert "Pilih loket lagi" in page
    assert "Anda di loket mana?" in page
    told = database.read(lambda session: list(session.scalars(select(Audit.what).order_by(Audit.id))))
    assert told.count("counter.taken_over") == 1


@pytest.mark.timeout(120)
def test_16_officers_calling_at_once_never_share_a_ticket(
    app: FastAPI, database: Database, kiosk: Kiosk
) -> None:
    issue(database, kiosk, range(1, 33))

    def widen(session: Session) -> None:
        session.execute(update(Counter).values(queues=""))

    database.write(widen)
    everybody = [officer(app, database, f"petugas{number}") for number in range(16)]
    for number, browser in enumerate(everybody, 1):
        does(browser, "buka", counter=str(number))
    start = threading.Barrier(16)

    def work(browser: Browser) -> list[str]:
        start.wait(30)
        found = []
        while (page := does(browser, "panggil")) and (number := at_hand(page)):
            found.append(number)
            does(browser, "selesai", ticket=ticket_of(page))
        return found

    with ThreadPoolExecutor(16) as pool:
        called = [number for numbers in pool.map(work, everybody) for number in numbers]
    assert sorted(called) == [f"C-{value:03d}" for value in range(1, 33)]


def test_two_windows_of_one_officer_call_one_ticket(
    app: FastAPI, siti: Browser, database: Database, kiosk: Kiosk
) -> None:
    issue(database, kiosk, range(1, 9))
    does(siti, "buka", counter="4")
    windows = [siti] + [Browser(app) for _ in range(3)]
    for window in windows[1:]:
        window.sign_in("siti")
    start = threading.Barrier(4)

    def press(window: Browser) -> None:
        start.wait(30)
        window.post("/loket/panggil")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(press, windows))
    assert list(states(database).values()).count("called") == 1
