"""Opens the window and stays until the process is asked to stop.

Nothing here imports Kivy before ``env.prepare`` has set its environment: Kivy reads it once, at import.
"""

from __future__ import annotations

import logging
import signal
import threading
from pathlib import Path

from kiosk.settings import Settings
from kiosk.ui import env

log = logging.getLogger(__name__)


def run(settings: Settings, state_dir: Path, windowed: tuple[int, int] | None = None) -> bool:
    """Run the kiosk and return whether it is to be started again.

    ``windowed`` is a window's size in pixels; None takes the screen as the settings say.

    Returns when SIGTERM or SIGINT (or a test) stops it. Nothing a visitor does ends it.
    """
    env.prepare(settings, windowed)
    from kiosk.ui.kiosk_app import KioskApp

    app = KioskApp(settings, state_dir)
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: app.stop_soon())
    try:
        app.run()
    except Exception:
        log.exception("the window ended by itself")  # the service manager starts it again; this says why
        raise
    return app.again
