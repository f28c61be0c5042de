"""``main.py [run]``: the kiosk itself."""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys

from kiosk import settings as settings_module


def register(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("run", parents=[common], help="the kiosk (the default command)")
    parser.add_argument(
        "--windowed",
        type=window_size,
        metavar="WIDTHxHEIGHT",
        help="in a window of this size in pixels: 1080x1920",
    )
    parser.set_defaults(run=run)


def window_size(text: str) -> tuple[int, int]:
    """Parse ``1080x1920``; argparse turns the error into a usage message."""
    match = re.fullmatch(r"(\d{3,5})x(\d{3,5})", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r}; allowed: WIDTHxHEIGHT in pixels, such as 1080x1920")
    return int(match[1]), int(match[2])


def run(options: argparse.Namespace) -> int:
    """Open the window and stay until the process is asked to stop."""
    from kiosk import log

    state = (options.state or settings_module.default_state_dir()).absolute()
    state.mkdir(parents=True, exist_ok=True)
    log.to_file(state)
    settings, problem = settings_module.load_or_last_good(options.config, state)
    if problem is not None:
        for fault in problem.faults:
            logging.getLogger("settings").error("%s %s (the last good copy serves)", problem.code, fault)
    from kiosk.ui import app

    if app.run(settings, state, windowed=options.windowed):
        start_again()
    return 0


def start_again() -> None:
    """Start anew with the configuration of now: under systemd by ending, which its ``Restart=always`` answers; else
    by becoming a new process of the same command.

    systemd was told that the kiosk stops and would end what went on in its place.
    """
    logging.getLogger("run").info("starting again")
    if os.environ.get("NOTIFY_SOCKET"):
        return
    sys.stdout.flush()
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606  (this very command)
