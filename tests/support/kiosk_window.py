"""The whole kiosk in this process: the real window, the real desk and store, a virtual printer, real touches.

Touches go through the X server (XTEST by ``xdotool``), so SDL and Kivy see them as they see a finger. Two fingers at
once cannot be made that way; ``finger`` hands Kivy a touch of its own at the place where its input providers do.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk import settings as settings_module
from kiosk.core.record import Ticket
from kiosk.core.visit import Screen
from kiosk.desk import Desk
from kiosk.ui.glass import picture
from tests.support.gallery import PANELS
from tests.support.loop import started, turn
from tests.support.turnable_clock import TurnableClock

PATIENCE_S = 8.0


class WindowClock(TurnableClock):
    """A wall clock that tests turn, over real seconds: what waits for time to pass passes it with ``idle``."""

    def monotonic(self) -> float:
        return time.monotonic() + self.seconds


class Kiosk:
    """One kiosk on the window; close it before the next one opens."""

    def __init__(
        self,
        state: Path,
        panel: str = "portrait",
        clock: TurnableClock | None = None,
        config: Path | None = None,
        **environ: str,
    ) -> None:
        from kiosk.ui.kiosk_app import KioskApp

        self.width, self.height, diagonal = PANELS[panel]
        self.state = state
        self.clock = clock or WindowClock()
        state.mkdir(parents=True, exist_ok=True)
        named = {f"ANJUNGAN_{key}": value for key, value in environ.items()}
        named.setdefault("ANJUNGAN_DISPLAY__DIAGONAL_INCH", str(diagonal))
        named.setdefault(
            "ANJUNGAN_SPEECH__PLAYER", ""
        )  # a voice that writes down what it says has no sound to play
        self.settings = settings_module.load(config, named)
        self._loop, self.window = started(self.width, self.height)
        self._last: tuple[int, int] | None = None
        self.app = KioskApp(self.settings, state, self.clock)
        self.app.root = self.app.build()
        self.window.add_widget(self.app.root)
        self.app.on_start()

    # --- time -------------------------------------------------------------------------------------------------------

    def frames(self, count: int) -> None:
        """Let the loop turn ``count`` times."""
        turn(self._loop, count)

    def until(self, there: Callable[[], object], words: str) -> None:
        """Let the loop turn until ``there()``; fail with what is on the glass when it does not come."""
        end = time.monotonic() + PATIENCE_S
        while not there():
            turn(self._loop, 1)
            assert time.monotonic() < end, f"waited for {words}; on the glass: {self.screen} {self.texts()}"

    def see(self, screen: Screen) -> None:
        """Wait for ``screen``."""
        self.until(lambda: self.screen is screen, f"the screen {screen}")

    def ready(self) -> None:
        """Wait until the site has been read and the desk serves."""
        self.until(lambda: self.app.supply.loaded is not None, "the site")
        done: list[object] = []
        self.app.supply._thread.submit(lambda desk: desk.now(), done.append)
        self.until(lambda: done, "the desk")

    def idle(self, seconds: float) -> None:
        """Let ``seconds`` pass without a touch, at once, and let the window notice."""
        if not self.app._at_rest():
            self.until(lambda: not self.app.visit.anew, "the tick that starts the clock")
        self.clock.seconds += seconds
        noticed = self.app.visit.now
        if self.app._at_rest():
            return
        self.until(lambda: self.app.visit.now > noticed, "the next tick")

    # --- eye --------------------------------------------------------------------------------------------------------

    @property
    def screen(self) -> Screen:
        screen: Screen = self.app.visit.screen
        return screen

    def widgets(self) -> list[Any]:
        return list(self.app.stage.walk(restrict=True))

    def find(self, target: str) -> Any:
        """Return the touchable named ``target``, or None."""
        return next((w for w in self.widgets() if getattr(w, "target", None) == target), None)

    def targets(self) -> set[str]:
        return {w.target for w in self.widgets() if getattr(w, "target", "") and w.enabled}

    def texts(self) -> list[str]:
        """Return every text on the glass, in no order."""
        from kiosk.ui.widgets.words import Words

        return [w.text for w in self.widgets() if isinstance(w, Words) and w.text]

    def says(self, words: str) -> bool:
        """Whether ``words`` stand in a text on the glass."""
        return any(words in text.replace("\u00ad", "") for text in self.texts())

    def picture(self) -> Any:
        self.frames(2)
        return picture(self.window)

    # --- hand -------------------------------------------------------------------------------------------------------

    def at(self, target: str) -> tuple[int, int]:
        """Return where ``target`` is, in the display server's pixels."""
        tap = self.find(target)
        assert tap is not None, f"nothing is named {target!r}; there are: {sorted(self.targets())}"
        return self.to_x(tap.center_x, tap.center_y)

    def to_x(self, x: float, y: float) -> tuple[int, int]:
        return round(self.window.left + x), round(self.window.top + self.height - y)

    def x(self, *words: object) -> None:
        """Have ``xdotool`` do something while the window goes on."""
        hand = subprocess.Popen(["xdotool", *map(str, words)])
        self.until(lambda: hand.poll() is not None, f"xdotool {words}")
        assert hand.returncode == 0
        self.frames(4)

    def touch(self, target: str) -> None:
        """Tap ``target`` once, as somebody who has looked at the screen before."""
        self._look(target)
        self.x("mousemove", *self.at(target), "click", 1)

    def _look(self, target: str) -> None:
        """Wait while a tap here would be taken for the second half of the tap before."""
        from kiosk.ui import theme
        from kiosk.ui.stage import AGAIN_MM

        place, (self._last, before) = self.at(target), (self.at(target), self._last)
        if before is None or max(abs(a - b) for a, b in zip(place, before, strict=True)) <= theme.mm(
            AGAIN_MM
        ):
            self.look()

    def look(self) -> None:
        """Take the time that the kiosk gives a finger to leave the place of the tap before."""
        from kiosk.ui.stage import AGAIN_S

        seen = time.monotonic()
        self.until(lambda: time.monotonic() - seen > AGAIN_S + 0.05, "a person's look")

    def touch_twice(self, target: str) -> None:
        """Tap ``target`` twice as fast as the display server can."""
        self._look(target)
        self.x("mousemove", *self.at(target), "click", "--repeat", 2, "--delay", 10, 1)

    def turn_to(self, target: str) -> None:
        """Turn pages until ``target`` is on the glass."""
        while self.find(target) is None:
            page = self.app.visit.page
            self.touch("page:next")
            self.until(lambda: self.app.visit.page != page, f"a page with {target}")  # noqa: B023
            self.see(self.screen)

    def finger(self, device_id: str, target: str) -> Finger:
        """Put a finger of its own on ``target``."""
        tap = self.find(target)
        assert tap is not None, f"nothing is named {target!r}"
        return Finger(self, device_id, tap.center_x, tap.center_y)

    def walk_to_sheet(self, service: str = "C01", language: str = "id") -> None:
        """Go from the first screen to the sheet of ``service`` by touches."""
        self.see(Screen.ATTRACT)
        self.touch(f"start:{language}")
        self.see(Screen.AGENCIES)
        agency = self.app.supply.loaded.catalogue.service_by_code[service].agency
        self.turn_to(f"agency:{agency}")
        self.touch(f"agency:{agency}")
        self.see(Screen.SERVICES)
        self.turn_to(f"service:{service}")
        self.touch(f"service:{service}")
        self.see(Screen.SHEET)

    # --- what is behind the glass -----------------------------------------------------------------------------------

    def ask(self, question: Callable[[Desk], Any]) -> Any:
        """Return the desk's answer, asked on its own thread after all it was given before."""
        answers: list[Any] = []
        self.app.supply._thread.submit(question, answers.append)
        self.until(lambda: answers, "the desk's answer")
        if isinstance(answers[0], BaseException):
            raise answers[0]
        return answers[0]

    def tickets(self) -> list[Ticket]:
        """Return every ticket of the store, the oldest first."""
        from kiosk.store.rows import TicketQuery

        found: list[Ticket] = self.ask(lambda desk: list(desk.store.tickets(TicketQuery())))
        return sorted(found, key=lambda ticket: ticket.uuid)

    def papers(self) -> list[Path]:
        """Return the pictures of the papers that came out, the oldest first."""
        return sorted((self.state / "paper").glob("paper-*.png"))

    def close(self) -> None:
        """Take the kiosk off the window and end its thread."""
        self.app.on_stop()
        if self.app._ticker is not None:
            self.app._ticker.cancel()
        self.window.unbind(size=self.app._resized, on_flip=self.app._first_frame)
        self.window.remove_widget(self.app.root)
        self.frames(2)


class Finger:
    """A touch of Kivy's own, given to the window where input providers give theirs."""

    def __init__(self, kiosk: Kiosk, device_id: str, x: float, y: float) -> None:
        from kivy.input.motionevent import MotionEvent

        class Touch(MotionEvent):  # type: ignore[misc]
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                kwargs.setdefault("is_touch", True)
                kwargs.setdefault("type_id", "touch")
                super().__init__(*args, **kwargs)
                self.profile = ["pos"]

            def depack(self, args: Any) -> None:
                self.sx, self.sy = args
                super().depack(args)

        self._kiosk = kiosk
        self._touch = Touch(device_id, device_id, self._share(x, y))
        self._post("begin")

    def _share(self, x: float, y: float) -> tuple[float, float]:
        return x / self._kiosk.width, y / self._kiosk.height

    def _post(self, kind: str) -> None:
        self._kiosk._loop.post_dispatch_input(kind, self._touch)
        self._kiosk.frames(1)

    def move_to(self, target: str) -> None:
        tap = self._kiosk.find(target)
        assert tap is not None
        self._touch.move(self._share(tap.center_x, tap.center_y))
        self._post("update")

    def lift(self) -> None:
        self._touch.update_time_end()
        self._post("end")
