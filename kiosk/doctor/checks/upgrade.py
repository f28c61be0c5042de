"""How the last upgrade of the package ended, as packaging/upgrade.py has written it down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from kiosk.doctor.finding import Finding, Level, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

NAME = "upgrade"
PREVIOUS: Final = "opt/anjungan-previous"


def check(machine: Machine) -> Iterator[Finding]:
    """Say what happened, as long as it matters; nothing on a machine without the package."""
    if machine.read(f"{PREVIOUS}/pending.json") is not None:
        yield Finding(
            NAME,
            Level.WARN,
            say(_("Versi baru sedang diuji; nomor diberikan sesudahnya.")),
            say(_("Tunggu tiga menit, lalu ulangi.")),
        )
        return
    try:
        last = json.loads(machine.read(f"{PREVIOUS}/outcome.json") or "{}")
        outcome, new, old, why = (str(last.get(key, "")) for key in ("outcome", "to", "from", "why"))
    except (ValueError, AttributeError):
        return
    facts = {"outcome": outcome, "from": old, "to": new, "why": why, "at": last.get("at")}
    if outcome == "gone back" and machine.path(f"{PREVIOUS}/in-use").exists():
        yield Finding(
            NAME,
            Level.WARN,
            say(_("Versi {new} ditarik kembali, {old} dipakai lagi: {why}"), new=new, old=old, why=why),
            say(_("Kirim berkas diagnostik (anjungan bundle), lalu pasang versi yang lebih baru.")),
            "E-UPG-01",
            facts,
        )
    elif outcome == "stuck":
        yield Finding(
            NAME,
            Level.FAIL,
            say(_("Versi {new} tidak sehat dan tidak ditarik kembali: {why}"), new=new, why=why),
            say(_("Lihat {code} di docs/errors.md."), code="E-UPG-02"),
            "E-UPG-02",
            facts,
        )
    elif outcome == "kept":
        yield Finding(NAME, Level.OK, say(_("Versi {new} lulus uji sesudah dipasang."), new=new), facts=facts)
