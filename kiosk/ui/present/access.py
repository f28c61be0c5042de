"""The page of what can be made easier: each mode as a switch that says what it does."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.core import visit as v
from kiosk.core.modes import LOUDEST, Modes
from kiosk.i18n import _, translate
from kiosk.ui.present.common import Key


@dataclass(frozen=True)
class SwitchView:
    """One mode: what is touched, and whether it is on."""

    key: Key
    on: bool


@dataclass(frozen=True)
class AccessView:
    title: str
    text: str
    switches: tuple[SwitchView, ...]
    volume: tuple[Key, ...]
    """Softer and louder, while speech is on."""
    close: Key


def present_access(visit: v.Visit, voice: bool) -> AccessView | None:
    """Return the page while it is open; ``voice``: this machine can speak."""
    if not visit.access:
        return None
    modes, language = visit.modes, visit.language

    def tell(message: str) -> str:
        return translate(message, language)

    def switch(name: str, label: str, note: str, on: bool, after: Modes, enabled: bool = True) -> SwitchView:
        key = Key(f"mode:{name}", tell(label), v.SetModes(after), enabled=enabled, note=tell(note))
        return SwitchView(key, on)

    switches = (
        switch(
            "speech",
            _("Suara"),
            _("Semua layar dibacakan.") if voice else _("Mesin ini belum dapat bersuara."),
            modes.speech,
            replace(modes, speech=not modes.speech),
            voice,
        ),
        switch(
            "large",
            _("Huruf besar"),
            _("Waktu Anda juga dua kali lebih lama."),
            modes.large,
            replace(modes, large=not modes.large),
        ),
        switch(
            "big",
            _("Tombol besar"),
            _("Setiap tombol paling kecil 3 cm."),
            modes.big,
            replace(modes, big=not modes.big),
        ),
        switch(
            "light",
            _("Hitam di atas putih"),
            _("Warna lebih tegas."),
            modes.contrast == "light",
            replace(modes, contrast="" if modes.contrast == "light" else "light"),
        ),
        switch(
            "dark",
            _("Putih di atas hitam"),
            _("Warna lebih tegas, tidak silau."),
            modes.contrast == "dark",
            replace(modes, contrast="" if modes.contrast == "dark" else "dark"),
        ),
        switch(
            "low",
            _("Tombol di bawah"),
            _("Semua tombol terjangkau dari kursi roda."),
            modes.low,
            replace(modes, low=not modes.low),
        ),
        switch(
            "still",
            _("Tanpa gerakan"),
            _("Lama menunggu ditulis dengan kata."),
            modes.still,
            replace(modes, still=not modes.still),
        ),
    )
    volume: tuple[Key, ...] = ()
    if modes.speech:
        now = tell(_("Suara {step} dari {steps}")).format(step=modes.volume, steps=LOUDEST)
        volume = (
            Key(
                "volume:down",
                tell(_("Lebih pelan")),
                v.SetModes(modes.louder(-1)),
                enabled=modes.volume > 1,
                note=now,
            ),
            Key(
                "volume:up",
                tell(_("Lebih keras")),
                v.SetModes(modes.louder(1)),
                enabled=modes.volume < LOUDEST,
                note=now,
            ),
        )
    return AccessView(
        title=tell(_("Apa yang memudahkan Anda?")),
        text=tell(_("Pilihan ini berlaku untuk kunjungan Anda saja, dan boleh lebih dari satu.")),
        switches=switches,
        volume=volume,
        close=Key("access:close", tell(_("Selesai memilih")), v.CloseAccess()),
    )
