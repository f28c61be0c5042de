"""The staff's words: for places, reasons, verdicts and what came of an act. All are marked for translation."""

from __future__ import annotations

from typing import Final

from kiosk.core.outbox import Standing
from kiosk.core.record import TicketState
from kiosk.core.staff import Pause
from kiosk.core.staff_session import Place
from kiosk.i18n import _

MENU: Final = (
    (Place.TICKETS, _("Tiket hari ini"), "doc"),
    (Place.FIND, _("Cari nomor"), "search"),
    (Place.DOUBTFUL, _("Tiket belum pasti"), "help"),
    (Place.PAPER, _("Kertas diganti"), "paper"),
    (Place.FIGURES, _("Angka hari ini"), "people"),
    (Place.LOCK, _("Kunci mesin"), "clock"),
)
TRIP: Final = (Place.TRIP, _("Perjalanan"), "pin")
"""Of mobile units alone."""
TECHNICAL: Final = (
    (Place.DOCTOR, _("Periksa mesin"), "ok"),
    (Place.SETTINGS, _("Pengaturan"), "doc"),
    (Place.RULER, _("Uji ukuran"), "pin"),
    (Place.TOUCH, _("Uji sentuh"), "touch"),
)
REPRINT: Final = {
    "lost": _("Tiket hilang"),
    "torn": _("Tiket robek"),
    "unreadable": _("Tidak terbaca"),
    "jam": _("Kertas macet"),
}
VOID: Final = {
    "left": _("Pengunjung pergi"),
    "mistake": _("Salah layanan"),
    "double": _("Tiket ganda"),
    "no_paper": _("Tidak keluar kertas"),
}
PAUSES: Final = {
    Pause.BREAK: (_("Istirahat"), _("Layanan nomor antrean sedang istirahat")),
    Pause.PRAYER: (_("Salat"), _("Layanan nomor antrean berhenti sebentar untuk salat")),
    Pause.CLOSED: (_("Tutup"), _("Layanan nomor antrean di mesin ini tutup")),
    Pause.BROKEN: (_("Rusak"), _("Mohon maaf, mesin ini sedang diperbaiki")),
}
NOTICES: Final = {
    "nobody": _("Belum ada PIN. Teknisi membuatnya di terminal: main.py staff add"),
    "wrong": _("PIN tidak cocok."),
    "unlike": _("Kedua PIN tidak sama. Ulangi dari awal."),
    "simple": _("PIN itu terlalu mudah ditebak. Pilih yang lain."),
    "not_found": _("Tidak ada tiket hari ini dengan nomor itu."),
    "scan_unknown": _("Itu bukan kode tiket."),
    "scan_misread": _("Kode itu salah terbaca. Ratakan kertasnya, lalu coba lagi."),
    "scan_day": _("Tiket itu dari hari lain: {detail}."),
    "scan_kiosk": _("Tiket itu tidak dibuat oleh mesin ini."),
    "scan_site": _("Tiket itu dari gedung lain."),
    "set": _("Disimpan: {detail}. Berlaku sesudah mesin dimulai ulang."),
    "not_set": _("Tidak diubah."),
    "not_thus": _("Keadaan tiket itu sudah berubah. Lihat daftarnya lagi."),
    "copies": _("Salinan tiket itu sudah {detail} kali. Batasnya diatur teknisi."),
    "failed": _("Belum berhasil. Kode: {detail}"),
    "unlocked": _("Mesin dibuka: pengunjung dapat mengambil nomor."),
    "locked": _("Mesin dikunci. Layar pengunjung menyampaikan pesannya."),
    "reprint": _("Salinan tercetak."),
    "void": _("Nomor {detail} dibatalkan."),
    "confirm": _("Nomor {detail} dipastikan: tiketnya ada."),
    "paper": _("Gulungan baru dicatat."),
    "trip": _("Tiket baru dicatat di {detail}."),
    "trip_ended": _("Mesin kembali di mal: perjalanan selesai."),
    "summary": _("Ringkasan tercetak."),
    "test": _("Uji cetak berhasil."),
    "doubt": _("Belum pasti tercetak. Periksa kertasnya."),
    "no_paper": _("Tidak tercetak: {detail}"),
}
STATES: Final = {
    TicketState.RESERVED: (_("Baru"), "clock", "muted"),
    TicketState.SENDING: (_("Dicetak"), "clock", "muted"),
    TicketState.PRINTED: (_("Tercetak"), "ok", "green"),
    TicketState.UNCONFIRMED: (_("Belum pasti"), "help", "red"),
    TicketState.NOT_PRINTED: (_("Tanpa kertas"), "paper", "red"),
    TicketState.VOIDED: (_("Batal"), "x", "muted"),
}


LEVELS: Final = {
    "fail": (_("Rusak"), "x", "red"),
    "warn": (_("Perhatian"), "help", "red"),
    "unknown": (_("Tidak diketahui"), "help", "muted"),
    "ok": (_("Baik"), "ok", "green"),
}


def server_word(standing: Standing) -> str:
    """Return how the server stands as a message; ``{count}`` is how many events wait."""
    if standing.enrol_again:
        return _("Server pusat: perlu pendaftaran ulang")
    if standing.waiting:
        return _("Server pusat: {count} kejadian menunggu dikirim")
    return _("Server pusat: semua sudah terkirim")
