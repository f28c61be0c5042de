"""The board as a lobby's television shows and says it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server.app import create_app
from server.board import channel
from server.board.voice import Voice
from server.settings import Settings
from tests.server.conftest import Clock
from tests.support.browser import TELEVISION, Visits, clean, picture
from tests.support.live_server import LiveServer, live
from tests.support.lobby import Lobby
from tests.support.server_driver import NOON

pytestmark = pytest.mark.browser

HEARING = """
window.heard = [];
const later = window.setTimeout;
window.setTimeout = (act, ms, ...more) => later(act, ms / 8, ...more);
const playing = new Set();
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  const alone = [...playing].every((one) => one === this || one.ended || one.paused);
  const one = {path: new URL(this.src).pathname, alone, ended: false, seconds: 0};
  playing.add(this);
  window.heard.push(one);
  this.playbackRate = 8;
  this.addEventListener("ended", () => {
    one.ended = true;
    one.seconds = this.duration;
  }, {once: true});
  return play.call(this);
};
"""
"""Writes down what sounds. Sounds and the rests between them pass at eight times their speed."""

needs_voice = pytest.mark.skipif(Voice.program() is None, reason="espeak-ng is not installed")


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole board is looked at more often than every two seconds."""
    monkeypatch.setattr(channel, "WHOLE_S", 0.2)


@pytest.fixture
def lobby(pages_server: LiveServer) -> Lobby:
    return Lobby(pages_server.database)


def television(visits: Visits, query: str = "") -> Page:
    page = visits.page(visits.context(TELEVISION))
    page.add_init_script(HEARING)
    page.goto(f"/papan{query}")
    return page


def heard(page: Page, count: int) -> list[dict[str, Any]]:
    """Wait until ``count`` sounds have ended; return them."""
    page.wait_for_function("count => window.heard.filter(one => one.ended).length >= count", arg=count)
    found: list[dict[str, Any]] = page.evaluate("window.heard")
    return found


def newest(page: Page) -> Any:
    return page.locator("#newest .number")


