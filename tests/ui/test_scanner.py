"""A scanner beside the six keys: real keys through the display server, and a serial line by a pseudo-terminal."""

from __future__ import annotations

import datetime as dt
import os
import pty
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.core.staff_session import Place
from kiosk.core.tickets import offline_code
from kiosk.core.visit import Screen
from tests.support.kiosk_window import Kiosk
from tests.ui.test_staff import at_place, come_in, issue, place, staffed

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]

Open = Callable[..., Kiosk]
SERVER = "https://antrean.example.go.id"


def scan(it: Kiosk, code: str) -> None:
    """Type a code as a scanner does: four milliseconds a character, and Enter."""
    it.x("type", "--delay", 4, "--args", 1, code, "key", "Return")


def codes(it: Kiosk) -> list[str]:
    """Return what stands in the QR of every ticket."""
    found: list[str] = it.ask(lambda desk: [desk.qr(one) for one in desk.store.tickets(_all())])
    return found


def _all() -> object:
    from kiosk.store import TicketQuery

    return TicketQuery()


def test_a_torn_ticket_is_found_by_its_code(kiosk: Open) -> None:
    it = staffed(kiosk())
    for _ in range(3):
        issue(it)
    come_in(it)
    it.touch("go:tickets")
    at_place(it, Place.TICKETS)
    first, second, _third = codes(it)
    scan(it, second)
    at_place(it, Place.TICKET)
    assert it.app.staff.session.ticket.display == "C-002"
    scan(it, first.lower())
    it.until(lambda: it.says("C-001"), "the other ticket")
    assert it.find("go:reprint") is not None


def test_codes_that_are_none_of_today_say_what_they_are(kiosk: Open) -> None:
    it = staffed(kiosk())
    issue(it)
    come_in(it)
    (code,) = codes(it)
    site, uuid = it.ask(lambda desk: (desk.site.id, desk.store.tickets(_all())[0].uuid))
    today = it.app.now().date()
    told = {
        "selembar kertas lain": "bukan kode tiket",
        code[:-1] + ("2" if code[-1] != "2" else "3"): "salah terbaca",
        offline_code(site, today - dt.timedelta(days=1), "C-001", uuid): "hari lain",
        offline_code(site, today, "C-044", uuid): "tidak dibuat oleh mesin ini",
        offline_code("surabaya", today, "C-001", uuid): "gedung lain",
    }
    for read, words in told.items():
        scan(it, read)
        it.until(lambda words=words: it.says(words), words)
        assert place(it) is Place.FIND


def test_a_page_s_address_is_a_ticket_too_and_no_visitor_s_wish(kiosk: Open) -> None:
    it = staffed(kiosk(SERVER__URL=SERVER))
    issue(it)
    (code,) = codes(it)
    assert code.startswith(f"{SERVER}/t/")
    # On a visitor's screen the h, the r and the Enter of an address are not the keys of those names.
    it.touch("start")
    it.see(Screen.AGENCIES)
    it.x("key", "Right")
    scan(it, f"{SERVER}/t/rhrhrhrhrhrhrhrh")
    it.frames(10)
    assert it.screen is Screen.AGENCIES
    assert not it.app.visit.help
    it.x("key", "h")
    it.until(lambda: it.app.visit.help, "help, asked for by a hand")
    it.x("key", "BackSpace")
    it.until(lambda: not it.app.visit.help, "no help")
    it.x("key", "h")
    it.until(lambda: it.app.visit.help, "help, a second time")
    it.touch("home")
    it.see(Screen.ATTRACT)
    come_in(it)
    scan(it, code)
    at_place(it, Place.TICKET)
    assert it.says("C-001")


@pytest.fixture
def line(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A serial line: its device, and the end that the scanner writes to."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    yield os.ttyname(slave), master
    os.close(slave)
    os.close(master)


def test_a_scanner_on_a_serial_line(kiosk: Open, line: tuple[str, int]) -> None:
    device, scanner = line
    it = staffed(kiosk(SCANNER__DEVICE=device))
    issue(it)
    (code,) = codes(it)
    come_in(it)
    it.until(it.app.reader._serial.connected.is_set, "the scanner's line")
    os.write(scanner, code.encode() + b"\r\n")
    at_place(it, Place.TICKET)
    assert it.says("C-001")
