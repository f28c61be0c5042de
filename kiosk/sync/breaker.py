"""Whether a visitor may be made to wait for the server: the first who waited in vain spares all who follow."""

from __future__ import annotations

import threading


class Breaker:
    """Closed: the server is asked. Open: it is not, until somebody who is not a visitor has seen it answer.

    Used from several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = False
        self._trips = 0

    @property
    def is_open(self) -> bool:
        """Whether the server is not asked for numbers now."""
        with self._lock:
            return self._open

    @property
    def trips(self) -> int:
        """How often it opened since the start."""
        with self._lock:
            return self._trips

    def trip(self) -> None:
        """The server did not answer in time."""
        with self._lock:
            self._trips += not self._open
            self._open = True

    def close(self) -> None:
        """The server answers again, in time."""
        with self._lock:
            self._open = False
