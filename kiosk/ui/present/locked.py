"""The screen of a kiosk that is locked."""

from __future__ import annotations

from kiosk.core.staff import KioskLock
from kiosk.i18n import _, translate
from kiosk.ui.present.overlays import FaultView
from kiosk.ui.present.staff_words import PAUSES
from kiosk.words import time_of_day


def present_locked(lock: KioskLock, language: str) -> FaultView:
    """Return the calm screen of a locked kiosk: why, until when, and where to go instead."""
    until = ""
    if lock.until is not None:
        words = translate(_("Mesin ini melayani lagi pukul {time}."), language)
        until = words.format(time=time_of_day(lock.until.time(), language))
    elsewhere = translate(_("Silakan ambil nomor antrean pada petugas di meja informasi."), language)
    told = lock.message or {}
    why = told.get(language) or told.get("id") or translate(PAUSES[lock.pause][1], language)
    return FaultView(why, until or elsewhere, elsewhere if until else "", "")
