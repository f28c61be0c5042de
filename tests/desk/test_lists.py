"""The list of what to bring: what stands on it, that it is printed once and truly, and that no ticket comes of it."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from kiosk.core.visit import TOO_MANY, Outcome
from kiosk.desk import Desk
from kiosk.list_desk import GONE, ListDesk
from kiosk.list_slip import BOX, list_slip
from kiosk.site import SiteData
from printer import encode, profiles
from printer.slip import Qr, Text
from printer.virtual.faults import Fault
from tests.desk.conftest import Counter

TUESDAY = dt.date(2026, 11, 24)
SERVER = "https://antrean.example.go.id"


def texts(slip: Any) -> list[str]:
    return [line.text for line in slip.lines if isinstance(line, Text)]


@pytest.fixture
def lists(site_data: SiteData, counter: Counter) -> ListDesk:
    return ListDesk(site_data, 3, counter.clock.utc)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_list_is_whole_on_both_papers(site_data: SiteData, language: str) -> None:
    """Each requirement has its box, nothing is wider than the paper, and it says that it is no number."""
    for service in site_data.catalogue.services:
        slip = list_slip(service, site_data, language, TUESDAY, SERVER)
        said = texts(slip)
        bring = service.requirements.get(language, ())
        assert [text for text in said if text.startswith(BOX)] == [f"{BOX}{item}" for item in bring]
        assert [line.data for line in slip.lines if isinstance(line, Qr)] == [
            f"{SERVER}/l/mpp-bangkalan/{service.code}?lang={language}"
        ]
        assert said[-1].startswith("Ini bukan nomor" if language == "id" else "This is not a queue number")
        assert "\u00ad" not in "".join(said)
        for name in ("generic-80", "generic-58"):
            assert encode.encode(slip, profiles.load(name)).endswith(b"V\x01") or name != "generic-80"


def test_the_second_line_of_a_thing_stands_below_its_words(site_data: SiteData) -> None:
    slip = list_slip(site_data.catalogue.service_by_code["C01"], site_data, "id", TUESDAY)
    job = encode.encode(slip, profiles.load("generic-80"))
    assert b"\n[ ] Berusia 17 tahun, atau sudah atau pernah\n    menikah\n" in job


def test_a_list_is_no_ticket(lists: ListDesk, desk: Desk, counter: Counter) -> None:
    assert lists.print(desk, "C01", "en") == (Outcome.PRINTED, None)
    assert len(counter.papers) == 1
    rows = desk.store._db.execute("SELECT who, what, details FROM audit WHERE who <> 'system'").fetchall()
    assert [(who, what, json.loads(details)) for who, what, details in rows] == [
        ("visitor", "list.printed", {"service": "C01", "outcome": "printed"})
    ]
    for table in ("tickets", "outbox"):
        assert desk.store._db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


@pytest.mark.parametrize(
    ("fault", "cause"), [(Fault.PAPER_OUT, "paper_out"), (Fault.COVER_OPEN, "cover_open")]
)
def test_what_did_not_print_is_said_and_costs_nothing(
    lists: ListDesk, desk: Desk, counter: Counter, fault: Fault, cause: str
) -> None:
    counter.printer.fail(fault)
    for _ in range(5):  # the ration counts papers
        assert lists.print(desk, "C01", "id") == (Outcome.NOT_PRINTED, cause)
    assert not counter.papers


def test_an_hour_has_its_ration(lists: ListDesk, desk: Desk, counter: Counter) -> None:
    for _ in range(3):
        assert lists.print(desk, "C01", "id") == (Outcome.PRINTED, None)
    assert lists.print(desk, "C02", "id") == (Outcome.NOT_PRINTED, TOO_MANY)
    counter.clock.pass_time(dt.timedelta(minutes=61))
    assert lists.print(desk, "C02", "id") == (Outcome.PRINTED, None)
    assert len(counter.papers) == 4


def test_none_are_printed_where_none_are_allowed(site_data: SiteData, desk: Desk, counter: Counter) -> None:
    lists = ListDesk(site_data, 0, counter.clock.utc)
    assert lists.print(desk, "C01", "id") == (Outcome.NOT_PRINTED, TOO_MANY)


def test_a_service_that_has_left_the_catalogue(lists: ListDesk, desk: Desk, counter: Counter) -> None:
    assert lists.print(desk, "GONE", "id") == (Outcome.NOT_PRINTED, GONE)
    assert not counter.papers


def test_a_call_for_staff_is_told_when_the_server_has_it(desk: Desk) -> None:
    event = desk.call_staff("sheet", "id")
    (kind, body) = desk.store._db.execute("SELECT type, body FROM outbox WHERE uuid = ?", (event,)).fetchone()
    assert (kind, json.loads(body)) == ("staff.called", {"screen": "sheet", "language": "id"})
    assert not desk.store.is_acknowledged(event)
    with desk.store._transaction():
        desk.store._db.execute("UPDATE outbox SET acknowledged_at = occurred_at WHERE uuid = ?", (event,))
    assert desk.store.is_acknowledged(event)
