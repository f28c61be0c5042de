"""Sets the stage before Kivy is imported: no arguments, no files, no modules, no way out (facts: kiosk escapes).

Kivy reads its environment and ``Config`` when it is imported, so ``prepare`` runs first and refuses to run late.
"""

from __future__ import annotations

import os
import sys

from kiosk.settings import Settings

FRAMES_PER_SECOND = 30

ENVIRONMENT = {
    "KIVY_NO_ARGS": "1",  # no `-m inspector` on the command line
    "KIVY_NO_CONFIG": "1",  # no config.ini, so nobody's [modules] or [input]
    "KIVY_NO_FILELOG": "1",
    "KIVY_NO_ENV_CONFIG": "1",  # no KCFG_* variable reaches Config
    "KIVY_LOG_MODE": "PYTHON",  # Kivy logs through ours and leaves stderr alone
    "PYDANTIC_DISABLE_PLUGINS": "1",  # nobody's code in this process, and no search for it
    "KIVY_METRICS_DENSITY": "1",  # one point is one pixel: the theme alone knows millimetres
}


def prepare(settings: Settings, windowed: tuple[int, int] | None = None) -> None:
    """Set environment and ``Config`` for a window of ``windowed`` pixels, or for the whole screen when None.

    Raises RuntimeError when Kivy's window exists already: its settings would silently not count.
    """
    if "kivy.core.window" in sys.modules:
        raise RuntimeError("kiosk.ui.env.prepare() must run before the first import of Kivy's window")
    os.environ.update(ENVIRONMENT)
    from kivy.config import Config

    fullscreen = windowed is None and settings.display.fullscreen
    options: dict[tuple[str, str], object] = {
        ("kivy", "exit_on_escape"): 0,
        ("kivy", "log_enable"): 1,
        ("graphics", "fullscreen"): "auto" if fullscreen else 0,
        ("graphics", "borderless"): 0,
        ("graphics", "resizable"): 0,
        ("graphics", "show_cursor"): 0 if fullscreen else 1,
        ("graphics", "maxfps"): FRAMES_PER_SECOND,
        ("graphics", "multisamples"): 0,
        ("graphics", "allow_screensaver"): 0,
        ("postproc", "double_tap_time"): 1,  # no gesture of Kivy's own means anything here
        ("input", "mouse"): "mouse,disable_multitouch,disable_on_activity",
    }
    if windowed is not None:
        options["graphics", "width"], options["graphics", "height"] = windowed
    for (section, option), value in options.items():
        Config.set(section, option, str(value))
    # The default second provider reports each touch of a real panel once more: one finger, two taps.
    Config.remove_option("input", "%(name)s")
    for module in list(Config.options("modules")):
        Config.remove_option("modules", module)
