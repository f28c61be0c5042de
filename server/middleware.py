"""What stands around every request: the last word on faults, size limits, security headers, one log line, metrics.

Plain ASGI, so that a streaming answer streams.
"""

from __future__ import annotations

import logging
import time
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiosk.sync.wire import ProblemCode
from server import problems
from server.metrics import Metrics

log = logging.getLogger("server.requests")

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # a ticket's address is its secret
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
ONE_YEAR: Final = "max-age=31536000"


class Guard:
    """The outermost layer."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 0

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", ONE_YEAR)
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except ClientDisconnect:
            log.info("%s %s: the asker has gone", scope["method"], route_of(scope))
        except Exception as error:
            # The one place where every fault ends: what is not known by name is logged here and told to nobody.
            answer = (
                problems.unavailable(error)
                if problems.is_outage(error)
                else problems.internal(error, route_of(scope))
            )
            if status:  # the answer has begun: it can only be cut short, so that nobody takes it for whole
                raise
            await answer(scope, receive, guarded)
        finally:
            took = time.perf_counter() - began
            self._metrics.request(scope["method"], route_of(scope), status, took)
            # The route's pattern and not its address: a ticket's token is never in the log.
            log.info("%s %s %d %.1f ms", scope["method"], route_of(scope), status, took * 1000)


def route_of(scope: Scope) -> str:
    """Return the pattern of the route that answered (``/t/{token}``), never the address itself."""
    route = scope.get("route")
    path = getattr(route, "path_format", None) or getattr(route, "path", None)
    return str(path) if path else "other"


class BodyLimit:
    """Refuses a body above ``most`` bytes, by its announced length or, without one, where it gets too long."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most
        self._detail = f"The request is too large; allowed: {most} bytes."

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if not announced.isdigit() or int(announced) > self._most:
            headers = {"Connection": "close"}  # what is still on its way is not a new request
            answer = problems.response(413, ProblemCode.TOO_LARGE, self._detail, headers=headers)
            await answer(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._most:
                raise HTTPException(413, self._detail, headers={"Connection": "close"})
            return message

        await self._app(scope, counted, send)
