"""The kiosk's voice: espeak-ng in a process of its own (Debian package ``espeak-ng``, voices ``id`` and ``en``).

A process for each utterance: to interrupt is to end it, to pause is to stop it, and no fault of a sound driver reaches
the window. Nothing here waits: ``poll`` is asked from time to time whether it still speaks. With a player (aplay) the
utterance also takes recordings and what was rendered before (``utterance``); without one espeak-ng plays by itself.

    SpeechError
      E-SPK-01  the program is missing or does not start
      E-SPK-02  it did not render a file
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

PROGRAM = "espeak-ng"
WORDS_A_MINUTE = 150
AMPLITUDE = {1: 40, 2: 70, 3: 100, 4: 140, 5: 200}
"""espeak-ng's ``-a`` (0 to 200, 100 usual) for each step of the volume; the amplifier's own knob sets the rest."""
PAUSE = "\n\n"
"""espeak-ng reads a blank line as the end of a paragraph, and rests there."""
LONGEST_S = 180.0
"""No screen takes this long to read: a process that lives longer hangs in its sound driver."""
END_S = 1.0
"""How long a process that was killed may take to be gone."""
RENDER_S = 20.0
ROOT = Path(__file__).resolve().parents[2]


class SpeechError(Exception):
    """The voice cannot be used; ``code`` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def program() -> str | None:
    """Return the path of espeak-ng; None where it is not installed."""
    return shutil.which(PROGRAM)


def _command(path: str, language: str, volume: int) -> list[str]:
    return [path, "-v", language, "-s", str(WORDS_A_MINUTE), "-a", str(AMPLITUDE[volume]), "--stdin"]


@dataclass(frozen=True)
class Player:
    """What plays sound files, and where recordings and rendered phrases are."""

    path: str
    """aplay's."""
    clips: tuple[Path, ...] = ()
    cache: Path | None = None


def player(name: str, clips: tuple[Path, ...], cache: Path) -> Player | None:
    """Return the player ``name`` (a program on PATH); None where the name is empty or it is not installed."""
    path = shutil.which(name) if name else None
    return Player(path, clips, cache) if path else None


class Speech:
    """Says one thing at a time. One owner, one thread; ``stop`` when done."""

    def __init__(self, path: str | None, player: Player | None = None) -> None:
        self._path, self._player = path, player
        self._process: subprocess.Popen[bytes] | None = None
        self._since = 0.0
        self._paused = False

    @property
    def available(self) -> bool:
        """Whether there is a voice."""
        return self._path is not None

    @property
    def paused(self) -> bool:
        """Whether an utterance waits to go on."""
        return self._paused and self._process is not None

    def say(self, phrases: Sequence[str], language: str, volume: int) -> bool:
        """Say ``phrases`` now, in place of whatever was being said; return whether the voice began."""
        self.stop()
        if self._path is None:
            return False
        command, text = self._utterance(self._path, phrases, language, volume)
        try:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                bufsize=0,  # nothing is left to flush into a broken pipe
                start_new_session=True,  # it and what it starts are stopped and ended together
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        except OSError as fault:
            log.warning("E-SPK-01: the voice does not start", extra={"fault": str(fault)})
            self._path = None
            return False
        self._process, self._since = process, time.monotonic()
        assert process.stdin is not None
        try:
            # A script is far below a pipe's 64 KiB, so this does not wait for the reader.
            with process.stdin as pipe:
                pipe.write(text)
        except BrokenPipeError:
            log.warning("E-SPK-01: the voice ended at once", extra={"exit": process.poll()})
            self.stop()
            return False
        return True

    def _utterance(
        self, voice: str, phrases: Sequence[str], language: str, volume: int
    ) -> tuple[list[str], bytes]:
        """Return the program that says it, and what that reads."""
        command = _command(voice, language, volume)
        if self._player is None:
            return command, PAUSE.join(phrases).encode()
        from kiosk.devices.utterance import Order  # nothing of it is needed before somebody listens

        order = Order(
            tuple(phrases),
            language,
            volume,
            tuple(command),
            self._player.path,
            tuple(map(str, self._player.clips)),
            str(self._player.cache or ""),
        )
        return [sys.executable, "-m", "kiosk.devices.utterance"], order.json()

    def poll(self) -> bool:
        """Return whether it is speaking now (a pause is not speaking)."""
        if self._process is None:
            return False
        code = self._process.poll()
        if code is not None:
            if code != 0:
                log.warning("E-SPK-01: the voice ended at once", extra={"exit": code})
            self._process, self._paused = None, False
            return False
        if time.monotonic() - self._since > LONGEST_S and not self._paused:
            log.warning("E-SPK-01: the voice hangs", extra={"limit_s": LONGEST_S})
            self.stop()
            return False
        return not self._paused

    def pause(self) -> None:
        """Hold the utterance, or let it go on."""
        if self._process is None or self._process.poll() is not None:
            return
        self._paused = not self._paused
        os.killpg(self._process.pid, signal.SIGSTOP if self._paused else signal.SIGCONT)
        self._since = time.monotonic()

    def stop(self) -> None:
        """Be silent at once."""
        process, self._process, self._paused = self._process, None, False
        if process is None:
            return
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # ends stopped processes too
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:  # it hangs in the kernel, in its sound driver
            log.warning("E-SPK-01: the voice does not end", extra={"pid": process.pid})


def render(phrases: Sequence[str], language: str, volume: int, file: Path) -> None:
    """Write what would be heard to ``file`` (WAV, 16 bits, one channel). Raises SpeechError."""
    path = program()
    if path is None:
        raise SpeechError("E-SPK-01", f"{PROGRAM} is not installed; on Debian: apt-get install {PROGRAM}")
    done = subprocess.run(
        [*_command(path, language, volume), "-w", str(file)],
        input=PAUSE.join(phrases).encode(),
        capture_output=True,
        timeout=RENDER_S,
        check=False,
    )
    if done.returncode != 0 or not file.is_file():
        raise SpeechError("E-SPK-02", f"{file}: {done.stderr.decode(errors='replace').strip()}")
