"""Where a new unit finds its site: with the program, beside the configuration, or on a USB stick; and taking one in."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from kiosk import durable
from kiosk.core.common import say
from kiosk.core.setup import Option
from kiosk.settings import DEFAULT_FILE
from kiosk.site import SiteData, SiteFaults, load
from kiosk.site.files import CATALOGUE_FILE, SITE_FILE

STICKS: Final = ("media", "run/media", "mnt")
"""Folders under which sticks are mounted, at most two levels down (``/media/usb``, ``/run/media/NAME/STICK``)."""
MOST: Final = 20
PREVIOUS: Final = ".previous"


def found(config: Path, language: str, root: Path = Path("/")) -> tuple[Option, ...]:
    """Return the sites there are, sticks first; of a bad one the first fault is its line."""
    options: dict[str, Option] = {}
    for folder in _folders(config, root):
        # Of the sites that are here, the folder's name is enough; a stick's needs its whole path.
        here = folder.parent in (config.parent / "sites", DEFAULT_FILE.parent / "sites")
        name = folder.name if here else str(folder)
        if name not in options and len(options) < MOST:
            options[name] = _option(name, folder, language)
    return tuple(options.values())


def _folders(config: Path, root: Path) -> Iterator[Path]:
    for base in STICKS:
        for depth in ("*", "*/*", "*/*/*"):
            yield from _with_site(root.glob(f"{base}/{depth}"))
    for beside in (config.parent / "sites", DEFAULT_FILE.parent / "sites"):
        yield from _with_site(beside.glob("*"))


def _with_site(folders: Iterable[Path]) -> Iterator[Path]:
    try:
        yield from sorted(
            folder for folder in folders if (folder / SITE_FILE).is_file() and folder.suffix != PREVIOUS
        )
    except OSError:
        return  # a stick that was pulled out while it was looked at


def _option(name: str, folder: Path, language: str) -> Option:
    try:
        data = load(folder)
    except SiteFaults as error:
        return Option(name, folder.name, str(error.faults[0]), good=False)
    services = len(data.catalogue.services)
    title = say(data.site.name, language).replace("\u00ad", "")
    region = say(data.site.region, language)
    return Option(name, f"{title} · {region}", f"{folder} · {len(data.catalogue.agencies)} / {services}")


def take(name: str, config: Path, *, own: bool = False) -> tuple[str, SiteData]:
    """Make the site ``name`` (a folder's path, or the name of one that is here) this unit's own.

    A site from elsewhere is copied beside the configuration, whole or not at all; one of the same name becomes
    ``NAME.previous``. ``own`` copies also one that comes with the program, so that it can be changed. Returns its name
    for the configuration and the site. Raises SiteFaults and OSError.
    """
    sites = config.parent / "sites"
    beside, shipped = sites / name, DEFAULT_FILE.parent / "sites" / name
    if beside.is_dir() and beside.parent == sites:
        return name, load(beside)
    if shipped.is_dir() and shipped.parent == DEFAULT_FILE.parent / "sites" and not own:
        return name, load(shipped)
    source = shipped if shipped.is_dir() else Path(name)
    data = load(source)
    target = sites / source.resolve().name
    if source.resolve() == target.resolve():
        return target.name, data
    sites.mkdir(parents=True, exist_ok=True)
    names = [SITE_FILE, CATALOGUE_FILE, *([data.site.ticket.logo] if data.site.ticket.logo else [])]
    with tempfile.TemporaryDirectory(dir=sites, prefix=".new-", ignore_cleanup_errors=True) as fresh:
        inside = Path(fresh) / target.name
        for one in names:
            (inside / one).parent.mkdir(parents=True, exist_ok=True)
            durable.write(inside / one, (source / one).read_bytes())
        load(inside)  # the stick may have been pulled out meanwhile
        if target.exists():
            before = target.with_name(target.name + PREVIOUS)
            shutil.rmtree(before, ignore_errors=True)
            target.rename(before)
        inside.rename(target)
    durable.sync_folder(sites)
    return target.name, load(target)
