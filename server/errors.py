"""What can go wrong at the server.

Told to people at the command line, one line for each fault::

    ServerError              the server cannot do what it was asked
      SettingsError          E-SRV-01   a key or a value of the configuration is not allowed
      DatabaseError          E-SRV-02   the database cannot be reached, is of another version or is in use
      UpkeepError            E-SRV-03   a command was refused: no such site, a user's name is taken, …

Told to devices and visitors, as a problem document (RFC 9457) with a stable ``code``::

    Refusal                  status, ``kiosk.sync.wire.ProblemCode`` and a sentence that may leave the house
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from kiosk.sync.wire import FieldProblem, ProblemCode


class ServerError(Exception):
    """The server cannot do what it was asked; ``faults`` has one line each, ready for a technician."""

    code: ClassVar[str] = "E-SRV-03"

    def __init__(self, *faults: str) -> None:
        self.faults = faults
        super().__init__("\n".join(f"{self.code} {fault}" for fault in faults))


class SettingsError(ServerError):
    """A key or a value of the configuration is not allowed."""

    code = "E-SRV-01"


class DatabaseError(ServerError):
    """The database cannot be reached, is of another version or is in use."""

    code = "E-SRV-02"


class UpkeepError(ServerError):
    """A command was refused."""

    code = "E-SRV-03"


class Refusal(Exception):
    """A request is refused; what is in it is told to whoever asked."""

    def __init__(
        self,
        status: int,
        code: ProblemCode,
        detail: str,
        *,
        errors: tuple[FieldProblem, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        super().__init__(f"{status} {code}: {detail}")
