"""A printer that cannot print is told before a visitor is disappointed, and the kiosk goes on by itself when it can."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.core.visit import Screen
from tests.support.kiosk_window import Kiosk

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]

Open = Callable[..., Kiosk]


def fail(state: Path, *faults: str) -> None:
    """Give the virtual printer these faults; none mends it."""
    (state / "paper").mkdir(parents=True, exist_ok=True)
    (state / "paper" / "faults.txt").write_text("\n".join(faults), encoding="ascii")


def test_numbers_come_on_the_screen_while_there_is_no_paper(kiosk: Open, tmp_path: Path) -> None:
    fail(tmp_path / "state", "paper_out")
    it = kiosk()
    it.ready()
    it.until(lambda: it.says("Kertas printer habis"), "the first screen to say so")
    it.walk_to_sheet()
    assert it.says("Ambil nomor di layar")
    it.touch("take")
    it.see(Screen.NOT_PRINTED)
    it.touch("keep")
    it.see(Screen.ATTRACT)
    assert it.tickets()[0].kept


def test_by_setting_no_numbers_until_the_printer_is_back(kiosk: Open, tmp_path: Path) -> None:
    fail(tmp_path / "state", "cover_open")
    it = kiosk(PRINTER__WHEN_OUT="close")
    it.ready()
    it.until(lambda: it.says("Belum siap"), "the first screen to say so")
    assert it.says("Penutup printer terbuka")
    it.walk_to_sheet()
    assert it.find("take") is None
    assert it.says("Penutup printer terbuka")
    assert it.says("Fotokopi Kartu Keluarga terbaru"), "what to bring is told all the same"
    it.touch("home")
    it.see(Screen.ATTRACT)

    fail(tmp_path / "state")
    it.until(lambda: it.says("Buka"), "the kiosk to open again by itself")
    it.walk_to_sheet()
    it.touch("take")
    it.see(Screen.RESULT)
    assert len(it.papers()) == 1


def test_paper_that_will_end_is_told_to_staff_and_prints(kiosk: Open, tmp_path: Path) -> None:
    fail(tmp_path / "state", "paper_low")
    it = kiosk()
    it.ready()
    it.until(lambda: it.says("kertas printer hampir habis"), "the first screen to tell staff")
    it.walk_to_sheet()
    assert it.says("Ambil nomor antrean")
    it.touch("take")
    it.see(Screen.RESULT)
    assert len(it.papers()) == 1
