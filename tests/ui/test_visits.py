"""Whole visits: the real window, real touches, the real desk, paper of the virtual printer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from kiosk.core.record import TicketState
from kiosk.core.visit import Screen
from tests.support.gallery import PANELS
from tests.support.kiosk_window import Kiosk

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]

Open = Callable[..., Kiosk]


def qr_codes(image: Any) -> list[str]:
    """Return what the QR codes in a picture hold."""
    return [code.text for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)]


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize(
    ("language", "take", "wait"),
    [("id", "Silakan ambil tiket", "Mohon menunggu"), ("en", "take your ticket", "Please wait")],
)
def test_a_visitor_takes_a_ticket_in_four_taps(
    kiosk: Open, panel: str, language: str, take: str, wait: str
) -> None:
    it = kiosk(panel=panel)
    it.ready()
    it.walk_to_sheet("C01", language)
    it.touch("take")
    it.see(Screen.RESULT)

    (ticket,) = it.tickets()
    assert ticket.state is TicketState.PRINTED
    assert (ticket.display, ticket.service, ticket.language, ticket.priority) == (
        "C-001",
        "C01",
        language,
        False,
    )
    assert it.says("C-001")
    assert it.says(take)
    code = it.app.visit.issued.qr
    assert qr_codes(it.picture()) == [code]

    (paper,) = it.papers()
    assert qr_codes(Image.open(paper)) == [code]
    lines = paper.with_suffix(".txt").read_text(encoding="utf-8")
    assert "C-001" in lines
    assert wait in lines

    it.touch("done")
    it.see(Screen.ATTRACT)
    assert it.app.visit.language == "id"
    assert it.app.visit.issued is None


def test_priority_is_one_flag_on_screen_paper_and_store(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    it.walk_to_sheet()
    it.touch("priority")
    it.until(lambda: it.app.visit.priority, "the tick")
    it.touch("take")
    it.see(Screen.RESULT)
    (ticket,) = it.tickets()
    assert ticket.priority
    assert "PRIORITAS" in it.papers()[0].with_suffix(".txt").read_text(encoding="utf-8")
    assert it.says("Prioritas")


def test_one_more_ticket_keeps_the_language_and_nothing_else(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    it.walk_to_sheet("C01", "en")
    it.touch("priority")
    it.until(lambda: it.app.visit.priority, "the tick")
    it.touch("take")
    it.see(Screen.RESULT)
    it.touch("another")
    it.see(Screen.AGENCIES)
    assert it.app.visit.language == "en"
    assert not it.app.visit.priority
    it.turn_to("agency:J")
    it.touch("agency:J")
    it.see(Screen.SERVICES)
    it.turn_to("service:J03")
    it.touch("service:J03")
    it.see(Screen.SHEET)
    it.touch("take")
    it.see(Screen.RESULT)
    assert [ticket.display for ticket in it.tickets()] == ["C-001", "J-001"]


@pytest.mark.parametrize("panel", PANELS)
def test_search_by_touching_letters(kiosk: Open, panel: str) -> None:
    it = kiosk(panel=panel)
    it.ready()
    it.touch("start")
    it.see(Screen.AGENCIES)
    it.touch("search")
    it.see(Screen.SEARCH)
    for letter in "PSPOR":  # one letter is missing
        it.touch(f"key:{letter}")
    it.until(lambda: it.find("service:B01") or it.find("service:B02"), "a passport among the hits")
    (first, *_) = [target for target in ("service:B01", "service:B02") if it.find(target)]
    it.touch(first)
    it.see(Screen.SHEET)
    it.touch("back")
    it.see(Screen.SEARCH)
    assert it.app.visit.query.upper() == "PSPOR"
    it.touch("back")
    it.see(Screen.AGENCIES)


def test_back_home_help_and_language(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    it.walk_to_sheet("C02")
    it.touch("language")
    it.until(lambda: it.app.visit.language == "en", "English")
    assert it.says("Damaged ID card")
    it.touch("help")
    it.until(lambda: it.app.visit.help, "the help page")
    assert it.find("take") is None, "nothing beneath the help page can be touched"
    it.touch("back")
    it.until(lambda: not it.app.visit.help, "the sheet again")
    it.see(Screen.SHEET)
    it.touch("back")
    it.see(Screen.SERVICES)
    it.touch("home")
    it.see(Screen.ATTRACT)
    assert it.app.visit.language == "id"


# --- one touch, one ticket --------------------------------------------------------------------------------------------


def test_a_double_tap_is_one_ticket(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    it.walk_to_sheet()
    it.touch_twice("take")
    it.see(Screen.RESULT)
    assert [ticket.display for ticket in it.tickets()] == ["C-001"]
    assert len(it.papers()) == 1


def test_double_taps_all_the_way_skip_nothing(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    it.see(Screen.ATTRACT)
    it.touch_twice("start")
    it.see(Screen.AGENCIES)
    it.touch_twice("agency:C")
    it.see(Screen.SERVICES)
    it.touch_twice("service:C01")
    it.see(Screen.SHEET)
    assert it.tickets() == []


def test_two_fingers_are_one_ticket(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    it.walk_to_sheet()
    first, second = it.finger("one", "take"), it.finger("two", "take")
    first.lift()
    second.lift()
    it.see(Screen.RESULT)
    assert len(it.tickets()) == 1
    assert len(it.papers()) == 1


def test_the_second_of_two_fingers_presses_nothing(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    it.touch("start")
    it.see(Screen.AGENCIES)
    first, second = it.finger("one", "agency:C"), it.finger("two", "agency:J")
    second.lift()
    assert it.screen is Screen.AGENCIES
    first.lift()
    it.see(Screen.SERVICES)
    assert it.app.visit.agency == "C"


def test_a_touch_acts_on_release_inside_and_sliding_off_cancels(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    it.touch("start")
    it.see(Screen.AGENCIES)
    finger = it.finger("one", "agency:C")
    assert it.find("agency:C").pressed
    assert it.screen is Screen.AGENCIES
    finger.move_to("agency:J")
    assert not it.find("agency:C").pressed
    finger.lift()
    it.frames(3)
    assert it.screen is Screen.AGENCIES


def test_touches_while_printing_do_nothing(kiosk: Open, tmp_path: Path) -> None:
    it = kiosk()
    it.ready()
    it.walk_to_sheet()
    held: list[object] = []
    it.app.supply._thread.submit(
        lambda desk: held_up(held), lambda answer: None
    )  # the desk is busy for a while
    take = it.at("take")
    it.x("mousemove", *take, "click", 1)
    it.until(lambda: it.screen is Screen.ISSUING, "printing")
    for _ in range(5):
        it.x("mousemove", *take, "click", "--repeat", 3, "--delay", 20, 1)
    for key in ("back", "home"):
        it.x("mousemove", *it.at(key), "click", 1)
    assert it.screen is Screen.ISSUING
    held.append("go on")
    it.see(Screen.RESULT)
    assert len(it.tickets()) == 1
    assert len(it.papers()) == 1


def held_up(held: list[object]) -> None:
    """Keep the desk's thread until the test lets go."""
    import threading

    waiting = threading.Event()
    while not held:
        waiting.wait(0.01)


