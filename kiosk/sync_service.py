"""The thread that talks to the server while the kiosk runs: it owns its own store, its client and the pump.

It is there only at a kiosk that has a server. One process at a time sends for a state folder (``sync.lock``); others
wake it. What goes wrong on this thread never reaches a visitor: it is logged, written down and tried again.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.core.outbox import OutboxFigures
from kiosk.core.staff import KioskLock, Pause
from kiosk.server_link import Ties, connect
from kiosk.store import NAME as STORE_NAME
from kiosk.store import FileLock, Outbox, People, Store, StoreError
from kiosk.sync import identity as identities
from kiosk.sync.breaker import Breaker
from kiosk.sync.errors import IdentityUnusable, SyncError
from kiosk.sync.identity import Identity, fingerprint
from kiosk.sync.wake import EVENT, NOW, Waker

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.settings import Settings
    from kiosk.site.central import CentralSite
    from kiosk.sync.pump import Pump
    from kiosk.sync.server import CentralServer
    from kiosk.sync.wire import DoctorReport, Heartbeat, PrinterReport, Queues

log = logging.getLogger(__name__)

LOCK: Final = "sync.lock"
SERVER: Final = "server"
"""Who locked a kiosk that the server locked."""
PATIENCE_S: Final = 60.0
"""The longest this thread goes without looking around; after a fault of the disk, how long it waits."""
OTHER_S: Final = 5.0
"""How often it is seen whether another process that sends has ended."""


@dataclass
class Listener:
    """Who hears of what the server says. All are called on the sending thread and must not wait."""

    on_site: Callable[[CentralSite], None] = lambda site: None
    """A new catalogue has been judged and kept."""
    on_queues: Callable[[Queues | None], None] = lambda queues: None
    """None: what they were, and fresh."""
    on_lock: Callable[[], None] = lambda: None
    """The kiosk's lock has changed in the store."""
    on_offset: Callable[[float], None] = lambda offset_s: None
    printer: Callable[[], PrinterReport | None] = lambda: None
    """What the printer said last."""
    examination: Callable[[], DoctorReport | None] = lambda: None
    """What the doctor found last."""


