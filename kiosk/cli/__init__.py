"""The command line: one file for each command, each with ``register(subparsers, common)``.

Exit codes: 0 done, 1 refused or failed (with the cause), 2 misuse. ``--json`` prints one document on standard output;
logs and faults go to standard error.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

COMMANDS = (
    "run",
    "setup",
    "check",
    "issue",
    "tickets",
    "staff",
    "trip",
    "printer",
    "catalogue",
    "demo",
    "doctor",
    "bundle",
    "backup",
    "sync",
    "enrol",
)
"""Each is a module of this package. They import what they need when they run, so that ``run`` starts fast."""

NO_OTHERS: Mapping[str, str] = MappingProxyType({})


def modules(also: Mapping[str, str] = NO_OTHERS) -> dict[str, str]:
    """Return every command's module; ``also`` names commands outside the kiosk, of which it knows nothing itself."""
    return {name: f"kiosk.cli.{name}" for name in COMMANDS} | dict(also)


def build_parser(commands: Mapping[str, str] | None = None) -> argparse.ArgumentParser:
    """Return the parser with ``commands`` (name → module) registered; without, with all of the kiosk's."""
    parser = argparse.ArgumentParser(
        prog="main.py",
        description="Anjungan, the self-service kiosk of a public-service mall. Without a command it runs the kiosk.",
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--config", type=Path, metavar="FILE", help="configuration file (default: config/kiosk.toml)"
    )
    common.add_argument(
        "--state", type=Path, metavar="DIR", help="folder of database, logs and virtual paper"
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in (modules() if commands is None else commands).values():
        importlib.import_module(module).register(subparsers, common)
    return parser


def main(arguments: Sequence[str], also: Mapping[str, str] = NO_OTHERS) -> int:
    """Run one command and return its exit code. ``also``: see :func:`modules`."""
    given = list(arguments)
    if not given or (
        given[0] not in COMMANDS and given[0] not in ("-h", "--help") and given[0].startswith("-")
    ):
        given.insert(0, "run")  # `main.py --config F` is the kiosk
    # The window waits for what is imported before it: of a command that is named, only its own file.
    known = modules(also)
    named = {name: module for name, module in known.items() if name == given[0]}
    options = build_parser(named or known).parse_args(given)
    try:
        code: int = options.run(options)
    except BrokenPipeError:
        # Whoever read the output is gone (`… | head`): nothing to tell and nobody to tell it to.
        sys.stderr.close()
        return 1
    except Exception as error:
        from kiosk.cli.faults import explain, is_for_people

        if not is_for_people(error):
            raise
        for line in explain(error):
            print(line, file=sys.stderr)
        return 1
    return code
