"""The root of the window: the frame, the screen in it, and the rule of one finger."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from kiosk.core import visit as v
from kiosk.ui import theme
from kiosk.ui.present.whole import WholeView
from kiosk.ui.router import Router
from kiosk.ui.widgets.frame import Frame
from kiosk.ui.widgets.tap import Receiver

AGAIN_S = 0.7
AGAIN_MM = 20.0
"""A second tap this soon and this near after the screen changed was meant for the screen before: it is not heard."""
ABANDONED_S = 3.0
"""A touch held this long is a hand resting on the glass: it no longer keeps the next finger out."""


def on_top(view: WholeView) -> tuple[str, Any]:
    """Return the name and the view of the screen that is seen: the warning before help before the visit's own."""
    if view.warning is not None:
        return "warning", view.warning
    if view.help is not None:
        return "help", view.help
    return view.screen, view.body


class Stage(Receiver):
    """Shows whole views; sends every event to ``dispatch``."""

    def __init__(self, dispatch: Callable[[v.Event], None], diagonal_inch: float, **kwargs: Any) -> None:
        self._dispatch = dispatch
        self._diagonal = diagonal_inch
        self._finger: Any = None
        self._finger_since = 0.0
        self._changed_at = -AGAIN_S
        self._released_at: tuple[float, float] | None = None
        super().__init__(**kwargs)
        self.router = Router()
        self.frame = Frame()
        self.view: WholeView | None = None
        self.add_widget(self.frame)

    def receive(self, event: v.Event) -> None:
        self._dispatch(event)

    # --- look -------------------------------------------------------------------------------------------------------

    def resize(self, width: int, height: int) -> None:
        """Take a window of ``width`` × ``height`` pixels: everything is measured anew."""
        theme.use(theme.Metrics.of_panel(width, height, self._diagonal))
        self.pos, self.size = (0, 0), (width, height)
        if self.view is not None:
            view, self.view = self.view, None
            self.show(view)

    def show(self, view: WholeView) -> None:
        """Show ``view``; what has not changed since the last one costs nothing."""
        before, self.view = self.view, view
        if view == before:
            return
        layout = theme.metrics().layout
        name, body = on_top(view)
        if before is None or on_top(before)[0] != name:
            self._changed_at = time.monotonic()
        screen = self.router.screen(name)
        screen.layout, screen.frame = layout, view.frame
        screen.show(body)
        self.frame.show(view.frame, screen, screen.bare)
        self.frame.place(0, 0, self.width, self.height)

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
        asleep = self.view is not None and self.view.warning is not None
        self._dispatch(v.Touched())
        if asleep:  # the touch said "I am still here" and nothing else
            return True
        super().on_touch_down(touch)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        return touch is self._finger

    def on_touch_up(self, touch: Any) -> bool:
        if touch is self._finger and touch.grab_current is self:
            self._released_at = touch.pos
            self._finger = None
            touch.ungrab(self)
        return True

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
