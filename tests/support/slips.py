"""Slips that several tests print."""

from __future__ import annotations

from printer.slip import Big, Feed, Qr, Rule, Slip, Text

URL = "https://antrean.example.go.id/t/u7Qm2vXb9KpL0aZdWc3RtA"

TICKET = Slip(
    (
        Text("MAL PELAYANAN PUBLIK", bold=True, height=2),
        Text("Kabupaten Bangkalan"),
        Rule(),
        Text("Dinas Kependudukan dan Pencatatan Sipil", bold=True),
        Text("Perekaman KTP elektronik – pemula"),
        Feed(1),
        Text("NOMOR ANTREAN"),
        Big("A-001"),
        Text("PRIORITAS", bold=True),
        Text("Zona A · Lantai 1 · Loket 3", bold=True, height=2),
        Text("Selasa, 24 November 2026 · 09.15 WIB"),
        Text("Menunggu di depan Anda: 12 orang"),
        Text("Mohon menunggu nomor Anda dipanggil"),
        Qr(URL),
        Text("Pindai untuk melihat antrean dari ponsel"),
        Rule(),
        Text("Layanan gratis. Pengaduan: meja informasi."),
    )
)
"""A standard ticket, as long as they get."""
