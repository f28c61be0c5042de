"""The list without a number, the mall's own page and a call for staff, on the real window with the real desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.core import visit as v
from kiosk.core.visit import Screen
from tests.support.kiosk_window import Kiosk

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]

Open = Callable[..., Kiosk]


@pytest.mark.parametrize("panel", ["portrait", "small"])
def test_a_visitor_takes_the_list_and_no_number(kiosk: Open, panel: str) -> None:
    it = kiosk(panel=panel)
    it.ready()
    it.walk_to_sheet("C01", "en")
    it.touch("more")
    it.until(lambda: it.find("list"), "the page of what is taken along")
    it.touch("list")
    it.until(lambda: it.says("take your list"), "the list")
    assert it.tickets() == []
    (paper,) = it.papers()
    text = paper.with_suffix(".txt").read_text(encoding="utf-8")
    assert "[ ] Copy of the latest family card (KK)" in text and "not a queue number" in text

    it.touch("back")
    it.until(lambda: it.find("take"), "the sheet")
    it.touch("take")
    it.see(Screen.RESULT)
    assert len(it.tickets()) == 1 and len(it.papers()) == 2


def test_a_list_without_paper_says_so(kiosk: Open, tmp_path: Path) -> None:
    it = kiosk()
    it.ready()
    it.walk_to_sheet("C01", "id")
    (tmp_path / "state" / "paper").mkdir(parents=True, exist_ok=True)
    (tmp_path / "state" / "paper" / "faults.txt").write_text("paper_out", encoding="ascii")
    it.touch("more")
    it.until(lambda: it.find("list"), "the page of what is taken along")
    it.touch("list")
    it.until(lambda: it.says("Daftar tidak tercetak: kertas printer habis"), "the cause")
    assert it.papers() == [] and it.tickets() == []


def test_staff_are_told_when_the_server_has_the_call_and_not_before(kiosk: Open) -> None:
    it = kiosk(SERVER__URL="http://127.0.0.1:9")
    it.ready()
    it.touch("help")
    it.until(lambda: it.find("call"), "help")
    it.touch("call")
    it.until(lambda: it.says("Mencoba memberi tahu petugas"), "the trying")
    assert not it.says("sudah diberi tahu")
    it.app.supply._thread.submit(_acknowledge, lambda answer: None)
    it.until(lambda: it.says("Petugas sudah diberi tahu"), "the answer")
    it.touch("info")
    it.until(lambda: it.says("lapor.go.id"), "the mall's own page")
    it.touch("back")
    it.until(lambda: it.find("call"), "help again")


def test_nobody_is_told_where_nobody_answers(kiosk: Open) -> None:
    it = kiosk(SERVER__URL="http://127.0.0.1:9")
    it.ready()
    it.touch("help")
    it.until(lambda: it.find("call"), "help")
    it.touch("call")
    it.until(lambda: it.app.visit.call is not None, "the call")
    it.idle(v.Timing().call_limit + 1)
    it.until(lambda: it.says("tidak dapat memanggil petugas"), "the answer")
    assert it.says("Lantai 3, dekat pintu masuk") and it.find("call").enabled


def _acknowledge(desk: object) -> None:
    """What the pump does when the server has the outbox."""
    store = desk.store  # type: ignore[attr-defined]
    with store._transaction():
        store._db.execute("UPDATE outbox SET acknowledged_at = occurred_at WHERE acknowledged_at IS NULL")
