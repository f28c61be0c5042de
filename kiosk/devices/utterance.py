"""One utterance, in a process of its own: each phrase from a recording, the cache or espeak-ng, one after another.

``python -m kiosk.devices.utterance`` reads an Order as JSON from standard input and ends when all is said. Whoever
started it interrupts it by killing its process group and pauses it by stopping that. Only the standard library is
imported: the voice must begin before a visitor wonders.

Exit codes: 0 said; 1 a program or a file failed (one line on standard error).
"""

from __future__ import annotations

import array
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kiosk.devices.clips import BYTES, CHANNELS, RATE, clips

PLAYER_ARGUMENTS = ("-q", "-t", "raw", "-f", "S16_LE", "-r", str(RATE), "-c", str(CHANNELS), "-")
"""aplay's (alsa-utils)."""
REST = bytes(BYTES * CHANNELS * (RATE * 35 // 100))
"""Silence between two phrases: 0.35 s."""
CACHE_BYTES = 64 * 1024 * 1024
RENDER_S = 20.0
LOUDNESS = {1: 0.4, 2: 0.7, 3: 1.0, 4: 1.4, 5: 2.0}
"""What a step of the volume does to a recording; the same as espeak-ng's own steps."""


@dataclass(frozen=True)
class Order:
    """What is to be said, and with what."""

    phrases: tuple[str, ...]
    language: str
    volume: int
    voice: tuple[str, ...]
    """espeak-ng with its arguments."""
    player: str
    clips: tuple[str, ...]
    """Folders with recordings, the site's own first: ``…/voice``, each with a folder for each language."""
    cache: str
    """The folder of what espeak-ng has made; empty: nothing is kept."""

    def json(self) -> bytes:
        """Return the order as it goes to the process."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def read(cls, data: bytes) -> Order:
        """Return the order that ``json`` made."""
        found: Any = json.loads(data)
        return cls(
            tuple(found["phrases"]),
            found["language"],
            found["volume"],
            tuple(found["voice"]),
            found["player"],
            tuple(found["clips"]),
            found["cache"],
        )


def sounds(order: Order) -> Iterator[bytes]:
    """Yield the samples of each phrase (16 bits, one channel, RATE a second). Raises OSError, subprocess errors."""
    recorded: dict[str, Path] = {}
    for folder in reversed(order.clips):
        recorded |= clips(Path(folder) / order.language)[0]
    for phrase in order.phrases:
        clip = recorded.get(phrase)
        yield _louder(_samples(clip.read_bytes()), order.volume) if clip else _spoken(phrase, order)


def _spoken(phrase: str, order: Order) -> bytes:
    named = "\0".join((phrase, order.language, *order.voice[1:]))
    file = Path(order.cache) / (hashlib.sha256(named.encode()).hexdigest() + ".pcm")
    if order.cache and (kept := _kept(file)):
        return kept
    done = subprocess.run(
        [*order.voice, "--stdout"], input=phrase.encode(), capture_output=True, timeout=RENDER_S, check=True
    )
    samples = _samples(done.stdout)
    if order.cache:
        try:
            _keep(file, samples)
        except OSError as fault:  # a full disk costs the cache, not the voice
            sys.stderr.write(f"not kept: {fault}\n")
    return samples


def _kept(file: Path) -> bytes:
    """Return what was kept; nothing the first time that it is said, or where it cannot be read."""
    try:
        os.utime(file)  # what is said often is thrown away last
        return file.read_bytes()
    except OSError:
        return b""


def _samples(file: bytes) -> bytes:
    with wave.open(io.BytesIO(file)) as sound:
        samples: bytes = sound.readframes(len(file))  # espeak-ng writes its header before it knows the length
        return samples


def _louder(samples: bytes, volume: int) -> bytes:
    factor = LOUDNESS[volume]
    if factor == 1.0:
        return samples
    scaled = array.array("h", samples[: len(samples) // 2 * 2])
    for index, sample in enumerate(scaled):
        scaled[index] = max(-32768, min(32767, int(sample * factor)))
    return scaled.tobytes()


def _keep(file: Path, samples: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
        part.write(samples)
    Path(part.name).replace(file)
    oldest_first = sorted(file.parent.iterdir(), key=lambda each: each.stat().st_mtime)
    total = sum(each.stat().st_size for each in oldest_first)
    for each in oldest_first:
        if total <= CACHE_BYTES:
            return
        total -= each.stat().st_size
        each.unlink(missing_ok=True)


def main() -> int:
    """Say what standard input orders."""
    order = Order.read(sys.stdin.buffer.read())
    try:
        with subprocess.Popen(
            [order.player, *PLAYER_ARGUMENTS], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        ) as player:
            assert player.stdin is not None
            for number, samples in enumerate(sounds(order)):
                player.stdin.write((REST if number else b"") + samples)
            player.stdin.close()
        return int(player.returncode != 0)
    except (OSError, EOFError, wave.Error, subprocess.SubprocessError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
