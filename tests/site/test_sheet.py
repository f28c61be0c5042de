"""The spreadsheet: what goes out comes back the same, what people do to it is mended or told by its cell."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.core.catalogue import Agency, Catalogue, Queue, Service
from kiosk.site import Fault, SiteData, SiteFaults, sheet
from kiosk.site.sheet_columns import columns
from tests.support.catalogues import catalogues

JULY = dt.date(2026, 7, 4)
"""What becomes of ``4-7``."""
MONDAY = "Senin 08.00-12.00, tiket terakhir"


@pytest.fixture(scope="module")
def exported(sample: SiteData, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("sheet") / "bangkalan.xlsx"
    sheet.export(sample, path)
    return path.read_bytes()


@pytest.fixture
def file(exported: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "bangkalan.xlsx"
    path.write_bytes(exported)
    return path


def edited(path: Path, how: Callable[[Any], object]) -> Path:
    book = openpyxl.load_workbook(path)
    how(book)
    book.save(path)
    return path


def column(page: Any, label: str) -> int:
    return next(cell.column for cell in page[1] if cell.value == label)


def cell(book: Any, title: str, row: int, label: str) -> Any:
    page = book[title]
    return page.cell(row, column(page, label))


def faults(path: Path, data: SiteData) -> tuple[Fault, ...]:
    with pytest.raises(SiteFaults) as caught:
        sheet.read(path, data.site)
    return caught.value.faults


def only(path: Path, data: SiteData) -> Fault:
    (fault,) = faults(path, data)
    return fault


def test_the_sample_comes_back_the_same(sample: SiteData, file: Path) -> None:
    assert sheet.read(file, sample.site) == sample.catalogue


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(catalogue=catalogues())
def test_any_catalogue_comes_back_the_same(catalogue: Catalogue, tmp_path: Path) -> None:
    path = tmp_path / "any.xlsx"
    sheet.write(catalogue, path)
    assert sheet.read(path) == catalogue


def test_every_field_has_a_column() -> None:
    for kind, model in (("agencies", Agency), ("queues", Queue), ("services", Service)):
        held = {column.key.partition(".")[0] for column in columns(kind, ("id", "en"))}  # type: ignore[arg-type]
        assert held == set(model.model_fields)


def test_a_third_language_comes_back_too(sample: SiteData, tmp_path: Path) -> None:
    data = sample.catalogue.model_dump()
    data["agencies"][0]["short"]["mad"] = "Perizinan"
    catalogue = Catalogue.model_validate(data)
    site = sample.site.model_copy(update={"languages": ("id", "en", "mad")})
    sheet.write(catalogue, tmp_path / "three.xlsx", site)
    assert sheet.read(tmp_path / "three.xlsx", site) == catalogue
    fault = only(tmp_path / "three.xlsx", sample)  # a site without that language refuses it
    assert (fault.code, fault.value) == ("E-CAT-04", '"Perizinan"')
    assert fault.place == 'Instansi, row 3 (A), column G "Nama singkat (mad)"'


def test_the_sheet_is_made_for_people(file: Path) -> None:
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["Instansi", "Antrean", "Layanan", "Petunjuk"]
    page = book["Layanan"]
    assert page.freeze_panes == "B3"
    assert page.row_dimensions[2].hidden
    assert cell(book, "Layanan", 1, "Biaya (Rp)").font.bold
    rules = {str(rule.sqref): rule.formula1 for rule in page.data_validations.dataValidation}
    assert set(rules.values()) == {"Instansi!$A$3:$A$215", "Antrean!$A$3:$A$215", '"ya,tidak"'}
    fee = cell(book, "Layanan", 3, "Biaya (Rp)")
    assert (fee.value, fee.data_type, fee.number_format) == (0, "n", "#,##0")
    assert cell(book, "Antrean", 5, "Loket").number_format == "@"
    assert book["Antrean"].column_dimensions["C"].number_format == "@"
    zones = [rule.formula1 for rule in book["Antrean"].data_validations.dataValidation]
    assert zones == ['"A,B,C,D,E"']


def test_what_a_spreadsheet_program_does_to_it_is_mended(sample: SiteData, file: Path) -> None:
    def live_with_it(book: Any) -> None:
        services = book["Layanan"]
        for row in (300, 310):  # rows that were touched and emptied again
            services.cell(row, 4, "   ")
        services.cell(3, column(services, "Nama singkat (id)")).value += " \u00a0\n"
        fee = cell(book, "Layanan", 26, "Biaya (Rp)")
        assert fee.value == 350000
        fee.value = "Rp350.000"
        cell(book, "Layanan", 3, "Biaya (Rp)").value = "Gratis"
        cell(book, "Layanan", 4, "Biaya (Rp)").value = 0.0
        cell(book, "Layanan", 3, "Perlu diperiksa").value = True
        cell(book, "Layanan", 4, "Perlu diperiksa").value = " Ya "
        words = cell(book, "Layanan", 3, "Kata pencarian")
        words.value = words.value.upper().replace(",", ";\n") + ";; "
        requirements = cell(book, "Layanan", 3, "Persyaratan (id)")
        requirements.value = "\r\n\n" + requirements.value.replace("\n", " \r\n\n")
        services.delete_rows(2)  # the keys are gone; the names of the columns are enough
        services.insert_rows(1)  # a title above them
        services.cell(1, 1, "Daftar layanan")
        services.title = " layanan "
        book["Instansi"].delete_rows(1)  # the names are gone; the keys are enough
        book["Antrean"].move_range("C1:C300", cols=8)  # columns in another order
        del book["Petunjuk"]

    assert sheet.read(edited(file, live_with_it), sample.site) == sample.catalogue


def test_a_code_that_became_a_number_is_a_code(sample: SiteData, tmp_path: Path) -> None:
    data = sample.catalogue.model_dump()
    data["queues"][0]["code"] = "12"
    for row in data["services"]:
        row["queue"] = "12" if row["queue"] == "A" else row["queue"]
    catalogue = Catalogue.model_validate(data)
    path = tmp_path / "numbers.xlsx"
    sheet.write(catalogue, path)

    def to_numbers(book: Any) -> None:
        cell(book, "Antrean", 3, "Kode").value = 12
        for row in range(3, 26):
            cell(book, "Layanan", row, "Kode antrean").value = 12.0

    assert sheet.read(edited(path, to_numbers)) == catalogue


@pytest.mark.parametrize(
    ("label", "value", "code", "letter", "shown", "allowed"),
    [
        ("Biaya (Rp)", "tiga puluh", "E-CAT-06", "L", '"tiga puluh"', "whole number"),
        ("Biaya (Rp)", 30000.5, "E-CAT-06", "L", "30000.5", "whole number"),
        ("Biaya (Rp)", -5, "E-CAT-06", "L", "-5", "at least 0"),
        ("Perlu diperiksa", "mungkin", "E-CAT-06", "AA", '"mungkin"', "ya, tidak"),
        ("Kode instansi", "ZZ", "E-CAT-07", "B", '"ZZ"', "allowed: A, B"),
        ("Nama resmi (en)", None, "E-CAT-06", "E", None, "needs a text for en"),
        ("Nama resmi (id)", "=Z99", "E-CAT-06", "D", None, "needs a text for id"),
        ("Persyaratan (id)", "Satu baris", "E-CAT-06", "J", None, "id: 1, en: 2"),
        ("Kata pencarian", "ktp, ?", "E-CAT-09", "V", '"?"', "2 to 60"),
        ("Jam khusus", "Senin pagi", "E-CAT-06", "W", '"Senin pagi"', "tiket terakhir"),
        ("Jam khusus", f"{MONDAY} 11.00\n{MONDAY} 11.00", "E-CAT-06", "W", None, "Senin stands twice"),
        ("Jam khusus", f"{MONDAY} 13.00", "E-CAT-06", "W", None, "in order"),
        ("Sumber", None, "E-CAT-05", "AB", "", "missing"),
        ("Kode antrean", True, "E-CAT-06", "C", "true", "format to text"),
    ],
)
def test_a_fault_names_sheet_row_column_and_value(
    sample: SiteData,
    file: Path,
    label: str,
    value: object,
    code: str,
    letter: str,
    shown: str | None,
    allowed: str,
) -> None:
    def spoil(book: Any) -> None:
        cell(book, "Layanan", 34, label).value = value

    fault = only(edited(file, spoil), sample)
    assert (fault.code, fault.file) == (code, "bangkalan.xlsx")
    assert fault.place == f'Layanan, row 34 (C03), column {letter} "{label}"'
    assert shown is None or fault.value == shown
    assert allowed in fault.problem


@pytest.mark.parametrize(
    ("place", "value", "code", "shown", "allowed"),
    [
        ('Layanan, row 34, column A "Kode"', None, "E-CAT-05", "", "missing"),
        ('Layanan, row 34 (C 3), column A "Kode"', "C 3", "E-CAT-06", '"C 3"', "capital letters or digits"),
        ('Layanan, row 34 (C02), column A "Kode"', "C02", "E-CAT-07", '"C02"', "already used"),
        ('Antrean, row 5 (C), column C "Loket"', JULY, "E-CAT-06", '"2026-07-04"', "date or time"),
        ('Antrean, row 5 (C), column B "Zona"', "Q", "E-CAT-07", '"Q"', "allowed: A, B, C, D, E"),
        ('Instansi, row 3 (A), column H "Piktogram"', "none", "E-CAT-08", '"none"', "agency-a"),
    ],
)
def test_a_fault_in_another_cell(
    sample: SiteData, file: Path, place: str, value: object, code: str, shown: str, allowed: str
) -> None:
    title, row, label = re.fullmatch(r'(\w+), row (\d+).*"(.*)"', place).groups()  # type: ignore[union-attr]

    def spoil(book: Any) -> None:
        cell(book, title, int(row), label).value = value

    fault = only(edited(file, spoil), sample)
    assert (fault.code, fault.place) == (code, place)
    assert fault.value.startswith(shown.rstrip('"'))
    assert allowed in fault.problem


def test_all_faults_come_at_once(sample: SiteData, file: Path) -> None:
    def spoil(book: Any) -> None:
        cell(book, "Layanan", 10, "Biaya (Rp)").value = "?"
        cell(book, "Layanan", 11, "Kode antrean").value = "QQ"
        cell(book, "Layanan", 12, "Waktu (id)").value = None
        cell(book, "Antrean", 4, "Kuota per hari").value = 0
        cell(book, "Layanan", 1, "Catatan").offset(0, 1).value = "Telepon"

    assert sorted(
        (fault.code, fault.place.split(",")[0]) for fault in faults(edited(file, spoil), sample)
    ) == [
        ("E-CAT-04", "Layanan"),
        ("E-CAT-06", "Antrean"),
        ("E-CAT-06", "Layanan"),
        ("E-CAT-06", "Layanan"),
        ("E-CAT-07", "Layanan"),
    ]


def test_a_column_or_sheet_that_was_deleted_is_told(sample: SiteData, file: Path) -> None:
    def delete_column(book: Any) -> None:
        book["Layanan"].delete_cols(column(book["Layanan"], "Persyaratan (id)"))

    fault = only(edited(file, delete_column), sample)
    assert (fault.code, fault.place) == ("E-CAT-05", "Layanan")
    assert "Persyaratan (id)" in fault.problem
    edited(file, lambda book: book.remove(book["Antrean"]))
    assert {(fault.code, fault.place) for fault in faults(file, sample)} == {
        ("E-CAT-05", "Layanan"),
        ("E-CAT-05", "Antrean"),
    }


def test_a_column_that_stands_twice_is_told(sample: SiteData, file: Path) -> None:
    def double(book: Any) -> None:
        page = book["Antrean"]
        page.cell(1, 6, "Loket")

    fault = only(edited(file, double), sample)
    assert (fault.code, fault.place) == ("E-CAT-03", "Antrean")
    assert "Loket" in fault.problem


def test_a_sheet_without_rows_is_told(sample: SiteData, file: Path) -> None:
    told = faults(edited(file, lambda book: book["Layanan"].delete_rows(3, 400)), sample)
    assert ("E-CAT-06", "Layanan") in {(fault.code, fault.place) for fault in told}


def test_data_in_a_column_without_a_name_is_told_once(sample: SiteData, file: Path) -> None:
    def add(book: Any) -> None:
        page = book["Antrean"]
        page["H4"], page["H5"] = "lantai 2", "lantai 3"

    fault = only(edited(file, add), sample)
    assert (fault.code, fault.place, fault.value) == ("E-CAT-04", "Antrean, row 4, column H", '"lantai 2"')


def test_names_and_keys_that_disagree_are_told(sample: SiteData, file: Path) -> None:
    def swap_the_names_only(book: Any) -> None:
        page = book["Antrean"]
        page["B1"], page["C1"] = "Loket", "Zona"

    told = faults(edited(file, swap_the_names_only), sample)
    assert [fault.place for fault in told[:2]] == ["Antrean, row 2, column B", "Antrean, row 2, column C"]
    assert "'Loket'" in told[0].problem


def test_a_formula_that_failed_is_told(sample: SiteData, file: Path) -> None:
    def fail(book: Any) -> None:
        bad = cell(book, "Layanan", 34, "Dasar hukum")
        bad.value, bad.data_type = "#REF!", "e"

    fault = only(edited(file, fail), sample)
    assert fault.place == 'Layanan, row 34 (C03), column S "Dasar hukum"'
    assert "formula" in fault.problem


def test_a_sheet_of_a_million_empty_rows_is_read(sample: SiteData, file: Path) -> None:
    def touch_the_bottom(book: Any) -> None:
        book["Layanan"].cell(1_048_576, 30).number_format = "0.00"

    assert sheet.read(edited(file, touch_the_bottom), sample.site) == sample.catalogue


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2100, 1, 1)),  # noqa: DTZ001 - a spreadsheet's dates have no zone
    st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=12),
    st.sampled_from(["Kode", "name.id", "=1/0", "A", "Senin 08.00-12.00, tiket terakhir 11.00"]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    changes=st.lists(
        st.tuples(
            st.sampled_from(["Instansi", "Antrean", "Layanan"]),
            st.integers(1, 8),
            st.integers(1, 32),
            ANYTHING,
        ),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_stands_in_the_cells_it_is_a_catalogue_or_faults_with_places(
    changes: list[tuple[str, int, int, object]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "any.xlsx"
    sheet.template(path)

    def change(book: Any) -> None:
        for title, row, number, value in changes:
            book[title].cell(row, number).value = value

    edited(path, change)
    try:
        sheet.read(path)
    except SiteFaults as error:
        assert all(fault.place.split(",")[0] in ("Instansi", "Antrean", "Layanan") for fault in error.faults)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"Kode;Nama\n"])
def test_what_is_no_spreadsheet_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "no.xlsx"
    path.write_bytes(content)
    with pytest.raises(SiteFaults) as caught:
        sheet.read(path)
    assert caught.value.code == "E-CAT-02"
    path.unlink()
    with pytest.raises(SiteFaults) as caught:
        sheet.read(path)
    assert caught.value.code == "E-CAT-01"


def test_a_text_too_long_for_a_cell_is_refused_and_not_cut(sample: SiteData, tmp_path: Path) -> None:
    many = dict.fromkeys(("id", "en"), ("x" * 400,) * 90)
    service = sample.catalogue.services[0].model_copy(update={"requirements": many})
    catalogue = sample.catalogue.model_copy(update={"services": (service, *sample.catalogue.services[1:])})
    with pytest.raises(SiteFaults) as caught:
        sheet.write(catalogue, tmp_path / "long.xlsx")
    assert "32767" in caught.value.faults[0].problem
    assert not list(tmp_path.iterdir())


def test_the_template_is_a_catalogue_with_two_examples(sample: SiteData, tmp_path: Path) -> None:
    sheet.template(tmp_path / "template.xlsx", sample.site)
    catalogue = sheet.read(tmp_path / "template.xlsx", sample.site)
    assert [service.code for service in catalogue.services] == ["X01", "X02"]
