"""The kiosk's SQLite file: tickets, outbox, audit; and the journal that outlives it. SQLite is used here alone."""

from kiosk.store.connection import Clock
from kiosk.store.database import NAME
from kiosk.store.errors import (
    NumbersUnknown,
    SeriesUsedUp,
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
from kiosk.store.reading import Tally
from kiosk.store.rows import TicketQuery
from kiosk.store.store import Draft, Store

__all__ = [
    "NAME",
    "Clock",
    "Draft",
    "Facts",
    "FileLock",
    "NumbersUnknown",
    "SeriesUsedUp",
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
    "facts",
    "latest_version",
]
