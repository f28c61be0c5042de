"""Every face of the set-up, as states. Free of Kivy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kiosk.core import setup as w
from kiosk.core.setup import Facts, Item, Notice, Option, Part, Setup, Step
from kiosk.core.visit import Visit
from kiosk.ui.present.setup import present_setup, present_setup_frame
from kiosk.ui.present.whole import WholeView, present
from tests.support.gallery import A_TUESDAY, at, sample, surroundings

SITES = (
    Option("/media/usb/kota-baru", "Mal Pelayanan Publik · Kota Baru", "/media/usb/kota-baru · 13 / 105"),
    Option("bangkalan", "Mal Pelayanan Publik · Kabupaten Bangkalan", "config/sites/bangkalan · 13 / 105"),
    Option("/media/usb/rusak", "rusak", "E-CAT-01 catalogue.json is missing in /media/usb/rusak", good=False),
)
PRINTERS = (
    Option("usb:04b8:0e15", "EPSON TM-T20II", "usb:04b8:0e15 · menjawab"),
    Option(
        "serial:/dev/serial/by-id/usb-FTDI-if00:9600",
        "usb-FTDI-if00",
        "…:9600 · ada, tetapi diam",
        good=False,
    ),
)
ITEMS = (
    Item("printer · E-PRN-12", "fail", "Printer tidak menjawab.", "Periksa kabel data dan listriknya."),
    Item("disk", "warn", "Ruang kosong tinggal 180 MB.", "Hapus berkas yang tidak perlu."),
    Item("touch", "unknown", "Tidak ada perangkat sentuh yang dapat ditanya."),
    Item("clock", "ok", "Jam cocok dengan server waktu."),
)


def setup_faces() -> Iterator[tuple[str, Setup, bool]]:
    """Yield a name, a state, and whether the board shows its other keys."""
    base = Setup(facts=Facts(site="bangkalan"))

    def face(step: Step, part: Part = Part.ASK, **changes: object) -> Setup:
        return replace(base, step=step, part=part, **changes)  # type: ignore[arg-type]

    yield "language", face(Step.LANGUAGE), False
    yield "busy", face(Step.SITE, busy=1), False
    yield "site", face(Step.SITE, options=SITES), False
    yield "site-none", face(Step.SITE), False
    refused = Notice("refused", "/media/usb/rusak: catalogue.json is missing (E-CAT-01)")
    yield "site-refused", face(Step.SITE, options=SITES, notice=refused), False
    yield "server", face(Step.SERVER), False
    yield "server-refused", face(Step.SERVER, notice=refused), False
    yield "url", face(Step.SERVER, Part.URL), False
    yield "url-typed", face(Step.SERVER, Part.URL, typed="antrean.contoh.go.id"), True
    yield "code", face(Step.SERVER, Part.CODE, typed="K7Q2"), False
    yield "digit", face(Step.DIGIT), False
    yield "panel", face(Step.PANEL), False
    yield "panel-refused", face(Step.PANEL, notice=refused), False
    yield "touch", face(Step.TOUCH, touched=frozenset({"top-left"})), False
    yield "touch-done", face(Step.TOUCH, touched=frozenset(w.CORNERS)), False
    yield "printer", face(Step.PRINTER, options=PRINTERS), False
    yield "printer-none", face(Step.PRINTER), False
    out = Notice("not_printed", "paper_out")
    yield "printer-out", face(Step.PRINTER, options=PRINTERS, notice=out), False
    yield "host", face(Step.PRINTER, Part.HOST, typed="192.168.1.50:9100"), True
    for kind in ("printed", "unconfirmed"):
        notice = Notice(kind, good=kind == "printed")
        yield f"paper-{kind}", face(Step.PRINTER, Part.PAPER, notice=notice), False
    yield "paper-raster", face(Step.PRINTER, Part.PAPER, width=58, raster=True), False
    lines = (Option("/dev/ttyACM0", "usb-Newland-if00"),)
    yield "scanner", face(Step.SCANNER, options=lines), False
    yield "scanner-read", face(Step.SCANNER, read="BKL-20261124-C001-7F3K"), False
    yield "sound", face(Step.SOUND), False
    yield "sound-none", face(Step.SOUND, notice=Notice("silent")), False
    yield "zone", face(Step.ZONE), False
    for part in (Part.ASK, Part.AGAIN, Part.STAFF, Part.STAFF_AGAIN):
        yield f"pin-{part}", face(Step.PIN, part, typed="271828"), False
    for kind in ("unlike", "simple", "people", "slow"):
        yield f"pin-{kind}", face(Step.PIN, notice=Notice(kind)), False
    yield "check", face(Step.CHECK, items=ITEMS * 4), False
    yield "check-item", face(Step.CHECK, Part.ITEM, items=ITEMS, item=ITEMS[0]), False


def view_of(setup: Setup, language: str, size: tuple[int, int], signs: bool) -> WholeView:
    """Return what the window shows of a state."""
    around = surroundings(sample(), at(sample(), *A_TUESDAY))
    whole = present(Visit(language=language), around)
    spoken = replace(setup, facts=replace(setup.facts, language=language))
    screen, body = present_setup(spoken, around.now, size, signs)
    return WholeView(screen, present_setup_frame(whole.frame, spoken), body)
