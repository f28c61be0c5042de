"""The wire contract's routes. Each is a few lines: read, one transaction, answer."""

from __future__ import annotations

from fastapi import APIRouter

from server.api import catalogue, enrolments, events, heartbeats, queues, tickets, tokens


def router() -> APIRouter:
    """Return every route under ``/api/v1``."""
    made = APIRouter()  # each part has the prefix itself, so that a route's own path is its whole path
    for part in (enrolments, tokens, catalogue, tickets, events, queues, heartbeats):
        made.include_router(part.router)
    return made
