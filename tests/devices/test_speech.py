"""The voice: it renders, it is loud enough and long enough, it is interrupted, it pauses, it ends."""

from __future__ import annotations

import array
import math
import time
import wave
from pathlib import Path

import pytest

from kiosk.devices import speech
from kiosk.devices.speech import Speech, SpeechError, render
from tests.support.voice import listening_voice

SENTENCES = {
    "id": ("Mau ke instansi mana?", "Tiga belas pilihan."),
    "en": ("Which agency do you need?", "Thirteen choices."),
}


def heard(file: Path) -> tuple[float, float]:
    """Return length in seconds and level (RMS of full scale) of a WAV file."""
    with wave.open(str(file)) as sound:
        samples = array.array("h", sound.readframes(sound.getnframes()))
        rate = sound.getframerate()
    return len(samples) / rate, math.sqrt(sum(s * s for s in samples) / len(samples)) / 32768


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_becomes_sound(language: str, tmp_path: Path) -> None:
    file = tmp_path / "said.wav"
    render(SENTENCES[language], language, 3, file)
    seconds, level = heard(file)
    assert 1.5 < seconds < 10
    assert level > 0.02, "the file is all but silent"


def test_each_step_is_louder_and_more_words_take_longer(tmp_path: Path) -> None:
    levels = []
    for volume in speech.AMPLITUDE:
        render(SENTENCES["id"], "id", volume, tmp_path / "said.wav")
        levels.append(heard(tmp_path / "said.wav")[1])
    assert levels == sorted(levels) and levels[-1] > 2 * levels[0]
    render(SENTENCES["id"] * 3, "id", 3, tmp_path / "long.wav")
    assert heard(tmp_path / "long.wav")[0] > 2 * heard(tmp_path / "said.wav")[0]


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match=r"E-SPK-02.*nowhere"):
        render(("a",), "id", 3, tmp_path / "nowhere" / "said.wav")


def test_without_a_voice_nothing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert speech.program() is None
    voice = Speech(speech.program())
    assert (voice.available, voice.say(("a",), "id", 3), voice.poll()) == (False, False, False)
    with pytest.raises(SpeechError, match=r"E-SPK-01.*apt-get install espeak-ng"):
        render(("a",), "id", 3, tmp_path / "said.wav")


def until(voice: Speech, speaking: bool) -> None:
    end = time.monotonic() + 5
    while voice.poll() is not speaking:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_next_thing_said_interrupts(tmp_path: Path) -> None:
    voice = Speech(listening_voice(tmp_path, lasts_s=60))
    assert voice.say(("pertama",), "id", 3)
    first = voice._process
    assert voice.say(("kedua", "ketiga"), "en", 5)
    assert first is not None and first.poll() is not None, "the first is silent before the second speaks"
    assert voice.poll()
    voice.stop()
    assert not voice.poll()


def test_a_pause_holds_it_and_time_goes_on(tmp_path: Path) -> None:
    voice = Speech(listening_voice(tmp_path, lasts_s=60))
    voice.say(("pertama",), "id", 3)
    voice.pause()
    assert (voice.paused, voice.poll()) == (True, False)
    voice.pause()
    assert (voice.paused, voice.poll()) == (False, True)
    voice.pause()
    voice.stop()  # a held process ends too
    assert (voice.paused, voice.poll()) == (False, False)


def test_it_ends_by_itself(tmp_path: Path) -> None:
    voice = Speech(listening_voice(tmp_path, lasts_s=0))
    voice.say(("pertama",), "id", 3)
    until(voice, speaking=False)
    assert (tmp_path / "heard").read_text(encoding="utf-8").startswith("id\tpertama")


def test_a_voice_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "LONGEST_S", 0.0)
    voice = Speech(listening_voice(tmp_path, lasts_s=60))
    voice.say(("pertama",), "id", 3)
    until(voice, speaking=False)


def test_a_voice_that_does_not_listen_is_no_harm(tmp_path: Path) -> None:
    deaf = tmp_path / "espeak-ng"
    deaf.write_text("#!/bin/sh\nexec <&-\nexit 1\n", encoding="ascii")
    deaf.chmod(0o755)
    voice = Speech(str(deaf))
    for _ in range(20):
        voice.say(
            ("kata " * 10_000,), "id", 3
        )  # more than a pipe holds: the end of the program is noticed here
    until(voice, speaking=False)
    assert voice.available


def test_a_voice_that_cannot_be_run_is_no_voice(tmp_path: Path) -> None:
    broken = tmp_path / "espeak-ng"
    broken.write_text("no program", encoding="ascii")
    voice = Speech(str(broken))
    assert not voice.say(("pertama",), "id", 3)
    assert not voice.available
