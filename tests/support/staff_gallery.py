"""Every face of the staff's part, as sessions. Free of Kivy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kiosk.core import staff_session as s
from kiosk.core.outbox import Standing
from kiosk.core.record import Ticket, TicketState
from kiosk.core.staff import KioskLock, Pause, Person, Role
from kiosk.core.staff_session import Notice, Place, Session
from kiosk.core.visit import Visit
from kiosk.settings import load, told
from kiosk.ui.context import Surroundings
from kiosk.ui.present.locked import present_locked
from kiosk.ui.present.staff import present_staff, present_staff_frame
from kiosk.ui.present.whole import WholeView, present
from tests.support.gallery import A_TUESDAY, at, sample, surroundings

STAFF = Person("Siti Contoh", Role.STAFF)
TECHNICIAN = Person("Bambang", Role.TECHNICIAN)
LONG_NAMED = (
    Person("WIDODO MOHAMMAD WAWAN HADIWIDJOJO MMMMMM", Role.TECHNICIAN),
    Person("Wwwwwwwwmmmmmmmmwwwwwwwwmmmmmmmmwwwwwwww", Role.STAFF),
)
"""As long as a name may be, in the widest letters."""


@dataclass(frozen=True)
class StaffFace:
    """One thing to look at."""

    name: str
    session: Session
    standing: Standing | None = None


def ticket(number: int, state: TicketState, **changes: object) -> Ticket:
    """Return a ticket of today."""
    one = Ticket(
        uuid=f"t{number}",
        service_day=dt.date(2026, 11, 24),
        queue="C",
        number=number,
        display=f"C-{number:03}",
        kiosk_digit=0,
        service=sample().catalogue.services_by_agency["C"][0].code,
        agency="C",
        priority=False,
        language="id",
        token=f"token-{number}",
        issued_at=at(sample(), *A_TUESDAY),
        state=state,
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def tickets() -> tuple[Ticket, ...]:
    """Return a day's tickets, more than a page, in every state."""
    states = [
        TicketState.PRINTED,
        TicketState.UNCONFIRMED,
        TicketState.NOT_PRINTED,
        TicketState.VOIDED,
        TicketState.SENDING,
        TicketState.RESERVED,
    ]
    changes: dict[TicketState, dict[str, object]] = {
        TicketState.VOIDED: {"void_reason": "left"},
        TicketState.UNCONFIRMED: {"cause": "offline"},
        TicketState.NOT_PRINTED: {"cause": "paper_out"},
    }
    every = (ticket(23 - n, states[n % 6], **changes.get(states[n % 6], {})) for n in range(23))
    return tuple(replace(one, copies=2) if one.number == 23 else one for one in every)


def lock(pause: Pause, until: bool) -> KioskLock:
    """Return a lock."""
    now = at(sample(), *A_TUESDAY)
    return KioskLock(pause, now, now + dt.timedelta(minutes=90) if until else None, STAFF.name)


