"""The root of the window: the frame, the screen in it, and the rule of one finger."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kivy.graphics import Color, Rectangle

from kiosk.core import visit as v
from kiosk.core.modes import Modes
from kiosk.i18n import _, translate
from kiosk.ui import theme
from kiosk.ui.focus import Ring, order
from kiosk.ui.present.whole import WholeView
from kiosk.ui.router import Router
from kiosk.ui.widgets.frame import Frame
from kiosk.ui.widgets.tap import Receiver, Tap

if TYPE_CHECKING:
    from kiosk.ui.present.spoken import Item, Script

AGAIN_S = 0.7
AGAIN_MM = 20.0
"""A second tap this soon and this near after the screen changed was meant for the screen before: it is not heard."""
PAGES = ("access", "info", "more")
"""What is always shown as one column, drawn from its script; help is where the panel has no room for all of it."""
CORNER_MM = (30.0, 20.0)
"""Width and height of the upper corners that open the staff's door: all of it header, nothing there to touch."""
ABANDONED_S = 3.0
"""A touch held this long is a hand resting on the glass: it no longer keeps the next finger out."""


class Stage(Receiver):
    """Shows whole views; sends every event to ``dispatch``."""

    def __init__(
        self,
        dispatch: Callable[[v.Event], None],
        diagonal_inch: float,
        viewing_mm: float = 600,
        bottom_edge_mm: float = 700,
        corner: Callable[[str], None] = lambda side: None,
        wakes: Callable[[], bool] = lambda: False,
        **kwargs: Any,
    ) -> None:
        """``corner`` is told "left" or "right" when an upper corner is tapped. ``wakes`` is told of each touch, and
        says whether it did nothing but light the screen."""
        self._wakes = wakes
        self._black: Any = None
        self._dispatch = dispatch
        self._corner = corner
        self._diagonal = diagonal_inch
        self._seen_from = (viewing_mm, bottom_edge_mm)
        self._panel = theme.metrics()
        self._finger: Any = None
        self._finger_since = 0.0
        self._changed_at = -AGAIN_S
        self._released_at: tuple[float, float] | None = None
        super().__init__(**kwargs)
        self._dressed: dict[str, tuple[Router, Frame]] = {}
        self.view: WholeView | None = None
        self.script: Script | None = None
        """What the plain screen shows; None while screens have their usual layout."""
        self._focus = ""
        self._ring = Ring(self.canvas)
        self._dress(Modes())

    def receive(self, event: v.Event) -> None:
        self._dispatch(event)

    def mounted(self, bottom_edge_mm: float) -> None:
        """Take the height above the floor of the panel's lower edge."""
        self._seen_from = (self._seen_from[0], bottom_edge_mm)

    def measured(self, diagonal_inch: float) -> None:
        """Take the panel's diagonal: everything is measured anew."""
        self._diagonal = diagonal_inch
        self.resize(int(self.width), int(self.height))

    @property
    def leaves(self) -> int:
        """How many pages the plain screen has; 1 while screens have their usual layout."""
        return int(self.router.screen("plain").leaves) if self.script is not None else 1

    @property
    def leaf(self) -> int:
        """Which of them is shown."""
        return int(self.router.screen("plain").leaf) if self.script is not None else 0

    def items(self) -> tuple[Item, ...]:
        """Return what the page of the plain screen shows."""
        shown: tuple[Item, ...] = self.router.screen("plain").items() if self.script is not None else ()
        return shown

    # --- look -------------------------------------------------------------------------------------------------------

    def resize(self, width: int, height: int) -> None:
        """Take a window of ``width`` × ``height`` pixels: everything is measured anew."""
        self._panel = theme.Metrics.of_panel(width, height, self._diagonal)
        theme.use(self._panel)
        self.pos, self.size = (0, 0), (width, height)
        if self._black is not None:
            self._black.size = self.size
        if self.view is not None:
            view, self.view = self.view, None
            self.show(view)

    def darken(self, dark: bool) -> None:
        """Lay black over everything, or take it away."""
        self.canvas.after.clear()
        self._black = None
        if dark:
            with self.canvas.after:
                Color(0, 0, 0, 1)
                self._black = Rectangle(pos=self.pos, size=self.size)

    def show(self, view: WholeView) -> None:
        """Show ``view``; what has not changed since the last one costs nothing."""
        before, self.view = self.view, view
        if view == before:
            return
        name, body = view.on_top()
        if before is None or before.on_top()[0] != name or before.modes != view.modes:
            self._changed_at = time.monotonic()
        self._dress(view.modes)
        layout = theme.metrics().layout
        self.script = None
        if view.modes.plain or name in PAGES or (name == "help" and layout == "tight"):
            from kiosk.ui.present.spoken import is_for_visitors, script_of

            if is_for_visitors(view):
                self.script = script_of(view)
                name, body = "plain", (self.script, view.leaf)
        screen = self.router.screen(name)
        screen.layout, screen.frame = layout, view.frame
        screen.show(body)
        self.frame.show(view.frame, screen, screen.bare)
        self.frame.place(0, 0, self.width, self.height)
        if before is None or before.on_top()[0] != view.on_top()[0] or before.leaf != view.leaf:
            self._focus = self._focus if self._focus.startswith("page:") else ""
        self._show_focus()

    def _dress(self, modes: Modes) -> None:
        """Take the look that ``modes`` ask for. Each set of colours keeps its own screens, built when first needed."""
        look = theme.Look.of(modes, *self._seen_from)
        theme.use(replace(self._panel, look=look))
        if look.palette not in self._dressed:
            self._dressed[look.palette] = (Router(), Frame())
        router, frame = self._dressed[look.palette]
        if frame.parent is None:
            self.clear_widgets()
            self.members = []
            self.add_widget(frame)
        self.router, self.frame = router, frame

    # --- keys -------------------------------------------------------------------------------------------------------

    def focusable(self) -> list[Any]:
        """Return everything the keys can reach, in their order; what rests is reached too, and says that it does."""
        keys = list(self.frame.keys.present()) if self.frame.keys.shown else []
        body = (
            [tap for tap in self.frame.body.walk(restrict=True) if isinstance(tap, Tap)]
            if self.frame.body
            else []
        )
        return order(body, keys)

    def focused(self) -> Any:
        """Return what the keys have reached; None when it is not there any more."""
        return (
            next((tap for tap in self.focusable() if tap.target == self._focus), None)
            if self._focus
            else None
        )

    def move_focus(self, steps: int) -> None:
        """Reach the next button, or the one before."""
        taps = self.focusable()
        if not taps:
            return
        now = next((index for index, tap in enumerate(taps) if tap.target == self._focus), None)
        if now is None:
            now = -1 if steps > 0 else 0
        self._focus = taps[(now + steps) % len(taps)].target
        self._show_focus()

    def focused_words(self) -> str:
        """Return what is said of what the keys have reached."""
        from kiosk.ui.guide import words_of_key
        from kiosk.ui.present.spoken import Press, choice

        tap = self.focused()
        if tap is None or self.view is None:
            return ""
        language = self.view.language
        for item in self.items():
            if isinstance(item, Press) and item.key.target == tap.target:
                return choice(item, language)
        turners = {
            "page:previous": translate(_("Sebelumnya"), language),
            "page:next": translate(_("Berikutnya"), language),
        }
        return words_of_key(turners.get(tap.target) or tap.text, language, tap.enabled)

    def _show_focus(self) -> None:
        tap = self.focused()
        self._ring.put(tap, bool(self.frame.bare or (tap is not None and tap.kind == "dark")))

    # --- touch ------------------------------------------------------------------------------------------------------

    def on_touch_down(self, touch: Any) -> bool:
        if "button" in touch.profile and touch.button != "left":
            return True
        now = time.monotonic()
        if self._finger is not None:
            if now - self._finger_since < ABANDONED_S:
                return True
            self._let_go()
        if self._is_echo(touch, now):
            return True
        self._finger, self._finger_since = touch, now
        touch.grab(self)
        if self._wakes():
            return True
        self._focus = ""  # a hand on the glass needs no ring
        self._show_focus()
        asleep = self.view is not None and self.view.warning is not None
        self._dispatch(v.Touched())
        if asleep:  # the touch said "I am still here" and nothing else
            return True
        if not super().on_touch_down(touch):
            self._feel_corner(touch)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        return touch is self._finger

    def on_touch_up(self, touch: Any) -> bool:
        if touch is self._finger and touch.grab_current is self:
            self._released_at = touch.pos
            self._finger = None
            touch.ungrab(self)
        return True

    def _feel_corner(self, touch: Any) -> None:
        wide, high = (theme.mm(side) for side in CORNER_MM)
        if touch.y < self.top - high:
            return
        if touch.x <= self.x + wide:
            self._corner("left")
        elif touch.x >= self.right - wide:
            self._corner("right")

    def _is_echo(self, touch: Any, now: float) -> bool:
        if self._released_at is None or now - self._changed_at > AGAIN_S:
            return False
        reach = theme.mm(AGAIN_MM)
        return bool(
            abs(touch.x - self._released_at[0]) <= reach and abs(touch.y - self._released_at[1]) <= reach
        )

    def _let_go(self) -> None:
        """Forget a touch that never ended; the button under it is not pressed any more."""
        touch, self._finger = self._finger, None
        touch.ungrab(self)
        for widget in self.walk(restrict=True):
            if getattr(widget, "pressed", False):
                widget.pressed = False
                touch.ungrab(widget)
