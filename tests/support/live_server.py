"""The server's application on a real port, in a thread of the test's own process: its clock and database at hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from fastapi import FastAPI

from server.db.database import Database
from server.services import Services
from tests.support.server_driver import Kiosk, enrol, free_port

STARTS_WITHIN_S = 30.0


@dataclass
class LiveServer:
    """A server that answers at ``address``."""

    app: FastAPI
    port: int

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


@contextmanager
def live(app: FastAPI, port: int = 0) -> Iterator[LiveServer]:
    """Serve ``app`` on loopback for the length of a ``with``."""
    made = LiveServer(app, port or free_port())
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host="127.0.0.1",
            port=made.port,
            log_config=None,
            access_log=False,
            ws="none",
            timeout_keep_alive=5,
            timeout_graceful_shutdown=5,
        )
    )
    thread = threading.Thread(target=server.run, name="live server")
    thread.start()
    deadline = time.monotonic() + STARTS_WITHIN_S
    try:
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise RuntimeError("the server did not start")
            time.sleep(0.01)
        yield made
    finally:
        server.should_exit = True
        thread.join(STARTS_WITHIN_S)
        assert not thread.is_alive(), "the server did not end"
