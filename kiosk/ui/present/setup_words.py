"""The words of the set-up: each step's question and advice, and what came of an act. All are marked for translation."""

from __future__ import annotations

from typing import Final

from kiosk.core.setup import Part, Step
from kiosk.i18n import _

TITLES: Final = {
    Step.LANGUAGE: _("Bahasa · Language"),
    Step.SITE: _("Gedung mana ini?"),
    Step.SERVER: _("Ada server pusat?"),
    Step.DIGIT: _("Mesin keberapa di gedung ini?"),
    Step.PANEL: _("Ukuran layar"),
    Step.TOUCH: _("Uji sentuh"),
    Step.PRINTER: _("Printer yang mana?"),
    Step.SCANNER: _("Pemindai"),
    Step.SOUND: _("Suara"),
    Step.ZONE: _("Zona waktu"),
    Step.PIN: _("PIN teknisi"),
    Step.CHECK: _("Periksa mesin"),
}
PARTS: Final = {
    Part.URL: _("Alamat server"),
    Part.CODE: _("Kode pemasangan"),
    Part.HOST: _("Alamat printer"),
    Part.PAPER: _("Kertas ujinya benar?"),
    Part.AGAIN: _("Ulangi PIN itu"),
    Part.STAFF: _("PIN petugas"),
    Part.STAFF_AGAIN: _("Ulangi PIN itu"),
    Part.ITEM: _("Hasil pemeriksaan"),
}
ADVICE: Final = {
    Step.LANGUAGE: _("Bahasa awal setiap kunjungan. Pengunjung selalu dapat menggantinya."),
    Step.SITE: _("Tidak ada situs yang ditemukan. Pasang USB berisi folder situs, lalu sentuh Cari lagi."),
    Step.SERVER: _("Tanpa server mesin ini bekerja sendiri. Server dapat disambungkan kapan saja."),
    Step.DIGIT: _("Bila ada beberapa mesin tanpa server, beri setiap mesin angka yang berbeda."),
    Step.TOUCH: _("Sentuh keempat kotak. Tersisa {count}."),
    Step.PRINTER: _("Tidak ada printer yang ditemukan. Periksa kabel dan listriknya, lalu sentuh Cari lagi."),
    Step.SCANNER: _("Arahkan pemindai ke kode apa saja, atau pilih salah satu."),
    Step.SOUND: _("Sentuh Putar: mesin ini mengucapkan satu kalimat."),
    Step.ZONE: _("Sekarang {date}. Jam mana yang benar di sini?"),
}
PIN_ADVICE: Final = {
    Part.ASK: _("6 sampai 12 angka. Catat di tempat aman: tidak ada PIN bawaan."),
    Part.AGAIN: _("Ketik sekali lagi supaya tidak salah."),
    Part.STAFF: _("PIN lain untuk petugas, 6 sampai 12 angka; atau Lanjut, dan buat nanti."),
    Part.STAFF_AGAIN: _("Ketik sekali lagi supaya tidak salah."),
}
PROMPTS: Final = {
    Part.URL: _("antrean.contoh.go.id"),
    Part.CODE: _("Kode dari halaman server"),
    Part.HOST: _("192.168.1.50"),
}
RULER: Final = _(
    "Tempelkan penggaris: kotak ini harus tepat 20 × 20 mm. Sekarang {inch} inci, {w} × {h} titik. "
    "Bila gambarnya miring, putar layar pada pengaturan sistem."
)
NOTICES: Final = {
    "slow": _("Terlalu lama tidak ada jawaban. Coba lagi."),
    "refused": _("Belum berhasil: {detail}"),
    "unlike": _("Kedua PIN tidak sama. Ulangi dari awal."),
    "simple": _("PIN itu terlalu mudah ditebak. Pilih yang lain."),
    "people": _("Sudah ada yang punya PIN di mesin ini. Lanjutkan di terminal: main.py staff"),
    "silent": _("Tidak ada suara: espeak-ng atau kartu suara belum ada."),
    "printed": _("Printer mengatakan kertasnya tercetak."),
    "unconfirmed": _("Printer ini tidak menjawab. Apakah kertasnya keluar?"),
    "not_printed": _("Tidak tercetak: {detail}"),
}
ZONES: Final = {
    "Asia/Jakarta": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}
