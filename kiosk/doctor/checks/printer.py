"""The printer and its paper, as the printer itself tells them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kiosk.doctor.finding import Finding, Level, Said, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _
from kiosk.store import FileLock

NAME = "printer"
PAPER = "paper"
PATIENCE_S: Final = 3.0
"""Seconds for the whole answer, even where the configuration allows a ticket more: a visitor may be waiting for it."""
LOCK_PATIENCE_S: Final = 3.0

CAUSES: Final = {
    "paper_out": (_("Kertas habis."), _("Pasang gulungan baru.")),
    "paper_low": (_("Kertas hampir habis."), _("Siapkan gulungan baru.")),
    "cover_open": (_("Tutup printer terbuka."), _("Tutup rapat sampai berbunyi klik.")),
    "offline": (
        _("Printer ada tetapi tidak menerima data."),
        _("Lihat lampu dan kertas yang macet, lalu matikan dan nyalakan printer."),
    ),
    "cutter": (
        _("Pemotong kertas macet."),
        _("Buka tutup, ambil kertas yang terjepit, lalu matikan dan nyalakan printer."),
    ),
    "error": (_("Printer melaporkan gangguan."), _("Matikan printer, tunggu sepuluh detik, nyalakan lagi.")),
    "unreachable": (
        _("Printer tidak terhubung."),
        _("Periksa listrik, kabel, dan bagian [printer] pada pengaturan; main.py printer detect mencarinya."),
    ),
}


def check(machine: Machine) -> Iterator[Finding]:
    """Ask the printer once and say how printer and paper are."""
    from kiosk.desk_setup import KNOWN_FILE, PAPER_FOLDER, address_of
    from printer.connect import press_for
    from printer.errors import PrinterError
    from printer.status import Cause, cause

    settings = machine.settings
    if settings is None:
        yield Finding(NAME, Level.UNKNOWN, say(_("Tidak diperiksa: pengaturan salah.")))
        return
    chosen = settings.printer
    lock = _desk_lock(machine)
    if lock is BUSY:
        yield Finding(
            NAME,
            Level.UNKNOWN,
            say(_("Tidak ditanyai: kiosk sedang mencetak tiket.")),
            say(_("Ulangi sebentar lagi.")),
        )
        return
    try:
        press = press_for(
            chosen.transport,
            address_of(settings),
            profile=chosen.profile,
            deadline_s=min(chosen.deadline_s, PATIENCE_S),
            paper_dir=machine.state / PAPER_FOLDER,
            known_file=machine.state / KNOWN_FILE,
        )
        status = press.status()
    except PrinterError as error:
        yield Finding(
            NAME,
            Level.FAIL,
            say(_("Printer tidak dapat dipakai: {problem}"), problem=error),
            say(_("Periksa bagian [printer] pada pengaturan.")),
            error.code,
        )
        return
    finally:
        if isinstance(lock, FileLock):
            lock.release()
    items = ("link", "online", "cover", "paper", "cutter", "error")
    facts: dict[str, object] = {item: str(getattr(status, item)) for item in items}
    facts |= {"transport": chosen.transport, "profile": chosen.profile, "printer": press.transport.name}
    why = cause(status)
    if why is not None and why not in (Cause.PAPER_OUT, Cause.PAPER_LOW):
        code = "E-PRN-11" if why is Cause.UNREACHABLE else None
        yield Finding(NAME, Level.FAIL, *_words(why), code, facts)
    elif chosen.transport == "virtual":
        yield Finding(
            NAME,
            Level.WARN,
            say(_("Printer virtual: tidak ada kertas yang keluar, tiket menjadi gambar.")),
            say(_("Isi bagian [printer] pada pengaturan untuk printer yang sebenarnya.")),
            facts=facts,
        )
    elif not status.answered:
        yield Finding(
            NAME,
            Level.UNKNOWN,
            say(_("Printer terhubung tetapi tidak menjawab pertanyaan tentang keadaannya.")),
            say(_("Banyak printer murah begitu. Cetak uji: main.py printer test, lalu lihat kertasnya.")),
            facts=facts,
        )
    else:
        yield Finding(
            NAME, Level.OK, say(_("Printer siap: {printer}."), printer=press.transport.name), facts=facts
        )
    yield _paper(str(status.paper))


class _Busy:
    """Somebody prints just now."""


BUSY: Final = _Busy()


def _desk_lock(machine: Machine) -> FileLock | _Busy | None:
    """Take the desk's lock, so that no question falls into a ticket; None where no kiosk has ever run here."""
    from kiosk.desk import LOCK_NAME

    path = machine.state / LOCK_NAME
    if not path.exists():
        return None
    lock = FileLock(path)
    try:
        return lock if lock.acquire(LOCK_PATIENCE_S) else BUSY
    except OSError:
        return None  # not this user's to take: the check of the disk says so


def _paper(paper: str) -> Finding:
    levels = {"ok": Level.OK, "warning": Level.WARN, "bad": Level.FAIL, "unknown": Level.UNKNOWN}
    level = levels[paper]
    facts = {"paper": paper}
    if level is Level.OK:
        return Finding(PAPER, level, say(_("Kertas cukup.")), facts=facts)
    if level is Level.UNKNOWN:
        return Finding(
            PAPER,
            level,
            say(_("Printer tidak memberi tahu sisa kertas.")),
            say(_("Lihat gulungannya; ganti bila garis merah di tepi kertas tampak.")),
            facts=facts,
        )
    return Finding(PAPER, level, *_words("paper_out" if level is Level.FAIL else "paper_low"), None, facts)


def _words(cause: str) -> tuple[Said, Said]:
    message, remedy = CAUSES[str(cause)]
    return say(message), say(remedy)
