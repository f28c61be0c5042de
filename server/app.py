"""The application: its routes, what stands around them, and nothing that happens at import time."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from anyio import to_thread
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

from kiosk.sync.wire import PREFIX
from server import api, problems
from server.api import documents
from server.db.database import POOL, Database, utc_now
from server.keeper import Keeper
from server.middleware import BodyLimit, Guard
from server.pages import board, counter, faults, health, manage, service, session, ticket, today
from server.pages.rendering import STATIC, CachedFiles
from server.services import Services
from server.settings import Settings

DESCRIPTION = """The central server of Anjungan: it allots queue numbers, keeps every ticket and event of the
kiosks, and tells who is next. Every error is a problem document (RFC 9457) with a stable `code`. Times are
UTC with offset."""


def create_app(settings: Settings, database: Database, now: Callable[[], dt.datetime] = utc_now) -> FastAPI:
    """Return the application on ``database``, which it closes when it ends."""
    services = Services(settings, database, now)
    keeper = Keeper(services)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # As many threads as connections: more would only stand in each other's way for the interpreter's lock.
        current_default_thread_limiter().total_tokens = POOL
        services.board.close_at_signals()
        keeper.start()
        yield
        await services.board.stop()
        await to_thread.run_sync(keeper.stop)
        database.close()

    app = FastAPI(
        title="Anjungan",
        version="1",
        description=DESCRIPTION,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # its pages fetch scripts from elsewhere; docs/server.md names tools that read the document
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.services = services
    app.include_router(api.router())
    app.include_router(ticket.router)
    app.include_router(board.router)
    app.include_router(service.router)
    app.include_router(session.router)
    app.include_router(counter.router)
    app.include_router(today.router)
    app.include_router(manage.router())
    app.include_router(health.router)
    app.mount("/static", CachedFiles(directory=STATIC), name="static")
    problems.install(app)
    faults.install(app)
    documents.install(app)
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, most=settings.max_body_bytes)
    app.add_middleware(Guard, metrics=services.metrics)
    return app
