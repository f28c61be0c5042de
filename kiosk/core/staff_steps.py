"""Staff at the kiosk as data: the door, the PIN, the lists, and the way out. Pure, beside :mod:`kiosk.core.visit`.

``step(session, event) -> (session, work)``: ``work`` is what the desk is to do, at most one piece at a time; its answer
comes back as :class:`Answered`. Screens show a session and send events.

::

    SHUT ──corners──→ (nobody known, no ticket yet) FIRST → AGAIN ─┐
      ↑                (else) DOOR ──PIN──→ MENU ←─────────────────┘
      │                                      ├─ TICKETS ─→ TICKET ─→ REPRINT, VOID
      │                                      ├─ FIND ────→ TICKETS
      │                                      ├─ DOUBTFUL ─→ TICKET ─→ (confirm) or VOID
      │                                      ├─ LOCK ─→ UNTIL, or unlock
      │                                      ├─ PAPER, FIGURES, (mobile units) TRIP
      │                                      └─ (technicians) DOCTOR → FINDING, SETTINGS, RULER, TOUCH, test print
      └───── leave, or nobody touches anything for ``idle`` seconds

The corners are a quiet gesture and no secret: top left, top right, top left, top right within ten seconds. Behind the
door is nothing that a PIN, the lock-out and the audit do not guard; and nothing there leads out of the window.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeAlias

from kiosk.core.staff import Person, Role
from kiosk.core.staff_session import (
    CORNERS,
    GESTURE,
    GESTURE_S,
    LOCK_MINUTES,
    LONGEST_VALUE,
    PIN_LENGTH,
    REPRINT_REASONS,
    TECHNICAL,
    TYPED,
    VOID_REASONS,
    WORK_LIMIT_S,
    WRITTEN,
    Alter,
    Answer,
    Answered,
    AtDoor,
    Because,
    CameIn,
    Confirm,
    Corner,
    Counted,
    Did,
    Enter,
    Examined,
    Failed,
    Felt,
    Go,
    IsSet,
    Leave,
    Listed,
    LockFor,
    NotFound,
    Notice,
    NotSet,
    Passed,
    PauseFor,
    Pick,
    Place,
    PrintSummary,
    Read,
    Recognised,
    Refused,
    Restart,
    Scanned,
    Session,
    SetTo,
    StaffEvent,
    StepBack,
    TestPrint,
    Travel,
    Travels,
    Turn,
    Type,
    UnlockNow,
    Work,
    Write,
)

Step: TypeAlias = tuple[Session, Work | None]

_SILENT = (Passed, Answered)


def step(session: Session, event: StaffEvent) -> Step:
    """Return the next session and the work for the desk. Pure; what has no meaning here changes nothing."""
    if not isinstance(event, _SILENT):
        session = replace(session, since=session.now)
        if session.busy is not None and not isinstance(event, Leave):
            return session, None
    match event:
        case Passed(at):
            return _passed(session, at), None
        case Corner(side):
            return _corner(session, side)
        case Answered(serial, answer) if serial == session.busy:
            return _answered(replace(session, busy=None), answer), None
        case Answered(_, Did(_, lock, _)):
            return replace(session, lock=lock), None  # done after its person left: the lock is as it is
        case Answered():
            return session, None
        case Leave():
            return session.shut(), None
    if not session.open:
        return session, None
    match event:
        case Type(key):
            return _type(session, key), None
        case Enter():
            return _enter(session)
        case StepBack():
            return _back(session), None
        case Turn(page):
            return replace(session, page=max(0, page)), None
    if session.person is None:
        return session, None
    return _inside(session, session.person, event)


def _inside(session: Session, person: Person, event: StaffEvent) -> Step:
    """Return what follows for somebody who came in."""
    uuid = session.ticket.uuid if session.ticket else ""
    match event:
        case Go(place):
            return _go(session, person, place)
        case Pick(ticket):
            found = next((one for one in session.tickets if one.uuid == ticket), None)
            return (_enter_place(session, Place.TICKET, ticket=found) if found else session), None
        case Scanned(text) if session.place in _SCANS:
            return _work(session, "scan", text=text)
        case Read(index) if session.place is Place.DOCTOR and 0 <= index < len(session.items):
            return _enter_place(session, Place.FINDING, item=session.items[index]), None
        case Because(why) if session.place is Place.REPRINT and why in REPRINT_REASONS:
            return _work(session, "reprint", ticket=uuid, why=why)
        case Because(why) if session.place is Place.VOID and why in VOID_REASONS:
            return _work(session, "void", ticket=uuid, why=why)
        case PauseFor(pause) if session.place is Place.LOCK:
            return _enter_place(session, Place.UNTIL, pause=pause), None
        case LockFor(minutes) if session.place is Place.UNTIL and minutes in LOCK_MINUTES:
            return _work(session, "lock", pause=session.pause, minutes=minutes)
        case UnlockNow() if session.lock is not None:
            return _work(session, "unlock")
        case Confirm() if session.place is Place.TICKET and uuid:
            return _work(session, "confirm", ticket=uuid)
        case Confirm() if session.place is Place.PAPER:
            return _work(session, "paper")
        case Write(text) if session.place is Place.TRIP:
            return replace(session, typed=text.lstrip()[:WRITTEN], notice=None), None
        case Travel(place) if session.place is Place.TRIP:
            return _work(session, "travel", text=" ".join(place.split()))
        case PrintSummary() if session.place is Place.FIGURES:
            return _work(session, "summary")
        case TestPrint() if person.role is Role.TECHNICIAN:
            return _work(session, "test")
        case Alter(name, value) if session.place is Place.SETTINGS and person.role is Role.TECHNICIAN:
            return replace(_enter_place(session, Place.SETTING, setting=name), typed=value), None
        case SetTo(value) if session.place is Place.SETTING:
            return _work(session, "set", why=session.setting, text=value)
        case Restart() if person.role is Role.TECHNICIAN:
            return _work(session, "restart")
        case Felt(corner) if session.place is Place.TOUCH and corner in CORNERS:
            return replace(session, touched=session.touched | {corner}), None
    return session, None


def _passed(session: Session, at: float) -> Session:
    session = replace(session, now=max(at, session.now))
    if session.busy is not None and session.now - session.busy_since >= WORK_LIMIT_S:
        return replace(session, busy=None, notice=Notice("failed", "E-DSK-01", good=False), since=session.now)
    if session.open and session.busy is None and session.now - session.since >= session.idle:
        return session.shut()
    return session


def _corner(session: Session, side: str) -> Step:
    if session.open:
        return session, None
    taps = (*session.corners, (side, session.now))[-len(GESTURE) :]
    if tuple(one for one, _ in taps) != GESTURE or session.now - taps[0][1] > GESTURE_S:
        return replace(session, corners=taps), None
    return _work(replace(session.shut(), place=Place.DOOR), "knock")


def _type(session: Session, key: str) -> Session:
    if session.place is Place.SETTING:
        value = session.typed[:-1] if not key else (session.typed + key)[:LONGEST_VALUE]
        return replace(session, typed=value, notice=None)
    at_door = session.place is Place.DOOR and session.wait_s() == 0
    if not (at_door or session.place in (Place.FIRST, Place.AGAIN, Place.FIND)):
        return session
    typed = session.typed[:-1] if not key else (session.typed + key)[:TYPED]
    return replace(session, typed=typed, notice=None)


def _enter(session: Session) -> Step:
    typed = session.typed
    if session.place is Place.FIND:
        return _work(session, "find", text=typed) if typed else (session, None)
    if session.place is Place.SETTING:
        return _work(session, "set", why=session.setting, text=typed)
    if not PIN_LENGTH[0] <= len(typed) <= PIN_LENGTH[1]:
        return session, None
    match session.place:
        case Place.DOOR if session.wait_s() == 0:
            return _work(replace(session, typed=""), "pin", text=typed)
        case Place.FIRST:
            return replace(session, place=Place.AGAIN, first_pin=typed, typed="", notice=None), None
        case Place.AGAIN if typed == session.first_pin:
            return _work(replace(session, typed="", first_pin=""), "first", text=typed)
        case Place.AGAIN:
            unlike = Notice("unlike", good=False)
            return replace(session, place=Place.FIRST, first_pin="", typed="", notice=unlike), None
    return session, None


def _go(session: Session, person: Person, place: Place) -> Step:
    if place not in _OPEN | TECHNICAL or (place in TECHNICAL and person.role is not Role.TECHNICIAN):
        return session, None
    if place is Place.MENU:
        return _menu(session), None
    if place is Place.TRIP and not session.mobile:
        return session, None
    if place in (Place.REPRINT, Place.VOID) and session.ticket is None:
        return session, None
    kept = session.ticket if place in (Place.REPRINT, Place.VOID) else None
    after = _enter_place(session, place, ticket=kept, touched=frozenset())
    return (
        _work(replace(after, tickets=(), figures=(), items=()), str(place))
        if place in _ASKED
        else (after, None)
    )


_OPEN = frozenset(
    {
        Place.MENU,
        Place.TICKETS,
        Place.DOUBTFUL,
        Place.FIND,
        Place.REPRINT,
        Place.VOID,
        Place.LOCK,
        Place.PAPER,
        Place.FIGURES,
        Place.TRIP,
    }
)
"""Places that a key leads to; the others follow from what was chosen."""
_ASKED = (Place.TICKETS, Place.DOUBTFUL, Place.FIGURES, Place.DOCTOR, Place.TRIP)
"""Places whose list somebody must be asked for; the work has the place's name."""


