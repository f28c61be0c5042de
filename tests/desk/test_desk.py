"""The road of a ticket: what the visitor holds, what the store knows, and what happens when something fails."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest

from kiosk.core.availability import Closed, Open, Reason
from kiosk.core.catalogue import Catalogue
from kiosk.core.record import Ticket, TicketState
from kiosk.core.visit import Issued, Outcome
from kiosk.desk import LOCK_NAME, Desk, DeskBusy, NeedsServer, NoSuchTicket, TicketNotThus
from kiosk.store import NAME, FileLock, Store, StoreFull, TicketQuery
from printer.virtual.device import Fault
from tests.desk.conftest import Counter

SERVICE = "C01"
HOUR = dt.timedelta(hours=1)
Look = Callable[[], Store]


def issue(desk: Desk, service: str = SERVICE, priority: bool = False, language: str = "id") -> Issued:
    answer = desk.issue(service, priority, language)
    assert isinstance(answer, Issued), answer
    return answer


def events(store: Store, ticket: Ticket) -> list[str]:
    return [str(event["type"]) for event in store.history(ticket)]


def state(look: Look, issued: Issued) -> TicketState:
    found = look().ticket(issued.ticket)
    assert found is not None
    return found.state


# --- the plain road ---


def test_a_ticket_is_printed_stored_and_told(desk: Desk, counter: Counter, look: Look) -> None:
    issued = issue(desk)

    assert (issued.number, issued.service, issued.outcome, issued.cause) == (
        "C-001",
        SERVICE,
        Outcome.PRINTED,
        None,
    )
    assert issued.issued_at == "09.00 WIB"
    assert issue(desk, language="en").issued_at == "09:00 WIB"
    paper = counter.texts()[0]
    assert "C-001" in paper
    assert f"[QR] {issued.qr}" in paper
    ticket = look().ticket(issued.ticket)
    assert ticket is not None
    assert ticket.state is TicketState.PRINTED
    assert events(look(), ticket) == ["ticket.issued", "ticket.printed"]


def test_before_the_first_byte_the_row_is_durable_by_two_commits(
    desk: Desk, counter: Counter, look: Look
) -> None:
    commits: list[str] = []
    seen: list[tuple[str, str, int]] = []

    def at_first_byte(data: bytes) -> None:
        with closing(sqlite3.connect(counter.folder / NAME)) as db:
            seen.extend(db.execute("SELECT display, state, (SELECT count(*) FROM outbox) FROM tickets"))
        seen.append(("commits", "", len(commits)))

    counter.on_write = at_first_byte
    desk.store._db.set_trace_callback(lambda sql: commits.append(sql) if sql.startswith("COMMIT") else None)
    issue(desk)
    assert seen == [("C-001", "sending", 1), ("commits", "", 2)]


def test_a_priority_ticket_says_so_and_stores_one_flag(desk: Desk, counter: Counter, look: Look) -> None:
    issued = issue(desk, priority=True)
    assert issued.priority
    assert "PRIORITAS" in counter.texts()[0]
    ticket = look().ticket(issued.ticket)
    assert ticket is not None
    assert ticket.priority is True


def test_the_qr_is_the_page_where_there_is_a_server(counter: Counter, look: Look) -> None:
    desk = counter.desk(server_url="https://antrean.example.go.id/")
    issued = issue(desk)
    token = issued.qr.removeprefix("https://antrean.example.go.id/t/")
    assert len(token) == 22  # 128 bits
    found = look().ticket_by_token(token)
    assert found is not None
    assert found.uuid == issued.ticket


def test_each_ticket_has_a_token_of_its_own(desk: Desk, look: Look) -> None:
    tokens = {desk.find(issue(desk).ticket).token for _ in range(5)}
    assert len(tokens) == 5


# --- closed ---


def test_a_closed_service_takes_no_number(desk: Desk, counter: Counter, look: Look) -> None:
    counter.clock.pass_time(5 * HOUR)  # 14:00
    answer = desk.issue(SERVICE)
    assert isinstance(answer, Closed)
    assert answer.reason is Reason.AFTER_HOURS
    assert counter.papers == []
    assert look().tickets(TicketQuery()) == []


def change_service(counter: Counter, code: str, **changes: object) -> None:
    old = counter.site.catalogue
    services = [one.model_copy(update=changes) if one.code == code else one for one in old.services]
    catalogue = Catalogue(agencies=old.agencies, queues=old.queues, services=tuple(services))
    counter.site = replace(counter.site, catalogue=catalogue)


def test_hours_can_be_ignored_but_not_a_closed_counter(counter: Counter) -> None:
    counter.clock.pass_time(13 * HOUR)
    change_service(counter, "C02", closed={"id": "Petugas sakit", "en": "Staff unwell"})
    desk = counter.desk(ignore_hours=True)
    assert isinstance(desk.availability(SERVICE), Open)
    assert issue(desk).number == "C-001"
    answer = desk.issue("C02")
    assert isinstance(answer, Closed)
    assert answer.reason is Reason.SERVICE_CLOSED


def test_an_unknown_service_is_refused(desk: Desk) -> None:
    answer = desk.issue("X99")
    assert isinstance(answer, Closed)
    assert answer.reason is Reason.UNKNOWN_SERVICE


def test_a_quota_counts_every_number_given(counter: Counter) -> None:
    change_service(counter, SERVICE, quota=2)
    desk = counter.desk()
    desk.void(issue(desk).ticket, "cancelled")
    issue(desk)
    answer = desk.issue(SERVICE)
    assert isinstance(answer, Closed)
    assert answer.reason is Reason.QUOTA
    assert desk.counts(SERVICE).service == 2
    assert desk.all_counts()[SERVICE].service == 2


def test_midnight_while_a_visitor_chooses(counter: Counter) -> None:
    """The sheet was opened on one day, the button pressed on the next: the ticket is the next day's."""
    desk = counter.desk(ignore_hours=True)
    counter.clock.pass_time(14 * HOUR + dt.timedelta(minutes=59))
    yesterday = issue(desk)
    assert isinstance(desk.availability(SERVICE), Open)
    counter.clock.pass_time(dt.timedelta(minutes=2))
    today = issue(desk)
    assert (yesterday.number, today.number) == ("C-001", "C-001")
    assert desk.find(today.ticket).service_day - desk.find(yesterday.ticket).service_day == dt.timedelta(
        days=1
    )


