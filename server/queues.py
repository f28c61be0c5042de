"""What waits, was called and is closed: the answer of ``GET /queues``."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.sync.wire import Called, Closure, Queues, QueueState
from server.catalogue import SiteDocument
from server.db.models import Call, Ticket
from server.line import callable_now


def queues(session: Session, document: SiteDocument, now: dt.datetime) -> Queues:
    """Return the state of every queue of the site today."""
    site_id, day = document.site.id, document.day(now)
    counted = (
        select(
            Ticket.call_queue, func.count().label("waiting"), func.min(Ticket.waiting_since).label("oldest")
        )
        .where(Ticket.site_id == site_id, Ticket.service_day == day, callable_now())
        .group_by(Ticket.call_queue)
    )
    line = {row.call_queue: (row.waiting, row.oldest) for row in session.execute(counted)}
    called = _last_calls(session, document, now)
    states = tuple(
        QueueState(
            code=queue.code,
            waiting=line.get(queue.code, (0, None))[0],
            oldest_issued_at=line.get(queue.code, (0, None))[1],
            last_called=called.get(queue.code),
        )
        for queue in document.catalogue.queues
    )
    closures = tuple(
        Closure(service=service.code, text=service.closed)
        for service in document.catalogue.services
        if service.closed is not None
    )
    return Queues(service_day=day, queues=states, closures=closures)


def _last_calls(session: Session, document: SiteDocument, now: dt.datetime) -> dict[str, Called]:
    midnight = dt.datetime.combine(document.day(now), dt.time.min, tzinfo=document.zone)
    newest = (
        select(func.max(Call.id))
        .where(Call.site_id == document.site.id, Call.at >= midnight, Call.what.in_(("called", "recalled")))
        .group_by(Call.queue)
    )
    rows = session.scalars(select(Call).where(Call.id.in_(newest)))
    return {row.queue: Called(number=row.number, counter=row.counter, at=row.at) for row in rows}
