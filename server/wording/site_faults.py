"""The faults of ``kiosk.site``, which are told in English to technicians, in a manager's words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]
_RULES: Final[tuple[_Rule, ...]] = tuple(
    (re.compile(pattern), text)
    for pattern, text in (
        (r"^is missing; it must be there$", "wajib diisi"),
        (r"^must not be empty$", "wajib diisi"),
        (r"^needs a text for (.*)$", r"perlu teks untuk bahasa: \1"),
        (r"^allowed: 1 to (\d+) capital letters or digits$", r"1 sampai \1 huruf besar atau angka"),
        (
            r"^allowed: 1 to (\d+) small letters, digits or hyphens$",
            r"1 sampai \1 huruf kecil, angka, tanda hubung",
        ),
        (r"^allowed: text without line breaks, tabs or control characters$", "teks tanpa baris baru dan tab"),
        (r"^is too long; at most (\d+) characters$", r"terlalu panjang; paling banyak \1 karakter"),
        (r"^must be at least (\d+)$", r"paling sedikit \1"),
        (r"^must be at most (\d+)$", r"paling banyak \1"),
        (r"^needs at least (\d+)$", r"perlu paling sedikit \1"),
        (r"^must be a whole number.*$", "harus angka bulat tanpa kata lain, seperti 30000"),
        (r'^must be a time such as "08:00"$', "harus jam, seperti 08:00"),
        (r"^must be a date such as .*$", "harus tanggal, seperti 2026-12-24"),
        (r"^'(.*)' is already used by row (\d+)$", r"\1 sudah dipakai baris lain"),
        (r"^is already used by row .*$", "sudah dipakai baris lain"),
        (r"^'(.*)' is not an agency; allowed: (.*)$", r"\1 bukan kode instansi; yang ada: \2"),
        (r"^'(.*)' is not a queue; allowed: (.*)$", r"\1 bukan kode antrean; yang ada: \2"),
        (r"^'(.*)' is not a zone; allowed: (.*)$", r"\1 bukan kode zona; yang ada: \2"),
        (r"^has no service; give it one or remove it$", "belum punya layanan; tambahkan satu, atau hapus"),
        (r"^no such pictogram; allowed: (.*)$", r"piktogram tidak ada; yang ada: \1"),
        (
            r"^must have as many lines in every language, found (.*)$",
            r"jumlah baris harus sama di tiap bahasa; sekarang \1",
        ),
        (
            r"^must be in order open < last_ticket <= close, found (.*)$",
            r"harus urut: buka, tiket terakhir, tutup; sekarang \1",
        ),
        (
            r"^start must be before end, found (.*) and (.*)$",
            r"mulai harus sebelum selesai; sekarang \1 dan \2",
        ),
        (r"^allowed: ya, tidak$", "ya atau tidak"),
        (
            r"^must be in small letters with single spaces; write (.*)$",
            r"huruf kecil dengan satu spasi; tulis \1",
        ),
        (r"^cannot be found; allowed: .*$", "tidak bisa dicari; 2 sampai 60 huruf atau angka"),
        (r"^stands twice, first as .*; keep one$", "tertulis dua kali; simpan satu saja"),
        (r"^(.*) stands twice; keep one(?: line)?$", r"\1 tertulis dua kali; simpan satu saja"),
        (r"^each line must be like ('.*'); days: (.*)$", r"tiap baris seperti \1; hari: \2"),
        (
            r"^is not an XLSX spreadsheet.*$",
            "bukan spreadsheet XLSX; simpan sebagai “Excel 2007-365 (.xlsx)”",
        ),
        (r"^is too large for a catalogue; at most (.*)$", r"terlalu besar; paling besar \1"),
        (r"^the sheet is missing; needed: (.*)$", r"lembarnya tidak ada; yang perlu ada: \1"),
        (r"^the column (.*) is missing; .*$", r"kolom \1 tidak ada; boleh kosong, tetapi harus ada"),
        (r"^is not a known column; allowed: (.*)$", r"kolom tidak dikenal; yang dikenal: \1"),
        (
            r"^the column has no name in the first row.*$",
            "kolom tanpa nama di baris pertama; beri nama atau kosongkan",
        ),
        (r"^the formula in this cell failed.*$", "rumus di sel ini gagal; ketik nilainya"),
        (
            r"^the spreadsheet made a date or time of it.*$",
            "spreadsheet mengubahnya menjadi tanggal; jadikan teks, lalu ketik lagi",
        ),
        (
            r"^ends in a digit:.*$|^.* ends in a digit:.*$",
            "berakhir angka: tanpa pemisah tidak terbedakan dari nomornya",
        ),
        (r"^is not a language of this site; allowed: (.*)$", r"bukan bahasa mal ini; yang ada: \1"),
    )
)


def told(problem: str, language: str) -> str:
    """Return what is wrong in ``language``. What has no Indonesian words yet stays as technicians know it."""
    if language == "id":
        for pattern, text in _RULES:
            if pattern.match(problem):
                return pattern.sub(text, problem)
    return problem


def place(text: str, language: str) -> str:
    """Return a place in a spreadsheet in ``language``: ``Layanan, baris 14 (C03), kolom F``."""
    if language != "id":
        return text
    return re.sub(r"\bcolumn ([A-Z]+)", r"kolom \1", re.sub(r"\brow (\d+)", r"baris \1", text))
