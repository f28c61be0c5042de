"""Host names with a deadline: the system's resolver has none."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from typing import Any, TypeAlias

from printer.errors import Unreachable

Address: TypeAlias = tuple[socket.AddressFamily, Any]


class Lookup:
    """The addresses of one ``host`` and ``port``, looked up when first needed and kept.

    An address (the usual way to name a printer) costs nothing. A name is looked up on a thread of its own,
    one at a time, which ends with the resolver's own time limit at the latest.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._found: list[Address] = []
        self._fault = ""
        self._thread: threading.Thread | None = None
        try:
            version = ipaddress.ip_address(host).version
        except ValueError:
            return  # a name
        self._found = [(socket.AF_INET if version == 4 else socket.AF_INET6, (host, port))]

    def addresses(self, deadline: float) -> list[Address]:
        """What to connect to. Raises :class:`~printer.errors.Unreachable` when it is not known in time."""
        if self._found:
            return self._found
        if self._thread is None:
            self._thread = threading.Thread(target=self._resolve, name=f"lookup {self._host}", daemon=True)
            self._thread.start()
        self._thread.join(max(0.0, deadline - time.monotonic()))
        if self._thread.is_alive():
            raise Unreachable(f"{self._host}: the name was not found in time")
        self._thread = None
        if not self._found:
            raise Unreachable(f"{self._host}: {self._fault}")
        return self._found

    def _resolve(self) -> None:
        try:
            infos = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        except OSError as error:
            self._fault = error.strerror or str(error)
        else:
            self._found = [(info[0], info[4]) for info in infos]
