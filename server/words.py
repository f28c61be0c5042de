"""What the server says, in every language it knows: Indonesian is the source, English beside it. The words of the
signed-in pages are in ``server.wording``, one module for each part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from server.wording import board, common, counter, fields, kiosks, manage, today

LANGUAGES: Final = ("id", "en")

_VISITORS: Final[Mapping[str, Mapping[str, str]]] = {
    "bring": {"id": "Yang perlu Anda bawa", "en": "What to bring"},
    "fee": {"id": "Biaya", "en": "Fee"},
    "duration": {"id": "Waktu", "en": "Time"},
    "where": {"id": "Tempat", "en": "Where"},
    "product": {"id": "Hasil layanan", "en": "What you receive"},
    "legal_basis": {"id": "Dasar hukum", "en": "Legal basis"},
    "complaint": {"id": "Pengaduan", "en": "Complaints"},
    "terms": {"id": "Arti singkatan", "en": "What the short words mean"},
    "no_fee": {"id": "Gratis", "en": "Free"},
    "ask_staff": {"id": "Tanyakan petugas", "en": "Please ask our staff"},
    "online": {"id": "Urus dari rumah di {host}", "en": "Do it from home at {host}"},
    "closed_for_now": {"id": "Tutup sementara: {reason}", "en": "Closed for now: {reason}"},
    "no_number": {
        "id": "Ini bukan nomor antrean. Ambil nomor di anjungan saat Anda datang.",
        "en": "This is not a queue number. Please take one at the kiosk when you come.",
    },
    "no_service": {"id": "Layanan ini tidak ada", "en": "There is no such service"},
    "no_service_hint": {
        "id": "Mungkin namanya sudah berubah. Silakan tanya petugas.",
        "en": "It may have a new name. Please ask our staff.",
    },
    "your_number": {"id": "Nomor Anda", "en": "Your number"},
    "ahead_none": {"id": "Anda berikutnya", "en": "You are next"},
    "ahead_hint_none": {
        "id": "Mohon tetap di dekat ruang tunggu.",
        "en": "Please stay near the waiting area.",
    },
    "ahead_one": {"id": "1 orang di depan Anda", "en": "1 person is ahead of you"},
    "ahead_many": {"id": "{count} orang di depan Anda", "en": "{count} people are ahead of you"},
    "ahead_hint": {
        "id": "Nomor akan dipanggil menurut urutan. Tetaplah di dekat ruang tunggu.",
        "en": "Numbers are called in turn. Please stay near the waiting area.",
    },
    "called": {"id": "Silakan menuju {counter}", "en": "Please go to {counter}"},
    "called_hint": {"id": "Nomor Anda sedang dipanggil.", "en": "Your number is being called."},
    "serving": {"id": "Sedang dilayani di {counter}", "en": "Being served at {counter}"},
    "done": {"id": "Selesai dilayani", "en": "You have been served"},
    "done_hint": {"id": "Terima kasih atas kunjungan Anda.", "en": "Thank you for your visit."},
    "no_show": {"id": "Nomor sudah dipanggil dan terlewat", "en": "Your number was called and passed"},
    "no_show_hint": {"id": "Silakan lapor kepada petugas.", "en": "Please tell our staff."},
    "voided": {"id": "Nomor ini dibatalkan", "en": "This number was cancelled"},
    "voided_hint": {
        "id": "Silakan ambil nomor baru di anjungan atau tanya petugas.",
        "en": "Please take a new number at the kiosk or ask our staff.",
    },
    "not_yet": {"id": "Nomor sedang dicatat", "en": "Your number is being recorded"},
    "not_yet_hint": {
        "id": "Halaman ini akan menampilkan antrean sebentar lagi. Nomor pada kertas tetap berlaku.",
        "en": "This page will show the queue shortly. The number on your paper is valid.",
    },
    "past": {"id": "Nomor ini untuk hari lain", "en": "This number is for another day"},
    "past_hint": {"id": "Berlaku pada {day}.", "en": "Valid on {day}."},
    "service": {"id": "Layanan", "en": "Service"},
    "updated": {"id": "Diperbarui pukul {time}", "en": "Updated at {time}"},
    "reload": {"id": "Muat ulang", "en": "Reload"},
    "live": {"id": "Halaman ini memperbarui sendiri.", "en": "This page updates by itself."},
    "away": {
        "id": "Sambungan terputus. Mencoba lagi …",
        "en": "The connection is lost. Trying again …",
    },
    "other_language": {"id": "English", "en": "Bahasa Indonesia"},
    "title": {"id": "Antrean", "en": "Queue"},
}


def _together(*parts: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for part in parts:
        if twice := found.keys() & part.keys():
            raise ValueError(f"words with two meanings: {sorted(twice)}")
        found.update(part)
    return found


WORDS: Final[Mapping[str, Mapping[str, str]]] = _together(
    _VISITORS,
    common.WORDS,
    board.WORDS,
    counter.WORDS,
    fields.WORDS,
    kiosks.WORDS,
    manage.WORDS,
    today.WORDS,
)
"""Key → language → text. A test holds that every key has every language."""


def say(key: str, language: str, **values: object) -> str:
    """Return the text of ``key`` in ``language`` with its ``{places}`` filled in."""
    return WORDS[key][language].format(**values)


def choose(asked: str | None, accepted: str, fallback: str | None) -> str:
    """Return the language for a page: what the address asks for, what the ticket was printed in, what the browser
    accepts, or Indonesian. ``accepted`` is an ``Accept-Language`` header."""
    for wish in (
        asked,
        fallback,
        *(part.partition(";")[0].strip()[:2].lower() for part in accepted.split(",")),
    ):
        if wish in LANGUAGES:
            return wish
    return LANGUAGES[0]
