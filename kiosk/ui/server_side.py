"""What the window knows of the central server: queues while they are fresh, closures, a new catalogue. No Kivy here.

At a kiosk without a server nothing of it is loaded and no thread runs. What comes from the sending thread is posted to
the window's; a new catalogue is prepared on the desk's thread and shown when nobody visits.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from zoneinfo import ZoneInfo

from kiosk.sync import identity as identities

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.core.availability import HolidayNames
    from kiosk.core.search import SearchIndex
    from kiosk.desk import Desk
    from kiosk.server_link import Ties
    from kiosk.settings import Settings
    from kiosk.site import SiteData
    from kiosk.site.central import CentralSite
    from kiosk.sync.wire import DoctorReport, PrinterReport, Queues
    from kiosk.sync_service import SyncService
    from kiosk.ui.context import Loaded
    from printer.readiness import Readiness

log = logging.getLogger(__name__)

FRESH_S: Final = 30.0
"""How long a count of waiting people is told after the server said it: three times the interval it is asked at."""
STOP_S: Final = 3.0
EXAMINED_FIRST_S: Final = 120.0
EXAMINED_EVERY_S: Final = 6 * 3600.0


class Window(Protocol):
    """The part of the supply that is needed here."""

    loaded: Loaded | None
    printer: Readiness | None

    def submit(
        self, work: Callable[[Desk], Prepared], done: Callable[[Prepared | BaseException], None]
    ) -> None: ...

    def take(self, data: SiteData, holiday: HolidayNames, index: SearchIndex) -> None: ...


@dataclass(frozen=True)
class Prepared:
    """A site with what takes long to make of it."""

    data: SiteData
    holiday: HolidayNames
    index: SearchIndex


def prepared(data: SiteData, clock: Clock) -> tuple[HolidayNames, SearchIndex]:
    """Return the holidays and the search index of a site: half a second, on the desk's thread."""
    from kiosk.core.search import SearchIndex
    from kiosk.site.holidays_apart import holidays_apart

    return holidays_apart(data.site, clock.utc().date()), SearchIndex(data.catalogue)


class Examination:
    """Has the doctor look at this machine now and then, on a thread of its own, for the server's list of kiosks."""

    def __init__(self, settings: Settings, state: Path, clock: Clock) -> None:
        self._settings, self._state, self._clock = settings, state, clock
        self._due = clock.monotonic() + EXAMINED_FIRST_S
        self._found: DoctorReport | None = None

    def latest(self) -> DoctorReport | None:
        """Return what was found last, and begin to look again where it is time. Never waits."""
        now = self._clock.monotonic()
        if now >= self._due:
            self._due = now + EXAMINED_EVERY_S
            # A daemon: a check stuck in the kernel must not keep the process.
            threading.Thread(target=self._look, name="examination", daemon=True).start()
        return self._found

    def _look(self) -> None:
        from kiosk.doctor import Level, Machine, examine
        from kiosk.sync.wire import DoctorReport

        try:
            report = examine(Machine(self._settings.file, self._state, clock=self._clock))
        except Exception:
            log.exception("the examination for the server failed")
            return
        bad = [finding.check for finding in report.findings if finding.level is not Level.OK]
        self._found = DoctorReport.model_validate(
            {"worst": report.worst.value, "at": report.at, "items": tuple(dict.fromkeys(bad))[:40]}
        )


class ServerSide:
    """Belongs to the window's thread, but for :meth:`ties`, which the desk's calls before the desk is there."""

    def __init__(
        self,
        settings: Settings,
        state: Path,
        clock: Clock,
        window: Window,
        post: Callable[[Callable[[], None]], None],
        resting: Callable[[], bool],
        lock_changed: Callable[[], None],
    ) -> None:
        self._settings, self._state, self._clock, self._window = settings, state, clock, window
        self._post, self._resting, self._lock_changed = post, resting, lock_changed
        self._service: SyncService | None = None
        self._started = False
        self._waiting: Mapping[str, int] = {}
        self._fresh_at = float("-inf")
        self.closures: Mapping[str, Mapping[str, str]] = {}
        """Services the server has closed, with the reason by language."""
        self._offered: SiteData | None = None
        self._prepared: Prepared | None = None

    # --- on the desk's thread -----------------------------------------------------------------------------------------

    def ties(self, data: SiteData) -> Ties | None:
        """Return what ties the desk to the sending thread; None at a kiosk without a server."""
        if self._service is None:
            if not (self._settings.server.url or identities.exists(self._state)):
                return None
            from kiosk.sync_service import Listener, SyncService

            listener = Listener(
                on_site=lambda site: self._post(lambda: self._offer(site)),
                on_queues=lambda queues: self._post(lambda: self._hear(queues)),
                on_lock=lambda: self._post(self._lock_changed),
                on_offset=self._correct,
                printer=self._printer,
                examination=Examination(self._settings, self._state, self._clock).latest,
            )
            zone = ZoneInfo(data.site.timezone)
            self._service = SyncService(self._settings, self._state, self._clock, zone, listener)
        return self._service.ties()

    # --- on the sending thread ----------------------------------------------------------------------------------------

    def _correct(self, offset_s: float) -> None:
        from kiosk.clock import SystemClock

        if isinstance(self._clock, SystemClock):
            self._clock.correct(offset_s)

    def _printer(self) -> PrinterReport | None:
        from kiosk.sync.wire import PrinterReport

        heard = self._window.printer
        if heard is None:
            return None
        state = {"ok": "ok", "low": "warning", "out": "bad"}.get(heard.level.value, "unknown")
        return PrinterReport.model_validate(
            {
                "state": state,
                "cause": str(heard.cause) if heard.cause else None,
                "paper_left": heard.left.tickets if heard.left else None,
            }
        )

    # --- on the window's thread ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """The desk is open: begin to send, once."""
        if self._service is not None and not self._started:
            self._started = True
            self._service.start()

    def stop(self) -> None:
        """End the sending thread."""
        if self._service is not None and not self._service.stop(STOP_S):
            log.warning("what was being asked of the server is left behind")

    def ahead(self, service: str) -> int | None:
        """Return how many wait in the queue of ``service``; None where the server has not said so just now."""
        loaded = self._window.loaded
        if loaded is None or self._clock.monotonic() - self._fresh_at > FRESH_S:
            return None
        found = loaded.catalogue.service_by_code.get(service)
        return self._waiting.get(found.queue) if found is not None else None

    def _hear(self, queues: Queues | None) -> None:
        self._fresh_at = self._clock.monotonic()
        if queues is not None:
            self._waiting = {one.code: one.waiting for one in queues.queues}
            self.closures = {one.service: dict(one.text) for one in queues.closures}

    def _offer(self, site: CentralSite) -> None:
        self._offered = site.data
        self.renew()

    def renew(self) -> None:
        """Show a new site that came, unless somebody visits; then it waits for the next call."""
        if not self._resting():
            return
        if self._prepared is not None:
            ready, self._prepared = self._prepared, None
            self._window.take(ready.data, ready.holiday, ready.index)
        if self._offered is None:
            return
        data, self._offered = self._offered, None

        def prepare(desk: Desk) -> Prepared:
            from kiosk.desk_setup import composer

            holiday, index = prepared(data, self._clock)
            desk.take_site(data.site, data.catalogue, composer(data), holiday)
            return Prepared(data, holiday, index)

        def done(answer: Prepared | BaseException) -> None:
            if isinstance(answer, BaseException):
                self._offered = self._offered or data  # the desk is not there now
                return
            self._prepared = answer
            self.renew()

        self._window.submit(prepare, done)
