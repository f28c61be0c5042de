"""What the fields of a site are called, and what may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_NAMES: Final[Mapping[str, tuple[str, str, str, str]]] = {
    # field: Indonesian, English, Indonesian hint, English hint
    "code": ("Kode", "Code", "Huruf besar dan angka", "Capital letters and digits"),
    "name": ("Nama resmi", "Official name", "", ""),
    "short": (
        "Nama singkat",
        "Short name",
        "Sebutan warga, paling baik 34 huruf",
        "What people say, at best 34 letters",
    ),
    "line": ("Keterangan", "Description", "Satu baris: untuk apa", "One line: what it is for"),
    "pictogram": ("Piktogram", "Pictogram", "", ""),
    "source": ("Sumber", "Source", "Asal data", "Where the data came from"),
    "note": (
        "Catatan",
        "Note",
        "Untuk pengelola, tidak tampil di layar",
        "For those who keep it, never on screen",
    ),
    "zone": ("Zona", "Zone", "", ""),
    "counters": ("Loket", "Counters", "Seperti di dinding: 4–7", "As on the wall: 4–7"),
    "quota": ("Kuota per hari", "Quota a day", "Kosong = tanpa batas", "Empty = no limit"),
    "agency": ("Instansi", "Agency", "", ""),
    "queue": ("Antrean", "Queue", "", ""),
    "requirements": (
        "Persyaratan",
        "Requirements",
        "Satu syarat per baris, sama banyak di tiap bahasa",
        "One on a line, as many in every language",
    ),
    "fee_idr": (
        "Biaya (Rp)",
        "Fee (Rp)",
        "0 = gratis; kosong = lihat keterangan",
        "0 = free; empty = see the remark",
    ),
    "fee_note": ("Keterangan biaya", "Remark on the fee", "", ""),
    "duration": ("Waktu", "Time it takes", "", ""),
    "product": ("Produk", "Result", "Yang diterima warga", "What the visitor gets"),
    "legal_basis": ("Dasar hukum", "Legal basis", "", ""),
    "complaint": ("Pengaduan", "Complaints", "Kosong = saluran mal", "Empty = the mall's channel"),
    "words": (
        "Kata pencarian",
        "Search words",
        "Kata sehari-hari, dipisah koma",
        "Everyday words, with commas",
    ),
    "week": (
        "Jam khusus",
        "Hours of its own",
        "Per baris: Senin 08.00–12.00, tiket terakhir 11.30",
        "A line each: Senin 08.00–12.00, tiket terakhir 11.30",
    ),
    "closed": ("Ditutup karena", "Closed because", "Kosong = buka", "Empty = open"),
    "must_verify": ("Perlu diperiksa", "To be verified", "", ""),
    "details_source": ("Sumber rincian", "Source of the details", "Satu per baris", "One on a line"),
    "region": ("Daerah", "Region", "", ""),
    "counter_word": ("Sebutan loket", "Word for a counter", "", ""),
    "queue_word": ("Sebutan antrean", "Word for the queue", "", ""),
    "ticket": ("Kertas tiket", "Paper of the ticket", "", ""),
    "ticket.footer": ("Baris penutup tiket", "Last line of the ticket", "", ""),
    "help": ("Halaman bantuan", "Help page", "", ""),
    "numbers": ("Bentuk nomor", "Form of the number", "", ""),
    "breaks": ("Istirahat", "Breaks", "", ""),
    "overrides": ("Tanggal khusus", "Single dates", "", ""),
    "holidays": ("Libur nasional", "National holidays", "", ""),
    "zones": ("Zona tunggu", "Waiting areas", "", ""),
    "languages": ("Bahasa", "Languages", "", ""),
    "sample": ("Data contoh", "Sample data", "", ""),
    "timezone": ("Zona waktu", "Time zone", "", ""),
}

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    f"field_{name}": {"id": words[0], "en": words[1]} for name, words in _NAMES.items()
} | {f"hint_{name}": {"id": words[2], "en": words[3]} for name, words in _NAMES.items() if words[2]}
