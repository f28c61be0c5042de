"""How long the door stays shut after wrong PINs: five free tries, then 15 s, 30 s, 60 s, … (as VxSuite's lockout.ts).

Time is the machine's own since it was switched on (CLOCK_BOOTTIME), never the wall clock: a clock set forward or back
changes nothing. What passes while the machine is off cannot be known, so after a restart the whole wait begins anew.
The state is stored before a PIN is looked at; switching the machine off in between counts as a wrong one.

NIST SP 800-63B 5.2.2 allows at most 100 wrong tries in a row: after those the door stays shut until a technician opens
it at the terminal (``main.py staff unlock``). Somebody who only wants to keep staff out needs a week of trying for
that, and is in the audit from the first try on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

FREE_TRIES: Final = 5
FIRST_WAIT_S: Final = 15.0
LONGEST_WAIT_S: Final = 7680.0
MOST_TRIES: Final = 100


@dataclass(frozen=True)
class Lockout:
    """Wrong PINs in a row, and when the last one was: the boot it fell into and seconds since that boot."""

    failures: int = 0
    boot_id: str = ""
    seconds: float = 0.0


def wait_after(failures: int) -> float:
    """Return the seconds to wait after so many wrong PINs in a row; infinity where only a terminal opens."""
    if failures < FREE_TRIES:
        return 0.0
    if failures >= MOST_TRIES:
        return math.inf
    return min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(failures - FREE_TRIES, 40))


def wait_left(lockout: Lockout, boot: tuple[str, float]) -> float:
    """Return the seconds until a PIN may be tried, at ``boot`` (id of the boot, seconds since it)."""
    boot_id, seconds = boot
    since = lockout.seconds if boot_id == lockout.boot_id else 0.0
    # The same boot's seconds only run forward; should they not, the whole wait begins anew.
    passed = seconds - since if seconds >= since else 0.0
    return max(0.0, wait_after(lockout.failures) - passed)


def failed(lockout: Lockout, boot: tuple[str, float]) -> Lockout:
    """Return the state after one more wrong PIN."""
    return Lockout(lockout.failures + 1, *boot)
