"""The catalogue of a mall as data: agencies, queues, services, zones, hours.

Everything a visitor reads that belongs to the site is *bilingual data*, a mapping from language tag to text, with
Indonesian (``id``) and English (``en``) always present. Unknown keys are refused, so that a misspelt field in an
agency's spreadsheet is an error with a place and never a silent loss.

What a source does not tell is ``None`` or empty here and is shown as "Tanyakan petugas"; nothing is invented.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kiosk.core.common import Weekday

REQUIRED_LANGUAGES = ("id", "en")

# A line break or a control character would break the screen's measure, and on the printer it is a command (ESC/POS).
_PLAIN = r"^[^\x00-\x1f\x7f-\x9f]*$"
Sentence = Annotated[
    str, StringConstraints(min_length=1, max_length=400, strip_whitespace=True, pattern=_PLAIN)
]
Remark = Annotated[
    str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True, pattern=_PLAIN)
]
"""A text in one language: a law, a source, a note. Not known is ``None``, never an empty text."""
QueueCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,3}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,12}$")]


WebAddress = Annotated[
    str,
    StringConstraints(
        max_length=200, pattern=r"^https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?(/[!-~]*)?$"
    ),
]
"""An address whose owner a browser can be sure of: https alone, its host in small letters."""


def _wall_clock(value: dt.time) -> dt.time:
    if value.tzinfo is not None:
        raise ValueError(f"is the mall's own wall clock and takes no time zone; write {value:%H:%M}")
    return value


WallClock = Annotated[dt.time, AfterValidator(_wall_clock)]


def _bilingual_text(value: dict[str, str]) -> dict[str, str]:
    _require_languages(value)
    return value


def _bilingual_list(value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    if not any(value.values()):
        return {}
    _require_languages(value)
    if len({len(lines) for lines in value.values()}) > 1:
        counts = ", ".join(f"{tag}: {len(lines)}" for tag, lines in value.items())
        raise ValueError(f"must have as many lines in every language, found {counts}")
    return value


def _require_languages(value: Mapping[str, object]) -> None:
    missing = [tag for tag in REQUIRED_LANGUAGES if not value.get(tag)]
    if missing:
        raise ValueError(f"needs a text for {', '.join(missing)}")


Text = Annotated[dict[str, Sentence], AfterValidator(_bilingual_text)]
"""One text in every language: ``{"id": "Dukcapil", "en": "Civil registry"}``."""
TextList = Annotated[dict[str, tuple[Sentence, ...]], AfterValidator(_bilingual_list)]
"""Lines in every language, the same number in each; ``{}`` when nothing is known."""


class Record(BaseModel):
    """The base of all catalogue data: frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Hours(Record):
    """One day's opening. Times are the site's own wall clock."""

    open: WallClock
    close: WallClock
    last_ticket: WallClock
    """No ticket is given at or after this time; at most ``close``."""

    @model_validator(mode="after")
    def _in_order(self) -> Hours:
        if not self.open < self.last_ticket <= self.close:
            raise ValueError(
                f"must be in order open < last_ticket <= close, found {self.open:%H:%M}, "
                f"{self.last_ticket:%H:%M}, {self.close:%H:%M}"
            )
        return self


class Break(Record):
    """A pause on some weekdays, such as Friday prayer: no tickets from ``start`` until ``end``."""

    days: tuple[Weekday, ...] = Field(min_length=1)
    start: WallClock
    end: WallClock
    name: Text

    @model_validator(mode="after")
    def _in_order(self) -> Break:
        if not self.start < self.end:
            raise ValueError(f"start must be before end, found {self.start:%H:%M} and {self.end:%H:%M}")
        return self


class DateOverride(Record):
    """One date that differs from the week: closed (``hours`` absent) or open at other hours, with the reason."""

    date: dt.date
    name: Text
    hours: Hours | None = None


class Holidays(Record):
    """National holidays come from the ``holidays`` library; a date can be taken out of it."""

    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = "ID"
    national: bool = True
    open_anyway: tuple[dt.date, ...] = ()


