"""``main.py printer``: how the printer is, a test paper, the ticket as a picture, and a printer in software.

The printer library's own codes are told as they are (``printer/errors.py``); E-PRN-30 is a picture that cannot be
written.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk import settings as settings_module
from kiosk.cli import printer_roll, printer_simulate
from kiosk.settings import Settings

if TYPE_CHECKING:
    from printer.press import Press
    from printer.probe import Probe
    from printer.slip import Slip

DEFAULT_PREVIEW = Path("out") / "ticket-preview.png"
ADVICE = {
    "paper_out": "put a new roll in",
    "paper_low": "the roll will end soon; have a new one ready",
    "cover_open": "close the cover",
    "offline": "the printer is there but takes no data: look for a light or a paper jam, then switch it off and on",
    "cutter": "the cutter is stuck: open the cover and remove the paper, then switch the printer off and on",
    "error": "the printer reports a fault of its own: switch it off and on",
    "unreachable": "check power, cable and the [printer] section of the configuration",
}


def register(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("printer", help="the printer: status, test paper, preview, simulation")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, run, text in (
        ("status", status, "how the printer is"),
        ("test", test, "print a test paper and say what became of it"),
        ("preview", preview, "write a sample ticket as a picture"),
        ("detect", detect, "which questions this printer answers; kept for this printer"),
    ):
        action = actions.add_parser(name, parents=[common], help=text)
        action.add_argument("--json", action="store_true", help="print one JSON document")
        action.set_defaults(run=_guarded(run))
        if name == "preview":
            action.add_argument(
                "--out", type=Path, default=DEFAULT_PREVIEW, metavar="FILE", help="the PNG to write"
            )
            action.add_argument(
                "--checklist", action="store_true", help="the list of what to bring instead of a ticket"
            )
            action.add_argument(
                "--profile", metavar="NAME", help="another printer profile than the configured one"
            )
    printer_roll.register(actions, common, _guarded)
    printer_simulate.register(actions, common, _guarded)


def _guarded(run: Any) -> Any:
    """``run`` with the printer library's own errors told as one line and exit code 1."""

    def guarded(options: argparse.Namespace) -> int:
        from printer.errors import PrinterError

        try:
            code: int = run(options)
        except PrinterError as error:
            if getattr(options, "json", False):
                print(json.dumps({"ok": False, "code": error.code, "error": str(error)}, ensure_ascii=False))
            print(error, file=sys.stderr)
            return 1
        return code

    return guarded


def status(options: argparse.Namespace) -> int:
    """Ask the printer how it is."""
    from kiosk.paper_roll import PaperRoll
    from printer.readiness import readiness

    settings, press = _press(options)
    with _working("asking the printer"):
        found = press.status()
    ready = readiness(found, PaperRoll(_state(options), settings.printer.roll_m).left())
    why = ready.cause
    items = {
        item: str(getattr(found, item)) for item in ("link", "online", "cover", "paper", "cutter", "error")
    }
    left = ready.left.tickets if ready.left else None
    if options.json:
        document = {
            **_place(settings, press),
            **items,
            "cause": why,
            "readiness": ready.level,
            "left_tickets": left,
        }
        _print_json({"ok": ready.prints, **document})
    else:
        print(f"{press.transport.name}, profile {press.profile.name}")
        for item, health in items.items():
            print(f"  {item:8}{health}")
        if left is not None:
            print(f"  {'roll':8}about {left} tickets left")
        print(_sentence(why) if why else "no answer: nothing is known" if not found.answered else "ready")
    return 0 if ready.prints else 1


def test(options: argparse.Namespace) -> int:
    """Print one test paper."""
    from kiosk.test_slip import test_slip

    settings, press = _press(options)
    with _working("printing"):
        verdict = press.print(test_slip(press.profile))
    if options.json:
        _print_json(
            {
                **_place(settings, press),
                "bytes_sent": verdict.bytes_sent,
                "detail": verdict.detail,
                "outcome": verdict.outcome,
                "cause": verdict.cause,
            }
        )
    else:
        print(f"{verdict.outcome}: {verdict.detail}")
        if verdict.cause:
            print(_sentence(verdict.cause))
    return 1 if verdict.outcome == "not_printed" else 0


