"""One board's browser, as the channel sees it: a queue that is never waited for, and the stream that empties it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kiosk.sync.wire import ProblemCode
from server import problems
from server.board.view import Cut

KEPT: Final = 64
"""Pieces that wait for a slow listener; one more and it is sent away, to come back and be told anew."""
SEND_S: Final = 30.0
"""How long a browser may take nothing at all."""
RETRY_MS: Final = 2000


def message(event: str, data: Any, number: int | None = None) -> bytes:
    """Return one server-sent event; ``number`` is what a browser that comes back names as the last it had."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    place = f"id: {number}\n" if number is not None else ""
    return f"{place}event: {event}\ndata: {text}\n\n".encode()


class Listener:
    """What is still to be sent to one browser."""

    def __init__(self, cut: Cut, after: int | None = None) -> None:
        self.cut = cut
        self.after = after
        """The last call it had before it was cut off."""
        self.closed = False
        self._pieces: deque[bytes] = deque()
        self._news = asyncio.Event()

    def put(self, piece: bytes) -> None:
        """Add a piece. A listener that takes nothing is closed instead."""
        if len(self._pieces) >= KEPT:
            self.close()
        else:
            self._pieces.append(piece)
            self._news.set()

    def close(self) -> None:
        """End its stream."""
        self.closed = True
        self._news.set()

    async def next(self) -> bytes | None:
        """Wait for all that is to be sent now; None at the end."""
        await self._news.wait()
        if self.closed:
            return None
        self._news.clear()
        pieces = b"".join(self._pieces)
        self._pieces.clear()
        return pieces


class Full(Exception):
    """This worker has as many listeners as it may have."""


class EventStream(Response):
    """The answer that lasts: ``join`` when it begins, ``leave`` when it ends, however it ends."""

    def __init__(
        self, listener: Listener, join: Callable[[Listener], None], leave: Callable[[Listener], None]
    ) -> None:
        super().__init__(media_type="text/event-stream")
        self._listener, self._join, self._leave = listener, join, leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._join(self._listener)
        except Full:
            detail = "As many boards as this server may serve are connected (board_listeners)."
            refusal = problems.response(503, ProblemCode.UNAVAILABLE, detail, headers={"Retry-After": "10"})
            await refusal(scope, receive, send)
            return
        gone = asyncio.create_task(self._until_gone(receive))
        try:
            headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            with contextlib.suppress(TimeoutError):
                while (piece := await self._listener.next()) is not None:
                    async with asyncio.timeout(SEND_S):
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
                async with asyncio.timeout(SEND_S):
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._leave(self._listener)
            gone.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await gone

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            continue
        self._listener.close()
