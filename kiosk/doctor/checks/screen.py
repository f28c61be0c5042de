"""When the screen goes dark, and by what: the panel's own light, or a black picture alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from kiosk.doctor.finding import Finding, Level, Said, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

NAME = "screen_off"
LIGHT = "screen_light"
OWN: Final = "usr/local/sbin/anjungan-panel"
LISTENS_AT: Final = "etc/systemd/system/*.wants/anjungan-screen.path"
X11_AT: Final = "etc/systemd/system/*.wants/anjungan-x11.service"


def check(machine: Machine) -> Iterator[Finding]:
    """Say the plan and the way; nothing where the screen is never switched off."""
    settings = machine.settings
    if settings is None or settings.display.screen_off == "never":
        return
    display = settings.display
    if display.screen_off == "times":
        plan = say(_("Layar gelap pukul {off} sampai {on}."), off=display.off_at, on=display.on_from)
    else:
        plan = say(_("Layar gelap di luar jam layanan, ± {minutes} menit."), minutes=display.margin_min)
    yield Finding(NAME, Level.OK, plan, facts={"screen_off": display.screen_off})
    way = _way(machine)
    yield (
        Finding(LIGHT, Level.OK, way)
        if way is not None
        else Finding(
            LIGHT,
            Level.WARN,
            say(_("Layar gelap hanya berupa gambar hitam: lampu panel tetap menyala.")),
            say(_("Lihat bagian Layar gelap di docs/teknisi.md: panel ini perlu perintahnya sendiri.")),
        )
    )


def _way(machine: Machine) -> Said | None:
    """What switches the panel's light; None where nothing is known to."""
    if not machine.glob(LISTENS_AT):
        return None
    own = machine.path(OWN)
    if own.is_file() and os.access(own, os.X_OK):
        return say(_("Lampu panel dimatikan perintah unit ini, /usr/local/sbin/anjungan-panel."))
    lights = machine.glob("sys/class/backlight/*/bl_power")
    if lights:
        return say(_("Lampu panel {name} dimatikan lewat kernel."), name=lights[0].parent.name)
    if machine.glob(X11_AT) and machine.has("xset"):
        return say(_("Panel dimatikan lewat X11 (DPMS)."))
    return None
