"""Which screen shows which state: the one table. What can be made easier ("access") shows as ``plain``, as does any
screen for who asked for large text, big targets, low reach or speech.

 Screens are built when first needed and kept.

Help and the idle warning stand in the place of the screen they interrupt: nothing that can be touched lies beneath.
"""

from __future__ import annotations

import importlib
from typing import Any

from kiosk.core.visit import Screen

SCREENS: dict[str, tuple[str, str]] = {
    Screen.ATTRACT: ("attract", "AttractScreen"),
    Screen.AGENCIES: ("agencies", "AgenciesScreen"),
    Screen.SEARCH: ("search", "SearchScreen"),
    Screen.SERVICES: ("services", "ServicesScreen"),
    Screen.SHEET: ("sheet", "SheetScreen"),
    Screen.ISSUING: ("issuing", "IssuingScreen"),
    Screen.RESULT: ("result", "ResultScreen"),
    Screen.NOT_PRINTED: ("not_printed", "NotPrintedScreen"),
    Screen.FAULT: ("fault", "FaultScreen"),
    "help": ("help", "HelpScreen"),
    "warning": ("warning", "WarningScreen"),
    "plain": ("plain", "PlainScreen"),
    "locked": ("fault", "FaultScreen"),
    "staff_pad": ("staff_pad", "StaffPadScreen"),
    "staff_choice": ("staff_choice", "StaffChoiceScreen"),
    "staff_write": ("search", "SearchScreen"),
    "staff_list": ("services", "ServicesScreen"),
    "staff_check": ("staff_check", "StaffCheckScreen"),
}


class Router:
    """Builds each screen once."""

    def __init__(self) -> None:
        self._built: dict[str, Any] = {}

    def screen(self, name: str) -> Any:
        """Return the screen for ``name``, built now if it was not before."""
        if name not in self._built:
            module, cls = SCREENS[name]
            self._built[name] = getattr(importlib.import_module(f"kiosk.ui.screens.{module}"), cls)()
        return self._built[name]

    def unbuilt(self) -> list[str]:
        """Return what is still to be built of a common visit, in the order it meets them.

        The staff's screens and the plain layout are built when first opened.
        """
        return [name for name in Screen if name not in self._built] + [
            name for name in ("help", "warning") if name not in self._built
        ]
