"""The boards of one worker: a channel for each site that somebody looks at, and PostgreSQL's notices for all."""

from __future__ import annotations

import asyncio
import signal
import threading
from types import FrameType
from typing import Final

from server.board.channel import WHOLE_S, Channel, Source
from server.board.listen import Notices
from server.board.listener import EventStream, Full, Listener
from server.board.view import Cut

SQLITE_S: Final = 0.1
DEAF_S: Final = 0.25
"""On PostgreSQL while its notices do not come."""


class Hub:
    """Every channel of a worker. Belongs to the event loop, but for its making."""

    def __init__(self, source: Source, most: int) -> None:
        self._source = source
        self._most = most
        self._channels: dict[str, Channel] = {}
        self._notices = None if source.database.is_sqlite else Notices(source.database, self._heard)
        self._listening: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def build(self) -> str:
        """What changes with the page's own files."""
        return self._source.build

    @property
    def count(self) -> int:
        """How many listen."""
        return sum(len(channel.listeners) for channel in self._channels.values())

    def stream(self, cut: Cut, after: int | None) -> EventStream:
        """Return the answer to a board that asks for ``cut`` and had the calls up to ``after``."""
        return EventStream(Listener(cut, after), self._join, self._leave)

    def _join(self, listener: Listener) -> None:
        if self._closed or self.count >= self._most:
            raise Full
        if self._notices is not None and self._listening is None:
            self._listening = asyncio.create_task(self._notices.run(), name="board notices")
        site = listener.cut.site_id
        if site not in self._channels:
            self._channels[site] = Channel(self._source, site, self._pace)
        self._channels[site].join(listener)

    def _leave(self, listener: Listener) -> None:
        self._channels[listener.cut.site_id].listeners.discard(listener)

    def _pace(self) -> float:
        if self._notices is None:
            return SQLITE_S
        return WHOLE_S if self._notices.live else DEAF_S

    def _heard(self, site_id: str) -> None:
        """A notice names its site; the empty one is for everybody."""
        for site, channel in self._channels.items():
            if site_id in ("", site):
                channel.wake()

    def close(self) -> list[asyncio.Task[None]]:
        """End every stream, now and from now on; return the tasks that end with them."""
        self._closed = True
        ending = [task for channel in self._channels.values() if (task := channel.close()) is not None]
        if self._listening is not None:
            self._listening.cancel()
            ending.append(self._listening)
        return ending

    async def stop(self) -> None:
        """Close, and wait until nothing of it runs any more."""
        await asyncio.gather(*self.close(), return_exceptions=True)

    def close_at_signals(self) -> None:
        """Close as soon as the process is asked to stop: the server waits for every answer, and a stream has no end.

        Does nothing outside the main thread, where no signal arrives.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            before = signal.getsignal(number)

            def stop(got: int, frame: FrameType | None, before: object = before) -> None:
                loop.call_soon_threadsafe(self.close)
                if callable(before):
                    before(got, frame)

            signal.signal(number, stop)
