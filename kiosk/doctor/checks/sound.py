"""What reading aloud needs: a voice, a player and a sound card."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.doctor.finding import Finding, Level, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

NAME = "sound"
PROGRAMS = {"espeak-ng": "espeak-ng", "aplay": "alsa-utils"}
"""Program → the Debian package it is in."""


def check(machine: Machine) -> Iterator[Finding]:
    """Say what is missing for sound. Tickets need none of it, so nothing here fails."""
    missing = [package for program, package in PROGRAMS.items() if not machine.has(program)]
    cards = machine.read("proc/asound/cards")
    card = bool(cards) and "no soundcards" not in (cards or "")
    facts = {"missing_packages": missing, "card": card}
    if missing:
        yield Finding(
            NAME,
            Level.WARN,
            say(_("Untuk suara belum terpasang: {packages}."), packages=", ".join(missing)),
            say(_("Pasang: apt-get install {packages}."), packages=" ".join(missing)),
            facts=facts,
        )
    elif not card:
        yield Finding(
            NAME,
            Level.WARN,
            say(_("Tidak ada kartu suara.")),
            say(
                _("Periksa pengeras suara USB atau aktifkan audio pada papan (config.txt: dtparam=audio=on).")
            ),
            facts=facts,
        )
    else:
        yield Finding(NAME, Level.OK, say(_("Suara tersedia.")), facts=facts)
