"""How long to wait before the next try: full jitter, so that a hundred kiosks do not come back in one second."""

from __future__ import annotations

import random
from typing import Final

from kiosk.core.outbox import LONGEST_PATIENCE_S

FIRST_S: Final = 1.0


def patience(tries: int, retry_after_s: float | None = None, chance: random.Random | None = None) -> float:
    """Return the seconds to wait after ``tries`` tries in a row (1, 2, …) that failed.

    Between one second and a limit that doubles from two seconds to five minutes, every value as likely as the other.
    The server's own wish (``Retry-After``) is the least, up to five minutes.
    """
    limit = min(LONGEST_PATIENCE_S, FIRST_S * 2 ** min(max(tries, 1), 20))
    wait = (chance or random).uniform(FIRST_S, limit)
    return min(LONGEST_PATIENCE_S, max(wait, retry_after_s or 0.0))
