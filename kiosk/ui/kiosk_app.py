"""The application: owns the visit, turns touches and time into events, shows what follows.

One thread, the window's, owns the visit. Before the first frame only the attract screen is built and only the mall's
name is read; the site, the desk and the other screens come after it. A touch in between is kept and answered.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from kivy.app import App
from kivy.clock import Clock as Frames
from kivy.core.window import Window

from kiosk.clock import Clock, SystemClock
from kiosk.core import visit as v
from kiosk.devices.speech import Player, Speech, player, program
from kiosk.settings import ROOT, Settings
from kiosk.ui.context import Surroundings
from kiosk.ui.env import FRAMES_PER_SECOND
from kiosk.ui.guide import Guide
from kiosk.ui.keypad import Keypad
from kiosk.ui.night import Night
from kiosk.ui.place import place_of, read_place
from kiosk.ui.present.whole import present
from kiosk.ui.reader import Reader
from kiosk.ui.stage import Stage
from kiosk.ui.supply import Supply
from kiosk.ui.watchdog import SERVES, Watchdog

if TYPE_CHECKING:  # loaded after the first frame
    from kiosk.devices.jack import JackWatch
    from kiosk.setup_work import SetupWork
    from kiosk.ui.setup_room import SetupRoom
    from kiosk.ui.staff_room import StaffRoom

log = logging.getLogger(__name__)

TICK_S = 0.25
"""While somebody is here: four times a second, so that a countdown never skips a second."""
REST_FPS = 20
"""Turns of the window's loop a second while nobody is here: the first touch still shows within 50 ms."""
PRINTER_OUT_S = 5.0
"""While the printer cannot print, it is asked this often whether it can again; else once a minute, between visits."""
KEPT_S = 20.0
"""A touch made before the kiosk was ready is answered if that happens within this time."""
BEYOND_PRINTER_S = 1.0
"""What storing a ticket adds to the printer's own deadline, at most."""


