"""The few facts of a site for the first frame, read without pydantic and without the catalogue."""

from __future__ import annotations

import logging
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.i18n import languages
from kiosk.ui.context import Place

if TYPE_CHECKING:
    from kiosk.core.catalogue import Site

log = logging.getLogger(__name__)

UNKNOWN = Place({"id": "Mal Pelayanan Publik", "en": "Public Service Mall"}, {"id": " "}, "Asia/Jakarta")
"""What stands in the header while a site file is being found out to be bad."""


def read_place(site_dir: Path) -> Place:
    """Return the place of the site in ``site_dir``; ``UNKNOWN`` where its file cannot be used.

    The whole file is checked after the first frame, and that check says what is wrong; this one only must not fail.
    """
    try:
        data: dict[str, Any] = tomllib.loads((site_dir / "site.toml").read_text(encoding="utf-8"))
        name, region = data["name"], data["region"]
        assert all(isinstance(text["id"], str) for text in (name, region))
        return Place(name, region, str(data["timezone"]), offered(data.get("languages", ("id", "en"))))
    except (
        OSError,
        tomllib.TOMLDecodeError,
        UnicodeDecodeError,
        KeyError,
        TypeError,
        AssertionError,
    ) as error:
        log.warning("the site's name could not be read for the first frame: %s", error)
        return UNKNOWN


def place_of(site: Site) -> Place:
    """Return the place of a site that has been read whole."""
    return Place(site.name, site.region, site.timezone, offered(site.languages))


def offered(tags: Any) -> tuple[str, ...]:
    """Return those of the site's languages that the program speaks too; Indonesian at least."""
    known = set(languages())
    return tuple(tag for tag in tags if tag in known) or ("id",)
