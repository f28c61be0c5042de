"""``main.py issue``: one ticket without the window, by the same desk."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from kiosk.cli.context import open_context
from kiosk.cli.faults import Refused

if TYPE_CHECKING:
    from kiosk.core.availability import Closed
    from kiosk.core.visit import Issued
    from kiosk.desk import Desk

DESCRIPTION = """\
Take a number for SERVICE (a service's code, such as C01) and print it, by the same desk as the kiosk's window; it may
run while the kiosk does.

Exit code 0: the paper is out (outcome "printed"), or bytes left and the printer cannot say (outcome "unconfirmed").
Exit code 1: no number was given (outcome "refused", cause says why), or a number was taken and did not print (outcome
"not_printed"). Nobody sees the number of a ticket without paper here, so it is voided; with --keep it stays valid and
counters call it.
"""


def register(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "issue",
        parents=[common],
        help="one ticket without the window, by the same desk",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("service", metavar="SERVICE", help="the service's code: C01")
    parser.add_argument("--priority", action="store_true", help="mark it as a priority ticket")
    parser.add_argument(
        "--language", choices=("id", "en"), help="language of the paper (default: the kiosk's)"
    )
    parser.add_argument("--keep", action="store_true", help="keep the number even where it did not print")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Issue one ticket; see DESCRIPTION for the exit codes."""
    from kiosk.cli.desk_faults import as_refusal
    from kiosk.core.availability import Closed

    context = open_context(options)
    try:
        with as_refusal():
            desk = context.desk()
            try:
                language = options.language or context.settings.kiosk.language
                answer = desk.issue(options.service, options.priority, language)
                if isinstance(answer, Closed):
                    return _refused(desk, answer, options)
                return _issued(desk, answer, options)
            finally:
                desk.close()
    except Refused as refusal:
        if not options.json:
            raise
        print(json.dumps(_refusal(options, refusal.code, str(refusal).removeprefix(f"{refusal.code}: "))))
        return 1


def _refusal(options: argparse.Namespace, cause: str, message: str) -> dict[str, str | None]:
    return {
        "ticket": None,
        "number": None,
        "service": options.service,
        "outcome": "refused",
        "cause": cause,
        "message": message,
    }


def _issued(desk: Desk, issued: Issued, options: argparse.Namespace) -> int:
    from kiosk.core.visit import Outcome
    from kiosk.words import cause_words

    kept = True
    if issued.outcome is Outcome.NOT_PRINTED:
        kept = options.keep
        if kept:
            desk.keep(issued.ticket)
        else:
            desk.void(issued.ticket, "not_printed", "command")
    ticket = desk.find(issued.ticket)
    if options.json:
        document = {
            "ticket": issued.ticket,
            "number": issued.number,
            "service": issued.service,
            "outcome": issued.outcome.value,
            "cause": issued.cause,
            "queue": ticket.queue,
            "service_day": ticket.service_day.isoformat(),
            "issued_at": ticket.issued_at.isoformat(timespec="seconds"),
            "priority": issued.priority,
            "state": ticket.state.value,
            "qr": issued.qr,
        }
        print(json.dumps(document, ensure_ascii=False))
    else:
        why = f": {cause_words(issued.cause, 'en').short}" if issued.cause else ""
        after = "" if issued.outcome is not Outcome.NOT_PRINTED else "; kept" if kept else "; voided"
        print(f"{issued.number}  {issued.outcome.value}{why}{after}  {issued.ticket}")
    return 1 if issued.outcome is Outcome.NOT_PRINTED else 0


def _refused(desk: Desk, closed: Closed, options: argparse.Namespace) -> int:
    from kiosk.core.availability import Reason
    from kiosk.words import closed_words

    words = closed_words(closed, desk.site, desk.now(), "en")
    message = words.long
    if closed.reason is Reason.UNKNOWN_SERVICE:
        allowed = ", ".join(service.code for service in desk.catalogue.services[:5])
        message = f"{options.service!r} is not a service; allowed: a code of the catalogue, such as {allowed}"
    if options.json:
        document = _refusal(options, closed.reason.value, message)
        print(json.dumps(document, ensure_ascii=False))
    else:
        print(f"no ticket for {options.service} ({closed.reason.value}): {message}")
    return 1