class SyncService:
    """Owns the thread. Made, started and stopped by one other thread."""

    def __init__(
        self, settings: Settings, state: Path, clock: Clock, zone: dt.tzinfo, listener: Listener | None = None
    ) -> None:
        self._settings, self._state, self._clock, self._zone = settings, state, clock, zone
        self._listener = listener or Listener()
        self.breaker = Breaker()
        self._waker = Waker(state)
        self._stop = threading.Event()
        self._server: CentralServer | None = None
        self._doubted = threading.Event()
        # A daemon: a name look-up that hangs in the system must not keep the process.
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Something is in the outbox."""
        self._waker.wake(EVENT)

    def hurry(self) -> None:
        """Push and pull everything now."""
        self._waker.wake(NOW)

    def ties(self) -> Ties:
        """Return what ties a desk of this process to this thread."""

        def on_trouble(error: SyncError | None) -> None:
            if error is not None:
                self._doubted.set()
            self.wake()

        return Ties(self.breaker, self.wake, on_trouble)

    def stop(self, deadline_s: float) -> bool:
        """Break off what is being asked and end the thread; say whether it ended in time."""
        self._stop.set()
        self._waker.wake()
        if (server := self._server) is not None:
            server.abort()
        if self._thread.ident is not None:
            self._thread.join(deadline_s)
        ended = not self._thread.is_alive()
        if ended:
            self._waker.close()
        return ended

    # --- on the sending thread ----------------------------------------------------------------------------------------

    def _run(self) -> None:
        lock = FileLock(self._state / LOCK)
        try:
            while not self._stop.is_set():
                try:
                    if lock.acquire(0.0):
                        break
                    log.info("another process sends for this kiosk")
                except OSError as error:
                    log.error("%s: %s", lock.path, error.strerror)  # noqa: TRY400
                self._waker.wait(OTHER_S)
            else:
                return
            try:
                self._waker.open_door()
            except OSError as error:
                log.warning("other processes cannot wake the sending thread: %s", error)
            while not self._stop.is_set():
                try:
                    self._session()
                except StoreError as error:
                    log.warning("sync: %s", error)
                    self._waker.wait(OTHER_S)
                except Exception:
                    log.exception("sync failed and begins anew")
                    self._waker.wait(PATIENCE_S)
        finally:
            lock.release()

    def _session(self) -> None:
        """Serve one identity with one open store, until either is another or the kiosk stops."""
        marked = _mark(self._state)
        store = Store.open(self._state / STORE_NAME, self._clock, self._zone)
        try:
            outbox = Outbox(store)
            outbox.release_leases()
            identity = self._identity(outbox)
            if identity is None:
                while not self._stop.is_set() and _mark(self._state) == marked:
                    self._waker.wait(PATIENCE_S)
                return
            worker = Worker(
                self._settings, self._state, self._clock, store, identity, self._listener, self.breaker
            )
            self._server = worker.server
            try:
                self._serve(worker, marked)
            finally:
                self._server = None
                worker.server.close()
        finally:
            store.close()

    def _serve(self, worker: Worker, marked: object) -> None:
        pump = worker.pump
        pump.stopping = self._stop.is_set
        hurried = False
        while not self._stop.is_set() and _mark(self._state) == marked:
            wait = pump.round()
            if hurried:
                worker.outbox.put(hurried_at=self._clock.utc().isoformat())
            said = self._waker.wait(min(wait, PATIENCE_S))
            hurried = NOW in said
            if hurried:
                pump.hurry()
            if self._doubted.is_set():
                self._doubted.clear()
                pump.refuse()

    def _identity(self, outbox: Outbox) -> Identity | None:
        """Return who this kiosk is; None, and written down, where that does not hold here."""
        try:
            identity = identities.load(self._state)
            if identity is not None:
                identity.require_machine(fingerprint())
                identity.require_install(outbox.install())
        except SyncError as error:
            note_pause(outbox, error)
            return None
        return identity


def note_pause(outbox: Outbox, error: SyncError) -> None:
    """Write down that nothing is sent until this kiosk is enrolled again, once."""
    text = json.dumps({"code": error.code, "text": str(error)}, ensure_ascii=False)
    if outbox.get("paused") != text:
        log.error("%s", error)
        outbox.put(paused=text)


class Worker:
    """One identity's client and pump, with what they ask of this machine. Belongs to the thread of ``store``."""

    def __init__(
        self,
        settings: Settings,
        state: Path,
        clock: Clock,
        store: Store,
        identity: Identity,
        listener: Listener,
        breaker: Breaker,
    ) -> None:
        """Loads requests. Raises IdentityUnusable where the client cannot be made of the configuration."""
        from kiosk.doctor.checks.versions import own_version
        from kiosk.sync.pump import Hooks, Pump, Rhythm

        self._settings, self._state, self._clock = settings, state, clock
        self._store, self._listener = store, listener
        self.identity = identity
        self.outbox = Outbox(store)
        self._version = own_version()
        self.server = connect(settings, identity, identity.next_token)
        if identity.next_token:
            self._settle_token()
        central = self._central()
        self.pump: Pump = Pump(
            self.outbox,
            self.server,
            Hooks(
                about=self._about,
                on_queues=listener.on_queues,
                on_catalogue=self._take_catalogue,
                on_lock=self._lock,
                on_offset=self._offset,
                on_token=None if identity.fixed else self._keep_token,
            ),
            time.monotonic,
            lambda: dt.datetime.now(dt.UTC),
            breaker,
            Rhythm(probe_within=settings.server.allot_timeout_s),
            catalogue_tag=central.tag if central else "",
            catalogue_version=central.version if central else 0,
            token_age_s=_age_s(identity.token_at),
        )

    def _central(self) -> CentralSite | None:
        from kiosk.site import SiteFaults
        from kiosk.site.central import load

        try:
            return load(self._settings.site_dir, self._state)
        except SiteFaults as faults:
            log.error("the server's catalogue on disk cannot be used and is fetched again: %s", faults)  # noqa: TRY400
            return None

    def _settle_token(self) -> None:
        """A token was asked for and perhaps never used: find out which of the two is good."""
        from kiosk.sync.errors import NotKnown

        try:
            self.server.queues("", 10.0)
        except NotKnown:
            self.server.use_token(self.identity.token)
            self.identity = replace(self.identity, next_token="")
            identities.save(self.identity, self._state)
        except SyncError as error:
            log.info("which token is good is not known yet: %s", error)
            # The old one is good as long as the new one was not used, and that was told before it was.
            self.server.use_token(self.identity.token)
        else:
            self._keep_token(self.identity.next_token, True)

    def _keep_token(self, token: str, good: bool) -> None:
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        self.identity = (
            replace(self.identity, token=token, next_token="", token_at=now)
            if good
            else replace(self.identity, next_token=token)
        )
        identities.save(self.identity, self._state)

    def _take_catalogue(self, text: str, tag: str) -> int:
        from kiosk.site import SiteFaults
        from kiosk.site.central import keep

        try:
            central = keep(text, tag, self._settings.site_dir, self._state, self.identity.site)
        except SiteFaults as faults:
            raise ValueError(str(faults.faults[0])) from faults
        log.info("a new catalogue is in force", extra={"version": central.version})
        self._listener.on_site(central)
        return central.version

    def _lock(self, message: Mapping[str, str] | None) -> None:
        people = People(self._store)
        lock = people.kiosk_lock()
        now = self._clock.utc()
        theirs = lock is not None and lock.who == SERVER
        if message is not None and (lock is None or lock.over(now) or (theirs and lock.message != message)):
            people.lock_kiosk(KioskLock(Pause.CLOSED, now, None, SERVER, dict(message)))
            self._listener.on_lock()
        elif message is None and theirs:
            people.unlock_kiosk(SERVER)
            self._listener.on_lock()

    def _offset(self, offset_s: float) -> None:
        boot = self._clock.boot()[0]
        if self.outbox.get("clock_boot") != boot:
            self.outbox.put(clock_boot=boot)
        self._listener.on_offset(offset_s)

    def _about(self, figures: OutboxFigures, offset_s: float | None) -> Heartbeat:
        from kiosk.sync.wire import Heartbeat, PrinterReport

        disk = os.statvfs(self._state)
        lock = People(self._store).kiosk_lock()
        return Heartbeat(
            sent_at=dt.datetime.now(dt.UTC),
            version=self._version,
            printer=self._listener.printer() or PrinterReport(state="unknown"),
            outbox_depth=figures.depth,
            oldest_unacknowledged_s=figures.oldest_s,
            rejected=figures.rejected,
            last_seq=figures.last_seq,
            disk_free_bytes=disk.f_bavail * disk.f_frsize,
            clock_offset_s=offset_s,
            locked=lock is not None and not lock.over(self._clock.utc()),
            catalogue_version=self.pump.catalogue_version or None,
            doctor=self._listener.examination(),
        )


