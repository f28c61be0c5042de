"""Small sites, queues and services for the tests of the rules, with only what a test cares about spelt out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from kiosk.core.catalogue import Agency, Break, Catalogue, DateOverride, Hours, Queue, Service, Site
from kiosk.core.common import WEEKDAYS

WIB = dt.timezone(dt.timedelta(hours=7), "WIB")
TUESDAY = dt.date(2026, 11, 24)
FRIDAY = dt.date(2026, 11, 27)
SATURDAY = dt.date(2026, 11, 28)

WORKDAYS = WEEKDAYS[:5]
HOURS = Hours(open=dt.time(8), close=dt.time(14), last_ticket=dt.time(13, 30))
PRAYER = Break(
    days=("fri",), start=dt.time(11, 30), end=dt.time(13), name={"id": "Salat Jumat", "en": "Friday prayer"}
)
CHRISTMAS = {"id": "Hari Raya Natal", "en": "Christmas Day"}


def at(day: dt.date, time: str) -> dt.datetime:
    """Return ``time`` ("09:41" or "09:41:07") on ``day`` in WIB."""
    return dt.datetime.combine(day, dt.time.fromisoformat(time), tzinfo=WIB)


def both(text: str) -> dict[str, str]:
    return {"id": text, "en": f"{text} (en)"}


def hours(opens: str, last: str, closes: str) -> Hours:
    times = (dt.time.fromisoformat(text) for text in (opens, last, closes))
    return Hours(**dict(zip(("open", "last_ticket", "close"), times, strict=True)))


def override(day: dt.date, name: str, open_hours: Hours | None = None) -> DateOverride:
    return DateOverride(date=day, name=both(name), hours=open_hours)


def make_site(**changes: Any) -> Site:
    fields: dict[str, Any] = {
        "id": "mpp-uji",
        "sample": True,
        "name": both("Mal Uji"),
        "region": both("Kabupaten Uji"),
        "timezone": "Asia/Jakarta",
        "counter_word": both("Loket"),
        "queue_word": both("antrean"),
        "week": dict.fromkeys(WORKDAYS, HOURS),
        "breaks": (PRAYER,),
        "zones": ({"code": "B", "name": both("Zona B"), "floor": both("Lantai 3")},),
        "ticket": {"footer": both("Terima kasih")},
        "complaint": both("Meja pengaduan"),
        "help": {},
    }
    return Site(**fields | changes)


def make_queue(**changes: Any) -> Queue:
    return Queue(**{"code": "C", "zone": "B"} | changes)


def make_service(**changes: Any) -> Service:
    fields: dict[str, Any] = {
        "code": "C03",
        "agency": "C",
        "queue": "C",
        "name": both("Penerbitan KTP-el karena hilang"),
        "short": both("KTP-el hilang"),
        "line": both("Kartu baru"),
        "must_verify": True,
        "source": "uji",
    }
    return Service(**fields | changes)


def make_agency(**changes: Any) -> Agency:
    fields: dict[str, Any] = {
        "code": "C",
        "name": both("Dinas Kependudukan"),
        "short": both("Dukcapil"),
        "line": both("KTP dan akta"),
        "pictogram": "agency-c",
    }
    return Agency(**fields | changes)


def make_catalogue(*services: Service, agencies: tuple[Agency, ...] = ()) -> Catalogue:
    return Catalogue(agencies=agencies or (make_agency(),), queues=(make_queue(),), services=services)


def no_holiday(day: dt.date) -> Mapping[str, str] | None:
    return None


def christmas(day: dt.date) -> Mapping[str, str] | None:
    return CHRISTMAS if (day.month, day.day) == (12, 25) else None