@pytest.mark.parametrize(
    ("language", "nothing", "goes", "counter"),
    [
        ("id", "Belum ada panggilan", "Silakan menuju", "Loket 3"),
        ("en", "No calls yet", "Please go to", "Counter 3"),
    ],
)
def test_from_an_empty_morning_to_a_full_hall(
    visits: Visits, lobby: Lobby, language: str, nothing: str, goes: str, counter: str
) -> None:
    page = television(visits, f"?lang={language}&voice=off")
    expect(page.get_by_role("heading", name=nothing)).to_be_visible()
    clean(page)
    picture(page, f"board-none-{language}")
    lobby.issue(1, 2)
    first = lobby.call("3")
    expect(newest(page)).to_have_text("C-001")
    expect(page.get_by_text(goes)).to_be_visible()
    expect(page.locator("#newest .counter")).to_have_text(counter)
    for place, queue in enumerate("ABDEFGH"):
        lobby.issue(12, queue=queue)
        lobby.call(str(4 + 3 * place), queue)
    expect(page.locator("#before li").first).to_contain_text("H-012")
    expect(page.locator("#serving li")).to_have_count(6)
    expect(page.locator("#serving li").first).to_have_text("3C-001")
    clean(page)
    picture(page, f"board-busy-{language}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off"
    lobby.void(first)
    expect(page.locator("#serving")).not_to_contain_text("C-001")


@needs_voice
def test_two_calls_at_once_are_said_one_after_the_other(visits: Visits, lobby: Lobby) -> None:
    page = television(visits)
    expect(page.locator("#none")).to_be_visible()
    lobby.issue(1, 2)
    lobby.call("3")
    lobby.call("4")
    expect(newest(page)).to_have_text("C-001")
    expect(page.locator("#before")).to_contain_text("C-002")
    found = heard(page, 6)
    expect(newest(page)).to_have_text("C-002")
    spoken = ["/papan/bel.wav", "/papan/suara/1.id.wav", "/papan/suara/1.id.wav"]
    spoken += [path.replace("/1.", "/2.") for path in spoken]
    assert [one["path"] for one in found] == spoken, "a chime, then twice what is said, then the next"
    assert all(one["seconds"] > 0.5 for one in found)
    assert all(one["alone"] for one in found), "never two at once"
    expect(page.locator("#newest")).not_to_have_attribute("data-speaking", "")


@needs_voice
def test_a_reload_shows_the_same_and_says_nothing_again(visits: Visits, lobby: Lobby) -> None:
    lobby.issue(1, 2)
    ticket = lobby.call("3")
    page = television(visits, "?voice=id,en")
    expect(newest(page)).to_have_text("C-001")
    page.reload()
    expect(newest(page)).to_have_text("C-001")
    expect(page.locator("#serving li")).to_have_text("3C-001")
    assert page.evaluate("window.heard") == []
    lobby.again(ticket, "3")
    found = [one["path"] for one in heard(page, 3)]
    assert found == ["/papan/bel.wav", "/papan/suara/2.id.wav", "/papan/suara/2.en.wav"], "both languages"


def test_a_server_that_starts_again_is_found_by_itself(
    visits: Visits, lobby: Lobby, pages_server: LiveServer, settings: Settings, clock: Clock
) -> None:
    visits.forgive("ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET")
    lobby.issue(1, 2)
    lobby.call("3")
    page = television(visits, "?voice=off")
    expect(newest(page)).to_have_text("C-001")
    pages_server.stop()
    expect(page.get_by_role("alert")).to_contain_text("Sambungan terputus")
    clean(page)
    picture(page, "board-lost")
    lobby.call("4")
    again = create_app(settings, pages_server.database, clock)
    with live(again, pages_server.port):
        expect(newest(page)).to_have_text("C-002")
        expect(page.get_by_role("alert")).to_be_hidden()


def test_a_night_clears_the_board(visits: Visits, lobby: Lobby, clock: Clock) -> None:
    lobby.issue(1)
    lobby.call("3")
    page = television(visits, "?voice=off")
    expect(newest(page)).to_have_text("C-001")
    clock.now = NOON + dt.timedelta(hours=12, minutes=1)
    expect(page.get_by_role("heading", name="Belum ada panggilan")).to_be_visible()
    expect(page.locator("#serving li")).to_have_count(0)


def test_a_zone_shows_its_own_queues_and_long_numbers_fit(visits: Visits, lobby: Lobby) -> None:
    lobby.issue(2001)
    lobby.issue(3, queue="A")
    page = television(visits, "?zone=B&voice=off")
    lobby.call("7")
    lobby.call("1", "A")
    expect(newest(page)).to_have_text("C-2001")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Zona B")
    expect(page.locator("#before li")).to_have_count(0)
    assert newest(page).evaluate("one => one.scrollWidth <= one.clientWidth")
    picture(page, "board-zone")


def test_sound_waits_for_a_touch_where_the_browser_asks_for_one(visits: Visits, lobby: Lobby) -> None:
    page = visits.page(visits.context(TELEVISION))
    page.add_init_script(
        "HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
    )
    page.goto("/papan")
    lobby.issue(1)
    lobby.call("3")
    button = page.get_by_role("button", name="Sentuh untuk menyalakan suara")
    expect(button).to_be_visible()
    expect(newest(page)).to_have_text("C-001")
    clean(page)
    picture(page, "board-sound")


def test_an_address_of_no_board_offers_those_there_are(visits: Visits) -> None:
    visits.forgive(r"status of 404")
    page = visits.open("/papan?zone=Z")
    expect(page.get_by_role("heading", name="Papan ini tidak ada")).to_be_visible()
    clean(page)
    picture(page, "board-choose")
    page.get_by_role("link", name="Zona B").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Zona B")
