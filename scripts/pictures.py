"""``make pictures``: the pictures of the manuals, drawn anew by the kiosk's own window and printer.

The walker of the tests shows every face of the staff's part (a fixed day, made-up names) and leaves its pictures; this
joins those that a manual wants, at a size to be read, in few colours. Papers are what the bytes for a printer draw. The
same source gives the same picture, so a change in docs/pictures is a change on the glass. Exit 1 where one is missing.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "pictures"
PANEL: Final = "1080x1920"
HEIGHT: Final = 700
"""Of one screen, in pixels: its smallest words can be read, three stand beside each other on a page."""
GAP: Final = 16
GROUND: Final = "#6B7885"
COLOURS: Final = 48
PAGE: Final = "https://antrean.example.go.id/t/" + "A" * 22

SCREENS: Final = {
    "petugas-masuk": ("door-typed", "menu"),
    "petugas-tiket": ("tickets-0", "ticket-unconfirmed", "reprint"),
    "petugas-belum-pasti": ("doubtful", "void"),
    "petugas-kunci": ("lock", "until-prayer", "locked-prayer-True"),
    "petugas-angka": ("figures-0", "paper"),
    "teknisi-menu": ("menu-technician", "settings-0"),
    "teknisi-periksa": ("doctor", "finding"),
    "teknisi-ukuran": ("ruler", "touch"),
}
"""A picture of the manuals → faces of tests/support/staff_gallery.py, from left to right."""
PAPERS: Final = {"kertas": (("generic-80", 0), ("generic-80", 1), ("generic-58", 0))}
"""A picture → papers, as a printer's profile and the number of the copy."""


def main() -> int:
    """Draw, join, say what is there."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        walker = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "tests/ui/test_staff_walker.py"]
        environment = {**os.environ, "ANJUNGAN_TEST_PICTURES": folder}
        done = subprocess.run([*walker, "-k", "portrait"], cwd=ROOT, env=environment, check=False)
        for name, faces in SCREENS.items():
            paths = [Path(folder) / f"{PANEL}-{face}-id.png" for face in faces]
            missing = [path.name for path in paths if not path.is_file()]
            if missing:
                print(f"{name}: not drawn: {', '.join(missing)}", file=sys.stderr)
                return 1
            _keep(name, _joined([_small(path) for path in paths]))
    for name, papers in PAPERS.items():
        _keep(name, _joined([_paper(profile, copy) for profile, copy in papers]))
    return done.returncode


def _small(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("RGB").resize(
            (round(picture.width * HEIGHT / picture.height), HEIGHT), Image.Resampling.LANCZOS
        )


def _paper(profile_name: str, copy: int) -> Image.Image:
    """One ticket of the sample site on a printer's paper, at half its dots."""
    from kiosk import settings, site
    from kiosk.core.record import Ticket, TicketState
    from kiosk.ticket_slip import ticket_slip
    from printer import profiles
    from printer.encode import encode
    from printer.virtual.interpreter import Interpreter
    from printer.virtual.model import Paper
    from printer.virtual.paper import draw

    profile = profiles.load(profile_name)
    sample = site.load(settings.load(environ={}).site_dir)
    service = sample.catalogue.service_by_code["C01"]
    given = Ticket(
        uuid="019aaaaa-0000-7000-8000-000000000000",
        service_day=dt.date(2026, 11, 24),
        queue=service.queue,
        number=12,
        display="C-012",
        kiosk_digit=0,
        service=service.code,
        agency=service.agency,
        priority=False,
        language="id",
        token="A" * 22,
        issued_at=dt.datetime(2026, 11, 24, 9, 38, tzinfo=dt.timezone(dt.timedelta(hours=7))),
        state=TicketState.PRINTED,
        copies=copy,
    )
    papers: list[Paper] = []
    interpreter = Interpreter(profile.dots, papers.append)
    interpreter.feed(encode(ticket_slip(given, sample, PAGE), profile))
    interpreter.tear()
    drawn = draw(papers[0], dots=profile.dots, width_mm=profile.width_mm).convert("RGB")
    return drawn.resize((drawn.width // 2, drawn.height // 2), Image.Resampling.LANCZOS)


def _joined(parts: list[Image.Image]) -> Image.Image:
    width = sum(part.width for part in parts) + GAP * (len(parts) + 1)
    sheet = Image.new("RGB", (width, max(part.height for part in parts) + 2 * GAP), GROUND)
    left = GAP
    for part in parts:
        sheet.paste(part, (left, GAP))
        left += part.width + GAP
    return sheet


def _keep(name: str, picture: Image.Image) -> None:
    path = OUT / f"{name}.png"
    few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {picture.width} x {picture.height}, {path.stat().st_size // 1024} kB")


if __name__ == "__main__":
    sys.exit(main())
