"""``main.py server …``: one function for each command. Heavy imports wait until a command runs, because the kiosk's
own start reads this file."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path


def register(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], _common: argparse.ArgumentParser
) -> None:
    """Add ``server`` and its commands to the parser. They have a ``--config`` of their own."""
    parser = subparsers.add_parser("server", help="the central server and its upkeep")
    inner = parser.add_subparsers(dest="server_command", metavar="COMMAND", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config", type=Path, metavar="FILE", help="configuration file (default: config/server.toml)"
    )
    common.add_argument(
        "--state", type=Path, metavar="DIR", help="folder of the embedded database and backups"
    )
    common.add_argument(
        "--database-url",
        metavar="URL",
        help="postgresql+psycopg://… or sqlite:///…; default: an embedded SQLite file",
    )

    def command(name: str, text: str) -> argparse.ArgumentParser:
        made = inner.add_parser(name, parents=[common], help=text)
        made.set_defaults(run=_lazily(name))
        return made

    run = command("run", "serve; /healthz and /readyz tell how it is")
    run.add_argument("--host", help="address to listen on")
    run.add_argument("--port", type=int, help="port to listen on")
    run.add_argument("--workers", type=int, metavar="N", help="processes that answer (PostgreSQL)")

    migrate = command("migrate", "bring the database's tables up (or down) to a version")
    migrate.add_argument(
        "--to", default="head", metavar="REVISION", help="head (the default), base, or a revision"
    )
    migrate.add_argument("--json", action="store_true", help="print one JSON document")

    user = command("add-user", "add a person who may sign in")
    user.add_argument("name")
    user.add_argument("--role", required=True, choices=("admin", "manager", "officer"))
    user.add_argument("--site", metavar="S", help="the one site; default: every site")
    user.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    code = command("pairing-code", "make a code that pairs one device within ten minutes")
    code.add_argument("--site", metavar="S", help="the site; may be left out where there is one")
    code.add_argument(
        "--class", dest="device_class", default="kiosk", choices=("kiosk", "display", "counter")
    )
    code.add_argument("--json", action="store_true", help="print one JSON document")

    site = command("import-catalogue", "put the site in a folder in force: site.toml and catalogue.json")
    site.add_argument("directory", type=Path)
    site.add_argument("--json", action="store_true", help="print one JSON document")

    tickets = command("tickets", "the tickets it holds")
    tickets.add_argument("--day", metavar="D", help="2026-11-24; default: today at the site")
    tickets.add_argument("--site", metavar="S", help="the site; may be left out where there is one")
    tickets.add_argument("--json", action="store_true", help="print one JSON document")

    counters = command("counters", "the counters of a site and who is at them")
    counters.add_argument("--site", metavar="S", help="the site; may be left out where there is one")
    counters.add_argument(
        "--fill", action="store_true", help="first add those the catalogue's queues speak of"
    )
    counters.add_argument("--json", action="store_true", help="print one JSON document")

    counter = command("counter", "add a counter, change it or take it away")
    counter.add_argument("code", help="the number on its wall")
    counter.add_argument("--site", metavar="S", help="the site; may be left out where there is one")
    counter.add_argument("--zone", default="", metavar="Z", help="the waiting area it stands in")
    counter.add_argument(
        "--queues", default="", metavar="A,C", help="the queues it may serve; default: every queue"
    )
    counter.add_argument("--remove", action="store_true", help="take it away; it must be closed")

    kiosks = command("kiosks", "the devices it knows, with their last word")
    kiosks.add_argument("--json", action="store_true", help="print one JSON document")

    revoke = command("revoke", "end a device's access at once and for ever")
    revoke.add_argument("kiosk", help="its id, from `main.py server kiosks`")

    backup = command("backup", "copy the embedded database, also while the server runs")
    backup.add_argument(
        "file", type=Path, nargs="?", help="where to; default: a dated file under the state folder"
    )

    webhook = command("webhook-test", "send one test notice to each of webhook_urls and say what came back")
    webhook.add_argument("--json", action="store_true", help="print one JSON document")

    restore = command("restore", "put a backup in place; the present database is moved aside")
    restore.add_argument("file", type=Path)


def _lazily(name: str) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> int:
        done: int = import_module("server.cli.commands").run(name, options)
        return done

    return run
