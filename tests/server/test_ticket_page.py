"""``/t/{token}``: the visitor's phone."""

from __future__ import annotations

import datetime as dt
import re
import secrets

import pytest
from fastapi.testclient import TestClient

from kiosk.core.record import TicketState
from server import calling, words
from server.calling import Desk
from server.db.database import Database
from server.middleware import CONTENT_SECURITY_POLICY
from server.pages.rendering import STATIC
from server.queue_rules import Rule
from tests.server.conftest import Clock
from tests.support.server_driver import DAY, NOON, SITE, Kiosk

DESK = Desk(SITE, "3", ("C",), "officer")


def send(client: TestClient, kiosk: Kiosk, *events: dict[str, object]) -> None:
    answer = client.post("/api/v1/events", json={"events": list(events)}, headers=kiosk.headers)
    assert all(one["status"] == "accepted" for one in answer.json()["answers"])


def page(client: TestClient, token: str, language: str = "id", **headers: str) -> str:
    answer = client.get(f"/t/{token}?lang={language}", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def test_a_visitor_follows_the_queue_to_the_counter(
    client: TestClient, kiosk: Kiosk, database: Database
) -> None:
    tickets = [kiosk.ticket(value, at=NOON + dt.timedelta(minutes=value)) for value in (1, 2, 3)]
    for ticket in tickets:
        send(client, kiosk, kiosk.issued(ticket), kiosk.printed(ticket))
    mine = tickets[2]

    def step(function: object, *more: object) -> None:
        database.write(lambda session: function(session, DESK, *more, NOON))  # type: ignore[operator]

    def say(language: str = "id") -> str:
        return page(client, mine.token, language)

    assert "2 orang di depan Anda" in say()
    assert "2 people are ahead of you" in say("en")
    step(calling.call_next, DAY, Rule())
    assert "1 orang di depan Anda" in say()
    assert "1 person is ahead of you" in say("en")
    step(calling.call_next, DAY, Rule())
    assert "Anda berikutnya" in say()
    step(calling.call_next, DAY, Rule())
    assert "Silakan menuju Loket 3" in say()
    assert "Please go to Counter 3" in say("en")
    uuid = next(
        ticket.uuid
        for ticket in database.read(lambda session: calling.at_counter(session, SITE, DAY, "3"))
        if ticket.number == "C-003"
    )
    step(calling.start, uuid)
    assert "Sedang dilayani di Loket 3" in say()
    step(calling.finish, uuid)
    assert "Selesai dilayani" in say()


@pytest.mark.parametrize(
    ("outcome", "kept", "voided", "text"),
    [
        (TicketState.PRINTED, False, False, "Anda berikutnya"),
        (TicketState.UNCONFIRMED, False, False, "Anda berikutnya"),
        (TicketState.NOT_PRINTED, True, False, "Anda berikutnya"),
        (TicketState.NOT_PRINTED, False, False, "Nomor sedang dicatat"),
        (TicketState.NOT_PRINTED, False, True, "Nomor ini dibatalkan"),
        (TicketState.PRINTED, False, True, "Nomor ini dibatalkan"),
    ],
)
def test_the_page_says_what_the_paper_is(
    client: TestClient, kiosk: Kiosk, outcome: TicketState, kept: bool, voided: bool, text: str
) -> None:
    ticket = kiosk.ticket(1)
    send(client, kiosk, kiosk.issued(ticket), kiosk.settled(ticket, outcome, kept=kept))
    if voided:
        send(client, kiosk, kiosk.voided(ticket))
    assert text in page(client, ticket.token)


def test_another_days_ticket(client: TestClient, kiosk: Kiosk, clock: Clock) -> None:
    ticket = kiosk.ticket(1)
    send(client, kiosk, kiosk.issued(ticket), kiosk.printed(ticket))
    clock.turn(days=1)
    assert "Berlaku pada 24-11-2026." in page(client, ticket.token)


def test_a_ticket_the_server_has_not_heard_of_yet(client: TestClient) -> None:
    answer = client.get(f"/t/{secrets.token_urlsafe(16)}")
    assert answer.status_code == 404
    assert "Nomor pada kertas tetap berlaku" in answer.text
    assert '<meta http-equiv="refresh"' in answer.text, "it tries again by itself"


@pytest.mark.parametrize("odd", ["x", "a" * 65, "%00" * 20, "..%2F" * 8, "<script>alert(1)</script>"])
def test_an_address_that_is_no_token(client: TestClient, odd: str) -> None:
    answer = client.get(f"/t/{odd}")
    assert answer.status_code == 404
    assert "alert" not in answer.text


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("en", "id", "en"),
        ("xx", "en-GB", "id"),
        (None, "en-GB,en;q=0.9", "id"),
    ],
)
def test_the_language_asked_for_then_that_of_the_paper(
    client: TestClient, kiosk: Kiosk, asked: str | None, accepted: str, language: str
) -> None:
    ticket = kiosk.ticket(1)
    send(client, kiosk, kiosk.issued(ticket), kiosk.printed(ticket))
    query = f"?lang={asked}" if asked else ""
    answer = client.get(f"/t/{ticket.token}{query}", headers={"Accept-Language": accepted})
    assert f'<html lang="{language}">' in answer.text


