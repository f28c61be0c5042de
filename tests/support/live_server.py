"""The server's application on a real port, in a thread of the test's own process: its clock and database at hand."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from server.db.database import Database
from server.services import Services
from tests.support.server_driver import Kiosk, enrol, free_port

STARTS_WITHIN_S = 30.0


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the boards' streams first, as a signal does where the server is a process of its own."""
        self.config.app.state.services.board.close()  # type: ignore[union-attr]
        await super().shutdown(sockets)


class LiveServer:
    """A server that answers at ``address``, in a thread of its own."""

    def __init__(self, app: FastAPI, port: int = 0) -> None:
        self.app = app
        self.port = port or free_port()
        self._server = _Server(
            uvicorn.Config(
                app,
                host="127.0.0.1",
                port=self.port,
                log_config=None,
                access_log=False,
                ws="none",
                timeout_keep_alive=5,
                timeout_graceful_shutdown=5,
            )
        )
        self._thread = threading.Thread(target=self._server.run, name="live server")
        self._thread.start()
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError("the server did not start")
            time.sleep(0.01)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def services(self) -> Services:
        found: Services = self.app.state.services
        return found

    @property
    def database(self) -> Database:
        return self.services.database

    def kiosk(self) -> Kiosk:
        """Pair a kiosk."""
        return Kiosk.of(enrol(self.database))

    def stop(self) -> None:
        """End it. Its database can still be used: connections are opened anew."""
        self._server.should_exit = True
        self._thread.join(STARTS_WITHIN_S)
        assert not self._thread.is_alive(), "the server did not end"


@contextmanager
def live(app: FastAPI, port: int = 0) -> Iterator[LiveServer]:
    """Serve ``app`` on loopback for the length of a ``with``."""
    server = LiveServer(app, port)
    try:
        yield server
    finally:
        server.stop()
