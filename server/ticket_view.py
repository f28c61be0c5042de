"""What the visitor's phone shows of a ticket: its number, the people ahead, the counter. Nothing about who holds it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from server import line, words
from server.catalogue import Catalogues, SiteDocument
from server.db.models import Ticket
from server.queue_rules import Rule, ahead, can_be_called

NEAR: Final = 3
"""People ahead, at which the turn is near."""


@dataclass(frozen=True)
class TicketView:
    """One page's content, in one language."""

    state: str
    """waiting, called, serving, done, no_show, voided, not_yet, past: the page's colour follows it."""
    number: str
    headline: str
    hint: str
    service: str
    site: str
    region: str
    language: str
    far: bool
    """More than a few people are ahead: the phone need not ask often."""
    time: str
    """The site's wall clock, as people read it."""


def find(
    session: Session,
    catalogues: Catalogues,
    token: str,
    rule: Rule,
    *,
    now: dt.datetime,
    asked: str | None,
    accepted: str,
) -> TicketView | None:
    """Return the page of the ticket with this ``token``; None where no kiosk has told of it (yet)."""
    ticket = session.scalars(select(Ticket).where(Ticket.token == token)).one_or_none()
    if ticket is None:
        return None
    document = catalogues.current(session, ticket.site_id)
    language = words.choose(asked, accepted, ticket.language)
    state, headline, hint, count = _state(session, document, ticket, rule, now, language)
    service = document.catalogue.service_by_code.get(ticket.service)
    local = now.astimezone(document.zone)
    return TicketView(
        state=state,
        number=ticket.number,
        headline=headline,
        hint=hint,
        service=_plain(service.short, language) if service else "",
        site=_plain(document.site.name, language),
        region=_plain(document.site.region, language),
        language=language,
        far=state == "waiting" and count > NEAR,
        time=f"{local:%H.%M}" if language == "id" else f"{local:%H:%M}",
    )


def _state(
    session: Session, document: SiteDocument, ticket: Ticket, rule: Rule, now: dt.datetime, language: str
) -> tuple[str, str, str, int]:
    def said(state: str, **values: object) -> tuple[str, str, str, int]:
        hint = f"{state}_hint"
        return (
            state,
            words.say(state, language, **values),
            words.say(hint, language, **values) if hint in words.WORDS else "",
            0,
        )

    if ticket.voided_at is not None:
        return said("voided")
    counter = f"{_plain(document.site.counter_word, language)} {ticket.counter}"
    if ticket.call_state in ("called", "serving"):
        return said(ticket.call_state, counter=counter)
    if ticket.call_state in ("done", "no_show"):
        return said(ticket.call_state)
    if ticket.service_day != document.day(now):
        return said("past", day=ticket.service_day.strftime("%d-%m-%Y"))
    if not can_be_called(
        paper=ticket.paper,
        kept=ticket.kept,
        voided=False,
        issued=ticket.issued_at is not None,
        call_state=ticket.call_state,
    ):
        return said("not_yet")
    people = line.waiting(session, ticket.site_id, ticket.service_day, [ticket.call_queue])[ticket.call_queue]
    in_a_row = line.regular_in_a_row(session, ticket.site_id, ticket.service_day, ticket.call_queue)
    count = ahead(ticket.uuid, people, rule, in_a_row) or 0
    if count == 0:
        return "waiting", words.say("ahead_none", language), words.say("ahead_hint_none", language), 0
    headline = words.say("ahead_one" if count == 1 else "ahead_many", language, count=count)
    return "waiting", headline, words.say("ahead_hint", language), count


def _plain(text: dict[str, str], language: str) -> str:
    return (text.get(language) or text["id"]).replace("\u00ad", "")
