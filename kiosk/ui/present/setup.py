"""What the set-up shows: one question at a time, in the staff's screens, with Back, Again and Next below."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kiosk.core import setup as w
from kiosk.core.setup import Part, Setup, Step
from kiosk.i18n import _, translate
from kiosk.ui.present.common import FrameView, Heading, Key
from kiosk.ui.present.lists import EntryView, SearchView, ServicesView
from kiosk.ui.present.setup_words import (
    ADVICE,
    NOTICES,
    PARTS,
    PIN_ADVICE,
    PROMPTS,
    RULER,
    TITLES,
    ZONES,
)
from kiosk.ui.present.staff_views import CheckView, ChoiceView, PadView
from kiosk.ui.present.staff_words import LEVELS
from kiosk.words import date_long, printer_words, time_of_day

if TYPE_CHECKING:
    from kiosk.ui.present.staff import StaffBody

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SIGNS = "1234567890.-:/_"


def present_setup(
    setup: Setup, now: dt.datetime, size: tuple[int, int], signs: bool = False
) -> tuple[str, StaffBody | SearchView]:
    """Return the name of the screen and its view. ``size`` is the panel's in pixels; ``signs``: the other keys of the
    board are shown."""
    return _Presenter(setup, now, size, signs).body()


def present_setup_frame(frame: FrameView, setup: Setup) -> FrameView:
    """Return the frame around it: the same header, and three keys that never move."""
    language = setup.facts.language
    idle = setup.busy is None
    first = setup.place()[0] == 1 and setup.part is Part.ASK
    at_pin = setup.step is Step.PIN
    back = idle and setup.step is not Step.CHECK and not first
    again = idle and (
        (
            setup.step in (Step.SITE, Step.PRINTER, Step.SCANNER, Step.SOUND, Step.CHECK)
            and setup.part is Part.ASK
        )
        or setup.part is Part.PAPER
    )
    goes = idle and (
        (
            setup.step in (Step.SITE, Step.PANEL, Step.PRINTER, Step.SCANNER, Step.CHECK)
            and setup.part is Part.ASK
        )
        or (setup.step is Step.TOUCH and setup.touched == frozenset(w.CORNERS))
        or (at_pin and setup.part is Part.STAFF)
        or (setup.step is Step.SERVER and setup.part is Part.ASK and bool(setup.facts.server))
    )
    again_word, again_icon = _AGAIN.get(setup.step, (_("Cari lagi"), "search"))
    last = _("Selesai") if setup.step is Step.CHECK else _("Lanjut")
    if setup.step is Step.CHECK and setup.part is Part.ITEM:
        back = idle
    if setup.part is Part.PAPER:
        again_word, again_icon = _("Cetak lagi"), "paper"
    return replace(
        frame,
        keys=(
            Key("back", translate(_("Kembali"), language), w.StepBack(), "back", back),
            Key("again", translate(again_word, language), w.Again(), again_icon, again),
            Key("next", translate(last, language), w.Next(), "next", goes, primary=goes),
        ),
    )


_AGAIN = {
    Step.SOUND: (_("Putar"), "touch"),
    Step.CHECK: (_("Ulangi"), "search"),
}


class Shift:
    """The board's other keys were asked for: no event of the machine, the window's own."""


class _Presenter:
    def __init__(self, setup: Setup, now: dt.datetime, size: tuple[int, int], signs: bool) -> None:
        self._setup, self._now, self._size, self._signs = setup, now, size, signs
        self._language = setup.facts.language

    def body(self) -> tuple[str, StaffBody | SearchView]:
        setup = self._setup
        if setup.busy is not None:
            return "staff_choice", self._choice()
        if setup.part in (Part.URL, Part.CODE, Part.HOST):
            return "search", self._text()
        if setup.step is Step.PIN:
            return "staff_pad", self._pad()
        if setup.step in (Step.PANEL, Step.TOUCH):
            return "staff_check", self._check()
        rows = self._rows()
        if rows and setup.notice is None:
            return "staff_list", ServicesView(self._heading(), rows, setup.page, self._language)
        return "staff_choice", self._choice()

    # --- words ------------------------------------------------------------------------------------------------------

    def _say(self, message: str, **values: object) -> str:
        return translate(message, self._language).format(**values)

    def _heading(self) -> Heading:
        setup = self._setup
        number, of = setup.place()
        title = PARTS[setup.part] if setup.part in PARTS else TITLES[setup.step]
        return Heading(self._say(title), self._say(_("Langkah {step} dari {steps}"), step=number, steps=of))

    def _notice(self) -> str:
        notice = self._setup.notice
        if notice is None:
            return ""
        detail = notice.detail
        if notice.kind == "not_printed":
            detail = printer_words(notice.detail, self._language)
        return self._say(NOTICES[notice.kind], detail=detail)

    # --- faces ------------------------------------------------------------------------------------------------------

    def _pad(self) -> PadView:
        setup = self._setup
        least = w.PIN_LENGTH[0]
        title = PARTS.get(setup.part, TITLES[setup.step])
        return PadView(
            heading=replace(self._heading(), title=self._say(title)),
            shown="•" * len(setup.typed),
            message=self._notice() or self._say(PIN_ADVICE[setup.part]),
            bad=setup.notice is not None,
            digits=tuple(Key(f"digit:{d}", d, w.Type(d)) for d in "1234567890"),
            delete=Key("digit:delete", self._say(_("Hapus")), w.Type(""), "delete", bool(setup.typed)),
            enter=Key("enter", self._say(_("Masuk")), w.Enter(), "ok", len(setup.typed) >= least),
        )

    def _text(self) -> SearchView:
        setup = self._setup
        upper = setup.part is Part.CODE
        keys = SIGNS if self._signs else LETTERS
        shift = self._say(_("ABC")) if self._signs else self._say(_("123 . /"))
        return SearchView(
            heading=self._heading(),
            query=setup.typed,
            prompt=self._say(PROMPTS[setup.part]),
            letters=tuple(Key(f"key:{one}", one, w.Type(one if upper else one.lower())) for one in keys),
            space=Key("key:shift", shift, Shift()),
            delete=Key("key:delete", self._say(_("Hapus")), w.Type(""), "delete", bool(setup.typed)),
            clear=Key("enter", self._say(_("Masuk")), w.Enter(), "ok", bool(setup.typed.strip())),
            hits=(),
            message=self._notice() or self._say(_("Sentuh Masuk sesudah semuanya tertulis.")),
            examples=(),
            page=0,
            language=self._language,
        )

    def _check(self) -> CheckView:
        setup = self._setup
        if setup.step is Step.PANEL:
            wide, high = self._size
            text = self._say(RULER, inch=f"{setup.facts.diagonal:.1f}", w=wide, h=high)
            keys = tuple(
                Key(f"inch:{inch:+g}", f"{inch:+g}".replace("-", "−"), w.Adjust(inch))
                for inch in w.STEPS_INCH
            )
            return CheckView(self._heading(), self._notice() or text, True, (), frozenset(), keys)
        left = len(w.CORNERS) - len(setup.touched)
        told = ADVICE[Step.TOUCH] if left else _("Semua kotak terasa di tempatnya.")
        spots = tuple(Key(f"spot:{corner}", "", w.Felt(corner), "touch") for corner in w.CORNERS)
        skip = Key("skip", self._say(_("Lewati uji ini")), w.Choose("skip"))
        text = self._notice() or self._say(told, count=left)
        return CheckView(self._heading(), text, False, spots, setup.touched, (skip,) if left else ())

    def _rows(self) -> tuple[EntryView, ...]:
        setup = self._setup
        if setup.step is Step.CHECK and setup.part is Part.ASK:
            rows = []
            for index, item in enumerate(setup.items):
                word, icon, colour = LEVELS[item.level]
                key = Key(f"item:{index}", item.check, w.Read(index))
                rows.append(EntryView(key, item.text, self._say(word), icon, colour))
            return tuple(rows)
        if setup.part is not Part.ASK or setup.step not in (Step.SITE, Step.PRINTER) or not setup.options:
            return ()
        rows = [self._option(option) for option in setup.options]
        if setup.step is Step.PRINTER:
            rows += [
                EntryView(key, line)
                for key, line in zip(
                    self._other_printers(),
                    (
                        self._say(_("Alamatnya ada di halaman uji printer")),
                        self._say(_("Tiket digambar di folder state, untuk mencoba")),
                    ),
                    strict=True,
                )
            ]
        return tuple(rows)

    def _option(self, option: w.Option) -> EntryView:
        now = option.name == self._setup.facts.site and self._setup.step is Step.SITE
        badge = (_("Dipakai"), "ok", "sea") if now else (_("Ada"), "ok", "green")
        word, icon, colour = badge if option.good else (_("Periksa"), "help", "red")
        key = Key(f"option:{option.name}", option.label, w.Choose(option.name))
        return EntryView(key, option.line, self._say(word), icon, colour)

    def _other_printers(self) -> tuple[Key, ...]:
        return (
            Key("option:host", self._say(_("Printer jaringan")), w.Choose("host")),
            Key("option:virtual", self._say(_("Tanpa printer")), w.Choose("virtual")),
        )

    def _choice(self) -> ChoiceView:
        setup = self._setup
        busy, notice = setup.busy is not None, setup.notice
        good = busy or notice is None or notice.good
        doubt = notice is not None and notice.kind == "unconfirmed"
        return ChoiceView(
            heading=self._heading(),
            banner=self._say(_("Mohon tunggu…")) if busy else self._headline(),
            tone="sea" if busy or doubt else "green" if good else "red",
            icon="clock" if busy else "help" if doubt else "ok" if good else "x",
            lines=() if busy else self._lines(),
            keys=() if busy else self._keys(),
        )

    def _headline(self) -> str:
        notice = self._setup.notice
        refused = notice is not None and notice.kind == "refused"
        return self._say(_("Belum berhasil.")) if refused else self._notice()

    def _lines(self) -> tuple[str, ...]:
        setup = self._setup
        if setup.notice is not None and setup.notice.kind == "refused":
            return (setup.notice.detail,)
        if setup.part is Part.ITEM and setup.item is not None:
            item = setup.item
            return tuple(line for line in (item.check, item.text, item.remedy) if line)
        if setup.part is Part.PAPER:
            return (self._say(_("Penggaris satu baris penuh, QR terbaca ponsel, terpotong di bawah.")),)
        if setup.step is Step.SCANNER and setup.read:
            return (self._say(_("Terbaca: {code}"), code=setup.read[:60]), self._say(_("Sentuh Lanjut.")))
        if setup.step is Step.CHECK or setup.notice is not None:
            return ()
        if setup.step is Step.ZONE:
            return (self._say(ADVICE[Step.ZONE], date=date_long(self._now.date(), self._language)),)
        return (self._say(ADVICE[setup.step]),)

    def _keys(self) -> tuple[Key, ...]:
        setup = self._setup
        if setup.part is Part.PAPER:
            return self._paper_keys()
        match setup.step:
            case Step.LANGUAGE:
                names = (("id", "Indonesia"), ("en", "English"))
                return tuple(Key(f"choose:{tag}", name, w.Choose(tag), "lang") for tag, name in names)
            case Step.SERVER:
                return (
                    Key("choose:none", self._say(_("Tanpa server")), w.Choose("none"), "x"),
                    Key("choose:server", self._say(_("Sambungkan")), w.Choose("server"), "ok"),
                )
            case Step.DIGIT:
                alone = self._say(_("Satu-satunya"))
                return tuple(Key(f"choose:{d}", alone if d == "0" else d, w.Choose(d)) for d in w.DIGITS)
            case Step.PRINTER if setup.part is Part.ASK:
                return self._other_printers()
            case Step.SCANNER:
                lines = (Key(f"option:{one.name}", one.label, w.Choose(one.name)) for one in setup.options)
                return (*lines, Key("choose:none", self._say(_("Tanpa pemindai")), w.Choose("none"), "x"))
            case Step.SOUND:
                return (
                    Key("choose:heard", self._say(_("Terdengar")), w.Choose("heard"), "ok"),
                    Key("choose:silent", self._say(_("Tanpa suara")), w.Choose("silent"), "x"),
                )
            case Step.ZONE:
                return tuple(self._zone(zone, short) for zone, short in ZONES.items())
        return ()

    def _zone(self, zone: str, short: str) -> Key:
        # Pontianak's clock is Jakarta's: whoever chooses WIB keeps the one the site has.
        meant = "Asia/Pontianak" if short == "WIB" and self._setup.facts.zone == "Asia/Pontianak" else zone
        at = time_of_day(self._now.astimezone(ZoneInfo(zone)).time(), self._language)
        icon = "ok" if meant == self._setup.facts.zone else "clock"
        return Key(f"choose:{short}", f"{short} · {at}", w.Choose(meant), icon)

    def _paper_keys(self) -> tuple[Key, ...]:
        setup = self._setup
        width = 58 if setup.width == 80 else 80
        qr = _("QR buatan printer") if setup.raster else _("QR sebagai gambar")
        return (
            Key("choose:good", self._say(_("Benar")), w.Choose("good"), "ok"),
            Key("choose:narrow", self._say(_("Kertas {width} mm"), width=width), w.Choose("narrow"), "paper"),
            Key("choose:raster", self._say(qr), w.Choose("raster"), "doc"),
        )