def preview(options: argparse.Namespace) -> int:
    """Write a sample ticket as PNG, by the bytes a real printer would get."""
    from printer import profiles
    from printer.encode import encode
    from printer.virtual.interpreter import Interpreter
    from printer.virtual.model import Paper
    from printer.virtual.paper import draw

    settings = settings_module.load(options.config)
    profile = profiles.load(options.profile or settings.printer.profile)
    job = encode(_sample_slip(settings, options.checklist), profile)
    papers: list[Paper] = []
    interpreter = Interpreter(profile.dots, papers.append)
    interpreter.feed(job)
    interpreter.tear()  # on a model without a cutter the ticket is torn off
    try:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        draw(papers[0], dots=profile.dots, width_mm=profile.width_mm).save(options.out, format="PNG")
    except OSError as error:
        print(f"E-PRN-30: {options.out}: cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    length_mm = round(papers[0].height / profile.dpi * 25.4)
    if options.json:
        _print_json(
            {"file": str(options.out), "profile": profile.name, "bytes": len(job), "length_mm": length_mm}
        )
    else:
        print(f"{options.out}: {profile.name}, {len(job)} bytes, {length_mm} mm of paper")
    return 0


def detect(options: argparse.Namespace) -> int:
    """Ask the configured printer everything there is to ask, and keep what it answers for this very printer."""
    from kiosk.desk_setup import KNOWN_FILE, address_of
    from printer import known, profiles
    from printer.probe import probe
    from printer.status import cause

    settings, press = _press(options)
    # The profile as it is written, not as an earlier look has changed it.
    profile = profiles.load(settings.printer.profile)
    with _working("asking the printer"):
        # Each of the six questions has its time, whatever the deadline of a ticket is.
        limit = settings.printer.deadline_s + 6 * profile.reply_s
        found = probe(press.transport, profile, time.monotonic() + limit)
    unit = known.unit_of(found)
    name = known.key(
        settings.printer.transport, address_of(settings).of(settings.printer.transport), profile.name
    )
    file = _state(options) / KNOWN_FILE
    try:
        known.remember(file, name, unit)
    except OSError as error:
        print(f"E-PRN-30: {file}: cannot be written: {error.strerror}", file=sys.stderr)
        return 1
    if options.json:
        _print_json(
            {
                **_place(settings, press),
                "dle_eot": {
                    str(n): None if byte is None else f"{byte:02x}" for n, byte in found.answers.items()
                },
                "gs_r": found.gs_r,
                "gs_h": found.gs_h,
                "garbage": found.babbles,
                "port": None if found.port is None else f"{found.port:02x}",
                "profile_lines": {"status": list(found.answered), "fence": found.fence},
                "kept": unit is not None,
                "profiles": list(profiles.names()),
                "cause": cause(found.status),
            }
        )
    else:
        _tell(press, found, kept=unit is not None)
    return 0


def _tell(press: Press, found: Probe, *, kept: bool) -> None:
    from printer import profiles
    from printer.status import cause, is_realtime

    print(f"{press.transport.name}, profile {press.profile.name}: reached")
    topics = {
        1: "online or offline",
        2: "cover, stopped by paper end",
        3: "cutter and errors",
        4: "paper sensor",
    }
    for n, byte in found.answers.items():
        said = (
            "silent"
            if byte is None
            else f"answered {byte:02x}"
            if is_realtime(byte)
            else f"garbage {byte:02x}"
        )
        print(f"  DLE EOT {n} ({topics[n]}): {said}")
    print(f"  GS r 1 (end of a job): {'answered' if found.gs_r else 'silent'}")
    if found.gs_h:
        print("  GS ( H (end of a job, by name): answered")
    if found.port is not None:
        trust = "tells when paper is out" if found.port_tells else "not used"
        print(f"  USB port status: {found.port:02x}, {trust}")
    if kept and found.answered:
        print(
            f"kept for this printer: status = {list(found.answered)}, fence = {found.fence!r}; "
            "ask again after a change of printer or cable"
        )
    else:
        print(
            "this printer says nothing: tickets will be 'unconfirmed', never 'printed'; it is asked each time anew"
        )
    print(f"profiles: {', '.join(profiles.names())}")
    why = cause(found.status)
    if why:
        print(_sentence(why))


def _press(options: argparse.Namespace) -> tuple[Settings, Press]:
    from kiosk.desk_setup import open_press

    settings = settings_module.load(options.config)
    return settings, open_press(settings, _state(options))


def _state(options: argparse.Namespace) -> Path:
    state: Path = options.state or settings_module.default_state_dir()
    return state.absolute()


def _sample_slip(settings: Settings, checklist: bool) -> Slip:
    from kiosk import list_slip, ticket_slip

    if checklist:
        return list_slip.sample(settings)
    return ticket_slip.sample(settings)


def _place(settings: Settings, press: Press) -> dict[str, object]:
    return {
        "transport": settings.printer.transport,
        "printer": press.transport.name,
        "profile": press.profile.name,
    }


def _sentence(cause: str) -> str:
    return f"{str(cause).replace('_', ' ')}: {ADVICE[cause]}"


def _print_json(document: dict[str, object]) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))


@contextlib.contextmanager
def _working(what: str) -> Iterator[None]:
    """A spinner on a terminal, for a printer that takes its time; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{what} …"):
        yield
