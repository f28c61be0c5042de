"""The pages under /kelola and /kios as forms: who may, what is kept, what is refused and how."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from server import catalogue
from server.db.database import Database
from server.db.models import Audit, User
from server.db.models import Kiosk as KioskRow
from server.keeper import Keeper
from server.pages.manage.frame import MENU
from server.pages.manage.kiosks import ago
from server.services import Services
from server.sessions import Person
from server.users import Role
from server.wording import site_faults
from tests.server.conftest import Clock
from tests.support.pages import PASSWORD, Browser, add_person
from tests.support.server_driver import NOON, SITE, Kiosk, enrol


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    """One is enough here: what the databases do differently is tested below the pages."""
    made = Database(sqlite_url)
    yield made
    made.close()


@pytest.fixture
def admin(app: FastAPI, database: Database) -> Browser:
    add_person(database, "wira", Role.ADMIN, None)
    return signed_in(app, "wira")


@pytest.fixture
def manager(app: FastAPI, database: Database) -> Browser:
    add_person(database, "ratna", Role.MANAGER)
    return signed_in(app, "ratna")


def signed_in(app: FastAPI, name: str) -> Browser:
    browser = Browser(app)
    assert browser.sign_in(name).status_code == 303
    return browser


def current(database: Database) -> catalogue.SiteDocument:
    return database.read(lambda session: catalogue.Catalogues().current(session, SITE))


def form_of(browser: Browser, path: str) -> dict[str, str]:
    """Return the fields of the first form that has a base, as a browser would send them unchanged."""
    text = browser.get(path).text
    found = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', text)
    fields = {name: html.unescape(value) for name, value in found if name != "csrf"}
    for name, body in re.findall(r'<select[^>]*name="([^"]+)".*?>(.*?)</select>', text, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        fields[name] = html.unescape(chosen[1]) if chosen else ""
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', text, re.S):
        fields[name] = html.unescape(body)
    return fields


@pytest.mark.parametrize("role", [Role.OFFICER, Role.MANAGER])
def test_only_who_may(app: FastAPI, database: Database, role: Role) -> None:
    add_person(database, "bagas", role)
    browser = signed_in(app, "bagas")
    for path, _, least in (*MENU, ("/kios", "", Role.MANAGER)):
        wanted = 200 if least is Role.MANAGER and role is Role.MANAGER else 403
        assert browser.get(path).status_code == wanted, path
    assert Browser(app).client.get("/kelola").status_code == 303
    if role is Role.OFFICER:
        for path in ("/kelola/jam/week", "/kelola/layanan/C01", "/kelola/penutupan/loket", "/kios/kode"):
            assert browser.post(path, {"base": 1}).status_code == 403, path
        assert current(database).number == 1


@pytest.mark.parametrize(
    "path", ["/kelola/layanan/C01", "/kelola/instansi/C", "/kelola/antrean/C", "/kelola/teks"]
)
def test_a_form_sent_back_as_it_came_changes_nothing(manager: Browser, database: Database, path: str) -> None:
    answer = manager.post(path, form_of(manager, path))
    assert (answer.status_code, answer.headers.get("Location")) == (303, f"{path}?tersimpan=0"), answer.text
    assert current(database).number == 1
    assert "tidak ada versi baru" in manager.get(f"{path}?tersimpan=0").text


def test_a_service_is_added_renamed_and_removed(manager: Browser, database: Database) -> None:
    fields = form_of(manager, "/kelola/layanan/C01") | {"code": "C99", "short.id": "Layanan baru"}
    assert (
        manager.post("/kelola/layanan/baru", fields).headers["Location"] == "/kelola/layanan/C99?tersimpan=2"
    )
    codes = [one.code for one in current(database).catalogue.services]
    assert codes.index("C99") == codes.index("C17") + 1, "the last one of its agency"
    answer = manager.post("/kelola/layanan/baru", fields | {"base": 2})
    assert answer.status_code == 422
    assert "sudah dipakai baris lain" in answer.text
    assert "Layanan baru" in answer.text, "what was typed is kept"
    assert manager.post("/kelola/layanan/C99", fields | {"base": 2, "code": "C98"}).status_code == 303
    assert (
        manager.post("/kelola/layanan/C98/hapus", {"base": 3}).headers["Location"]
        == "/kelola/layanan?tersimpan=4"
    )
    assert "C98" not in current(database).catalogue.service_by_code
    assert manager.get("/kelola/layanan/C98").status_code == 404
    assert manager.get("/kelola/apa/C98").status_code == 404


def test_the_last_service_of_an_agency_stays(manager: Browser, database: Database) -> None:
    groups = current(database).catalogue.services_by_agency
    number = 1
    agency, services = min(groups.items(), key=lambda group: len(group[1]))
    for service in services[1:]:
        manager.post(f"/kelola/layanan/{service.code}/hapus", {"base": number})
        number += 1
    answer = manager.post(f"/kelola/layanan/{services[0].code}/hapus", {"base": number})
    assert answer.status_code == 422
    assert "belum punya layanan" in answer.text
    assert manager.post(f"/kelola/instansi/{agency}/hapus", {"base": number}).status_code == 303


def test_the_week_with_faults_beside_its_days(manager: Browser, database: Database) -> None:
    fields = form_of(manager, "/kelola/jam")
    week = {name: value for name, value in fields.items() if name.startswith("week.") and value}
    week = {name: value for name, value in week.items() if not name.endswith(".closed")}
    week |= {"week.sat.closed": "1", "week.sun.closed": "1", "base": "1"}
    wrong = week | {"week.mon.close": "7.00", "week.tue.open": "pagi"}
    answer = manager.post("/kelola/jam/week", wrong)
    assert answer.status_code == 422
    assert "harus urut" in answer.text
    assert "harus jam" in answer.text
    assert 'value="pagi"' in answer.text
    assert manager.post("/kelola/jam/week", week | {"week.mon.open": "9.15"}).status_code == 303
    assert current(database).site.week["mon"].open == dt.time(9, 15)


def test_breaks_single_dates_and_holidays(manager: Browser, database: Database) -> None:
    one = {"breaks.1.mon": "1", "breaks.1.start": "12.00", "breaks.1.end": "13.00"}
    one |= {"breaks.1.name.id": "Istirahat", "breaks.1.name.en": "Lunch", "breaks.0.remove": "1"}
    one |= {"breaks.0.fri": "1", "breaks.0.start": "11:30", "base": "1"}
    assert manager.post("/kelola/jam/breaks", one).status_code == 303
    assert [pause.name["en"] for pause in current(database).site.breaks] == ["Lunch"]
    dates = {"overrides.0.date": "2026-12-31", "overrides.0.name.id": "Tutup buku", "base": "2"}
    answer = manager.post("/kelola/jam/overrides", dates)
    assert answer.status_code == 422
    assert "perlu teks untuk bahasa: en" in answer.text
    dates |= {
        "overrides.0.name.en": "Year end",
        "overrides.1.date": "2026-12-24",
        "overrides.1.open": "08.00",
    }
    dates |= {"overrides.1.close": "11.00", "overrides.1.last_ticket": "10.30"}
    dates |= {"overrides.1.name.id": "Setengah hari", "overrides.1.name.en": "Half a day"}
    assert manager.post("/kelola/jam/overrides", dates).status_code == 303
    found = current(database).site.overrides
    assert [(day.date.day, day.hours is None) for day in found] == [(24, False), (31, True)]
    holidays = {"holidays.open_anyway": "besok", "base": "3"}
    assert "harus tanggal" in manager.post("/kelola/jam/holidays", holidays).text
    assert (
        manager.post("/kelola/jam/holidays", holidays | {"holidays.open_anyway": "2026-12-25"}).status_code
        == 303
    )
    assert current(database).site.holidays.national is False
    assert manager.post("/kelola/jam/lain", {}).status_code == 404


def test_quotas(manager: Browser, database: Database) -> None:
    answer = manager.post(
        "/kelola/kuota", {"queues.C": "banyak", "services.C01": "0", "base": 1, "instansi": "C"}
    )
    assert answer.status_code == 422
    assert 'value="banyak"' in answer.text
    assert "harus angka bulat" in answer.text
    answer = manager.post("/kelola/kuota", {"services.C01": "0", "base": 1})
    assert "paling sedikit 1" in answer.text
    answer = manager.post(
        "/kelola/kuota", {"queues.C": "120", "services.C01": "", "base": 1, "instansi": "C"}
    )
    assert answer.headers["Location"] == "/kelola/kuota?instansi=C&tersimpan=2"
    assert current(database).catalogue.queue_by_code["C"].quota == 120


def test_a_counter_is_closed_and_the_clock_opens_it(
    manager: Browser, app: FastAPI, database: Database, clock: Clock
) -> None:
    words = {"counter.message.id": "Rapat", "counter.message.en": "A meeting", "counter": "3"}
    late = words | {"counter.until": "time", "counter.moment": "2026-11-24T11:00"}
    assert "Pilih waktu yang akan datang" in manager.post("/kelola/penutupan/loket", late).text
    soon = late | {"counter.moment": "2026-11-24T12:30"}
    assert manager.post("/kelola/penutupan/loket", soon).status_code == 303
    assert "sampai 24/11/2026 12.30" in manager.get("/kelola/penutupan").text
    clock.turn(minutes=31)
    services = app.state.services
    assert isinstance(services, Services)
    Keeper(services).round()
    assert "Semua layanan dan loket buka" in manager.get("/kelola/penutupan").text
    shut = database.read(
        lambda session: session.scalars(select(Audit.what).order_by(Audit.id.desc())).first()
    )
    assert shut == "counter.reopened"


def test_a_whole_agency_is_closed(manager: Browser, database: Database) -> None:
    words = {"service": "agency:C", "service.message.id": "Listrik padam", "service.message.en": "No power"}
    assert manager.post("/kelola/penutupan/layanan", words | {"base": 1}).status_code == 303
    closed = [one.code for one in current(database).catalogue.services if one.closed]
    assert closed == [one.code for one in current(database).catalogue.services_by_agency["C"]]
    for service in ("", "ZZ", "agency:ZZ"):
        answer = manager.post("/kelola/penutupan/layanan", words | {"base": 2, "service": service})
        assert (answer.status_code, "Pilih apa yang ditutup" in answer.text) == (422, True)


def test_an_earlier_version_comes_back_and_the_log_tells(manager: Browser, database: Database) -> None:
    manager.post("/kelola/kuota", {"queues.C": "77", "base": 1})
    page = manager.get("/kelola/versi/1").text
    assert "77" in page
    assert manager.post("/kelola/versi/1", {"base": 1}).status_code == 409, (
        "the page was older than version 2"
    )
    assert manager.post("/kelola/versi/1", {"base": 2}).headers["Location"] == "/kelola/versi?tersimpan=3"
    assert current(database).catalogue.queue_by_code["C"].quota is None
    assert manager.get("/kelola/versi/9").status_code == 404
    log = manager.get("/kelola/catatan").text
    assert log.index("version.restored</th>") < log.index("quotas.changed</th>")
    assert "quotas.changed</th>" not in manager.get("/kelola/catatan?jenis=version.restored").text
    assert "quotas.changed</th>" in manager.get("/kelola/catatan?q=quota&sejak=2026-11-24").text
    assert "Tidak ada yang cocok" in manager.get("/kelola/catatan?q=100%25").text
    assert manager.get("/kelola/catatan?sejak=besok&sebelum=0").status_code == 200


def test_somebody_of_one_site_sees_its_log_alone(manager: Browser, database: Database) -> None:
    def write(session: object) -> None:
        for site in (SITE, "elsewhere"):
            details = f'{{"site": "{site}"}}'
            session.add(Audit(at=NOON, who="x", what=f"seen.{site}", details=details))  # type: ignore[attr-defined]

    database.write(write)
    log = manager.get("/kelola/catatan").text
    assert f"seen.{SITE}" in log
    assert "seen.elsewhere" not in log


def test_people_are_added_locked_and_get_a_password(admin: Browser, app: FastAPI, database: Database) -> None:
    new = {"name": "Dewi", "role": "officer", "password": "pendek", "site": SITE}
    answer = admin.post("/kelola/pengguna", new)
    assert answer.status_code == 422
    assert "10 sampai 200 karakter" in answer.text
    assert "pendek" not in answer.text, "a password is never written back"
    assert admin.post("/kelola/pengguna", new | {"password": PASSWORD}).status_code == 303
    assert "sudah dipakai" in admin.post("/kelola/pengguna", new | {"password": PASSWORD}).text
    dewi = signed_in(app, "dewi")
    number = database.read(lambda session: session.scalars(select(User.id).where(User.name == "dewi")).one())
    assert admin.post(f"/kelola/pengguna/{number}/peran", {"role": "manager"}).status_code == 303
    assert dewi.get("/kelola").status_code == 200, "from the next click on"
    assert admin.post(f"/kelola/pengguna/{number}/peran", {"role": "king"}).status_code == 422
    assert admin.post(f"/kelola/pengguna/{number}/sandi", {"password": "dewi"}).status_code == 422
    assert admin.post(f"/kelola/pengguna/{number}/sandi", {"password": "kata sandi baru"}).status_code == 303
    assert dewi.client.get("/kelola").status_code == 303, "out with the old password's sessions"
    assert Browser(app).sign_in("dewi", "kata sandi baru").status_code == 303
    assert admin.post(f"/kelola/pengguna/{number}/kunci", {"locked": "1"}).status_code == 303
    assert Browser(app).sign_in("dewi", "kata sandi baru").status_code == 401
    assert admin.post(f"/kelola/pengguna/{number}/kunci", {"locked": "0"}).status_code == 303
    assert Browser(app).sign_in("dewi", "kata sandi baru").status_code == 303
    own = database.read(lambda session: session.scalars(select(User.id).where(User.name == "wira")).one())
    for path, data in (("kunci", {"locked": "1"}), ("peran", {"role": "officer"})):
        answer = admin.post(f"/kelola/pengguna/{own}/{path}", data)
        assert (answer.status_code, "diri sendiri" in answer.text) == (422, True)
    assert admin.get("/kelola/pengguna/9999").status_code == 404


def test_an_admin_of_one_site_looks_after_its_people_alone(app: FastAPI, database: Database) -> None:
    add_person(database, "wira", Role.ADMIN, SITE)
    everywhere = add_person(database, "adi", Role.ADMIN, None)
    browser = signed_in(app, "wira")
    assert ">adi<" not in browser.get("/kelola/pengguna").text
    assert browser.get(f"/kelola/pengguna/{everywhere}").status_code == 404
    assert browser.post(f"/kelola/pengguna/{everywhere}/kunci", {"locked": "1"}).status_code == 404
    browser.post("/kelola/pengguna", {"name": "budi", "role": "officer", "password": PASSWORD, "site": ""})
    site = database.read(
        lambda session: session.scalars(select(User.site_id).where(User.name == "budi")).one()
    )
    assert site == SITE, "nobody gives more than they have"


def test_kiosks_from_here(manager: Browser, database: Database, kiosk: Kiosk) -> None:
    assert "Lobi · 1" in manager.get("/kios").text
    assert (
        manager.post(f"/kios/{kiosk.id}/kunci", {"message.id": "Rusak", "message.en": ""}).status_code == 422
    )
    assert manager.post(f"/kios/{kiosk.id}/cabut").status_code == 422, "not without being sure"
    assert manager.post(f"/kios/{kiosk.id}/cabut", {"sure": "1"}).status_code == 303
    for path in (f"/kios/{kiosk.id}", f"/kios/{uuid4()}"):
        assert manager.get(path).status_code == 404
    assert manager.post("/kios/kode", {"class": "toaster"}).status_code == 422
    assert manager.get("/kios/kode").status_code == 200, "a reload makes no code"
    assert manager.post("/kios/peringatan/999").status_code == 303


def test_a_kiosk_of_another_site_is_not_there(manager: Browser, database: Database) -> None:
    site, whole = current(database).site, current(database).catalogue
    other = site.model_copy(update={"id": "mpp-lain"})
    database.write(lambda session: catalogue.replace(session, other, whole, who="test", now=NOON))
    kiosk = enrol(database)
    database.write(lambda session: setattr(session.get_one(KioskRow, kiosk.kiosk_id), "site_id", "mpp-lain"))
    assert manager.get(f"/kios/{kiosk.kiosk_id}").status_code == 404
    assert manager.post(f"/kios/{kiosk.kiosk_id}/cabut", {"sure": "1"}).status_code == 404


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "baru saja"),
        (89, "baru saja"),
        (90, "1 menit lalu"),
        (7199, "119 menit lalu"),
        (7200, "2 jam lalu"),
    ],
)
def test_how_long_ago(seconds: int, said: str) -> None:
    assert ago(NOON - dt.timedelta(seconds=seconds), NOON, "id") == said
    assert ago(None, NOON, "en") == "Never"


def test_faults_in_a_managers_words() -> None:
    assert site_faults.told("must be at least 1", "id") == "paling sedikit 1"
    assert site_faults.told("must be at least 1", "en") == "must be at least 1"
    assert site_faults.told("something new", "id") == "something new"
    assert (
        site_faults.place('Layanan, row 5 (C03), column C "x"', "id") == 'Layanan, baris 5 (C03), kolom C "x"'
    )


def test_who_looks_after_whom_knows_its_roles() -> None:
    assert Person(1, "x", Role.ADMIN, SITE).may(Role.MANAGER)