def run_once(settings: Settings, state: Path, clock: Clock, store: Store) -> Pump:
    """Push and pull once, in this process; return the pump as it is then. The caller holds ``sync.lock``.

    Raises SyncError where this kiosk may not send, or is not enrolled.
    """
    from kiosk.sync.errors import NotEnrolled

    outbox = Outbox(store)
    outbox.release_leases()
    identity = identities.load(state)
    if identity is None:
        raise NotEnrolled("this kiosk is not enrolled: main.py enrol --server URL --code CODE")
    try:
        identity.require_machine(fingerprint())
        identity.require_install(outbox.install())
    except SyncError as error:
        note_pause(outbox, error)
        raise
    worker = Worker(settings, state, clock, store, identity, Listener(), Breaker())
    try:
        worker.pump.hurry()
        depth = outbox.figures().depth
        while True:
            worker.pump.round()
            left = outbox.figures().depth
            if left in (0, depth):
                return worker.pump
            depth = left
    finally:
        worker.server.close()


def _mark(state: Path) -> object:
    """What changes when somebody enrols; the kiosk's own change of its token is no such change."""
    path = state / identities.NAME
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return found.get("kiosk_id"), found.get("enrolled_at"), found.get("install"), path.stat().st_mode
    except (OSError, ValueError, AttributeError):
        return None


def _age_s(text: str) -> float:
    try:
        return max(0.0, (dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(text)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


__all__ = ["LOCK", "IdentityUnusable", "Listener", "SyncService", "Worker", "run_once"]
