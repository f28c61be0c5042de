"""The officer's page in Chromium: a morning by keyboard, two languages without a finding of axe-core, refusals."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from server import catalogue, counters, limits
from server.users import MOST_FAILURES
from tests.server.conftest import PASSWORD
from tests.support.browser import Visits, clean, picture
from tests.support.hall import issue
from tests.support.live_server import LiveServer
from tests.support.server_driver import NOON, SITE, Kiosk

pytestmark = pytest.mark.browser


@pytest.fixture
def kiosk(pages_server: LiveServer) -> Kiosk:
    """A kiosk, and a hall with its counters."""
    pages_server.database.write(
        lambda session: counters.fill(
            session, catalogue.Catalogues().current(session, SITE), who="test", now=NOON
        )
    )
    return pages_server.kiosk()


def sign_in(page: Page, name: str = "bagas", password: str = PASSWORD) -> None:
    page.goto("/masuk")
    page.get_by_label("Nama pengguna").fill(name)
    page.get_by_label("Kata sandi").fill(password)
    page.get_by_label("Kata sandi").press("Enter")


def test_an_officers_morning(visits: Visits, pages_server: LiveServer, kiosk: Kiosk) -> None:
    issue(pages_server.database, kiosk, [1, 2, 3])
    issue(pages_server.database, kiosk, [4], priority=True)
    page = visits.page()
    sign_in(page)
    expect(page.get_by_role("heading", name="Anda di loket mana?")).to_be_visible()
    clean(page)
    picture(page, "loket-pilih")
    page.get_by_role("button", name="Buka Loket 4").click()
    expect(page.get_by_text("4 orang menunggu")).to_be_visible()
    clean(page)
    picture(page, "loket-siap")

    now = page.locator("#now")
    page.keyboard.press("F2")
    expect(now.get_by_text("C-004")).to_be_visible()
    expect(now.get_by_text("Prioritas")).to_be_visible()
    page.keyboard.press("F4")
    expect(now.get_by_text("Dipanggil 2 kali")).to_be_visible()
    clean(page)
    picture(page, "loket-dipanggil")
    page.keyboard.press("F8")
    expect(now.get_by_text("Sedang dilayani")).to_be_visible()
    clean(page)
    page.keyboard.press("F2")
    expect(now.get_by_text("C-001")).to_be_visible()
    page.keyboard.press("F10")
    expect(page.get_by_role("button", name="Kembalikan C-001")).to_be_visible()
    page.keyboard.press("F2")
    expect(now.get_by_text("C-002")).to_be_visible()

    page.get_by_label("Antrean tujuan").select_option("A")
    page.get_by_role("button", name="Pindahkan", exact=True).click()
    expect(page.get_by_text("1 orang menunggu")).to_be_visible()

    issue(pages_server.database, kiosk, [5])  # by itself, without a reload
    expect(page.get_by_text("2 orang menunggu")).to_be_visible()
    expect(page.locator("#lines")).to_contain_text("C-005")

    page.get_by_role("button", name="Istirahat").click()
    expect(page.get_by_text("Loket sedang istirahat")).to_be_visible()
    page.keyboard.press("F2")
    expect(page.get_by_role("button", name="Panggil berikutnya")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button", name="Call next")).to_be_visible()
    clean(page)
    page.keyboard.press("F2")
    expect(now.get_by_text("C-003")).to_be_visible()
    clean(page)
    page.keyboard.press("F9")
    page.get_by_role("button", name="Close the counter").click()
    expect(page.get_by_role("heading", name="Which counter are you at?")).to_be_visible()
    clean(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    clean(page)


def test_a_lock_out_and_a_session_that_ends(visits: Visits, pages_server: LiveServer, kiosk: Kiosk) -> None:
    visits.forgive(r"status of (40[13]|429)")
    page = visits.page()
    sign_in(page, password="salah sekali")
    expect(page.get_by_role("alert")).to_contain_text("tidak cocok")
    expect(page.get_by_label("Kata sandi")).to_be_focused()
    clean(page)
    for _ in range(MOST_FAILURES - 1):  # as many as were typed once; the form itself is tested above
        pages_server.database.write(
            lambda session: limits.count_failure(session, "user bagas 127.0.0.1", NOON)
        )
    sign_in(page)
    expect(page.get_by_role("alert")).to_contain_text("coba lagi sekitar 10 menit lagi")
    picture(page, "masuk-terkunci")
    sign_in(page, "ratna")
    expect(page.get_by_role("heading", name="Hari ini")).to_be_visible()
    page.goto("/loket")
    expect(page.get_by_role("heading", name="Anda di loket mana?")).to_be_visible()
    page.context.clear_cookies()
    expect(page.get_by_text("Silakan masuk dahulu")).to_be_visible()  # by itself: nobody works on in vain


def test_a_form_of_another_page_is_refused(visits: Visits, pages_server: LiveServer, kiosk: Kiosk) -> None:
    visits.forgive(r"status of 403")
    page = visits.page()
    sign_in(page)
    page.get_by_role("button", name="Buka Loket 4").click()
    expect(page.get_by_role("heading", name="Loket 4")).to_be_visible()
    page.evaluate("document.querySelectorAll('[name=csrf]').forEach((field) => (field.value = 'x'))")
    page.get_by_role("button", name="Tutup loket").click()
    expect(page.get_by_role("heading", name="Halaman ini sudah kedaluwarsa")).to_be_visible()
    clean(page)
    picture(page, "ditolak")
    page.goto("/loket")
    expect(page.get_by_role("heading", name="Loket 4")).to_be_visible()


def test_all_of_it_without_javascript(visits: Visits, pages_server: LiveServer, kiosk: Kiosk) -> None:
    issue(pages_server.database, kiosk, [1])
    page = visits.page(visits.context(java_script_enabled=False))
    sign_in(page)
    page.get_by_role("button", name="Buka Loket 4").click()
    page.get_by_role("button", name="Panggil berikutnya").click()
    page.get_by_role("button", name="Mulai layani").click()
    page.get_by_role("button", name="Selesai", exact=True).click()
    expect(page.get_by_text("Belum ada yang menunggu")).to_be_visible()


def test_a_managers_look_at_the_day(visits: Visits, pages_server: LiveServer, kiosk: Kiosk) -> None:
    issue(pages_server.database, kiosk, range(1, 6))
    page = visits.page()
    sign_in(page, "ratna")
    expect(page.get_by_role("heading", name="Hari ini")).to_be_visible()
    expect(page.locator("#tiles")).to_contain_text("Menunggu sekarang5")
    bar = page.locator("#waiting .bar .rect")
    assert bar.evaluate("bar => getComputedStyle(bar).fill") == "rgb(11, 79, 108)", "our colours are there"
    clean(page)
    picture(page, "hari-ini", full_page=True)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Unduh Excel").click()
    assert taken.value.suggested_filename == "antrean-2026-11-24.xlsx"
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    page.get_by_text("By hour: as a table").click()
    expect(page.locator("#hour-table")).to_be_visible()
    clean(page)
