"""Nothing gets a visitor out of the app, and trouble with the store is one calm screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.core.visit import Screen
from tests.support.kiosk_window import Kiosk

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]

Open = Callable[..., Kiosk]


@pytest.mark.parametrize(
    "keys",
    [
        "Escape",
        "F1",
        "F11",
        "F12",
        "alt+F4",
        "ctrl+e",
        "ctrl+q",
        "Menu",
        "Tab",
        "super+d",
    ],
)
def test_no_key_but_the_six_does_anything(kiosk: Open, keys: str) -> None:
    it = kiosk()
    it.ready()
    it.touch("start")
    it.see(Screen.AGENCIES)
    it.x("key", keys)
    it.frames(5)
    assert it.screen is Screen.AGENCIES
    assert it.window.children == [it.app.root]
    assert it._loop.status == "started"


def test_closing_the_window_is_refused(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    assert it.window.dispatch("on_request_close", source="keyboard") is True
    it.frames(3)
    assert it.find("start") is not None


def test_kivy_has_no_settings_modules_or_dots(kiosk: Open) -> None:
    from kivy.config import Config
    from kivy.modules import Modules

    it = kiosk()
    it.ready()
    assert it.app.open_settings() is False
    assert list(Config.options("modules")) == []
    assert [name for name, module in Modules.mods.items() if module["activated"]] == []
    assert "disable_multitouch" in Config.get("input", "mouse")
    assert Config.options("input") == ["mouse"]
    assert Config.getboolean("kivy", "exit_on_escape") is False
    it.x("mousemove", 300, 300, "click", 3)  # the right button makes Kivy's red dots
    it.frames(3)
    assert it.window.children == [it.app.root]
    assert it.screen is Screen.ATTRACT


def test_a_damaged_store_is_one_calm_screen_and_numbers_go_on_after_a_restart(
    kiosk: Open, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    it = kiosk(state=state)
    it.ready()
    it.walk_to_sheet()
    it.touch("take")
    it.see(Screen.RESULT)
    it.close()

    database = state / "anjungan.db"
    for beside in (state / "anjungan.db-wal", state / "anjungan.db-shm"):
        beside.unlink(missing_ok=True)
    database.write_bytes(b"not a database " * 600)
    it = kiosk(state=state)
    it.see(Screen.FAULT)
    assert it.says("E-STO-02")
    assert it.targets() <= {"language"}, "there is nothing else to touch"
    kept = list(state.glob("anjungan.db.broken-*"))
    assert len(kept) == 1
    assert kept[0].read_bytes() == b"not a database " * 600
    it.close()

    it = kiosk(state=state)
    it.ready()
    it.walk_to_sheet()
    it.touch("take")
    it.see(Screen.RESULT)
    assert it.says("C-002")
