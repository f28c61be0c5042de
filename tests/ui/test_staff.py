"""The staff's part by real touches: the gesture, the PIN, reprint, void, confirm, lock; and the ways it closes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.record import TicketState
from kiosk.core.staff import KioskLock, Pause, Person, Role
from kiosk.core.staff_session import CORNERS, Place
from kiosk.core.visit import Screen
from kiosk.staff.door import enrol, knock
from kiosk.store import People
from tests.support.kiosk_window import Kiosk, WindowClock

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]

Open = Callable[..., Kiosk]
ANI, BUDI = "271828", "161803"


def place(it: Kiosk) -> Place:
    found: Place = it.app.staff.session.place
    return found


def at_place(it: Kiosk, where: Place) -> None:
    it.until(lambda: place(it) is where and it.app.staff.session.busy is None, f"the staff's {where}")


def corners(it: Kiosk, sides: str = "LRLR") -> None:
    """Tap the upper corners, as the staff's page says."""
    places = [it.to_x(40 if side == "L" else it.width - 40, it.height - 40) for side in sides]
    taps(it, places)


def taps(it: Kiosk, places: list[tuple[int, int]]) -> None:
    """Tap one place after the other, as quickly as a practised hand."""
    it.look()
    it.x(*(word for x, y in places for word in ("mousemove", x, y, "click", 1, "sleep", 0.05)))


def type_(it: Kiosk, digits: str) -> None:
    taps(it, [it.at(f"digit:{digit}") for digit in digits])


def enter(it: Kiosk, pin: str) -> None:
    type_(it, pin)
    it.touch("enter")
    it.until(lambda: it.app.staff.session.busy is None, "the door's answer")


def staffed(it: Kiosk) -> Kiosk:
    """Make Ani (staff) and Budi (technician) known, and wait for the kiosk."""
    it.ready()

    def known(desk: Any) -> None:
        people = People(desk.store)
        enrol(people, Person("Ani", Role.STAFF), ANI, "test")
        enrol(people, Person("Budi", Role.TECHNICIAN), BUDI, "test")

    it.ask(known)
    return it


def come_in(it: Kiosk, pin: str = ANI) -> None:
    corners(it)
    at_place(it, Place.DOOR)
    enter(it, pin)
    at_place(it, Place.MENU)


def issue(it: Kiosk, service: str = "C01") -> None:
    it.ask(lambda desk: desk.issue(service))


def audit(it: Kiosk) -> list[tuple[str, str, dict[str, Any]]]:
    def read(desk: Any) -> list[tuple[str, str, dict[str, Any]]]:
        rows = desk.store._db.execute("SELECT who, what, details FROM audit ORDER BY id")
        return [(who, what, json.loads(details)) for who, what, details in rows]

    found: list[tuple[str, str, dict[str, Any]]] = it.ask(read)
    return found


def test_a_copy_is_printed_marked_and_told(kiosk: Open) -> None:
    it = staffed(kiosk())
    issue(it)
    issue(it)
    come_in(it)
    it.touch("go:tickets")
    at_place(it, Place.TICKETS)
    assert [one.display for one in it.app.staff.session.tickets] == ["C-002", "C-001"]
    it.touch("ticket:C-001")
    at_place(it, Place.TICKET)
    it.touch("go:reprint")
    at_place(it, Place.REPRINT)
    it.touch("why:torn")
    at_place(it, Place.MENU)
    assert it.says("Salinan tercetak")
    lines = it.papers()[-1].with_suffix(".txt").read_text(encoding="utf-8")
    assert "SALINAN" in lines
    assert "C-001" in lines
    assert [one.copies for one in it.tickets()] == [1, 0]
    who, what, details = audit(it)[-1]
    assert (who, what, details["why"], details["copy"]) == ("Ani", "ticket.reprinted", "torn", 1)
    it.touch("leave")
    it.until(lambda: it.find("start") is not None, "the attract screen")


def test_a_doubtful_paper_is_confirmed_and_another_ticket_voided(kiosk: Open) -> None:
    it = staffed(kiosk())
    issue(it)
    issue(it)

    def doubt(desk: Any) -> None:
        for one in desk.store.tickets(_today(desk)):
            desk.store._db.execute("UPDATE tickets SET state = 'unconfirmed' WHERE uuid = ?", (one.uuid,))

    it.ask(doubt)
    come_in(it)
    it.touch("go:doubtful")
    at_place(it, Place.DOUBTFUL)
    it.touch("ticket:C-001")
    at_place(it, Place.TICKET)
    it.touch("confirm")
    at_place(it, Place.MENU)
    it.touch("go:doubtful")
    at_place(it, Place.DOUBTFUL)
    assert it.find("ticket:C-001") is None
    it.touch("ticket:C-002")
    at_place(it, Place.TICKET)
    it.touch("go:void")
    at_place(it, Place.VOID)
    it.touch("why:left")
    at_place(it, Place.MENU)
    first, second = it.tickets()
    assert (first.state, second.state, second.void_reason) == (
        TicketState.PRINTED,
        TicketState.VOIDED,
        "left",
    )
    assert [(who, what) for who, what, _ in audit(it)][-2:] == [
        ("Ani", "ticket.confirmed"),
        ("Ani", "ticket.voided"),
    ]


