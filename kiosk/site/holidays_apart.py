"""National holidays worked out in a process of their own.

The ``holidays`` library loads the rules of every country it knows: 17 MB and 0.14 s that the window's process would
carry all day to learn some fifteen dates. So a short-lived process works out this year's and the next's, and the
window keeps the dates. A year beyond those is worked out in this process after all.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.core.holidays import Years, holiday_names

if TYPE_CHECKING:
    from kiosk.core.availability import HolidayNames
    from kiosk.core.catalogue import Site

log = logging.getLogger(__name__)

DEADLINE_S: Final = 20.0
ROOT: Final = Path(__file__).resolve().parents[2]


def holidays_apart(site: Site, today: dt.date) -> HolidayNames:
    """Like ``holiday_names``, with the years around ``today`` worked out elsewhere. Waits for that: not on the window's
    thread. Raises ``ValueError`` for a country the library does not know, as the library's own process would."""
    if not site.holidays.national:
        return holiday_names(site)
    try:
        known = _ask(site.holidays.country, (today.year, today.year + 1))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        log.warning("the holidays are worked out in this process: %s", error)
        known = {}
    return holiday_names(site, known)


def _ask(country: str, years: tuple[int, ...]) -> Years:
    command = [sys.executable, "-m", "kiosk.site.holidays_apart", country, *map(str, years)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=DEADLINE_S)
    return {
        int(year): {dt.date.fromisoformat(date): names for date, names in dates.items()}
        for year, dates in json.loads(answer.stdout).items()
    }


def _main(country: str, *years: str) -> None:
    from kiosk.core.holidays import holidays_of

    found = {
        year: {str(date): dict(names) for date, names in holidays_of(country, int(year)).items()}
        for year in years
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    _main(*sys.argv[1:])
