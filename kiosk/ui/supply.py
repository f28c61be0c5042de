"""What the window asks of the desk's thread: the site, the counts, tickets. No Kivy here.

The site is read and indexed on the desk's thread, on the way to opening the desk, so that the window never waits for
it. The counts that availability needs are a copy, renewed after every ticket and whenever a list of services opens; the
desk itself decides again when a number is taken.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from kiosk.core import visit as v
from kiosk.core.availability import Closed, Counts, Open, Reason, availability, mall_state
from kiosk.desk_thread import DeskThread, code_of
from kiosk.i18n import languages, translations
from kiosk.settings import Settings
from kiosk.staff_call import StaffCall
from kiosk.ui.context import Loaded
from kiosk.ui.server_side import ServerSide, prepared

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.core.availability import HolidayNames
    from kiosk.core.outbox import Standing
    from kiosk.core.search import SearchIndex
    from kiosk.desk import Desk
    from kiosk.list_desk import ListDesk
    from kiosk.site import SiteData
    from printer.readiness import Readiness

log = logging.getLogger(__name__)

T = TypeVar("T")

_Told: TypeAlias = (
    "tuple[Mapping[str, Counts], Mapping[str, int] | None, Mapping[str, Mapping[str, str]], Standing | None]"
)
"""Counts, the agencies' use where it was asked for, what the server has closed, how the server stands."""

STOP_S = 10.0
"""Longer than any ticket takes: what was handed over is finished before the process ends."""

_SETTLED = frozenset({"E-DSK-04", "E-DSK-05"})
"""The desk's answers that will not change: no such ticket, or it was settled before."""


