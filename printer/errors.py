"""Everything this library raises, with codes that stay the same for logs, screens and manuals.

::

    PrinterError                E-PRN-00
    ├── ProfileError            E-PRN-01  a profile that does not exist or is not valid
    ├── SlipError               E-PRN-02  a slip that cannot be put into bytes
    ├── TransportNotOffered     E-PRN-03  a transport this version does not have
    ├── BadAddress              E-PRN-04  an address the transport cannot be used with
    ├── ServerError             E-PRN-20  a virtual printer cannot be put where it was asked for
    └── TransportError          E-PRN-10  the way to the printer failed; ``sent`` bytes had left
        ├── Unreachable         E-PRN-11  could not be opened: off, unplugged, wrong address
        ├── TimedOut            E-PRN-12  the deadline passed
        └── Closed              E-PRN-13  the other end went away

:class:`~printer.press.Press` turns transport errors into verdicts; they are seen only by those who use a
transport directly.
"""

from __future__ import annotations

from typing import ClassVar


class PrinterError(Exception):
    """Base of all errors of this library."""

    code: ClassVar[str] = "E-PRN-00"

    def __str__(self) -> str:
        return f"{self.code}: {super().__str__()}"


class ProfileError(PrinterError):
    """A printer profile does not exist or is not valid."""

    code = "E-PRN-01"


class SlipError(PrinterError):
    """A slip cannot be put into bytes for this profile."""

    code = "E-PRN-02"


class TransportNotOffered(PrinterError):
    """The named transport is not one of those offered."""

    code = "E-PRN-03"


class BadAddress(PrinterError):
    """The device, queue or speed is none that the named transport could use."""

    code = "E-PRN-04"


class ServerError(PrinterError):
    """A virtual printer cannot be put where it was asked for."""

    code = "E-PRN-20"


class TransportError(PrinterError):
    """The way to the printer failed. ``sent`` is the number of bytes of the failed call that had left."""

    code = "E-PRN-10"

    def __init__(self, message: str, *, sent: int = 0) -> None:
        super().__init__(message)
        self.sent = sent


class Unreachable(TransportError):
    """The printer could not be opened: off, unplugged, or a wrong address."""

    code = "E-PRN-11"


class TimedOut(TransportError):
    """The deadline passed before the call was done."""

    code = "E-PRN-12"


class Closed(TransportError):
    """The other end went away during the call."""

    code = "E-PRN-13"
