"""``POST /tickets``: the next number."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy.orm import Session

from kiosk.sync.wire import PREFIX, Allotment, TicketRequest
from server import numbers
from server.api.access import AskingDevice, Worker
from server.api.documents import answers

router = APIRouter(prefix=PREFIX, tags=["tickets"])


@router.post("/tickets", responses=answers(401, 403, 404, 409))
def allot_number(asked: TicketRequest, asking: AskingDevice, worker: Worker) -> Allotment:
    """Allot a number. The same ticket's UUID gets the same answer for ever."""

    def work(session: Session) -> Allotment:
        document = worker.catalogues.current(session, asking.site_id)
        return numbers.allot(session, document, asking, asked, worker.now())

    found = worker.database.write(work)
    worker.metrics.number()
    return found
