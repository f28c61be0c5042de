"""The screen: its size in pixels and millimetres, against what the configuration says it is.

Every target on the glass is sized in millimetres from ``[display] diagonal_inch``: a wrong diagonal makes all of them
wrong. X and the kernel tell the panel's size from its EDID; cheap panels leave it empty or lie.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.doctor.finding import Finding, Level, Said, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

NAME = "display"
_CONNECTED = re.compile(
    r"^(?P<name>\S+) connected (?:primary )?(?P<w>\d+)x(?P<h>\d+)\+\d+\+\d+ .*?(?:(?P<wmm>\d+)mm x (?P<hmm>\d+)mm)?$",
    re.MULTILINE,
)
TOLERANCE = 0.12
"""Share by which the told diagonal may differ: bezels and rounding to whole centimetres."""
LEAST_PIXELS = 600


@dataclass(frozen=True)
class Screen:
    """One screen; millimetres are 0 where it does not tell."""

    name: str
    width: int
    height: int
    width_mm: int
    height_mm: int

    @property
    def diagonal_inch(self) -> float:
        """The diagonal it tells, 0.0 where it does not."""
        return math.hypot(self.width_mm, self.height_mm) / 25.4


def check(machine: Machine) -> Iterator[Finding]:
    """Say which screens there are and whether the configured diagonal can be right."""
    screens, why = _screens(machine)
    if not screens:
        yield Finding(
            NAME,
            Level.UNKNOWN,
            why,
            say(_("Jalankan pemeriksaan ini pada unit dengan layarnya menyala; pasang x11-xserver-utils.")),
        )
        return
    settings = machine.settings
    for screen in screens:
        facts = {
            "name": screen.name,
            "pixels": [screen.width, screen.height],
            "millimetres": [screen.width_mm, screen.height_mm],
        }
        size = say(_("Layar {name}: {w} × {h} titik."), name=screen.name, w=screen.width, h=screen.height)
        if min(screen.width, screen.height) < LEAST_PIXELS:
            remedy = say(_("Terlalu kecil untuk kiosk: gunakan layar 1024 × 600 atau lebih besar."))
            yield Finding(NAME, Level.FAIL, size, remedy, None, facts)
            continue
        yield Finding(NAME, Level.OK, size, facts=facts)
        if settings is not None:
            yield _scale(screen, settings.display.diagonal_inch)


def _scale(screen: Screen, configured: float) -> Finding:
    told = screen.diagonal_inch
    # Xvfb and some adapters make up millimetres from 96 dpi; EDIDs in 10 mm steps of zero are empty.
    made_up = screen.width_mm and abs(screen.width / screen.width_mm * 25.4 - 96) < 1
    facts = {"configured_inch": configured, "told_inch": round(told, 1)}
    if not told or made_up:
        return Finding(
            "display_scale",
            Level.UNKNOWN,
            say(
                _("Layar tidak memberi tahu ukurannya; pengaturan mengatakan {inch} inci."),
                inch=f"{configured:g}",
            ),
            say(_("Ukur diagonal kaca dengan penggaris dan isi [display] diagonal_inch.")),
            facts=facts,
        )
    if abs(told - configured) > TOLERANCE * told:
        return Finding(
            "display_scale",
            Level.WARN,
            say(
                _("Layar mengatakan {told} inci, pengaturan {inch} inci: semua tombol salah ukuran."),
                told=f"{told:.1f}",
                inch=f"{configured:g}",
            ),
            say(_("Ukur diagonal kaca dengan penggaris dan isi [display] diagonal_inch.")),
            facts=facts,
        )
    return Finding(
        "display_scale",
        Level.OK,
        say(_("Ukuran layar cocok: {inch} inci."), inch=f"{configured:g}"),
        facts=facts,
    )


def _screens(machine: Machine) -> tuple[list[Screen], Said]:
    if machine.environ.get("DISPLAY"):
        told = machine.output("xrandr", "--current")
        if told is not None:
            found = [
                Screen(m["name"], int(m["w"]), int(m["h"]), int(m["wmm"] or 0), int(m["hmm"] or 0))
                for m in _CONNECTED.finditer(told)
            ]
            return found, say(_("xrandr tidak menyebut layar yang tersambung."))
        if not machine.glob("sys/class/drm/card*-*/status"):
            return [], say(_("xrandr tidak ada atau tidak menjawab."))
    found = []
    for path in machine.glob("sys/class/drm/card*-*/status"):
        here = path.parent.relative_to(machine.root)
        if machine.read(f"{here}/status") != "connected":
            continue
        mode = re.match(r"(\d+)x(\d+)", machine.read(f"{here}/modes") or "")
        if mode:
            # EDID bytes 21 and 22 are the panel's size in centimetres (VESA E-EDID 1.4, 3.6.2).
            edid = _edid(machine, f"{here}/edid")
            found.append(Screen(path.parent.name, int(mode[1]), int(mode[2]), edid[0] * 10, edid[1] * 10))
    return found, say(
        _("Tidak ada layar yang tersambung, atau tidak ada yang memberi tahu (DISPLAY kosong).")
    )


def _edid(machine: Machine, name: str) -> tuple[int, int]:
    try:
        data = machine.path(name).read_bytes()
    except OSError:
        return 0, 0
    return (data[21], data[22]) if len(data) >= 128 else (0, 0)
