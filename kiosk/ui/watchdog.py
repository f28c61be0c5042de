"""Tells the service manager that the kiosk lives: the window's clock turns *and* the desk's thread answers.

systemd restarts a service that has said nothing for ``WatchdogSec``. What is said here cannot be said by a frozen
window (the clock that sends it is the window's own) nor over a dead desk: each ``WATCHDOG=1`` is the desk's answer to a
ping. A desk that cannot open its store does answer: it mends itself, and a restart would mend nothing more.

The protocol is one datagram for each message to the socket in ``$NOTIFY_SOCKET`` (sd_notify(3)). ``$WATCHDOG_PID`` is
not looked at: under cage it is the compositor's, and the unit says ``NotifyAccess=all``.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Mapping
from typing import Any, Final

log = logging.getLogger(__name__)

SERVES: Final = "the desk serves"
"""The status of a kiosk that gives tickets; packaging/upgrade.py waits for it."""
PINGS: Final = 6
"""Pings in one period: two or three lost ones are no death."""
BEYOND_PRINTER_S: Final = 10.0
"""A desk that prints may be silent for the printer's own deadline; the period is longer than that by this."""
SEND_S: Final = 0.2


class Watchdog:
    """Owned by the window's thread; does nothing where no service manager listens."""

    def __init__(
        self,
        ping: Callable[[Callable[[], None]], None],
        every: Callable[[Callable[[], None], float], Any],
        printer_deadline_s: float,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """``ping`` asks the desk's thread and calls back on the window's; ``every`` runs a function at an interval
        of seconds on the window's clock and returns what has ``cancel()``."""
        self._ping, self._every = ping, every
        self._address = environ.get("NOTIFY_SOCKET", "")
        told = environ.get("WATCHDOG_USEC", "")
        self._told_s = int(told) / 1e6 if told.isdecimal() else 0.0
        self._period_s = max(self._told_s, printer_deadline_s + BEYOND_PRINTER_S) if self._told_s else 0.0
        self._beat: Any = None
        self._waiting = False
        self._deaf = False

    def start(self) -> None:
        """The first frame is up: say that the kiosk serves, and begin to ping."""
        if not self._address:
            return
        self._send("READY=1\nSTATUS=the first frame is up")
        if not self._period_s:
            return
        if self._period_s > self._told_s:
            self._send(f"WATCHDOG_USEC={round(self._period_s * 1e6)}")
        self._beat = self._every(self._ask, self._period_s / PINGS)
        self._ask()

    def tell(self, status: str) -> None:
        """Say in one line how the desk is: shown by ``systemctl status``, and what judges an upgrade goes by it."""
        if self._address:
            self._send(f"STATUS={status}")

    def stop(self) -> None:
        """The kiosk ends as it was told to."""
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None
        if self._address:
            self._send("STOPPING=1")

    def _ask(self) -> None:
        if not self._waiting:  # one at a time: a dead desk must not be heaped with pings
            self._waiting = True
            self._ping(self._answered)

    def _answered(self) -> None:
        self._waiting = False
        if self._beat is not None:
            self._send("WATCHDOG=1")

    def _send(self, message: str) -> None:
        # An address that begins with @ is in the abstract namespace (unix(7)).
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
                sock.settimeout(SEND_S)  # the window never waits for the service manager
                sock.sendto(message.encode(), address)
        except OSError as error:
            if not self._deaf:
                log.warning("the service manager does not listen: %s", error)
            self._deaf = True
        else:
            self._deaf = False
