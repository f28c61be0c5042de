"""National holidays with their names in both languages, from the ``holidays`` library.

The library takes 64 ms to import and 72 ms for a country's tables, so it is loaded at the first question and
each year is computed once. It knows the holidays of the law; the government's yearly joint decree may move
one, and the site's ``overrides`` and ``holidays.open_anyway`` say so.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from kiosk.core.availability import HolidayNames
    from kiosk.core.catalogue import Site

Years: TypeAlias = Mapping[int, Mapping[dt.date, Mapping[str, str]]]
"""For each year its holidays, each with its names."""

_ESTIMATED = re.compile(r" \((?:perkiraan|estimated)\)")


def holiday_names(site: Site, known: Years | None = None) -> HolidayNames:
    """Return the function that names the national holiday on a date in ``site``'s country, or None.

    The years in ``known`` (from ``holidays_of``) are taken from there; the library works out any other.
    It may be called from any thread. A site without national holidays never loads the library. A country the
    library does not know raises ``ValueError`` at the first question.
    """
    if not site.holidays.national:
        return _no_holiday
    return _Calendar(site.holidays.country, known or {}).name


def _no_holiday(date: dt.date) -> None:
    return None


class _Calendar:
    def __init__(self, country: str, known: Years) -> None:
        self._country = country
        self._years = dict(known)
        self._lock = threading.Lock()

    def name(self, date: dt.date) -> Mapping[str, str] | None:
        with self._lock:
            if date.year not in self._years:
                self._years[date.year] = holidays_of(self._country, date.year)
            return self._years[date.year].get(date)


def holidays_of(country: str, year: int) -> dict[dt.date, Mapping[str, str]]:
    """Return the national holidays of ``country`` (ISO 3166-1, ``ID``) in ``year`` with their names, by the library.

    Raises ``ValueError`` for a country the library does not know.
    """
    import holidays

    try:
        own_language = holidays.country_holidays(country).default_language
        # Without a language the library would take the machine's.
        own = holidays.country_holidays(country, years=year, language=own_language)
        english = holidays.country_holidays(country, years=year, language="en_US")
    except NotImplementedError as error:
        raise ValueError(f"holidays.country is {country!r}; the holidays library does not know it") from error
    return {date: {"id": _plain(name), "en": _plain(english.get(date, name))} for date, name in own.items()}


def _plain(name: str) -> str:
    """Leave out "(estimated)" of lunar dates in later years: the site's overrides settle those."""
    return _ESTIMATED.sub("", name)