def test_without_a_paper_the_browser_chooses() -> None:
    assert words.choose(None, "en-GB,en;q=0.9,id;q=0.5", None) == "en"
    assert words.choose(None, "fr, *", None) == "id"


def test_the_page_is_small_safe_and_works_without_javascript(client: TestClient, kiosk: Kiosk) -> None:
    ticket = kiosk.ticket(1)
    send(client, kiosk, kiosk.issued(ticket), kiosk.printed(ticket))
    answer = client.get(f"/t/{ticket.token}")
    text = answer.text
    parts = re.findall(r'(?:href|src)="(/static/[^"]+)"', text)
    assert len(parts) == 4
    whole = len(text.encode())
    for part in parts:
        got = client.get(part)
        assert got.status_code == 200
        assert "immutable" in got.headers["Cache-Control"]
        whole += len(got.content)
    assert whole < 30_000
    assert '<noscript><meta http-equiv="refresh" content="20"></noscript>' in text
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in text
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|https?://", text), (
        "nothing inline, nothing foreign"
    )
    assert ticket.token not in text
    assert ticket.uuid not in text


def test_an_unchanged_page_is_not_sent_again(client: TestClient, kiosk: Kiosk, clock: Clock) -> None:
    ticket = kiosk.ticket(1)
    send(client, kiosk, kiosk.issued(ticket), kiosk.printed(ticket))
    tag = client.get(f"/t/{ticket.token}").headers["ETag"]
    clock.turn(minutes=5)
    again = client.get(f"/t/{ticket.token}", headers={"If-None-Match": tag})
    assert again.status_code == 304
    send(client, kiosk, kiosk.voided(ticket))
    assert client.get(f"/t/{ticket.token}", headers={"If-None-Match": tag}).status_code == 200


def test_every_word_has_every_language_and_its_places() -> None:
    for key, texts in words.WORDS.items():
        assert set(texts) == set(words.LANGUAGES), key
        places = {frozenset(re.findall(r"{(\w+)}", text)) for text in texts.values()}
        assert len(places) == 1, key


def test_colours_of_the_page_can_be_read() -> None:
    """WCAG 1.4.3: 4.5:1 for every text on its ground, by day and by night."""
    css = (STATIC / "ticket.css").read_text(encoding="utf-8")

    def light(colour: str) -> float:
        digits = colour.lstrip("#")
        digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
        parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one: str, other: str) -> float:
        low, high = sorted((light(one), light(other)))
        return (high + 0.05) / (low + 0.05)

    themes = [
        dict(re.findall(r"--([\w-]+): (#\w+)", block))
        for block in re.findall(r":root {(.*?)}", css, re.DOTALL)
    ]
    assert len(themes) == 2
    for theme in themes:
        for ink, ground in [
            *((ink, "card") for ink in ("ink", "soft", "accent", "stop")),
            *((ink, "ground") for ink in ("ink", "soft", "accent")),
            ("call-ink", "call"),
        ]:
            assert contrast(theme[ink], theme[ground]) >= 4.5, (ink, ground, theme)
