"""The line as the database has it: who waits in a queue today, in one place for calls, boards and phones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from server.db.models import QueueDay, Ticket
from server.queue_rules import Rule, Waiting
from server.settings import Settings


def rule_of(settings: Settings) -> Rule:
    """Return the priority rule of the settings."""
    return Rule(settings.priority_rule, settings.priority_after)


def callable_now() -> ColumnElement[bool]:
    """``queue_rules.can_be_called`` as SQL. A test holds that both say the same of every ticket."""
    holds = or_(
        Ticket.paper.in_(("printed", "unconfirmed")), and_(Ticket.paper == "not_printed", Ticket.kept)
    )
    return and_(
        Ticket.call_state == "waiting", Ticket.issued_at.is_not(None), Ticket.voided_at.is_(None), holds
    )


def waiting(session: Session, site_id: str, day: dt.date, queues: Sequence[str]) -> dict[str, list[Waiting]]:
    """Return who waits in each of ``queues`` on ``day``; every queue is a key."""
    query = select(Ticket.call_queue, Ticket.uuid, Ticket.priority, Ticket.waiting_since).where(
        Ticket.site_id == site_id, Ticket.service_day == day, Ticket.call_queue.in_(queues), callable_now()
    )
    found: dict[str, list[Waiting]] = {queue: [] for queue in queues}
    for row in session.execute(query):
        found[row.call_queue].append(Waiting(row.uuid, row.priority, row.waiting_since))
    return found


def regular_in_a_row(session: Session, site_id: str, day: dt.date, queue: str) -> int:
    """Return how many regular tickets of ``queue`` were called since the last priority one."""
    row = session.get(QueueDay, (site_id, day, queue))
    return row.regular_in_a_row if row else 0
