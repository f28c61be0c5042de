"""How the kiosks are: their last word, and what the server wants of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk.sync.wire import DeviceClass, Heartbeat, HeartbeatAnswer, Lock
from server.db.models import Alert, Kiosk, Ticket
from server.line import callable_now

QUIET_AFTER = dt.timedelta(minutes=5)
"""A kiosk that was not heard of for so long needs somebody to look."""


def take(
    session: Session, kiosk_id: UUID, told: Heartbeat, catalogue_version: int, now: dt.datetime
) -> HeartbeatAnswer:
    """Keep a kiosk's word; return what it is to know."""
    kiosk = session.get_one(Kiosk, kiosk_id, with_for_update={"key_share": True})
    kiosk.heartbeat = told.model_dump_json()
    kiosk.heartbeat_at = kiosk.seen_at = now
    kiosk.version = told.version
    kiosk.clock_offset_s = _offset(told.sent_at, now)
    lock = None if kiosk.lock_message is None else Lock(message=json.loads(kiosk.lock_message))
    return HeartbeatAnswer(
        server_time=now, catalogue_version=catalogue_version, lock=lock, last_seq=kiosk.seq_last or 0
    )


def _offset(sent_at: dt.datetime, now: dt.datetime) -> float:
    # Not by subtraction: a moment at the edge of the calendar cannot be brought to UTC.
    there = sent_at.replace(tzinfo=dt.UTC) - now
    return there.total_seconds() - (sent_at.utcoffset() or dt.timedelta()).total_seconds()


def missing_seqs(kiosk: Kiosk) -> int:
    """Return how many seq values are missing between the first and the last that came."""
    if kiosk.seq_first is None or kiosk.seq_last is None:
        return 0
    return kiosk.seq_last - kiosk.seq_first + 1 - kiosk.seq_count


def kiosks(session: Session, site_id: str | None = None) -> Sequence[Kiosk]:
    """Return the devices that are not revoked, by site and digit."""
    query = select(Kiosk).where(Kiosk.revoked_at.is_(None)).order_by(Kiosk.site_id, Kiosk.digit, Kiosk.id)
    return session.scalars(query if site_id is None else query.where(Kiosk.site_id == site_id)).all()


def summary(kiosk: Kiosk) -> dict[str, object]:
    """Return what is known of a device, for a list."""
    return {
        "id": str(kiosk.id),
        "site": kiosk.site_id,
        "class": kiosk.device_class,
        "digit": kiosk.digit,
        "name": kiosk.name,
        "version": kiosk.version,
        "enrolled_at": kiosk.created_at.isoformat(),
        "seen_at": kiosk.seen_at.isoformat() if kiosk.seen_at else None,
        "clock_offset_s": kiosk.clock_offset_s,
        "locked": kiosk.locked,
        "seq_last": kiosk.seq_last,
        "seq_missing": missing_seqs(kiosk),
        "heartbeat": json.loads(kiosk.heartbeat) if kiosk.heartbeat else None,
    }


def gauges(
    session: Session, now: dt.datetime, days: Mapping[str, dt.date]
) -> Iterator[tuple[str, str, dict[str, str], float]]:
    """Yield what Prometheus is told of kiosks, queues and alerts: (name, help, labels, value). ``days``: each site's
    own day."""
    for kiosk in kiosks(session):
        labels = {"site": kiosk.site_id, "kiosk": str(kiosk.id), "class": kiosk.device_class}
        if kiosk.seen_at is not None:
            quiet = (now - kiosk.seen_at).total_seconds()
            yield "anjungan_kiosk_quiet_seconds", "Time since a device was heard of.", labels, quiet
        if kiosk.device_class != DeviceClass.KIOSK:
            continue
        yield "anjungan_kiosk_seq_missing", "Events that have not come.", labels, float(missing_seqs(kiosk))
        if kiosk.heartbeat is None:
            continue
        word = Heartbeat.model_validate_json(kiosk.heartbeat)
        yield "anjungan_kiosk_outbox_depth", "Events not sent yet.", labels, float(word.outbox_depth)
        yield "anjungan_kiosk_rejected", "Events the server rejected.", labels, float(word.rejected)
        yield (
            "anjungan_kiosk_printer_ok",
            "1: the printer is well.",
            labels,
            float(word.printer.state == "ok"),
        )
        yield "anjungan_kiosk_disk_free_bytes", "Room on its disk.", labels, float(word.disk_free_bytes)
        if kiosk.clock_offset_s is not None:
            yield "anjungan_kiosk_clock_offset_seconds", "Its clock minus ours.", labels, kiosk.clock_offset_s
    for site, day in days.items():
        waiting = select(Ticket.call_queue, func.count()).where(
            Ticket.site_id == site, Ticket.service_day == day, callable_now()
        )
        for queue, count in session.execute(waiting.group_by(Ticket.call_queue)):
            yield (
                "anjungan_waiting",
                "Tickets that can be called.",
                {"site": site, "queue": queue},
                float(count),
            )
    open_alerts = (
        session.scalar(select(func.count()).select_from(Alert).where(Alert.resolved_at.is_(None))) or 0
    )
    yield "anjungan_alerts_open", "Things a person must see.", {}, float(open_alerts)
