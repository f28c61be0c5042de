"""The kiosk's configuration: one TOML file, one environment variable for each key, typed and bounded.

Unknown keys are errors. An error names the file, ``[section] key``, the value found and what is allowed, and all errors
come at once. ``ANJUNGAN_SECTION__KEY`` overrides one key. Every key is documented in ``config/kiosk.toml`` and in
``docs/configuration.md``; a test holds that.

Validated by msgspec: it imports in 30 ms where pydantic takes 120, and the first frame of the window waits for this
file (docs/adr/).

Errors::

    SettingsError            what is wrong, one line for each fault
      E-CFG-01               the file cannot be read or is not TOML
      E-CFG-02               a key or a value is not allowed
      E-CFG-03, E-CFG-04     it cannot be changed (kiosk.settings_change)
"""

from __future__ import annotations

import logging
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import Meta

from kiosk import durable

log = logging.getLogger(__name__)

TIME = r"^([01]\d|2[0-3]):[0-5]\d$"
ENVIRONMENT_PREFIX = "ANJUNGAN_"
ROOT = Path(__file__).resolve().parent.parent
DEFAULT_FILE = ROOT / "config" / "kiosk.toml"


class SettingsError(Exception):
    """The configuration cannot be used; ``faults`` has one line each, ready for a technician."""

    def __init__(self, code: str, faults: list[str]) -> None:
        self.code = code
        self.faults = faults
        super().__init__(f"{code}: " + "; ".join(faults))


class KioskSection(msgspec.Struct, frozen=True):
    """What this unit is."""

    site: Annotated[str, Meta(min_length=1)] = "bangkalan"
    """A folder name under ``sites/`` beside the configuration file, or a path."""
    language: Annotated[str, Meta(pattern=r"^[a-z]{2,3}$")] = "id"
    numbering: Literal["local", "central"] = "local"
    kiosk_digit: Annotated[int, Meta(ge=0, le=99)] = 0
    """0: this kiosk alone issues 001…999. 1–99: it issues in its own band, beside other kiosks without a server."""
    mobile: bool = False
    """Goes on trips: staff name the place where it stands, and its tickets carry it."""
    ignore_hours: bool = False
    set_up: bool = True
    """False on a unit that comes out of its box: it opens with the set-up, which says true at its end."""


class DisplaySection(msgspec.Struct, frozen=True):
    """The panel, measured with a ruler."""

    fullscreen: bool = True
    diagonal_inch: Annotated[float, Meta(ge=7, le=100)] = 21.5
    bottom_edge_mm: Annotated[int, Meta(ge=0, le=2000)] = 700
    viewing_mm: Annotated[int, Meta(ge=300, le=1200)] = 600
    screen_off: Literal["never", "hours", "times"] = "never"
    """What switches the screen off while nobody is here: nothing, the mall's hours, or the two times below."""
    on_from: Annotated[str, Meta(pattern=TIME)] = "07:00"
    off_at: Annotated[str, Meta(pattern=TIME)] = "17:00"
    margin_min: Annotated[int, Meta(ge=0, le=240)] = 30
    """Minutes before the mall opens and after it closes in which the screen is on."""


class PrinterSection(msgspec.Struct, frozen=True):
    """Where the paper comes out."""

    transport: Literal["virtual", "usb", "serial", "network", "file", "cups"] = "virtual"
    width_mm: Literal[58, 80] = 80
    profile: Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,40}$")] = "generic-80"
    host: Annotated[str, Meta(min_length=1)] = "192.0.2.9"
    port: Annotated[int, Meta(ge=1, le=65535)] = 9100
    device: Annotated[str, Meta(min_length=1)] = "/dev/usb/lp0"
    baudrate: Literal[9600, 19200, 38400, 57600, 115200] = 115200
    flow: Literal["none", "rtscts", "dsrdtr", "xonxoff"] = "none"
    roll_m: Annotated[int, Meta(ge=0, le=300)] = 80
    when_out: Literal["screen", "close"] = "screen"
    """What a printer that cannot print means to visitors: the number on the screen, or no numbers until it is back."""
    deadline_s: Annotated[float, Meta(ge=0.5, le=30)] = 5.0
    lists_per_hour: Annotated[int, Meta(ge=0, le=1000)] = 40
    """Lists of what to bring that visitors may print in an hour; 0: none are offered."""

    def __post_init__(self) -> None:
        # Whoever only changes the width to 58 mm means the plain 58 mm printer, not an 80 mm one on narrow paper.
        if self.width_mm == 58 and self.profile == "generic-80":
            msgspec.structs.force_setattr(self, "profile", "generic-58")


