"""``ETag`` and 304 (RFC 9110, 13.1.2)."""

from __future__ import annotations

from starlette.responses import Response


def matches(asked: str | None, etag: str) -> bool:
    """Whether ``If-None-Match`` names ``etag``, weakly compared as the RFC asks of GET."""
    if asked is None:
        return False
    return asked.strip() == "*" or any(
        part.strip().removeprefix("W/") == f'"{etag}"' for part in asked.split(",")
    )


def answer(
    text: str, etag: str, asked: str | None, media_type: str = "application/json", status: int = 200
) -> Response:
    """Return ``text``, or 304 where the asker has it already."""
    headers = {"ETag": f'"{etag}"', "Cache-Control": "private, no-cache"}
    if matches(asked, etag):
        return Response(None, 304, headers)
    return Response(text, status, headers, media_type=media_type)