def test_last_ticket_while_a_visitor_chooses(desk: Desk, counter: Counter) -> None:
    counter.clock.pass_time(4 * HOUR + dt.timedelta(minutes=29))
    assert isinstance(desk.availability(SERVICE), Open)
    counter.clock.pass_time(dt.timedelta(minutes=1))  # 13:30
    answer = desk.issue(SERVICE)
    assert isinstance(answer, Closed)
    assert answer.reason is Reason.LAST_TICKET


def test_after_999_the_series_is_full(counter: Counter) -> None:
    numbers = counter.site.site.numbers.model_copy(update={"digits": 2})
    counter.site = replace(counter.site, site=counter.site.site.model_copy(update={"numbers": numbers}))
    desk = counter.desk()
    assert [issue(desk).number for _ in range(99)][-1] == "C-99"
    answer = desk.issue(SERVICE)
    assert isinstance(answer, Closed)
    assert answer.reason is Reason.QUOTA
    assert desk.counts(SERVICE).series_full
    assert desk.all_counts()[SERVICE].series_full
    assert issue(desk, "D01").number.endswith("-01")


def test_a_kiosk_with_a_digit_issues_in_its_band(counter: Counter) -> None:
    desk = counter.desk(kiosk_digit=2)
    assert [issue(desk).number for _ in range(2)] == ["C-2001", "C-2002"]
    assert issue(counter.desk(kiosk_digit=12)).number == "C-12001"


def test_central_numbering_without_a_server_client_is_refused_at_the_start(counter: Counter) -> None:
    with pytest.raises(NeedsServer, match=r"E-DSK-03: \[kiosk\] numbering = 'central'"):
        counter.desk(numbering="central")


# --- no paper ---


