"""A scripted visitor: looks at the kiosk's own window, touches it through the display server, leaves pictures.

The touches are XTEST events made by ``xdotool``: they go through the X server, SDL and Kivy's input like any other.
Only where to touch is read from the widget tree, as an eye would read it from the glass.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from kiosk.core.visit import Outcome, Screen
from kiosk.settings import Settings
from kiosk.ui import env

if TYPE_CHECKING:
    from kiosk.core.catalogue import Service

PATIENCE_S = 30.0
"""The longest the visitor waits for anything to appear."""
LOOKS_PER_SECOND = 30.0
SETTLED_S = 0.8
"""How long the visitor looks at a screen before touching it: a person does, and the kiosk takes a tap that comes
quicker, in the same place, for the second half of the tap before."""

Wait = tuple[str, Callable[[], bool]]
"""What is waited for, in words, and whether it is there."""


@dataclass
class Report:
    """What came of the visit."""

    pictures: list[Path] = field(default_factory=list)
    number: str | None = None
    sentence: str = ""


def play(
    settings: Settings, state: Path, size: tuple[int, int], service: Service, language: str, out: Path
) -> Report:
    """Open the kiosk in a window of ``size`` pixels, take a ticket for ``service`` and close it again."""
    # A demonstration is a visit, also on a unit that nobody has set up yet.
    settings = msgspec.structs.replace(settings, kiosk=msgspec.structs.replace(settings.kiosk, set_up=True))
    env.prepare(settings, size)
    from kivy.clock import Clock

    from kiosk.ui.kiosk_app import KioskApp

    app = KioskApp(settings, state)
    visitor = _Visitor(app, service, language, out, state)
    Clock.schedule_interval(visitor.look, 1 / LOOKS_PER_SECOND)
    app.run()
    return visitor.report


class _Visitor:
    def __init__(self, app: Any, service: Service, language: str, out: Path, state: Path) -> None:
        self._app, self._service, self._language = app, service, language
        self._out, self._papers = out, state / "paper"
        self._before = set(self._papers.glob("*.png"))
        self._script = self._visit()
        self._wait: Wait = next(self._script)
        self._waited = 0.0
        self._hand: subprocess.Popen[bytes] | None = None
        self.report = Report()

    def look(self, elapsed: float) -> bool | None:
        """Go on with the script when what it waits for is there. False ends the looking."""
        if self._hand is not None and self._hand.poll() is None:
            return None
        words, there = self._wait
        self._waited += elapsed
        if there():
            self._waited = 0.0
            try:
                self._wait = next(self._script)
            except StopIteration:
                self._app.stop()
                return False
        elif self._waited > PATIENCE_S:
            self._shoot("stuck")
            self.report.sentence = (
                f"E-DEM-03: waited {PATIENCE_S:.0f} s for {words}; the last picture shows what was there"
            )
            self._app.stop()
            return False
        return None

    # --- the script -------------------------------------------------------------------------------------------------

    def _visit(self) -> Iterator[Wait]:
        yield "the site to be read", lambda: self._app.supply.loaded is not None
        yield from self._see(Screen.ATTRACT)
        self._shoot("1-attract")
        self._touch(f"start:{self._language}")
        yield from self._see(Screen.AGENCIES)
        yield from self._turn_to(f"agency:{self._service.agency}")
        self._shoot("2-agencies")
        self._touch(f"agency:{self._service.agency}")
        yield from self._see(Screen.SERVICES)
        yield from self._turn_to(f"service:{self._service.code}")
        self._shoot("3-services")
        self._touch(f"service:{self._service.code}")
        yield from self._see(Screen.SHEET)
        self._shoot("4-sheet")
        if self._find("take") is None:
            self.report.sentence = "E-DEM-03: this service gives no number now; the last picture shows why"
            return
        self._touch("take")
        visit = self._app.visit
        yield "a ticket", lambda: self._app.visit.screen in (Screen.RESULT, Screen.NOT_PRINTED)
        visit = self._app.visit
        yield from self._see(visit.screen)
        self._shoot(f"5-{visit.screen}")
        self._tell(visit.issued)

    def _tell(self, issued: Any) -> None:
        self.report.number = issued.number if issued.outcome is not Outcome.NOT_PRINTED else None
        self.report.sentence = f"{issued.number}: {issued.outcome}" + (
            f" ({issued.cause})" if issued.cause else ""
        )
        fresh = sorted(set(self._papers.glob("*.png")) - self._before)
        if fresh:
            self.report.pictures.append(Path(shutil.copy(fresh[-1], self._out / "ticket.png")))

    def _see(self, screen: Screen) -> Iterator[Wait]:
        """Wait until ``screen`` is up, and long enough to have looked at it."""
        yield f"the screen {screen}", lambda: self._app.visit.screen is screen
        yield f"a look at {screen}", lambda: self._waited >= SETTLED_S

    def _turn_to(self, target: str) -> Iterator[Wait]:
        """Turn pages until ``target`` is seen."""
        while self._find(target) is None:
            page = self._app.visit.page
            self._touch("page:next")
            yield f"the page with {target}", lambda page=page: self._app.visit.page != page  # type: ignore[misc]
            yield f"a look at the page with {target}", lambda: self._waited >= SETTLED_S

    # --- eye and hand -----------------------------------------------------------------------------------------------

    def _find(self, target: str) -> Any:
        taps = self._app.stage.walk(restrict=True)
        return next((tap for tap in taps if getattr(tap, "target", None) == target and tap.enabled), None)

    def _touch(self, target: str) -> None:
        from kivy.core.window import Window

        tap = self._find(target)
        if tap is None:
            raise LookupError(f"nothing on the {self._app.visit.screen} screen is named {target!r}")
        x = round(Window.left + tap.center_x)
        y = round(Window.top + Window.height - tap.center_y)
        self._hand = subprocess.Popen(["xdotool", "mousemove", str(x), str(y), "click", "1"])

    def _shoot(self, name: str) -> None:
        from kivy.core.window import Window

        from kiosk.ui.glass import picture

        path = self._out / f"{name}.png"
        picture(Window).save(path)
        self.report.pictures.append(path)
