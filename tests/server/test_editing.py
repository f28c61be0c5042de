"""Edits of a site: judged whole, kept as a version, refused when they come too late; spreadsheets in two steps."""

from __future__ import annotations

import copy
import datetime as dt
import io
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select

from kiosk.core.catalogue import Catalogue
from kiosk.site import SiteFaults
from server import calling, catalogue
from server.catalogue import Catalogues, SiteDocument
from server.db.database import Database
from server.db.models import Audit
from server.errors import UpkeepError
from server.manage import closing, editing, sheets
from server.manage.difference import Data, difference
from server.manage.edits import (
    Edit,
    PutRow,
    RemoveRow,
    ReplaceCatalogue,
    Restore,
    SetClosed,
    SetQuotas,
    SetSite,
    row_of,
)
from server.queue_rules import Rule
from tests.server.conftest import Clock
from tests.support.server_driver import NOON, SITE, Kiosk, sample

TEXT = {"id": "Petugas rapat", "en": "Staff meeting"}


def save(database: Database, edit: Edit, base: int = 1, who: str = "siti") -> editing.Saved:
    return database.write(
        lambda session: editing.save(session, Catalogues(), SITE, base, edit, who=who, now=NOON)
    )


def current(database: Database) -> SiteDocument:
    return database.read(lambda session: Catalogues().current(session, SITE))


def data(database: Database) -> Data:
    return editing.data_of(current(database))


def last_audit(database: Database) -> tuple[str, str, dict[str, Any]]:
    row = database.read(lambda session: session.scalars(select(Audit).order_by(Audit.id.desc())).first())
    assert row is not None
    return row.who, row.what, json.loads(row.details)


def sample_data() -> Data:
    site, whole = sample()
    return editing.as_data(site, whole)


def test_an_edit_is_a_new_version_with_its_line_in_the_audit(database: Database) -> None:
    row = row_of(data(database), "agencies", "C")
    assert row is not None
    done = save(database, PutRow("agencies", "C", {**row, "short": {"id": "Dukcapil Baru", "en": "New"}}))
    assert done.number == 2
    assert current(database).catalogue.agency_by_code["C"].short["id"] == "Dukcapil Baru"
    who, what, details = last_audit(database)
    assert (who, what, details["version"]) == ("siti", "agency.changed", 2)
    (change,) = details["changes"]
    assert change["fields"]["short"] == [row["short"], {"id": "Dukcapil Baru", "en": "New"}], (
        "before and after"
    )


def test_the_same_again_changes_nothing(database: Database) -> None:
    row = row_of(data(database), "services", "C01")
    assert row is not None
    assert save(database, PutRow("services", "C01", row)) == editing.Saved(1, ())


def test_every_fault_at_once_and_nothing_is_kept(database: Database) -> None:
    row = row_of(data(database), "services", "C01")
    assert row is not None
    wrong = {**row, "queue": "ZZ", "fee_idr": -1, "short": {"id": "", "en": "x"}, "agency": "QQ"}
    with pytest.raises(SiteFaults) as raised:
        save(database, PutRow("services", "C01", wrong))
    fields = {fault.place.split(" (C01).")[-1].partition(".")[0] for fault in raised.value.faults}
    assert {"queue", "fee_idr", "short", "agency"} <= fields
    assert current(database).number == 1


def test_two_people_edit_different_records(database: Database) -> None:
    before = data(database)
    one, other = row_of(before, "services", "C01"), row_of(before, "services", "A01")
    assert one is not None
    assert other is not None
    save(database, PutRow("services", "C01", {**one, "fee_idr": 1000}))
    assert save(database, PutRow("services", "A01", {**other, "fee_idr": 2000})).number == 3
    services = current(database).catalogue.service_by_code
    assert (services["C01"].fee_idr, services["A01"].fee_idr) == (1000, 2000)


def test_a_form_that_comes_too_late_is_refused_with_the_difference(database: Database) -> None:
    row = row_of(data(database), "services", "C01")
    assert row is not None
    save(database, PutRow("services", "C01", {**row, "fee_idr": 1000}), who="budi")
    with pytest.raises(editing.Stale) as raised:
        save(database, PutRow("services", "C01", {**row, "fee_idr": 2000}))
    assert (raised.value.number, raised.value.who) == (2, "budi")
    (change,) = raised.value.changes
    assert [(field.name, field.after) for field in change.fields] == [("fee_idr", 1000)]
    assert current(database).catalogue.service_by_code["C01"].fee_idr == 1000
    with pytest.raises(editing.Stale):
        save(database, RemoveRow("services", "C01"))


def test_a_new_code_takes_its_services_along_and_an_agency_goes_with_its_services(database: Database) -> None:
    row = row_of(data(database), "agencies", "C")
    assert row is not None
    save(database, PutRow("agencies", "C", {**row, "code": "CC"}))
    assert "CC" in current(database).catalogue.agency_by_code
    assert current(database).catalogue.service_by_code["C01"].agency == "CC"
    save(database, RemoveRow("agencies", "CC"), base=2)
    assert "C01" not in current(database).catalogue.service_by_code


