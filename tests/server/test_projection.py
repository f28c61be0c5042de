"""A ticket by its events: the order they come in, and how often, changes nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import asdict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kiosk.core import events as core
from kiosk.core.record import Ticket, TicketState
from kiosk.sync.wire_events import BODIES, AnyBody, TicketBody
from server import projection
from tests.support.server_driver import NOON, Kiosk

OUTCOMES = (TicketState.PRINTED, TicketState.UNCONFIRMED, TicketState.NOT_PRINTED)
_kiosk = Kiosk(str(uuid.uuid4()), "")


def _told(
    ticket: Ticket, papers: list[tuple[TicketState, bool]], copies: int, voided: bool
) -> list[tuple[AnyBody, int, dt.datetime]]:
    events = [core.issued(ticket)]
    events += [core.settled(ticket, outcome, outcome.value, kept=kept) for outcome, kept in papers]
    events += [core.reprinted(ticket, copy, "torn", "staff") for copy in range(1, copies + 1)]
    if voided:
        events.append(core.voided(ticket, "visitor", "visitor"))
    return [
        (BODIES[event.type].model_validate(event.body), seq, NOON + dt.timedelta(seconds=seq))
        for seq, event in enumerate(events, start=1)
    ]


def _state(told: list[tuple[AnyBody, int, dt.datetime]]) -> dict[str, Any]:
    first = told[0][0]
    assert isinstance(first, TicketBody)
    row = projection.blank(first, uuid.UUID(int=1), "mpp-bangkalan")
    for body, seq, at in told:
        projection.apply(row, body, seq, at)
    return asdict(row)


@given(
    st.lists(st.tuples(st.sampled_from(OUTCOMES), st.booleans()), max_size=4),
    st.integers(0, 3),
    st.booleans(),
    st.data(),
)
def test_order_and_repetition_change_nothing(
    papers: list[tuple[TicketState, bool]], copies: int, voided: bool, data: st.DataObject
) -> None:
    told = _told(_kiosk.ticket(1, priority=True), papers, copies, voided)
    expected = _state(told)
    shuffled = data.draw(st.permutations(told + data.draw(st.lists(st.sampled_from(told), max_size=5))))
    assert _state(shuffled) == expected
    assert expected["copies"] == copies
    assert (expected["voided_at"] is not None) is voided
    if papers:
        assert expected["paper"] == papers[-1][0].value
        assert expected["kept"] is (papers[-1][1] and papers[-1][0] is TicketState.NOT_PRINTED)
