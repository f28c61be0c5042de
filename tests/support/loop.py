"""Kivy's event loop, started once for the process and turned by hand."""

from __future__ import annotations

from typing import Any


def started(width: int, height: int) -> tuple[Any, Any]:
    """Return (event loop, window) with the window at ``width`` × ``height`` pixels and its input providers running."""
    from kivy.base import EventLoop, _runTouchApp_prepare
    from kivy.core.window import Window

    Window.size = (width, height)
    if EventLoop.status != "started":
        EventLoop.ensure_window()
        _runTouchApp_prepare()
    turn(EventLoop, 2)
    if not Window.focus:
        # A window of another process that ended took the keyboard with it; without a window manager X gives it to
        # nobody then, and SDL takes it only as it shows a window.
        Window.hide()
        Window.show()
        turn(EventLoop, 2)
    assert (Window.width, Window.height) == (width, height)
    return EventLoop, Window


def turn(loop: Any, count: int) -> None:
    """Do what Kivy's own main loop does in ``count`` rounds: a frame, then the display server's events."""
    for _ in range(count):
        loop.idle()
        if loop.window is not None:
            loop.window.mainloop()
