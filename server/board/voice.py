"""The board's voice: espeak-ng writes each sentence once into a file, named by what is said and how.

A sentence takes some 50 ms to render, in a process of its own with a deadline and never on the event loop. The folder
keeps the sentences used last, up to a size; any of the workers may fill it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread

from server.errors import ServerError

log = logging.getLogger("server.board")

PROGRAM: Final = "espeak-ng"
WORDS_A_MINUTE: Final = 140
AMPLITUDE: Final = 180
"""Of 200: the television's own knob sets the rest."""
DEADLINE_S: Final = 10.0
AT_ONCE: Final = 2
KEPT_BYTES: Final = 64_000_000
"""Some 300 sentences."""


class VoiceError(ServerError):
    """A sentence was not rendered."""

    code = "E-BRD-01"


class Voice:
    """Renders and keeps sentences. One for a worker."""

    def __init__(self, folder: Path, *, kept_bytes: int = KEPT_BYTES, deadline_s: float = DEADLINE_S) -> None:
        self._folder = folder
        self._kept_bytes = kept_bytes
        self._deadline_s = deadline_s
        self._under_way: dict[str, asyncio.Task[Path]] = {}
        self._limiter = anyio.CapacityLimiter(AT_ONCE)

    @staticmethod
    def program() -> str | None:
        """Return the path of espeak-ng; None where it is not installed."""
        return shutil.which(PROGRAM)

    @property
    def available(self) -> bool:
        """Whether the board can speak."""
        return self.program() is not None

    async def file(self, sentence: str, language: str) -> Path:
        """Return the sentence as a WAV file; whoever asks meanwhile waits for the same one. Raises VoiceError."""
        key = _key(sentence, language)
        path = self._folder / f"{key}.wav"
        if path.exists():
            with contextlib.suppress(FileNotFoundError):
                os.utime(path)  # used last: kept longest
                return path
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._made(sentence, language, path))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        return await asyncio.shield(task)  # one asker that leaves does not end it for the others

    def _finished(self, key: str, task: asyncio.Task[Path]) -> None:
        self._under_way.pop(key, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.warning("%s", error)

    async def _made(self, sentence: str, language: str, path: Path) -> Path:
        await anyio.to_thread.run_sync(self._render, sentence, language, path, limiter=self._limiter)
        return path

    def _render(self, sentence: str, language: str, path: Path) -> None:
        program = self.program()
        if program is None:
            raise VoiceError(f"{PROGRAM} is not installed; on Debian: apt-get install {PROGRAM}")
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        os.close(handle)
        part = Path(name)
        try:
            done = subprocess.run(
                [
                    *(program, "-v", language, "-s", str(WORDS_A_MINUTE), "-a", str(AMPLITUDE)),
                    *("-w", name, "--stdin"),
                ],
                input=sentence.encode(),
                capture_output=True,
                timeout=self._deadline_s,
                check=False,
            )
            if done.returncode or not part.stat().st_size:
                said = done.stderr.decode(errors="replace").strip().partition("\n")[0]
                raise VoiceError(f"{program} ended with {done.returncode} and no sound: {said}")
            part.replace(path)
        except subprocess.TimeoutExpired:
            raise VoiceError(f"{program} took more than {self._deadline_s:g} s") from None
        except OSError as error:
            raise VoiceError(f"{error.filename or program}: {error.strerror}") from error
        finally:
            part.unlink(missing_ok=True)
        self._make_room()

    def _make_room(self) -> None:
        found: list[tuple[float, int, Path]] = []
        for path in self._folder.glob("*.wav"):
            with contextlib.suppress(FileNotFoundError):  # another worker makes room, too
                status = path.stat()
                found.append((status.st_mtime, status.st_size, path))
        room = self._kept_bytes - sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if room >= 0:
                return
            path.unlink(missing_ok=True)
            room += size


def _key(sentence: str, language: str) -> str:
    how = f"{language}\0{WORDS_A_MINUTE}\0{AMPLITUDE}\0{sentence}"
    return hashlib.sha256(how.encode()).hexdigest()[:40]
