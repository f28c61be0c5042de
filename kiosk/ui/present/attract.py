"""The attract screen: whose machine this is, what it is for, where to touch, and whether the mall is open."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.core import visit as v
from kiosk.core.availability import Closed, Open, Reason
from kiosk.core.common import WEEKDAYS
from kiosk.i18n import _, translate
from kiosk.ui.context import Loaded, Surroundings
from kiosk.ui.present.common import Key, access_key, language_name
from kiosk.words import closed_words, printer_words, time_of_day

if TYPE_CHECKING:
    from kiosk.core.catalogue import Hours, Site


@dataclass(frozen=True)
class StateView:
    """The mall's state: a word on a coloured ground with its picture, what it means, and what to do."""

    word: str
    tone: str
    icon: str
    text: str
    note: str
    printer: str = ""
    """What is wrong with the printer, for visitors and staff alike; empty when nothing is."""


@dataclass(frozen=True)
class AttractView:
    welcome: str
    invitation: str
    second: str
    """The invitation in the other language."""
    state: StateView | None
    start: Key
    languages: tuple[Key, ...]
    help: Key
    access: Key


_TAKE = _("Ambil nomor antrean di sini")
_LOOK = _("Lihat layanan dan syaratnya di sini")


def present_attract(visit: v.Visit, around: Surroundings, waiting: bool = False) -> AttractView:
    """Return the attract screen; ``waiting``: it was touched before the site had been read."""
    language = visit.language
    loaded = around.loaded
    mall = loaded.mall(around.now) if loaded else None
    invitation = _LOOK if isinstance(mall, Closed) else _TAKE
    others = [tag for tag in around.languages if tag != language]
    start = _("Sebentar, sedang disiapkan…") if waiting else _("Sentuh untuk mulai")
    return AttractView(
        welcome=translate(_("Selamat datang"), language),
        invitation=translate(invitation, language),
        # Reading the other language's file is left to the desk's thread: the first frame does not wait for it.
        second=translate(invitation, others[0]) if others and loaded else "",
        state=_state(loaded, mall, around, language) if loaded and mall else None,
        start=Key("start", translate(start, language), v.Start(), "touch"),
        languages=tuple(Key(f"start:{tag}", language_name(tag), v.Start(tag)) for tag in around.languages),
        help=Key("help", translate(_("Bantuan"), language), v.ShowHelp(), "help"),
        access=access_key(visit),
    )


_CLOSED_WORDS = {
    Reason.NOT_YET: _("Belum buka"),
    Reason.BREAK: _("Istirahat"),
    Reason.NO_PRINTER: _("Belum siap"),
}


def _state(loaded: Loaded, mall: Open | Closed, around: Surroundings, language: str) -> StateView:
    now = around.now
    if isinstance(mall, Closed):
        words = closed_words(mall, loaded.site, now, language)
        word = translate(_CLOSED_WORDS.get(mall.reason, _("Tutup")), language)
        return StateView(word, "red", "clock", "", words.long)
    hours = hours_on(loaded.site, now.date())
    text = note = ""
    if hours is not None and mall.until != dt.time.max:
        text = translate(_("hari ini {open} – {close} {zone}"), language).format(
            open=time_of_day(hours.open, language),
            close=time_of_day(hours.close, language),
            zone=loaded.site.zone_abbreviation,
        )
        note = translate(_("Nomor terakhir diberikan pukul {time}"), language).format(
            time=time_of_day(mall.until, language)
        )
    return StateView(translate(_("Buka"), language), "green", "ok", text, note, _printer(around, language))


def _printer(around: Surroundings, language: str) -> str:
    """Tell of a printer in trouble before anybody is disappointed, and of paper that will end to whoever refills it."""
    if around.printer_out is not None:
        words = translate(_("{trouble}: nomor Anda tampil di layar."), language)
        return words.format(trouble=printer_words(around.printer_out, language))
    if around.printer is not None and around.printer.cause is not None:
        return translate(_("Untuk petugas: {trouble}."), language).format(
            trouble=printer_words(around.printer.cause, language).lower()
        )
    return ""


def hours_on(site: Site, date: dt.date) -> Hours | None:
    """Return the mall's hours on ``date``: an override's where there is one, else the week's."""
    for override in site.overrides:
        if override.date == date:
            return override.hours
    return site.week.get(WEEKDAYS[date.weekday()])
