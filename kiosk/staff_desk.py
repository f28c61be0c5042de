"""What the desk does for staff: each piece of work of a session, and its answer. Runs on the desk's thread."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from kiosk.core import staff_session as s
from kiosk.core.lockout import wait_left
from kiosk.core.record import Ticket, TicketState
from kiosk.core.staff import KioskLock, Pause, Person, Role
from kiosk.core.tickets import CodeError, site_mark
from kiosk.desk import Desk, NoSuchTicket, TicketNotThus
from kiosk.staff.door import TurnedAway, enrol, knock
from kiosk.staff.pins import PinRefused
from kiosk.store import People, TicketQuery, Trip
from kiosk.summary_slip import summary_slip
from printer.press import Outcome, Verdict
from printer.slip import Slip

FIRST_NAME: Final = "Teknisi"
"""Who sets up the first PIN on the screen, where nobody types names; ``main.py staff`` adds others with theirs."""


@dataclass(frozen=True)
class Limits:
    """What the configuration says."""

    copies: int = 3
    language: str = "id"
    """Of what is printed for staff."""


def perform(
    desk: Desk,
    work: s.Work,
    boot: Callable[[], tuple[str, float]],
    limits: Limits,
    sample: Callable[[], Slip],
) -> s.Answer:
    """Do ``work`` and answer it. Raises what the desk and the store raise; refusals are answers.

    ``boot`` is the clock's (CLOCK_BOOTTIME); ``sample`` draws a ticket nobody was given.
    """
    people = People(desk.store)
    try:
        return _perform(desk, people, work, boot, limits, sample)
    except PinRefused:
        return s.Refused("simple")
    except (NoSuchTicket, TicketNotThus):
        return _did(people, s.Notice("not_thus", good=False))


def _perform(
    desk: Desk,
    people: People,
    work: s.Work,
    boot: Callable[[], tuple[str, float]],
    limits: Limits,
    sample: Callable[[], Slip],
) -> s.Answer:
    match work.kind:
        case "knock":
            return _at_door(people, boot)
        case "pin":
            answer = knock(people, work.text)
            if isinstance(answer, TurnedAway):
                return s.Refused("wrong", answer.wait_s)
            return s.CameIn(answer, Trip(desk.store).place())
        case "first":
            return _first(people, work.text)
        case "tickets":
            return s.Listed(_today(desk))
        case "doubtful":
            return s.Listed(tuple(one for one in _today(desk) if one.state is TicketState.UNCONFIRMED))
        case "find":
            return s.Listed(_of_number(desk, work.text))
        case "scan":
            return _scanned(desk, work.text)
        case "figures":
            return s.Counted(figures(_today(desk)))
        case "trip":
            trip = Trip(desk.store)
            return s.Travels(trip.place(), trip.recent())
        case "travel":
            return _travel(desk, people, work)
        case "lock" | "unlock":
            return _lock(desk, people, work)
        case _:
            return _did(people, _act(desk, work, limits, sample))


def _at_door(people: People, boot: Callable[[], tuple[str, float]]) -> s.AtDoor:
    if people.is_first_start():
        return s.AtDoor("first")
    if not people.all():
        return s.AtDoor("unknown")
    return s.AtDoor("pin", wait_left(people.lockout(), boot()))


def _first(people: People, pin: str) -> s.Answer:
    if not people.is_first_start():
        return s.AtDoor("unknown")
    person = Person(FIRST_NAME, Role.TECHNICIAN)
    enrol(people, person, pin, "first start")
    people.came_in(person)
    return s.CameIn(person)


def _travel(desk: Desk, people: People, work: s.Work) -> s.Did:
    trip = Trip(desk.store)
    if work.text:
        trip.begin(work.text, work.who)
        notice = s.Notice("trip", work.text)
    else:
        trip.end(work.who)
        notice = s.Notice("trip_ended")
    return s.Did(notice, people.kiosk_lock(), work.text)


def _lock(desk: Desk, people: People, work: s.Work) -> s.Did:
    if work.kind == "unlock":
        people.unlock_kiosk(work.who)
        return _did(people, s.Notice("unlocked"))
    now = desk.now()
    until = now + dt.timedelta(minutes=work.minutes) if work.minutes is not None else None
    people.lock_kiosk(KioskLock(work.pause or Pause.CLOSED, now, until, work.who))
    return _did(people, s.Notice("locked"))


def _act(desk: Desk, work: s.Work, limits: Limits, sample: Callable[[], Slip]) -> s.Notice:
    match work.kind:
        case "reprint":
            ticket = desk.find(work.ticket)
            if ticket.copies >= limits.copies:
                return s.Notice("copies", str(limits.copies), good=False)
            return _told("reprint", desk.reprint(work.ticket, work.who, work.why, limits.copies))
        case "void":
            desk.void(work.ticket, work.why, work.who)
            return s.Notice("void", desk.find(work.ticket).display)
        case "confirm":
            desk.confirm(work.ticket, work.who)
            return s.Notice("confirm", desk.find(work.ticket).display)
        case "paper":
            desk.paper_changed(work.who)
            return s.Notice("paper")
        case "test":
            verdict = desk.print_paper(sample(), work.who, "printer.tested")
            return _told("test", verdict)
        case "summary":
            slip = summary_slip(desk.site, figures(_today(desk)), desk.now(), work.who, limits.language)
            return _told("summary", desk.print_paper(slip, work.who, "summary.printed"))
    raise ValueError(f"no such work: {work.kind!r}")


def _told(kind: str, verdict: Verdict) -> s.Notice:
    cause = verdict.cause.value if verdict.cause else ""
    if verdict.outcome is Outcome.PRINTED:
        return s.Notice(kind)
    word = "doubt" if verdict.outcome is Outcome.UNCONFIRMED else "no_paper"
    return s.Notice(word, cause, good=False)


def _did(people: People, notice: s.Notice) -> s.Did:
    return s.Did(notice, people.kiosk_lock())


def _today(desk: Desk) -> tuple[Ticket, ...]:
    found = desk.store.tickets(TicketQuery(desk.today()))
    return tuple(reversed(found))


def _of_number(desk: Desk, digits: str) -> tuple[Ticket, ...]:
    """Return today's tickets of this number in every queue: ``12`` finds C-012 and A-012."""
    return tuple(one for one in _today(desk) if digits.isdecimal() and one.number == int(digits))


def _scanned(desk: Desk, text: str) -> s.Answer:
    """Find the ticket whose QR was held to the scanner."""
    try:
        found = desk.recognise(text)
    except CodeError as error:
        return s.NotFound("misread" if error.code == "E-TKT-02" else "unknown")
    if isinstance(found, Ticket):
        if found.service_day == desk.today():
            return s.Recognised(found)
        return s.NotFound("day", found.service_day.isoformat())
    if found is not None and found.site != site_mark(desk.site.id):
        return s.NotFound("site")
    if found is not None and found.day != desk.today():
        return s.NotFound("day", found.day.isoformat())
    return s.NotFound("kiosk")


def figures(tickets: tuple[Ticket, ...]) -> tuple[s.Figure, ...]:
    """Return today by queue."""
    by_queue: dict[str, s.Figure] = {}
    for ticket in tickets:
        before = by_queue.get(ticket.queue, s.Figure(ticket.queue, 0, 0, 0))
        by_queue[ticket.queue] = replace(
            before,
            given=before.given + 1,
            voided=before.voided + (ticket.state is TicketState.VOIDED),
            copies=before.copies + ticket.copies,
        )
    return tuple(by_queue[queue] for queue in sorted(by_queue))
