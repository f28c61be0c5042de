"""A whole visit with six keys: seen by its ring, or heard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.core.modes import Modes
from kiosk.core.visit import Screen
from tests.support.kiosk_window import Kiosk
from tests.support.voice import listening_voice, phrases

pytestmark = [pytest.mark.ui, pytest.mark.timeout(180)]

Open = Callable[..., Kiosk]
MOST_STEPS = 60


def reach(it: Kiosk, target: str) -> None:
    """Go right until ``target`` wears the ring."""
    for _ in range(MOST_STEPS):
        tap = it.app.stage.focused()
        if tap is not None and tap.target == target:
            return
        it.x("key", "Right")
    raise AssertionError(f"{target} was not reached; {sorted(it.targets())}")


def test_a_whole_visit_by_keys_alone(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    reach(it, "start")
    it.x("key", "Return")
    it.see(Screen.AGENCIES)
    assert it.app.stage.focused() is None, "a new screen begins before its first choice"
    reach(it, "agency:C")
    it.x("key", "Right", "Left", "Return")
    it.see(Screen.SERVICES)
    it.x("key", "BackSpace")
    it.see(Screen.AGENCIES)
    reach(it, "agency:C")
    it.x("key", "Return")
    it.see(Screen.SERVICES)
    it.x("key", "h")
    it.until(lambda: it.app.visit.help, "help")
    it.x("key", "BackSpace")
    it.until(lambda: not it.app.visit.help, "no help")
    reach(it, "service:C01")
    it.x("key", "Return")
    it.see(Screen.SHEET)
    reach(it, "priority")
    it.x("key", "Return")
    it.until(lambda: it.app.visit.priority, "the tick")
    reach(it, "take")
    it.x("key", "Return")
    it.see(Screen.RESULT)
    assert [(t.service, t.priority) for t in it.tickets()] == [("C01", True)]
    reach(it, "done")
    it.x("key", "Return")
    it.see(Screen.ATTRACT)


def test_the_keys_reach_everything_and_never_end(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    it.touch("start")
    it.see(Screen.AGENCIES)
    count = len(it.app.stage.focusable())
    reached = []
    for _ in range(count + 1):
        it.x("key", "Right")
        reached.append(it.app.stage.focused().target)
    assert set(reached) >= it.targets()
    assert reached[0] == reached[-1]
    it.x("key", "Left")
    assert it.app.stage.focused().target == reached[-2]


@pytest.mark.parametrize("contrast", ["", "light", "dark"])
def test_the_ring_is_seen(kiosk: Open, contrast: str) -> None:
    from kiosk.core import visit as v
    from kiosk.ui import theme

    it = kiosk()
    it.ready()
    it.app.dispatch_event(v.SetModes(Modes(contrast=contrast)))  # type: ignore[arg-type]
    for screen, token, ground in ((Screen.ATTRACT, "gold", "deep"), (Screen.AGENCIES, "sea", "paper")):
        it.see(screen)
        before = it.picture()
        it.x("key", "Right")
        tap = it.app.stage.focused()
        after = it.picture()
        assert theme.contrast(token, ground) >= 3
        wanted = tuple(round(part * 255) for part in theme.rgba(token)[:3])
        x, y = round(tap.center_x), round(it.height - tap.top - 1.0 * theme.metrics().px_per_mm)
        assert max(abs(a - b) for a, b in zip(after.getpixel((x, y)), wanted, strict=True)) < 8
        assert before.getpixel((x, y)) != after.getpixel((x, y))
        it.app.dispatch_event(v.Start())


def test_a_held_key_chooses_once(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    reach(it, "start")
    it.x("keydown", "Return")
    it.see(Screen.AGENCIES)
    it.app.keypad.down(13, [], False)
    it.app.keypad.down(13, [], False)
    assert it.app.stage.focused() is None
    it.x("keyup", "Return")


def test_any_key_answers_the_warning_and_does_nothing_else(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    it.walk_to_sheet()
    reach(it, "take")
    for key in ("Return", "BackSpace", "h", "Right", "r"):
        it.idle(46)
        assert it.app.visit.warned
        it.x("key", key)
        it.until(lambda: not it.app.visit.warned, "the visit to go on")
        assert (it.screen, it.app.visit.help) == (Screen.SHEET, False)


@pytest.fixture
def ear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A voice that writes down what it says, found where espeak-ng is found."""
    folder = tmp_path / "voice"
    listening_voice(folder)
    import os

    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


