"""Allotting numbers: the next of the series, under the database's own lock, once for each ticket's UUID.

The row of a queue's day (``queue_days``) is raised and returned by one statement. Whoever asks next waits at that row
until the transaction ends: committed, it sees the raised number; rolled back (a full series, a quota, a UUID
that was faster), the number was never given. So the numbers have no gaps and none is given twice, with any
number of workers.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from kiosk.core.catalogue import Queue, Service
from kiosk.core.numbers import format_number, series_band
from kiosk.sync import wire
from kiosk.sync.wire import ProblemCode, TicketRequest
from server.catalogue import SiteDocument
from server.db.dialects import upsert
from server.db.models import Allotment, QueueDay, Ticket
from server.enrolment import Device
from server.errors import Refusal


def allot(
    session: Session, document: SiteDocument, device: Device, asked: TicketRequest, now: dt.datetime
) -> wire.Allotment:
    """Return the ticket's number: the one it has, or the next one. Raises Refusal, and then nothing is written."""
    known = session.get(Allotment, asked.ticket)
    if known is not None:
        return _again(known, device, asked)
    if session.get(Ticket, asked.ticket) is not None:
        raise Refusal(
            409, ProblemCode.TICKET_DIFFERS, "This ticket was printed with a number of its kiosk's own."
        )
    service, queue = _service(document, asked.service)
    day = document.day(now)
    if asked.service_day not in (None, day):
        raise Refusal(
            409, ProblemCode.DAY_DIFFERS, f"The server's service day is {day}, not {asked.service_day}."
        )
    band = series_band(document.site.numbers, None)
    value = _raise_series(session, document.site.id, day, queue.code)
    if value > band.last:
        raise Refusal(409, ProblemCode.SERIES_FULL, f"Queue {queue.code} has no number left on {day}.")
    _check_quota(session, document.site.id, day, service, queue)
    number = format_number(queue.code, value, document.site.numbers, None)
    row = Allotment(
        ticket=asked.ticket,
        kiosk_id=device.id,
        site_id=document.site.id,
        service_day=day,
        queue=queue.code,
        value=value,
        number=number,
        service=service.code,
        priority=asked.priority,
        at=now,
    )
    session.add(row)
    session.flush()  # a UUID that another request has just taken shows here, and the transaction starts again
    return _answer(row)


def _again(known: Allotment, device: Device, asked: TicketRequest) -> wire.Allotment:
    if (known.kiosk_id, known.service, known.priority) != (device.id, asked.service, asked.priority):
        raise Refusal(409, ProblemCode.TICKET_DIFFERS, "This ticket's UUID was used for another request.")
    return _answer(known)


def _answer(row: Allotment) -> wire.Allotment:
    return wire.Allotment(
        ticket=row.ticket,
        number=row.number,
        value=row.value,
        queue=row.queue,
        service=row.service,
        priority=row.priority,
        service_day=row.service_day,
        allotted_at=row.at,
    )


def _service(document: SiteDocument, code: str) -> tuple[Service, Queue]:
    service = document.catalogue.service_by_code.get(code)
    if service is None:
        raise Refusal(404, ProblemCode.SERVICE_UNKNOWN, f"There is no service {code}.")
    if service.closed is not None:
        raise Refusal(409, ProblemCode.SERVICE_CLOSED, service.closed["en"])
    return service, document.catalogue.queue_by_code[service.queue]


def _raise_series(session: Session, site_id: str, day: dt.date, queue: str) -> int:
    insert = upsert(session, QueueDay).values(
        site_id=site_id, service_day=day, queue=queue, last_value=1, regular_in_a_row=0
    )
    raised = insert.on_conflict_do_update(
        index_elements=["site_id", "service_day", "queue"], set_={"last_value": QueueDay.last_value + 1}
    ).returning(QueueDay.last_value)
    return int(session.execute(raised).scalar_one())


def raise_to(session: Session, site_id: str, given: dict[tuple[dt.date, str], int]) -> None:
    """Make sure that numbers go on above those that kiosks gave from the whole series by themselves."""
    for (day, queue), value in sorted(given.items()):  # one order for everybody: no waiting in a circle
        insert = upsert(session, QueueDay).values(
            site_id=site_id, service_day=day, queue=queue, last_value=value, regular_in_a_row=0
        )
        higher = case(
            (insert.excluded.last_value > QueueDay.last_value, insert.excluded.last_value),
            else_=QueueDay.last_value,
        )
        session.execute(
            insert.on_conflict_do_update(
                index_elements=["site_id", "service_day", "queue"], set_={"last_value": higher}
            )
        )


def _check_quota(session: Session, site_id: str, day: dt.date, service: Service, queue: Queue) -> None:
    """Count what was given today, voided tickets too. The queue's lock is held: nobody else adds to it now."""
    for quota, what, code in ((queue.quota, "queue", queue.code), (service.quota, "service", service.code)):
        if quota is not None and _given(session, site_id, day, what, code) >= quota:
            raise Refusal(
                409, ProblemCode.QUOTA_USED_UP, f"The quota of {what} {code} ({quota}) is used up today."
            )


def _given(session: Session, site_id: str, day: dt.date, what: str, code: str) -> int:
    total = 0
    for model in (Ticket, Allotment):
        column = model.queue if what == "queue" else model.service
        rows = select(func.count()).select_from(model)
        rows = rows.where(model.site_id == site_id, model.service_day == day, column == code)
        if model is Allotment:  # the others are counted as tickets
            reported = select(Ticket.uuid).where(Ticket.uuid == Allotment.ticket).exists()
            rows = rows.where(Allotment.given_up_at.is_(None), ~reported)
        total += session.scalar(rows) or 0
    return total
