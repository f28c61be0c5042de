"""``main.py demo``: a scripted visitor takes a ticket by real touches, and leaves the pictures of it.

The window is the kiosk's own and the touches are the display server's (XTEST, through ``xdotool``), so that what the
pictures show is what a person at this machine would see. ``make run`` uses it on a machine without a screen.
"""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from kiosk.cli.faults import Refused
from kiosk.cli.run import window_size


def register(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "demo", parents=[common], help="a scripted visitor takes a ticket; pictures of every step"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("out"), metavar="DIR", help="folder for the pictures (out)"
    )
    parser.add_argument("--windowed", type=window_size, default=(1080, 1920), metavar="WIDTHxHEIGHT")
    parser.add_argument(
        "--service", default="C01", metavar="CODE", help="the service the visitor came for (C01)"
    )
    parser.add_argument(
        "--language", default="id", help="the language the visitor touches on the first screen (id)"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Play the visit; 0 when a ticket came out, 1 with the reason when not."""
    from kiosk.cli.context import open_context

    context = open_context(options)
    service = context.site_data.catalogue.service_by_code.get(options.service)
    if service is None:
        raise Refused(
            "E-DEM-01",
            f"--service {options.service!r} is not in the catalogue; see `main.py catalogue check`",
        )
    if options.language not in context.site_data.site.languages:
        allowed = ", ".join(context.site_data.site.languages)
        raise Refused("E-DEM-01", f"--language {options.language!r}; allowed: {allowed}")
    if not os.environ.get("DISPLAY"):
        raise Refused("E-DEM-02", "there is no screen ($DISPLAY is not set); try: xvfb-run -a main.py demo")
    if shutil.which("xdotool") is None:
        raise Refused(
            "E-DEM-02", "xdotool is not installed, and it is what touches the screen: apt-get install xdotool"
        )
    context.state.mkdir(parents=True, exist_ok=True)
    options.out.mkdir(parents=True, exist_ok=True)
    from kiosk.ui.visitor import play

    report = play(context.settings, context.state, options.windowed, service, options.language, options.out)
    for path in report.pictures:
        print(path)
    print(report.sentence)
    return 0 if report.number else 1
