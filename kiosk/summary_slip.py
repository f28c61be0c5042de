"""The day on one paper, for staff: each queue with what was given, voided and copied."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from kiosk.core.common import say
from kiosk.i18n import _, translate
from kiosk.words import date_long, time_of_day
from printer.slip import Feed, Line, Rule, Slip, Text

if TYPE_CHECKING:
    from kiosk.core.catalogue import Site
    from kiosk.core.staff_session import Figure


def summary_slip(site: Site, figures: tuple[Figure, ...], at: dt.datetime, who: str, language: str) -> Slip:
    """Return the summary of the day of ``at`` (aware, the site's clock), printed by ``who``."""

    def tell(message: str, **values: object) -> str:
        return translate(message, language).format(**values)

    lines: list[Line] = [
        Text(say(site.name, language).replace("\u00ad", ""), bold=True),
        Text(tell(_("Ringkasan hari ini")), bold=True, width=2, height=2),
        Text(
            f"{date_long(at.date(), language)}\n{time_of_day(at.time(), language)} {site.zone_abbreviation}"
        ),
        Rule(),
    ]
    for one in figures:
        row = tell(
            _("{queue}: {given} tiket, {voided} batal, {copies} salinan"),
            queue=one.queue,
            given=one.given,
            voided=one.voided,
            copies=one.copies,
        )
        lines.append(Text(row, align="left"))
    total = sum(one.given for one in figures)
    lines += [Rule(), Text(tell(_("Jumlah: {count} tiket"), count=total), bold=True), Text(who), Feed()]
    return Slip(tuple(lines))
