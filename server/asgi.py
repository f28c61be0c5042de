"""The entry of each worker process: settings come from the process that started it."""

from __future__ import annotations

import os

from fastapi import FastAPI

from server import log
from server.app import create_app
from server.db.database import Database
from server.settings import HANDED_ON, Settings
from server.setup import hold


def app() -> FastAPI:
    """Return the application of this worker (uvicorn's factory)."""
    settings = Settings.model_validate_json(os.environ[HANDED_ON])
    log.set_up(settings.log_level)
    database = Database(settings.database_url)
    hold(database)  # until this process ends
    return create_app(settings, database)
