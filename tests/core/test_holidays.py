"""National holidays: the real library, both languages, loaded only when asked."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys

import pytest

from kiosk.core.availability import Closed, Reason, mall_state
from kiosk.core.holidays import holiday_names
from tests.core.builders import at, make_site


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (dt.date(2026, 8, 17), {"id": "Hari Kemerdekaan Republik Indonesia", "en": "Independence Day"}),
        (dt.date(2026, 12, 25), {"id": "Hari Raya Natal", "en": "Christmas Day"}),
        (dt.date(2026, 3, 21), {"id": "Hari Raya Idul Fitri", "en": "Eid al-Fitr"}),
        (dt.date(2026, 11, 24), None),
    ],
)
def test_indonesian_holidays_in_both_languages(day: dt.date, name: dict[str, str] | None) -> None:
    assert holiday_names(make_site())(day) == name


def test_years_in_any_order() -> None:
    names = holiday_names(make_site())
    for year in (2031, 2026, 2028):
        assert names(dt.date(year, 12, 25)) == {"id": "Hari Raya Natal", "en": "Christmas Day"}


def test_an_estimated_date_is_named_without_the_librarys_remark() -> None:
    names = holiday_names(make_site())
    days = [dt.date(2030, 1, 1) + dt.timedelta(days=day) for day in range(365)]
    found = [name for name in map(names, days) if name is not None]
    assert {"id": "Hari Raya Idul Fitri", "en": "Eid al-Fitr"} in found
    assert not [name for name in found if "(" in name["id"] + name["en"]]


def test_availability_closes_on_a_real_holiday() -> None:
    site = make_site()
    state = mall_state(site, at(dt.date(2026, 8, 17), "10:00"), holiday_names(site))
    assert isinstance(state, Closed)
    assert state.reason is Reason.HOLIDAY
    assert state.name == {"id": "Hari Kemerdekaan Republik Indonesia", "en": "Independence Day"}


def test_an_unknown_country_is_named() -> None:
    names = holiday_names(make_site(holidays={"country": "XX"}))
    with pytest.raises(ValueError, match=r"holidays\.country is 'XX'"):
        names(dt.date(2026, 1, 1))


@pytest.mark.parametrize(("national", "loaded"), [("True", "True"), ("False", "False")])
def test_the_library_is_loaded_at_the_first_question_and_only_where_needed(
    national: str, loaded: str
) -> None:
    """In a process of its own, under a foreign locale, which must not change the names."""
    program = (
        "import sys, datetime as dt\n"
        "from tests.core.builders import make_site\n"
        "from kiosk.core.holidays import holiday_names\n"
        f"names = holiday_names(make_site(holidays={{'national': {national}}}))\n"
        "assert 'holidays' not in sys.modules\n"
        "name = names(dt.date(2026, 12, 25))\n"
        "print('holidays' in sys.modules, (name or {}).get('id'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "LANG": "en_US.UTF-8", "LANGUAGE": "en_US", "PYTHONPATH": os.pathsep.join(["."])},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout.split(maxsplit=1) == [loaded, "Hari Raya Natal\n" if national == "True" else "None\n"]
