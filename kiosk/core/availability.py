"""Whether a service gives tickets now, and if not, why: one function decides and every place uses it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kiosk.core.catalogue import Service, Site


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


@dataclass(frozen=True)
class Open:
    """Tickets are given now."""

    until: dt.time
    """No ticket at or after this time today."""
