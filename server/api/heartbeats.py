"""``POST /heartbeats``: how a device is, and what it is to know."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy.orm import Session

from kiosk.sync.wire import PREFIX, Heartbeat, HeartbeatAnswer
from server import heartbeats
from server.api.access import AskingDevice, Worker
from server.api.documents import answers

router = APIRouter(prefix=PREFIX, tags=["devices"])


@router.post("/heartbeats", responses=answers(401, 403))
def post_heartbeat(told: Heartbeat, asking: AskingDevice, worker: Worker) -> HeartbeatAnswer:
    """Tell version, printer, paper, outbox, disk and clock; hear of a new catalogue and of a lock."""

    def work(session: Session) -> HeartbeatAnswer:
        version = worker.catalogues.current(session, asking.site_id).number
        return heartbeats.take(session, asking.id, told, version, worker.now())

    return worker.database.write(work)