class Supply:
    """Owns the desk's thread. Made, asked and stopped on the window's thread; answers come back through ``post``."""

    def __init__(
        self,
        settings: Settings,
        state: Path,
        clock: Clock,
        post: Callable[[Callable[[], None]], None],
        send: Callable[[v.Event], None],
        changed: Callable[[], None],
        resting: Callable[[], bool] = lambda: True,
        lock_changed: Callable[[], None] = lambda: None,
    ) -> None:
        """``send`` takes events of the desk; ``changed`` is called when the site or the counts are new; ``resting``
        says whether nobody visits, ``lock_changed`` hears that the server locked or unlocked the kiosk."""
        self._settings, self._state, self._clock = settings, state, clock
        self._post, self._send, self._changed = post, send, changed
        self._server = ServerSide(settings, state, clock, self, post, resting, lock_changed)
        self.loaded: Loaded | None = None
        self._counts: Mapping[str, Counts] = {}
        self.standing: Standing | None = None
        """How this kiosk and its server stand, as last asked."""
        self.printer: Readiness | None = None
        """Whether the next paper will come out, as last asked."""
        self.server_url = settings.server.url
        """Of the configuration; of the enrolment once the desk is open and knows it."""
        self._lists: ListDesk | None = None
        self._owed: list[v.Keep | v.Void] = []
        """What a visitor decided while the desk could not write it; told again when it can."""
        self._thread = DeskThread(
            self._make_desk,
            post,
            on_ready=self._ready,
            on_fault=lambda code: send(v.DeskFailed(code)),
        )

        self._call = StaffCall(self._thread, send, lambda: bool(self.server_url))

    def look_for_staff(self) -> None:
        """Ask whether the server has the call for staff that is under way, if one is."""
        self._call.look()

    def start(self) -> None:
        """Begin to read the site and to open the desk."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what was handed over and end the thread."""
        if not self._thread.stop(STOP_S):
            log.error("the desk did not stop within %.0f seconds", STOP_S)
        self._server.stop()

    def ping(self, answered: Callable[[], None]) -> None:
        """Call ``answered`` when the desk's thread has come to it, whether or not the desk is open."""
        self._thread.submit(lambda desk: None, lambda _: answered())

    def submit(self, work: Callable[[Desk], T], done: Callable[[T | BaseException], None]) -> None:
        """Run ``work`` with the desk; ``done`` gets its result or its exception, on the window's thread."""
        self._thread.submit(work, done)

    # --- on the desk's thread -----------------------------------------------------------------------------------------

    def _make_desk(self) -> Desk:
        from kiosk.desk_setup import open_desk
        from kiosk.site.central import site_in_force

        for language in languages():
            translations(language)  # read here, so that the window never does
        data, faults = site_in_force(self._settings.site_dir, self._state)
        if faults is not None:
            log.error("%s the site's files are bad, the last good copy serves: %s", faults.code, faults)
        holiday, index = prepared(data, self._clock)
        self._post(lambda: self.take(data, holiday, index))
        desk = open_desk(self._settings, self._state, data, self._clock, holiday, self._server.ties(data))
        self._post(lambda: self._learn(desk.server_url))
        return desk

    # --- on the window's thread ---------------------------------------------------------------------------------------

    def _learn(self, server_url: str) -> None:
        self.server_url = server_url
        self._changed()

    def take(self, data: SiteData, holiday: HolidayNames, index: SearchIndex) -> None:
        """Show this site from now on."""
        ignore = self._settings.kiosk.ignore_hours
        catalogue = data.catalogue

        def of_service(code: str, now: dt.datetime) -> Open | Closed:
            service = catalogue.service_by_code.get(code)
            queue = catalogue.queue_by_code.get(service.queue) if service else None
            counts = self._counts.get(code, Counts())
            if (why := self._server.closures.get(code)) is not None:
                return Closed(Reason.SERVICE_CLOSED, name=why)
            return availability(
                data.site,
                service,
                queue,
                now,
                counts,
                holiday,
                ignore_hours=ignore,
                printer_out=self._closing(),
            )

        self.loaded = Loaded(
            data.site,
            catalogue,
            lambda now: mall_state(data.site, now, holiday, ignore_hours=ignore, printer_out=self._closing()),
            of_service,
            lambda query: index.find(query, popular=self.loaded.usage if self.loaded else None),
            plan=self._plan(data),
            usage=self.loaded.usage if self.loaded else {},
            ahead=self._server.ahead,
        )
        from kiosk.list_desk import ListDesk

        printer = self._settings.printer
        self._lists = ListDesk(data, printer.lists_per_hour, self._clock.utc)
        self._changed()

    def _plan(self, data: SiteData) -> Path | None:
        """The picture of the hall: beside the site's files, or, for a copy of them, in the site's own folder."""
        name = data.site.plan
        places = [folder / name for folder in (data.directory, self._settings.site_dir)] if name else []
        return next((place for place in places if place.is_file()), None)

    def _ready(self) -> None:
        owed, self._owed = self._owed, []
        for effect in owed:
            self._decide(effect)
        self._send(v.DeskReady())
        self._server.start()
        self.refresh(usage=True)
        self.look_at_printer()

    def _closing(self) -> str | None:
        """The printer's trouble where it closes this kiosk."""
        closes = self._settings.printer.when_out == "close" and self.printer is not None
        return str(self.printer.cause) if closes and self.printer and not self.printer.prints else None

    def look_at_printer(self) -> None:
        """Ask whether the next paper will come out. Only between visits: it may take as long as a paper."""
        self._thread.submit(lambda desk: desk.readiness(), self._heard)

    def _heard(self, answer: Readiness | BaseException) -> None:
        if isinstance(answer, BaseException):
            return  # the thread has said so with its code
        if self.printer is None or (answer.level, answer.cause) != (self.printer.level, self.printer.cause):
            log.info(
                "printer", extra={"level": str(answer.level), "cause": answer.cause and str(answer.cause)}
            )
        self.printer = answer
        self._changed()

    def refresh(self, usage: bool = False) -> None:
        """Ask for the counts again, and with ``usage`` for the agencies' use."""
        self._thread.submit(
            lambda desk: (
                desk.all_counts(),
                desk.usage() if usage else None,
                desk.closures(),
                desk.standing(),
            ),
            self._refreshed,
        )

    def _refreshed(self, answer: _Told | BaseException) -> None:
        if isinstance(answer, BaseException):
            return  # the thread has said so with its code
        self._counts, usage, self._server.closures, self.standing = answer
        if usage is not None and self.loaded is not None:
            self.loaded = replace(self.loaded, usage=usage)
        self._changed()

    def perform(self, effect: v.Effect) -> None:
        """Do what the visit asks for."""
        match effect:
            case v.Issue():
                self._issue(effect)
            case v.Keep() | v.Void():
                self._decide(effect)
            case v.MakeList():
                self._make_list(effect)
            case v.Summon():
                self._call.summon(effect)
            case v.Wiped():
                pass  # the screens hold nothing but the view, and that is new

    def renew(self) -> None:
        """Nobody visits: let a new catalogue that came meanwhile take the place of the present one."""
        self._server.renew()

    def _issue(self, effect: v.Issue) -> None:
        ahead = self._server.ahead(effect.service)

        def answered(answer: v.Issued | Closed | BaseException) -> None:
            if isinstance(answer, BaseException):
                self._send(v.DeskFailed(code_of(answer)))
            elif isinstance(answer, Closed):
                self._send(v.TicketRefused(effect.request, answer))
                self.refresh()
            else:
                self._send(v.TicketIssued(effect.request, replace(answer, ahead=ahead)))
                self.refresh()

        self._thread.submit(
            lambda desk: desk.issue(effect.service, effect.priority, effect.language), answered
        )

    def _make_list(self, effect: v.MakeList) -> None:
        lists = self._lists

        def work(desk: Desk) -> tuple[v.Outcome, str | None]:
            assert lists is not None  # no sheet is shown before the site is known
            return lists.print(desk, effect.service, effect.language)

        def answered(answer: tuple[v.Outcome, str | None] | BaseException) -> None:
            if isinstance(answer, BaseException):
                return  # the thread has said so with its code, and that ends the visit
            self._send(v.ListPrinted(effect.request, *answer))

        self._thread.submit(work, answered)

    def _decide(self, effect: v.Keep | v.Void) -> None:
        """Have the desk note what the visitor decided about a ticket without paper."""

        def work(desk: Desk) -> None:
            if isinstance(effect, v.Keep):
                desk.keep(effect.ticket)
            else:
                desk.void(effect.ticket, effect.why)

        def answered(answer: object) -> None:
            if not isinstance(answer, BaseException):
                return
            log.error("%s a number could not be kept or given back: %s", code_of(answer), answer)
            if code_of(answer) not in _SETTLED:
                self._owed.append(effect)

        self._thread.submit(work, answered)
