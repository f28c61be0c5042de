"""``main.py setup``: sets a new unit up at the terminal, by the same questions as its touchscreen.

Every question is also an option; what neither an option nor a terminal answers stays as the configuration says it. Each
answer is kept at once: ``--resume`` goes on where it was left. PINs are read, never an argument.

E-SET-01 is an answer that is missing, E-SET-02 one that was refused.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kiosk import settings as settings_module
from kiosk.cli.faults import Refused

if TYPE_CHECKING:
    from kiosk.core.setup import Setup, SetupEvent
    from kiosk.setup_work import SetupWork

MISSING: Final = "E-SET-01"
REFUSED: Final = "E-SET-02"
ZONES: Final = {"wib": "Asia/Jakarta", "wita": "Asia/Makassar", "wit": "Asia/Jayapura"}


def register(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser
) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "setup",
        parents=[common],
        help="set a new unit up: language, site, panel, printer, scanner, sound, time zone, first PINs",
        description="Sets a new unit up by the same questions as its touchscreen. Each answer is kept at once.",
    )
    parser.add_argument("--resume", action="store_true", help="go on with the first step that is not done")
    parser.add_argument(
        "--json", action="store_true", help="one JSON document on standard output; asks nothing"
    )
    parser.add_argument("--language", choices=("id", "en"), help="what a visit starts in")
    parser.add_argument(
        "--site", metavar="NAME|FOLDER", help="a site that is here, or a folder (a USB stick's)"
    )
    parser.add_argument(
        "--server", metavar="URL|none", help="the central server to pair with; none: without one"
    )
    parser.add_argument("--code", default="", metavar="CODE", help="the pairing code that the server shows")
    parser.add_argument(
        "--digit", type=int, choices=range(10), help="0: the only kiosk of its hall; else its own digit"
    )
    parser.add_argument("--diagonal", type=float, metavar="INCH", help="the panel's diagonal (7 to 100)")
    parser.add_argument(
        "--printer",
        metavar="NAME",
        help="usb, usb:04b8:0e15, file:/dev/usb/lp0, serial:DEVICE:9600, network:HOST:9100, cups:QUEUE or virtual;"
        " prints a test paper",
    )
    parser.add_argument(
        "--width", type=int, choices=(58, 80), default=80, help="of the paper, in mm (default: 80)"
    )
    parser.add_argument("--raster", action="store_true", help="send QR codes as pictures")
    parser.add_argument("--scanner", metavar="none|keyboard|DEVICE", help="the code scanner")
    parser.add_argument("--sound", choices=("heard", "silent"), help="whether this unit has a loudspeaker")
    parser.add_argument("--zone", choices=tuple(ZONES), help="the site's time zone")
    parser.add_argument(
        "--pin-stdin",
        action="store_true",
        help="read the technician's PIN, and on a second line one for staff, from standard input",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Ask, keep, and say what the doctor finds."""
    from kiosk import setup_progress
    from kiosk.clock import SystemClock
    from kiosk.setup_work import SetupWork

    file = (options.config or settings_module.DEFAULT_FILE).absolute()
    state = (options.state or settings_module.default_state_dir()).absolute()
    state.mkdir(parents=True, exist_ok=True)
    if not options.resume:
        setup_progress.write(state, {})
    work = SetupWork(file, state, SystemClock())
    asker = _Asker(options, work, work.begin())
    asker.walk()
    items = asker.setup.items
    bad = [item for item in items if item.level != "ok"]
    failed = any(item.level == "fail" for item in items)
    if options.json:
        steps = {step.value: answer for step, answer in setup_progress.read(state).items()}
        findings = [
            {"check": one.check, "level": one.level, "message": one.text, "remedy": one.remedy} for one in bad
        ]
        document = {"ok": not failed, "configuration": str(file), "steps": steps, "findings": findings}
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 1 if failed else 0
    print(f"{file}: written. {len(items) - len(bad)} of {len(items)} checks are well.")
    for one in bad:
        print(f"{one.level.upper():8}{one.check}: {one.text} {one.remedy}".rstrip())
    print("start the kiosk again: main.py run, or systemctl restart anjungan")
    return 1 if failed else 0


