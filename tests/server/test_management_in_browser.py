"""Site management in Chromium: a spreadsheet, a closure, a kiosk's lock; no finding of axe-core in two languages."""

from __future__ import annotations

import io
from pathlib import Path
from uuid import UUID

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from kiosk.sync.wire import Heartbeat
from server import alerts, catalogue, heartbeats
from server.manage import sheets
from tests.server.conftest import PASSWORD
from tests.support.browser import Visits, clean, picture
from tests.support.live_server import LiveServer
from tests.support.server_driver import NOON, SITE, Kiosk

pytestmark = pytest.mark.browser

ADMIN, MANAGER = "wira", "ratna"
PAGES = (
    "/kelola",
    "/kelola/instansi",
    "/kelola/instansi/C",
    "/kelola/layanan?instansi=C",
    "/kelola/layanan/C01",
    "/kelola/antrean",
    "/kelola/antrean/C",
    "/kelola/penutupan",
    "/kelola/jam",
    "/kelola/kuota?instansi=C",
    "/kelola/teks",
    "/kelola/impor",
    "/kelola/versi",
    "/kelola/versi/1",
    "/kelola/catatan",
    "/kelola/pengguna",
    "/kelola/pengguna/1",
)


def sign_in(page: Page, name: str, to: str) -> None:
    page.goto(f"/masuk?ke={to}")
    page.get_by_label("Nama pengguna").fill(name)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_label("Kata sandi").press("Enter")
    page.wait_for_url(f"**{to}")


def document(server: LiveServer) -> catalogue.SiteDocument:
    return server.database.read(lambda session: server.services.catalogues.current(session, SITE))


def beat(server: LiveServer, kiosk: Kiosk, **told: object) -> None:
    word = Heartbeat.model_validate(
        {
            "sent_at": NOON,
            "version": "1.0.0",
            "disk_free_bytes": 42_000_000_000,
            "printer": {"state": "ok", "paper_left": 412},
            "catalogue_version": 1,
            **told,
        }
    )
    server.database.write(lambda session: heartbeats.take(session, UUID(kiosk.id), word, 1, NOON))


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_in_both_languages(visits: Visits, pages_server: LiveServer, language: str) -> None:
    page = visits.page()
    sign_in(page, ADMIN, "/kelola")
    for path in PAGES:
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert page.locator("html").get_attribute("lang") == language
        clean(page)
        if language == "id":
            picture(
                page,
                f"kelola{path.partition('?')[0].replace('/', '-').removeprefix('-kelola')}",
                full_page=True,
            )
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/kelola/layanan", "/kelola/jam"):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is wider than a phone"


def test_a_spreadsheet_comes_back_and_is_put_in_force(
    visits: Visits, pages_server: LiveServer, tmp_path: Path
) -> None:
    page = visits.page()
    sign_in(page, MANAGER, "/kelola/impor")
    with page.expect_download() as got:
        page.get_by_role("link", name="Unduh katalog").click()
    book = load_workbook(io.BytesIO(Path(got.value.path()).read_bytes()))
    sheet = book["Layanan"]
    keys = [cell.value for cell in sheet[2]]
    sheet.cell(3, keys.index("short.id") + 1).value = "Izin usaha baru"
    sheet.cell(4, keys.index("fee_idr") + 1).value = 25000
    sheet.cell(5, keys.index("queue") + 1).value = "ZZ"
    sheet.cell(6, keys.index("short.en") + 1).value = None
    book.save(tmp_path / "salah.xlsx")
    page.get_by_label("Berkas XLSX").set_input_files(tmp_path / "salah.xlsx")
    visits.forgive(r"status of 422")
    page.get_by_role("button", name="Periksa berkas").click()
    expect(page.get_by_role("alert")).to_contain_text("belum bisa dipakai: 2 hal")
    expect(page.get_by_role("rowheader", name="Layanan, baris 5")).to_contain_text('"Kode antrean"')
    clean(page)
    picture(page, "impor-salah")
    assert document(pages_server).number == 1

    fresh = document(pages_server).catalogue.services[2]
    sheet.cell(5, keys.index("queue") + 1).value = fresh.queue
    sheet.cell(6, keys.index("short.en") + 1).value = "Something"
    book.save(tmp_path / "katalog.xlsx")
    page.get_by_label("Berkas XLSX").set_input_files(tmp_path / "katalog.xlsx")
    page.get_by_role("button", name="Periksa berkas").click()
    expect(page.get_by_role("heading", name="Pratinjau: katalog.xlsx")).to_be_visible()
    expect(page.get_by_text("3 Diubah")).to_be_visible()
    clean(page)
    picture(page, "impor-pratinjau")
    page.get_by_role("button", name="Berlakukan perubahan ini").click()
    expect(page.get_by_role("status")).to_contain_text("Tersimpan sebagai versi 2")
    now = document(pages_server)
    assert now.catalogue.services[0].short["id"] == "Izin usaha baru"
    assert sheets.read((tmp_path / "katalog.xlsx").read_bytes(), "x", now) == now.catalogue


