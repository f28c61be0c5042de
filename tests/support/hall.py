"""A hall for tests: tickets that wait, officers at the pages, what they press and what they see."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import select

from server import event_reading, ingest
from server.db.database import Database
from server.db.models import Ticket
from server.users import Role
from tests.support.pages import Browser, add_person
from tests.support.server_driver import NOON, Kiosk


def officer(app: FastAPI, database: Database, name: str) -> Browser:
    """Return the browser of an officer who is signed in."""
    browser = Browser(app)
    browser.enter(database, add_person(database, name, Role.OFFICER), "/loket")
    return browser


def tell(database: Database, kiosk: Kiosk, told: list[dict[str, object]]) -> None:
    """Let the server hear events of ``kiosk``."""
    good, bad = event_reading.read(told, UUID(kiosk.id))
    assert not bad
    database.write(lambda session: ingest.ingest(session, UUID(kiosk.id), good, NOON))


def issue(database: Database, kiosk: Kiosk, values: Iterable[int], **more: object) -> None:
    """Issue and print tickets with these numbers, a minute apart in the hour before NOON."""
    told = []
    for value in values:
        at = NOON - dt.timedelta(minutes=60 - value)
        ticket = kiosk.ticket(value, at=at, **more)  # type: ignore[arg-type]
        told += [kiosk.issued(ticket), kiosk.printed(ticket)]
    tell(database, kiosk, told)


def does(browser: Browser, what: str, **data: object) -> str:
    """Press a button; return the page that comes."""
    answer = browser.post(f"/loket/{what}", data)
    assert answer.status_code == 303, answer.text
    return browser.get(answer.headers["Location"]).text


def at_hand(page: str) -> str | None:
    """Return the number at the counter, as the page shows it."""
    found = re.search(r'class="big number">([^<]+)<', page)
    return found[1] if found else None


def ticket_of(page: str) -> str:
    """Return the ticket that the page's buttons are about."""
    found = re.search(r'name="ticket" value="([0-9a-f-]{36})"', page)
    assert found
    return found[1]


def states(database: Database) -> dict[str, str]:
    """Return number → state of every ticket."""
    return database.read(
        lambda session: {row.number: row.call_state for row in session.scalars(select(Ticket))}
    )