class Blind:
    """Presses keys and hears; sees nothing."""

    def __init__(self, it: Kiosk, ear: Path) -> None:
        self._it, self._ear, self._from = it, ear, 0

    def press(self, key: str) -> str:
        """Press ``key`` and return what is said then."""
        self._from = len(phrases(self._ear))
        self._it.x("key", key)
        self._it.until(lambda: len(phrases(self._ear)) > self._from, f"a word after {key}")
        self._it.frames(6)
        return "\n".join(phrases(self._ear)[self._from :])

    def choose(self, words: str) -> str:
        """Go on until something with ``words`` is said, and select it; return what is said of the next screen."""
        for _ in range(MOST_STEPS):
            said = self.press("Right")
            if words.lower() in said.lower():
                return self.press("Return")
            if said.lower().startswith("berikutnya"):
                assert "Halaman" in self.press("Return")
        raise AssertionError(f"nothing said {words!r}")


def test_a_blind_visit(kiosk: Open, ear: Path) -> None:
    it = kiosk()
    it.ready()
    blind = Blind(it, ear)
    said = blind.press("r")
    assert "Ambil nomor antrean di sini" in said and "Tombol kanan untuk maju" in said
    assert "Mau ke instansi mana?" in blind.choose("sentuh untuk mulai")
    assert "Apa keperluan Anda?" in blind.choose("dukcapil")
    said = blind.choose("KTP-el baru")
    assert "Yang perlu Anda bawa" in said and "Biaya: Gratis" in said
    said = blind.choose("didahulukan")
    assert "aktif" in said and "tidak aktif" not in said
    blind.choose("ambil nomor antrean")
    it.see(Screen.RESULT)
    it.until(lambda: any("C 0 0 1" in phrase for phrase in phrases(ear)), "the number, digit by digit")
    assert any(re.search("Tunggu di: Lantai", phrase) for phrase in phrases(ear))
    assert [(t.service, t.priority) for t in it.tickets()] == [("C01", True)]
    while not blind.press("Right").lower().startswith("selesai"):
        pass
    it.x("key", "Return")
    it.see(Screen.ATTRACT)
    assert it.app.visit.modes == Modes()


def test_speech_is_interrupted_repeated_and_paused(
    kiosk: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    folder = tmp_path / "voice"
    listening_voice(folder, lasts_s=60)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    it = kiosk()
    it.ready()
    it.x("key", "r")
    it.until(lambda: it.app.visit.speaking, "speech")
    it.idle(500)
    assert not it.app.visit.warned and it.app.visit.modes.speech, "time stands still while it speaks"
    it.x("key", "r")
    it.until(lambda: it.app.speech.paused, "the pause")
    it.until(lambda: not it.app.visit.speaking, "the pause to be known")
    it.x("key", "r")
    it.until(lambda: not it.app.speech.paused, "the voice going on")
    process = it.app.speech._process
    it.x("key", "Right")
    assert process.poll() is not None, "the next key interrupts"
    it.x("key", "Return")
    it.x("mousemove", 540, 30, "click", 1)
    it.until(lambda: not it.app.speech.poll(), "silence after a touch")


def test_a_slow_finger_across_a_countdown_presses_what_it_rests_on(kiosk: Open) -> None:
    from kiosk.core import visit as v

    it = kiosk()
    it.ready()
    it.app.dispatch_event(v.SetModes(Modes(large=True, big=True)))
    it.app.dispatch_event(v.Start())
    it.app.dispatch_event(v.ChooseAgency("C"))
    it.app.dispatch_event(v.ChooseService("C01", "C"))
    it.app.dispatch_event(v.TakeTicket())
    it.see(Screen.RESULT)
    it.look()
    finger = it.finger("slow", "done")
    left = it.app.visit.countdown
    it.until(lambda: it.app.visit.countdown < left, "the countdown")
    assert it.says(f"{it.app.visit.countdown} detik")
    assert it.find("done").pressed
    finger.lift()
    it.see(Screen.ATTRACT)


def test_headphones_start_speech_and_end_it(
    kiosk: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    from kiosk.devices import jack

    folder = tmp_path / "voice"
    listening_voice(folder)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    pipe = tmp_path / "event0"
    os.mkfifo(pipe)
    hand = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    monkeypatch.setattr(jack, "jacks", lambda root: (pipe,))
    it = kiosk()
    it.ready()
    for plugged in (1, 0, 1):
        os.write(hand, jack.EVENT.pack(0, 0, jack.EV_SW, jack.SW_HEADPHONE_INSERT, plugged))
        it.until(lambda: it.app.visit.modes.speech is bool(plugged), "the plug")  # noqa: B023
    it.until(lambda: "Selamat datang" in " ".join(phrases(folder)), "the welcome")
    os.close(hand)