def test_a_service_is_closed_and_kiosks_hear_of_it(visits: Visits, pages_server: LiveServer) -> None:
    kiosk = pages_server.kiosk()
    page = visits.page()
    sign_in(page, MANAGER, "/kelola/penutupan")
    form = page.locator("form", has=page.get_by_role("heading", name="Tutup layanan"))
    visits.forgive(r"status of 422")
    form.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("Belum tersimpan")
    form.get_by_label("Pesan (Indonesia)").fill("Printer KTP rusak")
    form.get_by_label("Layanan").select_option("C01")
    form.get_by_role("button").click()
    expect(form.get_by_label("Pesan (Indonesia)")).to_have_value("Printer KTP rusak")
    expect(form.get_by_label("Pesan (Inggris)")).to_have_attribute("aria-invalid", "true")
    clean(page)
    picture(page, "penutupan-salah")
    form.get_by_label("Pesan (Inggris)").fill("The card printer is broken")
    form.get_by_label("Sampai waktu ini").check()
    form.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("versi 2")
    expect(page.get_by_text("sampai 24/11/2026 13.00")).to_be_visible()
    clean(page)
    picture(page, "penutupan")

    api = visits.context(extra_http_headers=kiosk.headers).request
    told = {"id": "Printer KTP rusak", "en": "The card printer is broken"}
    assert api.get("/api/v1/queues").json()["closures"] == [{"service": "C01", "text": told}]
    services = api.get("/api/v1/catalogue").json()["catalogue"]["services"]
    assert [one["closed"] for one in services if one["code"] == "C01"] == [told]
    page.get_by_role("button", name="Buka kembali: C01").click()
    expect(page.get_by_text("Semua layanan dan loket buka")).to_be_visible()
    assert api.get("/api/v1/queues").json()["closures"] == []


def test_a_form_keeps_what_was_typed_and_tells_who_was_first(
    visits: Visits, pages_server: LiveServer
) -> None:
    one, other = visits.page(), visits.page()
    sign_in(one, MANAGER, "/kelola/layanan/C01")
    sign_in(other, ADMIN, "/kelola/layanan/C01")
    visits.forgive(r"status of (422|409)")
    one.get_by_label("Biaya (Rp)").fill("sepuluh ribu")
    one.get_by_label("Nama singkat (Inggris)").fill("")
    one.get_by_role("button", name="Simpan").click()
    expect(one.get_by_role("alert")).to_contain_text("ada 2 hal")
    expect(one.get_by_label("Biaya (Rp)")).to_have_value("sepuluh ribu")
    clean(one)
    picture(one, "layanan-salah")
    other.get_by_label("Biaya (Rp)").fill("7500")
    other.get_by_role("button", name="Simpan").click()
    expect(other.get_by_role("status")).to_contain_text("versi 2")
    one.get_by_label("Biaya (Rp)").fill("10.000")
    one.get_by_label("Nama singkat (Inggris)").fill("Electronic ID card")
    one.get_by_role("button", name="Simpan").click()
    expect(one.get_by_role("alert")).to_contain_text(f"{ADMIN} mengubah bagian ini lebih dulu (versi 2)")
    expect(one.get_by_role("alert")).to_contain_text("7.500")
    clean(one)
    picture(one, "layanan-terlambat")
    one.get_by_role("button", name="Simpan").click()
    expect(one.get_by_role("status")).to_contain_text("versi 3")
    assert document(pages_server).catalogue.service_by_code["C01"].fee_idr == 10000


