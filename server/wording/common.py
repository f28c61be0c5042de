"""What stands on every signed-in page: signing in and out, the frame, and what may go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "sign_in": {"id": "Masuk", "en": "Sign in"},
    "sign_in_lead": {
        "id": "Untuk petugas loket dan pengelola.",
        "en": "For counter officers and managers.",
    },
    "sign_in_name": {"id": "Nama pengguna", "en": "User name"},
    "sign_in_password": {"id": "Kata sandi", "en": "Password"},
    "sign_in_wrong": {
        "id": "Nama atau kata sandi tidak cocok. Periksa huruf besar-kecilnya, lalu coba lagi.",
        "en": "The name or the password does not fit. Check capital letters and try again.",
    },
    "sign_in_locked_one": {
        "id": "Terlalu banyak percobaan. Demi keamanan, coba lagi sekitar 1 menit lagi.",
        "en": "Too many tries. To keep the account safe, try again in about 1 minute.",
    },
    "sign_in_locked": {
        "id": "Terlalu banyak percobaan. Demi keamanan, coba lagi sekitar {minutes} menit lagi.",
        "en": "Too many tries. To keep the account safe, try again in about {minutes} minutes.",
    },
    "sign_in_first": {
        "id": "Silakan masuk dahulu. Sesi yang lama tidak disentuh berakhir dengan sendirinya.",
        "en": "Please sign in first. A session that is left alone ends by itself.",
    },
    "sign_in_forgotten": {
        "id": "Lupa kata sandi? Pengelola dapat memberi yang baru.",
        "en": "Forgot the password? A manager can give you a new one.",
    },
    "signed_out": {"id": "Anda sudah keluar.", "en": "You are signed out."},
    "sign_out": {"id": "Keluar", "en": "Sign out"},
    "skip": {"id": "Langsung ke isi", "en": "Skip to the content"},
    "nav_label": {"id": "Halaman", "en": "Pages"},
    "nav_site": {"id": "Mal", "en": "Mall"},
    "nav_site_go": {"id": "Pilih", "en": "Choose"},
    "role_admin": {"id": "Administrator", "en": "Administrator"},
    "role_manager": {"id": "Pengelola", "en": "Manager"},
    "role_officer": {"id": "Petugas loket", "en": "Counter officer"},
    "live_away": {
        "id": "Sambungan ke server terputus. Mencoba lagi …",
        "en": "The connection to the server is lost. Trying again …",
    },
    "home": {"id": "Ke halaman awal", "en": "To the start page"},
    "back": {"id": "Kembali", "en": "Back"},
    "problem_form": {
        "id": "Halaman ini sudah kedaluwarsa",
        "en": "This page has expired",
    },
    "problem_form_hint": {
        "id": "Yang tadi ditekan tidak dikerjakan. Muat ulang halamannya, lalu tekan sekali lagi.",
        "en": "What was pressed has not been done. Reload the page and press once more.",
    },
    "problem_role": {"id": "Halaman ini bukan untuk peran Anda", "en": "This page is not for your role"},
    "problem_role_hint": {
        "id": "Minta pengelola bila Anda memerlukannya.",
        "en": "Ask a manager if you need it.",
    },
    "problem_missing": {"id": "Halaman ini tidak ada", "en": "This page does not exist"},
    "problem_missing_hint": {
        "id": "Periksa alamatnya, atau mulai dari halaman awal.",
        "en": "Check the address, or begin at the start page.",
    },
    "problem_no_site": {"id": "Belum ada mal di server ini", "en": "There is no mall on this server yet"},
    "problem_no_site_hint": {
        "id": "Administrator memasukkannya dengan main.py server import-catalogue.",
        "en": "The administrator brings it in with main.py server import-catalogue.",
    },
}
