"""The wire agrees with what the kiosk makes, and with the rules both ends hold."""

from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from kiosk.core import events as core
from kiosk.core import record
from kiosk.sync import wire, wire_events
from kiosk.sync.wire_events import BODIES, Event
from tests.support.server_driver import Kiosk

KIOSK = Kiosk("0192f0c8-0000-7000-8000-000000000001", "")
TICKET = KIOSK.ticket(1)


@pytest.mark.parametrize(
    "event",
    [
        core.issued(TICKET),
        core.issued(TICKET, "Balai Desa Kamal"),
        core.settled(TICKET, record.TicketState.PRINTED, None),
        core.settled(TICKET, record.TicketState.UNCONFIRMED, "offline"),
        core.settled(TICKET, record.TicketState.NOT_PRINTED, "paper_out", kept=True),
        core.voided(TICKET, "visitor", "visitor"),
        core.reprinted(TICKET, 1, "torn", "staff"),
        core.paper_changed("staff", 412, 61_000),
        core.staff_called("not_printed", "id"),
    ],
    ids=lambda event: event.type,
)
def test_every_event_of_the_kiosk_fits_the_wire_and_loses_nothing(event: core.Event) -> None:
    body = BODIES[event.type].model_validate(event.body)
    told = body.model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert told == dict(event.body)
    envelope = Event.model_validate(KIOSK.envelope(event.type, event.body, 1))
    assert core.canonical(envelope.body) == core.canonical(event.body), (
        "read, written and hashed: the same text"
    )
    assert core.body_hash(core.canonical(envelope.body)) == envelope.body_hash


def test_every_event_name_has_a_body_and_no_other() -> None:
    names = {
        value
        for name, value in vars(core).items()
        if name.isupper() and name.startswith(("TICKET_", "PAPER_", "STAFF_"))
    }
    assert set(BODIES) == names | {wire_events.KIOSK_LOCKED, wire_events.KIOSK_UNLOCKED}


def test_unknown_fields_are_passed_over_by_both_ends() -> None:
    told = {"ticket": TICKET.uuid, "service": "C01", "later": {"a": 1}}
    assert wire.TicketRequest.model_validate(told) == wire.TicketRequest(ticket=TICKET.uuid, service="C01")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seq", 0),
        ("seq", 2**53),
        ("seq", "1"),
        ("seq", True),
        ("uuid", "x"),
        ("type", "Ticket.Issued"),
        ("occurred_at", "2026-11-24T12:00:00"),
        ("schema_version", 0),
        ("body", {"a": 0.5}),
        ("body", {"a": []}),
        ("body_hash", "A" * 64),
    ],
)
def test_an_envelope_that_is_not_whole_is_refused(field: str, value: object) -> None:
    good = KIOSK.envelope("ticket.issued", core.issued(TICKET).body, 1)
    Event.model_validate(good)
    with pytest.raises(ValidationError):
        Event.model_validate(good | {field: value})


def test_codes_are_words_that_never_change_their_form() -> None:
    for code in (*wire.ProblemCode, *wire.EventCode):
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", code)
    assert not set(wire.ProblemCode) & set(wire.EventCode)


def test_the_pairing_alphabet_is_that_of_rfc_8628() -> None:
    assert wire.PAIRING_ALPHABET == "BCDFGHJKLMNPQRSTVWXZ"