def test_kiosks_worst_first_one_is_locked_and_one_paired(visits: Visits, pages_server: LiveServer) -> None:
    well, bad = pages_server.kiosk(), pages_server.kiosk()
    beat(pages_server, well)
    beat(
        pages_server,
        bad,
        printer={"state": "bad", "cause": "paper_out", "paper_left": 0},
        outbox_depth=12,
        oldest_unacknowledged_s=1900.0,
    )
    pages_server.database.write(
        lambda session: alerts.raise_alert(
            session, NOON, site=SITE, kind=alerts.STAFF_CALLED, about="1", detail="", kiosk=UUID(well.id)
        )
    )
    page = visits.page()
    sign_in(page, MANAGER, "/kios")
    titles = page.locator(".needs .what").all_inner_texts()
    assert titles[:2] == ["Warga meminta bantuan", "Printer tidak mencetak"]
    clean(page)
    picture(page, "kios")
    page.goto("/kios?lang=en")
    clean(page)
    page.goto("/kios?lang=id")
    page.get_by_role("button", name="Sudah ditangani").click()
    expect(page.locator(".needs .what").first).to_have_text("Printer tidak mencetak")

    page.get_by_role("rowheader", name="Lobi · 1").get_by_role("link").click()
    page.get_by_label("Pesan (Indonesia)").fill("Kios diperbaiki")
    page.get_by_label("Pesan (Inggris)").fill("Under repair")
    clean(page)
    picture(page, "kios-satu")
    page.get_by_role("button", name="Kunci kios").click()
    expect(page.get_by_text("“Kios diperbaiki”")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Akan dikunci")
    api = visits.context(extra_http_headers=well.headers).request
    told = {"sent_at": NOON.isoformat(), "version": "1.0.0", "printer": {"state": "ok"}}
    answer = api.post("/api/v1/heartbeats", data=told).json()
    assert answer["lock"] == {"message": {"id": "Kios diperbaiki", "en": "Under repair"}}
    page.get_by_role("button", name="Buka kios").click()
    assert api.post("/api/v1/heartbeats", data=told).json()["lock"] is None

    page.goto("/kios")
    page.get_by_role("button", name="Buat kode penyandingan").click()
    expect(page.get_by_role("timer")).to_contain_text(":")
    clean(page)
    picture(page, "kios-kode")
    code = page.locator(".code").inner_text().replace(" ", "")
    enrolled = visits.context().request.post(
        "/api/v1/enrolments", data={"code": code, "install_id": "third-kiosk-1", "name": "Pintu timur"}
    )
    assert enrolled.status == 201, enrolled.text()
    page.goto(f"/kios/{enrolled.json()['kiosk_id']}")
    page.get_by_text("Cabut akses").first.click()
    page.get_by_label("Saya yakin mencabut Pintu timur").check()
    page.get_by_role("button", name="Cabut akses").click()
    expect(page.get_by_role("heading", name="Semua perangkat")).to_be_visible()
    token = enrolled.json()["token"]
    gone = visits.context(extra_http_headers={"Authorization": f"Bearer {token}"}).request
    assert gone.get("/api/v1/queues").status == 401
