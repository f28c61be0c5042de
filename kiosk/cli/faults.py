"""Errors that are told to a person at the command line in plain lines, without a traceback."""

from __future__ import annotations

from kiosk.settings import SettingsError


class Refused(Exception):
    """A command cannot do what it was asked; ``code`` is stable, the text says why and what to do."""

    def __init__(self, code: str, text: str) -> None:
        self.code = code
        super().__init__(f"{code}: {text}")


def is_for_people(error: Exception) -> bool:
    """Whether ``error`` says all a person needs; anything else is a mistake of the program and keeps its trace."""
    # Asked only when something failed: the site's reader loads pydantic, and no command may wait for that to start.
    from kiosk.site import SiteFaults

    return isinstance(error, (SettingsError, SiteFaults, Refused))


def explain(error: Exception) -> list[str]:
    """Return the lines a technician reads: one for each fault, with its code and place."""
    from kiosk.site import SiteFaults

    if isinstance(error, SettingsError):
        return [f"{error.code} {fault}" for fault in error.faults]
    if isinstance(error, SiteFaults):
        return [str(fault) for fault in error.faults]
    return [str(error)]
