"""Where a mobile unit stands: staff type the place, or touch one it stood at before."""

from __future__ import annotations

from kiosk.core import staff_session as s
from kiosk.i18n import _, translate
from kiosk.ui.present.common import Heading, Key
from kiosk.ui.present.lists import LETTERS, EntryView, SearchView


def trip_view(session: s.Session, heading: Heading, notice: str, language: str) -> SearchView:
    """Return the letters, and in the place of what a search finds: what can be chosen."""

    def say(message: str, **values: object) -> str:
        return translate(message, language).format(**values)

    typed, here = session.typed, session.place_name
    message = notice
    if not message and not typed.strip():  # while typing, a long name needs the room
        away = say(_("Sekarang: {place}. Tiket dicatat di tempat itu."), place=short_place(here))
        message = away if here else say(_("Sekarang: di mal. Ketik nama tempat tujuan."))
    if typed.strip():
        named = typed.strip().title()
        rows = [EntryView(Key("travel", say(_("Mulai di sini")), s.Travel(named)), named)]
    else:
        rows = [
            EntryView(
                Key(f"travel:{index}", short_place(place), s.Travel(place)), say(_("Pernah dikunjungi"))
            )
            for index, place in enumerate(session.recent)
            if place != here
        ]
        if here:
            home = Key("travel:home", say(_("Kembali di mal")), s.Travel(""))
            rows.insert(0, EntryView(home, say(_("Perjalanan selesai"))))
    spaced = not typed or typed.endswith(" ")
    return SearchView(
        heading=heading,
        query=typed.title(),
        prompt=say(_("Ketik…")),
        letters=tuple(Key(f"key:{one}", one, s.Write(typed + one.lower())) for one in LETTERS),
        space=Key("key:space", say(_("Spasi")), s.Write(f"{typed} "), enabled=not spaced),
        delete=Key("key:delete", say(_("Hapus")), s.Write(typed[:-1]), "delete", bool(typed)),
        clear=Key("key:clear", say(_("Ulang")), s.Write(""), "x", bool(typed)),
        hits=tuple(rows),
        message=message,
        examples=(),
        page=session.page,
        language=language,
    )


def short_place(place: str, longest: int = 28) -> str:
    """Return a place's name as a line has room for it; the tickets carry the whole."""
    return place if len(place) <= longest else f"{place[: longest - 1].rstrip()}…"
