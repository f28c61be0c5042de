"""One site's boards: the site is read once for all of its listeners, and whoever is slow holds nobody else.

A channel runs while it has listeners. It looks for new calls as often as its pace says (or as soon as it is woken),
and at the whole board every two seconds, for what is no call: a ticket that was voided, a text that was changed,
midnight. What a board gets, by a queue of its own:

``call``   a number was called; its id is the row's in ``calls``, by which a browser comes back (``Last-Event-ID``)
``state``  everything that is shown now
``tick``   every few seconds: the server lives, and this is its clock
``lost``   the database does not answer; the next ``state`` says that it does again
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import anyio
import anyio.to_thread
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from server.board import view
from server.board.listener import RETRY_MS, Listener, message
from server.board.view import Board, CallRow, Cut
from server.calling import calls_after
from server.catalogue import Catalogues
from server.db.database import Database
from server.db.models import Call

log = logging.getLogger("server.board")

WHOLE_S: Final = 2.0
TICK_S: Final = 10.0
OUTAGE_S: Final = 1.0
LATE: Final = 50
"""On PostgreSQL a row may become visible after one with a higher id: so many below the last are looked at again."""
REMEMBERED: Final = 1000


@dataclass(frozen=True)
class Source:
    """Where a channel reads, and what does not change while it runs."""

    database: Database
    catalogues: Catalogues
    now: Callable[[], dt.datetime]
    build: str
    """Changes with the page's own files: a board that has older ones loads itself anew."""
    voice: Callable[[], bool]

    @property
    def late(self) -> int:
        return 0 if self.database.is_sqlite else LATE


class Channel:
    """One site's listeners. Belongs to the event loop."""

    def __init__(self, source: Source, site_id: str, pace: Callable[[], float]) -> None:
        self._source = source
        self._site_id = site_id
        self._pace = pace
        self._board: Board | None = None
        self._rows: set[int] = set()
        self._told: set[int] = set()
        self._states: dict[Cut, bytes] = {}
        self._lost = False
        self._limiter = anyio.CapacityLimiter(1)
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.listeners: set[Listener] = set()

    def join(self, listener: Listener) -> None:
        """Add a listener: it is told what it missed, and then what is shown."""
        self.listeners.add(listener)
        if self._board is not None:
            self._welcome(listener, self._board)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=f"board {self._site_id}")

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    def close(self) -> asyncio.Task[None] | None:
        """End every stream and the look-out; return its task, to be waited for."""
        for listener in self.listeners:
            listener.close()
        if self._task is not None:
            self._task.cancel()
        return self._task

    async def _run(self) -> None:
        woken = False
        whole, tick = time.monotonic() + WHOLE_S, time.monotonic() + TICK_S
        try:
            while self.listeners:
                now = time.monotonic()
                try:
                    await self._look(whole=woken or now >= whole)
                    if now >= whole:
                        whole = time.monotonic() + WHOLE_S
                except Exception as error:  # whatever it is, the boards are told, and it is tried again
                    self._outage(error)
                if now >= tick:
                    tick = now + TICK_S
                    self._to_all(self._tick())
                woken = await self._pause()
        finally:
            self._task, self._board = None, None

    async def _pause(self) -> bool:
        """Wait for the next look; return whether something is known to have happened."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(OUTAGE_S if self._lost else self._pace()):
                await self._wake.wait()
        woken = self._wake.is_set()
        self._wake.clear()
        return woken

    async def _look(self, *, whole: bool) -> None:
        first = self._board is None

        def read(session: Session) -> tuple[set[int], Board | None]:
            if not self._source.database.is_sqlite:  # or calls and counters would be those of two moments
                session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            rows: set[int] = set()
            if first:
                rows = {session.scalar(select(func.max(Call.id))) or 0}
            elif not whole and not self._lost:
                since = max(self._rows) - self._source.late
                rows = {row.id for row in calls_after(session, self._site_id, since)}
                if rows <= self._rows:
                    return rows, None
            return rows, view.read(session, self._source.catalogues, self._site_id, self._source.now())

        rows, board = await anyio.to_thread.run_sync(self._source.database.read, read, limiter=self._limiter)
        if first:
            self._rows, self._told, self._states = rows, set(), {}
        else:
            self._rows = rows | {max(self._rows)}
        if board is not None:
            self._show(board, first=first)

    def _show(self, board: Board, *, first: bool) -> None:
        before, self._board = self._board, board
        found = {row.id for row in board.calls}
        if first:
            self._told, self._lost = found, False
            for listener in self.listeners:
                self._welcome(listener, board)
            return
        assert before is not None
        fresh = [row for row in reversed(board.calls) if row.id not in self._told]
        self._told = found | (self._told if len(self._told) < REMEMBERED else set())
        by_cut: dict[Cut, list[Listener]] = defaultdict(list)
        for listener in self.listeners:
            by_cut[listener.cut].append(listener)
        states: dict[Cut, bytes] = {}
        for cut, listeners in by_cut.items():
            states[cut] = self._state(board, cut)
            piece = self._calls(board, cut, fresh)
            if self._lost or states[cut] != self._states.get(cut):
                piece += states[cut]
            if piece:
                for listener in listeners:
                    listener.put(piece)
        self._states, self._lost = states, False

    def _welcome(self, listener: Listener, board: Board) -> None:
        state = self._state(board, listener.cut)
        self._states.setdefault(listener.cut, state)
        missed: list[CallRow] = []
        if listener.after is not None:
            since = listener.after - self._source.late
            missed = [row for row in reversed(board.calls) if row.id > since]
        listener.put(
            f"retry: {RETRY_MS}\n\n".encode()
            + self._tick()
            + self._calls(board, listener.cut, missed)
            + state
            + (message("lost", {}) if self._lost else b"")
        )

    def _calls(self, board: Board, cut: Cut, rows: list[CallRow]) -> bytes:
        return b"".join(
            message("call", view.call(board, cut, row), row.id) for row in rows if cut.has(row.queue)
        )

    def _state(self, board: Board, cut: Cut) -> bytes:
        newest = board.calls[0].id if board.calls else 0
        shown = view.state(board, cut, self._source.build, voice=self._source.voice())
        return message("state", shown, newest)

    def _tick(self) -> bytes:
        return b": still here\n" + message("tick", {"now": int(self._source.now().timestamp() * 1000)})

    def _to_all(self, piece: bytes) -> None:
        for listener in self.listeners:
            listener.put(piece)

    def _outage(self, error: Exception) -> None:
        if not self._lost:
            log.error("the board of %s is not current: %s", self._site_id, error, exc_info=error)
            self._lost = True
            self._to_all(message("lost", {}))
