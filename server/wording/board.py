"""What stands on the board on the wall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "board_title": {"id": "Papan antrean", "en": "Queue board"},
    "board_number": {"id": "Nomor {word}", "en": "{word} number"},
    "board_please": {"id": "Silakan menuju", "en": "Please go to"},
    "board_before": {"id": "Dipanggil sebelumnya", "en": "Called before"},
    "board_before_none": {"id": "Belum ada panggilan lain", "en": "No other calls yet"},
    "board_serving": {"id": "Sedang dilayani di {counter}", "en": "Now serving at {counter}"},
    "board_serving_none": {"id": "Belum ada yang dilayani", "en": "Nobody is being served yet"},
    "board_none": {"id": "Belum ada panggilan", "en": "No calls yet"},
    "board_none_hint": {
        "id": "Nomor yang dipanggil tampil besar di sini. Silakan duduk dan tunggu giliran Anda.",
        "en": "The number that is called is shown large here. Please have a seat and wait for your turn.",
    },
    "board_hours": {
        "id": "Buka hari ini {open}–{close}, nomor terakhir {last_ticket}",
        "en": "Open today {open}–{close}, last number {last_ticket}",
    },
    "board_complaints": {"id": "Pengaduan: {where}", "en": "Complaints: {where}"},
    "board_lost": {
        "id": "Sambungan terputus. Perhatikan panggilan petugas.",
        "en": "The connection is lost. Please listen to our staff.",
    },
    "board_sound": {"id": "Sentuh untuk menyalakan suara", "en": "Touch to switch the sound on"},
    "board_choose": {"id": "Papan mana?", "en": "Which board?"},
    "board_choose_hint": {
        "id": "Pilih bagian gedung yang ditampilkan di layar ini.",
        "en": "Choose the part of the building that this screen shows.",
    },
    "board_unknown": {"id": "Papan ini tidak ada", "en": "There is no such board"},
    "board_unknown_hint": {
        "id": "Periksa alamatnya (site, zone, queue), atau pilih di bawah.",
        "en": "Check the address (site, zone, queue), or choose below.",
    },
    "board_all": {"id": "Semua antrean", "en": "All queues"},
}
