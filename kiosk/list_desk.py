"""Prints lists of what to bring, on the desk's thread and by the desk's press: no number, no ticket, nothing for the
server. A line in the audit is all that stays, and a paper roll is not emptied by somebody who plays.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from kiosk.core.visit import TOO_MANY, Outcome
from kiosk.list_slip import list_slip

if TYPE_CHECKING:
    from kiosk.desk import Desk
    from kiosk.site import SiteData

HOUR: Final = dt.timedelta(hours=1)
GONE: Final = "gone"
"""The service has left the catalogue meanwhile."""


class ListDesk:
    """Belongs to the thread of the desk; outlives a desk that has to be opened again."""

    def __init__(self, site_data: SiteData, per_hour: int, now: Callable[[], dt.datetime]) -> None:
        """``now`` is an aware clock; 0 lists an hour prints none."""
        self._site, self._per_hour, self._now = site_data, per_hour, now
        self._printed: deque[dt.datetime] = deque(maxlen=max(1, per_hour))

    def print(self, desk: Desk, service: str, language: str) -> tuple[Outcome, str | None]:
        """Print the list of ``service`` once; return what became of it and, without paper, why.

        Raises DeskBusy and StoreError; then nothing was printed. What was refused does not count.
        """
        found = self._site.catalogue.service_by_code.get(service)
        if found is None:
            return Outcome.NOT_PRINTED, GONE
        now = self._now()
        # A clock set back must not close the tap for longer than the hour.
        recent = [at for at in self._printed if dt.timedelta(0) <= now - at < HOUR]
        if len(recent) >= self._per_hour:
            return Outcome.NOT_PRINTED, TOO_MANY
        slip = list_slip(found, self._site, language, desk.today(), desk.server_url)
        verdict = desk.print_paper(slip, "visitor", "list.printed", {"service": service})
        outcome = Outcome(verdict.outcome.value)
        if outcome is Outcome.NOT_PRINTED:
            return outcome, verdict.cause.value if verdict.cause else None
        self._printed.append(now)
        return outcome, None
