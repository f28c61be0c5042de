"""The staff's part as data: who gets where, what the desk is asked, and that it always closes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core import staff_session as s
from kiosk.core.record import TicketState
from kiosk.core.staff import Pause, Person, Role, short_name
from kiosk.core.staff_session import Place, Session, Work
from kiosk.core.staff_steps import step
from tests.support.staff_gallery import ticket

ANI = Person("Ani", Role.STAFF)
BUDI = Person("Budi", Role.TECHNICIAN)
PIN = "271828"


def run(session: Session, *events: s.StaffEvent) -> tuple[Session, list[Work]]:
    works = []
    for event in events:
        session, work = step(session, event)
        if work is not None:
            works.append(work)
    return session, works


def corners() -> list[s.StaffEvent]:
    return [s.Corner(side) for side in s.GESTURE]


def typed(digits: str) -> list[s.StaffEvent]:
    return [s.Type(digit) for digit in digits]


def at_door() -> Session:
    session, (work,) = run(Session(), *corners())
    assert work.kind == "knock"
    return step(session, s.Answered(work.serial, s.AtDoor("pin")))[0]


def inside(person: Person = ANI) -> Session:
    session, (work,) = run(at_door(), *typed(PIN), s.Enter())
    assert (work.kind, work.text) == ("pin", PIN)
    return step(session, s.Answered(work.serial, s.CameIn(person)))[0]


def test_the_door_opens_with_the_gesture_in_its_time() -> None:
    assert at_door().place is Place.DOOR
    slow = Session()
    for number, side in enumerate(s.GESTURE):
        slow, work = run(slow, s.Passed(number * 4.0), s.Corner(side))
        assert not work
    assert slow.place is Place.SHUT


def test_a_pin_is_in_no_text_of_the_session_or_its_work() -> None:
    session, _ = run(at_door(), *typed(PIN))
    assert PIN not in repr(session)
    after, (work,) = run(session, s.Enter())
    assert PIN not in repr(work)
    assert after.typed == ""


def test_while_waiting_no_digit_is_taken() -> None:
    door = at_door()
    session, (work,) = run(door, *typed(PIN), s.Enter())
    session, _ = step(session, s.Answered(work.serial, s.Refused("wrong", 15.0)))
    assert run(session, *typed(PIN), s.Enter()) == (session, [])
    session, works = run(session, s.Passed(14.9), *typed(PIN), s.Enter())
    assert not works
    _, works = run(session, s.Passed(15.1), *typed(PIN), s.Enter())
    assert [one.kind for one in works] == ["pin"]


def test_leaving_and_coming_back_does_not_end_the_wait() -> None:
    session = replace(at_door(), opens_at=30.0)
    session, _ = run(session, s.Leave())
    assert session.opens_at == 30.0


def test_two_pins_that_differ_begin_again() -> None:
    first = Session(place=Place.FIRST)
    session, works = run(first, *typed(PIN), s.Enter(), *typed("161803"), s.Enter())
    assert not works
    assert (session.place, session.first_pin, session.notice) == (
        Place.FIRST,
        "",
        s.Notice("unlike", good=False),
    )


@pytest.mark.parametrize("place", sorted(s.TECHNICAL))
def test_staff_do_not_get_where_technicians_do(place: Place) -> None:
    assert step(inside(), s.Go(place))[0].place is Place.MENU
    assert step(inside(BUDI), s.Go(place))[0].place is place
    assert step(inside(), s.TestPrint())[1] is None


def test_a_reprint_names_ticket_reason_and_person() -> None:
    session, (listing,) = run(inside(), s.Go(Place.TICKETS))
    one = ticket(7, TicketState.PRINTED)
    session, _ = step(session, s.Answered(listing.serial, s.Listed((one,))))
    session, works = run(
        session, s.Pick("t7"), s.Because("lost"), s.Go(Place.REPRINT), s.Because("no reason")
    )
    assert not works
    _, (work,) = run(session, s.Because("torn"))
    assert (work.kind, work.ticket, work.why, work.who) == ("reprint", "t7", "torn", "Ani")


def test_one_touch_is_one_act() -> None:
    _, works = run(inside(), s.Go(Place.PAPER), s.Confirm(), s.Confirm(), s.Confirm())
    assert [one.kind for one in works] == ["paper"]


def test_a_late_answer_lets_nobody_in_and_still_tells_the_lock() -> None:
    session, (work,) = run(at_door(), *typed(PIN), s.Enter())
    session, _ = run(session, s.Leave(), s.Answered(work.serial, s.CameIn(BUDI)))
    assert (session.place, session.person) == (Place.SHUT, None)
    session, works = run(inside(), s.Go(Place.LOCK), s.PauseFor(Pause.BREAK), s.LockFor(15), s.Leave())
    from tests.support.staff_gallery import lock

    session, _ = step(
        session, s.Answered(works[0].serial, s.Did(s.Notice("locked"), lock(Pause.BREAK, True)))
    )
    assert session.lock is not None
    assert not session.open


def test_a_desk_that_is_silent_is_not_waited_for() -> None:
    session, _ = run(inside(), s.Go(Place.TICKETS), s.Passed(s.WORK_LIMIT_S))
    assert session.busy is None
    assert session.notice == s.Notice("failed", "E-DSK-01", good=False)


ANY_EVENT = st.one_of(
    st.sampled_from(["left", "right"]).map(s.Corner),
    st.sampled_from(["", *"0123456789"]).map(s.Type),
    st.sampled_from(list(Place)).map(s.Go),
    st.just("t7").map(s.Pick),
    st.sampled_from([*s.REPRINT_REASONS, *s.VOID_REASONS, "x"]).map(s.Because),
    st.sampled_from(list(Pause)).map(s.PauseFor),
    st.sampled_from([*s.LOCK_MINUTES, 7]).map(s.LockFor),
    st.sampled_from(s.CORNERS).map(s.Felt),
    st.integers(0, 9).map(s.Turn),
    st.integers(0, 2).map(s.Read),
    st.sampled_from(
        [
            s.Enter(),
            s.UnlockNow(),
            s.Confirm(),
            s.TestPrint(),
            s.PrintSummary(),
            s.StepBack(),
            s.Leave(),
            s.Busy(),
        ]
    ),
    st.floats(0, 50).map(s.Passed),
)
ANSWERS = st.sampled_from(
    [
        s.AtDoor("first"),
        s.AtDoor("unknown"),
        s.AtDoor("pin", 3.0),
        s.Refused("wrong", 0.0),
        s.Refused("simple"),
        s.Listed(()),
        s.Listed((ticket(7, TicketState.PRINTED),)),
        s.Counted((s.Figure("C", 1, 0, 0),)),
        s.Examined((s.Item("disk", "ok", "…"),)),
        s.Did(s.Notice("paper")),
        s.Failed("E-STO-01"),
    ]
)


@given(st.lists(st.one_of(ANY_EVENT, ANSWERS), max_size=60))
def test_without_a_pin_the_desk_is_asked_for_nothing_but_the_door(events: list[object]) -> None:
    session = Session()
    for event in events:
        if not isinstance(event, s.StaffEvent):
            event = s.Answered(session.busy or 0, event)  # type: ignore[arg-type]
        session, work = step(session, event)
        assert work is None or work.kind in ("knock", "pin", "first")
        assert session.person is None
        assert session.place in (Place.SHUT, Place.DOOR, Place.FIRST, Place.AGAIN)


@given(st.lists(st.one_of(ANY_EVENT, ANSWERS), max_size=60))
def test_whatever_is_touched_it_closes_by_itself_and_keeps_nothing(events: list[object]) -> None:
    session = inside(BUDI)
    for event in events:
        if not isinstance(event, s.StaffEvent):
            event = s.Answered(session.busy or 0, event)  # type: ignore[arg-type]
        session, work = step(session, event)
        assert work is None or work.who == "Budi" or session.person is None
    for _ in range(2):
        session, _work = step(session, s.Passed(session.now + s.WORK_LIMIT_S + session.idle))
    assert session == replace(session.shut(), since=session.since, corners=session.corners)


@given(st.text(min_size=1, max_size=60).map(lambda text: " ".join(text.split())).filter(bool))
def test_a_name_is_shortened_to_fit_and_a_short_one_is_left_alone(name: str) -> None:
    short = short_name(name)
    assert 1 <= len(short) <= 15
    assert short == name if len(name) <= 15 else short[0] == name[0]


def test_later_words_of_a_name_become_initials_first() -> None:
    assert short_name("Siti Contoh Dua") == "Siti Contoh Dua"
    assert short_name("Siti Contoh Dua Puluh") == "Siti C. D. P."
    assert short_name("Widodo Mohammad Wawan Hadiwidjojo") == "Widodo M. W. H."
    assert short_name("Hadiwidjojo Mohammad Wawan") == "Hadiwidjojo M."
    assert short_name("W" * 40) == "W" * 14 + "…"


def test_a_mobile_unit_s_staff_say_where_it_stands() -> None:
    at_menu = replace(inside(), mobile=True)
    session, (work,) = run(at_menu, s.Go(Place.TRIP))
    assert work.kind == "trip"
    session, _ = step(session, s.Answered(work.serial, s.Travels("", ("Pasar Socah",))))
    assert (session.place, session.recent) == (Place.TRIP, ("Pasar Socah",))
    session, _ = run(session, s.Write(" b"), s.Write("b" * 99))
    assert session.typed == "b" * s.WRITTEN
    session, (work,) = run(session, s.Travel("Balai  Desa "))
    assert (work.kind, work.text, work.who) == ("travel", "Balai Desa", "Ani")
    done = s.Did(s.Notice("trip", "Balai Desa"), place="Balai Desa")
    session, _ = step(session, s.Answered(work.serial, done))
    assert (session.place, session.place_name, session.typed) == (Place.MENU, "Balai Desa", "")
    assert session.shut().mobile, "the unit stays what it is"


def test_a_unit_of_the_hall_has_no_trips() -> None:
    session, works = run(inside(), s.Go(Place.TRIP), s.Write("x"), s.Travel("x"))
    assert (session.place, works) == (Place.MENU, [])


def test_settings_are_a_technician_s_and_stay_open_where_they_are_refused() -> None:
    listed, _ = run(inside(BUDI), s.Go(Place.SETTINGS))
    assert listed.place is Place.SETTINGS
    opened, works = run(listed, s.Alter("display.diagonal_inch", "21.5"), s.Type(""), s.Type("9"), s.Enter())
    assert (works[0].kind, works[0].why, works[0].text) == ("set", "display.diagonal_inch", "21.9")
    refused, _ = step(opened, s.Answered(works[0].serial, s.NotSet("why")))
    assert (refused.place, refused.notice) == (Place.SETTING, s.Notice("not_set", "why", good=False))
    kept, _ = step(opened, s.Answered(works[0].serial, s.IsSet("diagonal_inch = 21.9")))
    assert (kept.place, kept.setting) == (Place.MENU, "")
    for event in (s.Alter("kiosk.site", "x"), s.Restart(), s.SetTo("x"), s.Go(Place.SETTINGS)):
        assert run(inside(ANI), event)[1] == []
