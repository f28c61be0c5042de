"""A lobby for tests of what people see there: tickets that were printed, officers who call them."""

from __future__ import annotations

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

from server import calling, event_reading, ingest
from server.calling import Desk
from server.db.database import Database
from server.queue_rules import Rule
from tests.support.server_driver import NOON, SITE, Kiosk, enrol


class Lobby:
    """One day of the sample site on ``database``, at one moment."""

    def __init__(self, database: Database, now: dt.datetime = NOON) -> None:
        self.database = database
        self.now = now
        """The wall clock where the server has none of its own: a process cannot be told another time."""
        self.day = now.astimezone(ZoneInfo("Asia/Jakarta")).date()
        self.kiosk = Kiosk.of(enrol(database, now=now))

    def tell(self, *events: dict[str, object]) -> None:
        """Take in what the kiosk says."""
        good, bad = event_reading.read(list(events), UUID(self.kiosk.id))
        assert not bad
        self.database.write(lambda session: ingest.ingest(session, UUID(self.kiosk.id), good, self.now))

    def issue(self, *values: int, queue: str = "C", priority: bool = False) -> list[str]:
        """Print tickets; return the tokens of their pages."""
        tickets = [
            self.kiosk.ticket(
                value,
                queue=queue,
                service=f"{queue}01",
                priority=priority,
                day=self.day,
                at=self.now + dt.timedelta(milliseconds=value),
            )
            for value in values
        ]
        for ticket in tickets:
            self.tell(self.kiosk.issued(ticket), self.kiosk.printed(ticket))
        return [ticket.token for ticket in tickets]

    def desk(self, counter: str, *queues: str) -> Desk:
        return Desk(SITE, counter, queues or ("C",), "bagas")

    def call(self, counter: str, *queues: str) -> UUID:
        """Call the next number of the queues to a counter; return its ticket."""
        desk = self.desk(counter, *queues)
        ticket = self.database.write(
            lambda session: calling.call_next(session, desk, self.day, Rule(), self.now)
        )
        assert ticket is not None, "nobody waits"
        return ticket.uuid

    def again(self, ticket: UUID, counter: str) -> None:
        """Call it once more."""
        self.database.write(lambda session: calling.call_again(session, self.desk(counter), ticket, self.now))

    def finish(self, ticket: UUID, counter: str) -> None:
        """The visitor is served."""
        self.database.write(lambda session: calling.finish(session, self.desk(counter), ticket, self.now))

    def void(self, ticket: UUID) -> None:
        """Its kiosk voids it."""
        self.tell(self.kiosk.voided(self.kiosk.tickets[str(ticket)]))
