"""``main.py trip``: where a mobile unit stands. Its tickets carry the place until the trip ends."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from kiosk.cli.context import open_context
from kiosk.cli.faults import Refused

if TYPE_CHECKING:
    from kiosk.store import Trip

NOT_MOBILE: Final = "E-TRP-01"
NO_PLACE: Final = "E-TRP-02"


def register(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("trip", help="where a mobile unit stands: start, end, show")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    shared = argparse.ArgumentParser(add_help=False, parents=[common])
    shared.add_argument("--json", action="store_true", help="one JSON document on standard output")
    who = argparse.ArgumentParser(add_help=False)
    who.add_argument("--who", default="command", help="for the audit trail (default: command)")
    start = actions.add_parser("start", parents=[shared, who], help="from the next ticket on it stands there")
    start.add_argument("place", metavar="PLACE", help="as the server is to file its tickets: 'Balai Desa'")
    start.set_defaults(run=start_trip)
    end = actions.add_parser("end", parents=[shared, who], help="it is back at its site")
    end.set_defaults(run=end_trip)
    show = actions.add_parser("show", parents=[shared], help="where it stands, and where it stood before")
    show.set_defaults(run=show_trip)


def start_trip(options: argparse.Namespace) -> int:
    """Begin a trip."""
    from kiosk.core.events import PLACE_LENGTH

    place = " ".join(options.place.split())
    if not 1 <= len(place) <= PLACE_LENGTH or not place.isprintable():
        raise Refused(NO_PLACE, f"PLACE is {options.place!r}; allowed: 1 to {PLACE_LENGTH} printable letters")
    with _trip(options) as trip:
        trip.begin(place, options.who)
        return _tell(trip, options)


def end_trip(options: argparse.Namespace) -> int:
    """End the trip; none is no fault."""
    with _trip(options) as trip:
        trip.end(options.who)
        return _tell(trip, options)


def show_trip(options: argparse.Namespace) -> int:
    """Say where the unit stands."""
    with _trip(options) as trip:
        return _tell(trip, options)


def _tell(trip: Trip, options: argparse.Namespace) -> int:
    place, recent = trip.place(), trip.recent()
    if options.json:
        print(json.dumps({"place": place or None, "recent": recent}, ensure_ascii=False))
        return 0
    print(f"on a trip: {place}" if place else "at its site")
    if recent:
        print(f"before: {', '.join(recent)}")
    return 0


@contextmanager
def _trip(options: argparse.Namespace) -> Iterator[Trip]:
    """Open the store, also beside a kiosk that runs."""
    from kiosk.cli.desk_faults import as_refusal
    from kiosk.desk_setup import open_store
    from kiosk.store import Trip

    context = open_context(options)
    kiosk = context.settings.kiosk
    if not kiosk.mobile:
        raise Refused(NOT_MOBILE, "[kiosk] mobile is false; allowed: true, for a unit that goes on trips")
    if kiosk.kiosk_digit == 0 and kiosk.numbering == "local":
        print("note: [kiosk] kiosk_digit is 0: its numbers may also be given in the hall", file=sys.stderr)
    with as_refusal():
        store = open_store(context.state, context.site_data, context.clock)
        try:
            yield Trip(store)
        finally:
            store.close()
