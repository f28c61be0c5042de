"""Papers kept as files: ``paper-000001.png`` and beside it the text, ``paper-000001.txt``."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Final

from printer.virtual.model import Paper, QrCode, TextLine

log = logging.getLogger(__name__)

KEEP: Final = 1000
"""Papers kept in a folder; the oldest go first, so that a demonstration never fills the disk."""
_NAME: Final = re.compile(r"^paper-(\d{6,})\.png$")


def as_text(paper: Paper) -> str:
    """The paper as plain lines; a code drawn by the printer is ``[QR] data``."""
    lines = []
    for element in paper.elements:
        if isinstance(element, TextLine) and element.text.strip():
            lines.append(element.text.strip())
        elif isinstance(element, QrCode):
            lines.append(f"[QR] {element.data.decode('utf-8', 'replace')}")
    return "\n".join(lines) + "\n"


class PaperFolder:
    """Draws papers into ``folder``, numbered on from what is there. The folder is made with the first paper."""

    def __init__(self, folder: Path, *, dots: int, width_mm: int, keep: int = KEEP) -> None:
        self.folder = folder
        self._dots = dots
        self._width_mm = width_mm
        self._keep = keep
        self._last: int | None = None

    def add(self, paper: Paper) -> Path:
        """Draw ``paper``; the path of its picture. The picture appears whole: it is renamed into place."""
        from printer.virtual.paper import draw

        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._claim(as_text(paper))
        number = self._last or 0
        unfinished = path.with_suffix(".png.part")
        draw(paper, dots=self._dots, width_mm=self._width_mm).save(unfinished, format="PNG", compress_level=1)
        unfinished.replace(path)
        for suffix in (".png", ".txt"):
            (self.folder / f"paper-{number - self._keep:06d}{suffix}").unlink(missing_ok=True)
        log.info("paper: %s", path)
        return path

    def _claim(self, text: str) -> Path:
        """Take the next number by writing its text file; another process may be adding papers too."""
        number = self._newest()
        while True:
            number += 1
            path = self.folder / f"paper-{number:06d}.png"
            try:
                with path.with_suffix(".txt").open("x", encoding="utf-8") as file:
                    file.write(text)
            except FileExistsError:
                continue
            self._last = number
            return path

    def papers(self) -> list[Path]:
        """The pictures there are, oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(path for path in self.folder.iterdir() if _NAME.match(path.name))

    def _newest(self) -> int:
        if self._last is None:
            found = (_NAME.match(path.name) for path in self.papers())
            self._last = max((int(match[1]) for match in found if match), default=0)
        return self._last