class ServerSection(msgspec.Struct, frozen=True):
    """The central server; without an address the kiosk works alone."""

    url: Annotated[str, Meta(pattern=r"^(https?://[^\s/]+(/[^\s]*)?)?$")] = ""
    allot_timeout_s: Annotated[float, Meta(ge=0.1, le=5)] = 0.8
    ca_file: str = ""


class ScannerSection(msgspec.Struct, frozen=True):
    """A code scanner: "keyboard", a serial device, or none expected."""

    device: str = ""


class SpeechSection(msgspec.Struct, frozen=True):
    """The voice that reads screens aloud."""

    jack: Literal["auto", "off"] = "auto"
    """Whether a plug in the headphone jack starts speech."""
    player: str = "aplay"
    """What plays recordings and rendered phrases; empty: espeak-ng plays by itself, without recordings."""


class SessionSection(msgspec.Struct, frozen=True):
    """Seconds of patience on the screen."""

    idle_s: Annotated[float, Meta(ge=10, le=600)] = 45
    warning_s: Annotated[float, Meta(ge=20, le=120)] = 20
    """WCAG 2.2.1: at least 20 seconds to answer a time warning."""
    result_s: Annotated[float, Meta(ge=5, le=120)] = 20
    decide_s: Annotated[float, Meta(ge=20, le=300)] = 60


class StaffSection(msgspec.Struct, frozen=True):
    """The staff's part of the kiosk."""

    idle_s: Annotated[float, Meta(ge=20, le=600)] = 60
    copies: Annotated[int, Meta(ge=0, le=20)] = 3


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The whole configuration, valid."""

    kiosk: KioskSection = KioskSection()
    display: DisplaySection = DisplaySection()
    printer: PrinterSection = PrinterSection()
    server: ServerSection = ServerSection()
    scanner: ScannerSection = ScannerSection()
    speech: SpeechSection = SpeechSection()
    session: SessionSection = SessionSection()
    staff: StaffSection = StaffSection()
    file: Path
    """The file it came from."""

    @property
    def site_dir(self) -> Path:
        """The folder of ``site.toml`` and ``catalogue.json``."""
        beside = self.file.parent / "sites" / self.kiosk.site  # an absolute path stays what it is
        # A configuration file kept elsewhere can still name a site that comes with the program.
        return beside if beside.is_dir() else DEFAULT_FILE.parent / "sites" / self.kiosk.site


SECTIONS: dict[str, type[msgspec.Struct]] = {
    "kiosk": KioskSection,
    "display": DisplaySection,
    "printer": PrinterSection,
    "server": ServerSection,
    "scanner": ScannerSection,
    "speech": SpeechSection,
    "session": SessionSection,
    "staff": StaffSection,
}


def told(settings: Settings, environ: Mapping[str, str] = os.environ) -> tuple[tuple[str, str], ...]:
    """Return ``[section] key`` with its value and where it comes from: the environment, the file, or the default."""
    given = _overrides(environ)
    rows = []
    for section, kind in SECTIONS.items():
        values = getattr(settings, section)
        for field in msgspec.structs.fields(kind):
            value = getattr(values, field.name)
            at_default = "" if value == field.default else settings.file.name
            origin = given[section, field.name][1] if (section, field.name) in given else at_default
            rows.append((f"[{section}] {field.name}", f"{value}" + (f" · {origin}" if origin else "")))
    return tuple(rows)


def default_state_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the platform's folder for state that must survive (XDG Base Directory, ``XDG_STATE_HOME``).

    systemd's ``StateDirectory=`` sets ``STATE_DIRECTORY`` and wins.
    """
    if given := environ.get("STATE_DIRECTORY"):
        return Path(given.split(":")[0])
    base = environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "anjungan"


