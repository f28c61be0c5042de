"""Every face the window can show, as states: what is walked, photographed and measured. Free of Kivy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from zoneinfo import ZoneInfo

from kiosk import settings, site
from kiosk.core import visit as v
from kiosk.core.availability import Closed, Counts, Open, Reason, availability, mall_state
from kiosk.core.holidays import holiday_names
from kiosk.core.search import SearchIndex
from kiosk.core.visit import Screen, Visit
from kiosk.site import SiteData
from kiosk.ui.context import Loaded, Place, Surroundings
from printer.readiness import Level, Readiness
from printer.status import Cause

PANELS = {
    "portrait": (1080, 1920, 21.5),
    "landscape": (1920, 1080, 21.5),
    "small": (1280, 800, 10.1),
}
"""Width and height in pixels, diagonal in inches."""

A_TUESDAY = (2026, 11, 24, 9, 41)
OFFLINE_CODE = "BKL-20261124-C004-7F3K"
PAGE_ADDRESS = "https://antrean.example.go.id/t/" + "x" * 22


@dataclass(frozen=True)
class Face:
    """One thing to look at: a name, a visit in it, and what is around it."""

    name: str
    visit: Visit
    around: Surroundings


@cache
def sample() -> SiteData:
    """Return the shipped sample site."""
    return site.load(settings.load(environ={}).site_dir)


def at(site_data: SiteData, *when: int) -> dt.datetime:
    """Return a moment of the site's own clock."""
    return dt.datetime(*when, tzinfo=ZoneInfo(site_data.site.timezone))  # type: ignore[misc, arg-type]


def surroundings(
    site_data: SiteData, now: dt.datetime, closed: dict[str, Closed] | None = None, server: bool = False
) -> Surroundings:
    """Return what is around a visit at ``now``; ``closed`` overrules the rules for single services."""
    site_, catalogue = site_data.site, site_data.catalogue
    holiday = holiday_names(site_)
    index = SearchIndex(catalogue)

    def available(code: str, when: dt.datetime) -> Open | Closed:
        if closed and code in closed:
            return closed[code]
        service = catalogue.service_by_code.get(code)
        queue = catalogue.queue_by_code.get(service.queue) if service else None
        return availability(site_, service, queue, when, Counts(), holiday)

    loaded = Loaded(
        site=site_,
        catalogue=catalogue,
        mall=lambda when: mall_state(site_, when, holiday),
        availability=available,
        search=index.find,
        plan=site_data.directory / site_.plan if site_.plan else None,
    )
    place = Place(site_.name, site_.region, site_.timezone, site_.languages)
    return Surroundings(place, now, loaded, server=server)


def every_reason(now: dt.datetime) -> dict[Reason, Closed]:
    """Return one Closed of each reason, with the longest names of real life."""
    name = {"id": "Istirahat salat Jumat", "en": "Friday prayer break"}
    holiday = {"id": "Hari Kemerdekaan Republik Indonesia", "en": "Indonesian Independence Day"}
    counter = {"id": "Petugas sedang bertugas di luar kantor", "en": "The officer is on duty elsewhere"}
    later = now + dt.timedelta(days=1)
    return {
        Reason.HOLIDAY: Closed(Reason.HOLIDAY, name=holiday, next_open=later),
        Reason.CLOSED_TODAY: Closed(Reason.CLOSED_TODAY, next_open=later),
        Reason.NOT_YET: Closed(Reason.NOT_YET, at=dt.time(8), next_open=now),
        Reason.LAST_TICKET: Closed(Reason.LAST_TICKET, at=dt.time(13, 30), next_open=later),
        Reason.AFTER_HOURS: Closed(Reason.AFTER_HOURS, at=dt.time(14), next_open=later),
        Reason.BREAK: Closed(Reason.BREAK, at=dt.time(13), name=name, next_open=now),
        Reason.QUOTA: Closed(Reason.QUOTA, next_open=later),
        Reason.SERVICE_CLOSED: Closed(Reason.SERVICE_CLOSED, name=counter),
        Reason.UNKNOWN_SERVICE: Closed(Reason.UNKNOWN_SERVICE),
        Reason.NO_PRINTER: Closed(Reason.NO_PRINTER, cause="cover_open"),
    }


def issued(outcome: v.Outcome = v.Outcome.PRINTED, **changes: object) -> v.Issued:
    """Return an issued ticket of C01."""
    ticket = v.Issued("t", "C-004", "C01", outcome, None, OFFLINE_CODE, "09.41 WIB")
    return replace(ticket, **changes)  # type: ignore[arg-type]


def with_printer(around: Surroundings, cause: Cause) -> Surroundings:
    """Return ``around`` with a printer in trouble."""
    return replace(around, printer=Readiness(Level.OUT if cause.blocks else Level.LOW, cause))


CAUSES = ("paper_out", "cover_open", "offline", "unreachable", "cutter", "error")