@pytest.mark.parametrize(
    ("fault", "cause"),
    [(Fault.PAPER_OUT, "paper_out"), (Fault.COVER_OPEN, "cover_open"), (Fault.UNPLUGGED, "unreachable")],
)
def test_without_paper_the_cause_is_told_and_nothing_prints_later(
    desk: Desk, counter: Counter, look: Look, fault: Fault, cause: str
) -> None:
    counter.printer.fail(fault)
    issued = issue(desk)
    assert (issued.outcome, issued.cause) == (Outcome.NOT_PRINTED, cause)
    assert state(look, issued) is TicketState.NOT_PRINTED
    counter.printer.mend()
    assert counter.papers == []


def test_a_noted_number_is_kept(desk: Desk, counter: Counter, look: Look) -> None:
    counter.printer.fail(Fault.PAPER_OUT)
    issued = issue(desk)
    desk.keep(issued.ticket)
    desk.keep(issued.ticket)  # a second touch changes nothing
    ticket = look().ticket(issued.ticket)
    assert ticket is not None
    assert ticket.kept
    assert events(look(), ticket) == ["ticket.issued", "ticket.not_printed", "ticket.not_printed"]


def test_a_cancelled_number_is_voided_with_who_and_why(desk: Desk, counter: Counter, look: Look) -> None:
    counter.printer.fail(Fault.PAPER_OUT)
    issued = issue(desk)
    desk.void(issued.ticket, "cancelled")
    ticket = look().ticket(issued.ticket)
    assert ticket is not None
    assert (ticket.state, ticket.void_reason) == (TicketState.VOIDED, "cancelled")
    body = look().history(ticket)[-1]["body"]
    assert isinstance(body, dict)
    assert (body["why"], body["who"]) == ("cancelled", "visitor")


def test_what_cannot_be_done_is_refused_with_the_reason(desk: Desk, counter: Counter) -> None:
    printed = issue(desk)
    with pytest.raises(TicketNotThus, match="E-DSK-05: C-001 is printed"):
        desk.keep(printed.ticket)
    desk.void(printed.ticket, "mistake", "petugas")
    with pytest.raises(TicketNotThus, match=r"voided \(mistake\) already"):
        desk.void(printed.ticket, "again", "petugas")
    with pytest.raises(TicketNotThus, match="has no copies"):
        desk.reprint(printed.ticket, "petugas", "lost")
    for act in (desk.keep, lambda one: desk.void(one, "x"), lambda one: desk.reprint(one, "x", "y")):
        with pytest.raises(NoSuchTicket, match="E-DSK-04"):
            act("nothing")
    assert len(counter.papers) == 1


def test_a_number_nobody_decided_on_is_voided_after_a_while(desk: Desk, counter: Counter, look: Look) -> None:
    """The window died while it asked; nobody holds the number."""
    counter.printer.fail(Fault.PAPER_OUT)
    issued = issue(desk)
    counter.printer.mend()
    counter.clock.pass_time(dt.timedelta(minutes=14))
    issue(desk)
    assert state(look, issued) is TicketState.NOT_PRINTED
    counter.clock.pass_time(dt.timedelta(minutes=2))
    issue(desk)
    assert state(look, issued) is TicketState.VOIDED


def test_a_silent_printer_leaves_it_unconfirmed(desk: Desk, counter: Counter, look: Look) -> None:
    counter.printer.fail(Fault.SILENT)
    issued = issue(desk)
    assert issued.outcome is Outcome.UNCONFIRMED
    assert state(look, issued) is TicketState.UNCONFIRMED
    assert len(counter.papers) == 1


# --- copies ---


def test_a_copy_is_marked_and_told(desk: Desk, counter: Counter, look: Look) -> None:
    issued = issue(desk)
    for _ in range(2):
        desk.reprint(issued.ticket, "petugas", "lost")
    original, first, second = counter.texts()
    assert "SALINAN" not in original
    assert "SALINAN 1" in first
    assert "SALINAN 2" in second
    assert f"[QR] {issued.qr}" in second
    ticket = look().ticket(issued.ticket)
    assert ticket is not None
    assert (ticket.copies, ticket.state) == (2, TicketState.PRINTED)
    body = look().history(ticket)[-1]["body"]
    assert isinstance(body, dict)
    assert (body["copy"], body["why"], body["who"]) == (2, "lost", "petugas")


