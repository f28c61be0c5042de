"""PostgreSQL tells every worker of a call in the moment it is committed (``LISTEN``); SQLite is asked often instead."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from server.db.database import Database

log = logging.getLogger("server.board")

CHANNEL: Final = "anjungan_calls"
AGAIN_S: Final = (0.5, 10.0)
"""After a lost connection: the first wait, doubled up to the last."""


def tell(session: Session, site_id: str) -> None:
    """Wake the boards of ``site_id`` when this transaction is committed. Nothing to do on SQLite."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_notify(:channel, :site)"), {"channel": CHANNEL, "site": site_id})


class Notices:
    """One connection that listens. Its owner runs :meth:`run` as a task and cancels it."""

    def __init__(self, database: Database, heard: Callable[[str], None]) -> None:
        self._heard = heard
        _, self._arguments = database.engine.dialect.create_connect_args(database.url)
        self.live = False
        """Whether it hears now; while not, boards are read more often."""

    async def run(self) -> None:
        """Listen until cancelled; connect again for as long as it takes."""
        wait = AGAIN_S[0]
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    **self._arguments, autocommit=True, connect_timeout=5, application_name="anjungan-board"
                ) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self.live, wait = True, AGAIN_S[0]
                    self._heard("")  # whatever was told while nobody listened
                    async for notice in connection.notifies():
                        self._heard(notice.payload)
            except (psycopg.Error, OSError) as error:
                log.warning("the board hears no notices: %s", str(error).strip().partition("\n")[0])
            finally:
                self.live = False
            await asyncio.sleep(wait)
            wait = min(AGAIN_S[1], wait * 2)
