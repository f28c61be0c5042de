"""The catalogue of each site: whole documents with a version number, judged before they are kept.

A site is kept as one document and not as rows for each field, so that exactly the rules of the kiosk
(``kiosk.core.catalogue``) judge it, every version stays as history, and a kiosk gets what was judged.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.core.catalogue import Catalogue, Site, find_faults
from server import audit
from server.db import models
from server.errors import UpkeepError

KEPT_PARSED: Final = 8
"""Documents a worker holds parsed; a site of 200 agencies and 10,000 services takes about 60 MB."""


@dataclass(frozen=True)
class SiteDocument:
    """A site's catalogue as it is in force."""

    number: int
    etag: str
    site: Site
    catalogue: Catalogue
    text: str
    """JSON: ``{"version": …, "site": …, "catalogue": …}``, as it is sent."""

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.site.timezone)

    def day(self, now: dt.datetime) -> dt.date:
        """Return the site's calendar day at ``now``."""
        return now.astimezone(self.zone).date()


class Catalogues:
    """Reads the site documents, each parsed once for a worker."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._parsed: OrderedDict[str, SiteDocument] = OrderedDict()

    def current(self, session: Session, site_id: str) -> SiteDocument:
        """Return the document in force. Raises LookupError for a site without one."""
        version = models.SiteVersion
        newest = select(version.id, version.number, version.etag).where(version.site_id == site_id)
        row = session.execute(newest.order_by(version.number.desc()).limit(1)).one_or_none()
        if row is None:
            raise LookupError(f"site {site_id!r} is not known")
        key = f"{site_id}/{row.number}/{row.etag}"
        with self._lock:
            if key in self._parsed:
                self._parsed.move_to_end(key)
                return self._parsed[key]
        text = session.scalars(select(version.document).where(version.id == row.id)).one()
        made = _parse(text, row.number, row.etag)
        with self._lock:
            self._parsed[key] = made
            while len(self._parsed) > KEPT_PARSED:
                self._parsed.popitem(last=False)
        return made


def _parse(text: str, number: int, etag: str) -> SiteDocument:
    data = json.loads(text)
    site, catalogue = Site.model_validate(data["site"]), Catalogue.model_validate(data["catalogue"])
    return SiteDocument(number, etag, site, catalogue, f'{{"version":{number},{text[1:]}')


def document_text(site: Site, catalogue: Catalogue) -> str:
    """Return the one JSON text of a site: the same content gives the same text, and so the same ETag."""
    data = {"site": site.model_dump(mode="json"), "catalogue": catalogue.model_dump(mode="json")}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def replace(
    session: Session,
    site: Site,
    catalogue: Catalogue,
    *,
    who: str,
    now: dt.datetime,
    what: str = "catalogue.replaced",
    **details: object,
) -> int:
    """Put a new version in force, with its line (``what``, ``details``) in the audit; return its number.

    The same content again changes nothing. Raises UpkeepError with every fault between the records.
    """
    text = document_text(site, catalogue)
    # What is judged is what will be read, and not a changed copy that may still hold tables of its original.
    judged = _parse(text, 0, "")
    if faults := find_faults(judged.site, judged.catalogue):
        raise UpkeepError(*(f"{site.id}: {place}: {problem}" for place, problem in faults))
    row = session.get(models.Site, site.id, with_for_update=True)
    if row is None:
        session.add(models.Site(id=site.id, created_at=now))
        session.flush()
    version = models.SiteVersion
    last = session.scalars(
        select(version).where(version.site_id == site.id).order_by(version.number.desc()).limit(1)
    ).one_or_none()
    if last is not None and last.document == text:
        return last.number
    number = last.number + 1 if last else 1
    # The version's number is part of the tag: going back to an earlier content is a change too.
    etag = hashlib.sha256(f"{number}\0{text}".encode()).hexdigest()
    session.add(version(site_id=site.id, number=number, document=text, etag=etag, at=now, who=who))
    session.flush()
    audit.note(session, now, who, what, site=site.id, version=number, **details)
    return number


def site_ids(session: Session) -> list[str]:
    """Return every site's id."""
    return list(session.scalars(select(models.Site.id).order_by(models.Site.id)))
