"""The set-up in the window of a unit that is new: owns its state and the thread that does its work. No Kivy here.

It opens where the configuration says ``set_up = false``, nobody has a PIN and no number was ever given; it covers the
visitors' part and the staff's door until it is finished, and then the kiosk starts again with what it wrote.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from kiosk.core import setup as w
from kiosk.core import visit as v
from kiosk.core.setup_steps import step
from kiosk.ui.present.setup import Shift, present_setup, present_setup_frame
from kiosk.ui.present.whole import WholeView

if TYPE_CHECKING:
    import datetime as dt

    from kiosk.clock import Clock
    from kiosk.desk import Desk
    from kiosk.setup_work import SetupWork
    from kiosk.ui.kiosk_app import KioskApp
    from kiosk.ui.supply import Supply

log = logging.getLogger(__name__)

STOP_S: Final = 5.0
_OF_THE_DESK = (v.Tick, v.TicketIssued, v.TicketRefused, v.DeskFailed, v.DeskReady)


class SetupRoom:
    """Lives on the window's thread; its work is done on a thread of its own, from the first piece to ``stop``."""

    def __init__(
        self,
        work: SetupWork,
        clock: Clock,
        supply: Supply,
        post: Callable[[Callable[[], None]], None],
        changed: Callable[[], None],
        measured: Callable[[float], None],
        listen: Callable[[str], None],
        finished: Callable[[], None],
    ) -> None:
        """``measured`` is told the panel's diagonal, ``listen`` a scanner's device, ``finished`` the end."""
        self._work, self._clock, self._supply = work, clock, supply
        self._post, self._changed = post, changed
        self._measured, self._listen, self._finished = measured, listen, finished
        self._signs = False
        self._asked = False
        self.known: bool | None = None
        """Whether this unit is new; None while the desk has not said."""
        self.setup = w.Setup(facts=work.facts())
        self._jobs: queue.SimpleQueue[w.Work | None] = queue.SimpleQueue()
        # A daemon: a printer stuck in the kernel must not keep the process.
        self._thread = threading.Thread(target=self._labour, name="set-up", daemon=True)
        self._thread.start()

    @classmethod
    def of(cls, app: KioskApp, post: Callable[[Callable[[], None]], None]) -> SetupRoom:
        """Return the set-up of an app's window."""
        return cls(
            app.setup_work(),
            app.clock,
            app.supply,
            post,
            app.show_again,
            app.stage.measured,
            lambda device: app.reader.listen(device, post),
            app.start_again,
        )

    @property
    def open(self) -> bool:
        """Whether the visitors' part is covered."""
        return self.known is not False

    def stop(self) -> None:
        """End the thread after the piece of work it is at."""
        self._jobs.put(None)
        self._thread.join(STOP_S)

    # --- is this unit new? --------------------------------------------------------------------------------------------

    def learn(self) -> None:
        """Ask the desk, which has just opened, whether anybody has a PIN or a number was ever given."""
        if self._asked:
            return
        self._asked = True

        def question(desk: Desk) -> bool:
            from kiosk.store import People

            return People(desk.store).is_first_start()

        def answered(answer: bool | BaseException) -> None:
            if isinstance(answer, BaseException):
                self._asked = False
                return
            self.known = answer
            if answer:
                self.setup = self._work.begin()
                self._step(w.Begin())
            else:
                log.warning("set_up is false, and this unit is in use: no set-up opens")
            self._changed()

        self._supply.submit(question, answered)

    # --- events -------------------------------------------------------------------------------------------------------

    def take(self, event: Any) -> bool:
        """Take an event of the window; whether it is settled here and not the visit's."""
        if not self.open:
            return False
        if isinstance(event, v.DeskReady):
            self.learn()
        if self.known:
            self._step(w.Passed(self._clock.monotonic()))
        if isinstance(event, w.SetupEvent):
            self._step(event)
            return True
        if isinstance(event, Shift):
            self._signs = not self._signs
            return True
        if isinstance(event, v.TurnPage):
            self._step(w.Turn(event.page))
            return True
        return not isinstance(event, _OF_THE_DESK)

    def scanned(self, code: str) -> None:
        """A scanner read ``code``."""
        self._step(w.Heard(code))

    def _step(self, event: w.SetupEvent) -> None:
        before = self.setup
        self.setup, work = step(before, event)
        if (self.setup.step, self.setup.part) != (before.step, before.part):
            self._signs = False
            log.info("set-up", extra={"step": str(self.setup.step), "part": str(self.setup.part)})
        if self.setup.facts.diagonal != before.facts.diagonal:
            self._measured(self.setup.facts.diagonal)
        if work is not None:
            if work.kind == "listen":
                self._listen(work.name)
            self._jobs.put(work)
        if self.setup.finished and not before.finished:
            self._finished()

    def _labour(self) -> None:
        while (work := self._jobs.get()) is not None:
            self._do(work)

    def _do(self, work: w.Work) -> None:
        answer: w.Answer
        try:
            answer = self._work.perform(work)
        except Exception as error:
            log.exception("a piece of the set-up failed")
            answer = w.Refused("refused", f"{type(error).__name__}: {error}")

        def answered() -> None:
            self._step(w.Answered(work.serial, answer))
            self._changed()

        self._post(answered)

    # --- look -------------------------------------------------------------------------------------------------------

    def cover(self, visit: v.Visit, view: WholeView, now: dt.datetime, size: tuple[int, int]) -> WholeView:
        """Return what is shown in the place of ``view``."""
        if not self.open or (self.known is None and visit.screen is v.Screen.FAULT):
            return view
        setup = self.setup if self.known else replace(self.setup, busy=0)
        screen, body = present_setup(setup, now, size, self._signs)
        return WholeView(screen, present_setup_frame(view.frame, setup), body)
