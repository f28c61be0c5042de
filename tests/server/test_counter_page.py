"""The officer's page: what it refuses, says and shows."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session

from server import catalogue, counters
from server.db.database import Database
from server.errors import UpkeepError
from server.pages import counter
from tests.support.hall import at_hand, does, issue, officer, states, ticket_of
from tests.support.pages import Browser
from tests.support.server_driver import NOON, SITE, Kiosk


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What the page says and refuses is the same on both databases; ``test_counters`` runs on both."""
    return sqlite_url


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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1–3, 26", ("1", "2", "3", "26")),
        ("4-7", ("4", "5", "6", "7")),
        ("2, 2; 3 dan 4A", ("2", "3", "4A")),
        ("", ()),
        ("9-4, 1-9999, lobi kiri", ()),
    ],
)
def test_counters_spelt_out(text: str, found: tuple[str, ...]) -> None:
    assert counters.spelt_out(text) == found


def test_what_is_no_counter(database: Database) -> None:
    def bad(session: Session) -> None:
        document = catalogue.Catalogues().current(session, SITE)
        counters.put(session, document, "3 a", zone="Q", queues=["C", "XX"], who="test", now=NOON)

    with pytest.raises(UpkeepError) as refused:
        database.write(bad)
    assert [fault.partition(";")[0] for fault in refused.value.faults] == [
        "counter is '3 a'",
        "zone is 'Q'",
        "queue is 'XX'",
    ]


def test_what_does_not_fit_any_more_is_said_and_changes_nothing(
    siti: Browser, database: Database, kiosk: Kiosk
) -> None:
    issue(database, kiosk, range(1, 4))
    does(siti, "buka", counter="4")
    page = does(siti, "panggil")
    ticket = ticket_of(page)
    before = states(database)
    assert "Selesaikan dahulu" in does(siti, "panggil"), "a double press calls nobody else"
    assert "Selesaikan dahulu" in does(siti, "tutup")
    assert "Selesaikan dahulu" in does(siti, "istirahat")
    assert "Selesaikan dahulu" in does(siti, "buka", counter="5")
    assert "antrean tujuan itu tidak ada" in does(siti, "pindah", ticket=ticket, queue="XX").lower()
    assert states(database) == before
    does(siti, "selesai", ticket=ticket)
    assert "sudah berubah keadaan" in does(siti, "tidak-datang", ticket=ticket)
    assert states(database)["C-001"] == "done"
    does(siti, "istirahat")
    assert "Loket sedang istirahat" in does(siti, "panggil")
    does(siti, "lanjut")
    assert at_hand(does(siti, "panggil")) == "C-002"
    for number in ("C-002", "C-003"):
        page = does(siti, "selesai", ticket=ticket_of(siti.get("/loket").text), then="panggil")
        assert states(database)[number] == "done"
    assert 'role="alert" id="note">Belum ada yang menunggu' in does(siti, "panggil")


def test_moving_to_another_counter_leaves_the_first(siti: Browser, database: Database) -> None:
    does(siti, "buka", counter="4")
    does(siti, "buka", counter="5")
    held = {one.code: one.officer for one in database.read(lambda session: counters.listed(session, SITE))}
    assert (held["4"], held["5"]) == (None, "siti")
    assert "tidak ada lagi" in does(siti, "buka", counter="99")


def test_going_home_closes_the_counter(siti: Browser, database: Database, kiosk: Kiosk) -> None:
    issue(database, kiosk, [1])

    def who() -> str | None:
        every = database.read(lambda session: counters.listed(session, SITE))
        return next(one.officer for one in every if one.code == "4")

    page = does(siti, "buka", counter="4")
    page = does(siti, "panggil")
    siti.post("/keluar")
    assert who() == "siti", "a visitor stands there: nobody else is sent to this counter"
    siti.sign_in("siti")
    does(siti, "selesai", ticket=ticket_of(page))
    siti.post("/keluar")
    assert who() is None


def test_queues_are_chosen_from_those_the_counter_may_serve(
    siti: Browser, database: Database, kiosk: Kiosk
) -> None:
    issue(database, kiosk, [1])
    issue(database, kiosk, [2], queue="A", service="A01")

    def widen(session: Session) -> None:
        document = catalogue.Catalogues().current(session, SITE)
        counters.put(session, document, "4", queues=["A", "C"], who="test", now=NOON)

    database.write(widen)
    does(siti, "buka", counter="4")
    page = does(siti, "antrean", queue=["A", "B"])
    assert "<strong>A</strong>" in page
    assert at_hand(does(siti, "panggil")) == "A-002"
    assert "sedikitnya satu" in does(siti, "antrean", queue=["B"])
    assert "sedikitnya satu" in does(siti, "antrean")


def test_the_live_page_is_the_page_and_costs_little(siti: Browser, database: Database, kiosk: Kiosk) -> None:
    does(siti, "buka", counter="4")
    page = siti.get("/loket")
    same = siti.client.get("/loket", headers={"If-None-Match": page.headers["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    issue(database, kiosk, [1])
    assert siti.client.get("/loket", headers={"If-None-Match": page.headers["ETag"]}).status_code == 200


def test_english(siti: Browser, database: Database, kiosk: Kiosk) -> None:
    issue(database, kiosk, [1], priority=True)
    siti.get("/loket?lang=en")
    page = does(siti, "buka", counter="4")
    assert "1 person is waiting" in page
    assert "Priority" in page
    assert "Menunggu" not in page
    assert at_hand(does(siti, "panggil")) == "C-001"


def test_nothing_is_done_without_the_form_token(siti: Browser, database: Database, kiosk: Kiosk) -> None:
    issue(database, kiosk, [1])
    does(siti, "buka", counter="4")
    ticket = ticket_of(does(siti, "panggil"))
    before = states(database)
    data = {"csrf": "0" * 64, "ticket": ticket, "queue": "A", "counter": "5"}
    steps = {route.path for route in counter.router.routes if "POST" in route.methods}  # type: ignore[attr-defined]
    assert len(steps) == 12
    for path in steps:
        assert siti.post(path, data).status_code == 403, path
    assert states(database) == before
