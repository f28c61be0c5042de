"""The ticket's page as a phone shows it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import PHONE, Size, Visits, clean, picture
from tests.support.live_server import LiveServer
from tests.support.lobby import Lobby

pytestmark = pytest.mark.browser

SMALL = Size(width=320, height=568)


@pytest.fixture
def lobby(pages_server: LiveServer) -> Lobby:
    return Lobby(pages_server.database)


def phone(visits: Visits, path: str, size: Size = PHONE, **options: object) -> Page:
    """Open a page whose clock the test turns."""
    page = visits.page(visits.context(size, **options))
    page.clock.install()
    page.goto(path)
    return page


@pytest.mark.parametrize(
    ("language", "waits", "next_one", "goes", "done"),
    [
        ("id", "2 orang di depan Anda", "Anda berikutnya", "Silakan menuju Loket 3", "Selesai dilayani"),
        ("en", "2 people are ahead", "You are next", "Please go to Counter 3", "You have been served"),
    ],
)
def test_the_page_follows_the_queue_by_itself(
    visits: Visits, lobby: Lobby, language: str, waits: str, next_one: str, goes: str, done: str
) -> None:
    *_, mine = lobby.issue(1, 2, 3)
    page = phone(visits, f"/t/{mine}?lang={language}")
    expect(page.get_by_role("heading", name="C-003")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text(waits)
    clean(page)
    picture(page, f"ticket-waiting-{language}")
    for counter in ("1", "2"):
        lobby.call(counter)
    page.clock.run_for(4_000)
    expect(page.get_by_text(next_one)).to_be_visible()
    ticket = lobby.call("3")
    page.clock.run_for(4_000)
    expect(page.get_by_text(goes)).to_be_visible()
    assert page.title().startswith("C-003 · "), "seen from another tab"
    clean(page)
    picture(page, f"ticket-called-{language}")
    lobby.finish(ticket, "3")
    page.clock.run_for(10_000)
    expect(page.get_by_text(done)).to_be_visible()
    clean(page)
    picture(page, f"ticket-done-{language}")


def test_a_lost_connection_is_told_and_ends_by_itself(visits: Visits, lobby: Lobby) -> None:
    visits.forgive("ERR_INTERNET_DISCONNECTED")
    _, mine = lobby.issue(1, 2)
    page = phone(visits, f"/t/{mine}")
    page.context.set_offline(True)
    page.clock.run_for(4_000)
    expect(page.get_by_text("Sambungan terputus")).to_be_visible()
    expect(page.get_by_role("heading", name="C-002")).to_be_visible()
    picture(page, "ticket-lost")
    lobby.call("1")
    page.context.set_offline(False)
    page.clock.run_for(8_000)
    expect(page.get_by_text("Anda berikutnya")).to_be_visible()
    expect(page.get_by_text("Sambungan terputus")).to_have_count(0)


def test_a_voided_ticket_and_one_that_is_not_known_on_a_small_phone_at_night(
    visits: Visits, lobby: Lobby
) -> None:
    visits.forgive(r"status of 404")
    mine, _ = lobby.issue(1, 2)
    lobby.void(lobby.call("1"))
    page = phone(visits, f"/t/{mine}", SMALL, color_scheme="dark")
    expect(page.get_by_text("Nomor ini dibatalkan")).to_be_visible()
    clean(page)
    picture(page, "ticket-voided-dark")
    for path in (f"/t/{mine}", "/t/of-the-right-length-and-unknown"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            "nothing beside the screen"
        )
    expect(page.get_by_text("Nomor sedang dicatat")).to_be_visible()
    clean(page)
    picture(page, "ticket-unknown-dark")


def test_without_javascript_the_page_loads_itself_anew(visits: Visits, lobby: Lobby) -> None:
    mine, _ = lobby.issue(1, 2)
    page = visits.open(f"/t/{mine}", PHONE, java_script_enabled=False)
    expect(page.get_by_text("Anda berikutnya")).to_be_visible()
    assert page.locator('meta[http-equiv="refresh"]').get_attribute("content") == "20"
    lobby.call("3")
    page.get_by_role("link", name="Muat ulang").click()
    expect(page.get_by_text("Silakan menuju Loket 3")).to_be_visible()
