"""Reading a site from its folder: ``site.toml`` and ``catalogue.json`` become one checked ``SiteData``."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.core.catalogue import Catalogue, Site
from kiosk.site import strict_json
from kiosk.site.faults import Fault, SiteFaults, shown
from kiosk.site.rules import judged, mall_faults, validated

SITE_FILE = "site.toml"
CATALOGUE_FILE = "catalogue.json"


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
    site: Site | None = None
    try:
        site = read_site(directory / SITE_FILE)
        faults += site_faults(site, directory)
    except SiteFaults as error:
        faults += error.faults
    catalogue: Catalogue | None = None
    try:
        catalogue = read_catalogue(directory / CATALOGUE_FILE, site)
    except SiteFaults as error:
        faults += error.faults
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


def read_catalogue(path: Path, site: Site | None = None) -> Catalogue:
    """Read a ``catalogue.json``; raise SiteFaults. Without a ``site``, zones and languages are not judged."""
    text = _text(path)
    catalogue, faults = judged(strict_json.parse(text, path.name), site, path.name, text)
    if catalogue is None:
        raise SiteFaults(faults)
    return catalogue


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


def site_faults(site: Site, directory: Path) -> Iterator[Fault]:
    """Yield what is wrong with a site that is sound in itself: its pictures, languages and zones."""
    logo = site.ticket.logo
    if logo is not None and not (directory / logo).is_file():
        problem = f"no such file in {directory}; name a picture beside {SITE_FILE}, or leave logo out"
        yield Fault("E-CAT-08", SITE_FILE, "ticket.logo", shown(logo), problem)
    yield from mall_faults(site, SITE_FILE)
