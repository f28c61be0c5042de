"""The site as files: reading, checking, spreadsheet exchange, safe replacement.

The error tree with its codes is in ``kiosk.site.faults``.
"""

from __future__ import annotations

from kiosk.site.faults import Fault, SiteFaults
from kiosk.site.files import SiteData, load
from kiosk.site.last_good import load_or_last_good

__all__ = ["Fault", "SiteData", "SiteFaults", "load", "load_or_last_good"]