def test_the_malls_week_quotas_and_going_back(database: Database) -> None:
    first = data(database)
    week = {"mon": {"open": "09:00:00", "close": "12:00:00", "last_ticket": "11:30:00"}}
    save(database, SetSite({"week": week}, "hours"))
    assert list(current(database).site.week) == ["mon"]
    save(database, SetQuotas({"C": 40}, {"C01": 5}), base=2)
    assert current(database).catalogue.queue_by_code["C"].quota == 40
    with pytest.raises(SiteFaults, match="in order open"):
        save(database, SetSite({"week": {"mon": {**week["mon"], "close": "10:00:00"}}}), base=3)
    earlier = database.read(lambda session: editing.document(session, SITE, 1))
    assert save(database, Restore(earlier, 1), base=3).number == 4
    assert data(database) == first
    numbers = [one.number for one in database.read(lambda session: editing.versions(session, SITE))]
    assert numbers == [4, 3, 2, 1]


def test_kiosks_have_it_with_one_pull(client: TestClient, database: Database, kiosk: Kiosk) -> None:
    first = client.get("/api/v1/catalogue", headers=kiosk.headers)
    waiting = client.get("/api/v1/queues", headers=kiosk.headers)
    assert waiting.json()["closures"] == []
    save(database, SetClosed(("C01",), TEXT))
    headers = kiosk.headers | {"If-None-Match": first.headers["ETag"]}
    pulled = client.get("/api/v1/catalogue", headers=headers)
    assert pulled.status_code == 200
    closed = {row["code"]: row["closed"] for row in pulled.json()["catalogue"]["services"] if row["closed"]}
    assert closed == {"C01": TEXT}
    headers = kiosk.headers | {"If-None-Match": waiting.headers["ETag"]}
    closures = client.get("/api/v1/queues", headers=headers).json()["closures"]
    assert closures == [{"service": "C01", "text": TEXT}]


def test_closed_until_a_time_opens_by_itself(database: Database) -> None:
    until = NOON + dt.timedelta(hours=1)

    def close(session: Any) -> editing.Saved:
        return closing.close_services(
            session, Catalogues(), SITE, 1, ("C01", "C02"), TEXT, until, who="siti", now=NOON
        )

    database.write(close)
    # A person closes one of them again with other words: those are not the clock's to take away.
    save(database, SetClosed(("C02",), {"id": "Server mati", "en": "System down"}), base=2)
    assert database.read(lambda session: closing.due(session, until - dt.timedelta(seconds=1))) == []
    for number in database.read(lambda session: closing.due(session, until)):
        opening = partial(closing.open_due, catalogues=Catalogues(), closure=number, now=until)
        assert database.write(opening)
        assert not database.write(opening), "once"
    services = current(database).catalogue.service_by_code
    assert services["C01"].closed is None
    assert services["C02"].closed == {"id": "Server mati", "en": "System down"}
    assert last_audit(database)[:2] == ("clock", "service.opened")


@pytest.mark.parametrize("until", [NOON, NOON - dt.timedelta(hours=1), NOON + dt.timedelta(days=400)])
def test_until_is_to_come(database: Database, until: dt.datetime) -> None:
    with pytest.raises(UpkeepError, match="until is"):
        database.write(
            lambda session: closing.close_services(
                session, Catalogues(), SITE, 1, ("C01",), TEXT, until, who="siti", now=NOON
            )
        )
    with pytest.raises(UpkeepError, match="service is ZZ"):
        database.write(
            lambda session: closing.open_services(
                session, Catalogues(), SITE, 1, ("ZZ",), who="siti", now=NOON
            )
        )


def test_nobody_is_called_to_a_closed_counter(
    client: TestClient, database: Database, kiosk: Kiosk, clock: Clock
) -> None:
    client.post("/api/v1/events", json={"events": kiosk.whole(1)}, headers=kiosk.headers)
    desk = calling.Desk(SITE, "3", ("C",), "siti")
    until = NOON + dt.timedelta(minutes=10)
    database.write(
        lambda session: closing.close_counter(session, SITE, "3", TEXT, until, who="siti", now=NOON)
    )

    def call(now: dt.datetime) -> Any:
        day = NOON.date()
        return database.write(lambda session: calling.call_next(session, desk, day, Rule("first", 2), now))

    with pytest.raises(calling.CounterShut, match="counter 3 is closed"):
        call(NOON)
    assert call(until) is not None, "its time has come, whether the clock's round was there yet or not"


def preview(database: Database, content: bytes, name: str = "instansi.xlsx") -> sheets.Preview:
    document = current(database)
    found = sheets.read(content, name, document)
    return database.write(lambda session: sheets.keep(session, document, found, name, who="siti", now=NOON))


