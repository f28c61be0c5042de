"""Signing in to the pages: sessions that end when they must, forms that are ours, roles, words for a lock-out."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.app import create_app
from server.db.database import Database
from server.db.models import Audit, PageSession, User
from server.settings import Settings
from server.users import MOST_FAILURES, Role
from tests.server.conftest import Clock
from tests.support.pages import PASSWORD, Browser, add_person
from tests.support.server_driver import NOON


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Who may enter is the same on both databases; the officers' tests run on both."""
    return sqlite_url


@pytest.fixture
def siti(database: Database) -> str:
    add_person(database, "siti", Role.OFFICER)
    return "siti"


@pytest.fixture
def browser(app: FastAPI, siti: str) -> Browser:
    return Browser(app)


def signed_in(browser: Browser) -> bool:
    answer = browser.client.get("/akun")
    assert answer.status_code in (200, 303)
    return answer.status_code == 200


def kept(database: Database) -> list[PageSession]:
    return database.read(lambda session: list(session.scalars(select(PageSession))))


def test_signing_in_and_out(browser: Browser, database: Database) -> None:
    away = browser.client.get("/akun?x=1")
    assert (away.status_code, away.headers["Location"]) == (303, "/masuk?ke=/akun%3Fx%3D1")
    assert "Silakan masuk dahulu" in browser.get("/akun").text
    answer = browser.post("/masuk", {"name": " Siti ", "password": PASSWORD, "ke": "/akun?x=1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/akun?x=1")
    cookie = answer.headers["Set-Cookie"]
    assert re.match(r"anjungan=[\w-]{43}; HttpOnly; Path=/; SameSite=lax$", cookie), cookie
    page = browser.get("/akun")
    assert "siti" in page.text
    assert "Petugas loket" in page.text
    assert page.headers["Cache-Control"] == "private, no-cache"
    token = browser.client.cookies["anjungan"]
    assert token not in str(vars(kept(database)[0])), "only its hash is kept"

    out = browser.post("/keluar")
    assert (out.status_code, out.headers["Location"]) == (303, "/masuk?keluar=1")
    assert out.headers["Clear-Site-Data"] == '"cache"'
    browser.client.cookies.set("anjungan", token)
    assert not signed_in(browser), "the old token is worth nothing, whoever kept it"
    assert kept(database) == []
    told = database.read(lambda session: list(session.scalars(select(Audit.what).order_by(Audit.id))))
    assert told[-2:] == ["person.signed_in", "person.signed_out"]


def test_over_tls_the_cookie_is_bound_to_the_host(database: Database, clock: Clock, siti: str) -> None:
    browser = Browser(create_app(Settings(), database, clock), "https://testserver")
    cookie = browser.sign_in(siti).headers["Set-Cookie"]
    assert re.match(r"__Host-anjungan=[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure$", cookie), cookie
    assert signed_in(browser)


def test_signing_in_again_is_a_new_session(browser: Browser, database: Database, siti: str) -> None:
    browser.sign_in(siti)
    first = browser.client.cookies["anjungan"]
    browser.sign_in(siti)
    assert browser.client.cookies["anjungan"] != first
    assert len(kept(database)) == 1
    browser.client.cookies.set("anjungan", first)
    browser.client.cookies.clear()
    browser.client.cookies.set("anjungan", first)
    assert not signed_in(browser)


def test_a_token_from_elsewhere_becomes_no_session(browser: Browser, siti: str) -> None:
    browser.client.cookies.set("anjungan", "chosen-by-a-stranger")
    assert not signed_in(browser)
    answer = browser.sign_in(siti)
    assert "chosen-by-a-stranger" not in answer.headers["Set-Cookie"]


def test_a_session_that_is_left_alone_ends(browser: Browser, clock: Clock, siti: str) -> None:
    browser.sign_in(siti)
    for _ in range(5):
        clock.turn(minutes=110)
        assert signed_in(browser), "each touch renews it"
    clock.turn(minutes=119)
    assert browser.client.get("/akun", headers={"X-Live": "1"}).status_code == 200
    clock.turn(minutes=1)
    assert not signed_in(browser), "a page that renews itself is no touch"


def test_a_session_ends_after_a_working_day(browser: Browser, clock: Clock, siti: str) -> None:
    browser.sign_in(siti)
    for _ in range(11):
        clock.turn(minutes=60)
        assert signed_in(browser)
    clock.turn(minutes=60)
    assert not signed_in(browser)


def test_one_who_is_disabled_is_out_at_once(browser: Browser, database: Database, siti: str) -> None:
    browser.sign_in(siti)

    def disable(session: Session) -> None:
        session.scalars(select(User)).one().disabled_at = NOON

    database.write(disable)
    assert not signed_in(browser)


@pytest.mark.parametrize(
    "origin", [None, "null", "https://testserver", "http://evil.example", "http://testserver.evil.example"]
)
def test_a_form_of_another_page_is_refused(browser: Browser, siti: str, origin: str | None) -> None:
    browser.sign_in(siti)
    headers = {"Origin": origin} if origin else {}
    answer = browser.client.post("/keluar", data={"csrf": browser.csrf}, headers=headers)
    assert answer.status_code == 403
    assert "kedaluwarsa" in answer.text
    assert signed_in(browser)
    name = {"name": siti, "password": PASSWORD}
    assert browser.client.post("/masuk", data=name, headers=headers).status_code == 403, "nor may it sign in"


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_its_token_is_refused(browser: Browser, siti: str, token: str) -> None:
    browser.sign_in(siti)
    assert browser.post("/keluar", {"csrf": token}).status_code == 403
    assert signed_in(browser)


def test_a_form_token_is_of_one_session(
    app: FastAPI, browser: Browser, database: Database, siti: str
) -> None:
    browser.sign_in(siti)
    add_person(database, "budi", Role.OFFICER)
    other = Browser(app)
    other.sign_in("budi")
    assert browser.post("/keluar", {"csrf": other.csrf}).status_code == 403
    before = browser.csrf
    browser.sign_in(siti)
    assert browser.csrf != before
    assert browser.post("/keluar", {"csrf": before}).status_code == 403
    by_header = browser.client.post("/keluar", headers={"Origin": browser.base, "X-CSRF": browser.csrf})
    assert by_header.status_code == 303


def test_a_lock_out_is_told_in_words(browser: Browser, clock: Clock, siti: str) -> None:
    for _ in range(MOST_FAILURES):
        answer = browser.sign_in(siti, "wrong")
        assert answer.status_code == 401
        assert "tidak cocok" in answer.text
        assert 'value="siti"' in answer.text
        assert "wrong" not in answer.text
    locked = browser.sign_in(siti)
    assert locked.status_code == 429
    assert "coba lagi sekitar 10 menit lagi" in locked.text
    assert int(locked.headers["Retry-After"]) == 600
    assert not signed_in(browser)
    clock.turn(minutes=9, seconds=30)
    assert "sekitar 1 menit lagi" in browser.sign_in(siti).text
    clock.turn(minutes=1)
    assert browser.sign_in(siti).status_code == 303


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/a\r\nb",
        "evil",
        "/%0d",
        "/@evil",
        "/.//evil",
    ],
)
def test_signing_in_leads_nowhere_else(browser: Browser, siti: str, to: str) -> None:
    answer = browser.post("/masuk", {"name": siti, "password": PASSWORD, "ke": to})
    assert answer.status_code == 303
    assert "evil" not in answer.headers["Location"] or answer.headers["Location"] == "/.//evil"


def test_the_language_stays(browser: Browser) -> None:
    assert "Kata sandi" in browser.get("/masuk").text
    english = browser.get("/masuk?lang=en")
    assert "Password" in english.text
    assert '<html lang="en">' in english.text
    assert "Password" in browser.get("/masuk").text, "by its cookie"
    assert "Password" in browser.get("/masuk?lang=xx").text


def test_a_wrong_password_costs_the_same_words_as_an_unknown_name(browser: Browser, siti: str) -> None:
    known, unknown = browser.sign_in(siti, "wrong"), browser.sign_in("nobody", "wrong")
    assert known.status_code == unknown.status_code == 401
    assert known.text.replace("siti", "") == unknown.text.replace("nobody", "")
