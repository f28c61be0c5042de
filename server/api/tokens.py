"""``POST /tokens``: a device changes its token."""

from __future__ import annotations

from fastapi import APIRouter

from kiosk.sync.wire import PREFIX, NewToken
from server import enrolment
from server.api.access import AskingDevice, Worker
from server.api.documents import answers

router = APIRouter(prefix=PREFIX, tags=["devices"])


@router.post("/tokens", status_code=201, responses=answers(401, 403))
def rotate_token(asking: AskingDevice, worker: Worker) -> NewToken:
    """Get a new token. The present one works until the new one is first used."""
    return NewToken(
        token=worker.database.write(lambda session: enrolment.rotate(session, asking, worker.now()))
    )