def put_in_force(database: Database, draft: sheets.Preview, now: dt.datetime = NOON) -> editing.Saved:
    return database.write(
        lambda session: sheets.apply(session, Catalogues(), draft.draft, SITE, who="siti", now=now)
    )


def changed_sheet(content: bytes, sheet: str, row: int, column: str, value: object) -> bytes:
    book = load_workbook(io.BytesIO(content))
    keys = [cell.value for cell in book[sheet][2]]
    cell: Any = book[sheet].cell(row, keys.index(column) + 1)
    cell.value = value
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_a_spreadsheet_is_previewed_and_exactly_that_is_applied(database: Database) -> None:
    content = sheets.export(current(database))
    assert preview(database, content).changes == (), "what was exported is what is in force"
    content = changed_sheet(content, "Layanan", 3, "fee_idr", 12345)
    shown = preview(database, content)
    assert [(one.kind, one.what) for one in shown.changes] == [("services", "changed")]
    again = database.read(lambda session: sheets.preview(session, shown.draft, SITE, NOON))
    assert again == shown
    assert current(database).number == 1, "a preview changes nothing"
    done = put_in_force(database, shown)
    assert done.changes == shown.changes
    assert last_audit(database)[2]["file"] == "instansi.xlsx"
    with pytest.raises(UpkeepError, match="in force already"):
        put_in_force(database, shown)


def test_a_preview_of_what_is_no_more_in_force_is_refused(database: Database) -> None:
    shown = preview(database, changed_sheet(sheets.export(current(database)), "Antrean", 3, "quota", 7))
    save(database, SetQuotas({"C": 9}, {}))
    with pytest.raises(editing.Stale):
        put_in_force(database, shown)
    with pytest.raises(UpkeepError, match="read the spreadsheet again"):
        put_in_force(database, shown, NOON + dt.timedelta(days=2))


def test_faults_of_a_spreadsheet_have_sheet_row_and_column(database: Database) -> None:
    content = changed_sheet(sheets.export(current(database)), "Layanan", 5, "queue", "ZZ")
    content = changed_sheet(content, "Instansi", 3, "name.en", None)
    with pytest.raises(SiteFaults) as raised:
        preview(database, content)
    places = " | ".join(fault.place for fault in raised.value.faults)
    assert "Layanan, row 5" in places
    assert "Instansi, row 3" in places
    with pytest.raises(SiteFaults, match="is not an XLSX"):
        preview(database, b"PK\x03\x04 nothing of the sort")


WORDS = st.text(st.sampled_from("abc 123é—()"), min_size=1, max_size=20).filter(lambda text: text.strip())


@st.composite
def states(draw: st.DrawFn) -> Data:
    """A site after some edits that are allowed."""
    made = sample_data()
    services = made["catalogue"]["services"]
    for _ in range(draw(st.integers(0, 4))):
        row = draw(st.sampled_from(services))
        match draw(st.integers(0, 4)):
            case 0:
                row["short"] = {"id": draw(WORDS).strip(), "en": draw(WORDS).strip()}
            case 1:
                row["fee_idr"] = draw(st.none() | st.integers(0, 10**9))
            case 2:
                row["closed"] = draw(st.sampled_from([None, TEXT]))
            case 3:
                first = draw(st.integers(0, len(services) - 2))
                services[first], services[first + 1] = services[first + 1], services[first]
            case 4:
                fresh = copy.deepcopy(row)
                fresh["code"] = f"X{draw(st.integers(1000, 9999))}"
                if all(other["code"] != fresh["code"] for other in services):
                    services.append(fresh)
    return made


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(before=states(), after=states())
def test_what_a_sheet_holds_is_what_a_preview_tells_and_what_is_applied(before: Data, after: Data) -> None:
    site, whole = editing.judge(before)
    _, wanted = editing.judge(after)
    document = SiteDocument(1, "", site, wanted, catalogue.document_text(site, wanted))
    found = sheets.read(sheets.export(document), "x.xlsx", document)
    assert found == wanted, "through the spreadsheet and back"
    edit = ReplaceCatalogue(found.model_dump(mode="json"))
    now = editing.as_data(site, whole)
    applied = edit.apply(now)
    assert Catalogue.model_validate(applied["catalogue"]) == wanted
    told = difference(now, applied)
    assert (told == ()) == (now == applied)
    # Each record the preview names differs, and no other one does.
    named = {one.code for one in told if one.kind == "services" and one.what != "moved"}
    old = {row["code"]: row for row in now["catalogue"]["services"]}
    new = {row["code"]: row for row in applied["catalogue"]["services"]}
    assert named == {code for code in old.keys() | new.keys() if old.get(code) != new.get(code)}


def test_an_uploaded_files_name_is_only_a_name(database: Database, tmp_path: Path) -> None:
    shown = preview(database, sheets.export(current(database)), f"{tmp_path}/../x.xlsx")
    assert shown.file == "x.xlsx"