class KioskApp(App):
    """The window of one kiosk."""

    title = "Anjungan"
    use_kivy_settings = False

    def __init__(self, settings: Settings, state: Path, clock: Clock | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.settings = settings
        self._state = state
        self.clock = clock or SystemClock()
        self.place = read_place(settings.site_dir)
        session = settings.session
        wanted, offered = settings.kiosk.language, self.place.languages
        language = wanted if wanted in offered else offered[0]
        self.visit = v.Visit(
            language=language,
            default_language=language,
            now=self.clock.monotonic(),
            since=self.clock.monotonic(),
            timing=v.Timing(session.idle_s, session.warning_s, session.result_s, session.decide_s),
        )
        self.supply = Supply(
            settings,
            state,
            self.clock,
            _post,
            self.dispatch_event,
            self._supplied,
            resting=lambda: self.visit.screen is v.Screen.ATTRACT,
            lock_changed=self._lock_changed,
        )
        self.watchdog = Watchdog(self.supply.ping, _every, settings.printer.deadline_s)
        self.staff: StaffRoom | None = None
        self.setup: SetupRoom | None = None
        self.again = False
        """Whether the process is to start again once this window has closed."""
        self._zone = ZoneInfo(self.place.timezone)
        self._early: tuple[v.Event, float] | None = None
        self._ticker: Any = None
        self._day: dt.date | None = None
        self._jack: JackWatch | None = None
        self._plug: bool | None = None

    # --- life ---------------------------------------------------------------------------------------------------------

    def build(self) -> Stage:
        """Build the window's root: the attract screen alone."""
        display = self.settings.display
        self.stage = Stage(
            self.dispatch_event,
            display.diagonal_inch,
            display.viewing_mm,
            display.bottom_edge_mm,
            self._corner,
            self._touched,
        )
        self.night = Night(display, self.stage.darken, self.clock.monotonic)
        self.stage.resize(*Window.size)
        self.speech = Speech(program(), self._player())
        self.guide = Guide(self.stage, self.speech, self._step)
        self.keypad = Keypad(self.stage, self.guide, self.dispatch_event, lambda: self.visit)
        self.reader = Reader(self.clock, self._pressed, self.keypad.up, self._scanned, _later)
        self.render()
        return self.stage

    def on_start(self) -> None:
        """Close every way out of the window, and go on loading once the first frame is up."""
        Window.allow_screensaver = False
        Window.bind(
            on_request_close=_refuse,
            on_keyboard=_refuse,
            on_key_down=self._key_down,
            on_key_up=self._key_up,
            on_textinput=_refuse,
            on_drop_begin=_refuse,
            on_flip=self._first_frame,
            size=self._resized,
        )
        self._rest_or_run()

    def on_stop(self) -> None:
        """Let the desk finish what it has begun."""
        self.night.stop()
        self.watchdog.stop()
        if self._jack is not None:
            self._jack.stop()
            self._jack = None
        self.speech.stop()
        self.reader.stop()
        if self.setup is not None:
            self.setup.stop()
        self.supply.stop()

    def stop_soon(self) -> None:
        """Stop after the present frame; safe in a signal handler."""
        Frames.schedule_once(lambda _: self.stop(), 0)

    def start_again(self) -> None:
        """Close the window as it should be, and have the process start again with its configuration of then."""
        self.again = True
        self.stop_soon()

    def open_settings(self, *_: object) -> bool:
        """Kivy's settings panel (F1) does not exist here."""
        return False

    def _install_settings_keys(self, window: Any) -> None:
        """F1 is not a key here."""

    def _first_frame(self, *_: object) -> None:
        Window.unbind(on_flip=self._first_frame)
        log.info("first frame")
        from kiosk.ui.staff_room import StaffRoom

        self.staff = StaffRoom(
            self.settings,
            self._state,
            self.clock,
            self.supply,
            _post,
            self.show_again,
            self.visit.default_language,
            lambda: self.start_again(),  # noqa: PLW0108  (looked up when it is called)
        )
        if not self.settings.kiosk.set_up:
            from kiosk.ui.setup_room import SetupRoom

            self.setup = SetupRoom.of(self, _post)
            self.show_again()
        self.supply.start()
        self.night.start()
        self.watchdog.start()
        self._watch_jack()
        self.reader.listen(self.settings.scanner.device, _post)
        Frames.schedule_once(self._build_ahead, 0.5)

    def setup_work(self) -> SetupWork:
        """Return what does the work of the set-up on this machine."""
        from kiosk.setup_work import SetupWork

        return SetupWork(self.settings.file, self._state, self.clock)

    @property
    def _setting_up(self) -> bool:
        return self.setup is not None and self.setup.open

    def _player(self) -> Player | None:
        voices = (self.settings.site_dir / "voice", ROOT / "assets" / "voice")
        return player(self.settings.speech.player, voices, self._state / "voice")

    def _watch_jack(self) -> None:
        if self.settings.speech.jack == "off" or not self.speech.available:
            return
        from kiosk.devices.jack import JackWatch

        self._jack = JackWatch(lambda is_in: _post(lambda: self.plugged(is_in)))
        self._jack.start()

    def plugged(self, is_in: bool) -> None:
        """Headphones went in: speech begins. They came out: it ends, since it would go on through the loudspeaker."""
        self._plug = is_in
        self._take_plug()

    def _take_plug(self) -> None:
        """While a ticket is made or staff are here, the plug waits for the next tick."""
        busy = self.visit.screen in (v.Screen.ISSUING, v.Screen.FAULT)
        if self._plug is None or busy or (self.staff is not None and self.staff.session.open):
            return
        modes, is_in, self._plug = self.visit.modes, self._plug, None
        if modes.speech is not is_in:
            self.dispatch_event(v.SetModes(replace(modes, speech=is_in)))

    def _build_ahead(self, _: float) -> None:
        """Build one more screen while nobody touches anything, so that none is built under a finger."""
        unbuilt = self.stage.router.unbuilt()
        if unbuilt:
            self.stage.router.screen(unbuilt[0])
            Frames.schedule_once(self._build_ahead, 0.1)

    def _resized(self, _: Any, size: tuple[int, int]) -> None:
        self.stage.resize(*size)

    # --- events -------------------------------------------------------------------------------------------------------

    def dispatch_event(self, event: v.Event) -> None:
        """Take one event: time first, then the event, its effects, and what the window shows then."""
        if isinstance(event, v.DeskReady):
            self.watchdog.tell(SERVES)
        elif isinstance(event, v.DeskFailed):
            self.watchdog.tell(f"the desk cannot serve: {event.code}")
        if self.setup is not None and self.setup.take(event):
            self.show_again()
            return
        if self.staff is not None:
            if isinstance(event, v.DeskReady):
                self.staff.learn_lock()
            if self.staff.take(event, self.now()):
                self.show_again()
                return
        if (
            isinstance(event, v.Start)
            and self.supply.loaded is None
            and self.visit.screen is v.Screen.ATTRACT
        ):
            self._early = (event, self.clock.monotonic())
            self.render()
            return
        self._step(v.Tick(self.clock.monotonic()))
        if not isinstance(event, v.Tick):
            if self.visit.modes.speech and not isinstance(event, v._SILENT):
                self.guide.hush()  # the next action interrupts
            self._step(event)
        self.render()
        self.guide.follow(self.visit)
        self._rest_or_run()

    def _corner(self, side: str) -> None:
        """An upper corner was tapped: the staff's quiet gesture."""
        if self.staff is not None and not self._setting_up:
            self.staff.corner(side, self.visit)
            self.show_again()

    def _touched(self) -> bool:
        """A hand is on the glass, or on the keys; whether all it did was to light the screen."""
        return self.night.touched()

    def _lock_changed(self) -> None:
        """The server has locked or unlocked this kiosk."""
        if self.staff is not None:
            self.staff.learn_lock()

    def show_again(self) -> None:
        """Something beside the visit has changed: show it, and arrange the next tick."""
        self.render()
        self._rest_or_run()

    def _step(self, event: v.Event) -> None:
        before = self.visit
        self.visit, effects = v.step(before, event)
        for effect in effects:
            self.supply.perform(effect)
        if self.visit.screen is not before.screen:
            log.info("screen", extra={"screen": str(self.visit.screen), "after": type(event).__name__})
            if self.visit.screen in (v.Screen.AGENCIES, v.Screen.SERVICES):
                self.supply.refresh()
            elif self.visit.screen is v.Screen.ATTRACT:
                self.supply.look_at_printer()
                self.supply.renew()

    def _supplied(self) -> None:
        """The site has been read, or the counts are new."""
        loaded = self.supply.loaded
        if loaded is not None and self._early is not None:
            (event, at), self._early = self._early, None
            if self.clock.monotonic() - at <= KEPT_S:
                self.dispatch_event(event)
        if loaded is not None and self.place != (place := place_of(loaded.site)):
            self.place, self._zone = place, ZoneInfo(place.timezone)
        self.render()

    def _key_down(self, _window: Any, key: int, _scan: int, _text: object, modifiers: list[str]) -> bool:
        """Six keys mean something to a visitor, and what a scanner types to the staff; every key ends here."""
        self.reader.down(key, modifiers)
        return True

    def _key_up(self, _window: Any, key: int, *_: object) -> bool:
        self.reader.up(key)
        return True

    def _pressed(self, key: int, modifiers: list[str]) -> None:
        """A hand pressed ``key``."""
        if self._touched():
            return
        if not self._setting_up and (self.staff is None or not self.staff.session.open):
            self.keypad.down(key, modifiers, self.speech.available)

    def _scanned(self, code: str) -> None:
        """A scanner read ``code``: the staff's part and the set-up alone know what it means."""
        if self.setup is not None and self.setup.open:
            self.setup.scanned(code)
        elif self.staff is not None:
            self.staff.scanned(code)
        self.show_again()

    # --- time ---------------------------------------------------------------------------------------------------------

    def now(self) -> dt.datetime:
        """Return the wall clock of the site."""
        return self.clock.utc().astimezone(self._zone)

    def _at_rest(self) -> bool:
        """Whether nothing but the minute can change by itself."""
        visit = self.visit
        if self._setting_up or (self.staff is not None and self.staff.session.open):
            return False
        if visit.screen is v.Screen.ATTRACT:
            return visit.untouched
        return visit.screen is v.Screen.FAULT

    def _rest_or_run(self) -> None:
        """Arrange the next tick: a quarter of a second away, or at the next minute when nobody is here."""
        if self._ticker is not None:
            self._ticker.cancel()
        delay = TICK_S
        resting = self._at_rest()
        # Kivy has no public way to change the pace of its loop, which is where all idle time goes.
        Frames._max_fps = REST_FPS if resting else FRAMES_PER_SECOND
        if resting:
            second = self.clock.utc()
            delay = 60.05 - second.second - second.microsecond / 1e6
            if self.supply.printer is not None and not self.supply.printer.prints:
                delay = min(delay, PRINTER_OUT_S)
        self._ticker = Frames.schedule_once(self._on_tick, delay)

    def _on_tick(self, _: float) -> None:
        today = self.now().date()
        if self._day is not None and today != self._day:
            self.supply.refresh(usage=True)  # a new day counts anew
        self._day = today
        self.guide.poll()
        self._take_plug()
        if self.visit.call is not None and self.visit.call.told is None:
            self.supply.look_for_staff()
        if self._at_rest():
            self.supply.look_at_printer()
        loaded = self.supply.loaded
        self.night.tick(self.now(), self._at_rest(), loaded.mall if loaded else None)
        self.dispatch_event(v.Tick(self.clock.monotonic()))

    # --- look ---------------------------------------------------------------------------------------------------------

    def surroundings(self) -> Surroundings:
        """Return everything around the visit now."""
        return Surroundings(
            self.place,
            self.now().replace(microsecond=0),
            self.supply.loaded,
            server=bool(self.supply.server_url),
            server_url=self.supply.server_url,
            lists=self.settings.printer.lists_per_hour > 0,
            voice=self.speech.available,
            printer=self.supply.printer,
            standing=self.supply.standing,
            deadline_s=self.settings.printer.deadline_s
            + BEYOND_PRINTER_S
            + (self.settings.server.allot_timeout_s if self.settings.kiosk.numbering == "central" else 0.0),
        )

    def render(self) -> None:
        """Show the visit as it is now; an unchanged view costs nothing."""
        around = self.surroundings()
        view = present(self.visit, around, waiting=self._early is not None)
        if self.setup is not None and self.setup.open:
            view = self.setup.cover(
                self.visit, view, around.now, (int(self.stage.width), int(self.stage.height))
            )
        elif self.staff is not None:
            view = self.staff.cover(self.visit, view, around)
        self.stage.show(view)


def _post(work: Callable[[], None]) -> None:
    """Run ``work`` on the window's thread in its next frame; called from the desk's thread."""
    Frames.schedule_once(lambda _: work(), 0)


def _later(work: Callable[[], None], seconds: float) -> object:
    """Run ``work`` on the window's thread after ``seconds``; 0: in its next frame."""
    return Frames.schedule_once(lambda _: work(), seconds)


def _every(work: Callable[[], None], seconds: float) -> Any:
    """Run ``work`` on the window's clock, again and again."""
    return Frames.schedule_interval(lambda _: work(), seconds)


def _refuse(*_: object, **__: object) -> bool:
    """Take an event and let nobody else have it."""
    return True