# --- no paper ---------------------------------------------------------------------------------------------------------


def without_paper(it: Kiosk, fault: str = "paper_out") -> None:
    """Break the printer and come to the screen that says so."""
    (it.state / "paper").mkdir(parents=True, exist_ok=True)
    (it.state / "paper" / "faults.txt").write_text(fault, encoding="ascii")
    it.walk_to_sheet()
    it.touch("take")
    it.see(Screen.NOT_PRINTED)


@pytest.mark.parametrize(
    ("fault", "words"), [("paper_out", "Kertas habis"), ("cover_open", "Penutup printer")]
)
def test_no_paper_says_why_and_keeps_the_number_when_it_is_noted(kiosk: Open, fault: str, words: str) -> None:
    it = kiosk()
    it.ready()
    without_paper(it, fault)
    assert it.says(words)
    assert it.says("C-001")
    assert qr_codes(it.picture()) == [it.app.visit.issued.qr]
    it.touch("keep")
    it.see(Screen.ATTRACT)
    (ticket,) = it.tickets()
    assert (ticket.state, ticket.kept) == (TicketState.NOT_PRINTED, True)
    assert it.papers() == []


def test_no_paper_and_the_visitor_gives_the_number_up(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    without_paper(it)
    it.touch("cancel")
    it.see(Screen.ATTRACT)
    (ticket,) = it.tickets()
    assert (ticket.state, ticket.void_reason) == (TicketState.VOIDED, "cancelled")


def test_no_paper_and_nobody_answers(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    without_paper(it)
    it.idle(59)
    assert it.screen is Screen.NOT_PRINTED
    it.idle(2)
    it.see(Screen.ATTRACT)
    (ticket,) = it.tickets()
    assert (ticket.state, ticket.void_reason) == (TicketState.VOIDED, "silence")


def test_a_silent_printer_is_told_as_it_is(kiosk: Open) -> None:
    """The bytes left and the printer says nothing: take the ticket, and if none comes the number is valid."""
    it = kiosk()
    it.ready()
    (it.state / "paper").mkdir(parents=True, exist_ok=True)
    (it.state / "paper" / "faults.txt").write_text("silent", encoding="ascii")
    it.walk_to_sheet()
    it.touch("take")
    it.see(Screen.RESULT)
    assert it.tickets()[0].state is TicketState.UNCONFIRMED
    assert it.says("nomor Anda tetap berlaku") or it.says("tetap berlaku")
