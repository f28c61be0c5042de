"""What every way to a printer offers."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


class Transport(Protocol):
    """Carries bytes to a printer and back. Used by one thread; no call outlives its deadline.

    Deadlines are instants of :func:`time.monotonic`. ``open`` and ``close`` frame one job: ``open`` on an
    open transport and ``close`` on a closed one do nothing.
    """

    @property
    def name(self) -> str:
        """Where this leads, for logs and messages: ``network 192.0.2.9:9100``."""
        ...

    def open(self, deadline: float) -> None:
        """Make ready to write. Raises :class:`~printer.errors.Unreachable`."""
        ...

    def write(self, data: bytes, deadline: float) -> None:
        """Hand over all of ``data``, or raise a :class:`~printer.errors.TransportError` whose ``sent`` says
        how many bytes had left."""
        ...

    def read(self, n: int, deadline: float) -> bytes:
        """Return what has arrived, at most ``n`` bytes, waiting until ``deadline`` for the first.

        Empty when nothing came in time or this way has no read side. A deadline in the past returns at once
        what is already there. Raises :class:`~printer.errors.Closed` when the other end went away.
        """
        ...

    def close(self) -> None:
        """Let go. Never waits, never raises. After a failed write it discards what has not left yet."""
        ...


@runtime_checkable
class TellsPort(Protocol):
    """A way that can ask the printer's port how it is, apart from the bytes: GET_PORT_STATUS of the USB printer class,
    which silent boards answer too."""

    def port_status(self, deadline: float) -> int | None:
        """The byte of the USB printer class (1.1, section 4.2.2): bit 5 paper empty, 4 selected, 3 no error. None where
        there is no answer. Never raises."""
        ...
