"""What the set-up does: looks for sites, printers and scanners, prints, speaks, and writes each answer down at once.

Driven by the window, on a thread of its own, and by ``main.py setup``. The configuration is written by
:mod:`kiosk.settings_change`, which checks before it writes.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kiosk import settings as settings_module
from kiosk import setup_progress, setup_sites
from kiosk.clock import Clock
from kiosk.core import setup as w
from kiosk.core.setup import Option
from kiosk.core.staff import Person, Role
from kiosk.desk_setup import KNOWN_FILE, PAPER_FOLDER, open_store
from kiosk.i18n import _, translate
from kiosk.settings import Settings, SettingsError
from kiosk.settings_change import Name, Value, change, edited, write
from kiosk.site import SiteFaults
from kiosk.site.files import SITE_FILE

if TYPE_CHECKING:
    from printer.find import Candidate
    from printer.press import Press

log = logging.getLogger(__name__)

TECHNICIAN: Final = Person("Teknisi", Role.TECHNICIAN)
STAFF: Final = Person("Petugas", Role.STAFF)
WHO: Final = "set-up"
PHRASE: Final = _("Selamat datang. Suara mesin ini terdengar dengan baik.")
SPOKEN_S: Final = 20.0
_CODE: Final = re.compile(r"[BCDFGHJKLMNPQRSTVWXZ]{8}")
"""A pairing code, as the server makes them."""


def first_start(state: Path, clock: Clock, settings: Settings) -> bool:
    """Whether nobody has a PIN here and no number was ever given. Raises StoreError and SiteFaults."""
    from kiosk import site
    from kiosk import store as stores
    from kiosk.store import People

    if not (state / stores.NAME).exists():
        return True
    data, _faults = site.load_or_last_good(settings.site_dir, state)
    store = open_store(state, data, clock)
    try:
        return People(store).is_first_start()
    finally:
        store.close()


class SetupWork:
    """Performs one piece of work at a time. One owner, any thread."""

    def __init__(
        self,
        file: Path,
        state: Path,
        clock: Clock,
        *,
        root: Path = Path("/"),
        usb_backend: Any = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """``root`` is where devices and sticks are."""
        self._file, self._state, self._clock = file, state, clock
        self._root, self._usb, self._environ = root, usb_backend, environ
        self._known: dict[str, Candidate] = {}

    def begin(self) -> w.Setup:
        """Return the set-up as it was left. Raises SettingsError."""
        done = frozenset(setup_progress.read(self._state))
        return w.Setup(facts=self.facts(), done=done)

    def settings(self) -> Settings:
        """Return the configuration as it is now; of a file that is not there, every default."""
        if not self._file.exists():
            return settings_module.load_text("", self._file, self._environ)
        return settings_module.load(self._file, self._environ)

    def facts(self) -> w.Facts:
        """Return what the configuration says now. Raises SettingsError."""
        settings = self.settings()
        return w.Facts(
            language=settings.kiosk.language,
            site=settings.kiosk.site,
            zone=self._zone(settings),
            server=settings.server.url,
            digit=settings.kiosk.kiosk_digit,
            diagonal=settings.display.diagonal_inch,
            printer=settings.printer.transport,
            scanner=settings.scanner.device,
        )

    def has_people(self) -> bool:
        """Whether somebody has a PIN already. Raises StoreError and SiteFaults."""
        from kiosk import site
        from kiosk.store import People

        data, _faults = site.load_or_last_good(self.settings().site_dir, self._state)
        store = open_store(self._state, data, self._clock)
        try:
            return bool(People(store).all())
        finally:
            store.close()

    def perform(self, work: w.Work) -> w.Answer:
        """Do ``work``; what it may not do and what fails is an answer."""
        from kiosk.store import StoreError
        from kiosk.sync.errors import SyncError
        from printer.errors import PrinterError

        try:
            return self._perform(work)
        except SettingsError as error:
            return w.Refused("refused", "; ".join(error.faults) + f" ({error.code})")
        except SiteFaults as error:
            return w.Refused("refused", str(error.faults[0]))
        except (PrinterError, StoreError, SyncError, ValueError) as error:
            return w.Refused("refused", str(error))
        except OSError as error:
            return w.Refused("refused", f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))

    def _perform(self, work: w.Work) -> w.Answer:
        match work.kind:
            case "sites":
                return w.Found(setup_sites.found(self._file, self._language(), self._root))
            case "printers":
                return w.Found(tuple(self._printers()))
            case "scanners":
                lines = [*self._root.glob("dev/serial/by-id/*"), *self._root.glob("dev/ttyACM*")]
                return w.Found(tuple(Option(str(line), line.name) for line in sorted(lines)))
            case "test":
                return self._test(work)
            case "say":
                return w.Did(self._say())
            case "doctor":
                return w.Examined(self._examine())
            case "listen":
                return w.Did()
            case "finish":
                return self._finish(work)
        self._keep_answer(work)
        return self._kept(work)

    # --- answers that are kept --------------------------------------------------------------------------------------

    def _keep_answer(self, work: w.Work) -> None:
        match work.kind:
            case "language":
                self._change({("kiosk", "language"): work.name})
            case "site":
                name, _data = setup_sites.take(work.name, self._file)
                self._change({("kiosk", "site"): name})
            case "alone":
                self._change({("server", "url"): "", ("kiosk", "numbering"): "local"})
            case "pair":
                url = work.name.rstrip("/")
                self._pair(url, work.text)
                self._change({("server", "url"): url, ("kiosk", "numbering"): "central"})
            case "digit":
                self._change({("kiosk", "kiosk_digit"): int(work.number)})
            case "panel":
                self._change({("display", "diagonal_inch"): work.number})
            case "printer":
                self._change(self._printer_values(work))
            case "scanner":
                self._change({("scanner", "device"): work.name})
            case "zone":
                self._set_zone(work.name)
            case "pass":
                pass  # the configuration says it already
            case _:
                raise ValueError(f"no such work: {work.kind!r}")

    def _pair(self, url: str, code: str) -> None:
        """Pair with the server. Raises SyncError, StoreError, SiteFaults and ValueError."""
        from kiosk import site
        from kiosk.enrolling import pair

        letters = re.sub(r"[\s-]", "", code).upper()
        if _CODE.fullmatch(letters) is None:
            raise ValueError(f"{code!r}; allowed: eight letters such as BCDF-GHJK, as the server shows it")
        settings = self.settings()
        data, _faults = site.load_or_last_good(settings.site_dir, self._state)
        store = open_store(self._state, data, self._clock)
        try:
            queues = [queue.code for queue in data.catalogue.queues]
            pair(
                settings, self._state, self._clock, store, data.site,
                url=url, code=letters, name="Kiosk", replaces="", queues=queues,
            )  # fmt: skip
        finally:
            store.close()

    def _kept(self, work: w.Work) -> w.Kept:
        done = setup_progress.read(self._state)
        done[work.step] = work.name or (f"{work.number:g}" if work.kind in ("digit", "panel") else work.kind)
        setup_progress.write(self._state, done)
        return w.Kept(self.facts())

    def _change(self, values: Mapping[Name, Value]) -> None:
        """Write what differs from the configuration; a value that the environment decides may say the same."""
        settings = self.settings()
        fresh = {
            (section, key): value
            for (section, key), value in values.items()
            if getattr(getattr(settings, section), key) != value
        }
        if fresh:
            change(self._file, fresh, self._environ)

    def _zone(self, settings: Settings) -> str:
        from kiosk.site.files import read_site

        try:
            return read_site(settings.site_dir / SITE_FILE).timezone
        except SiteFaults:
            return w.Facts.zone

    def _set_zone(self, zone: str) -> None:
        """Write the zone into the site, which becomes this unit's own where it came with the program."""
        settings = self.settings()
        if self._zone(settings) == zone:
            return
        name, data = setup_sites.take(settings.kiosk.site, self._file, own=True)
        file = data.directory / SITE_FILE
        write(file, edited(file.read_text(encoding="utf-8"), {("", "timezone"): zone}))
        self._change({("kiosk", "site"): name})

    # --- the printer ------------------------------------------------------------------------------------------------

    def _printers(self) -> list[Option]:
        from printer import profiles
        from printer.find import ask, candidates

        profile = profiles.load(_profile(80, raster=False))
        options = []
        for candidate in candidates(self._root / "dev", self._usb):
            here, answers, why = ask(candidate, profile, self._state / PAPER_FOLDER)
            self._known[here.name] = here
            answered = answers is not None and bool(answers.answered)
            line = why or self._words(_("menjawab") if answered else _("ada, tetapi diam"))
            options.append(Option(here.name, here.label, f"{here.name} · {line}", good=answered))
        return sorted(options, key=lambda option: not option.good)

    def _test(self, work: w.Work) -> w.Printed:
        from kiosk.test_slip import test_slip

        press = self._press(work)
        verdict = press.print(test_slip(press.profile))
        return w.Printed(verdict.outcome.value, verdict.cause.value if verdict.cause else "")

    def _press(self, work: w.Work) -> Press:
        """Return a press for the printer that was picked, with what it answers remembered."""
        from printer import known, profiles
        from printer.connect import press_for
        from printer.find import ask, parse

        there = self._known.get(work.name) or parse(work.name)
        profile = _profile(work.width, work.raster)
        file = self._state / KNOWN_FILE
        _here, answers, _why = ask(there, profiles.load(profile), self._state / PAPER_FOLDER)
        if answers is not None:
            name = known.key(there.transport, there.address.of(there.transport), profile)
            known.remember(file, name, known.unit_of(answers))
        return press_for(
            there.transport,
            there.address,
            profile=profile,
            paper_dir=self._state / PAPER_FOLDER,
            known_file=file,
        )

    def _printer_values(self, work: w.Work) -> dict[Name, Value]:
        from printer.find import parse

        there = self._known.get(work.name) or parse(work.name)
        values: dict[Name, Value] = {
            ("printer", "transport"): there.transport,
            ("printer", "width_mm"): work.width,
            ("printer", "profile"): _profile(work.width, work.raster),
        }
        match there.transport:
            case "network":
                values |= {("printer", "host"): there.address.host, ("printer", "port"): there.address.port}
            case "serial":
                values["printer", "baudrate"] = there.address.baudrate
                values["printer", "device"] = there.address.device
            case "usb" | "file" | "cups":
                values["printer", "device"] = there.address.device
        return values

    # --- the rest ---------------------------------------------------------------------------------------------------

    def _say(self) -> bool:
        """Say a phrase and wait until it was said; False where there is no voice."""
        from kiosk.devices.speech import Speech, program

        speech = Speech(program())
        try:
            if not speech.say([self._words(PHRASE)], self._language(), 3):
                return False
            end = time.monotonic() + SPOKEN_S
            while speech.poll() and time.monotonic() < end:
                time.sleep(
                    0.05
                )  # there is no event: it is another process, and this thread has nothing else to do
            return True
        finally:
            speech.stop()

    def _finish(self, work: w.Work) -> w.Answer:
        """Keep the PINs, and say that this unit is set up."""
        from kiosk import site
        from kiosk.staff.door import enrol
        from kiosk.staff.pins import PinRefused, require_good
        from kiosk.store import People

        try:
            for pin in work.pins:
                require_good(pin)
            if len(set(work.pins)) != len(work.pins):
                raise PinRefused("two people cannot have the same")
        except PinRefused:
            return w.Refused("simple")
        settings = self.settings()
        data, _faults = site.load_or_last_good(settings.site_dir, self._state)
        store = open_store(self._state, data, self._clock)
        try:
            people = People(store)
            if bool(people.all()) is bool(work.pins):
                return w.Refused("people")  # PINs are first PINs, and without any somebody must have one
            # The configuration first: a unit that is set up and has no PIN can still be given one at the terminal.
            self._change({("kiosk", "set_up"): True})
            for person, pin in zip((TECHNICIAN, STAFF), work.pins, strict=False):
                enrol(people, person, pin, WHO)
            store.audit(WHO, "unit.set_up", {"site": settings.kiosk.site})
        finally:
            store.close()
        return self._kept(replace(work, kind="pin", name="kept"))

    def _examine(self) -> tuple[w.Item, ...]:
        from kiosk.doctor import Machine, examine

        language = self._language()
        report = examine(Machine(self._file, self._state, clock=self._clock, environ=self._environ))
        return tuple(
            w.Item(
                " · ".join(part for part in (one.check, one.code) if part),
                one.level.value,
                one.message.text(language),
                one.remedy.text(language) if one.level.value != "ok" else "",
            )
            for one in report.findings
        )

    def _language(self) -> str:
        try:
            return self.settings().kiosk.language
        except SettingsError:
            return "id"

    def _words(self, message: str) -> str:
        return translate(message, self._language())


def _profile(width: int, raster: bool) -> str:
    return f"generic-{width}" + ("-raster" if raster else "")
