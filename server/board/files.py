"""The files of the board's page: a board that shows older ones than the server has loads itself anew."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

_SERVER: Final = Path(__file__).resolve().parent.parent
FILES: Final = (
    "static/board.css",
    "static/board.js",
    "static/board_sound.js",
    "templates/board.html",
)


@cache
def build() -> str:
    """Return what changes when one of them does."""
    whole = hashlib.sha256()
    for name in FILES:
        whole.update((_SERVER / name).read_bytes())
    return whole.hexdigest()[:12]
