"""The paper that shows what a printer can: printed by ``main.py printer test`` and while a unit is set up."""

from __future__ import annotations

from printer.profiles import Profile
from printer.slip import Big, Qr, Rule, Slip, Text


def test_slip(profile: Profile) -> Slip:
    """All that a ticket needs of a printer: sizes, the width of the paper, letters with accents, a code, the cut."""
    ruler = "".join(str(column % 10) for column in range(1, profile.columns + 1))
    return Slip(
        (
            Text("UJI CETAK", bold=True, width=2, height=2),
            Text(f"{profile.name} · {profile.width_mm} mm"),
            Text(ruler, align="left"),
            Text("ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789 é “–” …", align="left"),
            Rule(),
            Big("A-000"),
            Rule(),
            Qr("UJI-CETAK"),
            Text("Bukan nomor antrean"),
        )
    )
