"""Whether this program is on trial: just installed over another, and not yet found healthy (packaging/upgrade.py).

Until it is, it gives no number and takes no decision about a ticket, so that going back to the version before, with the
state of before, loses nothing (docs/adr/0023). The record is written by root beside the kept version.

A trial always ends: where whoever judges it has died, the kiosk serves once the time in the record is over, counted on
the machine's clock since it was switched on; after a restart of the machine, once it has been on for ``RESTART_S``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

PENDING: Final = Path("/opt/anjungan-previous/pending.json")
BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
RESTART_S: Final = 300.0


def _switched_on_for() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def on_trial(clock: Callable[[], float] = _switched_on_for) -> bool:
    """Whether there is a trial whose time is not over. A record that cannot be read is none: the kiosk serves."""
    try:
        record = json.loads(PENDING.read_bytes())
        this_boot = record["boot"] == BOOT_ID.read_text(encoding="ascii").strip()
        return clock() < (float(record["until"]) if this_boot else RESTART_S)
    except (OSError, ValueError, TypeError, KeyError):
        return False
