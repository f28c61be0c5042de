"""What desk, store and printer refuse, told to a person at the command line with its code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.cli.faults import Refused


@contextmanager
def as_refusal() -> Iterator[None]:
    """Turn store, desk, sync and printer errors into Refused, which the command line tells in one line."""
    from kiosk.desk import DeskError
    from kiosk.store import StoreError
    from kiosk.sync.errors import SyncError
    from printer.errors import PrinterError

    try:
        yield
    except (DeskError, StoreError, SyncError, PrinterError) as error:
        text = str(error).removeprefix(f"{error.code}: ")
        raise Refused(error.code, text) from error
