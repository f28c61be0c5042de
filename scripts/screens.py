"""``make screens``: every mode on every panel as pictures, and one sheet of them for reviewers.

The walker of the tests draws the screens in the kiosk's own window and leaves its pictures; this joins them. Exit 1
where the walker found a fault: the pictures are there all the same, to see it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "out" / "screens"
HEIGHT = 360
"""Of one picture on the sheet, in pixels: words can be read, forty fit on a screen."""
ROW = 3000
GAP = 12
GROUND = "#6B7885"


def main() -> int:
    """Draw, join, say where the sheets are."""
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.glob("*.png"):
        old.unlink()
    walker = [sys.executable, "-m", "pytest", "-q", "tests/ui/test_walker.py", "-k", "each_mode"]
    environment = {**os.environ, "ANJUNGAN_TEST_PICTURES": str(OUT)}
    status = subprocess.run(walker, cwd=ROOT, env=environment, check=False).returncode
    pictures = sorted(OUT.glob("*.png"))
    panels = sorted({picture.name.split("-", 1)[0] for picture in pictures})
    for panel in panels:
        sheet = OUT / f"sheet-{panel}.png"
        join([picture for picture in pictures if picture.name.startswith(f"{panel}-")]).save(sheet)
        print(sheet.relative_to(ROOT))
    return 1 if status or not panels else 0


def join(pictures: list[Path]) -> Image.Image:
    """Return the pictures in rows, each ``HEIGHT`` high."""
    placed: list[tuple[Image.Image, int, int]] = []
    x = y = GAP
    for path in pictures:
        with Image.open(path) as picture:
            small = picture.convert("RGB").resize((round(picture.width * HEIGHT / picture.height), HEIGHT))
        if x + small.width + GAP > ROW:
            x, y = GAP, y + HEIGHT + GAP
        placed.append((small, x, y))
        x += small.width + GAP
    sheet = Image.new("RGB", (ROW, y + HEIGHT + GAP), GROUND)
    for small, left, top in placed:
        sheet.paste(small, (left, top))
    return sheet


if __name__ == "__main__":
    sys.exit(main())
