"""Whether a service gives tickets now, and if not, why: one function decides and every place uses it.

Several reasons may hold at once (a counter closed until further notice, on a holiday, before opening). The
visitor is told **the one that lasts longest**, so that nobody comes back for nothing::

    UNKNOWN_SERVICE  SERVICE_CLOSED          no day is known on which it opens again
    HOLIDAY  CLOSED_TODAY                    not today; never earlier than the next service day
    LAST_TICKET  AFTER_HOURS                 not any more today
    QUOTA                                    not any more today, although the counters work
    BREAK  NOT_YET                           later today

Which hours a day has, the first that applies:

1. A **date override** of the mall: closed, or open at its own hours (also on a holiday). A service with its
   own week is held to both, since neither the mall nor the counter is there outside its own hours.
2. A **national holiday** that ``open_anyway`` does not take out: closed.
3. The **service's own week** where it has one, else the **mall's week**; a weekday not in it is closed.

The mall's breaks pause whatever hours a day has. All times are the site's wall clock; Indonesia's zones have
no daylight saving time (Keppres 41/1987), so a wall clock time exists once on each day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from kiosk.core.common import WEEKDAYS

if TYPE_CHECKING:  # the catalogue's models take 50 ms to import, and the first frame needs none of them
    from kiosk.core.catalogue import Break, Hours, Queue, Service, Site

HolidayNames: TypeAlias = Callable[[dt.date], Mapping[str, str] | None]
"""The bilingual name of the national holiday on a date, None on an ordinary day (``kiosk.core.holidays``)."""

LOOK_AHEAD_DAYS = 30
"""How far ``Closed.next_open`` looks. Longer closures are announced by people, not computed."""

UTC_OFFSET_HOURS = {"Asia/Jakarta": 7, "Asia/Pontianak": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
"""WIB, WITA and WIT (Keppres 41/1987): fixed, so that these rules need no time zone files."""


class Reason(StrEnum):
    """Why no ticket is given. The words for each are in ``kiosk.words``."""

    HOLIDAY = "holiday"
    """A national holiday; ``name`` says which."""
    CLOSED_TODAY = "closed_today"
    """This weekday has no hours, or a date override closes it; ``name`` says why where it is known."""
    NOT_YET = "not_yet"
    """Opens at ``at``."""
    LAST_TICKET = "last_ticket"
    """Still open for those inside; the last ticket was at ``at``."""
    AFTER_HOURS = "after_hours"
    """Closed since ``at``."""
    BREAK = "break"
    """A pause until ``at``; ``name`` says which."""
    QUOTA = "quota"
    """Today's quota is used up, or the series is full."""
    SERVICE_CLOSED = "service_closed"
    """Counter closed until further notice; ``name`` says why."""
    UNKNOWN_SERVICE = "unknown_service"
    """The catalogue has no such service (any more)."""
    NO_PRINTER = "no_printer"
    """The printer cannot print, and this kiosk gives no numbers without paper; ``cause`` says why."""


@dataclass(frozen=True)
class Closed:
    """No ticket now, with the reason and what a person needs to know of it."""

    reason: Reason
    at: dt.time | None = None
    """Opening, end of the break, last ticket or closing: as the reason says. The site's wall clock."""
    name: Mapping[str, str] | None = None
    """Bilingual name of the holiday, break or closure."""
    next_open: dt.datetime | None = None
    """When tickets are given again (site's wall clock, aware), where it can be known within 30 days."""
    cause: str | None = None
    """The printer's trouble, a value of ``printer.status.Cause``."""


@dataclass(frozen=True)
class Open:
    """Tickets are given now."""

    until: dt.time
    """No ticket at or after this time today."""


@dataclass(frozen=True)
class Counts:
    """Tickets given today, voided ones too: a quota counts numbers, and a number is never given twice."""

    service: int = 0
    queue: int = 0
    series_full: bool = False
    """The queue's series has no number left today."""


NO_TICKETS = Counts()


def availability(
    site: Site,
    service: Service | None,
    queue: Queue | None,
    now: dt.datetime,
    counts: Counts,
    holiday: HolidayNames,
    *,
    ignore_hours: bool = False,
    printer_out: str | None = None,
) -> Open | Closed:
    """Return whether ``service`` gives tickets at ``now``, and until when or why not.

    ``now`` must be aware, in the site's zone. ``ignore_hours`` (demonstrations, tests) skips what calendar
    and clock say; quota and closed counters still count. ``printer_out`` is the printer's trouble at a kiosk that
    gives no numbers without paper.
    """
    _check_zone(site, now)
    if service is None or queue is None:
        return Closed(Reason.UNKNOWN_SERVICE)
    if service.closed is not None:
        return Closed(Reason.SERVICE_CLOSED, name=service.closed)
    by_clock = Open(dt.time.max) if ignore_hours else _by_clock(site, service, now, holiday)
    if isinstance(by_clock, Closed) and by_clock.reason not in _LATER_TODAY:
        return by_clock
    if _used_up(service, queue, counts):
        tomorrow = _midnight(now, 1)
        again = tomorrow if ignore_hours else _next_open(site, service, now, holiday, first_day=1)
        return Closed(Reason.QUOTA, next_open=again)
    return _with_paper(by_clock, printer_out)


def mall_state(
    site: Site,
    now: dt.datetime,
    holiday: HolidayNames,
    *,
    ignore_hours: bool = False,
    printer_out: str | None = None,
) -> Open | Closed:
    """Return whether the mall as a whole gives tickets at ``now``: what the attract screen says."""
    _check_zone(site, now)
    by_clock = Open(dt.time.max) if ignore_hours else _by_clock(site, None, now, holiday)
    return _with_paper(by_clock, printer_out)


