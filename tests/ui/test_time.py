"""Time on the glass: the idle warning, closed for every reason, midnight under a visitor's finger."""

from __future__ import annotations

import datetime as dt
import json
import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.core.visit import Screen
from kiosk.settings import DEFAULT_FILE
from tests.support.kiosk_window import Kiosk, WindowClock
from tests.support.turnable_clock import WIB

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]

Open = Callable[..., Kiosk]


def on(day: int, hour: int, minute: int = 0, month: int = 11) -> WindowClock:
    """Return a clock that stands at a moment of 2026 in Bangkalan."""
    return WindowClock(dt.datetime(2026, month, day, hour, minute, tzinfo=WIB))


def test_a_warning_then_everything_is_wiped(kiosk: Open, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    it = kiosk()
    it.ready()
    it.walk_to_sheet("C01", "en")
    it.touch("priority")
    it.until(lambda: it.app.visit.priority, "the tick")
    it.idle(44)
    assert not it.app.visit.warned
    it.idle(2)
    assert it.app.visit.warned
    assert it.targets() == {"stay"}, "the warning asks for one thing"
    left = it.app.visit.countdown
    assert left is not None and 18 <= left <= 20
    it.idle(21)
    it.see(Screen.ATTRACT)
    kept = [str(vars(record)) for record in caplog.records if record.name.startswith("kiosk")]
    assert any("'screen': 'sheet'" in record for record in kept)
    assert not [one for one in kept if "C01" in one or "KTP" in one], "the log keeps what a visitor looked at"
    visit = it.app.visit
    assert (visit.language, visit.agency, visit.service, visit.priority, visit.query) == (
        "id",
        None,
        None,
        False,
        "",
    )
    assert it.tickets() == []


def test_one_touch_anywhere_stays_and_presses_nothing_else(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    it.walk_to_sheet()
    take = it.at("take")
    for _ in range(10):  # as often as needed (WCAG 2.2.1: at least ten times)
        it.idle(46)
        assert it.app.visit.warned
        it.look()
        it.x("mousemove", *take, "click", 1)
        assert not it.app.visit.warned
        assert it.screen is Screen.SHEET
    assert it.tickets() == []


def test_the_result_goes_by_itself(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    it.walk_to_sheet()
    it.touch("take")
    it.see(Screen.RESULT)
    it.idle(21)
    it.see(Screen.ATTRACT)


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        (on(29, 9), "Tutup"),  # a Sunday
        (on(25, 9, month=12), "Libur"),  # Christmas
        (on(24, 6, 30), "Buka pukul 08.00"),
        (on(24, 13, 45), "13.30"),  # the last number was at
        (on(24, 15), "Tutup sejak pukul 14.00"),
        (on(27, 12), "Buka lagi pukul 13.00"),  # Friday prayer
    ],
    ids=["weekday", "holiday", "early", "last", "after", "break"],
)
def test_each_closed_time_says_why_and_gives_no_number(kiosk: Open, clock: WindowClock, words: str) -> None:
    it = kiosk(clock=clock)
    it.ready()
    it.touch("start")
    it.see(Screen.AGENCIES)
    it.touch("agency:C")
    it.see(Screen.SERVICES)
    row = it.find("service:C01")
    assert words in row.badge, row.badge
    it.touch("service:C01")
    it.see(Screen.SHEET)
    assert it.find("take") is None
    assert it.says("Fotokopi Kartu Keluarga terbaru"), "what to bring is told all the same"


def changed_site(folder: Path, **changes: object) -> Path:
    """Return a configuration whose site is the sample with ``changes`` to service C01."""
    shutil.copytree(DEFAULT_FILE.parent / "sites" / "bangkalan", folder / "sites" / "bangkalan")
    shutil.copy(DEFAULT_FILE, folder / "kiosk.toml")
    file = folder / "sites" / "bangkalan" / "catalogue.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    (row,) = [service for service in data["services"] if service["code"] == "C01"]
    row.update(changes)
    file.write_text(json.dumps(data), encoding="utf-8")
    return folder / "kiosk.toml"


def test_the_quota_is_reached_at_the_kiosk(kiosk: Open, tmp_path: Path) -> None:
    it = kiosk(config=changed_site(tmp_path, quota=1))
    it.ready()
    it.walk_to_sheet()
    it.touch("take")
    it.see(Screen.RESULT)
    it.touch("done")
    it.walk_to_sheet()
    assert it.find("take") is None
    assert it.says("Kuota hari ini habis")
    assert len(it.tickets()) == 1


def test_a_closed_counter_says_its_reason(kiosk: Open, tmp_path: Path) -> None:
    reason = {"id": "Blangko KTP sedang habis", "en": "Blank cards have run out"}
    it = kiosk(config=changed_site(tmp_path, closed=reason))
    it.ready()
    it.walk_to_sheet()
    assert it.find("take") is None
    assert it.says("Blangko KTP sedang habis")


def test_the_desk_refuses_what_closed_under_the_finger(kiosk: Open) -> None:
    clock = on(24, 13, 29)
    it = kiosk(clock=clock)
    it.ready()
    it.walk_to_sheet()
    assert it.find("take") is not None
    clock.wall += dt.timedelta(minutes=2)
    if it.find("take") is not None:  # unless the glass was drawn anew and shows it by itself
        it.touch("take")
    it.until(lambda: it.find("take") is None and it.screen is Screen.SHEET, "the refusal")
    assert it.says("13.30")
    assert it.tickets() == []


def test_midnight_while_a_visitor_chooses(kiosk: Open) -> None:
    clock = on(24, 23, 59)
    it = kiosk(clock=clock, KIOSK__IGNORE_HOURS="true")
    it.ready()
    it.walk_to_sheet()
    it.touch("take")
    it.see(Screen.RESULT)
    it.touch("another")
    it.see(Screen.AGENCIES)
    clock.pass_time(dt.timedelta(seconds=30))
    it.touch("agency:C")
    it.see(Screen.SERVICES)
    it.touch("service:C01")
    it.see(Screen.SHEET)
    clock.pass_time(dt.timedelta(seconds=40))
    it.touch("take")
    it.see(Screen.RESULT)
    assert [(str(ticket.service_day), ticket.display) for ticket in it.tickets()] == [
        ("2026-11-24", "C-001"),
        ("2026-11-25", "C-001"),
    ]
