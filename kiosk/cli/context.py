"""What most commands need: settings, the state folder, the site, a desk."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk import settings as settings_module
from kiosk.clock import Clock, SystemClock
from kiosk.settings import Settings

if TYPE_CHECKING:
    from kiosk.desk import Desk
    from kiosk.site import SiteData


@dataclass
class Context:
    """One command's surroundings. The site is read when first asked for."""

    settings: Settings
    state: Path
    clock: Clock

    @cached_property
    def site_data(self) -> SiteData:
        """The site in force: the server's where it has sent one, else that on disk.

        Raises SiteFaults with every fault and its place.
        """
        from kiosk import site
        from kiosk.site import central

        if (self.state / central.NAME).exists():
            return central.site_in_force(self.settings.site_dir, self.state)[0]
        return site.load(self.settings.site_dir)

    def desk(self) -> Desk:
        """Open store, press and desk. The caller closes it."""
        from kiosk.desk_setup import open_desk

        return open_desk(self.settings, self.state, self.site_data, self.clock)


def open_context(options: argparse.Namespace) -> Context:
    """Return the context of parsed ``options`` (they hold ``config`` and ``state``)."""
    settings = settings_module.load(options.config)
    state = (options.state or settings_module.default_state_dir()).absolute()
    return Context(settings, state, SystemClock())
