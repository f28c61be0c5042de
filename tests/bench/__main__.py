"""``python -m tests.bench [NAME …]``: run the benchmarks and print one table; exit 1 when a bound is broken."""

from __future__ import annotations

import argparse
import importlib
import sys

from rich.console import Console
from rich.table import Table

from tests.bench.report import Line

NAMES = ("paper", "printer", "desk", "window", "server", "sync", "board")


def main() -> int:
    """Run what was asked for and print it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument(
        "names", nargs="*", choices=[*NAMES, []], metavar="NAME", help=f"of {', '.join(NAMES)}; all"
    )
    names = parser.parse_args().names or NAMES
    console = Console(width=None if sys.stdout.isatty() else 130)
    table = Table("what", "measured", "floor", "ratio", "bound", "")
    broken = 0
    for name in names:
        with Console(stderr=True).status(f"measuring: {name}"):
            for line in importlib.import_module(f"tests.bench.{name}").bench():
                table.add_row(*cells(line))
                broken += line.ok is False
    console.print(table)
    return 1 if broken else 0


def cells(line: Line) -> tuple[str, ...]:
    """Return ``line`` as the table's cells."""
    verdict = {None: "", True: "ok", False: "BROKEN"}[line.ok]
    return (
        line.what,
        f"{line.value:,.4g} {line.unit}" if line.value < 10_000 else f"{line.value:,.0f} {line.unit}",
        "" if line.floor is None else f"{line.floor:,.4g} {line.unit}",
        "" if line.ratio is None else f"{line.ratio:.2f} ×",
        line.bound_words,
        verdict,
    )


if __name__ == "__main__":
    sys.exit(main())
