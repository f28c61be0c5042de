"""The two tones before a call, made here: no sound of anybody else's is used."""

from __future__ import annotations

import hashlib
import io
import math
import sys
import wave
from array import array
from functools import cache
from typing import Final

RATE: Final = 22_050
"""Samples a second, as espeak-ng's."""
SECONDS: Final = 1.5
LOUDEST: Final = 0.55
TONES: Final = ((0.0, 659.26), (0.42, 523.25))
"""When each begins, in seconds, and its pitch: e″, then c″, a falling third."""
PARTIALS: Final = ((1.0, 1.0, 2.6), (2.0, 0.35, 4.2), (3.0, 0.12, 7.0))
"""Multiple of the pitch, strength, how fast it dies away: a soft bell."""
RISE_S: Final = 0.006


@cache
def wav() -> bytes:
    """Return the chime as a WAV file: 16 bits, one channel."""
    heights = [_height(place / RATE) for place in range(int(RATE * SECONDS))]
    top = max(map(abs, heights))
    samples = array("h", (round(height / top * LOUDEST * 32_767) for height in heights))
    if sys.byteorder == "big":
        samples.byteswap()
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return made.getvalue()


@cache
def tag() -> str:
    """Return what changes when the chime does."""
    return hashlib.sha256(wav()).hexdigest()[:12]


def _height(at: float) -> float:
    height = 0.0
    for begins, pitch in TONES:
        since = at - begins
        if since <= 0:
            continue
        rise = min(1.0, since / RISE_S)  # a tone that begins at full height clicks
        fall = min(1.0, max(0.0, (SECONDS - at) / 0.1))
        for multiple, strength, dying in PARTIALS:
            turn = math.sin(2 * math.pi * pitch * multiple * since)
            height += turn * strength * math.exp(-dying * since) * rise * fall
    return height
