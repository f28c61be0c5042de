"""The command line: one file for each command, each with ``register(subparsers, common)``.

Exit codes: 0 done, 1 refused or failed (with the cause), 2 misuse. ``--json`` prints one document on standard output;
logs and faults go to standard error.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

COMMANDS = ("run", "check", "issue", "tickets", "printer", "catalogue", "demo", "doctor", "bundle", "backup")
"""Each is a module of this package. They import what they need when they run, so that ``run`` starts fast."""


def build_parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """Return the parser with the commands ``names`` registered."""
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
    for name in names:
        importlib.import_module(f"kiosk.cli.{name}").register(subparsers, common)
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    given = list(arguments)
    if not given or (
        given[0] not in COMMANDS and given[0] not in ("-h", "--help") and given[0].startswith("-")
    ):
        given.insert(0, "run")  # `main.py --config F` is the kiosk
    # The window waits for what is imported before it: of a command that is named, only its own file.
    options = build_parser(given[:1] if given[0] in COMMANDS else COMMANDS).parse_args(given)
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
