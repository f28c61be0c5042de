"""The one road every ticket takes: available? → number → store → paper → verdict.

A lock file is held for the whole road, so that the window and the command line never interleave, neither on a number
nor on the printer. Whoever gets the lock first looks for what a dead process left: it can only be dead, since it held
the lock. A ticket without a byte sent is voided, one whose bytes may have left becomes *unconfirmed* and is never sent
again.

Two durable commits come before the first byte: the number with its event, and the note that bytes are about to leave.

Errors::

    DeskError       E-DSK-00
    ├── DeskBusy            E-DSK-02  another process kept the desk for too long
    ├── NeedsServer         E-DSK-03  central numbering at a kiosk that is not enrolled
    ├── NoSuchTicket        E-DSK-04  no ticket by this name
    └── TicketNotThus       E-DSK-05  the ticket is not in a state that allows this; the text says why

(E-DSK-01 is the window's: the desk did not answer in time. Store errors, E-STO-NN, and CopiedDisk, E-SYN-06, pass
through.)
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import ClassVar, Final, Protocol

import uuid6

from kiosk.core.availability import (
    UTC_OFFSET_HOURS,
    Closed,
    Counts,
    HolidayNames,
    Open,
    Reason,
    availability,
)
from kiosk.core.catalogue import Catalogue, Service, Site
from kiosk.core.holidays import holiday_names
from kiosk.core.numbers import format_number, series_band
from kiosk.core.outbox import Standing
from kiosk.core.record import Ticket, TicketState
from kiosk.core.tickets import OfflineCode, PageToken, is_code_of, offline_code, parse_payload, qr_payload
from kiosk.core.visit import Issued, Outcome
from kiosk.store import Clock, Draft, FileLock, Outbox, People, SeriesUsedUp, Store, StoreError, TicketQuery
from kiosk.sync.errors import ServerRefuses
from kiosk.sync.numbers import CentralNumbers
from kiosk.sync.server import Given
from kiosk.trial import on_trial
from printer.press import Press, Verdict
from printer.readiness import PaperWatch, Readiness, readiness
from printer.roll import Count, Roll
from printer.slip import Slip
from printer.status import Status

log = logging.getLogger(__name__)

LOCK_NAME: Final = "desk.lock"
LOCK_PATIENCE_S: Final = 10.0
USAGE_DAYS: Final = 30
UNDECIDED_FOR: Final = dt.timedelta(minutes=15)
"""A ticket without paper and without a decision for this long: whoever saw its number has left."""
TOKEN_BYTES: Final = 16
ON_TRIAL: Final = {"id": "Mesin ini sedang diperbarui", "en": "This kiosk is being updated"}
LOCKED: Final = {"id": "Mesin ini sedang dikunci petugas", "en": "Our staff have locked this machine"}

Compose = Callable[[Ticket, str], Slip]
"""Draws a ticket's paper; the text is what its QR holds. ``ticket.copies`` > 0 marks a copy."""


class DeskError(Exception):
    """Base of what the desk refuses besides closed services."""

    code: ClassVar[str] = "E-DSK-00"

    def __str__(self) -> str:
        return f"{self.code}: {super().__str__()}"


class DeskBusy(DeskError):
    """Another process kept the desk for too long."""

    code = "E-DSK-02"


class NeedsServer(DeskError):
    """The configuration asks for central numbering, and this kiosk is not enrolled at a server."""

    code = "E-DSK-03"


class NoSuchTicket(DeskError):
    """No ticket by this name."""

    code = "E-DSK-04"


class TicketNotThus(DeskError):
    """The ticket is not in a state that allows this."""

    code = "E-DSK-05"


class ServerLink(Protocol):
    """An enrolled kiosk's server, as its desk sees it (kiosk.server_link)."""

    @property
    def numbers(self) -> CentralNumbers | None: ...

    @property
    def told(self) -> Callable[[], None]: ...

    def require(self, store: Store) -> None: ...

    def closed(self, store: Store, service: str) -> Mapping[str, str] | None: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class DeskOptions:
    """What the desk takes from the configuration."""

    numbering: str = "local"
    kiosk_digit: int = 0
    ignore_hours: bool = False
    server_url: str = ""


