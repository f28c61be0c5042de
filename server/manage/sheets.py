"""A catalogue by spreadsheet in two steps: what was previewed is kept, and exactly that is applied."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import uuid6
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from kiosk.core.catalogue import Catalogue
from kiosk.site import sheet
from server.catalogue import Catalogues, SiteDocument
from server.db.models_management import Draft
from server.errors import UpkeepError
from server.manage import editing
from server.manage.difference import Change, difference
from server.manage.edits import ReplaceCatalogue

DRAFT_LIFE = dt.timedelta(days=1)
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Preview:
    """What a spreadsheet would change."""

    draft: UUID
    file: str
    base: int
    """The version it was compared with."""
    changes: tuple[Change, ...]


def export(document: SiteDocument) -> bytes:
    """Return the catalogue in force as an XLSX file, which ``read`` takes back."""
    return sheet.as_bytes(document.catalogue, file_name(document), document.site)


def file_name(document: SiteDocument) -> str:
    """Return what the exported file is called."""
    return f"{document.site.id}-v{document.number}.xlsx"


def read(content: bytes, name: str, document: SiteDocument) -> Catalogue:
    """Read a spreadsheet for the site of ``document``; raise SiteFaults that name sheet, row, column and value."""
    return sheet.read(Path(Path(name).name or "xlsx"), document.site, content)


def keep(
    session: Session, document: SiteDocument, read_one: Catalogue, name: str, *, who: str, now: dt.datetime
) -> Preview:
    """Keep what was read, and return what it would change."""
    session.execute(delete(Draft).where(Draft.at < now - DRAFT_LIFE))
    data = read_one.model_dump(mode="json")
    draft = Draft(
        id=UUID(bytes=uuid6.uuid7().bytes),
        site_id=document.site.id,
        base=document.number,
        document=json.dumps(data, ensure_ascii=False, separators=(",", ":")),
        file=Path(name).name[:200],
        at=now,
        who=who,
    )
    session.add(draft)
    before = editing.data_of(document)
    changes = difference(before, {"site": before["site"], "catalogue": data})
    return Preview(draft.id, draft.file, draft.base, changes)


def preview(session: Session, draft: UUID, site_id: str, now: dt.datetime) -> Preview:
    """Return a kept one as it was shown. Raises UpkeepError where it is not there (any more)."""
    row = _found(session, draft, site_id, now)
    before = editing.document(session, row.site_id, row.base)
    changes = difference(before, {"site": before["site"], "catalogue": json.loads(row.document)})
    return Preview(row.id, row.file, row.base, changes)


def apply(
    session: Session, catalogues: Catalogues, draft: UUID, site_id: str, *, who: str, now: dt.datetime
) -> editing.Saved:
    """Put exactly what was previewed in force, once. Raises Stale where the catalogue changed meanwhile, UpkeepError
    where the draft is gone."""
    row = _found(session, draft, site_id, now)
    used = update(Draft).where(Draft.id == draft, Draft.used_at.is_(None)).values(used_at=now)
    if session.execute(used.returning(Draft.id)).one_or_none() is None:
        raise UpkeepError(f"the import of {row.file} is in force already")
    edit = ReplaceCatalogue(json.loads(row.document))
    return editing.save(session, catalogues, site_id, row.base, edit, who=who, now=now, file=row.file)


def _found(session: Session, draft: UUID, site_id: str, now: dt.datetime) -> Draft:
    query = select(Draft).where(Draft.id == draft, Draft.site_id == site_id, Draft.at >= now - DRAFT_LIFE)
    row = session.scalars(query).one_or_none()
    if row is None:
        raise UpkeepError("this preview is not kept any more; read the spreadsheet again")
    return row
