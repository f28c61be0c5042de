"""Errors that are told to a person at the command line in plain lines, without a traceback."""

from __future__ import annotations

from kiosk.settings import SettingsError
from kiosk.site import SiteFaults


class Refused(Exception):
    """A command cannot do what it was asked; ``code`` is stable, the text says why and what to do."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(f"{code}: {text}")


KNOWN: tuple[type[Exception], ...] = (SettingsError, SiteFaults, Refused)


def explain(error: Exception) -> list[str]:
    """Return the lines a technician reads: one for each fault, with its code and place."""
    if isinstance(error, SettingsError):
        return [f"{error.code} {fault}" for fault in error.faults]
    if isinstance(error, SiteFaults):
        return [str(fault) for fault in error.faults]
    return [str(error)]
