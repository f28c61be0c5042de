"""``main.py printer roll``: what is left of the roll of paper, and to say that a new one is in."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from kiosk.cli.context import open_context

WHO = "command"
"""Who changed the roll, in the event: the command line knows no names."""


def register(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
    guarded: Callable[[Any], Any],
) -> None:
    """Add the action to ``main.py printer``."""
    parser = actions.add_parser("roll", parents=[common], help="what is left of the roll of paper")
    parser.add_argument("--changed", action="store_true", help="a new roll is in: count from here")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=guarded(roll))


def roll(options: argparse.Namespace) -> int:
    """Tell what was printed since the last change and what is left; with --changed start anew, with its event."""
    from kiosk.cli.desk_faults import as_refusal
    from kiosk.paper_roll import PaperRoll

    context = open_context(options)
    count = PaperRoll(context.state, context.settings.printer.roll_m)
    if options.changed:
        with as_refusal():
            desk = context.desk()
            try:
                desk.paper_changed(WHO)
            finally:
                desk.close()
    used, left = count.roll(), count.left()
    if options.json:
        document = {
            "tickets": used.tickets,
            "used_mm": round(used.used_mm),
            "roll_m": context.settings.printer.roll_m,
            "left_mm": round(left.mm) if left else None,
            "left_tickets": left.tickets if left else None,
            "low": left.low if left else None,
            "changed": options.changed,
        }
        print(json.dumps(document, indent=2))
        return 0
    if options.changed:
        print("a new roll: counted from here")
    print(f"since the last change: {used.tickets} papers, {used.used_mm / 1000:.1f} m")
    if left is None:
        print("not counted down: [printer] roll_m is 0")
    else:
        low = "; have a new roll ready" if left.low else ""
        print(
            f"left of {context.settings.printer.roll_m} m: about {left.tickets} tickets, {left.mm / 1000:.1f} m{low}"
        )
    return 0
