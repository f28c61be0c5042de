"""The ticket's page as a phone shows it."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
from playwright.sync_api import expect

from server import calling, event_reading, ingest
from server.calling import Desk
from server.queue_rules import Rule
from tests.support.browser import PHONE, Visits, clean, picture
from tests.support.live_server import LiveServer
from tests.support.server_driver import DAY, NOON, SITE, Kiosk

pytestmark = pytest.mark.browser

DESK = Desk(SITE, "3", ("C",), "officer")


def issue(server: LiveServer, kiosk: Kiosk, *values: int) -> list[str]:
    """Print tickets; return their tokens."""
    tickets = [kiosk.ticket(value, at=NOON + dt.timedelta(minutes=value)) for value in values]
    told = [event for ticket in tickets for event in (kiosk.issued(ticket), kiosk.printed(ticket))]
    good, bad = event_reading.read(told, UUID(kiosk.id))
    assert not bad
    server.database.write(lambda session: ingest.ingest(session, UUID(kiosk.id), good, NOON))
    return [ticket.token for ticket in tickets]


@pytest.mark.parametrize(
    ("language", "waits", "goes"),
    [
        ("id", "1 orang di depan Anda", "Silakan menuju Loket 3"),
        ("en", "1 person is ahead of you", "Please go to Counter 3"),
    ],
)
def test_the_page_follows_the_queue_by_itself(
    visits: Visits, pages_server: LiveServer, language: str, waits: str, goes: str
) -> None:
    kiosk = pages_server.kiosk()
    _, mine = issue(pages_server, kiosk, 1, 2)
    page = visits.page(visits.context(PHONE))
    page.clock.install()
    page.goto(f"/t/{mine}?lang={language}")
    expect(page.get_by_role("heading", name="C-002")).to_be_visible()
    expect(page.get_by_text(waits)).to_be_visible()
    clean(page)
    picture(page, f"ticket-waiting-{language}")
    for _ in range(2):
        pages_server.database.write(lambda session: calling.call_next(session, DESK, DAY, Rule(), NOON))
    page.clock.run_for(10_000)
    expect(page.get_by_text(goes)).to_be_visible()
    clean(page)
    picture(page, f"ticket-called-{language}")
