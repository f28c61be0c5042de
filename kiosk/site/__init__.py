"""The site as files: reading, checking, spreadsheet exchange, safe replacement.

The error tree with its codes is in ``kiosk.site.faults``.
"""

from __future__ import annotations

from kiosk.site.faults import Fault, SiteFaults
from kiosk.site.files import SiteData, load

__all__ = ["Fault", "SiteData", "SiteFaults", "load"]