def staff_faces() -> Iterator[StaffFace]:
    """Yield every face."""
    door = Session(place=Place.DOOR)
    yield StaffFace("door", door)
    yield StaffFace("door-typed", replace(door, typed="2718281828"))
    yield StaffFace("door-wrong", replace(door, notice=Notice("wrong", good=False)))
    yield StaffFace("door-wait", replace(door, opens_at=7680.0, notice=Notice("wrong", good=False)))
    yield StaffFace("door-shut", replace(door, opens_at=float("inf")))
    yield StaffFace("door-nobody", replace(door, opens_at=float("inf"), notice=Notice("nobody", good=False)))
    yield StaffFace("door-fault", replace(door, notice=Notice("failed", "E-STO-02", good=False)))
    yield StaffFace("first", Session(place=Place.FIRST))
    for kind in ("unlike", "simple"):
        yield StaffFace(f"first-{kind}", Session(place=Place.FIRST, notice=Notice(kind, good=False)))
    yield StaffFace("again", Session(place=Place.AGAIN, typed="271828"))
    inside = Session(place=Place.MENU, person=STAFF)
    yield StaffFace("menu", inside)
    technician = replace(inside, person=TECHNICIAN)
    yield StaffFace("menu-technician", technician)
    yield StaffFace("menu-locked", replace(technician, lock=lock(Pause.PRAYER, True)))
    yield StaffFace("menu-synced", inside, Standing(0, enrol_again=False))
    yield StaffFace("menu-waiting", technician, Standing(123_456, enrol_again=False))
    yield StaffFace(
        "menu-enrol",
        replace(technician, notice=Notice("unlocked")),
        Standing(7, enrol_again=True),
    )
    yield StaffFace("menu-busy", replace(technician, busy=1))
    for notice in (
        Notice("not_thus", good=False),
        Notice("copies", "3", good=False),
        Notice("failed", "E-PRN-12", good=False),
        Notice("locked"),
        Notice("void", "C-2012"),
        Notice("confirm", "C-2012"),
        Notice("doubt", good=False),
        *(Notice("no_paper", cause, good=False) for cause in ("paper_out", "cover_open")),
    ):
        face = replace(technician, notice=notice, lock=lock(Pause.BREAK, True))
        yield StaffFace(f"menu-{notice.kind}-{notice.detail}", face)
    trail = ((Place.MENU, 0),)
    listed = replace(inside, place=Place.TICKETS, tickets=tickets(), trail=trail)
    for page in (0, 1):
        yield StaffFace(f"tickets-{page}", replace(listed, page=page))
    for person in LONG_NAMED:
        yield StaffFace(f"tickets-{person.role}-long-name", replace(listed, person=person))
        yield StaffFace(f"menu-{person.role}-long-name", replace(inside, person=person))
    yield StaffFace("tickets-none", replace(listed, tickets=()))
    yield StaffFace("tickets-busy", replace(listed, tickets=(), busy=1))
    doubtful = tuple(one for one in tickets() if one.state is TicketState.UNCONFIRMED)
    yield StaffFace("doubtful", replace(listed, place=Place.DOUBTFUL, tickets=doubtful))
    find = replace(inside, place=Place.FIND, trail=trail)
    yield StaffFace("find", find)
    yield StaffFace("find-typed", replace(find, typed="123456789012"))
    yield StaffFace("find-nothing", replace(find, notice=Notice("not_found", good=False)))
    for kind in ("unknown", "misread", "kiosk", "site"):
        yield StaffFace(f"scan-{kind}", replace(find, notice=Notice(f"scan_{kind}", good=False)))
    yield StaffFace("scan-day", replace(find, notice=Notice("scan_day", "2026-11-23", good=False)))
    for one in tickets()[:6]:
        yield StaffFace(f"ticket-{one.state}", replace(listed, place=Place.TICKET, ticket=one))
    for place in (Place.REPRINT, Place.VOID):
        yield StaffFace(str(place), replace(listed, place=place, ticket=tickets()[1]))
    yield StaffFace("lock", replace(listed, place=Place.LOCK))
    yield StaffFace("lock-again", replace(listed, place=Place.LOCK, lock=lock(Pause.BROKEN, False)))
    for pause in Pause:
        yield StaffFace(f"until-{pause}", replace(listed, place=Place.UNTIL, pause=pause))
    yield StaffFace("paper", replace(listed, place=Place.PAPER))
    figures = tuple(s.Figure(queue.code, 123, 4, 5) for queue in sample().catalogue.queues)
    for page in (0, 2):
        yield StaffFace(f"figures-{page}", replace(listed, place=Place.FIGURES, figures=figures, page=page))
    for page in (0, 5):
        yield StaffFace(f"settings-{page}", replace(technician, place=Place.SETTINGS, trail=trail, page=page))
    setting = replace(technician, place=Place.SETTING, trail=trail)
    for name, value in (
        ("printer.transport", "usb"),
        ("kiosk.ignore_hours", "false"),
        ("display.diagonal_inch", "21.5"),
        ("scanner.device", ""),
        ("server.url", "https://antrean.contoh.go.id"),
    ):
        yield StaffFace(f"setting-{name}", replace(setting, setting=name, typed=value))
    refused = Notice(
        "not_set", "kiosk.toml: [session] idle_s = '5': Expected `float` >= 10.0 (E-CFG-02)", good=False
    )
    yield StaffFace(
        "setting-refused", replace(setting, setting="printer.transport", typed="usb", notice=refused)
    )
    too_much = replace(setting, setting="display.diagonal_inch", typed="213", notice=refused)
    yield StaffFace("setting-refused-number", too_much)
    long = replace(
        refused, detail="[kiosk] site = 'nowhere': E-CAT-01 site.toml is missing in config/sites/nowhere"
    )
    yield StaffFace(
        "setting-refused-text", replace(too_much, setting="kiosk.site", typed="nowhere", notice=long)
    )
    yield StaffFace("menu-set", replace(technician, notice=Notice("set", "diagonal_inch = 10.1")))
    items = (
        s.Item(
            "printer · E-PRN-12",
            "fail",
            "Printer tidak menjawab.",
            "Periksa kabel data dan listriknya, lalu ulangi.",
        ),
        s.Item("disk", "warn", "Ruang kosong tinggal 180 MB.", "Hapus berkas yang tidak perlu."),
        s.Item("touch", "unknown", "Tidak ada perangkat sentuh yang dapat ditanya."),
        s.Item("clock", "ok", "Jam cocok dengan server waktu."),
    )
    yield StaffFace("doctor", replace(technician, place=Place.DOCTOR, trail=trail, items=items * 4))
    yield StaffFace("doctor-busy", replace(technician, place=Place.DOCTOR, trail=trail, busy=1))
    yield StaffFace("finding", replace(technician, place=Place.FINDING, trail=trail, item=items[0]))
    yield StaffFace("ruler", replace(technician, place=Place.RULER, trail=trail))
    mobile = replace(technician, mobile=True)
    yield StaffFace("menu-mobile", mobile)
    places = ("Balai Desa Kamal", "Pasar Socah", "Kantor Kecamatan Tanah Merah")
    away = replace(mobile, place_name=places[0], recent=places)
    yield StaffFace("menu-away", replace(away, lock=lock(Pause.PRAYER, True)))
    yield StaffFace("menu-trip", replace(away, notice=Notice("trip", "Kantor Kecamatan Tanah Merah")))
    yield StaffFace("menu-trip-ended", replace(mobile, notice=Notice("trip_ended")))
    trip = replace(away, place=Place.TRIP, trail=trail)
    yield StaffFace("trip", trip)
    yield StaffFace("trip-home", replace(trip, place_name=""))
    yield StaffFace("trip-first", replace(trip, place_name="", recent=()))
    yield StaffFace("trip-typed", replace(trip, typed="balai desa kamal"))
    yield StaffFace(
        "trip-long",
        replace(trip, typed="kelurahan pejagan timur b", place_name="Kelurahan Mlajah Mohammad Wonokromo"),
    )
    yield StaffFace("trip-busy", replace(trip, busy=1))
    yield StaffFace("trip-failed", replace(trip, notice=Notice("failed", "E-STO-03", good=False)))
    touch = replace(technician, place=Place.TOUCH, trail=trail)
    yield StaffFace("touch", replace(touch, touched=frozenset({"top-left", "middle"})))
    yield StaffFace("touch-done", replace(touch, touched=frozenset(s.CORNERS)))


def view_of(face: StaffFace, language: str) -> WholeView:
    """Return what the window shows of a face."""
    around = replace(_around(), standing=face.standing)
    whole = present(Visit(language=language), around)
    screen, body = present_staff(face.session, around, language, told(load(environ={}), {}))
    return WholeView(screen, present_staff_frame(whole.frame, face.session, language), body)


def locked_views(language: str) -> Iterator[tuple[str, WholeView]]:
    """Yield the screen of a locked kiosk, for every reason."""
    whole = present(Visit(language=language), _around())
    keys = tuple(key for key in whole.frame.keys if key.target == "language")
    for pause in Pause:
        for until in (True, False):
            body = present_locked(lock(pause, until), language)
            yield f"locked-{pause}-{until}", WholeView("locked", replace(whole.frame, keys=keys), body)


def _around() -> Surroundings:
    return surroundings(sample(), at(sample(), *A_TUESDAY))
