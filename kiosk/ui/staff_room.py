"""The staff's part beside the visit: owns the session, asks the desk, says what the window shows. No Kivy here.

It covers the window only while nobody visits: the door opens from the attract screen, from a locked kiosk's and from
the fault screen. Loaded after the first frame.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from kiosk.core import staff_session as s
from kiosk.core import visit as v
from kiosk.core.staff import KioskLock
from kiosk.core.staff_steps import step
from kiosk.desk_thread import code_of
from kiosk.ui.present.locked import present_locked
from kiosk.ui.present.staff import present_staff, present_staff_frame
from kiosk.ui.present.whole import WholeView

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from kiosk.clock import Clock
    from kiosk.desk import Desk
    from kiosk.settings import Settings
    from kiosk.ui.context import Surroundings
    from kiosk.ui.supply import Supply

log = logging.getLogger(__name__)

AT_REST: Final = (v.Screen.ATTRACT, v.Screen.FAULT)
SYSTEM: Final = "system"


class StaffRoom:
    """Lives on the window's thread."""

    def __init__(
        self,
        settings: Settings,
        state: Path,
        clock: Clock,
        supply: Supply,
        post: Callable[[Callable[[], None]], None],
        changed: Callable[[], None],
        language: str,
        restart: Callable[[], None] = lambda: None,
    ) -> None:
        """``changed`` is called when an answer has changed what is to be shown; ``post`` brings one from a thread."""
        self._settings, self._clock, self._supply, self._changed = settings, clock, supply, changed
        self._state, self._post = state, post
        self._language = language
        self._unlocking = False
        self._restart = restart
        self._written: Settings | None = None
        now = clock.monotonic()
        self.session = s.Session(idle=settings.staff.idle_s, now=now, since=now, mobile=settings.kiosk.mobile)

    def learn_lock(self) -> None:
        """Ask the desk, which has just opened, whether the kiosk is locked."""
        from kiosk.store import People

        def answered(answer: KioskLock | BaseException | None) -> None:
            if not isinstance(answer, BaseException):
                self.session = replace(self.session, lock=answer)
                self._changed()

        self._supply.submit(lambda desk: People(desk.store).kiosk_lock(), answered)

    # --- events -----------------------------------------------------------------------------------------------------

    def corner(self, side: str, visit: v.Visit) -> None:
        """An upper corner was tapped."""
        if visit.screen in AT_REST and not visit.help:
            self._tick()
            self._step(s.Corner(side))

    def take(self, event: Any, now: dt.datetime) -> bool:
        """Take an event of the window; whether it is settled here and not the visit's."""
        self._tick()
        lock = self.session.lock
        if lock is not None and lock.over(now):
            self._time_is_up()
        if isinstance(event, s.StaffEvent):
            self._step(event)
            return True
        if self.session.open:
            if isinstance(event, v.Touched):
                self._step(s.Busy())
            elif isinstance(event, v.TurnPage):
                self._step(s.Turn(event.page))
            # The desk goes on speaking to the visit; a person's touch is the staff's alone.
            return not isinstance(
                event, v.Tick | v.TicketIssued | v.TicketRefused | v.DeskFailed | v.DeskReady
            )
        return isinstance(event, v.Start) and self._locked(now)

    def scanned(self, code: str) -> None:
        """A scanner read ``code``."""
        self._tick()
        self._step(s.Scanned(code))

    def _tick(self) -> None:
        self._step(s.Passed(self._clock.monotonic()))

    def _step(self, event: s.StaffEvent) -> None:
        before = self.session
        self.session, work = step(before, event)
        if self.session.place is not before.place:
            log.info("staff screen", extra={"screen": str(self.session.place)})
        if work is not None:
            self._ask(work)

    def _ask(self, work: s.Work) -> None:
        if work.kind == "doctor":
            # Its own thread, for up to ten seconds. A daemon: a check stuck in the kernel must not keep the process.
            threading.Thread(target=self._examine, args=(work.serial,), name="doctor", daemon=True).start()
            return
        if work.kind in ("set", "restart"):
            self._technical(work)
            return
        settings, boot, language = self._settings, self._clock.boot, self._language

        def perform(desk: Desk) -> s.Answer:
            from kiosk.staff_desk import Limits
            from kiosk.staff_desk import perform as do
            from kiosk.ticket_slip import sample

            return do(desk, work, boot, Limits(settings.staff.copies, language), lambda: sample(settings))

        def answered(answer: s.Answer | BaseException) -> None:
            told = s.Failed(code_of(answer)) if isinstance(answer, BaseException) else answer
            self._step(s.Answered(work.serial, told))
            self._supply.refresh()
            self._changed()

        self._supply.submit(perform, answered)

    def _technical(self, work: s.Work) -> None:
        """Change a setting, or start again: who did is written down first."""
        file = self._settings.file

        def perform(desk: Desk) -> s.Answer:
            from kiosk.staff_settings import alter

            if work.kind == "set":
                return alter(desk, file, work)
            desk.store.audit(work.who, "kiosk.restarted", {})
            return s.IsSet("")

        def answered(answer: s.Answer | BaseException) -> None:
            told = s.Failed(code_of(answer)) if isinstance(answer, BaseException) else answer
            if work.kind == "restart" and not isinstance(told, s.Failed):
                self._restart()
                return
            if isinstance(told, s.IsSet):
                self._written = None
            self._step(s.Answered(work.serial, told))
            self._changed()

        self._supply.submit(perform, answered)

    def _examine(self, serial: int) -> None:
        """Have the doctor look at this machine; runs on a thread of its own."""
        from kiosk.doctor import Machine, examine

        answer: s.Answer
        try:
            report = examine(Machine(self._settings.file, self._state, clock=self._clock))
        except Exception as error:
            log.exception("the doctor failed")
            answer = s.Failed(code_of(error))
        else:
            answer = s.Examined(
                tuple(
                    s.Item(
                        " · ".join(part for part in (one.check, one.code) if part),
                        one.level.value,
                        one.message.text(self._language),
                        one.remedy.text(self._language) if one.level.value != "ok" else "",
                    )
                    for one in report.findings
                )
            )

        def answered() -> None:
            self._step(s.Answered(serial, answer))
            self._changed()

        self._post(answered)

    def _time_is_up(self) -> None:
        """The lock's time has passed: the desk writes that down, once."""
        if self._unlocking:
            return
        self._unlocking = True

        def unlock(desk: Desk) -> KioskLock | None:
            from kiosk.store import People

            people = People(desk.store)
            lock = people.kiosk_lock()
            if lock is not None and lock.over(desk.now()):
                people.unlock_kiosk(SYSTEM)
            return people.kiosk_lock()

        def answered(answer: KioskLock | BaseException | None) -> None:
            self._unlocking = False
            if not isinstance(answer, BaseException):
                self.session = replace(self.session, lock=answer)
                self._changed()

        self._supply.submit(unlock, answered)

    # --- look -------------------------------------------------------------------------------------------------------

    def _locked(self, now: dt.datetime) -> bool:
        lock = self.session.lock
        return lock is not None and not lock.over(now)

    def cover(self, visit: v.Visit, view: WholeView, around: Surroundings) -> WholeView:
        """Return what is shown in the place of ``view``: the staff's part, a locked kiosk, or ``view`` itself."""
        if self.session.open:
            screen, body = present_staff(self.session, around, self._language, self._values())
            frame = present_staff_frame(view.frame, self.session, self._language)
            return WholeView(screen, frame, body)
        lock = self.session.lock
        if lock is not None and self._locked(around.now) and visit.screen is v.Screen.ATTRACT:
            language = tuple(key for key in view.frame.keys if key.target == "language")
            return WholeView(
                "locked", replace(view.frame, keys=language), present_locked(lock, visit.language)
            )
        return view

    def _values(self) -> tuple[tuple[str, str], ...]:
        """Return every setting with its value and where it comes from; nothing secret is among them."""
        if self.session.place is not s.Place.SETTINGS:
            return ()
        from kiosk.settings import SettingsError, load, told

        if self._written is None:  # what is in the file: the settings in use are those of the start
            try:
                self._written = load(self._settings.file)
            except SettingsError:
                self._written = self._settings
        return told(self._written)