class Numbers(Record):
    """How a number is written: ``A-001`` has separator ``-`` and 3 digits."""

    separator: Annotated[str, StringConstraints(pattern=r"^[-. /]?$")] = "-"
    digits: int = Field(default=3, ge=2, le=4)


class Zone(Record):
    """A waiting area."""

    code: Code
    name: Text
    floor: Text
    way: Text | None = None
    """How to get there from this machine, in words: what the plan shows to the eye."""


class TicketTexts(Record):
    """The site's own words on the paper."""

    footer: Text
    logo: Remark | None = None
    """A file beside the site file, printed at the top where it is set."""


class Information(Record):
    """What the mall's own page tells besides its hours. What a site leaves out is not shown."""

    address: Text | None = None
    desk: Text | None = None
    """Where the information desk is: ``di Lantai 3, dekat pintu masuk``."""
    phone: Annotated[str, StringConstraints(pattern=r"^[-+() 0-9]{3,30}$")] | None = None
    facilities: TextList = Field(default_factory=dict)
    complaint: TextList = Field(default_factory=dict)
    """The ways to complain, one a line: the desk, lapor.go.id."""
    pledge: TextList = Field(default_factory=dict)
    """The service pledge (maklumat pelayanan), a sentence a line."""
    must_verify: bool = True


Plan = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,60}\.svg$")]
"""A picture of the hall beside the site file; each zone is an element with the id ``zone-CODE``."""
Term = Annotated[str, StringConstraints(min_length=2, max_length=40, strip_whitespace=True, pattern=_PLAIN)]