def load(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the configuration from ``path`` (default: ``config/kiosk.toml``) and the environment.

    Raises SettingsError that lists every fault with its place, the value found and what is allowed.
    """
    file = (path or DEFAULT_FILE).absolute()
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError("E-CFG-01", [f"{file}: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise SettingsError("E-CFG-01", [f"{file}: is not TOML: {error}"]) from error
    return load_text(text, file, environ)


def load_text(text: str, file: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the configuration of ``text``, which stands in ``file`` or is to stand there. Raises SettingsError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError("E-CFG-01", [f"{file}: is not TOML: {error}"]) from error
    faults: list[str] = []
    sections: dict[str, Any] = {}
    overrides = _overrides(environ)
    places = {name: str(file) for name in data} | {
        section: origin for (section, _), (_, origin) in overrides.items()
    }
    for name, place in places.items():
        if name not in SECTIONS:
            faults.append(f"{place}: [{name}] is not a known section; allowed: {', '.join(SECTIONS)}")
    for name, kind in SECTIONS.items():
        table = data.get(name, {})
        if not isinstance(table, dict):
            faults.append(f"{file}: {name} = {table!r}: must be a section, [{name}]")
            continue
        values = {key: (value, str(file)) for key, value in table.items()}
        values |= {key: given for (section, key), given in overrides.items() if section == name}
        sections[name] = _section(name, kind, values, faults)
    if faults:
        raise SettingsError("E-CFG-02", faults)
    return Settings(file=file, **sections)


def overridden(environ: Mapping[str, str] = os.environ) -> dict[tuple[str, str], str]:
    """Return which keys the environment decides: ``(section, key)`` → the variable's name."""
    return {name: origin.removeprefix("$") for name, (_, origin) in _overrides(environ).items()}


def _overrides(environ: Mapping[str, str]) -> dict[tuple[str, str], tuple[str, str]]:
    """Return ``{(section, key): (value, "$VARIABLE")}`` of every ``ANJUNGAN_SECTION__KEY``."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for name, value in environ.items():
        section, separator, key = name.removeprefix(ENVIRONMENT_PREFIX).lower().partition("__")
        if name.startswith(ENVIRONMENT_PREFIX) and separator:
            found[section, key] = (value, f"${name}")
    return found


def _section(
    name: str, kind: type[msgspec.Struct], values: Mapping[str, tuple[Any, str]], faults: list[str]
) -> Any:
    """Build one section key by key, so that every fault is found and named at once."""
    hints = get_type_hints(kind, include_extras=True)
    good: dict[str, Any] = {}
    for key, (value, origin) in values.items():
        place = f"{origin}: [{name}] {key}"
        if key not in hints:
            faults.append(f"{place} is not a known key; allowed: {', '.join(hints)}")
            continue
        # Only the environment's text may stand for a number or a truth value; in TOML "5" is a text and refused.
        text = origin.startswith("$")
        number = text and hints[key] is not str and value.isdecimal() and "Literal" in repr(hints[key])
        try:
            good[key] = msgspec.convert(int(value) if number else value, hints[key], strict=not text)
        except msgspec.ValidationError as error:
            faults.append(f"{place} = {value!r}: {error}{_choices(hints[key])}")
    return kind(**good)


def _choices(hint: Any) -> str:
    choices = getattr(hint, "__args__", ()) if "Literal" in repr(hint) else ()
    return f"; allowed: {', '.join(str(choice) for choice in choices)}" if choices else ""


def load_or_last_good(
    path: Path | None, state: Path, environ: Mapping[str, str] = os.environ
) -> tuple[Settings, SettingsError | None]:
    """Like ``load``, for a kiosk that must open in the morning: where the file is bad, the last good copy serves.

    Returns the settings and the error that a technician must see, or None. Raises SettingsError when there is no good
    copy either.
    """
    kept = state / "last-good" / "kiosk.toml"
    try:
        settings = load(path, environ)
    except SettingsError as error:
        if not kept.is_file():
            raise
        good = load(kept, environ)
        # Places in it stay relative to the file that was meant.
        return msgspec.structs.replace(good, file=(path or DEFAULT_FILE).absolute()), error
    _keep(settings.file, kept)
    return settings, None


def _keep(file: Path, kept: Path) -> None:
    """Remember the good file. A full disk is no reason to close a mall whose configuration is good: it is told."""
    try:
        text = file.read_bytes()
        if kept.is_file() and kept.read_bytes() == text:
            return
        kept.parent.mkdir(parents=True, exist_ok=True)
        durable.write(kept, text)
    except OSError as error:
        log.warning(
            "the good configuration could not be copied: %s", error, extra={"event": "settings.not_copied"}
        )
