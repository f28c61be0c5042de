"""Numbers from the server, and from the kiosk's own band where it does not answer; the paper is the truth both ways."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.core.availability import Closed, Reason
from kiosk.core.visit import Issued
from kiosk.desk import Desk
from kiosk.desk_setup import open_desk
from kiosk.server_link import Ties
from kiosk.store import Outbox
from kiosk.sync import identity as identities
from kiosk.sync.breaker import Breaker
from kiosk.sync_service import SyncService, run_once
from tests.support import far_end as far
from tests.sync.conftest import WIB, Central, Unit, until

PATIENT_S = 5.0
"""The bound where the server is meant to answer: this machine may be busy."""


@pytest.fixture
def open_at(new_unit: Callable[..., Unit], central: Central) -> Callable[..., tuple[Unit, Desk]]:
    """An enrolled kiosk with central numbers and an open desk; ``url`` is who answers in the server's place."""

    def make(url: str = "", timeout_s: float = PATIENT_S, name: str = "kiosk", ties: Ties | None = None):
        unit = new_unit(name, "central", url, timeout_s)
        unit.enrol(central)
        desk = open_desk(unit.settings, unit.state, unit.site, unit.clock, ties=ties)
        unit.stack.callback(desk.close)
        return unit, desk

    return make


def number(answer: Issued | Closed) -> str:
    assert isinstance(answer, Issued), answer
    return answer.number


def test_two_kiosks_share_one_series(open_at) -> None:
    _, one = open_at(name="one")
    _, two = open_at(name="two")
    given = [number(desk.issue("D01")) for desk in (one, two, one, two)]
    assert given == ["D-001", "D-002", "D-003", "D-004"]


def test_sync_10_without_an_answer_the_number_is_of_the_own_band_and_the_next_visitor_does_not_wait(
    open_at,
) -> None:
    with far.far_end(far.silent) as there:
        unit, desk = open_at(there.url, timeout_s=0.3)
        digit = identities.load(unit.state).kiosk_digit  # type: ignore[union-attr]
        first, second = number(desk.issue("F01")), number(desk.issue("F01"))
        assert [first, second] == [f"F-{digit}001", f"F-{digit}002"]
        assert there.connections == 1, "the breaker spares the second visitor"


def test_sync_10_the_paper_is_the_truth(central: Central, open_at) -> None:
    """The server's number was on its way when the kiosk's own was printed: the server gives it up, and the next kiosk's
    number is the one after it."""
    from sqlalchemy import select

    from server.db.models import Allotment

    unit, desk = open_at()
    lost = threading.Event()
    numbers = desk._link.numbers  # type: ignore[union-attr]
    asked = numbers.ask
    numbers.ask = lambda *question: (asked(*question), lost.set(), None)[-1]  # the answer is lost on its way
    printed = number(desk.issue("G01"))
    assert lost.is_set()
    assert printed.startswith("G-") and len(printed) == len("G-1001")
    run_once(unit.settings, unit.state, unit.clock, desk.store)
    row = central.database.read(
        lambda session: session.scalars(select(Allotment).where(Allotment.queue == "G")).one()
    )
    assert row.given_up_at is not None
    assert printed in central.numbers()
    numbers.ask = asked
    assert number(desk.issue("G01")) == "G-002"


def test_a_number_the_server_gives_twice_is_not_printed_twice(open_at, central: Central) -> None:
    """A server put back from an old backup gives known numbers again: the kiosk's memory is the better one."""
    from sqlalchemy import delete

    from server.db.models import Allotment, QueueDay

    _, desk = open_at()
    assert number(desk.issue("H01")) == "H-001"

    def forget(session: object) -> None:
        session.execute(delete(Allotment).where(Allotment.queue == "H"))  # type: ignore[attr-defined]
        session.execute(delete(QueueDay).where(QueueDay.queue == "H"))  # type: ignore[attr-defined]

    central.database.write(forget)
    again = number(desk.issue("H01"))
    assert again != "H-001"
    assert len(again) == len("H-1001")


def test_the_servers_refusal_is_the_visitors(open_at, central: Central) -> None:
    from server.db.models import QueueDay

    _, desk = open_at()
    day = desk.today()
    central.database.write(
        lambda session: session.add(
            QueueDay(site_id=desk.site.id, service_day=day, queue="J", last_value=999, regular_in_a_row=0)
        )
    )
    answer = desk.issue("J01")
    assert isinstance(answer, Closed)
    assert answer.reason is Reason.QUOTA


def test_the_breaker_closes_by_itself_when_the_server_is_back(open_at, central: Central) -> None:
    """Who looks whether the server is back is the sending thread, never a visitor."""
    unit, _ = open_at()
    service = SyncService(unit.settings, unit.state, unit.clock, WIB)
    desk = open_desk(unit.settings, unit.state, unit.site, unit.clock, ties=service.ties())
    unit.stack.callback(desk.close)
    service.start()
    unit.stack.callback(lambda: service.stop(10.0))
    assert len(number(desk.issue("E01"))) == len("E-001")
    central.kill()
    try:
        assert len(number(desk.issue("E01"))) == len("E-1001")
        assert service.breaker.is_open
    finally:
        central.again()
    service.hurry()
    until(lambda: not service.breaker.is_open)
    assert len(number(desk.issue("E01"))) == len("E-001")
    until(lambda: Outbox(desk.store).figures().depth == 0)


def test_a_second_process_does_not_wait_for_the_first_one_s_server(open_at) -> None:
    """The desk's lock is not held while the server is asked."""
    with far.far_end(far.silent) as there:
        unit, slow = open_at(there.url, timeout_s=5.0)
        other = open_desk(
            replace_numbering(unit), unit.state, unit.site, unit.clock
        )  # a process that does not ask
        unit.stack.callback(other.close)
        answers: list[str] = []
        asking = threading.Thread(target=lambda: answers.append(number(slow.issue("C01"))))
        asking.start()
        until(lambda: there.connections)
        began = time.monotonic()
        other.void(number_of(other), "test", "test")
        assert time.monotonic() - began < 3.0
        assert asking.is_alive(), "the first one is still asking"
        asking.join(30)
        assert answers


def number_of(desk: Desk) -> str:
    answer = desk.issue("C02")
    assert isinstance(answer, Issued)
    return answer.ticket


def replace_numbering(unit: Unit):
    import msgspec

    return msgspec.structs.replace(
        unit.settings, kiosk=msgspec.structs.replace(unit.settings.kiosk, numbering="local")
    )


def test_a_breaker_counts_its_trips() -> None:
    breaker = Breaker()
    breaker.trip()
    breaker.trip()
    assert (breaker.is_open, breaker.trips) == (True, 1)
    breaker.close()
    breaker.trip()
    assert (breaker.is_open, breaker.trips) == (True, 2)


def test_a_token_the_server_does_not_know_costs_a_visitor_nothing(open_at, central: Central) -> None:
    unit, _ = open_at()
    held = identities.load(unit.state)
    assert held is not None
    identities.save(replace(held, token="ajg_wrong"), unit.state)
    troubles: list[object] = []
    desk = open_desk(
        unit.settings, unit.state, unit.site, unit.clock, ties=Ties(Breaker(), lambda: None, troubles.append)
    )
    unit.stack.callback(desk.close)
    assert len(number(desk.issue("K01"))) == len("K-1001")
    assert [type(one).__name__ for one in troubles] == ["NotKnown"]