class Desk:
    """Issues, keeps, voids and reprints tickets. Belongs to one thread, which also owns store and press."""

    def __init__(
        self,
        store: Store,
        press: Press,
        site: Site,
        catalogue: Catalogue,
        clock: Clock,
        compose: Compose,
        options: DeskOptions,
        roll: Count | None = None,
        holiday: HolidayNames | None = None,
        link: ServerLink | None = None,
    ) -> None:
        """``link``: an enrolled kiosk's. Raises NeedsServer, NumbersUnknown where today's numbers are lost, StoreFull,
        CopiedDisk."""
        self._central = options.numbering == "central"
        if self._central and (link is None or link.numbers is None or not options.kiosk_digit):
            raise NeedsServer(
                "[kiosk] numbering = 'central': this kiosk is not enrolled at a server; main.py enrol --server URL"
                " --code CODE, or numbering = 'local'"
            )
        self.store = store
        self.press = press
        self._clock = clock
        self._options = options
        self._link = link
        self.take_site(site, catalogue, compose, holiday)
        self._lock = FileLock(store.path.with_name(LOCK_NAME))
        self._roll = roll
        self._watch = PaperWatch()
        self._unstored: dict[str, Verdict] = {}
        """Verdicts the store could not take (a full disk); tried again before the next ticket."""
        store.require_room()
        store.require_numbers(self._now().date())
        if link is not None:
            link.require(store)

    def take_site(
        self, site: Site, catalogue: Catalogue, compose: Compose, holiday: HolidayNames | None = None
    ) -> None:
        """Serve by this site and catalogue from now on; called between tickets."""
        self.site = site
        self.catalogue = catalogue
        self._compose = compose
        self._zone = site_zone(site)
        self._band = series_band(site.numbers, self._options.kiosk_digit)
        self._holiday = holiday or holiday_names(site)

    def close(self) -> None:
        """Let go of server, printer and file."""
        if self._link is not None:
            self._link.close()
        self.press.close()
        self.store.close()

    def recover(self) -> None:
        """Settle what a dead process left, now rather than with the next ticket. Raises DeskBusy and StoreError."""
        with self._alone():
            log.debug("nothing is left behind")

    # --- questions ----------------------------------------------------------------------------------------------------

    def availability(self, service: str) -> Open | Closed:
        """Whether ``service`` (its code) gives tickets now, fresh from clock and store."""
        found = self.catalogue.service_by_code.get(service)
        return self._availability(found, self._now())

    def counts(self, service: str) -> Counts:
        """What was given today for ``service`` and in its queue."""
        found = self.catalogue.service_by_code.get(service)
        return self._counts(found, self._now()) if found else Counts()

    def all_counts(self) -> dict[str, Counts]:
        """The counts of every service, in one question to the store."""
        tally = self.store.tally(self._now(), self._band)
        return {
            service.code: Counts(
                tally.by_service.get(service.code, 0),
                tally.by_queue.get(service.queue, 0),
                service.queue in tally.full and not self._central,
            )
            for service in self.catalogue.services
        }

    def closures(self) -> Mapping[str, Mapping[str, str]]:
        """The services the server has closed, with the reason by language."""
        return Outbox(self.store).closures() if self._link is not None else {}

    def standing(self) -> Standing | None:
        """How this kiosk and its server stand, for staff; None at a kiosk that is not enrolled."""
        if self._link is None:
            return None
        outbox = Outbox(self.store)
        return Standing(outbox.figures().depth, outbox.get("paused") is not None)

    def usage(self) -> Mapping[str, int]:
        """Tickets of each agency in the last 30 days."""
        return self.store.usage(self._now().date() - dt.timedelta(days=USAGE_DAYS - 1))

    def qr(self, ticket: Ticket) -> str:
        """What the QR of ``ticket`` holds."""
        code = offline_code(self.site.id, ticket.service_day, ticket.display, ticket.uuid)
        return qr_payload(self._options.server_url, ticket.token, code)

    def recognise(self, text: str) -> OfflineCode | Ticket | None:
        """The ticket of a QR that was read; what its code says where it is none of this kiosk's, None of an address.

        Raises CodeError where it is no code of ours or was misread.
        """
        read = parse_payload(text, self._options.server_url)
        if isinstance(read, PageToken):
            return self.store.ticket_by_token(read.token)
        for ticket in self.store.tickets(TicketQuery(read.day)):
            if is_code_of(read, self.site.id, ticket.service_day, ticket.display, ticket.uuid):
                return ticket
        return read

    def now(self) -> dt.datetime:
        """The site's wall clock."""
        return self._now()

    def today(self) -> dt.date:
        """The site's calendar day."""
        return self._now().date()

    # --- the paper ----------------------------------------------------------------------------------------------------

    def readiness(self) -> Readiness:
        """Ask the printer whether the next paper will come out. Raises DeskBusy and StoreError."""
        with self._alone():
            status = self.press.status()
            self._hear(status)
            return readiness(status, self._roll.left() if self._roll else None)

    def paper_changed(self, who: str) -> Roll:
        """Note that a new roll is in; return what the old one gave. Raises DeskBusy and StoreError."""
        with self._alone():
            return self._paper_changed(who)

    def _paper_changed(self, who: str) -> Roll:
        old = self._roll.changed() if self._roll else Roll()
        self.store.paper_changed(who, old.tickets, round(old.used_mm))
        return old

    def _hear(self, status: Status) -> None:
        if self._watch.hear(status):
            try:
                self._paper_changed("sensor")
            except StoreError as error:
                log.warning("the change of the roll is not stored: %s", error)

    # --- the road -----------------------------------------------------------------------------------------------------

    def issue(self, service: str, priority: bool = False, language: str = "id") -> Issued | Closed:
        """Take a number for ``service`` and print it; Closed says why none was given.

        The server is asked before the desk's lock is taken: a slow line holds nobody but this visitor, and not for
        longer than its bound. Raises DeskBusy, StoreError and CopiedDisk; then no paper came out for a number that is
        not stored.
        """
        found = self.catalogue.service_by_code.get(service)
        uuid, given = "", None
        if self._central and found is not None and self._closed(found, self._now()) is None:
            uuid = str(uuid6.uuid7())
            told = self._ask(uuid, found, priority)
            if isinstance(told, Closed):
                return told
            given = told
        with self._alone():
            now = self._now()
            closed = self._closed(found, now)
            if closed is not None:
                return closed
            assert found is not None  # an unknown service is Closed
            draft = self._draft(found, priority, language)
            if given is not None and given.queue == found.queue and given.day == now.date():
                draft = replace(draft, allotted=given.value)
            try:
                ticket = self.store.reserve(replace(draft, uuid=uuid), now, self._write)
            except SeriesUsedUp:
                return Closed(Reason.QUOTA)
            return self._print(ticket)

    def _closed(self, service: Service | None, now: dt.datetime) -> Closed | None:
        """Why no number is given for ``service`` now, whoever counts; None: one is."""
        if on_trial():
            return Closed(Reason.SERVICE_CLOSED, name=ON_TRIAL)
        lock = People(self.store).kiosk_lock()
        if lock is not None and not lock.over(now):
            return Closed(Reason.SERVICE_CLOSED, name=lock.message or LOCKED)
        if self._link is not None:
            self._link.require(self.store)
        answer = self._availability(service, now)
        return answer if isinstance(answer, Closed) else None

    def _ask(self, uuid: str, service: Service, priority: bool) -> Given | Closed | None:
        """Ask the server for a number; None: take one of the own band."""
        assert (
            self._link is not None and self._link.numbers is not None
        )  # central numbering was checked at the start
        answer = self._link.numbers.ask(uuid, service.code, priority, self._now().date())
        if isinstance(answer, ServerRefuses):
            if answer.reason == "service_closed":
                return Closed(Reason.SERVICE_CLOSED)
            return Closed(Reason.QUOTA)
        whole = series_band(self.site.numbers, None)
        return answer if answer is not None and answer.value in whole else None

    def keep(self, ticket: str) -> None:
        """The visitor noted the number of a ticket without paper: it stays callable.

        Raises NoSuchTicket, and TicketNotThus where it has paper or was voided.
        """
        with self._deciding():
            found = self.find(ticket)
            if found.state is not TicketState.NOT_PRINTED:
                raise TicketNotThus(
                    f"{found.display} is {self._told(found)}; only one without paper can be kept"
                )
            if not found.kept:
                self.store.keep(found)

    def void(self, ticket: str, why: str, who: str = "visitor") -> None:
        """Give a ticket up: no counter calls it. Raises NoSuchTicket, and TicketNotThus where it was voided before."""
        with self._deciding():
            found = self.find(ticket)
            if found.state is TicketState.VOIDED:
                raise TicketNotThus(f"{found.display} is {self._told(found)} already")
            self.store.void(found, why, who)

    def confirm(self, ticket: str, who: str) -> None:
        """Somebody saw the paper of an unconfirmed ticket. Raises NoSuchTicket, and TicketNotThus for any other."""
        with self._deciding():
            found = self.find(ticket)
            if found.state is not TicketState.UNCONFIRMED:
                raise TicketNotThus(
                    f"{found.display} is {self._told(found)}; only an unconfirmed one can be confirmed"
                )
            self.store.confirm(found, who)

    def reprint(self, ticket: str, who: str, why: str, most: int | None = None) -> Verdict:
        """Print a copy of a ticket, marked SALINAN. Raises NoSuchTicket, and TicketNotThus where it was voided or has
        ``most`` copies already.

        The copy is counted and told to the server right before its first byte: refused before that, it never was.
        """
        with self._deciding():
            found = self.find(ticket)
            if found.state is TicketState.VOIDED:
                raise TicketNotThus(f"{found.display} is {self._told(found)}; a voided ticket has no copies")
            if most is not None and found.copies >= most:
                raise TicketNotThus(f"{found.display} has {found.copies} copies; allowed: {most}")
            counted = [found]
            marked = _with_copy(found)

            def before_first_byte() -> None:
                counted[0] = self.store.count_copy(found, why, who)

            verdict = self.press.print(self._compose(marked, self.qr(found)), before_first_byte)
            if found.state is TicketState.NOT_PRINTED and verdict.outcome.value != Outcome.NOT_PRINTED.value:
                # The first paper of this ticket after all.
                self.store.settle(counted[0], TicketState(verdict.outcome.value), _cause(verdict))
            self._hear(verdict.status)
            return verdict

    def print_paper(
        self, slip: Slip, who: str, what: str, about: Mapping[str, object] | None = None
    ) -> Verdict:
        """Print a paper that is nobody's ticket; ``what`` names it in the audit. Raises DeskBusy, and StoreError
        before the first byte: after it the paper is out, whatever the disk says."""
        with self._alone():
            verdict = self.press.print(slip, lambda: None)
            self._hear(verdict.status)
            try:
                self.store.audit(who, what, {**(about or {}), "outcome": verdict.outcome.value})
            except StoreError as error:
                log.warning("a paper is not in the audit: %s", error)
            return verdict

    def call_staff(self, screen: str, language: str) -> str:
        """Put a call for staff into the outbox, to be sent at once; return its event's UUID. Raises StoreError."""
        event = self.store.call_staff(screen, language)
        if self._link is not None:
            self._link.told()
        return event

    @property
    def server_url(self) -> str:
        """Where this kiosk's server is; empty without one."""
        return self._options.server_url

    def find(self, ticket: str) -> Ticket:
        """Return the ticket with this UUID; raise NoSuchTicket."""
        found = self.store.ticket(ticket)
        if found is None:
            raise NoSuchTicket(f"no ticket {ticket!r} in {self.store.path}")
        return found

    # --- inside -------------------------------------------------------------------------------------------------------

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            had = self._lock.acquire(LOCK_PATIENCE_S)
        except OSError as error:
            raise DeskError(f"{self._lock.path}: {error.strerror}") from error
        if not had:
            raise DeskBusy(f"{self._lock.path}: another process has kept the desk for {LOCK_PATIENCE_S:g} s")
        try:
            self._settle_left_behind()
            yield
        finally:
            self._lock.release()

    @contextmanager
    def _deciding(self) -> Iterator[None]:
        """Alone, for what changes a ticket: not while the program is on trial."""
        with self._alone():
            if on_trial():
                raise TicketNotThus(
                    "this program is on trial after an upgrade; wait until it is found healthy"
                )
            yield

    def _settle_left_behind(self) -> None:
        """Settle what a dead process, or a full disk, left unsettled. Nothing is ever printed here."""
        for ticket in self.store.unsettled():
            verdict = self._unstored.pop(ticket.uuid, None)
            if verdict is not None and ticket.state is not TicketState.NOT_PRINTED:
                self._settle(ticket, verdict)
            elif ticket.state is TicketState.RESERVED:
                self.store.void(ticket, "interrupted", "system")
                log.warning(
                    "a ticket was interrupted before printing: voided", extra={"number": ticket.display}
                )
            elif ticket.state is TicketState.SENDING:
                self.store.settle(ticket, TicketState.UNCONFIRMED, None)
                self.press.assume_half_job()
                log.warning(
                    "a ticket was interrupted while printing: unconfirmed", extra={"number": ticket.display}
                )
            elif self._now() - ticket.issued_at > UNDECIDED_FOR:
                self.store.void(ticket, "silence", "system")

    def _print(self, ticket: Ticket) -> Issued:
        stored = [ticket]

        def before_first_byte() -> None:
            stored[0] = self.store.mark_sending(ticket)

        qr = self.qr(ticket)
        verdict = self.press.print(self._compose(ticket, qr), before_first_byte)
        self._settle(stored[0], verdict)
        self._hear(verdict.status)
        written = "%H.%M" if ticket.language == "id" else "%H:%M"
        return Issued(
            ticket=ticket.uuid,
            number=ticket.display,
            service=ticket.service,
            outcome=Outcome(verdict.outcome.value),
            cause=_cause(verdict),
            qr=qr,
            issued_at=f"{ticket.issued_at:{written}} {self.site.zone_abbreviation}",
            priority=ticket.priority,
        )

    def _settle(self, ticket: Ticket, verdict: Verdict) -> None:
        """Store a verdict. The paper is out or not whatever the disk says, so its failure is not the visitor's."""
        try:
            self.store.settle(ticket, TicketState(verdict.outcome.value), _cause(verdict))
        except StoreError:
            self._unstored[ticket.uuid] = verdict
            log.exception("the verdict of a ticket waits for the store", extra={"number": ticket.display})
            return
        try:
            self.store.tidy()
        except StoreError as error:
            log.warning("tidying up between visitors: %s", error)

    def _availability(self, service: Service | None, now: dt.datetime) -> Open | Closed:
        queue = self.catalogue.queue_by_code.get(service.queue) if service else None
        counts = self._counts(service, now) if service else Counts()
        if service is not None and self._link is not None:
            closed = self._link.closed(self.store, service.code)
            if closed is not None:
                return Closed(Reason.SERVICE_CLOSED, name=closed)
        return availability(
            self.site, service, queue, now, counts, self._holiday, ignore_hours=self._options.ignore_hours
        )

    def _counts(self, service: Service, now: dt.datetime) -> Counts:
        counts = Counts(*self.store.count(now, service.code, service.queue, self._band))
        # The own band being used up says nothing of the server's numbers.
        return replace(counts, series_full=False) if self._central else counts

    def _draft(self, service: Service, priority: bool, language: str) -> Draft:
        return Draft(
            queue=service.queue,
            service=service.code,
            agency=service.agency,
            priority=priority,
            language=language,
            token=secrets.token_urlsafe(TOKEN_BYTES),
            kiosk_digit=self._options.kiosk_digit,
            band=self._band,
        )

    def _write(self, queue: str, number: int) -> str:
        own = number in self._band
        return format_number(queue, number, self.site.numbers, self._options.kiosk_digit if own else None)

    def _now(self) -> dt.datetime:
        return self._clock.utc().astimezone(self._zone)

    def _told(self, ticket: Ticket) -> str:
        return f"voided ({ticket.void_reason})" if ticket.state is TicketState.VOIDED else ticket.state.value


def site_zone(site: Site) -> dt.tzinfo:
    """Return the site's zone: a fixed offset, Indonesia has no daylight saving time."""
    return dt.timezone(dt.timedelta(hours=UTC_OFFSET_HOURS[site.timezone]))


def _cause(verdict: Verdict) -> str | None:
    return verdict.cause.value if verdict.cause else None


def _with_copy(ticket: Ticket) -> Ticket:
    return replace(ticket, copies=ticket.copies + 1)
