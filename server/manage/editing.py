"""Putting an edit in force: judged whole, refused where it comes too late, kept as a new version, audited."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.core.catalogue import Catalogue, Site
from kiosk.site.faults import Fault, SiteFaults
from kiosk.site.rules import judged, mall_faults, validated
from server import catalogue
from server.catalogue import Catalogues, SiteDocument
from server.db import models
from server.errors import UpkeepError
from server.manage.difference import Change, Data, counted, difference
from server.manage.edits import Edit

MOST_AUDITED = 40
"""Changed records an audit line names one by one; the versions hold the rest."""


class Stale(UpkeepError):
    """Somebody else changed the same part after the form was opened; ``changes`` says what."""

    def __init__(self, number: int, who: str, changes: tuple[Change, ...]) -> None:
        super().__init__(f"{who} changed this in version {number}, after the form was opened")
        self.number = number
        self.who = who
        self.changes = changes


@dataclass(frozen=True)
class Saved:
    """What is in force now."""

    number: int
    changes: tuple[Change, ...]
    """Empty: nothing was different, and there is no new version."""


@dataclass(frozen=True)
class Version:
    """One state of a site, for a list."""

    number: int
    at: dt.datetime
    who: str


def data_of(document: SiteDocument) -> Data:
    """Return a document as JSON data."""
    found: Data = json.loads(document.text)
    del found["version"]
    return found


def judge(data: Data) -> tuple[Site, Catalogue]:
    """Return the site and its catalogue; raise SiteFaults with every fault of both, by the kiosk's own rules."""
    faults: list[Fault] = []
    site: Site | None = None
    try:
        site = validated(Site, data["site"], "site")
        faults += mall_faults(site, "site")
    except SiteFaults as error:
        faults += error.faults
    whole, found = judged(data["catalogue"], site, "catalogue")
    faults += found
    if faults or site is None or whole is None:
        raise SiteFaults(faults)
    return site, whole


def save(
    session: Session,
    catalogues: Catalogues,
    site_id: str,
    base: int,
    edit: Edit,
    *,
    who: str,
    now: dt.datetime,
    **details: object,
) -> Saved:
    """Put ``edit`` in force on a site that was at version ``base`` when the person looked at it.

    Two people may edit different records at once. Raises SiteFaults with every fault, Stale where somebody
    changed the same part, LookupError for a site that is not known.
    """
    session.get(models.Site, site_id, with_for_update=True)
    current = catalogues.current(session, site_id)
    before = data_of(current)
    if base != current.number:
        _refuse_stale(session, site_id, base, edit, before)
    after = edit.apply(before)
    site, whole = judge(after)
    changes = difference(before, as_data(site, whole))
    number = catalogue.replace(
        session,
        site,
        whole,
        who=who,
        now=now,
        what=edit.what,
        **details,
        changes=[_audited(change) for change in changes[:MOST_AUDITED]],
        counts=counted(changes),
    )
    return Saved(number, changes)


def as_data(site: Site, whole: Catalogue) -> Data:
    """Return both as the JSON data a version holds."""
    return {"site": site.model_dump(mode="json"), "catalogue": whole.model_dump(mode="json")}


def _refuse_stale(session: Session, site_id: str, base: int, edit: Edit, current: Data) -> None:
    seen = document(session, site_id, base)
    if edit.part(seen) == edit.part(current):
        return
    newest = versions(session, site_id, most=1)[0]
    raise Stale(newest.number, newest.who, difference(seen, current))


def _audited(change: Change) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": change.kind, "what": change.what, "code": change.code}
    if change.fields:
        told["fields"] = {field.name: [field.before, field.after] for field in change.fields}
    return told


def document(session: Session, site_id: str, number: int) -> Data:
    """Return version ``number`` as data. Raises LookupError."""
    version = models.SiteVersion
    text = session.scalars(
        select(version.document).where(version.site_id == site_id, version.number == number)
    ).one_or_none()
    if text is None:
        raise LookupError(f"site {site_id!r} has no version {number}")
    found: Data = json.loads(text)
    return found


def versions(session: Session, site_id: str, most: int = 100) -> Sequence[Version]:
    """Return the newest versions, newest first."""
    version = models.SiteVersion
    query = select(version.number, version.at, version.who).where(version.site_id == site_id)
    return [
        Version(row.number, row.at, row.who)
        for row in session.execute(query.order_by(version.number.desc()).limit(most))
    ]
