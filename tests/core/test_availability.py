"""Whether tickets are given: each reason, which of several is told, and when tickets are given again."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.availability import (
    LOOK_AHEAD_DAYS,
    NO_TICKETS,
    UTC_OFFSET_HOURS,
    Closed,
    Counts,
    HolidayNames,
    Open,
    Reason,
    availability,
    mall_state,
)
from kiosk.core.catalogue import Break, Hours, Service, Site
from kiosk.core.common import WEEKDAYS
from tests.core.builders import (
    CHRISTMAS,
    FRIDAY,
    HOURS,
    PRAYER,
    SATURDAY,
    TUESDAY,
    at,
    both,
    christmas,
    hours,
    make_queue,
    make_service,
    make_site,
    no_holiday,
    override,
)

MONDAY = TUESDAY + dt.timedelta(days=6)
XMAS = dt.date(2026, 12, 25)
RENOVATION = both("Renovasi")


def ask(
    now: dt.datetime,
    site: Site | None = None,
    service: Service | None = None,
    counts: Counts = NO_TICKETS,
    holiday: HolidayNames = no_holiday,
    queue: Mapping[str, Any] | None = None,
    ignore_hours: bool = False,
) -> Open | Closed:
    return availability(
        site or make_site(),
        service or make_service(),
        make_queue(**queue or {}),
        now,
        counts,
        holiday,
        ignore_hours=ignore_hours,
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("00:00", Closed(Reason.NOT_YET, dt.time(8), None, at(TUESDAY, "08:00"))),
        ("07:59:59", Closed(Reason.NOT_YET, dt.time(8), None, at(TUESDAY, "08:00"))),
        ("08:00", Open(dt.time(13, 30))),
        ("13:29:59", Open(dt.time(13, 30))),
        ("13:30", Closed(Reason.LAST_TICKET, dt.time(13, 30), None, at(TUESDAY + dt.timedelta(1), "08:00"))),
        (
            "13:59:59",
            Closed(Reason.LAST_TICKET, dt.time(13, 30), None, at(TUESDAY + dt.timedelta(1), "08:00")),
        ),
        ("14:00", Closed(Reason.AFTER_HOURS, dt.time(14), None, at(TUESDAY + dt.timedelta(1), "08:00"))),
        ("23:59:59", Closed(Reason.AFTER_HOURS, dt.time(14), None, at(TUESDAY + dt.timedelta(1), "08:00"))),
    ],
)
def test_an_ordinary_day_from_midnight_to_midnight(now: str, expected: Open | Closed) -> None:
    assert ask(at(TUESDAY, now)) == expected
    assert mall_state(make_site(), at(TUESDAY, now), no_holiday) == expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("11:29:59", Open(dt.time(13, 30))),
        ("11:30", Closed(Reason.BREAK, dt.time(13), PRAYER.name, at(FRIDAY, "13:00"))),
        ("12:59:59", Closed(Reason.BREAK, dt.time(13), PRAYER.name, at(FRIDAY, "13:00"))),
        ("13:00", Open(dt.time(13, 30))),
    ],
)
def test_friday_prayer_pauses_inside_the_hours(now: str, expected: Open | Closed) -> None:
    assert ask(at(FRIDAY, now)) == expected


def test_a_break_is_no_reason_on_other_days() -> None:
    assert ask(at(TUESDAY, "12:00")) == Open(dt.time(13, 30))


def test_after_friday_the_next_opening_is_monday() -> None:
    closed = ask(at(FRIDAY, "15:00"))
    assert isinstance(closed, Closed)
    assert closed.next_open == at(MONDAY, "08:00")


def test_a_break_up_to_the_last_ticket_is_the_end_of_the_day() -> None:
    """Nobody is told "again at 13:00" when from 13:00 on no ticket is given."""
    site = make_site(breaks=(PRAYER.model_copy(update={"end": dt.time(13, 30)}),))
    assert ask(at(FRIDAY, "11:00"), site) == Open(dt.time(11, 30))
    closed = ask(at(FRIDAY, "12:00"), site)
    assert closed == Closed(Reason.LAST_TICKET, dt.time(11, 30), None, at(MONDAY, "08:00"))


def test_a_break_over_the_opening_moves_the_opening() -> None:
    site = make_site(breaks=(PRAYER.model_copy(update={"start": dt.time(7), "end": dt.time(9)}),))
    assert ask(at(FRIDAY, "08:30"), site) == Closed(Reason.NOT_YET, dt.time(9), None, at(FRIDAY, "09:00"))


def test_a_break_over_the_whole_day_closes_it_by_its_name() -> None:
    site = make_site(breaks=(PRAYER.model_copy(update={"start": dt.time(7), "end": dt.time(15)}),))
    assert ask(at(FRIDAY, "10:00"), site) == Closed(
        Reason.CLOSED_TODAY, None, PRAYER.name, at(MONDAY, "08:00")
    )


def test_two_breaks_that_touch_end_together() -> None:
    later = PRAYER.model_copy(
        update={"start": dt.time(12, 30), "end": dt.time(13, 15), "name": both("Rapat")}
    )
    site = make_site(breaks=(later, PRAYER))
    closed = ask(at(FRIDAY, "11:45"), site)
    assert closed == Closed(Reason.BREAK, dt.time(13, 15), PRAYER.name, at(FRIDAY, "13:15"))


def test_a_weekday_without_hours() -> None:
    assert ask(at(SATURDAY, "10:00")) == Closed(Reason.CLOSED_TODAY, None, None, at(MONDAY, "08:00"))


def test_a_holiday_is_told_by_name() -> None:
    closed = ask(at(XMAS, "10:00"), holiday=christmas)
    assert closed == Closed(Reason.HOLIDAY, None, CHRISTMAS, at(dt.date(2026, 12, 28), "08:00"))


def test_a_holiday_that_the_mall_keeps_open() -> None:
    site = make_site(holidays={"open_anyway": (XMAS,)})
    assert isinstance(ask(at(XMAS, "10:00"), site, holiday=christmas), Open)


def test_a_mall_without_national_holidays() -> None:
    site = make_site(holidays={"national": False})
    assert isinstance(ask(at(XMAS, "10:00"), site, holiday=christmas), Open)


def test_an_override_closes_a_date_and_says_why() -> None:
    site = make_site(overrides=(override(TUESDAY, "Rapat akhir tahun"),))
    closed = ask(at(TUESDAY, "10:00"), site)
    assert closed == Closed(
        Reason.CLOSED_TODAY, None, both("Rapat akhir tahun"), at(TUESDAY + dt.timedelta(1), "08:00")
    )


def test_an_override_opens_a_weekend_or_a_holiday_at_its_own_hours() -> None:
    short = hours("09:00", "11:00", "12:00")
    site = make_site(overrides=(override(SATURDAY, "Layanan Sabtu", short), override(XMAS, "Posko", short)))
    assert ask(at(SATURDAY, "09:00"), site) == Open(dt.time(11))
    assert ask(at(XMAS, "10:59"), site, holiday=christmas) == Open(dt.time(11))
    closed = ask(at(SATURDAY, "08:30"), site)
    assert closed == Closed(Reason.NOT_YET, dt.time(9), None, at(SATURDAY, "09:00"))
    closed = ask(at(SATURDAY, "12:00"), site)
    assert isinstance(closed, Closed)
    assert closed.reason is Reason.AFTER_HOURS


def test_a_service_has_its_own_week() -> None:
    service = make_service(week={"tue": hours("10:00", "11:00", "12:00"), "sat": HOURS})
    assert ask(at(TUESDAY, "09:00"), service=service) == Closed(
        Reason.NOT_YET, dt.time(10), None, at(TUESDAY, "10:00")
    )
    assert ask(at(TUESDAY, "10:30"), service=service) == Open(dt.time(11))
    assert ask(at(SATURDAY, "10:30"), service=service) == Open(dt.time(13, 30)), "although the mall is closed"
    closed = ask(at(FRIDAY, "10:30"), service=service)
    assert closed == Closed(Reason.CLOSED_TODAY, None, None, at(SATURDAY, "08:00")), (
        "although the mall is open"
    )


def test_on_an_override_a_service_with_its_own_week_keeps_to_both() -> None:
    site = make_site(
        overrides=(
            override(TUESDAY, "Ramadan", hours("08:00", "11:30", "12:00")),
            override(SATURDAY, "Sabtu", HOURS),
        )
    )
    service = make_service(week={"tue": hours("10:00", "13:00", "14:00")})
    assert ask(at(TUESDAY, "10:00"), site, service) == Open(dt.time(11, 30))
    early = ask(at(TUESDAY, "09:00"), site, service)
    assert early == Closed(Reason.NOT_YET, dt.time(10), None, at(TUESDAY, "10:00"))
    closed = ask(at(SATURDAY, "10:00"), site, service)
    assert isinstance(closed, Closed)
    assert (closed.reason, closed.name) == (Reason.CLOSED_TODAY, both("Sabtu"))
    early_counter = make_service(week={"tue": hours("08:00", "10:00", "10:30")})
    closed = ask(at(TUESDAY, "11:00"), site, early_counter)
    assert isinstance(closed, Closed)
    assert (closed.reason, closed.at) == (Reason.AFTER_HOURS, dt.time(10, 30)), (
        "although the mall is still open"
    )


@pytest.mark.parametrize(
    ("service", "queue", "counts", "is_open"),
    [
        ({}, {}, Counts(999, 999), True),
        ({"quota": 30}, {}, Counts(29, 200), True),
        ({"quota": 30}, {}, Counts(30, 200), False),
        ({}, {"quota": 200}, Counts(5, 199), True),
        ({}, {"quota": 200}, Counts(5, 200), False),
        ({}, {}, Counts(5, 5, series_full=True), False),
    ],
)
def test_quota_of_service_or_queue(
    service: dict[str, Any], queue: dict[str, Any], counts: Counts, is_open: bool
) -> None:
    answer = ask(at(TUESDAY, "09:00"), service=make_service(**service), counts=counts, queue=queue)
    tomorrow = at(TUESDAY + dt.timedelta(1), "08:00")
    assert answer == (Open(dt.time(13, 30)) if is_open else Closed(Reason.QUOTA, next_open=tomorrow))


def test_a_counter_closed_until_further_notice_says_so_on_any_day() -> None:
    service = make_service(closed=RENOVATION)
    for now in (at(TUESDAY, "09:00"), at(TUESDAY, "07:00"), at(SATURDAY, "09:00"), at(XMAS, "09:00")):
        for counts in (NO_TICKETS, Counts(series_full=True)):
            answer = ask(now, service=service, counts=counts, holiday=christmas)
            assert answer == Closed(Reason.SERVICE_CLOSED, name=RENOVATION)


@pytest.mark.parametrize("missing", ["service", "queue"])
def test_a_service_the_catalogue_no_longer_has(missing: str) -> None:
    service = None if missing == "service" else make_service()
    queue = None if missing == "queue" else make_queue()
    answer = availability(make_site(), service, queue, at(TUESDAY, "09:00"), NO_TICKETS, no_holiday)
    assert answer == Closed(Reason.UNKNOWN_SERVICE)


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (at(FRIDAY, "07:00"), Reason.QUOTA),  # opening at 8 would be of no use
        (at(FRIDAY, "12:00"), Reason.QUOTA),  # nor the end of the break
        (at(FRIDAY, "13:30"), Reason.LAST_TICKET),
        (at(FRIDAY, "14:00"), Reason.AFTER_HOURS),
        (at(SATURDAY, "09:00"), Reason.CLOSED_TODAY),
        (at(XMAS, "09:00"), Reason.HOLIDAY),
    ],
)
def test_of_several_reasons_the_one_that_lasts_longest_is_told(now: dt.datetime, reason: Reason) -> None:
    full = ask(now, counts=Counts(series_full=True), holiday=christmas)
    assert isinstance(full, Closed)
    assert full.reason is reason
    assert full.next_open is not None
    assert full.next_open.date() > now.date()


def test_ignored_hours_skip_calendar_and_clock_only() -> None:
    for now in (at(TUESDAY, "03:00"), at(SATURDAY, "12:00"), at(XMAS, "23:59:59"), at(FRIDAY, "12:00")):
        assert ask(now, holiday=christmas, ignore_hours=True) == Open(dt.time.max)
        assert mall_state(make_site(), now, christmas, ignore_hours=True) == Open(dt.time.max)
        full = ask(now, counts=Counts(series_full=True), ignore_hours=True)
        midnight = dt.datetime.combine(now.date() + dt.timedelta(1), dt.time.min, now.tzinfo)
        assert full == Closed(Reason.QUOTA, next_open=midnight)
        closed = ask(now, service=make_service(closed=RENOVATION), ignore_hours=True)
        assert closed == Closed(Reason.SERVICE_CLOSED, name=RENOVATION)


def test_a_month_without_an_opening_promises_nothing() -> None:
    """The next opening is 31 days ahead: one day too far to be promised."""
    days = [TUESDAY + dt.timedelta(days=days) for days in range(LOOK_AHEAD_DAYS + 1)]
    week = dict.fromkeys(WEEKDAYS, HOURS)
    site = make_site(week=week, breaks=(), overrides=tuple(override(day, "Renovasi") for day in days))
    closed = ask(at(TUESDAY, "10:00"), site)
    assert isinstance(closed, Closed)
    assert closed.next_open is None
    sooner = make_site(week=week, breaks=(), overrides=tuple(override(day, "Renovasi") for day in days[:-1]))
    closed = ask(at(TUESDAY, "10:00"), sooner)
    assert isinstance(closed, Closed)
    assert closed.next_open == at(days[-1], "08:00")


@pytest.mark.parametrize("timezone", sorted(UTC_OFFSET_HOURS))
def test_each_zone_has_its_own_clock(timezone: Any) -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(timezone)
    site = make_site(timezone=timezone)
    assert ask(dt.datetime(2026, 11, 24, 8, 0, tzinfo=zone), site) == Open(dt.time(13, 30))
    closed = ask(dt.datetime(2026, 11, 24, 7, 59, tzinfo=zone), site)
    assert isinstance(closed, Closed)
    assert closed.next_open == dt.datetime(2026, 11, 24, 8, 0, tzinfo=zone)


@pytest.mark.parametrize("offset", [None, 0, 8, 9])
def test_a_time_of_another_zone_is_refused(offset: int | None) -> None:
    zone = None if offset is None else dt.timezone(dt.timedelta(hours=offset))
    now = dt.datetime(2026, 11, 24, 9, 0, tzinfo=zone)
    with pytest.raises(ValueError, match="Asia/Jakarta"):
        ask(now)
    with pytest.raises(ValueError, match="Asia/Jakarta"):
        mall_state(make_site(), now, no_holiday)


# --- what holds for every site, service and moment ------------------------------------------------------------------

minutes = st.integers(0, 24 * 60 - 1).map(lambda minute: dt.time(minute // 60, minute % 60))


@st.composite
def day_hours(draw: st.DrawFn) -> Hours:
    opens, last, closes = sorted(draw(st.lists(minutes, min_size=3, max_size=3, unique=True)))
    return Hours(open=opens, last_ticket=last, close=closes)


@st.composite
def breaks(draw: st.DrawFn) -> Break:
    start, end = sorted(draw(st.lists(minutes, min_size=2, max_size=2, unique=True)))
    days = draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True))
    return Break(days=tuple(days), start=start, end=end, name=both("Istirahat"))


weeks = st.dictionaries(st.sampled_from(WEEKDAYS), day_hours(), min_size=1)
dates = st.dates(dt.date(2026, 11, 1), dt.date(2027, 2, 28))
sites = st.builds(
    make_site,
    week=weeks,
    breaks=st.lists(breaks(), max_size=3).map(tuple),
    overrides=st.lists(
        st.builds(override, dates, st.just("Lain"), st.none() | day_hours()),
        max_size=4,
        unique_by=lambda entry: entry.date,
    ).map(tuple),
    holidays=st.builds(lambda anyway: {"open_anyway": tuple(anyway)}, st.lists(dates, max_size=2)),
)
services = st.builds(
    make_service,
    week=st.none() | weeks,
    quota=st.none() | st.integers(1, 3),
    closed=st.none() | st.just(RENOVATION),
)
moments = st.builds(lambda day, time: dt.datetime.combine(day, time, at(day, "00:00").tzinfo), dates, minutes)
counts = st.builds(Counts, st.integers(0, 4), st.integers(0, 4), st.booleans())


@given(sites, services, moments, counts)
def test_what_is_promised_is_kept(site: Site, service: Service, now: dt.datetime, count: Counts) -> None:
    """At ``next_open`` (with that day's counts) tickets are given, and at no whole minute before; ``until`` is true."""
    queue = make_queue()
    answer = availability(site, service, queue, now, count, christmas)
    if isinstance(answer, Open):
        until = dt.datetime.combine(now.date(), answer.until, now.tzinfo)
        assert until > now
        then = availability(site, service, queue, until, count, christmas)
        assert isinstance(then, Closed)
        assert then.next_open is None or then.next_open.date() > now.date()
    elif answer.next_open is None:
        assert service.closed or not any(
            isinstance(availability(site, service, queue, moment, NO_TICKETS, christmas), Open)
            for moment in (
                now + dt.timedelta(hours=hour) for hour in range(24, 24 * (LOOK_AHEAD_DAYS - 1), 5)
            )
        )
    else:
        assert answer.next_open > now
        assert (answer.next_open.date() - now.date()).days <= LOOK_AHEAD_DAYS
        same_day = answer.next_open.date() == now.date()
        then_counts = count if same_day else NO_TICKETS
        assert isinstance(availability(site, service, queue, answer.next_open, then_counts, christmas), Open)
        just_before = answer.next_open - dt.timedelta(minutes=1)
        if just_before > now and just_before.date() == answer.next_open.date():
            assert isinstance(availability(site, service, queue, just_before, then_counts, christmas), Closed)


@given(sites, services, moments, counts)
def test_closing_never_comes_from_having_less(
    site: Site, service: Service, now: dt.datetime, count: Counts
) -> None:
    """Fewer tickets given, or ignored hours, never close what is open."""
    answer = availability(site, service, make_queue(), now, count, christmas)
    if isinstance(answer, Open):
        assert isinstance(availability(site, service, make_queue(), now, NO_TICKETS, christmas), Open)
        assert isinstance(
            availability(site, service, make_queue(), now, count, christmas, ignore_hours=True), Open
        )


@given(sites, moments)
def test_without_a_week_of_its_own_a_service_follows_the_mall(site: Site, now: dt.datetime) -> None:
    assert availability(site, make_service(), make_queue(), now, NO_TICKETS, christmas) == mall_state(
        site, now, christmas
    )


def test_every_reason_is_reached_by_these_tests() -> None:
    """The list of reasons and this file grow together."""
    site = make_site()
    found = {
        answer.reason
        for service, day, hour, count, out in itertools.product(
            (make_service(), make_service(closed=RENOVATION), None),
            (TUESDAY, FRIDAY, SATURDAY, XMAS),
            range(24),
            (NO_TICKETS, Counts(series_full=True)),
            (None, "paper_out"),
        )
        for minute in ("00", "45")
        if isinstance(
            answer := availability(
                site, service, make_queue(), at(day, f"{hour:02}:{minute}"), count, christmas, printer_out=out
            ),
            Closed,
        )
    }
    assert found == set(Reason)


@given(sites, moments, st.booleans())
def test_a_printer_in_trouble_closes_only_what_is_open(site: Site, now: dt.datetime, ignore: bool) -> None:
    """A service that is closed anyway keeps the reason that lasts."""
    service, queue = make_service(), make_queue()
    well = availability(site, service, queue, now, NO_TICKETS, christmas, ignore_hours=ignore)
    ill = availability(
        site, service, queue, now, NO_TICKETS, christmas, ignore_hours=ignore, printer_out="cover_open"
    )
    shut = Closed(Reason.NO_PRINTER, cause="cover_open")
    assert ill == (shut if isinstance(well, Open) else well)
    mall = mall_state(site, now, christmas, ignore_hours=ignore)
    mall_ill = mall_state(site, now, christmas, ignore_hours=ignore, printer_out="cover_open")
    assert mall_ill == (shut if isinstance(mall, Open) else mall)
