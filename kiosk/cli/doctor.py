"""``main.py doctor``: how this machine is, item by item, the worst first, each with its remedy."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kiosk import settings as settings_module
from kiosk.i18n import SOURCE_LANGUAGE, _, languages, translate

if TYPE_CHECKING:
    from kiosk.doctor import Machine, Report

DESCRIPTION = """\
Look at this machine: configuration, catalogue, printer, paper, disk, database, clock, network, server, screen, touch,
sound, scanner, heat, ways out of the kiosk, the last crash, versions. Each item is OK, WARN, FAIL or UNKNOWN (with the
reason), the worst first, with what to do about it. Nothing is printed or changed; it may run while the kiosk does.

Exit code 1 on any FAIL.
"""
STYLES = {"fail": "bold red", "warn": "yellow", "unknown": "cyan", "ok": "green"}


def register(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "doctor",
        parents=[common],
        help="this machine: printer, disk, clock, network, screen …",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document (every language in it)")
    parser.add_argument(
        "--language", choices=languages(), help="language of the table (default: the kiosk's)"
    )
    parser.set_defaults(run=run)


def machine_of(options: argparse.Namespace) -> Machine:
    """Return the machine that the command line's ``--config`` and ``--state`` mean."""
    from kiosk.doctor import Machine

    return Machine(options.config, (options.state or settings_module.default_state_dir()).absolute())


def run(options: argparse.Namespace) -> int:
    """Examine and tell; 1 on any FAIL."""
    from kiosk.doctor import Level, examine

    machine = machine_of(options)
    with _working(hidden=options.json) as progress:
        report = examine(machine, progress=progress)
    if options.json:
        print(json.dumps(report.document(), ensure_ascii=False, indent=2, default=str))
    else:
        settings = machine.settings
        language = options.language or (settings.kiosk.language if settings else SOURCE_LANGUAGE)
        _table(report, language if language in languages() else SOURCE_LANGUAGE)
    return 1 if report.worst is Level.FAIL else 0


def _table(report: Report, language: str) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_lines=False, expand=False)
    table.add_column("")
    for heading in (_("Hal"), _("Keadaan dan tindakan")):
        table.add_column(translate(heading, language), overflow="fold")
    for finding in report.findings:
        code = f"{finding.code}  " if finding.code else ""
        words = escape(f"{code}{finding.message.text(language)}")
        if finding.level.value != "ok" and finding.remedy.message:
            words += f"\n[dim]→ {escape(finding.remedy.text(language))}[/dim]"
        style = STYLES[finding.level.value]
        table.add_row(f"[{style}]{finding.level.value.upper()}[/{style}]", escape(finding.check), words)
    # No terminal: wide enough that a sentence stays on its line for grep.
    Console(width=None if sys.stdout.isatty() else 160, highlight=False).print(table)


@contextmanager
def _working(hidden: bool) -> Iterator[Callable[[str], None]]:
    """Show on a terminal which check is done; elsewhere nothing."""
    if hidden or not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.console import Console

    with Console(stderr=True).status("…") as status:
        yield lambda name: status.update(f"{name} ✓ …")
