"""Words for reasons, causes, dates, times and money: complete, short enough, plain, in every language."""

from __future__ import annotations

import ast
import datetime as dt
import inspect
import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import words
from kiosk.core.availability import Closed, Counts, Reason, availability
from kiosk.i18n import languages, translations
from kiosk.words import (
    BADGE_LENGTH,
    cause_words,
    closed_words,
    date_long,
    fee,
    rupiah,
    time_of_day,
    unknown,
    weekday,
    when,
)
from printer.status import Cause
from tests.core.builders import (
    FRIDAY,
    PRAYER,
    SATURDAY,
    TUESDAY,
    at,
    both,
    make_queue,
    make_service,
    make_site,
    no_holiday,
    override,
)

SITE = make_site()
NAME = {"id": "Hari Raya Natal", "en": "Christmas Day"}
LONG_NAME = {"id": "Hari Kemerdekaan Republik Indonesia", "en": "Independence Day of the Republic"}
CAUSES = [*(cause.value for cause in Cause if cause.blocks), "unknown", "gone_fishing", None]


def every_closed(reason: Reason) -> list[Closed]:
    ats = (dt.time(13), dt.time(8, 5))
    names: list[dict[str, str] | None] = [NAME, LONG_NAME]
    if reason not in (Reason.HOLIDAY, Reason.SERVICE_CLOSED):  # those always have one
        names.append(None)
    openings = (None, at(TUESDAY, "13:00"), at(TUESDAY + dt.timedelta(1), "08:00"), at(SATURDAY, "08:00"))
    return [
        Closed(reason, time, name, again) for time, name, again in itertools.product(ats, names, openings)
    ]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_badge_and_a_sentence(reason: Reason, language: str) -> None:
    for closed in every_closed(reason):
        said = closed_words(closed, SITE, at(TUESDAY, "10:00"), language)
        assert 4 <= len(said.short) <= BADGE_LENGTH
        assert said.short[-1] not in ".!?", "a badge is no sentence"
        assert said.long.endswith(".")
        assert len(said.long) > len(said.short)
        for text in (said.short, said.long):
            assert not [sign for sign in ("{", "_", "..", "  ", "None", "()") if sign in text]


@pytest.mark.parametrize(
    ("closed", "language", "short", "long"),
    [
        (
            Closed(Reason.HOLIDAY, None, NAME, at(dt.date(2026, 12, 28), "08:00")),
            "id",
            "Libur: Hari Raya Natal",
            "Hari ini libur: Hari Raya Natal. Silakan datang lagi Senin, 28 Desember pukul 08.00.",
        ),
        (
            Closed(Reason.HOLIDAY, None, LONG_NAME, None),
            "id",
            "Libur hari ini",
            "Hari ini libur: Hari Kemerdekaan Republik Indonesia. Silakan tanyakan ke meja informasi.",
        ),
        (
            Closed(Reason.NOT_YET, dt.time(8), None, at(TUESDAY, "08:00")),
            "id",
            "Buka pukul 08.00",
            "Nomor antrean diberikan mulai pukul 08.00.",
        ),
        (
            Closed(Reason.LAST_TICKET, dt.time(13, 30), None, at(TUESDAY + dt.timedelta(1), "08:00")),
            "id",
            "Nomor terakhir pukul 13.30",
            "Nomor antrean terakhir hari ini diberikan pukul 13.30. Silakan datang lagi besok (Rabu) pukul 08.00.",
        ),
        (
            Closed(Reason.LAST_TICKET, dt.time(13, 30), None, at(TUESDAY + dt.timedelta(1), "08:00")),
            "en",
            "Last number was at 13:30",
            "The last queue number today was given at 13:30. Please come again tomorrow (Wednesday) at 08:00.",
        ),
        (
            Closed(Reason.BREAK, dt.time(13), PRAYER.name, at(TUESDAY, "13:00")),
            "en",
            "Back at 13:00",
            "Friday prayer. Queue numbers are given again from 13:00.",
        ),
        (
            Closed(Reason.SERVICE_CLOSED, None, both("Petugas sedang pelatihan.")),
            "id",
            "Tutup sementara",
            "Layanan ini tutup sementara: Petugas sedang pelatihan. Silakan tanyakan ke meja informasi.",
        ),
        (
            Closed(Reason.QUOTA, None, None, at(SATURDAY, "08:00")),
            "en",
            "No numbers left today",
            "All queue numbers for today have been given. Please come again Saturday, 28 November at 08:00.",
        ),
    ],
)
def test_what_the_visitor_reads(closed: Closed, language: str, short: str, long: str) -> None:
    now = at(dt.date(2026, 12, 25), "10:00") if closed.name == NAME else at(TUESDAY, "10:00")
    said = closed_words(closed, SITE, now, language)
    assert (said.short, said.long) == (short, long)


@given(
    st.sampled_from([TUESDAY, FRIDAY, SATURDAY]),
    st.times(),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["id", "en"]),
)
def test_whatever_the_rules_answer_has_words(
    day: dt.date, time: dt.time, full: bool, shut: bool, language: str
) -> None:
    site = make_site(overrides=(override(SATURDAY, "Senam pagi pegawai seluruh kabupaten"),))
    service = make_service(closed=both("Renovasi") if shut else None)
    now = dt.datetime.combine(day, time, at(day, "00:00").tzinfo)
    answer = availability(site, service, make_queue(), now, Counts(series_full=full), no_holiday)
    if isinstance(answer, Closed):
        assert len(closed_words(answer, site, now, language).short) <= BADGE_LENGTH


