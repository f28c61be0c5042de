"""Everything that can be wrong between a kiosk and its server, with codes that stay the same.

::

    SyncError               E-SYN-00
    ├── Unreachable         E-SYN-01  the server does not answer (in time), or says that it cannot now: try again
    │   └── NotOurServer    E-SYN-02  something answers that is not the server: a captive portal, another program
    ├── NotKnown            E-SYN-03  the server does not know this kiosk (any more): enrol again
    ├── ServerRefuses       E-SYN-04  the server refuses this request as it stands; ``reason`` says why
    ├── IdentityUnusable    E-SYN-05  the file with the kiosk's token cannot be used: damaged, or others can read it
    ├── CopiedDisk          E-SYN-06  this disk or database is a copy: no number is given until it is enrolled again
    ├── StoreReplaced       E-SYN-07  the database was restored or made anew since the enrolment: nothing is sent
    └── NotEnrolled         E-SYN-08  this kiosk has no identity yet
"""

from __future__ import annotations

from typing import ClassVar


class SyncError(Exception):
    """Base of all errors of sync."""

    code: ClassVar[str] = "E-SYN-00"

    def __str__(self) -> str:
        return f"{self.code}: {super().__str__()}"


class Unreachable(SyncError):
    """No answer, or one that says: not now. Nothing is lost by it; ``retry_after_s`` is the server's own wish."""

    code = "E-SYN-01"

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NotOurServer(Unreachable):
    """What answers does not speak our wire. Never an acknowledgement; tried again like silence."""

    code = "E-SYN-02"


class NotKnown(SyncError):
    """The token is not good (any more), or this device may not do this. Everything is kept."""

    code = "E-SYN-03"


class ServerRefuses(SyncError):
    """The server understood and refuses. ``reason`` is its stable code, ``text`` its words."""

    code = "E-SYN-04"

    def __init__(self, reason: str, text: str, status: int = 0) -> None:
        super().__init__(f"{reason}: {text}")
        self.reason, self.text, self.status = reason, text, status


class IdentityUnusable(SyncError):
    """The file with the kiosk's identity is damaged, or others than its owner can read it."""

    code = "E-SYN-05"


class CopiedDisk(SyncError):
    """This disk was enrolled in another machine, or the database is older than what it told the server: numbers would
    be given a second time."""

    code = "E-SYN-06"


class StoreReplaced(SyncError):
    """The database is not the one that was enrolled. It knows which numbers were given (kiosk.store), so they go on;
    what it would send could be taken for other events."""

    code = "E-SYN-07"


class NotEnrolled(SyncError):
    """This kiosk has no identity: nobody has enrolled it."""

    code = "E-SYN-08"