_SCANS = frozenset({Place.MENU, Place.TICKETS, Place.DOUBTFUL, Place.FIND, Place.TICKET})
"""Places where a torn ticket may be held to the scanner."""


def _enter_place(session: Session, place: Place, **changes: Any) -> Session:
    return replace(
        session,
        place=place,
        page=0,
        typed="",
        notice=None,
        trail=(*session.trail, (session.place, session.page)),
        **changes,
    )


def _menu(session: Session, notice: Notice | None = None) -> Session:
    return replace(
        session,
        place=Place.MENU,
        page=0,
        trail=(),
        typed="",
        first_pin="",
        tickets=(),
        ticket=None,
        figures=(),
        items=(),
        item=None,
        setting="",
        pause=None,
        notice=notice,
    )


def _back(session: Session) -> Session:
    if not session.trail:
        return session.shut()
    (place, page), trail = session.trail[-1], session.trail[:-1]
    if place is Place.MENU:
        return _menu(session)
    return replace(session, place=place, page=page, trail=trail, typed="", notice=None)


def _work(session: Session, kind: str, **needs: Any) -> Step:
    serial = session.serial + 1
    who = session.person.name if session.person else ""
    busy = replace(session, serial=serial, busy=serial, busy_since=session.now, notice=None)
    return busy, Work(serial, kind, who, **needs)


