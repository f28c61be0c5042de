"""Looking after the kiosks: alerts are raised and cleared by what they tell, and by their silence."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.core.availability import HolidayNames, Open, mall_state
from kiosk.core.catalogue import Site
from kiosk.core.holidays import holiday_names
from server import alerts
from server.catalogue import Catalogues
from server.conditions import Condition, conditions
from server.db.database import Database
from server.db.models import Alert, Kiosk
from server.heartbeats import kiosks
from server.settings import Settings


def is_open(session: Session, catalogues: Catalogues, site_id: str, now: dt.datetime) -> bool:
    """Whether the site gives tickets now, by its hours."""
    document = catalogues.current(session, site_id)
    there = now.astimezone(document.zone)
    return isinstance(mall_state(document.site, there, _holidays(document.site)), Open)


_calendars: dict[tuple[str, bool], HolidayNames] = {}
"""Each takes a tenth of a second to make; what two threads make at once is the same."""


def _holidays(site: Site) -> HolidayNames:
    key = (site.holidays.country, site.holidays.national)
    if key not in _calendars:
        _calendars[key] = holiday_names(site)
    return _calendars[key]


def look(database: Database, catalogues: Catalogues, settings: Settings, now: dt.datetime) -> int:
    """Bring the alerts up to date; return how many were raised or cleared. Writes only where something changed."""

    def compare(session: Session) -> tuple[list[tuple[Kiosk, Condition]], list[int]]:
        known = {(row.kind, row.about): row for row in _open_alerts(session)}
        open_sites: dict[str, bool] = {}
        fresh: list[tuple[Kiosk, Condition]] = []
        for kiosk in kiosks(session):
            if kiosk.site_id not in open_sites:
                open_sites[kiosk.site_id] = is_open(session, catalogues, kiosk.site_id, now)
            site_open = open_sites[kiosk.site_id]
            found = conditions(kiosk, settings, now, is_open=site_open)
            fresh += [(kiosk, one) for one in found if known.pop((one.kind, str(kiosk.id)), None) is None]
            silent = known.get((alerts.KIOSK_SILENT, str(kiosk.id)))
            if silent is not None and not site_open and _quiet(kiosk, settings, now):
                # It closes with the mall and is still not heard of: nothing is known, so nothing is said.
                del known[(alerts.KIOSK_SILENT, str(kiosk.id))]
        return fresh, [row.id for row in known.values()]

    fresh, over = database.read(compare)
    if not fresh and not over:
        return 0

    def change(session: Session) -> int:
        for kiosk, condition in fresh:
            alerts.raise_alert(
                session,
                now,
                site=kiosk.site_id,
                kiosk=kiosk.id,
                kind=condition.kind,
                about=str(kiosk.id),
                detail=f"{kiosk.name or 'kiosk'} {kiosk.digit}: {condition.detail}",
            )
        query = select(Alert).where(Alert.id.in_(over)).with_for_update()
        return len(fresh) + sum(alerts.clear(session, row, now) for row in session.scalars(query))

    return database.write(change)


def _open_alerts(session: Session) -> list[Alert]:
    query = select(Alert).where(Alert.resolved_at.is_(None), Alert.kind.in_(alerts.WATCHED))
    return list(session.scalars(query))


def _quiet(kiosk: Kiosk, settings: Settings, now: dt.datetime) -> bool:
    return kiosk.seen_at is None or (now - kiosk.seen_at).total_seconds() >= settings.alert_silent_s
