"""The desk knows its paper: what is left, whether it prints, and that a roll was changed."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from kiosk import settings as settings_module
from kiosk.core.visit import Issued
from kiosk.desk import Desk
from kiosk.desk_setup import open_desk
from kiosk.paper_roll import NAME, PaperRoll
from kiosk.site import SiteData
from printer.readiness import Level
from printer.roll import Roll
from printer.status import Cause
from printer.virtual.faults import Fault
from tests.support.turnable_clock import TurnableClock


@pytest.fixture
def desk(tmp_path: Path, site_data: SiteData, clock: TurnableClock):  # type: ignore[no-untyped-def]
    settings = settings_module.load(
        environ={"ANJUNGAN_KIOSK__IGNORE_HOURS": "true", "ANJUNGAN_PRINTER__ROLL_M": "30"}
    )
    desk = open_desk(settings, tmp_path, site_data, clock)
    yield desk
    desk.close()


def events(desk: Desk) -> list[tuple[str, dict[str, object]]]:
    rows = desk.store._db.execute(
        "SELECT type, body, ticket FROM outbox WHERE type = 'paper.changed'"
    ).fetchall()
    return [(kind, json.loads(body)) for kind, body, ticket in rows if ticket is None]


def issue(desk: Desk) -> str:
    answer = desk.issue("C01")
    assert isinstance(answer, Issued)
    return answer.outcome.value


def test_each_paper_is_counted_and_a_change_starts_anew(desk: Desk, tmp_path: Path) -> None:
    for _ in range(3):
        assert issue(desk) == "printed"
    found = PaperRoll(tmp_path, 30).roll()
    assert found.tickets == 3
    assert 300 < found.used_mm < 600
    ready = desk.readiness()
    assert ready.level is Level.OK
    assert ready.left is not None
    assert 150 < ready.left.tickets < 250
    assert desk.paper_changed("technician") == found
    assert PaperRoll(tmp_path, 30).roll() == Roll()
    assert events(desk) == [
        ("paper.changed", {"who": "technician", "tickets": 3, "used_mm": round(found.used_mm)})
    ]


def test_a_copy_is_paper_too_and_a_refused_one_is_none(desk: Desk, tmp_path: Path) -> None:
    answer = desk.issue("C01")
    assert isinstance(answer, Issued)
    desk.reprint(answer.ticket, "desk", "lost")
    (tmp_path / "paper" / "faults.txt").write_text("cover_open")
    desk.reprint(answer.ticket, "desk", "lost")
    assert PaperRoll(tmp_path, 30).roll().tickets == 2
    assert desk.readiness().cause is Cause.COVER_OPEN


def test_the_end_of_the_count_is_low_although_the_sensor_says_nothing(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(json.dumps({"tickets": 200, "used_mm": 26_000}))
    assert (desk.readiness().level, desk.readiness().cause) == (Level.LOW, Cause.PAPER_LOW)


def test_a_new_roll_is_noticed_by_the_sensor(desk: Desk, tmp_path: Path) -> None:
    issue(desk)
    (tmp_path / "paper" / "faults.txt").write_text(Fault.PAPER_OUT.value)
    assert desk.readiness().cause is Cause.PAPER_OUT
    assert events(desk) == []
    (tmp_path / "paper" / "faults.txt").write_text(f"{Fault.PAPER_OUT.value}\n{Fault.SILENT.value}")
    assert desk.readiness().level is Level.UNKNOWN
    (tmp_path / "paper" / "faults.txt").unlink()
    assert desk.readiness().level is Level.OK
    assert [body["who"] for _, body in events(desk)] == ["sensor"]
    assert PaperRoll(tmp_path, 30).roll() == Roll()
    assert desk.readiness().level is Level.OK
    assert len(events(desk)) == 1


def test_a_visitor_who_meets_the_new_roll_first_tells_of_it_too(desk: Desk, tmp_path: Path) -> None:
    issue(desk)
    (tmp_path / "paper" / "faults.txt").write_text(Fault.PAPER_OUT.value)
    assert issue(desk) == "not_printed"
    (tmp_path / "paper" / "faults.txt").unlink()
    assert issue(desk) == "printed"
    assert len(events(desk)) == 1


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"tickets": "x", "used_mm": 1}', "\xff"])
def test_a_count_that_cannot_be_read_costs_no_ticket(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / NAME).write_bytes(text.encode("latin-1"))
    roll = PaperRoll(tmp_path, 30)
    with caplog.at_level(logging.WARNING):
        assert roll.roll() == Roll()
    assert NAME in caplog.text
    roll.add(100)
    assert roll.roll() == Roll(1, 100)


def test_a_count_that_cannot_be_written_costs_no_ticket(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("in the way")
    roll = PaperRoll(tmp_path / "state", 30)
    with caplog.at_level(logging.WARNING):
        roll.add(100)
    assert "not counted" in caplog.text
