"""Recorded human voice in place of espeak-ng's, phrase by phrase.

``voice/<language>/clips.toml`` beside a site's files names them (docs/aksesibilitas.md says how to make one)::

    [clips]
    "Mau ke instansi mana?" = "instansi.wav"

A recording is a WAV file of 16 bits, one channel, 22,050 samples a second: what espeak-ng makes, so that both follow
each other without a resampler.

    ClipFault
      E-SPK-03  clips.toml or a recording cannot be used
"""

from __future__ import annotations

import tomllib
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RATE, CHANNELS, BYTES = 22_050, 1, 2
LIST = "clips.toml"


@dataclass(frozen=True)
class ClipFault:
    """One thing wrong with the recordings."""

    file: Path
    problem: str
    code: str = "E-SPK-03"

    def __str__(self) -> str:
        return f"{self.code} {self.file}: {self.problem}"


def clips(folder: Path) -> tuple[dict[str, Path], list[ClipFault]]:
    """Return phrase → recording for each that can be used, and what is wrong with the rest.

    ``folder`` is one language's (``voice/id``); where it has no list, there are no recordings and no fault.
    """
    file = folder / LIST
    if not file.is_file():
        return {}, []
    try:
        listed = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return {}, [ClipFault(file, f"cannot be read: {error}")]
    named = listed.get("clips")
    faults = [ClipFault(file, f"[{key}] is not known; allowed: [clips]") for key in listed if key != "clips"]
    if not isinstance(named, dict):
        return {}, [*faults, ClipFault(file, "has no section [clips]")]
    good: dict[str, Path] = {}
    for phrase, name in named.items():
        problems = list(_problems(folder, name))
        faults += [ClipFault(file, f"{phrase!r} = {name!r}: {problem}") for problem in problems]
        if not problems:
            good[phrase] = folder / name
    return good, faults


def _problems(folder: Path, name: object) -> Iterator[str]:
    if not isinstance(name, str) or Path(name).name != name:
        yield "must be the name of a file in this folder"
        return
    try:
        with wave.open(str(folder / name)) as sound:
            found = (sound.getframerate(), sound.getnchannels(), sound.getsampwidth())
            empty = not sound.getnframes()
    except (OSError, EOFError, wave.Error) as error:
        yield f"is not a WAV file that can be read: {error}"
        return
    if found != (RATE, CHANNELS, BYTES):
        yield (
            f"has {found[0]} samples a second, {found[1]} channel(s), {8 * found[2]} bits; "
            f"must have {RATE}, {CHANNELS}, {8 * BYTES}"
        )
    if empty:
        yield "is empty"
