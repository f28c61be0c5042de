"""The board's sound: a chime of our own, and sentences that are rendered once and kept up to a size."""

from __future__ import annotations

import asyncio
import io
import itertools
import os
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from server.app import create_app
from server.board import chime
from server.board.voice import Voice, VoiceError
from server.db.database import Database
from server.settings import Settings
from tests.server.conftest import Clock
from tests.support.lobby import Lobby

PROGRAM = """#!{python}
import pathlib, sys, time
with pathlib.Path({heard!r}).open("a") as file:
    file.write(sys.argv[sys.argv.index("-v") + 1] + " " + sys.stdin.read() + "\\n")
time.sleep({lasts})
pathlib.Path(sys.argv[sys.argv.index("-w") + 1]).write_bytes(b"RIFF" + b"x" * {size})
sys.exit({code})
"""

Said = Callable[[], list[str]]


@pytest.fixture
def speaker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Put a program in espeak-ng's place; what it returns tells what it was given."""

    def place(size: int = 1000, code: int = 0, lasts: float = 0) -> Said:
        heard = tmp_path / "heard"
        heard.touch()
        file = tmp_path / "bin" / "espeak-ng"
        file.parent.mkdir(exist_ok=True)
        file.write_text(
            PROGRAM.format(python=sys.executable, heard=str(heard), size=size, code=code, lasts=lasts)
        )
        file.chmod(0o755)
        monkeypatch.setenv("PATH", str(file.parent), prepend=os.pathsep)
        return lambda: heard.read_text().splitlines()

    return place


def test_the_chime_is_a_soft_falling_third() -> None:
    with wave.open(io.BytesIO(chime.wav())) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        samples = memoryview(file.readframes(file.getnframes())).cast("h")
    assert 1 < len(samples) / 22_050 < 2
    assert max(map(abs, samples)) < 20_000, "not shrill"
    assert abs(samples[0]) < 50, "no click at the beginning"
    assert abs(samples[-1]) < 50, "nor at the end"
    crossings = [
        sum((one < 0) != (then < 0) for one, then in itertools.pairwise(part))
        for part in (samples[1000:5000].tolist(), samples[20_000:24_000].tolist())
    ]
    assert crossings[0] > crossings[1] > 0, "it falls"


@pytest.mark.skipif(Voice.program() is None, reason="espeak-ng is not installed")
def test_a_sentence_is_real_sound(tmp_path: Path) -> None:
    voice = Voice(tmp_path / "voice")
    files = [
        asyncio.run(voice.file(sentence, language))
        for sentence, language in (
            ("Nomor antrean A, nol nol satu, silakan menuju loket tiga.", "id"),
            ("Queue number A, zero zero one, please go to counter three.", "en"),
        )
    ]
    for file in files:
        with wave.open(str(file)) as sound:
            assert 2 < sound.getnframes() / sound.getframerate() < 10
            assert max(map(abs, memoryview(sound.readframes(sound.getnframes())).cast("h"))) > 3000


def test_whoever_asks_at_once_waits_for_the_same_file(tmp_path: Path, speaker: Callable[..., Said]) -> None:
    said = speaker()
    voice = Voice(tmp_path / "voice")

    async def many() -> list[Path]:
        return await asyncio.gather(*(voice.file("satu", "id") for _ in range(20)), voice.file("satu", "en"))

    files = asyncio.run(many())
    assert len(set(files)) == 2
    assert sorted(said()) == ["en satu", "id satu"]
    asyncio.run(Voice(tmp_path / "voice").file("satu", "id"))
    assert len(said()) == 2, "another worker, another day: it is kept"


def test_the_loop_goes_on_meanwhile_and_an_asker_may_leave(
    tmp_path: Path, speaker: Callable[..., Said]
) -> None:
    said = speaker(lasts=0.4)
    voice = Voice(tmp_path / "voice")

    async def watched() -> int:
        leaving, staying = (asyncio.create_task(voice.file("dua", "id")) for _ in range(2))
        turns = 0
        while not staying.done():
            turns += 1
            if said():
                leaving.cancel()
            await asyncio.sleep(0)
        assert (await staying).exists()
        assert leaving.cancelled()
        return turns

    assert asyncio.run(watched()) > 50
    assert said() == ["id dua"]


def test_the_folder_keeps_what_was_used_last(tmp_path: Path, speaker: Callable[..., Said]) -> None:
    said = speaker(size=400)
    voice = Voice(tmp_path / "voice", kept_bytes=1000)
    first = asyncio.run(voice.file("satu", "id"))
    os.utime(first, (1, 1))
    asyncio.run(voice.file("dua", "id"))
    asyncio.run(voice.file("satu", "id"))
    asyncio.run(voice.file("tiga", "id"))
    kept = list((tmp_path / "voice").iterdir())
    assert len(kept) == 2, "and nothing half made"
    assert first in kept
    assert said() == ["id satu", "id dua", "id tiga"]


@pytest.mark.parametrize(
    ("how", "fault"),
    [({"code": 1}, "ended with 1"), ({"lasts": 5}, "more than 0.3 s")],
)
def test_a_voice_that_fails_says_why_and_leaves_nothing(
    tmp_path: Path, speaker: Callable[..., Said], how: dict[str, float], fault: str
) -> None:
    speaker(**how)
    voice = Voice(tmp_path / "voice", deadline_s=0.3 if "lasts" in how else 10)
    with pytest.raises(VoiceError, match=fault) as told:
        asyncio.run(voice.file("satu", "id"))
    assert str(told.value).startswith("E-BRD-01")
    assert not list((tmp_path / "voice").iterdir())
    speaker()
    assert asyncio.run(voice.file("satu", "id")).exists(), "it is tried again"


def test_a_call_is_served_as_sound_and_nothing_else_can_be_said(
    sqlite_url: str, settings: Settings, clock: Clock, speaker: Callable[..., Said]
) -> None:
    said = speaker()
    database = Database(sqlite_url)
    lobby = Lobby(database)
    lobby.issue(1, priority=True)
    lobby.finish(lobby.call("3"), "3")
    with TestClient(create_app(settings, database, clock)) as client:
        got = [client.get("/papan/suara/1.id.wav") for _ in range(3)]
        assert {(one.status_code, one.headers["content-type"]) for one in got} == {(200, "audio/wav")}
        part = client.get("/papan/suara/1.id.wav", headers={"Range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, b"RIFF"), "browsers ask for parts"
        assert said() == ["id Nomor antrean prioritas C, nol nol satu, silakan menuju loket tiga."]
        for wrong in ("2.id", "1.fr", "99.id", "0.id", "9999999999999999999999.id"):  # 2 is no call: served
            assert client.get(f"/papan/suara/{wrong}.wav").status_code == 404, wrong
        bell = client.get("/papan/bel.wav")
        assert bell.content == chime.wav()
        assert "immutable" in bell.headers["cache-control"]
    assert len(said()) == 1


def test_without_espeak_the_board_has_its_chime_and_the_house_says_so(
    sqlite_url: str, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    database = Database(sqlite_url)
    lobby = Lobby(database)
    lobby.issue(1)
    lobby.call("3")
    with TestClient(create_app(settings, database, clock)) as client:
        assert client.get("/papan/suara/1.id.wav").status_code == 503
        assert client.get("/papan/bel.wav").status_code == 200
        assert "&#34;voice&#34;: false" in client.get("/papan").text
        ready = client.get("/readyz")
        assert ready.status_code == 200
        assert "espeak-ng" in ready.json()["notes"]["voice"]
