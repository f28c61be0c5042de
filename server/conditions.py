"""What of a kiosk's last word needs a person: a pure function of what it told, for the page and for the alerts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from kiosk.sync.wire import DeviceClass, Heartbeat
from server import alerts
from server.db.models import Kiosk
from server.heartbeats import missing_seqs
from server.settings import Settings

DISK_LEAST = 500_000_000
"""Bytes of room below which a kiosk's disk is nearly full."""


class _Add(Protocol):
    def __call__(self, kind: str, detail: str, **values: object) -> None: ...


@dataclass(frozen=True)
class Condition:
    """One thing that is not well."""

    kind: str
    """One of ``alerts.WATCHED``."""
    detail: str
    """For the log and the webhooks."""
    values: Mapping[str, object] = field(default_factory=dict)
    """For the words of a page."""


def word_of(kiosk: Kiosk) -> Heartbeat | None:
    """Return a kiosk's last word; None where there is none yet."""
    return None if kiosk.heartbeat is None else Heartbeat.model_validate_json(kiosk.heartbeat)


def conditions(kiosk: Kiosk, settings: Settings, now: dt.datetime, *, is_open: bool) -> list[Condition]:
    """Return what is not well, worst first. ``is_open``: the site is; kiosks are switched off at night."""
    if kiosk.device_class != DeviceClass.KIOSK:
        return []
    found: list[Condition] = []

    def add(kind: str, detail: str, **values: object) -> None:
        found.append(Condition(kind, detail, values))

    if kiosk.seen_at is not None and is_open:
        quiet = (now - kiosk.seen_at).total_seconds()
        if quiet >= settings.alert_silent_s:
            add(alerts.KIOSK_SILENT, f"not heard of for {quiet / 60:.0f} minutes", minutes=int(quiet // 60))
    word = word_of(kiosk)
    if word is not None:
        _printer(word, settings, add)
        _outbox(kiosk, word, settings, add)
        if word.disk_free_bytes and word.disk_free_bytes < DISK_LEAST:
            room = word.disk_free_bytes // 1_000_000
            add(alerts.DISK_FULL, f"{room} MB of disk left", megabytes=room)
        off = kiosk.clock_offset_s
        if off is not None and abs(off) > settings.alert_clock_s:
            add(alerts.CLOCK_OFF, f"its clock is off by {off:+.0f} s", seconds=f"{off:+.0f}")
    return sorted(found, key=lambda one: alerts.rank(one.kind))


def _printer(word: Heartbeat, settings: Settings, add: _Add) -> None:
    printer = word.printer
    left = printer.paper_left
    if printer.state == "bad":
        add(
            alerts.PRINTER_OUT,
            f"the printer does not print: {printer.cause or 'no cause told'}",
            cause=printer.cause,
        )
    elif left is not None and left <= settings.alert_paper_left:
        add(alerts.PAPER_LOW, f"paper for {left} tickets left", left=left)
    elif printer.state == "warning":
        add(
            alerts.PAPER_LOW,
            f"the printer warns: {printer.cause or 'paper low'}",
            left=left,
            cause=printer.cause,
        )


def _outbox(kiosk: Kiosk, word: Heartbeat, settings: Settings, add: _Add) -> None:
    oldest = word.oldest_unacknowledged_s
    if oldest is not None and oldest >= settings.alert_outbox_s:
        detail = f"{word.outbox_depth} events wait, the oldest for {oldest / 60:.0f} minutes"
        add(alerts.OUTBOX_STUCK, detail, count=word.outbox_depth, minutes=int(oldest // 60))
    if word.rejected:
        add(alerts.EVENTS_REJECTED, f"{word.rejected} events were rejected", count=word.rejected)
    missing = missing_seqs(kiosk)
    # What is in its outbox is on its way; what is missing beyond that is lost.
    if missing and not word.outbox_depth:
        add(alerts.SEQ_GAP, f"{missing} events have never come", count=missing)
