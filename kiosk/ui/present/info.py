"""The mall's own page: when it is open, what it offers, where to complain, what it promises."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.core import visit as v
from kiosk.core.availability import Closed, Reason
from kiosk.core.common import WEEKDAYS, say
from kiosk.i18n import _, translate
from kiosk.ui.context import Loaded, Surroundings
from kiosk.ui.present.attract import hours_on
from kiosk.ui.present.common import Key
from kiosk.words import date_short, time_of_day

if TYPE_CHECKING:
    from kiosk.core.catalogue import TextList

DAYS = 7


@dataclass(frozen=True)
class PartView:
    """One part of the page: a heading with its picture, and lines."""

    icon: str
    head: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class InfoView:
    title: str
    step: str
    parts: tuple[PartView, ...]
    close: Key


def present_info(visit: v.Visit, around: Surroundings) -> InfoView | None:
    """Return the page while it is open and the site is known; what the site leaves out is not on it."""
    loaded = around.loaded
    if not visit.info or loaded is None:
        return None
    language, site = visit.language, loaded.site
    about = site.information

    def tell(message: str) -> str:
        return translate(message, language)

    def listed(lines: TextList) -> tuple[str, ...]:
        return tuple(lines.get(language) or lines.get("id") or ())

    place = [say(about.address, language) if about.address else ""]
    if about.desk:
        place.append(tell(_("Meja informasi: {place}")).format(place=say(about.desk, language)))
    if about.phone:
        place.append(tell(_("Telepon: {number}")).format(number=about.phone))
    complaint = listed(about.complaint) or (say(site.complaint, language),)
    parts = (
        PartView("clock", tell(_("Jam pelayanan, tujuh hari ke depan")), _week(loaded, around.now, language)),
        PartView("pin", tell(_("Alamat")), tuple(line for line in place if line)),
        PartView("people", tell(_("Fasilitas")), listed(about.facilities)),
        PartView("help", tell(_("Pengaduan")), complaint),
        PartView("doc", tell(_("Janji kami (maklumat pelayanan)")), listed(about.pledge)),
    )
    return InfoView(
        title=tell(_("Tentang tempat ini")),
        step=f"{say(site.name, language)} {say(site.region, language)}",
        parts=tuple(part for part in parts if part.lines),
        close=Key("info:close", tell(_("Tutup halaman ini")), v.CloseInfo()),
    )


def _week(loaded: Loaded, now: dt.datetime, language: str) -> tuple[str, ...]:
    return tuple(_day(loaded, now, now.date() + dt.timedelta(days=step), language) for step in range(DAYS))


def _day(loaded: Loaded, now: dt.datetime, date: dt.date, language: str) -> str:
    """Return one day's line; a holiday and a day that differs say why."""
    today = date == now.date()
    name = date_short(date, language)
    if today:
        name = translate(_("Hari ini, {date}"), language).format(date=name)
    site = loaded.site
    override = next((one for one in site.overrides if one.date == date), None)
    hours = hours_on(site, date)
    # At noon of that day: nothing but a holiday is said as a holiday.
    noon = dt.datetime.combine(date, dt.time(12), now.tzinfo)
    state = loaded.mall(noon)
    why = say(override.name, language) if override else ""
    if isinstance(state, Closed) and state.reason is Reason.HOLIDAY:
        hours, why = None, say(state.name, language) if state.name else why
    if hours is None:
        words = translate(_("tutup"), language)
        return f"{name}: {words} ({why})" if why else f"{name}: {words}"
    text = translate(_("{open} – {close} {zone}"), language).format(
        open=time_of_day(hours.open, language),
        close=time_of_day(hours.close, language),
        zone=site.zone_abbreviation,
    )
    pauses = [pause for pause in site.breaks if WEEKDAYS[date.weekday()] in pause.days]
    for pause in pauses:
        text += translate(_(", istirahat {start} – {end}"), language).format(
            start=time_of_day(pause.start, language), end=time_of_day(pause.end, language)
        )
    return f"{name}: {text} ({why})" if why else f"{name}: {text}"