class Site(Record):
    """The mall itself (``site.toml``)."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{2,40}$")]
    sample: bool
    """True while names, fees and times are not verified by the mall: technicians are told, visitors are not."""
    name: Text
    region: Text
    timezone: Literal["Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura"]
    languages: tuple[str, ...] = REQUIRED_LANGUAGES
    counter_word: Text
    queue_word: Text
    numbers: Numbers = Numbers()
    week: dict[Weekday, Hours] = Field(min_length=1)
    breaks: tuple[Break, ...] = ()
    overrides: tuple[DateOverride, ...] = ()
    holidays: Holidays = Holidays()
    zones: tuple[Zone, ...]
    ticket: TicketTexts
    complaint: Text
    """Where to complain; shown on each service that names no channel of its own."""
    help: TextList
    """The lines of the help page that belong to this mall (where the information desk is, …)."""
    information: Information = Information()
    plan: Plan | None = None
    glossary: dict[Term, Text] = Field(default_factory=dict)
    """Abbreviations and words of offices, explained on the service sheets that use them: ``{"KK": …}``."""

    @property
    def zone_abbreviation(self) -> str:
        """WIB, WITA or WIT: Indonesia's three time zones (Keppres 41/1987)."""
        return {"Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}.get(self.timezone, "WIB")


class Queue(Record):
    """One series of numbers. Several services may share it."""

    code: QueueCode
    zone: Code
    counters: Annotated[str, StringConstraints(strip_whitespace=True, pattern=_PLAIN)] = Field(
        default="", max_length=40
    )
    """The counters that call it, as written on the wall: ``4–7``; empty when not known."""
    quota: int | None = Field(default=None, ge=1, le=9999)
    """Tickets a day; None = as many as the series holds."""
    note: Remark | None = None
    """For those who keep the catalogue; never shown to visitors."""


class Agency(Record):
    """One agency with its pictogram."""

    code: Code
    name: Text
    short: Text
    """The name people say; a soft hyphen (U+00AD) marks where a long word may break."""
    line: Text
    """One line that says what it is for."""
    pictogram: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
    source: tuple[Remark, ...] = ()
    note: Remark | None = None


class Service(Record):
    """One service: what it needs, costs and takes, and where each fact came from."""

    code: Code
    agency: Code
    queue: QueueCode
    name: Text
    """The full official name."""
    short: Text
    """What the visitor calls it; the title on screens and on paper."""
    line: Text
    """One plain line below the title."""
    requirements: TextList = Field(default_factory=dict)
    fee_idr: int | None = Field(default=None, ge=0, le=1_000_000_000_000)
    """Rupiah; 0 = free; None = see ``fee_note``, or not known."""
    fee_note: Text | None = None
    duration: Text | None = None
    product: Text | None = None
    legal_basis: Remark | None = None
    complaint: Text | None = None
    online: WebAddress | None = None
    """Where the service can be had without coming: shown as a code for a phone, with its host in words."""
    words: tuple[Sentence, ...] = ()
    """Everyday search words, lower case: ``ktp``, ``surat kehilangan``, ``pajak motor``."""
    week: Annotated[dict[Weekday, Hours], Field(min_length=1)] | None = None
    """Its own hours where they differ from the mall's."""
    quota: int | None = Field(default=None, ge=1, le=9999)
    closed: Text | None = None
    """Closed until further notice, with the reason."""
    must_verify: bool
    source: Remark
    details_source: tuple[Remark, ...] = ()
    note: Remark | None = None


class Catalogue(Record):
    """Agencies, queues and services (``catalogue.json``), whole and consistent."""

    agencies: tuple[Agency, ...] = Field(min_length=1)
    queues: tuple[Queue, ...] = Field(min_length=1)
    services: tuple[Service, ...] = Field(min_length=1)

    @cached_property
    def agency_by_code(self) -> dict[str, Agency]:
        return {agency.code: agency for agency in self.agencies}

    @cached_property
    def queue_by_code(self) -> dict[str, Queue]:
        return {queue.code: queue for queue in self.queues}

    @cached_property
    def service_by_code(self) -> dict[str, Service]:
        return {service.code: service for service in self.services}

    @cached_property
    def services_by_agency(self) -> dict[str, tuple[Service, ...]]:
        groups: dict[str, list[Service]] = {agency.code: [] for agency in self.agencies}
        for service in self.services:
            groups.setdefault(service.agency, []).append(service)
        return {code: tuple(group) for code, group in groups.items()}


def find_faults(site: Site, catalogue: Catalogue) -> list[tuple[str, str]]:
    """Return every fault *between* records as (place, what is wrong and what is allowed); empty when all is well.

    A place is written like ``services[12] (C03).queue``, so that a person finds the row.
    """
    faults: list[tuple[str, str]] = []
    zones = {zone.code for zone in site.zones}
    groups: tuple[tuple[str, tuple[Agency | Queue | Service, ...]], ...] = (
        ("agencies", catalogue.agencies),
        ("queues", catalogue.queues),
        ("services", catalogue.services),
    )
    for kind, rows in groups:
        seen: dict[str, int] = {}
        for index, row in enumerate(rows):
            if row.code in seen:
                faults.append(
                    (
                        f"{kind}[{index}] ({row.code}).code",
                        f"{row.code!r} is already used by row {seen[row.code]}",
                    )
                )
            seen[row.code] = index
    for index, queue in enumerate(catalogue.queues):
        if queue.zone not in zones:
            faults.append(
                (
                    f"queues[{index}] ({queue.code}).zone",
                    f"{queue.zone!r} is not a zone; allowed: {_list(zones)}",
                )
            )
        if not site.numbers.separator and queue.code[-1].isdigit():
            problem = "ends in a digit: without a separator nobody can tell it from the number; end it with a letter"
            faults.append((f"queues[{index}] ({queue.code}).code", f"{queue.code!r} {problem}"))
    for index, service in enumerate(catalogue.services):
        place = f"services[{index}] ({service.code})"
        if service.agency not in catalogue.agency_by_code:
            faults.append(
                (
                    f"{place}.agency",
                    f"{service.agency!r} is not an agency; allowed: {_list(catalogue.agency_by_code)}",
                )
            )
        if service.queue not in catalogue.queue_by_code:
            faults.append(
                (
                    f"{place}.queue",
                    f"{service.queue!r} is not a queue; allowed: {_list(catalogue.queue_by_code)}",
                )
            )
    for index, agency in enumerate(catalogue.agencies):
        if not catalogue.services_by_agency[agency.code]:
            faults.append((f"agencies[{index}] ({agency.code})", "has no service; give it one or remove it"))
    return faults


def _list(codes: object) -> str:
    names = sorted(codes)  # type: ignore[call-overload]
    return ", ".join(names[:20]) + (f" … ({len(names)})" if len(names) > 20 else "")