def test_a_copy_that_never_began_was_never_made(desk: Desk, counter: Counter, look: Look) -> None:
    issued = issue(desk)
    counter.printer.fail(Fault.PAPER_OUT)
    verdict = desk.reprint(issued.ticket, "petugas", "lost")
    assert verdict.outcome.value == "not_printed"
    ticket = look().ticket(issued.ticket)
    assert ticket is not None
    assert ticket.copies == 0
    assert events(look(), ticket) == ["ticket.issued", "ticket.printed"]


def test_the_first_paper_of_a_kept_number_makes_it_printed(desk: Desk, counter: Counter, look: Look) -> None:
    counter.printer.fail(Fault.PAPER_OUT)
    issued = issue(desk)
    desk.keep(issued.ticket)
    counter.printer.mend()
    desk.reprint(issued.ticket, "petugas", "paper is back")
    ticket = look().ticket(issued.ticket)
    assert ticket is not None
    assert ticket.state is TicketState.PRINTED
    assert events(look(), ticket)[-2:] == ["ticket.reprinted", "ticket.printed"]


# --- what is left behind ---


def _left_behind(counter: Counter, desk: Desk) -> Ticket:
    """A ticket as a process leaves it that is killed right after taking the number."""
    service = counter.site.catalogue.service_by_code[SERVICE]
    return desk.store.reserve(desk._draft(service, False, "id"), desk.now(), desk._write)


def test_a_dead_process_ticket_without_a_byte_sent_is_voided(
    desk: Desk, counter: Counter, look: Look
) -> None:
    left = _left_behind(counter, desk)
    assert issue(counter.desk()).number == "C-002"
    found = look().ticket(left.uuid)
    assert found is not None
    assert (found.state, found.void_reason) == (TicketState.VOIDED, "interrupted")
    assert len(counter.papers) == 1


def test_a_dead_process_ticket_being_sent_is_unconfirmed_and_never_sent_again(
    desk: Desk, counter: Counter, look: Look
) -> None:
    left = desk.store.mark_sending(_left_behind(counter, desk))
    counter.desk().recover()
    found = look().ticket(left.uuid)
    assert found is not None
    assert found.state is TicketState.UNCONFIRMED
    assert counter.papers == []


def test_a_verdict_the_full_disk_did_not_take_is_stored_later(
    desk: Desk, counter: Counter, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Ticket:
        raise StoreFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "settle", full)
        issued = issue(desk)
    assert issued.outcome is Outcome.PRINTED  # the visitor has the paper in hand
    assert state(look, issued) is TicketState.SENDING
    issue(desk)
    assert state(look, issued) is TicketState.PRINTED
    assert len(counter.papers) == 2


def test_no_byte_leaves_when_its_note_cannot_be_written(
    desk: Desk, counter: Counter, look: Look, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Ticket:
        raise StoreFull("no room")

    with monkeypatch.context() as patch:
        patch.setattr(desk.store, "mark_sending", full)
        with pytest.raises(StoreFull):
            desk.issue(SERVICE)
    assert counter.papers == []
    assert issue(desk).number == "C-002"
    first = look().ticket_by_number("C", 1, desk.today())
    assert first is not None
    assert first.state is TicketState.VOIDED


def test_a_desk_that_another_process_keeps_is_busy(
    desk: Desk, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.desk.LOCK_PATIENCE_S", 0.1)
    other = FileLock(counter.folder / LOCK_NAME)
    assert other.acquire(1)
    with pytest.raises(DeskBusy, match="E-DSK-02"):
        desk.issue(SERVICE)
    other.release()
    assert issue(desk).number == "C-001"


def test_usage_counts_thirty_days(desk: Desk, counter: Counter) -> None:
    issue(desk)
    counter.clock.pass_time(dt.timedelta(days=29))
    assert desk.usage() == {"C": 1}
    counter.clock.pass_time(dt.timedelta(days=1))
    assert desk.usage() == {}
