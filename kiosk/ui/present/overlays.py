"""What lies over a screen: help, "are you still here?", and the one screen for a kiosk that cannot serve."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core import visit as v
from kiosk.core.common import say
from kiosk.i18n import _, translate, translate_many
from kiosk.ui.context import Surroundings
from kiosk.ui.present.common import Key


@dataclass(frozen=True)
class HelpView:
    title: str
    steps: tuple[str, ...]
    """How it works, in order."""
    lines: tuple[str, ...]
    """The mall's own lines."""
    call: Key | None
    """Calls staff; None where nobody can be told."""
    call_state: str
    """What is known of the call, or where to find people."""
    call_tone: str
    info: Key
    close: Key


@dataclass(frozen=True)
class WarningView:
    title: str
    text: str
    stay: Key


@dataclass(frozen=True)
class FaultView:
    title: str
    text: str
    staff: str
    code: str


_STEPS = (
    _("Pilih instansi yang Anda tuju, atau cari layanannya."),
    _("Pilih keperluan Anda, lalu baca syaratnya."),
    _("Sentuh “Ambil nomor antrean” dan ambil tiketnya."),
)


def present_help(visit: v.Visit, around: Surroundings) -> HelpView | None:
    """Return the help page while it is asked for."""
    if not visit.help:
        return None
    language = visit.language
    words, tone = _call_words(visit, around, language)
    help_lines = around.loaded.site.help if around.loaded else {}
    return HelpView(
        title=translate(_("Cara mengambil nomor"), language),
        steps=tuple(translate(step, language) for step in _STEPS),
        lines=tuple(help_lines.get(language) or help_lines.get("id") or ()),
        call=_call_key(visit, around, language),
        call_state=words,
        call_tone=tone,
        info=Key(
            "info",
            translate(_("Jam dan fasilitas"), language),
            v.ShowInfo(),
            "clock",
        ),
        close=Key("help:close", translate(_("Tutup bantuan"), language), v.CloseHelp()),
    )


def _call_key(visit: v.Visit, around: Surroundings, language: str) -> Key | None:
    """Return the button that calls staff; it rests while a call is under way, and after one that was heard."""
    if not around.server:
        return None
    call = visit.call
    ready = (call is None or call.told is False) and visit.calls < v.MOST_CALLS
    return Key("call", translate(_("Panggil petugas"), language), v.CallStaff(), "people", enabled=ready)


def _call_words(visit: v.Visit, around: Surroundings, language: str) -> tuple[str, str]:
    """Return what is known of the call for staff and on which ground it stands: never more than is known."""
    desk = around.loaded.site.information.desk if around.loaded else None
    place = f" ({say(desk, language)})" if desk else ""
    call = visit.call
    if call is not None and call.told:
        return translate(_("Petugas sudah diberi tahu. Mohon tunggu di dekat mesin ini."), language), "green"
    if call is not None and call.told is None and around.server:
        return translate(_("Mencoba memberi tahu petugas…"), language), "sea"
    if call is None and around.server:
        return "", ""
    failed = _("Mesin ini tidak dapat memanggil petugas. Silakan ke meja informasi{place}.")
    return translate(failed, language).format(place=place), "red" if call is not None else ""


def present_warning(visit: v.Visit) -> WarningView | None:
    """Return the idle warning while it is up."""
    if not visit.warned:
        return None
    language, left = visit.language, visit.countdown or 0
    text = translate_many(
        "Layar kembali ke awal dalam {count} detik, supaya pengunjung lain dapat memakainya.",
        "Layar kembali ke awal dalam {count} detik, supaya pengunjung lain dapat memakainya.",
        left,
        language,
    )
    return WarningView(
        title=translate(_("Masih di sini?"), language),
        text=text.format(count=left),
        stay=Key("stay", translate(_("Ya, saya masih di sini"), language), v.Touched()),
    )


_RESTART_KEEPS_NUMBERS = _(
    "Untuk petugas: matikan dan nyalakan lagi mesin ini. Nomor antrean melanjutkan, tidak mulai dari awal."
)
_RESTART = _("Untuk petugas: matikan dan nyalakan lagi mesin ini.")
_CALL = _("Untuk petugas: hubungi teknisi dan sebutkan kode ini.")
_STAFF = {
    "E-STO-02": _RESTART_KEEPS_NUMBERS,
    "E-STO-00": _RESTART,
    "E-DSK-00": _RESTART,
    "E-DSK-01": _RESTART,
}
"""What staff can do themselves, by code (docs/errors.md); every other code needs a technician."""


def present_fault(visit: v.Visit) -> FaultView:
    """Return the one calm screen of a kiosk that cannot give numbers."""
    language = visit.language
    staff = _STAFF.get(visit.fault or "", _CALL)
    return FaultView(
        title=translate(_("Mohon maaf, mesin ini belum dapat memberi nomor"), language),
        text=translate(_("Silakan ambil nomor antrean pada petugas di meja informasi."), language),
        staff=translate(staff, language),
        code=translate(_("Kode: {code}"), language).format(code=visit.fault or ""),
    )
