"""What the desk does for staff, with real paper: copies up to the limit, refusals, figures, a summary."""

from __future__ import annotations

import pytest

from kiosk.core.record import TicketState
from kiosk.core.staff import Pause
from kiosk.core.staff_session import Did, Figure, Listed, Notice, Travels, Work
from kiosk.core.visit import Issued
from kiosk.desk import Desk
from kiosk.staff_desk import Limits, figures, perform
from kiosk.store import StoreError, TicketQuery
from printer.slip import Slip, Text
from printer.virtual.faults import Fault
from tests.desk.conftest import Counter

SAMPLE = Slip((Text("CONTOH"),))


def do(desk: Desk, kind: str, **needs: object) -> object:
    work = Work(1, kind, "Ani", **needs)  # type: ignore[arg-type]
    return perform(desk, work, lambda: ("boot-1", 1000.0), Limits(copies=2), lambda: SAMPLE)


def issue(desk: Desk, service: str = "C01") -> str:
    issued = desk.issue(service)
    assert isinstance(issued, Issued)
    return issued.ticket


def notice(answer: object) -> Notice:
    assert isinstance(answer, Did)
    return answer.notice


def test_copies_stop_at_the_limit(desk: Desk, counter: Counter) -> None:
    ticket = issue(desk)
    for _ in range(2):
        assert notice(do(desk, "reprint", ticket=ticket, why="lost")) == Notice("reprint")
    assert notice(do(desk, "reprint", ticket=ticket, why="lost")) == Notice("copies", "2", good=False)
    assert len(counter.papers) == 3
    assert "SALINAN 2" in counter.texts()[-1]
    assert desk.find(ticket).copies == 2


def test_a_copy_without_paper_says_why_and_is_not_counted(desk: Desk, counter: Counter) -> None:
    ticket = issue(desk)
    counter.printer.fail(Fault.PAPER_OUT)
    assert notice(do(desk, "reprint", ticket=ticket, why="lost")) == Notice(
        "no_paper", "paper_out", good=False
    )
    assert desk.find(ticket).copies == 0


@pytest.mark.parametrize("kind", ["void", "reprint", "confirm"])
def test_a_ticket_that_somebody_voided_meanwhile_is_a_refusal(desk: Desk, kind: str) -> None:
    ticket = issue(desk)
    desk.void(ticket, "left", "Budi")
    assert notice(do(desk, kind, ticket=ticket, why="left")) == Notice("not_thus", good=False)


def test_only_a_paper_in_doubt_is_confirmed(desk: Desk, counter: Counter) -> None:
    ticket = issue(desk)
    assert notice(do(desk, "confirm", ticket=ticket)) == Notice("not_thus", good=False)
    desk.store._db.execute("UPDATE tickets SET state = 'unconfirmed'")
    assert notice(do(desk, "confirm", ticket=ticket)) == Notice("confirm", "C-001")
    assert desk.find(ticket).state is TicketState.PRINTED


def test_lists_are_today_s_and_the_newest_first(desk: Desk) -> None:
    issue(desk)
    issue(desk, "J03")
    issue(desk)
    listed = do(desk, "tickets")
    assert isinstance(listed, Listed)
    assert [one.display for one in listed.tickets] == ["C-002", "J-001", "C-001"]
    found = do(desk, "find", text="001")
    assert isinstance(found, Listed)
    assert [one.display for one in found.tickets] == ["J-001", "C-001"]
    assert do(desk, "find", text="99") == Listed(())


def test_a_locked_kiosk_gives_no_number_until_its_time(desk: Desk) -> None:
    answer = do(desk, "lock", pause=Pause.BREAK, minutes=15)
    assert isinstance(answer, Did)
    assert answer.lock is not None
    assert answer.lock.who == "Ani"
    refused = desk.issue("C01")
    assert not isinstance(refused, Issued)
    assert notice(do(desk, "unlock")) == Notice("unlocked")
    issue(desk)


def test_figures_and_their_paper(desk: Desk, counter: Counter) -> None:
    issue(desk)
    desk.void(issue(desk), "left", "Ani")
    issue(desk, "J03")
    today = tuple(desk.store.tickets(TicketQuery(desk.today())))
    assert figures(today) == (Figure("C", 2, 1, 0), Figure("J", 1, 0, 0))
    assert notice(do(desk, "summary")) == Notice("summary")
    paper = counter.texts()[-1]
    assert "C: 2 tiket, 1 batal, 0 salinan" in paper
    assert "Jumlah: 3 tiket" in paper
    assert "Ani" in paper
    assert notice(do(desk, "test")) == Notice("test")
    assert "CONTOH" in counter.texts()[-1]
    assert len(today) == 3


def test_the_tickets_of_a_trip_carry_its_place(desk: Desk) -> None:
    assert do(desk, "trip") == Travels("", ())
    home = issue(desk)
    assert do(desk, "travel", text="Balai Desa Kamal") == Did(
        Notice("trip", "Balai Desa Kamal"), None, "Balai Desa Kamal"
    )
    away = issue(desk)
    do(desk, "travel", text="Pasar Socah")
    do(desk, "travel", text="Balai Desa Kamal")
    assert do(desk, "trip") == Travels("Balai Desa Kamal", ("Balai Desa Kamal", "Pasar Socah"))
    assert do(desk, "travel", text="") == Did(Notice("trip_ended"), None, "")
    back = issue(desk)

    def place(ticket: str) -> object:
        body = desk.store.history(desk.find(ticket))[0]["body"]
        assert isinstance(body, dict)
        return body.get("place", "none")

    assert [place(one) for one in (home, away, back)] == ["none", "Balai Desa Kamal", "none"]
    told = [
        row[0]
        for row in desk.store._db.execute("SELECT what FROM audit WHERE what LIKE 'trip.%' ORDER BY id")
    ]
    assert told == ["trip.started"] * 3 + ["trip.ended"]


@pytest.mark.parametrize("place", ["x" * 81, "a\nb", " a", "a  b"])
def test_a_place_that_is_no_name_is_refused_and_changes_nothing(desk: Desk, place: str) -> None:
    with pytest.raises(StoreError, match="allowed: 1 to 80"):
        do(desk, "travel", text=place)
    assert do(desk, "trip") == Travels("", ())