# --- the printer ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_says_what_happened_what_it_means_and_what_to_do(
    cause: str | None, language: str
) -> None:
    said = cause_words(cause, language)
    assert ("tidak tercetak" if language == "id" else "not printed") in said.short
    assert ("tetap berlaku" if language == "id" else "is valid") in said.long
    assert ("foto" if language == "id" else "photo") in said.long
    assert "_" not in said.short + said.long, "never a code"


def test_causes_are_told_apart() -> None:
    known = [cause_words(cause.value, "id").short for cause in Cause if cause.blocks]
    assert len(set(known)) == len(known)
    assert cause_words("paper_out", "id").short == "Kertas habis, tiket tidak tercetak"
    assert cause_words(None, "id") == cause_words("gone_fishing", "id")
    assert cause_words(None, "id").short not in known


def all_messages() -> list[str]:
    """Return every text in the source of ``kiosk.words`` that is marked for translation."""
    tree = ast.parse(inspect.getsource(words))
    return [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "_"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]


def test_every_text_is_translated_to_every_language() -> None:
    messages = all_messages()
    assert len(messages) > 30
    for language in languages()[1:]:
        table = translations(language)
        assert [message for message in messages if table.gettext(message) == message] == []


def test_no_text_blames_or_speaks_of_errors() -> None:
    forbidden = re.compile(
        r"\b(error|eror|gagal|salah|failed|failure|wrong|invalid|illegal|silahkan)\b", re.IGNORECASE
    )
    for message in all_messages():
        for text in (message, translations("en").gettext(message)):
            assert not forbidden.search(text)


# --- dates, times, money --------------------------------------------------------------------------------------------


def test_dates_and_times_in_both_languages() -> None:
    assert date_long(TUESDAY, "id") == "Selasa, 24 November 2026"
    assert date_long(TUESDAY, "en") == "Tuesday, 24 November 2026"
    assert time_of_day(dt.time(9, 41, 59), "id") == "09.41"
    assert time_of_day(dt.time(9, 41, 59), "en") == "09:41"
    assert time_of_day(dt.time(0, 5), "id") == "00.05"


@given(st.dates(dt.date(2020, 1, 1), dt.date(2100, 1, 1)))
def test_our_names_of_days_and_months_are_those_of_cldr(date: dt.date) -> None:
    from babel.dates import format_date

    for language in ("id", "en"):
        assert weekday(date, language) == format_date(date, "EEEE", locale=language)
        assert date_long(date, language) == format_date(date, "EEEE, d MMMM y", locale=language)


@given(st.integers(0, 10**12))
def test_our_grouping_of_money_is_that_of_cldr(amount: int) -> None:
    from babel.numbers import format_decimal

    for language in ("id", "en"):
        assert rupiah(amount, language) == "Rp" + format_decimal(amount, locale=language)


def test_a_third_language_needs_no_code() -> None:
    """Javanese here: its names of days and months come from CLDR."""
    assert date_long(TUESDAY, "jv").startswith("Selasa, 24 November")
    assert weekday(dt.date(2026, 11, 29), "jv") == "Ahad"
    assert time_of_day(dt.time(9, 41), "jv").startswith("09")
    assert rupiah(30000, "de") == "Rp30.000"


@pytest.mark.parametrize(
    ("days", "time", "in_indonesian", "in_english"),
    [
        (0, "13:00", "hari ini pukul 13.00", "today at 13:00"),
        (1, "08:00", "besok (Rabu) pukul 08.00", "tomorrow (Wednesday) at 08:00"),
        (2, "08:00", "Kamis, 26 November pukul 08.00", "Thursday, 26 November at 08:00"),
        (40, "08:00", "Minggu, 3 Januari pukul 08.00", "Sunday, 3 January at 08:00"),
    ],
)
def test_when(days: int, time: str, in_indonesian: str, in_english: str) -> None:
    now = at(TUESDAY, "23:59")
    moment = at(TUESDAY + dt.timedelta(days=days), time)
    assert when(moment, now, "id") == in_indonesian
    assert when(moment, now, "en") == in_english


@pytest.mark.parametrize(
    ("amount", "note", "in_indonesian", "in_english"),
    [
        (0, None, "Gratis", "Free"),
        (30000, None, "Rp30.000", "Rp30,000"),
        (1250000, None, "Rp1.250.000", "Rp1,250,000"),
        (None, None, "Tanyakan petugas", "Please ask our staff"),
        (None, both("Menurut luas"), "Menurut luas", "Menurut luas (en)"),
        (350000, both("per buku"), "Rp350.000 (per buku)", "Rp350,000 (per buku (en))"),
        (0, both("denda terpisah"), "Gratis (denda terpisah)", "Free (denda terpisah (en))"),
    ],
)
def test_fees(amount: int | None, note: dict[str, str] | None, in_indonesian: str, in_english: str) -> None:
    service = make_service(fee_idr=amount, fee_note=note)
    assert fee(service, "id") == in_indonesian
    assert fee(service, "en") == in_english


def test_unknown_is_never_blank() -> None:
    assert unknown("id") == "Tanyakan petugas"
    assert unknown("en") == "Please ask our staff"


def test_indonesian_and_english_need_no_babel_dates() -> None:
    """The clock on the first frame must not wait for CLDR tables."""
    source = Path(words.__file__).read_text(encoding="utf-8")
    tree = ast.parse(source)
    at_top = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in tree.body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert not any(name and name.split(".")[0] in ("babel", "pydantic", "holidays") for name in at_top)