def _answered(session: Session, answer: Answer) -> Session:
    session = replace(session, since=session.now)
    match answer:
        case AtDoor("first"):
            return replace(session, place=Place.FIRST)
        case AtDoor("unknown"):
            return replace(session, notice=Notice("nobody", good=False), opens_at=float("inf"))
        case AtDoor(_, wait_s):
            return replace(session, opens_at=session.now + wait_s)
        case CameIn(person, place):
            return _menu(replace(session, person=person, opens_at=0.0, place_name=place))
        case Refused("wrong", wait_s):
            wrong = Notice("wrong", good=False)
            return replace(session, typed="", notice=wrong, opens_at=session.now + wait_s)
        case Refused(kind, _):
            return replace(
                session, place=Place.FIRST, typed="", first_pin="", notice=Notice(kind, good=False)
            )
        case Listed(()) if session.place is Place.FIND:
            return replace(session, typed="", notice=Notice("not_found", good=False))
        case Listed(tickets) if session.place is Place.FIND:
            return _enter_place(session, Place.TICKETS, tickets=tickets)
        case Listed(tickets):
            return replace(session, tickets=tickets)
        case Recognised(ticket):
            return replace(_menu(session), place=Place.TICKET, ticket=ticket, trail=((Place.MENU, 0),))
        case NotFound(kind, detail):
            at_pad = replace(_menu(session), place=Place.FIND, trail=((Place.MENU, 0),))
            return replace(at_pad, notice=Notice(f"scan_{kind}", detail, good=False))
        case Travels(place, recent):
            return replace(session, place_name=place, recent=recent)
        case IsSet(detail):
            return _menu(session, Notice("set", detail))
        case NotSet(why):
            return replace(session, notice=Notice("not_set", why, good=False))
        case Counted(figures):
            return replace(session, figures=figures)
        case Examined(items):
            return replace(session, items=items)
        case Did(notice, lock, place):
            where = session.place_name if place is None else place
            return _menu(replace(session, lock=lock, place_name=where), notice)
        case Failed(code):
            return replace(session, notice=Notice("failed", code, good=False))
