"""Plain words: an abbreviation on a visitor's screen is known to everybody or explained on that screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core.plain_words import jargon, unexplained, unexplained_in
from kiosk.core.take_home import holds, host_of, list_text, page_address, terms_in
from kiosk.core.visit import Screen, Visit
from kiosk.ui.present.sheet import present_sheet
from kiosk.ui.present.spoken import everything, script_of
from kiosk.ui.present.whole import present
from tests.support.gallery import A_TUESDAY, at, faces, sample, surroundings


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Fotokopi KTP dan KK", {"KTP", "KK"}),
        ("Izin lewat SiCantik, limbah B3", {"SiCantik", "B3"}),
        ("Perpres 96/2018; Permendagri 9/2016", {"Perpres", "Permendagri"}),
        ("Ijazah dilegalisir", {"dilegalisir"}),
        ("KTP-el", {"KTP"}),
        ("Formulir F2.01, Zona A, A-001, Rp30.000, Loket 4–7", set()),
        ("Pindai kode QR dengan WhatsApp, pukul 08.00 WIB", set()),
        ("Surat Keterangan dari Kepala Desa", set()),
    ],
)
def test_what_is_jargon(text: str, found: set[str]) -> None:
    assert jargon(text) == found


def test_a_term_is_a_whole_word() -> None:
    assert holds("Fotokopi KK", "KK") and holds("(KK)", "KK")
    assert not holds("KKN", "KK") and not holds("SKK", "KK") and not holds("", "KK")
    glossary = {"KK": {"id": "Kartu Keluarga", "en": "family card"}, "PP": {"id": "Peraturan", "en": "rule"}}
    assert terms_in(["Fotokopi KK"], glossary, "en") == (("KK", "family card"),)
    assert unexplained(["KK dan PBB dari RT/RW"], ["KK"]) == {"PBB"}


def test_the_sample_explains_all_its_short_words() -> None:
    data = sample()
    assert unexplained_in(data.site, data.catalogue) == {}


def test_the_sample_explains_nothing_that_is_not_there() -> None:
    data = sample()
    shown = "\n".join(str(service.model_dump()) for service in data.catalogue.services)
    shown += "\n".join(str(agency.model_dump()) for agency in data.catalogue.agencies)
    assert [
        term for term in data.site.glossary if not holds(shown.lower() if term.islower() else shown, term)
    ] == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_each_sheet_explains_what_it_says(language: str) -> None:
    data = sample()
    around = surroundings(data, at(data, *A_TUESDAY))
    assert around.loaded is not None
    for service in data.catalogue.services:
        visit = Visit(screen=Screen.SHEET, agency=service.agency, service=service.code, language=language)
        view = present_sheet(visit, around, around.loaded)
        assert view is not None
        told = next((fact.text for fact in view.details if fact.name == "terms"), "")
        explained = [part.split(": ")[0] for part in told.split(" · ")]
        texts = [view.heading.title, *view.bring, view.fee.text, view.time.text]
        texts += [fact.text for fact in view.details if fact.name != "terms"]
        assert unexplained(texts, explained) == set(), service.code


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_kiosks_own_words_are_plain(language: str) -> None:
    """On every other face: what is no data of a service has no jargon at all, or the glossary has it."""
    data = sample()
    known = {*data.site.glossary, *(service.short[language] for service in data.catalogue.services)}
    for face in faces(data):
        if face.visit.screen in (Screen.SERVICES, Screen.SEARCH) or face.name.startswith("fault"):
            continue  # names of services, each with its line; a fault's code is for a technician
        said = everything(script_of(present(replace(face.visit, language=language), face.around)))
        assert unexplained([said], known) == set(), face.name


def test_what_goes_into_a_code_is_bounded() -> None:
    assert list_text(["KTP\u00adel", "", "- KK"]) == "KTPel\n- KK"
    assert list_text(["x" * 421]) == "" and list_text(["ö" * 211]) == ""
    assert page_address("", "mpp", "C01", "id") == ""
    assert page_address("https://a.go.id/", "mpp", "C01", "en") == "https://a.go.id/l/mpp/C01?lang=en"
    assert host_of("https://oss.go.id/masuk?x=1") == "oss.go.id"
