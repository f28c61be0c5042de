"""Reading a site from its folder: ``site.toml`` and ``catalogue.json`` become one checked ``SiteData``."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from kiosk.core.catalogue import REQUIRED_LANGUAGES, Agency, Catalogue, Service, Site, Zone, find_faults
from kiosk.site import strict_json
from kiosk.site.faults import MISSING, Fault, SiteFaults, faults_of, shown

SITE_FILE = "site.toml"
CATALOGUE_FILE = "catalogue.json"
PICTOGRAMS = Path(__file__).resolve().parent.parent.parent / "assets" / "pictograms"

_NOT_TYPED = re.compile(r"[^a-z0-9]+")
_ROW = re.compile(r"(?P<kind>\w+)\[(?P<index>\d+)\] \([^)]*\)(?:\.(?P<field>\w+))?")
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class SiteData:
    """A whole site, consistent and complete."""

    site: Site
    catalogue: Catalogue
    directory: Path
    """Where its files are: the site's folder, or the last good copy's."""


def load(directory: Path) -> SiteData:
    """Read the site in ``directory``; raise SiteFaults with every fault of both files at once."""
    faults: list[Fault] = []
    site = _gather(lambda: read_site(directory / SITE_FILE), faults)
    catalogue = _gather(lambda: read_catalogue(directory / CATALOGUE_FILE), faults)
    if site is not None:
        faults.extend(_site_faults(site, directory))
    if catalogue is not None:
        faults.extend(catalogue_faults(catalogue, site, CATALOGUE_FILE))
    if faults or site is None or catalogue is None:
        raise SiteFaults(faults)
    return SiteData(site, catalogue, directory)


def read_site(path: Path) -> Site:
    """Read ``site.toml`` alone; raise SiteFaults."""
    try:
        data = tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        message, _, where = str(error).partition(" (at ")
        fault = Fault("E-CAT-02", path.name, where.rstrip(")"), "", f"is not TOML: {message}")
        raise SiteFaults([fault]) from error
    # TOML has dates and times of its own; as text they are read like the quoted ones.
    return validated(Site, json.loads(json.dumps(data, default=str)), path.name)


def read_catalogue(path: Path) -> Catalogue:
    """Read ``catalogue.json`` alone; raise SiteFaults."""
    return validated(Catalogue, strict_json.parse(_text(path), path.name), path.name)


def validated(model: type[_Model], data: object, file: str) -> _Model:
    """Return ``data``, as a JSON parser gives it, as ``model``; raise SiteFaults.

    Strict as JSON: ``"30000"`` is no fee. (Python's own strict mode would refuse a list for a tuple.)
    """
    try:
        return model.model_validate_json(json.dumps(data), strict=True)
    except ValidationError as error:
        raise SiteFaults(faults_of(error, model, data, file)) from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")  # a BOM is what Windows editors add
    except FileNotFoundError as error:
        raise SiteFaults([Fault("E-CAT-01", path.name, "", "", f"is missing in {path.parent}")]) from error
    except OSError as error:
        problem = f"cannot be read in {path.parent}: {error.strerror}"
        raise SiteFaults([Fault("E-CAT-01", path.name, "", "", problem)]) from error
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 text: byte {error.start} is {error.object[error.start]:#04x}"
        raise SiteFaults([Fault("E-CAT-02", path.name, "", "", problem)]) from error


def _gather(read: Callable[[], _Model], faults: list[Fault]) -> _Model | None:
    try:
        return read()
    except SiteFaults as error:
        faults.extend(error.faults)
        return None


def _site_faults(site: Site, directory: Path) -> Iterator[Fault]:
    logo = site.ticket.logo
    if logo is not None and not (directory / logo).is_file():
        problem = f"no such file in {directory}; name a picture beside {SITE_FILE}, or leave logo out"
        yield Fault("E-CAT-08", SITE_FILE, "ticket.logo", shown(logo), problem)
    for tag in (tag for tag in REQUIRED_LANGUAGES if tag not in site.languages):
        problem = f"{tag!r} must be one of them; allowed: every list with {', '.join(REQUIRED_LANGUAGES)}"
        yield Fault("E-CAT-06", SITE_FILE, "languages", shown(site.languages), problem)
    codes = [zone.code for zone in site.zones]
    for index, code in enumerate(codes):
        if code in codes[:index]:
            problem = f"is already used by row {codes.index(code)}; give each zone its own"
            yield Fault("E-CAT-07", SITE_FILE, f"zones[{index}] ({code}).code", shown(code), problem)


def catalogue_faults(catalogue: Catalogue, site: Site | None, file: str) -> Iterator[Fault]:
    """Yield what is wrong between records and around them; zones and languages only with a ``site``."""
    if site is None:
        zones = tuple(Zone.model_construct(code=queue.zone) for queue in catalogue.queues)
        judge = Site.model_construct(zones=zones)
    else:
        judge = site
    for place, problem in find_faults(judge, catalogue):
        yield Fault("E-CAT-07", file, place, shown(_value_at(catalogue, place)), problem)
    pictograms = {path.stem for path in PICTOGRAMS.glob("*.svg")}
    for index, agency in enumerate(catalogue.agencies):
        if agency.pictogram not in pictograms:
            problem = f"no such pictogram; allowed: {', '.join(sorted(pictograms))}"
            place = f"agencies[{index}] ({agency.code}).pictogram"
            yield Fault("E-CAT-08", file, place, shown(agency.pictogram), problem)
    for index, service in enumerate(catalogue.services):
        for number, word in enumerate(service.words):
            if problem := _word_problem(word, service.words[:number]):
                place = f"services[{index}] ({service.code}).words[{number}]"
                yield Fault("E-CAT-09", file, place, shown(word), problem)
    if site is not None:
        yield from _languages_unknown(catalogue, frozenset(site.languages), file)


def searchable(word: str) -> str:
    """Return ``word`` as a visitor can type it: small letters and digits without accents, single spaces."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(_NOT_TYPED.sub(" ", letters).split())


def _word_problem(word: str, before: tuple[str, ...]) -> str:
    if word != word.lower() or word != " ".join(word.split()):
        return f"must be in small letters with single spaces; write {' '.join(word.lower().split())!r}"
    if len(searchable(word)) < 2:
        return "cannot be found: fewer than 2 letters or digits; allowed: 2 to 60"
    if len(word) > 60:
        return "cannot be found: nobody types so much; allowed: 2 to 60 letters or digits"
    if word in before:
        return f"stands twice, first as words[{before.index(word)}]; keep one"
    return ""


def _languages_unknown(catalogue: Catalogue, known: frozenset[str], file: str) -> Iterator[Fault]:
    groups: tuple[tuple[str, Sequence[Agency | Service]], ...] = (
        ("agencies", catalogue.agencies),
        ("services", catalogue.services),
    )
    for kind, rows in groups:
        for index, row in enumerate(rows):
            for name, value in row.__dict__.items():
                if isinstance(value, dict) and name != "week" and not value.keys() <= known:
                    for tag in sorted(value.keys() - known):
                        place = f"{kind}[{index}] ({row.code}).{name}.{tag}"
                        problem = f"is not a language of this site; allowed: {', '.join(sorted(known))}"
                        yield Fault("E-CAT-04", file, place, shown(value[tag]), problem)


def _value_at(catalogue: Catalogue, place: str) -> object:
    """Return what stands at a place that ``find_faults`` named, such as ``services[12] (C03).queue``."""
    found = _ROW.fullmatch(place)
    if found is None or not found["field"]:
        return MISSING
    return getattr(getattr(catalogue, found["kind"])[int(found["index"])], found["field"])
