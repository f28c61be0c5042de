"""What every request needs, made once for a worker."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import Request
from sqlalchemy.orm import Session

from server import heartbeats
from server.board.channel import Source
from server.board.files import build
from server.board.hub import Hub
from server.board.voice import Voice
from server.catalogue import Catalogues, site_ids
from server.db.database import Database, utc_now
from server.limits import Buckets
from server.line import rule_of
from server.metrics import Metrics
from server.queue_rules import Rule
from server.settings import Settings, default_state_dir

BURST_S = 3.0
"""Seconds' worth of requests that may come at once."""

PAIRINGS_PER_SECOND, PAIRINGS_AT_ONCE = 2, 20
"""Of one address. Judging a pairing code is slow by design, so nobody may ask for many."""


@dataclass
class Services:
    """The parts of one worker."""

    settings: Settings
    database: Database
    now: Callable[[], dt.datetime] = utc_now
    """The clock. Tests set another one."""
    catalogues: Catalogues = field(default_factory=Catalogues)
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        devices, pages = self.settings.requests_per_second, self.settings.pages_per_second
        self.devices = Buckets(devices, devices * BURST_S)
        self.pages = Buckets(pages, pages * BURST_S)
        self.pairing = Buckets(PAIRINGS_PER_SECOND, PAIRINGS_AT_ONCE)
        self.voice = Voice(Path(self.settings.voice_folder or default_state_dir() / "server" / "voice"))
        source = Source(self.database, self.catalogues, self.now, build(), lambda: self.voice.available)
        self.board = Hub(source, self.settings.board_listeners)
        self._metrics_from = [ipaddress.ip_network(text) for text in self.settings.metrics_from]

    @property
    def idle(self) -> dt.timedelta:
        """How long a person at the pages may touch nothing."""
        return dt.timedelta(minutes=self.settings.session_idle_minutes)

    @property
    def longest(self) -> dt.timedelta:
        """How long a session lasts in any case."""
        return dt.timedelta(hours=self.settings.session_hours)

    @property
    def rule(self) -> Rule:
        """How priority tickets are ordered."""
        return rule_of(self.settings)

    def may_read_metrics(self, address: str) -> bool:
        """Whether ``address`` is in one of the networks of ``metrics_from``."""
        try:
            asking = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(asking in network for network in self._metrics_from)

    def gauges(self) -> Iterable[tuple[str, str, dict[str, str], float]]:
        """Return the figures of the database, as they are now."""
        now = self.now()

        def read(session: Session) -> list[tuple[str, str, dict[str, str], float]]:
            days = {site: self.catalogues.current(session, site).day(now) for site in site_ids(session)}
            return list(heartbeats.gauges(session, now, days))

        return self.database.read(read)


def services(request: Request) -> Services:
    """Return the worker's services: FastAPI's dependency."""
    found = request.app.state.services
    assert isinstance(found, Services)
    return found


def address_of(request: Request) -> str:
    """Return who asks, after trusted proxies (uvicorn has replaced the address by then)."""
    return request.client.host if request.client else "unknown"