def _with_paper(state: Open | Closed, printer_out: str | None) -> Open | Closed:
    """What the clock opens, a printer in trouble closes; what is closed anyway keeps its own reason."""
    if isinstance(state, Open) and printer_out is not None:
        return Closed(Reason.NO_PRINTER, cause=printer_out)
    return state


_LATER_TODAY = (Reason.BREAK, Reason.NOT_YET)


def _check_zone(site: Site, now: dt.datetime) -> None:
    offset = now.utcoffset()
    wanted = dt.timedelta(hours=UTC_OFFSET_HOURS[site.timezone])
    if offset != wanted:
        found = "no zone" if offset is None else f"UTC{now:%z}"
        raise ValueError(
            f"now is {now.isoformat()} ({found}); it must be the time of {site.timezone}, UTC+{wanted}"
        )


def _used_up(service: Service, queue: Queue, counts: Counts) -> bool:
    return (
        counts.series_full
        or (service.quota is not None and counts.service >= service.quota)
        or (queue.quota is not None and counts.queue >= queue.quota)
    )


@dataclass(frozen=True)
class _Day:
    """What one date offers: the spans in which tickets are given, in order, or why there are none."""

    spans: tuple[tuple[dt.time, dt.time], ...]
    close: dt.time = dt.time.min
    reason: Reason = Reason.CLOSED_TODAY
    name: Mapping[str, str] | None = None


def _by_clock(site: Site, service: Service | None, now: dt.datetime, holiday: HolidayNames) -> Open | Closed:
    day = _day(site, service, now.date(), holiday)
    time = now.time()
    if not day.spans:
        closed = Closed(day.reason, name=day.name)
    elif any(start <= time < end for start, end in day.spans):
        return Open(until=day.spans[-1][1])
    elif time >= day.close:
        closed = Closed(Reason.AFTER_HOURS, at=day.close)
    elif time >= day.spans[-1][1]:
        closed = Closed(Reason.LAST_TICKET, at=day.spans[-1][1])
    elif time < day.spans[0][0]:
        closed = Closed(Reason.NOT_YET, at=day.spans[0][0])
    else:
        ends = next(start for start, _ in day.spans if start > time)
        closed = Closed(Reason.BREAK, at=ends, name=_break_at(site, now))
    return Closed(closed.reason, closed.at, closed.name, _next_open(site, service, now, holiday))


def _next_open(
    site: Site, service: Service | None, now: dt.datetime, holiday: HolidayNames, first_day: int = 0
) -> dt.datetime | None:
    for ahead in range(first_day, LOOK_AHEAD_DAYS + 1):
        midnight = _midnight(now, ahead)
        for start, _ in _day(site, service, midnight.date(), holiday).spans:
            opens = dt.datetime.combine(midnight.date(), start, tzinfo=now.tzinfo)
            if opens > now:
                return opens
    return None


def _midnight(now: dt.datetime, days_ahead: int) -> dt.datetime:
    return dt.datetime.combine(now.date() + dt.timedelta(days=days_ahead), dt.time.min, tzinfo=now.tzinfo)


def _day(site: Site, service: Service | None, date: dt.date, holiday: HolidayNames) -> _Day:
    weekday = WEEKDAYS[date.weekday()]
    own = service.week if service is not None else None
    override = next((entry for entry in site.overrides if entry.date == date), None)
    if override is not None:
        spans: tuple[tuple[dt.time, dt.time], ...] = ()
        close = dt.time.min
        if override.hours is not None:
            spans, close = _spans(site, weekday, override.hours)
            if own is not None:
                counter, counter_close = (
                    _spans(site, weekday, own[weekday]) if weekday in own else ((), close)
                )
                spans, close = tuple(_common(spans, counter)), min(close, counter_close)
        return _Day(spans, close, name=override.name)
    if site.holidays.national and date not in site.holidays.open_anyway:
        name = holiday(date)
        if name is not None:
            return _Day((), reason=Reason.HOLIDAY, name=name)
    hours = (own if own is not None else site.week).get(weekday)
    if hours is None:
        return _Day(())
    spans, close = _spans(site, weekday, hours)
    return _Day(spans, close, name=None if spans else _break_on(site, weekday))


def _spans(site: Site, weekday: str, hours: Hours) -> tuple[tuple[tuple[dt.time, dt.time], ...], dt.time]:
    """Return the spans of ``hours`` without the breaks of this weekday, and the closing time."""
    spans = [(hours.open, hours.last_ticket)]
    for pause in _breaks(site, weekday):
        cut: list[tuple[dt.time, dt.time]] = []
        for start, end in spans:
            cut += [(start, min(end, pause.start)), (max(start, pause.end), end)]
        spans = [(start, end) for start, end in cut if start < end]
    return tuple(spans), hours.close


def _common(
    some: tuple[tuple[dt.time, dt.time], ...], others: tuple[tuple[dt.time, dt.time], ...]
) -> Iterator[tuple[dt.time, dt.time]]:
    """Yield the time that both have, in order."""
    for start, end in some:
        for other_start, other_end in others:
            if max(start, other_start) < min(end, other_end):
                yield max(start, other_start), min(end, other_end)


def _breaks(site: Site, weekday: str) -> Iterator[Break]:
    return (pause for pause in site.breaks if weekday in pause.days)


def _break_at(site: Site, now: dt.datetime) -> Mapping[str, str] | None:
    weekday = WEEKDAYS[now.weekday()]
    return next(
        (pause.name for pause in _breaks(site, weekday) if pause.start <= now.time() < pause.end), None
    )


def _break_on(site: Site, weekday: str) -> Mapping[str, str] | None:
    return next((pause.name for pause in _breaks(site, weekday)), None)
