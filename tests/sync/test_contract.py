"""SYNC-11: today's kiosk against the frozen requests and answers of every version of the wire (``tests/contract``)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from kiosk.core import events, record
from kiosk.sync import wire, wire_events
from tests.support import contract

KIOSK_ID = "0192f0c8-0000-7000-8000-000000000001"
KNOWN = {
    "token": "A" * 43,
    "display_token": "B" * 43,
    "new_token": "C" * 43,
    "kiosk_id": KIOSK_ID,
    "new_id": KIOSK_ID,
    "code": "BCDFGHJK",
    "etag": '"x"',
}


def steps() -> Iterator[Any]:
    for scenario in contract.scenarios():
        for number, step in enumerate(scenario.steps, 1):
            yield pytest.param(step, id=f"{scenario.name}-{number}")


def answers() -> Iterator[Any]:
    for version in contract.versions():
        for number, answer in enumerate(contract.answers(version), 1):
            yield pytest.param(answer, id=f"{version}-answer-{number}")


@pytest.mark.parametrize("step", [*steps()])
def test_the_kiosk_makes_each_request_and_reads_each_answer(step: dict[str, Any]) -> None:
    asked = contract.fill(step["request"], KNOWN)
    if step["sends"]:
        made = model(step["sends"]).model_validate(asked["body"])
        contract.compare(
            _moments(asked["body"]), _moments(made.model_dump(mode="json", by_alias=True)), "body"
        )
    if step["gets"]:
        read(step["gets"], step["answer"])


@pytest.mark.parametrize("answer", [*answers()])
def test_the_kiosk_reads_what_no_scenario_brings_about(answer: dict[str, Any]) -> None:
    read(answer["gets"], answer)


def read(name: str, answer: dict[str, Any]) -> None:
    body = contract.fill(answer["body"], KNOWN)
    got = model(name).model_validate(contract.sampled(body))
    told = got.model_dump(mode="json", by_alias=True)
    known = {key: value for key, value in body.items() if key in type(got).model_fields}
    assert len(known) >= min(2, len(body)), "the model knows what it reads"
    if name != "SiteCatalogue":  # its times and its texts are checked by the test below
        contract.compare(_moments(contract.sampled(known)), _moments(told), "body")


def model(name: str) -> type[BaseModel]:
    found: type[BaseModel] = getattr(wire, name)
    return found


def _moments(part: Any) -> Any:
    """Return ``part`` with each moment written in one way: an offset and a Z mean the same."""
    if isinstance(part, dict):
        return {key: _moments(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_moments(value) for value in part]
    if isinstance(part, str) and part[:2] == "20" and "T" in part:
        return dt.datetime.fromisoformat(part).astimezone(dt.UTC).isoformat()
    return part


@pytest.mark.parametrize("version", contract.versions())
def test_the_catalogue_of_each_version_is_read_whole(version: str) -> None:
    told = contract.site(version)
    got = wire.SiteCatalogue.model_validate({"version": 1, **told})
    assert [one.code for one in got.catalogue.services] == [
        one["code"] for one in told["catalogue"]["services"]
    ]
    assert got.catalogue.service_by_code["A02"].closed is not None
    assert got.catalogue.service_by_code["C02"].quota == 1


def sent_events() -> Iterator[Any]:
    for scenario in contract.scenarios():
        if scenario.file == "events.json":
            for event in scenario.steps[0]["request"]["body"]["events"]:
                yield pytest.param(event, id=f"{scenario.version}-{event['seq']}-{event['type']}")


@pytest.mark.parametrize("event", [*sent_events()])
def test_the_kiosk_makes_each_event_as_it_always_did(event: dict[str, Any]) -> None:
    made = again(event["type"], event["body"])
    assert made.type == event["type"]
    contract.compare(event["body"], dict(made.body), "body")
    assert events.body_hash(events.canonical(event["body"])) == event["body_hash"]


def test_every_kind_of_event_is_there() -> None:
    """In one version or another: an event that is new comes in a version of its own."""
    told = {event.values[0]["type"] for event in sent_events()}
    assert told == set(wire_events.BODIES)


def again(kind: str, body: dict[str, Any]) -> events.Event:
    """Make the event by the kiosk's own function for it."""
    match kind:
        case events.PAPER_CHANGED:
            return events.paper_changed(body["who"], body["tickets"], body["used_mm"])
        case events.KIOSK_LOCKED:
            return events.kiosk_locked(body["message"], body["until"], body["who"])
        case events.KIOSK_UNLOCKED:
            return events.kiosk_unlocked(body["who"])
        case events.STAFF_CALLED:
            return events.staff_called(body["screen"], body["language"])
    ticket = record.Ticket(
        uuid=body["ticket"],
        service_day=dt.date.fromisoformat(body["service_day"]),
        queue=body["queue"],
        number=body.get("value", 1),
        display=body["number"],
        kiosk_digit=body.get("kiosk_digit", 0),
        service=body["service"],
        agency=body.get("agency", ""),
        priority=body.get("priority", False),
        language=body.get("language", "id"),
        token=body.get("token", ""),
        issued_at=dt.datetime(2026, 11, 24, 5, tzinfo=dt.UTC),
        state=record.TicketState.RESERVED,
    )
    match kind:
        case events.TICKET_ISSUED:
            return events.issued(ticket, body.get("place", ""))
        case events.TICKET_VOIDED:
            return events.voided(ticket, body["why"], body["who"])
        case events.TICKET_REPRINTED:
            return events.reprinted(ticket, body["copy"], body["why"], body["who"])
        case _:
            outcome = record.TicketState(body["outcome"])
            return events.settled(ticket, outcome, body["cause"], kept=body.get("kept", False))


@pytest.mark.parametrize("version", contract.versions())
def test_a_frozen_version_is_never_edited(version: str) -> None:
    folder = contract.FOLDER / version
    frozen = dict(reversed(line.split()) for line in (folder / "SHA256SUMS").read_text().splitlines())
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.json")}
    assert found == frozen, "add a version beside it instead"


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ({"a": 1}, {}),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"a": True}),
        ({"a": [1]}, {"a": [1, 2]}),
        ({"a": "<uuid>"}, {"a": 7}),
        ({"a": "<moment>"}, {"a": "2026-11-24T05:00:00"}),
        ({"a": "<count>"}, {"a": -1}),
        ({"a": "<text>"}, {"a": ""}),
        ({"a": None}, {"a": "x"}),
    ],
)
def test_the_comparison_can_fail(wanted: dict[str, Any], got: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        contract.compare(wanted, got)
