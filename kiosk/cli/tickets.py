"""``main.py tickets``: the tickets of a day, for staff: list, show, reprint, void, export."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.cli.context import open_context
from kiosk.cli.faults import Refused

if TYPE_CHECKING:
    from kiosk.core.record import Ticket
    from kiosk.desk import Desk
    from kiosk.site import SiteData
    from kiosk.store import Store

STATES: Final = ("reserved", "sending", "printed", "unconfirmed", "not_printed", "voided")
NOT_FOUND: Final = "E-TCK-01"
NOT_WRITTEN: Final = "E-TCK-02"
COLUMNS: Final = (
    "number",
    "service",
    "agency",
    "queue",
    "service_day",
    "issued_at",
    "priority",
    "state",
    "cause",
    "kept",
    "void_reason",
    "copies",
    "language",
    "ticket",
)
"""What is exported. The page's token is not: whoever has it sees the ticket's page."""


def register(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("tickets", help="today's tickets: list, show, reprint, void, export")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    shared = argparse.ArgumentParser(add_help=False, parents=[common])
    shared.add_argument(
        "--day", type=_day, metavar="YYYY-MM-DD", help="service day (default: today at the site)"
    )
    as_json = argparse.ArgumentParser(add_help=False)
    as_json.add_argument("--json", action="store_true", help="one JSON document on standard output")
    one = argparse.ArgumentParser(add_help=False)
    one.add_argument("ticket", metavar="TICKET", help="number (C-001), UUID, or what its QR holds")
    act = argparse.ArgumentParser(add_help=False)
    act.add_argument("--why", required=True, help="the reason, for the audit trail")
    act.add_argument(
        "--who", default="command", help="who asks for it, for the audit trail (default: command)"
    )

    listing = actions.add_parser("list", parents=[shared, as_json], help="the tickets of a day")
    listing.add_argument("--only", choices=STATES, metavar="OUTCOME", help=f"only these: {', '.join(STATES)}")
    listing.set_defaults(run=list_tickets)
    show = actions.add_parser("show", parents=[shared, as_json, one], help="one ticket with its events")
    show.set_defaults(run=show_ticket)
    reprint = actions.add_parser(
        "reprint", parents=[shared, as_json, one, act], help="print a copy, marked SALINAN"
    )
    reprint.set_defaults(run=reprint_ticket)
    void = actions.add_parser(
        "void", parents=[shared, as_json, one, act], help="give a ticket up: nobody calls it"
    )
    void.set_defaults(run=void_ticket)
    export = actions.add_parser("export", parents=[shared], help="the tickets of a day as a table")
    export.add_argument("--format", choices=("csv", "json"), help="default: csv, or what FILE ends in")
    export.add_argument("--json", action="store_true", help="the same as --format json")
    export.add_argument("--out", type=Path, metavar="FILE", help="write it there (default: standard output)")
    export.set_defaults(run=export_tickets)


def list_tickets(options: argparse.Namespace) -> int:
    """Print the tickets of a day, in the order they were issued."""
    with _store(options) as (store, _):
        tickets = _tickets_of(store, options)
    if options.json:
        print(json.dumps({"day": options.day.isoformat(), "tickets": [as_row(one) for one in tickets]}))
        return 0
    for ticket in tickets:
        print(_line(ticket))
    print(f"{len(tickets)} tickets on {options.day.isoformat()}")
    return 0


def show_ticket(options: argparse.Namespace) -> int:
    """Print one ticket and what happened to it."""
    with _store(options) as (store, site_data):
        ticket = find(store, site_data, options)
        history = store.history(ticket)
    if options.json:
        print(json.dumps(as_row(ticket) | {"events": history}))
        return 0
    for name, value in as_row(ticket).items():
        print(f"{name:12} {'' if value is None else value}")
    for event in history:
        told = "server has it" if event["acknowledged_at"] else "waits for the server"
        print(f"{event['occurred_at']}  {event['type']}  (seq {event['seq']}, {told})")
    return 0


def reprint_ticket(options: argparse.Namespace) -> int:
    """Print a copy; exit code 1 where nothing came out."""
    with _desk(options) as (desk, site_data):
        ticket = find(desk.store, site_data, options)
        verdict = desk.reprint(ticket.uuid, options.who, options.why)
        after = desk.find(ticket.uuid)
    cause = verdict.cause.value if verdict.cause else None
    if options.json:
        print(json.dumps({"outcome": verdict.outcome.value, "cause": cause} | as_row(after)))
    else:
        why = f" ({cause}: {verdict.detail})" if cause else ""
        print(f"{after.display}  copy {after.copies}  {verdict.outcome.value}{why}")
    return 1 if verdict.outcome.value == "not_printed" else 0


def void_ticket(options: argparse.Namespace) -> int:
    """Void a ticket."""
    with _desk(options) as (desk, site_data):
        ticket = find(desk.store, site_data, options)
        desk.void(ticket.uuid, options.why, options.who)
        after = desk.find(ticket.uuid)
    print(json.dumps(as_row(after)) if options.json else f"{after.display}  voided: {after.void_reason}")
    return 0


def export_tickets(options: argparse.Namespace) -> int:
    """Write the tickets of a day as CSV or JSON."""
    ending = options.out.suffix.removeprefix(".").lower() if options.out else ""
    form = options.format or ("json" if options.json or ending == "json" else "csv")
    with _store(options) as (store, _):
        rows = [as_row(ticket) for ticket in _tickets_of(store, options)]
    if form == "json":
        text = json.dumps({"day": options.day.isoformat(), "tickets": rows}, indent=1) + "\n"
    else:
        table = io.StringIO(newline="")
        writer = csv.DictWriter(table, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
        text = table.getvalue()
    if options.out is None:
        sys.stdout.write(text)
        return 0
    try:
        options.out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise Refused(NOT_WRITTEN, f"{options.out}: cannot be written: {error.strerror}") from error
    print(f"{options.out}: {len(rows)} tickets of {options.day.isoformat()}", file=sys.stderr)
    return 0


def as_row(ticket: Ticket) -> dict[str, str | int | bool | None]:
    """Return a ticket as exported: see COLUMNS."""
    return {
        "number": ticket.display,
        "service": ticket.service,
        "agency": ticket.agency,
        "queue": ticket.queue,
        "service_day": ticket.service_day.isoformat(),
        "issued_at": ticket.issued_at.isoformat(timespec="seconds"),
        "priority": ticket.priority,
        "state": ticket.state.value,
        "cause": ticket.cause,
        "kept": ticket.kept,
        "void_reason": ticket.void_reason,
        "copies": ticket.copies,
        "language": ticket.language,
        "ticket": ticket.uuid,
    }


def find(store: Store, site_data: SiteData, options: argparse.Namespace) -> Ticket:
    """Return the ticket that ``options.ticket`` names: UUID, number of the day, or what a QR holds."""
    from kiosk.core.numbers import parse_number
    from kiosk.core.tickets import CodeError, PageToken, is_code_of, parse_payload

    wanted = options.ticket.strip()
    if found := store.ticket(wanted.lower()):
        return found
    numbers = site_data.site.numbers
    for number in parse_number(wanted, numbers, site_data.catalogue.queue_by_code):
        if found := store.ticket_by_number(number.queue, number.value, options.day):
            return found
    try:
        read = parse_payload(wanted, open_context(options).settings.server.url)
    except CodeError as error:
        raise Refused(NOT_FOUND, f"no ticket {wanted!r} on {options.day}: {error}") from error
    if isinstance(read, PageToken):
        found = store.ticket_by_token(read.token)
    else:
        for number in parse_number(read.number, numbers, site_data.catalogue.queue_by_code):
            found = store.ticket_by_number(number.queue, number.value, read.day)
            if found and is_code_of(read, site_data.site.id, found.service_day, found.display, found.uuid):
                break
            found = None
    if found is None:
        raise Refused(NOT_FOUND, f"no ticket {wanted!r} in {store.path}")
    return found


@contextmanager
def _store(options: argparse.Namespace) -> Iterator[tuple[Store, SiteData]]:
    """Open the store alone: reading needs neither desk nor printer."""
    from kiosk.cli.desk_faults import as_refusal
    from kiosk.desk import site_zone
    from kiosk.desk_setup import open_store

    context = open_context(options)
    with as_refusal():
        store = open_store(context.state, context.site_data, context.clock)
        try:
            options.day = (
                options.day or context.clock.utc().astimezone(site_zone(context.site_data.site)).date()
            )
            yield store, context.site_data
        finally:
            store.close()


@contextmanager
def _desk(options: argparse.Namespace) -> Iterator[tuple[Desk, SiteData]]:
    from kiosk.cli.desk_faults import as_refusal

    context = open_context(options)
    with as_refusal():
        desk = context.desk()
        try:
            options.day = options.day or desk.today()
            yield desk, context.site_data
        finally:
            desk.close()


def _tickets_of(store: Store, options: argparse.Namespace) -> list[Ticket]:
    from kiosk.core.record import TicketState
    from kiosk.store import TicketQuery

    wanted = getattr(options, "only", None)
    return store.tickets(TicketQuery(options.day, TicketState(wanted) if wanted else None))


def _line(ticket: Ticket) -> str:
    more = ticket.void_reason or ticket.cause or ("kept" if ticket.kept else "")
    marks = f"{'P' if ticket.priority else ' '}{ticket.copies or ' '}"
    return f"{ticket.display:8} {ticket.issued_at:%H:%M} {ticket.service:6} {marks} {ticket.state:12} {more}".rstrip()


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: a date like 2026-11-24") from error
