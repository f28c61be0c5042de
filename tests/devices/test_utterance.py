"""Recordings, the cache and the player: what is heard, taken down at the player's standard input."""

from __future__ import annotations

import array
import os
import sys
import time
import wave
from pathlib import Path

import pytest

from kiosk.devices import utterance
from kiosk.devices.clips import RATE, clips
from kiosk.devices.speech import Speech, player, program
from tests.support.voice import listening_voice, phrases

PATIENCE_S = 20.0
LOUD = 8000


def recording(file: Path, seconds: float = 0.5, rate: int = RATE, channels: int = 1) -> bytes:
    """Write a square wave; return its samples."""
    samples = array.array("h", ([LOUD] * 20 + [-LOUD] * 20) * int(rate * channels * seconds / 40)).tobytes()
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples)
    return samples


def listed(voice: Path, language: str, **named: str) -> None:
    lines = [f'"{phrase}" = "{name}"' for phrase, name in named.items()]
    (voice / language).mkdir(parents=True, exist_ok=True)
    (voice / language / "clips.toml").write_text("\n".join(["[clips]", *lines, ""]), encoding="utf-8")


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a program ``aplay`` first on PATH, which appends what it is given to ``heard.pcm``."""
    folder = tmp_path / "player"
    folder.mkdir()
    file = folder / "aplay"
    file.write_text(
        f"#!{sys.executable}\nimport sys\n"
        f"open({str(folder / 'heard.pcm')!r}, 'ab').write(sys.stdin.buffer.read())\n",
        encoding="utf-8",
    )
    file.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return folder


def say(voice: Speech, *words: str, language: str = "id", volume: int = 3) -> None:
    assert voice.say(words, language, volume)
    end = time.monotonic() + PATIENCE_S
    while voice.poll():
        assert time.monotonic() < end, "the utterance does not end"
        time.sleep(0.01)


def heard(folder: Path) -> bytes:
    file = folder / "heard.pcm"
    return file.read_bytes() if file.exists() else b""


def test_what_is_rendered_once_is_kept_and_played_again(out: Path, tmp_path: Path) -> None:
    voice = Speech(program(), player("aplay", (), tmp_path / "cache"))
    say(voice, "Mau ke instansi mana?", "Tiga belas pilihan.")
    first = heard(out)
    assert len(first) > 2 * RATE * 1.5, "two sentences take longer than a second and a half"
    kept = sorted((tmp_path / "cache").iterdir())
    assert [file.suffix for file in kept] == [".pcm", ".pcm"]
    kept[0].write_bytes(b"\1\0" * 100)
    say(voice, "Mau ke instansi mana?", "Tiga belas pilihan.")
    assert b"\1\0" * 100 in heard(out)[len(first) :], "the second time comes from the cache"
    say(voice, "Tiga belas pilihan.", volume=5)
    assert len(list((tmp_path / "cache").iterdir())) == 3, "another volume is another sound"


def test_a_recording_replaces_its_phrase_and_the_sites_own_wins(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = listening_voice(tmp_path / "espeak")
    mall, program_own = tmp_path / "site" / "voice", tmp_path / "assets" / "voice"
    ours = recording(mall / "id" / "halo.wav", 0.3)
    theirs = recording(program_own / "id" / "other.wav", 0.9)
    listed(mall, "id", Halo="halo.wav")
    listed(program_own, "id", Halo="other.wav", Lagi="other.wav")
    voice = Speech(path, player("aplay", (mall, program_own), tmp_path / "cache"))
    say(voice, "Halo", "Lagi")
    assert heard(out) == ours + utterance.REST + theirs
    assert phrases(tmp_path / "espeak") == [], "nothing was left for the machine to say"


def test_a_recording_follows_the_volume(out: Path, tmp_path: Path) -> None:
    recording(tmp_path / "voice" / "id" / "halo.wav")
    listed(tmp_path / "voice", "id", Halo="halo.wav")
    voice = Speech("/bin/true", player("aplay", (tmp_path / "voice",), tmp_path / "cache"))
    loudest = []
    for volume in utterance.LOUDNESS:
        before = len(heard(out))
        say(voice, "Halo", volume=volume)
        loudest.append(max(array.array("h", heard(out)[before:])))
    assert loudest == [round(LOUD * factor) for factor in utterance.LOUDNESS.values()]


def test_interrupting_ends_the_player_too(tmp_path: Path, out: Path) -> None:
    (out / "aplay").write_text(
        f"#!{sys.executable}\nimport os, pathlib, time\n"
        f"pathlib.Path({str(out / 'pid.part')!r}).write_text(str(os.getpid()))\n"
        f"os.rename({str(out / 'pid.part')!r}, {str(out / 'pid')!r})\ntime.sleep(60)\n",
        encoding="utf-8",
    )
    voice = Speech(program(), player("aplay", (), tmp_path / "cache"))
    assert voice.say(("Halo",), "id", 3)
    end = time.monotonic() + PATIENCE_S
    while not (out / "pid").exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    proc = Path("/proc") / (out / "pid").read_text(encoding="ascii") / "status"
    voice.pause()
    while "State:\tT" not in proc.read_text(encoding="ascii"):
        assert time.monotonic() < end, "a pause holds the player"
        time.sleep(0.01)
    voice.stop()
    while proc.exists() and "State:\tZ" not in proc.read_text(encoding="ascii"):
        assert time.monotonic() < end, "the player outlives its utterance"
        time.sleep(0.01)


def test_the_cache_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(utterance, "CACHE_BYTES", 250)
    for number in range(4):
        utterance._keep(tmp_path / f"{number}.pcm", bytes(100))
        os.utime(tmp_path / f"{number}.pcm", (number, number))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["2.pcm", "3.pcm"]


def test_a_cache_that_cannot_be_written_costs_no_words(out: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way", encoding="ascii")
    say(Speech(program(), player("aplay", (), tmp_path / "cache")), "Halo")
    assert len(heard(out)) > 1000


def test_each_fault_of_a_recording_is_named(tmp_path: Path) -> None:
    recording(tmp_path / "id" / "fast.wav", rate=44_100)
    recording(tmp_path / "id" / "two.wav", channels=2)
    recording(tmp_path / "id" / "good.wav")
    recording(tmp_path / "id" / "empty.wav", seconds=0)
    (tmp_path / "id" / "text.wav").write_text("not sound", encoding="ascii")
    named = {n: f"{n}.wav" for n in ("fast", "two", "good", "empty", "text", "gone")} | {"out": "../x.wav"}
    listed(tmp_path, "id", **named)
    good, faults = clips(tmp_path / "id")
    assert list(good) == ["good"]
    words = "\n".join(map(str, faults))
    assert words.count("E-SPK-03") == len(faults) == 6
    for part in ("44100 samples", "2 channel(s)", "is empty", "text.wav", "gone.wav", "name of a file"):
        assert part in words


@pytest.mark.parametrize(
    ("text", "said"), [("[clip]\n", "[clip] is not known"), ("clips = [", "cannot be read")]
)
def test_a_list_that_is_none_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "clips.toml").write_text(text, encoding="utf-8")
    good, faults = clips(tmp_path)
    assert not good and said in str(faults[0])
    assert clips(tmp_path / "nowhere") == ({}, [])


def test_no_player_means_none(tmp_path: Path) -> None:
    assert player("", (), tmp_path) is None
    assert player("no-such-player", (), tmp_path) is None
