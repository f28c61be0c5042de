"""``POST /events``: a batch from a kiosk's outbox, an answer for each."""

from __future__ import annotations

from fastapi import APIRouter

from kiosk.sync.wire import PREFIX, EventAnswers, EventBatch
from server import event_reading, ingest
from server.api.access import AskingDevice, Worker
from server.api.documents import answers

router = APIRouter(prefix=PREFIX, tags=["events"])


@router.post("/events", responses=answers(401, 403))
def post_events(batch: EventBatch, asking: AskingDevice, worker: Worker) -> EventAnswers:
    """Take events in. Sent again, in any order, they change nothing; a rejected one never blocks the others."""
    now = worker.now()
    good, bad = event_reading.read(batch.events, asking.id)
    done = worker.database.write(lambda session: ingest.ingest(session, asking.id, good, now)) if good else []
    told = sorted((*done, *bad), key=lambda answer: answer.index)
    for answer in told:
        worker.metrics.events(answer.status.value, 1)
    return EventAnswers(answers=tuple(told), server_time=now)
