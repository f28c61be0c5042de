"""``main.py sync``: how the kiosk and its server stand, and pushing and pulling at once."""

from __future__ import annotations

import argparse
import json
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

from kiosk.cli.context import Context, open_context

if TYPE_CHECKING:
    from kiosk.store import Store
    from kiosk.sync_status import SyncStatus

WAIT_S: Final = 60.0
"""How long ``now`` waits for the kiosk that runs here to have done it."""
LOOK_S: Final = 0.1

DESCRIPTION = """\
status: what is still to be sent, since when, what was rejected and why, the last success, the clock's offset.
now: push and pull once. Where the kiosk runs, it is told to do it at once; else this command does it.

Exit code 0: everything is with the server, and nothing was rejected (status), or the server answered (now). Exit code 1
otherwise, with the cause.
"""


def register(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "sync",
        help="the outbox and the central server",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, words, function in (
        ("status", "what is still to be sent, and why", status),
        ("now", "push and pull once", now),
    ):
        action = actions.add_parser(name, parents=[common], help=words)
        action.add_argument("--json", action="store_true", help="one JSON document on standard output")
        if name == "now":
            action.add_argument(
                "--rejected",
                action="store_true",
                help="send what was set aside once more (after the server's update)",
            )
        action.set_defaults(run=function)


def status(options: argparse.Namespace) -> int:
    """Tell how it is."""
    from kiosk.cli.desk_faults import as_refusal
    from kiosk.desk_setup import open_store
    from kiosk.sync_status import sync_status

    context = open_context(options)
    with as_refusal(), closing(open_store(context.state, context.site_data, context.clock)) as store:
        return _tell(sync_status(context.settings, context.state, store), options)


def now(options: argparse.Namespace) -> int:
    """Push and pull once, here or in the kiosk that runs."""
    from kiosk.cli.desk_faults import as_refusal
    from kiosk.desk_setup import open_store
    from kiosk.store import FileLock, Outbox
    from kiosk.sync_service import LOCK, run_once
    from kiosk.sync_status import sync_status

    context = open_context(options)
    with as_refusal(), closing(open_store(context.state, context.site_data, context.clock)) as store:
        if options.rejected:
            Outbox(store).try_now(rejected=True)
        lock = FileLock(context.state / LOCK)
        if lock.acquire(0.0):
            try:
                run_once(context.settings, context.state, context.clock, store)
            finally:
                lock.release()
        else:
            _ask_the_kiosk(context, store)
        found = sync_status(context.settings, context.state, store)
        code = _tell(found, options)
        return 1 if "last_error" in found.known else code


def _ask_the_kiosk(context: Context, store: Store) -> None:
    from kiosk.cli.faults import Refused
    from kiosk.store import Outbox
    from kiosk.sync.wake import NOW, knock

    outbox = Outbox(store)
    before = outbox.get("hurried_at")
    if not knock(context.state, NOW):
        raise Refused(
            "E-SYN-01", f"{context.state}: another process is sending and cannot be told to hurry; try again"
        )
    never, ends = threading.Event(), time.monotonic() + WAIT_S
    while outbox.get("hurried_at") == before:
        if time.monotonic() > ends or outbox.get("paused") is not None:
            return  # what is known is told all the same
        never.wait(LOOK_S)


def _tell(found: SyncStatus, options: argparse.Namespace) -> int:
    document = found.document()
    good = found.trouble is None and not found.figures.depth and not found.figures.rejected
    if options.json:
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0 if good else 1
    words = {
        "alone": "this kiosk works alone: it is not enrolled at a server",
        "synced": "everything is with the server",
        "waiting": f"{found.figures.depth} events wait for the server",
        "enrol_again": "perlu pendaftaran ulang: this kiosk must be enrolled again; everything is kept",
    }
    print(words[found.shape.value])
    skipped = {"state", "rejected", "enrolled"}
    for name, value in document.items():
        if name not in skipped and value not in (None, [], ""):
            told = f"{value['code']} {value['text']}" if isinstance(value, dict) else value
            print(f"  {name.replace('_', ' ')}: {told}")
    for one in found.rejected:
        print(f"  rejected {one.seq} {one.type}: {one.code}: {one.reason}")
    return 0 if good or found.shape.value == "alone" else 1
