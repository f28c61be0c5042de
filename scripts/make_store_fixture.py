"""Write ``tests/data/store/v<N>.db``: a database as today's schema makes it, kept for all later versions.

Run once whenever a migration is added, before anything else changes:  python scripts/make_store_fixture.py
The tests bring every one of these files to the newest schema and look for its rows.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kiosk.core.numbers import Band  # noqa: E402
from kiosk.core.record import Ticket, TicketState  # noqa: E402
from kiosk.store import NAME, Draft, Store  # noqa: E402
from kiosk.store.migrate import latest_version  # noqa: E402

FOLDER = ROOT / "tests" / "data" / "store"
WIB = dt.timezone(dt.timedelta(hours=7))
MORNING = dt.datetime(2026, 11, 24, 9, 0, tzinfo=WIB)


class FixedClock:
    """One moment, for a file that is the same from run to run but for its random ids."""

    def utc(self) -> dt.datetime:
        return MORNING.astimezone(dt.UTC)

    def boot(self) -> tuple[str, float]:
        return "boot-1", 1000.0


def fill(store: Store) -> None:
    """One ticket in each state, a copy, a kept number and an audit line."""

    def take(queue: str, priority: bool = False) -> None:
        draft = Draft(queue, f"{queue}01", queue, priority, "id", f"token-{len(tickets)}", 0, Band(1, 999))
        tickets.append(store.reserve(draft, MORNING, lambda code, number: f"{code}-{number:03}"))

    tickets: list[Ticket] = []
    for queue in "ACCCCDD":
        take(queue, priority=queue == "D")
    reserved, sending, printed, unconfirmed, not_printed, kept, voided = tickets
    del reserved
    store.mark_sending(sending)
    copied = store.settle(store.mark_sending(printed), TicketState.PRINTED, None)
    store.count_copy(copied, "lost", "petugas")
    store.settle(store.mark_sending(unconfirmed), TicketState.UNCONFIRMED, "offline")
    store.settle(not_printed, TicketState.NOT_PRINTED, "paper_out")
    store.keep(store.settle(kept, TicketState.NOT_PRINTED, "cover_open"))
    store.void(voided, "cancelled", "visitor")


def main() -> int:
    """Write the file of today's version; an existing one is never replaced."""
    target = FOLDER / f"v{latest_version()}.db"
    if target.exists():
        print(f"{target} exists; a version that was released never changes")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        with closing(Store.open(path, FixedClock(), WIB)) as store:
            fill(store)
        FOLDER.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    print(f"{target}: {target.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
