"""The paper: what stands on it and in which order, in both languages and on both widths."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk import settings
from kiosk.core.record import Ticket, TicketState
from kiosk.site import SiteData
from kiosk.ticket_slip import sample, ticket_slip
from printer import encode, profiles
from printer.connect import press_for
from printer.slip import Big, Image, Qr, Slip, Text
from tests.support.turnable_clock import WIB

PAGE = "https://antrean.example.go.id/t/u7Qm2vXb9KpL0aZdWc3RtA"
CODE = "BKL-20261124-C001-A2VQ"


@pytest.fixture
def ticket(site_data: SiteData) -> Ticket:
    service = site_data.catalogue.service_by_code["C01"]
    return Ticket(
        uuid="01a20d46-81b4-710e-8527-59455b3eda3f",
        service_day=dt.date(2026, 11, 24),
        queue=service.queue,
        number=1,
        display="C-001",
        kiosk_digit=0,
        service=service.code,
        agency=service.agency,
        priority=False,
        language="id",
        token="u7Qm2vXb9KpL0aZdWc3RtA",
        issued_at=dt.datetime(2026, 11, 24, 9, 41, tzinfo=WIB),
        state=TicketState.RESERVED,
    )


def words(slip: Slip) -> list[str]:
    """What is read from top to bottom; the QR as ``[QR]``."""
    found: list[str] = []
    for line in slip.lines:
        if isinstance(line, Text | Big):
            found += line.text.split("\n")
        elif isinstance(line, Qr):
            found.append("[QR]")
    return found


def test_the_order_is_who_what_number_where_when_code_and_a_closing_line(
    ticket: Ticket, site_data: SiteData
) -> None:
    assert words(ticket_slip(ticket, site_data, PAGE)) == [
        "Mal Pelayanan Publik",
        "Kabupaten Bangkalan",
        "Dukcapil",
        "KTP-el baru",
        "C-001",
        *_where(site_data, "id"),
        "Selasa, 24 November 2026",
        "09.41 WIB",
        "Mohon menunggu nomor Anda dipanggil",
        "[QR]",
        site_data.site.ticket.footer["id"],
    ]


def _where(site_data: SiteData, language: str) -> list[str]:
    queue = site_data.catalogue.queue_by_code["C"]
    zone = next(zone for zone in site_data.site.zones if zone.code == queue.zone)
    word = site_data.site.counter_word[language]
    return [f"{word} {queue.counters}", f"{zone.name[language]} - {zone.floor[language]}"]


def test_it_is_whole_in_english(ticket: Ticket, site_data: SiteData) -> None:
    english = words(ticket_slip(replace(ticket, language="en", priority=True), site_data, PAGE, ahead=3))
    assert "Tuesday, 24 November 2026" in english
    assert "09:41 WIB" in english
    assert "3 people ahead of you" in english
    assert "* PRIORITY *" in english
    assert set(_where(site_data, "en")) <= set(english)
    indonesian = words(ticket_slip(replace(ticket, priority=True), site_data, PAGE, ahead=3))
    same = set(english) & set(indonesian)
    assert same == {"C-001", "[QR]"} | (same & {site_data.catalogue.agency_by_code["C"].short["id"]})


def test_people_ahead_stand_there_only_when_known(ticket: Ticket, site_data: SiteData) -> None:
    assert "0 orang di depan Anda" in words(ticket_slip(ticket, site_data, PAGE, ahead=0))
    assert not any("orang" in line for line in words(ticket_slip(ticket, site_data, PAGE)))


def test_an_offline_code_can_be_read_without_a_scanner(ticket: Ticket, site_data: SiteData) -> None:
    lines = words(ticket_slip(ticket, site_data, CODE))
    assert lines[lines.index("[QR]") + 1] == CODE


def test_a_copy_says_so_first(ticket: Ticket, site_data: SiteData) -> None:
    assert words(ticket_slip(replace(ticket, copies=2), site_data, PAGE))[0] == "* SALINAN 2 *"


def test_a_service_that_left_the_catalogue_shows_its_code(ticket: Ticket, site_data: SiteData) -> None:
    gone = words(ticket_slip(replace(ticket, service="C99", agency="Z", queue="Q"), site_data, PAGE))
    assert {"C99", "Z"} <= set(gone)
    assert not any("Loket" in line for line in gone)


def test_a_logo_stands_at_the_top(ticket: Ticket, site_data: SiteData) -> None:
    texts = site_data.site.ticket.model_copy(update={"logo": "logo.png"})
    site = site_data.site.model_copy(update={"ticket": texts})
    slip = ticket_slip(ticket, replace(site_data, site=site), PAGE)
    assert slip.lines[0] == Image(site_data.directory / "logo.png")


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_standard_ticket_is_at_most_600_bytes(ticket: Ticket, site_data: SiteData, language: str) -> None:
    profile = profiles.load("generic-80")
    plain = ticket_slip(replace(ticket, language=language), site_data, PAGE)
    fullest = ticket_slip(replace(ticket, language=language, priority=True), site_data, PAGE, ahead=12)
    assert len(encode.encode(plain, profile)) <= 600
    assert len(encode.encode(fullest, profile)) <= 600


@pytest.mark.parametrize("width", [58, 80])
def test_every_service_fits_the_paper(ticket: Ticket, site_data: SiteData, width: int) -> None:
    """Nothing but the names may wrap, and the number stays on one line: it is as large as the paper allows."""
    profile = profiles.load(f"generic-{width}")
    for service in site_data.catalogue.services:
        for language in ("id", "en"):
            asked = replace(
                ticket,
                service=service.code,
                agency=service.agency,
                queue=service.queue,
                display=f"{service.queue}-2001",
                language=language,
            )
            slip = ticket_slip(asked, site_data, PAGE)
            for line in slip.lines:
                if isinstance(line, Text):
                    columns = profile.columns // line.width
                    assert max(map(len, line.text.split())) <= columns, (service.code, line.text)
            assert (
                encode.big_magnification(asked.display, profile.columns) * len(asked.display)
                <= profile.columns
            )


@pytest.mark.parametrize("width", [58, 80])
def test_the_sample_prints_and_its_qr_is_read_back(width: int, tmp_path: Path) -> None:
    import zxingcpp
    from PIL import Image as Pictures

    asked = {
        "ANJUNGAN_SERVER__URL": "https://antrean.example.go.id",
        "ANJUNGAN_PRINTER__WIDTH_MM": str(width),
    }
    configuration = settings.load(None, asked)
    press = press_for("virtual", profile=f"generic-{width}", paper_dir=tmp_path)
    assert press.print(sample(configuration)).outcome.value == "printed"
    with Pictures.open(tmp_path / "paper-000001.png") as paper:
        codes = zxingcpp.read_barcodes(paper)
    assert [code.text for code in codes] == [f"https://antrean.example.go.id/t/{'A' * 22}"]