class _Asker:
    """Answers each step from an option, from the terminal, or with what the configuration says."""

    def __init__(self, options: argparse.Namespace, work: SetupWork, setup: Setup) -> None:
        self.options, self.work, self.setup = options, work, setup
        self.asks = sys.stdin.isatty() and not options.json and not options.pin_stdin

    def walk(self) -> None:
        """Go from the first step that is not done to the doctor."""
        from kiosk.core import setup as w

        self.send(w.Begin())
        while self.setup.step is not w.Step.CHECK:
            at = self.setup.step
            getattr(self, f"_{at.value}")()
            if self.setup.step is at:
                raise Refused(MISSING, f"{at}: {_told(self.setup)}")

    def send(self, *events: SetupEvent) -> None:
        """Have the machine take ``events`` and do what they ask for. Raises Refused."""
        from kiosk.core import setup as w
        from kiosk.core.setup_steps import step

        for event in events:
            self.setup, job = step(replace(self.setup, notice=None), event)
            while job is not None:
                answer = self.work.perform(job)
                self.setup, job = step(self.setup, w.Answered(job.serial, answer))
            notice = self.setup.notice
            if notice is not None and notice.kind in ("refused", "simple", "people", "not_printed"):
                words = {"simple": "the PIN is too easy to guess, or two people have the same"}
                raise Refused(
                    REFUSED, f"{self.setup.step}: {notice.detail or words.get(notice.kind, notice.kind)}"
                )

    def choose(self, name: str) -> None:
        from kiosk.core import setup as w

        self.send(w.Choose(name))

    def ask(self, question: str, known: str, allowed: tuple[str, ...] = ()) -> str:
        """Return what a person types; nothing typed, or nobody there, means ``known``."""
        if not self.asks:
            return known
        place, of = self.setup.place()
        told = f" ({', '.join(allowed)})" if allowed else ""
        while True:
            answer = input(f"[{place}/{of}] {question}{told} [{known}]: ").strip() or known
            if not allowed or answer in allowed:
                return answer
            print(f"  {answer!r}; allowed: {', '.join(allowed)}")

    def listed(self) -> None:
        """Print what was found."""
        if self.asks:
            for option in self.setup.options:
                print(f"  {option.name}: {option.label} · {option.line}")

    # --- the steps --------------------------------------------------------------------------------------------------

    def _language(self) -> None:
        known = self.setup.facts.language
        self.choose(self.options.language or self.ask("Language of a visit", known, ("id", "en")))

    def _site(self) -> None:
        self.listed()
        self.choose(self.options.site or self.ask("Site: a name or a folder", self.setup.facts.site))

    def _server(self) -> None:
        from kiosk.core import setup as w

        known = self.setup.facts.server
        url = self.options.server or self.ask("Central server's address; empty: as it is, none: without", "")
        if url == "none" or not (url or known):
            self.choose("none")
        elif not url:
            self.send(w.Next())
        else:
            code = self.options.code or self.ask("Pairing code, as the server shows it", "")
            self.send(w.Choose("server"), w.Type(url), w.Enter(), w.Type(code), w.Enter())

    def _digit(self) -> None:
        known = str(self.setup.facts.digit)
        digit = self.options.digit
        question = "This kiosk's digit; 0: the only one of its hall"
        allowed = tuple(str(one) for one in range(10))
        self.choose(str(digit) if digit is not None else self.ask(question, known, allowed))

    def _panel(self) -> None:
        from kiosk.core import setup as w

        known = self.setup.facts.diagonal
        given = self.options.diagonal or _number(self.ask("The panel's diagonal in inches", f"{known:g}"))
        self.setup = replace(self.setup, facts=replace(self.setup.facts, diagonal=given))
        self.send(w.Next())

    def _touch(self) -> None:
        self.choose("skip")  # a terminal has no corners; the technician's screen tests them at any time

    def _printer(self) -> None:
        from kiosk.core import setup as w

        self.listed()
        name = self.options.printer or self.ask("Printer; empty: as it is", "")
        if not name:
            self.send(w.Next())
            return
        self.setup = replace(self.setup, picked=name, width=self.options.width, raster=self.options.raster)
        self.setup = replace(self.setup, part=w.Part.PAPER)
        self.send(w.Again())
        while self.asks:
            answers = {"yes": "good", "narrow": "narrow", "raster": "raster"}
            said = self.ask(
                "Is the paper right? narrow: other width, raster: QR as picture", "yes", (*answers, "again")
            )
            if said == "yes":
                break
            self.send(w.Again() if said == "again" else w.Choose(answers[said]))
        self.choose("good")

    def _scanner(self) -> None:
        from kiosk.core import setup as w

        self.listed()
        known = self.setup.facts.scanner or "none"
        name = self.options.scanner or self.ask("Scanner: none, keyboard or a device", known)
        if name == "none":
            self.choose("none")
        else:
            self.setup = replace(self.setup, picked=name, read="at the terminal")
            self.send(w.Next())

    def _sound(self) -> None:
        from kiosk.core import setup as w

        answer = self.options.sound
        if answer is None and self.asks:
            self.send(w.Again())
            answer = self.ask("Was the phrase heard", "heard", ("heard", "silent"))
        self.choose(answer or "silent")

    def _zone(self) -> None:
        known = next((short for short, zone in ZONES.items() if zone == self.setup.facts.zone), "")
        chosen = self.options.zone or self.ask("Time zone", known or "wib", tuple(ZONES))
        self.choose(ZONES[chosen] if self.options.zone or self.asks or known else self.setup.facts.zone)

    def _pin(self) -> None:
        from kiosk.core import setup as w

        if self.work.has_people():
            self._finish()
            return
        pins = self._pins()
        if not pins:
            raise Refused(MISSING, "the technician's PIN: type it at a terminal, or give --pin-stdin")
        for number, pin in enumerate(pins):
            self.send(w.Type(pin), w.Enter(), w.Type(pin), w.Enter())
            if number == 0 and len(pins) == 1:
                self.send(w.Next())

    def _finish(self) -> None:
        from kiosk.core import setup as w

        job = w.Work(self.setup.serial + 1, "finish", self.setup.step)
        self.setup = replace(self.setup, serial=job.serial, busy=job.serial)
        self.send(w.Answered(job.serial, self.work.perform(job)))

    def _pins(self) -> list[str]:
        if self.options.pin_stdin:
            return [line for line in (sys.stdin.readline().strip(), sys.stdin.readline().strip()) if line]
        if not self.asks:
            return []
        pins = []
        for whose, needed in (("the technician", True), ("staff (empty: later)", False)):
            pin = getpass.getpass(f"PIN of {whose}, 6 to 12 digits: ")
            if not pin and not needed:
                break
            if getpass.getpass("the same again: ") != pin:
                raise Refused(REFUSED, "pin: the two PINs differ; main.py setup --resume asks again")
            pins.append(pin)
        return pins


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise Refused(REFUSED, f"{text!r} is no number") from error


def _told(setup: Setup) -> str:
    return setup.notice.kind if setup.notice else "no answer; main.py setup --help lists the options"
