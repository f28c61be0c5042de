"""What the presenters need besides the visit: the site, the time there, and what the desk knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.core.availability import Closed, Open

if TYPE_CHECKING:  # read after the first frame; not to be paid for before it
    from kiosk.core.catalogue import Catalogue, Site
    from kiosk.core.outbox import Standing
    from kiosk.core.search import Hit
    from printer.readiness import Readiness


@dataclass(frozen=True)
class Place:
    """The few facts of a site that the first frame shows, read without the whole site."""

    name: Mapping[str, str]
    region: Mapping[str, str]
    timezone: str
    languages: tuple[str, ...] = ("id", "en")


@dataclass(frozen=True)
class Loaded:
    """The site and catalogue, and the questions that can be asked of them. All answers are immediate."""

    site: Site
    catalogue: Catalogue
    mall: Callable[[dt.datetime], Open | Closed]
    availability: Callable[[str, dt.datetime], Open | Closed]
    """Of a service's code, at a time of the site's clock."""
    search: Callable[[str], tuple[Hit, ...]]
    usage: Mapping[str, int] = field(default_factory=dict)
    """Tickets of each agency lately; orders the agencies."""
    ahead: Callable[[str], int | None] = lambda service: None
    """People waiting for a service; None without a server."""
    plan: Path | None = None
    """The picture of the hall, where the site has one."""


@dataclass(frozen=True)
class Surroundings:
    """Everything around a visit at one moment."""

    place: Place
    now: dt.datetime
    """Aware, in the site's zone."""
    loaded: Loaded | None = None
    """None until the site has been read, shortly after the first frame."""
    server: bool = False
    """Whether the QR code leads to a page that shows the queue."""
    server_url: str = ""
    """Where the server's own pages are; empty without a server."""
    lists: bool = True
    """Whether lists of what to bring may be printed."""
    voice: bool = False
    """Whether this machine can speak."""
    printer: Readiness | None = None
    """Whether the next paper will come out, as last asked; None until then."""
    standing: Standing | None = None
    """How this kiosk and its server stand: for staff alone; None without a server."""
    deadline_s: float = 15.0
    """How long a ticket may take at most: what the progress is measured against."""

    @property
    def printer_out(self) -> str | None:
        """Why the printer cannot print; None while it can, or may."""
        out = self.printer is not None and not self.printer.prints
        return str(self.printer.cause) if out and self.printer else None

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages the site offers."""
        return self.place.languages
