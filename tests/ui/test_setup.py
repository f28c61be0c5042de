"""A new unit set up by touches in the real window, with a virtual printer on a real line; left and resumed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk import settings, setup_progress
from kiosk.core.setup import CORNERS, Part, Step
from kiosk.core.staff import Person, Role
from kiosk.core.staff_session import Place
from kiosk.core.visit import Screen
from kiosk.setup_work import SetupWork
from kiosk.staff.door import enrol
from kiosk.store import People
from printer.profiles import load
from printer.virtual.device import VirtualPrinter
from printer.virtual.model import Paper
from printer.virtual.server import Server
from tests.support.kiosk_window import Kiosk
from tests.ui.test_staff import BUDI, corners, enter, place

pytestmark = [pytest.mark.ui, pytest.mark.timeout(180)]

Open = Callable[..., Kiosk]
STAFF_PIN = "161805"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The machine's root: a stick with a site, and devices."""
    folder = tmp_path / "root"
    stick = folder / "media/usb/kota-baru"
    shutil.copytree(settings.DEFAULT_FILE.parent / "sites" / "bangkalan", stick)
    return folder


@pytest.fixture
def papers(root: Path) -> Iterator[list[Paper]]:
    """What a virtual printer at the end of a serial line prints, where ``/dev`` is a folder of this test."""
    folder = root / "dev/serial/by-id"
    folder.mkdir(parents=True)
    printed: list[Paper] = []
    with Server.on_pty(VirtualPrinter(load("generic-80").dots, printed.append), folder / "usb-Printer"):
        yield printed


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The configuration as the package ships it."""
    file = tmp_path / "etc/kiosk.toml"
    file.parent.mkdir()
    text = settings.DEFAULT_FILE.read_text(encoding="utf-8")
    file.write_text(text.replace("set_up = true", "set_up = false"), encoding="utf-8")
    return file


@pytest.fixture
def unit(kiosk: Open, root: Path, config: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Kiosk]:
    """Opens the unit, again after each time it was closed."""

    from kiosk.ui.kiosk_app import KioskApp

    def work(app: Any) -> SetupWork:
        class Nothing:
            """A USB bus with nothing on it."""

            def enumerate_devices(self) -> list[object]:
                return []

        return SetupWork(config, app._state, app.clock, root=root, usb_backend=Nothing(), environ={})

    monkeypatch.setattr(KioskApp, "setup_work", work)

    def open_unit() -> Kiosk:
        it = kiosk(config=config)
        it.again = False
        it.app.start_again = lambda: setattr(it, "again", True)
        it.until(lambda: it.app.setup is not None and it.app.setup.known, "the set-up")
        return it

    return open_unit


def at(it: Kiosk, step: Step, part: Part = Part.ASK) -> None:
    it.until(
        lambda: (
            (it.app.setup.setup.step, it.app.setup.setup.part, it.app.setup.setup.busy) == (step, part, None)
        ),
        f"{step} {part}",
    )


def test_from_the_box_to_the_first_ticket(
    unit: Callable[[], Kiosk], papers: list[Paper], config: Path
) -> None:
    it = unit()
    at(it, Step.LANGUAGE)
    assert it.find("start") is None
    corners(it)
    assert place(it) is Place.SHUT, "the staff's door is covered too"
    it.touch("choose:id")
    at(it, Step.SITE)
    stick = next(target for target in it.targets() if target.endswith("kota-baru"))
    it.touch(stick)
    at(it, Step.SERVER)
    it.touch("choose:none")
    at(it, Step.DIGIT)
    assert (config.parent / "sites/kota-baru/site.toml").is_file()
    it.touch("choose:0")
    at(it, Step.PANEL)
    it.touch("inch:+1")
    it.touch("inch:-0.1")
    it.until(lambda: it.says("22.4 inci"), "another diagonal")
    it.touch("next")
    at(it, Step.TOUCH)
    for corner in CORNERS:
        it.touch(f"spot:{corner}")
    it.until(lambda: it.find("next").enabled, "all four corners")
    it.touch("next")
    at(it, Step.PRINTER)

    # Left in the middle, by the mains; what was answered is kept.
    it.close()
    assert set(setup_progress.read(it.state)) == set(list(Step)[:6])
    assert settings.load(config, {}).display.diagonal_inch == 22.4
    it = unit()
    at(it, Step.PRINTER)

    printer = next(target for target in it.targets() if "usb-Printer" in target)
    it.touch(printer)
    at(it, Step.PRINTER, Part.PAPER)
    assert len(papers) == 1
    assert it.says("kertasnya tercetak")
    it.touch("choose:good")
    at(it, Step.SCANNER)
    it.x("type", "--delay", 4, "--args", 1, "ABC-123", "key", "Return")
    it.until(lambda: it.says("Terbaca: ABC-123"), "what the scanner read")
    it.touch("next")
    at(it, Step.SOUND)
    it.touch("choose:silent")
    at(it, Step.ZONE)
    it.touch("choose:WITA")
    at(it, Step.PIN)
    for pin, part in ((BUDI, Part.AGAIN), (BUDI, Part.STAFF), (STAFF_PIN, Part.STAFF_AGAIN)):
        type_pin(it, pin)
        at(it, Step.PIN, part)
    type_pin(it, STAFF_PIN)
    at(it, Step.CHECK)
    it.until(lambda: it.find("item:0") is not None, "what the doctor found")
    it.touch("item:0")
    at(it, Step.CHECK, Part.ITEM)
    it.touch("back")
    at(it, Step.CHECK)
    it.touch("next")
    it.until(lambda: it.again, "the start of the kiosk")
    it.close()

    ready = settings.load(config, {})
    assert ready.kiosk.set_up
    assert (ready.kiosk.site, ready.scanner.device, ready.printer.transport) == (
        "kota-baru",
        "keyboard",
        "serial",
    )
    assert 'timezone = "Asia/Makassar"' in (config.parent / "sites/kota-baru/site.toml").read_text()


def type_pin(it: Kiosk, pin: str) -> None:
    for digit in pin:
        it.touch(f"digit:{digit}")
    it.touch("enter")


def test_a_finished_unit_never_opens_it(kiosk: Open, config: Path, tmp_path: Path) -> None:
    # Somebody has a PIN, and the configuration says that nobody set it up: it came from a backup, or from a hand.
    it = kiosk(config=config)
    it.until(lambda: it.app.setup is not None and it.app.setup.known is not None, "the desk's word")
    assert it.app.setup.open
    it.ask(lambda desk: enrol(People(desk.store), Person("Budi", Role.TECHNICIAN), BUDI, "test"))
    it.close()
    again = kiosk(config=config)
    again.until(lambda: again.app.setup is not None and again.app.setup.known is False, "the desk's word")
    again.see(Screen.ATTRACT)
    again.until(lambda: again.find("start") is not None, "the visitors' first screen")
    corners(again)
    again.until(lambda: place(again) is Place.DOOR, "the door")
    enter(again, BUDI)
    again.until(lambda: place(again) is Place.MENU, "the menu")


def test_without_a_word_of_it_a_kiosk_is_a_kiosk(kiosk: Open) -> None:
    it = kiosk()
    it.ready()
    assert it.app.setup is None
    assert it.find("start") is not None