def _today(desk: Any) -> Any:
    from kiosk.store import TicketQuery

    return TicketQuery(desk.today())


def test_brute_force_waits_and_neither_clock_nor_restart_helps(kiosk: Open, tmp_path: Path) -> None:
    clock = WindowClock()
    it = staffed(kiosk(clock=clock))
    corners(it)
    at_place(it, Place.DOOR)
    enter(it, "990100")
    assert it.says("PIN tidak cocok")
    it.ask(lambda desk: [knock(People(desk.store), f"99010{number}") for number in range(1, 4)])
    enter(it, "990104")
    assert it.says("Tunggu 1")
    assert not it.find("digit:1").enabled
    clock.jump(dt.timedelta(days=-3))
    it.frames(20)
    assert not it.find("digit:1").enabled
    it.close()

    again = kiosk(clock=clock, state=tmp_path / "state")
    again.ready()
    corners(again)
    at_place(again, Place.DOOR)
    assert again.says("Tunggu")
    clock.seconds += 16
    again.until(lambda: again.find("digit:1").enabled, "the end of the wait")
    enter(again, ANI)
    at_place(again, Place.MENU)


def test_a_lock_with_a_message_outlives_a_restart_and_ends_by_itself(kiosk: Open, tmp_path: Path) -> None:
    clock = WindowClock()
    it = staffed(kiosk(clock=clock))
    come_in(it)
    it.touch("go:lock")
    at_place(it, Place.LOCK)
    it.touch(f"pause:{Pause.PRAYER}")
    at_place(it, Place.UNTIL)
    it.touch("minutes:30")
    at_place(it, Place.MENU)
    it.touch("leave")
    it.until(lambda: it.says("untuk salat"), "the calm screen")
    assert it.says("pukul 09.30")
    assert it.find("start") is None
    it.close()

    again = kiosk(clock=clock, state=tmp_path / "state")
    again.ready()
    again.until(lambda: again.says("untuk salat"), "the calm screen after a restart")
    closed = again.ask(lambda desk: desk.issue("C01"))
    assert closed.reason.value == "service_closed"
    clock.pass_time(dt.timedelta(minutes=31))
    again.app._on_tick(0)
    again.until(lambda: again.find("start") is not None, "the attract screen")
    again.until(lambda: ("system", "kiosk.unlocked", {}) in audit(again), "the end of the lock in the audit")
    assert ("Ani", "kiosk.locked") in [(who, what) for who, what, _ in audit(again)]


def test_unlocking_by_hand(kiosk: Open) -> None:
    it = staffed(kiosk())
    it.ask(lambda desk: People(desk.store).lock_kiosk(KioskLock(Pause.BROKEN, desk.now(), None, "Ani")))
    it.app.staff.learn_lock()
    it.until(lambda: it.says("sedang diperbaiki"), "the calm screen")
    come_in(it, BUDI)
    it.touch("unlock")
    at_place(it, Place.MENU)
    it.touch("leave")
    it.until(lambda: it.find("start") is not None, "the attract screen")


def test_it_closes_by_itself_and_keeps_nothing(kiosk: Open) -> None:
    it = staffed(kiosk())
    come_in(it)
    it.touch("go:find")
    at_place(it, Place.FIND)
    type_(it, "12")
    it.clock.seconds += 61
    it.until(lambda: place(it) is Place.SHUT, "the end")
    session = it.app.staff.session
    assert (session.person, session.typed, session.tickets) == (None, "", ())
    it.until(lambda: it.find("start") is not None, "the attract screen")


def test_the_gesture_needs_its_order_and_does_not_open_from_a_visit(kiosk: Open) -> None:
    it = staffed(kiosk())
    corners(it, "LLRR")
    assert place(it) is Place.SHUT
    corners(it, "RLR")
    assert place(it) is Place.SHUT
    it.touch("start")
    it.see(Screen.AGENCIES)
    corners(it)
    assert place(it) is Place.SHUT


