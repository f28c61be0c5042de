"""``main.py enrol``: pair this kiosk with its central server."""

from __future__ import annotations

import argparse
import json
import re
from contextlib import closing

from kiosk.cli.context import open_context
from kiosk.cli.faults import Refused

DESCRIPTION = """\
Pair this kiosk with the central server at URL. CODE is a pairing code made there (main.py server pairing-code
--site S); it is good once, for ten
minutes. The kiosk gets its id, its digit and its token; the token lies in identity.json in the
state folder, for its owner's eyes alone.

Enrolling again keeps the kiosk's id, digit and events. --replaces ID takes the place of a unit that is gone (a spare
for a broken one, or its disk in another machine): its id, its digit, its numbers and its seq go on here, and the other
unit's token ends.

Set [server] url as well, or leave it empty: the kiosk then uses this URL. A kiosk that runs while it is enrolled
for the first time is to be started again.
"""


def register(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "enrol",
        parents=[common],
        help="pair this kiosk with its central server",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--server", metavar="URL", help="the server's address (default: [server] url)")
    parser.add_argument(
        "--code", required=True, type=_code, metavar="CODE", help="the pairing code: BCDF-GHJK"
    )
    parser.add_argument("--name", default="Kiosk", help='what people call this unit: "Lobi timur"')
    parser.add_argument(
        "--replaces", default="", type=_id, metavar="ID", help="the kiosk whose place it takes"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)


def _code(text: str) -> str:
    code = re.sub(r"[\s-]", "", text).upper()
    if re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{8}", code) is None:
        raise argparse.ArgumentTypeError(
            f"{text!r}; allowed: eight letters such as BCDF-GHJK, as the server shows it"
        )
    return code


def _id(text: str) -> str:
    import uuid

    try:
        return str(uuid.UUID(text)) if text else ""
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r}; allowed: a kiosk's id as `main.py server kiosks` lists it"
        ) from error


def run(options: argparse.Namespace) -> int:
    """Enrol; 1 where the server refuses or cannot be reached, with the cause."""
    from kiosk.cli.desk_faults import as_refusal
    from kiosk.desk_setup import open_store
    from kiosk.enrolling import pair

    context = open_context(options)
    url = (options.server or context.settings.server.url).rstrip("/")
    if re.fullmatch(r"https?://[^\s/]+(/\S*)?", url) is None:
        raise Refused(
            "E-SYN-04", f"--server {url!r}; allowed: an address such as https://antrean.example.go.id"
        )
    try:
        with as_refusal(), closing(open_store(context.state, context.site_data, context.clock)) as store:
            paired = pair(
                context.settings,
                context.state,
                context.clock,
                store,
                context.site_data.site,
                url=url,
                code=options.code,
                name=options.name,
                replaces=options.replaces,
                queues=[queue.code for queue in context.site_data.catalogue.queues],
            )
    except OSError as error:
        raise Refused("E-SYN-05", f"{context.state}: {error.strerror}") from error
    identity = paired.identity
    if options.json:
        document = {
            "kiosk_id": identity.kiosk_id,
            "kiosk_digit": identity.kiosk_digit,
            "site": identity.site,
            "server": identity.server,
            "set_aside": paired.set_aside,
            "seq": {"before": paired.seq[0], "after": paired.seq[1]},
        }
        print(json.dumps(document))
        return 0
    print(
        f"enrolled at {identity.server} as kiosk {identity.kiosk_digit} of {identity.site}: {identity.kiosk_id}"
    )
    if not context.settings.server.url:
        print(f'set [server] url = "{identity.server}" in {context.settings.file}, and start the kiosk again')
    if paired.set_aside:
        print(f"{paired.set_aside} events of the unit this disk was copied from are set aside")
    if paired.seq[1] > paired.seq[0]:
        print(f"events go on from {paired.seq[1] + 1}")
    return 0