def _taken_along(sheet: Visit, around: Surroundings) -> Iterator[Face]:
    """Yield the pages over the sheet and over help, in every state they know."""
    served = replace(around, server=True, server_url="https://antrean.example.go.id")
    more = replace(sheet, more=True)
    none, printed, unsure = v.Outcome.NOT_PRINTED, v.Outcome.PRINTED, v.Outcome.UNCONFIRMED
    for name, listing in {
        "": None,
        "-printing": v.Listing(1),
        "-printed": v.Listing(1, printed),
        "-unconfirmed": v.Listing(1, unsure),
        "-paper_out": v.Listing(1, none, "paper_out"),
        "-too_many": v.Listing(1, none, v.TOO_MANY),
    }.items():
        yield Face(f"more{name}", replace(more, listing=listing), around)
    yield Face("more-server", more, served)
    yield Face("more-plain", more, replace(around, lists=False, loaded=replace(around.loaded, plan=None)))  # type: ignore[type-var]
    yield Face("sheet-printing", replace(sheet, listing=v.Listing(1)), around)
    yield Face("info", Visit(help=True, info=True), around)
    for name, call in {
        "": None,
        "-trying": v.Call(1),
        "-told": v.Call(1, True),
        "-failed": v.Call(1, False),
    }.items():
        yield Face(f"help-call{name}", Visit(help=True, call=call), served)


def faces(site_data: SiteData) -> Iterator[Face]:
    """Yield every face once, in the order a visitor could meet them (Indonesian; set another language on it)."""
    now = at(site_data, *A_TUESDAY)
    around = surroundings(site_data, now)
    catalogue = site_data.catalogue
    longest = max(catalogue.services, key=lambda s: sum(map(len, s.requirements.get("id", ()))))
    widest = max(catalogue.services, key=lambda s: len(s.short["id"]) + len(s.short["en"]))
    most = max(catalogue.agencies, key=lambda a: len(catalogue.services_by_agency[a.code]))
    moments = {
        "open": now,
        "early": at(site_data, 2026, 11, 24, 6, 5),
        "last": at(site_data, 2026, 11, 24, 13, 45),
        "closed": at(site_data, 2026, 11, 24, 16, 0),
        "break": at(site_data, 2026, 11, 27, 12, 0),
        "sunday": at(site_data, 2026, 11, 29, 9, 0),
        "holiday": at(site_data, 2026, 12, 25, 9, 0),
    }
    for name, when in moments.items():
        yield Face(f"attract-{name}", Visit(), surroundings(site_data, when))
    for cause in Cause:
        yield Face(f"attract-printer-{cause}", Visit(), with_printer(around, cause))
    yield Face("attract-loading", Visit(), replace(around, loaded=None))
    yield Face("agencies", Visit(screen=Screen.AGENCIES), around)
    for name, query in {"empty": "", "hits": "ktp", "agency": "samsat", "nothing": "zzzzqq"}.items():
        yield Face(f"search-{name}", Visit(screen=Screen.SEARCH, query=query), around)
    for page in range(8):  # a page past the last shows the last
        yield Face(f"services-{page}", Visit(screen=Screen.SERVICES, agency=most.code, page=page), around)
    reasons = every_reason(now)
    few = catalogue.services_by_agency["C"]
    closed = {service.code: reason for service, reason in zip(few, reasons.values(), strict=False)}
    yield Face(
        "services-closed", Visit(screen=Screen.SERVICES, agency="C"), surroundings(site_data, now, closed)
    )
    sheet = Visit(screen=Screen.SHEET, agency="C", service="C01")
    yield Face("sheet", sheet, around)
    yield Face("sheet-priority", replace(sheet, priority=True), around)
    for page in range(6):
        long = replace(sheet, agency=longest.agency, service=longest.code, page=page)
        yield Face(f"sheet-long-{page}", long, around)
    yield Face("sheet-wide", replace(sheet, agency=widest.agency, service=widest.code), around)
    for reason, answer in reasons.items():
        face = surroundings(site_data, now, {"C01": answer})
        yield Face(f"sheet-{reason}", sheet, face)
    yield Face("sheet-printer", sheet, with_printer(around, Cause.PAPER_OUT))
    yield Face("sheet-refused", replace(sheet, refused=reasons[Reason.QUOTA]), around)
    yield Face("issuing", Visit(screen=Screen.ISSUING, agency="C", service="C01", request=1), around)
    yield Face(
        "issuing-slow", Visit(screen=Screen.ISSUING, agency="C", service="C01", request=1, now=3.0), around
    )
    result = Visit(screen=Screen.RESULT, agency="C", service="C01", issued=issued(), countdown=12)
    yield Face("result", result, around)
    yield Face("result-priority", replace(result, issued=issued(priority=True, number="C-2004")), around)
    yield Face("result-unconfirmed", replace(result, issued=issued(v.Outcome.UNCONFIRMED)), around)
    served = issued(qr=PAGE_ADDRESS, ahead=12, service=widest.code)
    yield Face("result-server", replace(result, issued=served), replace(around, server=True))
    for cause in CAUSES:
        refused = issued(v.Outcome.NOT_PRINTED, cause=cause)
        yield Face(
            f"not_printed-{cause}",
            replace(result, screen=Screen.NOT_PRINTED, issued=refused, countdown=60),
            around,
        )
    for screen in (Screen.AGENCIES, Screen.SHEET):
        yield Face(f"help-{screen}", replace(sheet, screen=screen, help=True), around)
        yield Face(f"warning-{screen}", replace(sheet, screen=screen, warned=True, countdown=17), around)
    yield from _taken_along(sheet, around)
    for code in ("E-STO-01", "E-STO-02", "E-STO-03", "E-DSK-01", "E-CAT-01"):
        yield Face(f"fault-{code}", Visit(screen=Screen.FAULT, fault=code), around)
