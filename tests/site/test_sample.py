"""The sample site: complete, in plain words, findable, and fit for screen and paper."""

from __future__ import annotations

import re

import pytest

from kiosk.core.catalogue import Service
from kiosk.core.search import SearchIndex
from kiosk.site import SiteData
from printer.text import to_code_page

SERVICES = dict(zip("ABCDEFGHIJKLM", (23, 6, 17, 8, 6, 4, 5, 6, 7, 7, 6, 6, 4), strict=True))
CODES = [f"{letter}{number:02}" for letter, count in SERVICES.items() for number in range(1, count + 1)]


def texts(data: SiteData) -> list[str]:
    """Every text a visitor can meet, in both languages."""
    site, found = data.site, []
    bilingual = [
        site.name,
        site.region,
        site.counter_word,
        site.queue_word,
        site.complaint,
        site.ticket.footer,
    ]
    bilingual += [pause.name for pause in site.breaks]
    bilingual += [text for zone in site.zones for text in (zone.name, zone.floor)]
    bilingual += [
        text for agency in data.catalogue.agencies for text in (agency.name, agency.short, agency.line)
    ]
    for service in data.catalogue.services:
        bilingual += [service.name, service.short, service.line]
        bilingual += [text for text in (service.fee_note, service.duration, service.product) if text]
        found += [line for lines in service.requirements.values() for line in lines]
        found += [service.legal_basis] if service.legal_basis else []
    found += [line for lines in site.help.values() for line in lines]
    found += [queue.counters for queue in data.catalogue.queues]
    return found + [text for pair in bilingual for text in pair.values()]


def test_it_has_13_agencies_and_105_services(sample: SiteData) -> None:
    catalogue = sample.catalogue
    assert [agency.code for agency in catalogue.agencies] == list("ABCDEFGHIJKLM")
    assert [agency.pictogram for agency in catalogue.agencies] == [
        f"agency-{letter}" for letter in "abcdefghijklm"
    ]
    assert [service.code for service in catalogue.services] == CODES
    assert len(CODES) == 105
    assert all(service.agency == service.queue == service.code[0] for service in catalogue.services)


def test_it_says_that_it_is_a_sample(sample: SiteData) -> None:
    assert sample.site.sample
    assert all(service.must_verify and service.source for service in sample.catalogue.services)
    assert all(queue.note and "Sample" in queue.note for queue in sample.catalogue.queues)
    for service in sample.catalogue.services:
        knows = bool(service.requirements) or service.duration is not None
        assert service.details_source or not knows, service.code


def test_it_says_nothing_of_how_it_was_found(sample: SiteData) -> None:
    for service in sample.catalogue.services:
        assert "per source" not in (service.legal_basis or "")
        assert not any("stored public file" in text for text in (service.source, *service.details_source))


def test_short_names_and_lines_are_short_and_no_two_are_alike(sample: SiteData) -> None:
    for service in sample.catalogue.services:
        for text, limit in ((service.short, 34), (service.line, 48)):
            assert all(len(value) <= limit for value in text.values()), service.code
    for language in ("id", "en"):
        for services in sample.catalogue.services_by_agency.values():
            titles = [service.short[language] for service in services]
            assert len(set(titles)) == len(titles)


def test_requirements_and_times_are_short(sample: SiteData) -> None:
    for service in sample.catalogue.services:
        assert all(len(line) <= 60 for lines in service.requirements.values() for line in lines), service.code
        assert all(len(text) <= 30 for text in (service.duration or {}).values()), service.code
        assert all(len(text) <= 70 for text in (service.fee_note or {}).values()), service.code


def test_a_fee_is_a_number_or_a_rule_and_never_both_ways(sample: SiteData) -> None:
    assert (
        sum(
            service.fee_idr is not None or service.fee_note is not None
            for service in sample.catalogue.services
        )
        == 67
    )
    for service in sample.catalogue.services:
        assert service.fee_idr is None or service.fee_note is None, service.code


def test_indonesian_and_english_name_the_same_amounts(sample: SiteData) -> None:
    def amounts(text: str) -> list[str]:
        return sorted(re.sub(r"[.,]", "", amount) for amount in re.findall(r"Rp([\d.,]*\d)", text))

    for service in sample.catalogue.services:
        pairs = [service.fee_note] if service.fee_note else []
        pairs += (
            [{"id": a, "en": b} for a, b in zip(*service.requirements.values(), strict=True)]
            if service.requirements
            else []
        )
        for pair in pairs:
            assert amounts(pair["id"]) == amounts(pair["en"]), service.code


def test_every_service_is_found_by_each_of_its_words(sample: SiteData) -> None:
    index = SearchIndex(sample.catalogue)
    for service in sample.catalogue.services:
        assert len(service.words) >= 3, service.code
        for word in service.words:
            assert service.code in {hit.service for hit in index.find(word)}, (service.code, word)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("ktp hilang", "C03"),
        ("surat kehilangan", "J03"),
        ("pajak motor", "I01"),
        ("perpanjang stnk", "I02"),
        ("lost id card", "C03"),
        ("skck", "J01"),
        ("bpjs mati", "D02"),
        ("imb", "E01"),
        ("gugat cerai", "L01"),
        ("air mati", "G05"),
        ("pbb", "M03"),
        ("nib", "A10"),
    ],
)
def test_what_people_say_leads_to_the_service_first(sample: SiteData, said: str, code: str) -> None:
    first = next(hit for hit in SearchIndex(sample.catalogue).find(said) if hit.service)
    assert first.service == code


def test_counters_are_written_once_and_belong_to_one_queue(sample: SiteData) -> None:
    seen: list[int] = []
    for queue in sample.catalogue.queues:
        for part in queue.counters.split(", "):
            first, _, last = part.partition("–")
            seen += range(int(first), int(last or first) + 1)
    assert sorted(seen) == list(range(1, 27))
    dukcapil = sample.catalogue.queue_by_code["C"]
    assert (dukcapil.zone, dukcapil.counters) == ("B", "4–7")


def test_every_text_can_be_shown_and_printed(sample: SiteData) -> None:
    """Latin letters and four marks, which Roboto has and the paper can spell in its code page."""
    for text in texts(sample):
        assert all(char < "\u0100" or char in "–’…" for char in text), text
        printed = to_code_page(text, "cp437")
        printed.encode("cp437")
        assert "?" not in printed.replace("?", "", text.count("?")), text


def test_the_hours_are_those_of_the_mall(sample: SiteData) -> None:
    site = sample.site
    assert list(site.week) == ["mon", "tue", "wed", "thu", "fri"]
    assert {
        (f"{day.open:%H:%M}", f"{day.last_ticket:%H:%M}", f"{day.close:%H:%M}") for day in site.week.values()
    } == {("08:00", "13:30", "14:00")}
    (prayer,) = site.breaks
    assert (prayer.days, f"{prayer.start:%H:%M}", f"{prayer.end:%H:%M}") == (("fri",), "11:30", "13:00")
    assert site.zone_abbreviation == "WIB"
    assert site.holidays.national


def test_unknown_is_empty_and_never_a_word_for_it(sample: SiteData) -> None:
    known = [service for service in sample.catalogue.services if service.requirements]
    assert len(known) == 46
    assert all(_real(service) for service in sample.catalogue.services)


def _real(service: Service) -> bool:
    values = [
        *(service.duration or {}).values(),
        *(service.fee_note or {}).values(),
        service.legal_basis or "x",
    ]
    return all(
        value.strip(" -–").lower() not in ("", "n/a", "tidak ada", "unknown", "none") for value in values
    )
