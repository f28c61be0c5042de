"""``main.py printer simulate``: be a printer for other programs, in good health or with any fault."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk import settings as settings_module

DEFAULT_PAPERS = Path("out") / "papers"
EPILOG = """\
Faults add up; some take a value: --fault slow=960 --fault paper_out_after=300. An unknown name lists them all.
"""


def register(
    actions: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
    guarded: Callable[[Any], Any],
) -> None:
    """Add the action to ``main.py printer``."""
    simulated = actions.add_parser(
        "simulate", parents=[common], help="be a printer for other programs", epilog=EPILOG
    )
    where = simulated.add_mutually_exclusive_group(required=True)
    where.add_argument("--tcp", type=_address, metavar="HOST:PORT", help="listen on a port (0: any free one)")
    where.add_argument("--pty", type=Path, metavar="PATH", help="be a device file at PATH")
    simulated.add_argument(
        "--out", type=Path, default=DEFAULT_PAPERS, metavar="DIR", help="folder of the papers"
    )
    simulated.add_argument(
        "--profile", metavar="NAME", help="whose paper width to use (default: the configured one)"
    )
    simulated.add_argument(
        "--fault",
        action="append",
        default=[],
        type=_fault,
        metavar="NAME[=VALUE]",
        help="what is wrong with it; an unknown name lists them all",
    )
    simulated.set_defaults(run=guarded(simulate))


def _address(text: str) -> tuple[str, int]:
    """Parse ``HOST:PORT``; argparse turns the error into a usage message."""
    host, separator, port = text.rpartition(":")
    if not separator or not host or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: HOST:PORT, such as 127.0.0.1:9100")
    return host.strip("[]"), int(port)


def _fault(text: str) -> tuple[str, float]:
    """Parse ``NAME`` or ``NAME=VALUE``."""
    from printer.virtual.faults import faults_from

    try:
        ((fault, value),) = faults_from([text]).items()
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return fault, value


def simulate(options: argparse.Namespace) -> int:
    """Be a printer until interrupted; each paper is drawn into the folder and named on standard output."""
    from printer import profiles
    from printer.virtual.device import VirtualPrinter
    from printer.virtual.faults import VALUES, Fault
    from printer.virtual.folder import PaperFolder
    from printer.virtual.model import Paper
    from printer.virtual.server import Server

    profile = profiles.load(options.profile or settings_module.load(options.config).printer.profile)
    folder = PaperFolder(options.out, dots=profile.dots, width_mm=profile.width_mm)

    def keep(paper: Paper) -> None:
        try:
            print(folder.add(paper), flush=True)
        except OSError as error:
            print(f"E-PRN-30: {options.out}: cannot be written: {error.strerror}", file=sys.stderr)

    device = VirtualPrinter(profile.dots, keep)
    device.replace_faults({Fault(name): value for name, value in options.fault})
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        with (
            Server.on_tcp(device, *options.tcp)
            if options.tcp
            else Server.on_pty(device, options.pty) as server
        ):
            place = f"{options.tcp[0]}:{server.port}" if options.tcp else str(options.pty)
            wrong = "".join(
                f", {name}={value:g}" if Fault(name) in VALUES else f", {name}"
                for name, value in options.fault
            )
            print(f"virtual printer on {place} ({profile.name}{wrong}); Ctrl+C ends it", flush=True)
            stop.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0
