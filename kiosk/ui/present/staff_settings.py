"""One setting on the technician's screen: what it changes, what is allowed, and how it is given."""

from __future__ import annotations

from typing import Final

from kiosk.core import staff_session as s
from kiosk.i18n import _, translate
from kiosk.staff_settings import bounds, choices
from kiosk.ui.present.common import Heading, Key
from kiosk.ui.present.lists import SearchView

BOARDS: Final = ("1234567890.-:/_", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
MOST_TOLD: Final = 90
"""Letters of a reason beside the board."""
CHANGES: Final = {
    "kiosk": _("Apa mesin ini dan cara memberi nomor."),
    "display": _("Ukuran semua yang tampil di layar."),
    "printer": _("Printer: sambungan, kertas, dan kesabaran."),
    "server": _("Sambungan ke server pusat."),
    "scanner": _("Pemindai tiket robek."),
    "speech": _("Suara untuk pengunjung."),
    "session": _("Berapa detik layar menunggu pengunjung."),
    "staff": _("Bagian petugas dan batas salinan."),
}
"""What a section's keys change; docs/configuration.md tells of each key."""


def name_of(session: s.Session) -> tuple[str, str]:
    """Return section and key of the setting that is open."""
    section, _dot, key = session.setting.partition(".")
    return section, key


def advice(session: s.Session, language: str) -> str:
    """Return what the setting changes and what is allowed."""
    section, key = name_of(session)
    said = translate(CHANGES[section], language) if section in CHANGES else ""
    if limits := bounds(section, key):
        said += " " + translate(_("Boleh: {limits}."), language).format(limits=limits)
    return said.strip()


def _said(session: s.Session, language: str) -> str:
    """Return which setting it is, with why it was refused where no number says that, else with what is allowed."""
    section, key = name_of(session)
    refused = session.notice.detail[:MOST_TOLD] if session.notice is not None else ""
    return refused if refused and not bounds(section, key) else f"{key}: {advice(session, language)}"


def choice_keys(session: s.Session) -> tuple[Key, ...]:
    """Return a key for each value, where these are few."""
    section, key = name_of(session)
    return tuple(
        Key(f"value:{text}", text, s.SetTo(text), "ok" if text.lower() == session.typed.lower() else "")
        for text in choices(section, key)
    )


def typing(session: s.Session, heading: Heading, notice: str, language: str) -> SearchView:
    """Return the board for a number or a text."""
    section, key = name_of(session)
    number = bool(bounds(section, key))
    letters = BOARDS[0] if number else BOARDS[session.page % len(BOARDS)]
    following = (session.page + 1) % len(BOARDS)
    shift = ("123", "abc", "ABC")[following]
    return SearchView(
        heading=heading,
        query=session.typed,
        prompt=translate(_("kosong"), language),
        letters=tuple(Key(f"key:{one}", one, s.Type(one)) for one in letters),
        space=Key("key:shift", shift, s.Turn(following), enabled=not number),
        delete=Key("key:delete", translate(_("Hapus"), language), s.Type(""), "delete", bool(session.typed)),
        clear=Key("enter", translate(_("Simpan"), language), s.Enter(), "ok"),
        hits=(),
        message=f"{notice} {_said(session, language)}".strip(),
        examples=(),
        page=0,
        language=language,
    )
