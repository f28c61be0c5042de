"""How sync is, from facts in the store and the state folder alone: never from "connected"."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.outbox import OutboxFigures, Rejected
from kiosk.store import Outbox, Store
from kiosk.sync import identity as identities
from kiosk.sync.errors import IdentityUnusable

if TYPE_CHECKING:
    from kiosk.settings import Settings


class Shape(StrEnum):
    """The one word for staff."""

    ALONE = "alone"
    """No server, or never enrolled."""
    SYNCED = "synced"
    WAITING = "waiting"
    ENROL_AGAIN = "enrol_again"


@dataclass(frozen=True)
class SyncStatus:
    """The facts."""

    shape: Shape
    server: str
    kiosk_id: str
    kiosk_digit: int
    site: str
    trouble: tuple[str, str] | None
    """Code and text of why this kiosk must be enrolled again."""
    figures: OutboxFigures
    rejected: tuple[Rejected, ...]
    known: dict[str, str]

    def document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        error = self.known.get("last_error")
        offset = self.known.get("clock_offset_ms")
        return {
            "state": self.shape.value,
            "enrolled": bool(self.kiosk_id),
            "server": self.server or None,
            "kiosk_id": self.kiosk_id or None,
            "kiosk_digit": self.kiosk_digit,
            "site": self.site or None,
            "paused": {"code": self.trouble[0], "text": self.trouble[1]} if self.trouble else None,
            "outbox_depth": self.figures.depth,
            "oldest_unacked_seconds": self.figures.oldest_s,
            "tries": self.figures.tries,
            "next_try_at": self.figures.next_try_at,
            "rejected_total": self.figures.rejected,
            "rejected": [
                {
                    "seq": one.seq,
                    "type": one.type,
                    "ticket": one.ticket,
                    "code": one.code,
                    "reason": one.reason,
                    "at": one.at,
                }
                for one in self.rejected
            ],
            "last_seq": self.figures.last_seq,
            "last_success": self.known.get("last_success"),
            "last_error": json.loads(error) if error else None,
            "breaker": self.known.get("breaker"),
            "clock_offset_s": int(offset) / 1000 if offset else None,
            "catalogue_version": int(self.known.get("catalogue_version") or 0) or None,
            "catalogue_refused": self.known.get("catalogue_refused"),
            "closures": sorted(json.loads(self.known.get("closures") or "{}")),
        }


def sync_status(settings: Settings, state: Path, store: Store, rejected: int = 100) -> SyncStatus:
    """Read the facts. Raises StoreError."""
    outbox = Outbox(store)
    figures, known = outbox.figures(), outbox.state()
    trouble: tuple[str, str] | None = None
    identity = None
    try:
        identity = identities.load(state)
    except IdentityUnusable as error:
        trouble = (error.code, str(error).removeprefix(f"{error.code}: "))
    if trouble is None and identity is not None and "paused" in known:
        found = json.loads(known["paused"])
        trouble = (found["code"], str(found["text"]).removeprefix(f"{found['code']}: "))
    shape = Shape.ALONE
    if trouble is not None:
        shape = Shape.ENROL_AGAIN
    elif identity is not None:
        shape = Shape.WAITING if figures.depth else Shape.SYNCED
    return SyncStatus(
        shape,
        settings.server.url or (identity.server if identity else ""),
        identity.kiosk_id if identity else "",
        identity.kiosk_digit if identity else 0,
        identity.site if identity else "",
        trouble,
        figures,
        outbox.rejected(rejected) if figures.rejected and rejected else (),
        known,
    )


def age(text: str | None, now: dt.datetime) -> float | None:
    """Return the seconds since the moment ``text``."""
    return None if text is None else (now - dt.datetime.fromisoformat(text)).total_seconds()
