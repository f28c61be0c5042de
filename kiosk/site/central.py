"""The site as the central server has it: one document, judged whole before it takes the place of the one in force.

It lies in ``<state>/central-site.json``; pictures it names stay those of the site's folder on this machine. The one
before is kept beside it, for whoever wants to look.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk import durable
from kiosk.core.catalogue import Site
from kiosk.site import strict_json
from kiosk.site.faults import Fault, SiteFaults
from kiosk.site.files import SiteData, site_faults
from kiosk.site.last_good import load_or_last_good
from kiosk.site.rules import judged, validated

log = logging.getLogger(__name__)

NAME: Final = "central-site.json"
PREVIOUS: Final = "central-site.previous.json"


@dataclass(frozen=True)
class CentralSite:
    """A site from the server."""

    tag: str
    version: int
    data: SiteData


def keep(text: str, tag: str, directory: Path, state: Path, site_id: str) -> CentralSite:
    """Judge the document ``text`` and put it in force; return it. Raises SiteFaults, and then nothing has changed.

    ``site_id``: the site this kiosk is enrolled in. ``directory`` holds the pictures.
    """
    made = _judged({"tag": tag, "document": strict_json.parse(text, NAME)}, directory)
    if made.data.site.id != site_id:
        problem = f"must be the site this kiosk is enrolled in; allowed: {site_id}"
        raise SiteFaults([Fault("E-CAT-06", NAME, "site.id", json.dumps(made.data.site.id), problem)])
    target = state / NAME
    try:
        if target.exists():
            durable.write(state / PREVIOUS, target.read_bytes())
        durable.write(target, f'{{"tag":{json.dumps(tag)},"document":{text}}}'.encode())
    except OSError as error:
        problem = f"cannot be written in {state}: {error.strerror or error}; the present catalogue stays"
        raise SiteFaults([Fault("E-CAT-10", NAME, "", "", problem)]) from error
    return made


def load(directory: Path, state: Path) -> CentralSite | None:
    """Return the server's site as last kept; None where there is none. Raises SiteFaults where it cannot be used."""
    try:
        text = (state / NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise SiteFaults([Fault("E-CAT-01", NAME, "", "", f"cannot be read in {state}: {error}")]) from error
    return _judged(strict_json.parse(text, NAME), directory)


def forget(state: Path) -> None:
    """Another server, another site: what was kept is not in force any more. Raises OSError."""
    (state / NAME).unlink(missing_ok=True)


def site_in_force(directory: Path, state: Path) -> tuple[SiteData, SiteFaults | None]:
    """Return the server's site where there is one, else the folder's or its last good copy; and what is wrong.

    Raises SiteFaults where nothing can be used.
    """
    try:
        central = load(directory, state)
    except SiteFaults as faults:
        data, _ = load_or_last_good(directory, state)
        return data, faults
    return (central.data, None) if central is not None else load_or_last_good(directory, state)


def _judged(held: object, directory: Path) -> CentralSite:
    try:
        tag, document = held["tag"], held["document"]  # type: ignore[index]
        version, told_site, told_catalogue = document["version"], document["site"], document["catalogue"]
        if type(version) is not int or not isinstance(tag, str):
            raise TypeError("version")
    except (KeyError, TypeError) as error:
        raise SiteFaults(
            [Fault("E-CAT-05", NAME, str(error.args[0])[:80], "", "is missing or not as it should be")]
        ) from error
    site = validated(Site, told_site, NAME)
    logo = site.ticket.logo
    if logo is not None and not (directory / logo).is_file():
        log.warning("%s is not on this machine: tickets have no logo", logo)
        site = site.model_copy(update={"ticket": site.ticket.model_copy(update={"logo": None})})
    catalogue, faults = judged(told_catalogue, site, NAME)
    faults = [*site_faults(site, directory), *faults]
    if faults or catalogue is None:
        raise SiteFaults(faults)
    return CentralSite(tag, version, SiteData(site, catalogue, directory))
