"""How one state of the set-up follows from another; what it is made of is in :mod:`kiosk.core.setup`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeAlias

from kiosk.core import setup as w
from kiosk.core.setup import Part, Setup, Step, Work

Result: TypeAlias = tuple[Setup, Work | None]

_ASKED = {
    Step.SITE: "sites",
    Step.PRINTER: "printers",
    Step.SCANNER: "scanners",
    Step.SOUND: "say",
    Step.CHECK: "doctor",
}
"""What somebody must look at before the step can be answered."""
_MAY_PASS = (Step.SITE, Step.PANEL, Step.PRINTER, Step.SCANNER)
"""Steps that are answered by going on with what the configuration says."""


def step(setup: Setup, event: w.SetupEvent) -> Result:
    """Return the next state and the work it asks for. Pure; what has no meaning here changes nothing."""
    if setup.finished:
        return setup, None
    match event:
        case w.Passed(at):
            return _passed(setup, at), None
        case w.Answered(serial, answer) if serial == setup.busy:
            return _answered(replace(setup, busy=None), answer)
        case w.Answered():
            return setup, None
        case w.Heard(code) if setup.step is Step.SCANNER:
            return replace(setup, read=code[: w.LONGEST], notice=None), None
    if setup.busy is not None:
        return setup, None
    match event:
        case w.Begin():
            return _open(setup, next((one for one in setup.order() if one not in setup.done), Step.CHECK))
        case w.StepBack():
            return _back(setup)
        case w.Turn(page):
            return replace(setup, page=max(0, page)), None
        case w.Type(key):
            return _type(setup, key), None
        case w.Enter():
            return _enter(setup)
        case w.Again() if setup.step is Step.PRINTER and setup.part is Part.PAPER:
            return _test(setup)
        case w.Again() if setup.step in _ASKED and setup.part is Part.ASK:
            return _ask(replace(setup, notice=None), _ASKED[setup.step])
        case w.Choose(name):
            return _choose(setup, name)
        case w.Next():
            return _next(setup)
        case w.Adjust(inch) if setup.step is Step.PANEL and inch in w.STEPS_INCH:
            low, high = w.DIAGONAL
            inches = round(min(high, max(low, setup.facts.diagonal + inch)), 1)
            return replace(setup, facts=replace(setup.facts, diagonal=inches)), None
        case w.Felt(corner) if setup.step is Step.TOUCH and corner in w.CORNERS:
            return replace(setup, touched=setup.touched | {corner}), None
        case w.Read(index) if setup.step is Step.CHECK and 0 <= index < len(setup.items):
            return replace(setup, part=Part.ITEM, item=setup.items[index]), None
    return setup, None


def _passed(setup: Setup, at: float) -> Setup:
    setup = replace(setup, now=max(at, setup.now))
    if setup.busy is not None and setup.now - setup.busy_since >= w.WORK_LIMIT_S:
        return replace(setup, busy=None, notice=w.Notice("slow"))
    return setup


def _open(setup: Setup, step: Step) -> Result:
    """Enter a step anew."""
    fresh = replace(
        setup,
        step=step,
        part=Part.ASK,
        options=(),
        picked="",
        width=80,
        raster=False,
        typed="",
        url="",
        first="",
        pin="",
        touched=frozenset(),
        read="",
        items=(),
        item=None,
        page=0,
        notice=None,
    )
    # Nothing is played before somebody asks for it.
    if step in _ASKED and step is not Step.SOUND:
        return _ask(fresh, _ASKED[step])
    return fresh, None


def _after(setup: Setup, done: Step) -> Result:
    """Go on to the step that follows ``done``."""
    order = setup.order()
    later = [one for one in order if list(Step).index(one) > list(Step).index(done)]
    return _open(setup, later[0] if later else Step.CHECK)


def _back(setup: Setup) -> Result:
    if setup.part is not Part.ASK:
        back = {Part.CODE: Part.URL}.get(setup.part, Part.ASK)
        typed = setup.url if back is Part.URL else ""
        cleared = replace(setup, part=back, typed=typed, first="", pin="", item=None, notice=None)
        return cleared, None
    order = setup.order()
    at = order.index(setup.step) if setup.step in order else 0
    if at == 0 or setup.step is Step.CHECK:  # after the PINs there is no way back: the unit is set up
        return setup, None
    return _open(setup, order[at - 1])


def _ask(setup: Setup, kind: str, **needs: Any) -> Result:
    serial = setup.serial + 1
    busy = replace(setup, serial=serial, busy=serial, busy_since=setup.now)
    return busy, Work(serial, kind, setup.step, **needs)


def _type(setup: Setup, key: str) -> Setup:
    digits = setup.step is Step.PIN
    if not digits and setup.part not in (Part.URL, Part.CODE, Part.HOST):
        return setup
    if digits and not (key == "" or (key.isascii() and key.isdigit())):
        return setup
    most = w.PIN_LENGTH[1] if digits else w.LONGEST
    typed = setup.typed[:-1] if not key else (setup.typed + key)[:most]
    return replace(setup, typed=typed, notice=None)


def _enter(setup: Setup) -> Result:
    typed = setup.typed.strip()
    if setup.step is Step.PIN:
        return _enter_pin(setup, typed)
    if not typed:
        return setup, None
    match setup.part:
        case Part.URL:
            url = typed if "://" in typed else f"https://{typed}"
            return replace(setup, part=Part.CODE, url=url, typed="", notice=None), None
        case Part.CODE:
            return _ask(setup, "pair", name=setup.url, text=typed)
        case Part.HOST:
            host, _, port = typed.partition(":")
            return _choose(replace(setup, part=Part.ASK, typed=""), f"network:{host}:{port or 9100}")
    return setup, None


def _enter_pin(setup: Setup, typed: str) -> Result:
    least, most = w.PIN_LENGTH
    if not least <= len(typed) <= most:
        return setup, None
    match setup.part:
        case Part.ASK | Part.STAFF:
            part = Part.AGAIN if setup.part is Part.ASK else Part.STAFF_AGAIN
            return replace(setup, part=part, first=typed, typed="", notice=None), None
        case Part.AGAIN if typed == setup.first:
            return replace(setup, part=Part.STAFF, pin=typed, first="", typed="", notice=None), None
        case Part.STAFF_AGAIN if typed == setup.first:
            return _ask(replace(setup, typed="", first=""), "finish", pins=(setup.pin, typed))
        case Part.STAFF_AGAIN:
            return replace(setup, part=Part.STAFF, first="", typed="", notice=w.Notice("unlike")), None
    return replace(setup, part=Part.ASK, first="", typed="", notice=w.Notice("unlike")), None


def _choose(setup: Setup, name: str) -> Result:
    match setup.step:
        case Step.LANGUAGE if name in ("id", "en"):
            return _ask(setup, "language", name=name)
        case Step.SITE if name:
            return _ask(setup, "site", name=name)
        case Step.SERVER if name == "none":
            return _ask(setup, "alone")
        case Step.SERVER if name == "server":
            return replace(setup, part=Part.URL, typed="", notice=None), None
        case Step.DIGIT if name in w.DIGITS:
            return _ask(setup, "digit", number=int(name))
        case Step.TOUCH if name == "skip":
            return _ask(setup, "pass", name="skip")
        case Step.PRINTER:
            return _choose_printer(setup, name)
        case Step.SCANNER if name == "none":
            return _ask(setup, "scanner", name="")
        case Step.SCANNER if name:
            return _ask(replace(setup, picked=name, read="", notice=None), "listen", name=name)
        case Step.SOUND if name in ("heard", "silent"):
            return _ask(setup, "pass", name=name)
        case Step.ZONE if name in w.ZONES:
            return _ask(setup, "zone", name=name)
    return setup, None


def _choose_printer(setup: Setup, name: str) -> Result:
    if setup.part is Part.PAPER:
        match name:
            case "good":
                needs = {"name": setup.picked, "width": setup.width, "raster": setup.raster}
                return _ask(setup, "printer", **needs)
            case "narrow":
                return _test(replace(setup, width=58 if setup.width == 80 else 80))
            case "raster":
                return _test(replace(setup, raster=not setup.raster))
        return setup, None
    if name == "host":
        return replace(setup, part=Part.HOST, typed="", notice=None), None
    if not name:
        return setup, None
    return _test(replace(setup, picked=name, width=80, raster=False))


def _test(setup: Setup) -> Result:
    needs = {"name": setup.picked, "width": setup.width, "raster": setup.raster}
    return _ask(replace(setup, notice=None), "test", **needs)


def _next(setup: Setup) -> Result:
    match setup.step:
        case Step.PANEL:
            return _ask(setup, "panel", number=setup.facts.diagonal)
        case Step.TOUCH if setup.touched == frozenset(w.CORNERS):
            return _ask(setup, "pass", name="felt")
        case Step.SCANNER if setup.read:
            return _ask(setup, "scanner", name=setup.picked or "keyboard")
        case Step.PIN if setup.part is Part.STAFF:
            return _ask(setup, "finish", pins=(setup.pin,))
        case Step.CHECK if setup.part is Part.ASK:
            return replace(setup, finished=True), None
        case Step.SERVER if setup.facts.server and setup.part is Part.ASK:
            return _ask(setup, "pass", name="as it is")
    if setup.step in _MAY_PASS and setup.part is Part.ASK:
        return _ask(setup, "pass", name="as it is")
    return setup, None


def _answered(setup: Setup, answer: w.Answer) -> Result:
    match answer:
        case w.Found(options):
            return replace(setup, options=options), None
        case w.Kept(facts):
            kept = replace(setup, facts=facts, done=setup.done | {setup.step})
            return _after(kept, setup.step)
        case w.Printed(outcome, cause):
            good = outcome == "printed"
            # A paper that may have come out is looked at; one that did not is no question.
            part = Part.ASK if outcome == "not_printed" else Part.PAPER
            return replace(setup, part=part, typed="", notice=w.Notice(outcome, cause, good)), None
        case w.Did(good):
            return replace(setup, notice=None if good else w.Notice("silent")), None
        case w.Examined(items):
            return replace(setup, items=items), None
        case w.Refused("simple", _):
            return replace(setup, part=Part.ASK, pin="", first="", typed="", notice=w.Notice("simple")), None
        case w.Refused(kind, detail):
            return replace(setup, notice=w.Notice(kind, detail)), None
