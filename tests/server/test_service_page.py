"""``/l/{site}/{service}``: what to bring, for any phone; nothing about anybody."""

from __future__ import annotations

import html
import re

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import expect

from kiosk.core.take_home import page_address
from server.middleware import CONTENT_SECURITY_POLICY
from server.pages.service import KEPT
from tests.server.conftest import Clock
from tests.support.browser import PHONE, Visits, clean, picture
from tests.support.gallery import sample
from tests.support.server_driver import SITE

MOST_BYTES = 12_000
"""Page and style together stay within what a slow phone loads in a second."""


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_service_has_its_page(client: TestClient, language: str) -> None:
    data = sample()
    for service in data.catalogue.services:
        address = (
            page_address("", SITE, service.code, language) or f"/l/{SITE}/{service.code}?lang={language}"
        )
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert len(answer.content) < MOST_BYTES
        told = text_of(answer.text)
        for line in (service.short[language].replace("\u00ad", ""), *service.requirements.get(language, ())):
            assert re.sub(r"\s+", " ", line) in told, (service.code, line)
        assert ("Ini bukan nomor antrean" if language == "id" else "not a queue number") in told


def test_it_may_be_kept_for_minutes_and_is_asked_for_again_cheaply(client: TestClient) -> None:
    answer = client.get(f"/l/{SITE}/C01?lang=id")
    assert answer.headers["cache-control"] == KEPT
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "set-cookie" not in answer.headers
    again = client.get(f"/l/{SITE}/C01?lang=id", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"/l/{SITE}/C01?lang=en", headers={"If-None-Match": answer.headers["etag"]})
    assert other.status_code == 200


def test_the_browsers_language_is_taken_where_none_is_asked_for(client: TestClient) -> None:
    answer = client.get(f"/l/{SITE}/C01", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert "What to bring" in answer.text and answer.headers["vary"] == "Accept-Language"
    assert "Yang perlu Anda bawa" in client.get(f"/l/{SITE}/C01").text


@pytest.mark.parametrize(
    "path", [f"/l/{SITE}/NONE", "/l/other/C01", f"/l/{SITE}/c01", "/l/%22%3E/C01", f"/l/{SITE}/{'A' * 500}"]
)
def test_what_is_not_there_is_said_plainly(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "Layanan ini tidak ada" in answer.text and answer.headers["cache-control"] == "no-store"


@pytest.mark.browser
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_phone_reads_it(visits: Visits, clock: Clock, language: str) -> None:
    page = visits.page(visits.context(PHONE))
    page.goto(f"/l/{SITE}/C01?lang={language}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    clean(page)
    picture(page, f"service-{language}")
    box = page.get_by_role("checkbox").first
    box.check()
    expect(box).to_be_checked()
    wider = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wider
