"""The frame around every screen."""

from __future__ import annotations

from kiosk.core.common import say
from kiosk.core.visit import Visit
from kiosk.ui.context import Surroundings
from kiosk.ui.present.common import FrameView, footer_keys
from kiosk.words import date_long, date_short, time_of_day


def present_frame(visit: Visit, around: Surroundings) -> FrameView:
    """Return the header's words and the four keys."""
    language, today = visit.language, around.now.date()
    return FrameView(
        mall=say(around.place.name, language),
        region=say(around.place.region, language),
        time=time_of_day(around.now.time(), language),
        date=date_long(today, language),
        date_short=date_short(today, language),
        keys=footer_keys(visit, around),
    )
