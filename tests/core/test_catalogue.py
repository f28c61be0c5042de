"""The catalogue's records refuse what they cannot mean, and faults between records are found all at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from kiosk.core.catalogue import Break, Catalogue, Numbers, find_faults
from kiosk.core.common import WEEKDAYS, say
from tests.core.builders import (
    both,
    hours,
    make_agency,
    make_catalogue,
    make_queue,
    make_service,
    make_site,
)


def test_text_is_said_in_the_language_or_in_indonesian() -> None:
    text = {"id": "Loket", "en": "Counter", "mad": ""}
    assert [say(text, tag) for tag in ("id", "en", "mad", "jv")] == ["Loket", "Counter", "Loket", "Loket"]


def test_weekdays_are_in_pythons_order() -> None:
    monday = dt.date(2026, 11, 23)
    names = [f"{monday + dt.timedelta(days=day):%a}".lower() for day in range(7)]
    assert list(WEEKDAYS) == names


@pytest.mark.parametrize(
    ("opens", "last", "closes"),
    [("08:00", "08:00", "14:00"), ("08:00", "14:01", "14:00"), ("14:00", "13:00", "08:00")],
)
def test_hours_out_of_order_are_refused(opens: str, last: str, closes: str) -> None:
    with pytest.raises(ValidationError, match="open < last_ticket <= close"):
        hours(opens, last, closes)


def test_the_last_ticket_may_be_at_closing() -> None:
    assert hours("08:00", "14:00", "14:00").close == dt.time(14)


def test_a_break_ends_after_it_starts() -> None:
    with pytest.raises(ValidationError, match="start must be before end"):
        Break(days=("fri",), start=dt.time(13), end=dt.time(13), name=both("Istirahat"))


@pytest.mark.parametrize(
    ("make", "changes", "complaint"),
    [
        (make_service, {"nmae": both("x")}, "Extra inputs"),
        (make_service, {"name": {"id": "KTP"}}, "needs a text for en"),
        (make_service, {"name": {"id": "", "en": "x"}}, "at least 1 character"),
        (make_service, {"requirements": {"id": ("a", "b"), "en": ("a",)}}, "as many lines in every language"),
        (make_service, {"requirements": {"id": ("a",)}}, "needs a text for en"),
        (make_service, {"fee_idr": -1}, "greater than or equal to 0"),
        (make_service, {"quota": 0}, "greater than or equal to 1"),
        (make_service, {"code": "c03"}, "pattern"),
        (make_queue, {"code": "ABCD"}, "pattern"),
        (make_agency, {"pictogram": "../x"}, "pattern"),
        (make_site, {"timezone": "Europe/Berlin"}, "Asia/Jakarta"),
        (make_site, {"week": {}}, "at least 1 item"),
        (make_site, {"numbers": {"digits": 5}}, "less than or equal to 4"),
    ],
)
def test_bad_values_are_refused(make: Any, changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        make(**changes)


def test_lines_that_are_empty_in_every_language_are_nothing() -> None:
    assert make_service(requirements={"id": (), "en": ()}).requirements == {}


def test_records_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        hours("08:00", "13:00", "14:00").open = dt.time(7)  # type: ignore[misc]


def test_zone_abbreviations() -> None:
    zones = {
        "Asia/Jakarta": "WIB",
        "Asia/Pontianak": "WIB",
        "Asia/Makassar": "WITA",
        "Asia/Jayapura": "WIT",
    }
    assert {zone: make_site(timezone=zone).zone_abbreviation for zone in zones} == zones


def test_services_are_found_by_code_and_agency() -> None:
    first, second = make_service(), make_service(code="C04")
    catalogue = make_catalogue(first, second)
    assert catalogue.service_by_code == {"C03": first, "C04": second}
    assert catalogue.services_by_agency == {"C": (first, second)}


def test_a_whole_catalogue_has_no_faults() -> None:
    assert find_faults(make_site(), make_catalogue(make_service())) == []


def test_all_faults_between_records_come_at_once_with_their_places() -> None:
    catalogue = Catalogue(
        agencies=(make_agency(), make_agency(code="D")),
        queues=(make_queue(), make_queue(code="X", zone="Z9"), make_queue(code="C")),
        services=(make_service(), make_service(), make_service(code="C09", agency="Q", queue="QQ")),
    )
    faults = dict(find_faults(make_site(), catalogue))
    assert set(faults) == {
        "queues[2] (C).code",
        "services[1] (C03).code",
        "queues[1] (X).zone",
        "services[2] (C09).agency",
        "services[2] (C09).queue",
        "agencies[1] (D)",
    }
    assert faults["queues[1] (X).zone"] == "'Z9' is not a zone; allowed: B"
    assert faults["services[2] (C09).queue"] == "'QQ' is not a queue; allowed: C, X"
    assert "row 0" in faults["services[1] (C03).code"]


@pytest.mark.parametrize(
    ("separator", "code", "faulty"), [("", "3C", False), ("", "C3", True), ("-", "C3", False)]
)
def test_a_number_without_separator_can_be_told_from_its_queue(
    separator: Any, code: str, faulty: bool
) -> None:
    """ "C3" and 1 would be written C3001, which is also number 3001 of queue C."""
    site = make_site(numbers=Numbers(separator=separator))
    catalogue = Catalogue(
        agencies=(make_agency(),), queues=(make_queue(code=code),), services=(make_service(queue=code),)
    )
    places = [place for place, _ in find_faults(site, catalogue)]
    assert places == ([f"queues[0] ({code}).code"] if faulty else [])
