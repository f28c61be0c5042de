"""The kiosk's SQLite file: tickets, outbox, audit; and the journal that outlives it. SQLite is used here alone."""

from kiosk.store.backup import Restored, Snapshot, restore, snapshot
from kiosk.store.connection import Clock
from kiosk.store.database import NAME
from kiosk.store.diagnosis import Diagnosis, diagnosis
from kiosk.store.errors import (
    BackupUnusable,
    NumbersUnknown,
    SeriesUsedUp,
    StateIsNewer,
    StoreBroken,
    StoreBusy,
    StoreDiskFault,
    StoreError,
    StoreFull,
    StoreGone,
    StoreTooNew,
    StoreUnavailable,
)
from kiosk.store.facts import Facts, facts
from kiosk.store.locks import FileLock
from kiosk.store.migrate import latest_version
from kiosk.store.outbox import Outbox
from kiosk.store.outbox import look as look_at_outbox
from kiosk.store.people import People
from kiosk.store.reading import Tally
from kiosk.store.rows import TicketQuery
from kiosk.store.store import Draft, Store
from kiosk.store.trip import Trip

__all__ = [
    "NAME",
    "BackupUnusable",
    "Clock",
    "Diagnosis",
    "Draft",
    "Facts",
    "FileLock",
    "NumbersUnknown",
    "Outbox",
    "People",
    "Restored",
    "SeriesUsedUp",
    "Snapshot",
    "StateIsNewer",
    "Store",
    "StoreBroken",
    "StoreBusy",
    "StoreDiskFault",
    "StoreError",
    "StoreFull",
    "StoreGone",
    "StoreTooNew",
    "StoreUnavailable",
    "Tally",
    "TicketQuery",
    "Trip",
    "diagnosis",
    "facts",
    "latest_version",
    "look_at_outbox",
    "restore",
    "snapshot",
]