def test_the_first_start_asks_for_a_pin(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    corners(it)
    at_place(it, Place.FIRST)
    for _ in range(2):
        enter(it, "123456")
    assert it.says("mudah ditebak")
    for _ in range(2):
        enter(it, BUDI)
    at_place(it, Place.MENU)
    assert it.app.staff.session.person == Person("Teknisi", Role.TECHNICIAN)


def test_a_unit_in_use_without_pins_asks_nobody_for_a_first_one(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    issue(it)
    corners(it)
    at_place(it, Place.DOOR)
    assert it.says("main.py staff add")
    assert not it.find("digit:1").enabled


def test_a_technician_checks_the_panel_and_the_printer(kiosk: Open) -> None:
    it = staffed(kiosk(panel="small"))
    come_in(it, BUDI)
    it.touch("go:doctor")
    it.until(lambda: it.find("item:0") is not None, "what the doctor found")
    it.touch("item:0")
    at_place(it, Place.FINDING)
    worst = it.app.staff.session.item
    assert it.says(worst.text)
    assert it.says(worst.remedy)
    it.touch("back")
    at_place(it, Place.DOCTOR)
    it.touch("back")
    at_place(it, Place.MENU)
    it.touch("go:touch")
    at_place(it, Place.TOUCH)
    for corner in CORNERS:
        it.touch(f"spot:{corner}")
    it.until(lambda: it.says("terasa di tempatnya"), "all five spots")
    it.touch("back")
    at_place(it, Place.MENU)
    it.touch("test")
    at_place(it, Place.MENU)
    assert it.says("Uji cetak berhasil")
    assert len(it.papers()) == 1
    assert not it.tickets()
    it.touch("go:paper")
    at_place(it, Place.PAPER)
    it.touch("confirm")
    at_place(it, Place.MENU)
    assert [(who, what) for who, what, _ in audit(it)][-2:] == [
        ("Budi", "printer.tested"),
        ("Budi", "paper.changed"),
    ]


def test_staff_see_no_technician_s_keys_and_figures_count(kiosk: Open) -> None:
    it = staffed(kiosk())
    issue(it)
    come_in(it)
    assert not {"go:settings", "go:ruler", "go:touch", "test"} & it.targets()
    it.touch("go:figures")
    at_place(it, Place.FIGURES)
    assert it.says("1 tiket")
    it.touch("summary")
    at_place(it, Place.MENU)
    assert it.says("Ringkasan tercetak")
    assert "C: 1 tiket" in it.papers()[-1].with_suffix(".txt").read_text(encoding="utf-8")
    it.touch("go:find")
    at_place(it, Place.FIND)
    type_(it, "1")
    it.touch("enter")
    at_place(it, Place.TICKETS)
    assert it.find("ticket:C-001") is not None


def test_a_technician_changes_a_setting_and_the_kiosk_starts_again(kiosk: Open, tmp_path: Path) -> None:
    from kiosk import settings

    config = tmp_path / "kiosk.toml"
    config.write_text(settings.DEFAULT_FILE.read_text(encoding="utf-8"), encoding="utf-8")
    before = config.read_bytes()
    it = staffed(kiosk(config=config))
    again: list[bool] = []
    it.app.start_again = lambda: again.append(True)
    come_in(it, BUDI)

    def open_setting(name: str) -> None:
        it.touch("go:settings")
        at_place(it, Place.SETTINGS)
        while it.find(f"setting:{name}") is None:
            page = it.app.staff.session.page
            it.touch("page:next")
            it.until(lambda page=page: it.app.staff.session.page != page, "the next page")
        it.touch(f"setting:{name}")
        at_place(it, Place.SETTING)

    open_setting("[display] diagonal_inch")
    for _ in "21.5":
        it.touch("key:delete")
    it.touch("key:3")
    it.touch("enter")
    it.until(lambda: it.says("Tidak diubah"), "the refusal")
    assert it.says("diagonal_inch")
    assert config.read_bytes() == before
    it.touch("key:2")
    it.touch("enter")
    at_place(it, Place.MENU)
    assert it.says("diagonal_inch = 32")
    assert settings.load(config, {}).display.diagonal_inch == 32
    open_setting("[display] fullscreen")
    it.touch("value:false")
    at_place(it, Place.MENU)
    assert settings.load(config, {}).display.fullscreen is False
    told = [(who, what, details["key"]) for who, what, details in audit(it) if what == "setting.changed"]
    assert told == [
        ("Budi", "setting.changed", "display.diagonal_inch"),
        ("Budi", "setting.changed", "display.fullscreen"),
    ]
    it.touch("go:settings")
    at_place(it, Place.SETTINGS)
    it.touch("restart")
    it.until(lambda: again, "the new start")
