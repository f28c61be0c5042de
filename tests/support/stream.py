"""A board's stream as a browser reads it, over a real socket."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from types import TracebackType
from typing import Any

PATIENCE_S = 20.0


@dataclass(frozen=True)
class Event:
    """One server-sent event."""

    name: str
    data: Any
    id: str | None


class Stream:
    """``GET /papan/kejadian``: read event by event, each within a deadline."""

    def __init__(
        self, port: int, query: str = "", last: int | None = None, timeout: float = PATIENCE_S
    ) -> None:
        self._http = HTTPConnection("127.0.0.1", port, timeout=timeout)
        headers = {"Last-Event-ID": str(last)} if last is not None else {}
        self._http.request("GET", f"/papan/kejadian{query}", headers=headers)
        self._answer = self._http.getresponse()
        self.status = self._answer.status
        self.headers = dict(self._answer.getheaders())
        self.last = last

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._answer.close()
        self._http.close()

    def next(self) -> Event | None:
        """Return the next event; None where the server has ended the stream in good order."""
        name, data, place = "message", "", None
        while line := self._answer.readline():
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                data = value
            elif field == "id":
                place, self.last = value, int(value)
            elif not field and data:
                return Event(name, json.loads(data), place)
        return None

    def until(self, fits: Callable[[Event], bool]) -> list[Event]:
        """Return every event up to the first that fits."""
        found: list[Event] = []
        while event := self.next():
            found.append(event)
            if fits(event):
                return found
        raise AssertionError(f"the stream ended after {found}")

    def state(self) -> list[Event]:
        """Return every event up to the next state."""
        return self.until(lambda event: event.name == "state")

    def call(self, number: str) -> Event:
        """Wait for the call of ``number``."""
        return self.until(lambda event: event.name == "call" and event.data["number"] == number)[-1]
