"""``GET /queues``: waiting now, last called, closures."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Header
from sqlalchemy.orm import Session
from starlette.responses import Response

from kiosk.sync import wire
from kiosk.sync.wire import PREFIX
from server import queues
from server.api import etags
from server.api.access import AskingDevice, Worker
from server.api.documents import answers

router = APIRouter(prefix=PREFIX, tags=["site"])


@router.get("/queues", response_model=wire.Queues, responses=answers(304, 401, 403))
def get_queues(
    asking: AskingDevice, worker: Worker, if_none_match: Annotated[str | None, Header()] = None
) -> Response:
    """How many wait in each queue, who was called last, and what is closed."""

    def work(session: Session) -> wire.Queues:
        return queues.queues(session, worker.catalogues.current(session, asking.site_id), worker.now())

    text = worker.database.read(work).model_dump_json()
    return etags.answer(text, hashlib.sha256(text.encode()).hexdigest(), if_none_match)
