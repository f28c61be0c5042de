"""The outbox as the sender sees it: what is next, what the server said of it, and what the kiosk knows of its server.

A row is pending until the server has it (``acknowledged_at``) or will never take it (``rejected_code``); nothing that
is not acknowledged is ever deleted, the database itself refuses. One batch is in flight at a time: its rows carry a
lease, so that what a dead process was sending is sent again, and nobody sends the rows behind it first.

Times are the wall clock's. It may jump; a lease or a patience that lies further ahead than any can be counts as over.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.core.outbox import LONGEST_PATIENCE_S, OutboxFigures, Rejected, Row
from kiosk.store.errors import from_sqlite
from kiosk.store.facts import open_read_only

if TYPE_CHECKING:
    from kiosk.store.store import Store

FOLD_ABOVE: Final = 2 << 20
PRUNED_AT_ONCE: Final = 1000
FIRST_SCHEMA: Final = 3
_PENDING: Final = "acknowledged_at IS NULL AND rejected_code IS NULL"


class Outbox:
    """The part of a store that is sent to the server. Belongs to the store's thread."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # --- sending ------------------------------------------------------------------------------------------------------

    def claim(self, most: int, lease_s: float) -> tuple[Row, ...]:
        """Return the oldest pending rows, at most ``most``, and lease them; none while they are leased or must wait."""
        store = self._store
        now = store._clock.utc()
        with store._transaction():
            rows = store._db.execute(
                "SELECT seq, uuid, type, body, body_hash, occurred_at, schema_version, clock_offset_ms, tries,"
                f" next_try_at, leased_until FROM outbox WHERE {_PENDING} ORDER BY seq LIMIT ?",
                (most,),
            ).fetchall()
            if not rows or any(_ahead(row[10], now, lease_s) for row in rows[:1]):
                return ()
            if _ahead(rows[0][9], now, LONGEST_PATIENCE_S):
                return ()  # the oldest waits, and none goes before it
            until = _text(now + dt.timedelta(seconds=lease_s))
            store._db.execute(
                f"UPDATE outbox SET leased_until = ? WHERE seq BETWEEN ? AND ? AND {_PENDING}",
                (until, rows[0][0], rows[-1][0]),
            )
        return tuple(Row(*row[:9]) for row in rows)

    def release_leases(self) -> None:
        """Whoever held a lease is dead (the caller holds the lock of the only sender): nothing is in flight."""
        store = self._store
        with store._guard():
            leased = store._db.execute(
                f"SELECT EXISTS (SELECT 1 FROM outbox WHERE {_PENDING} AND leased_until IS NOT NULL)"
            ).fetchone()[0]
        if leased:
            with store._transaction():
                store._db.execute(f"UPDATE outbox SET leased_until = NULL WHERE {_PENDING}")

    def settle(
        self, taken: Sequence[int], rejected: Sequence[Rejected], open_again: Sequence[int] = ()
    ) -> None:
        """Write down what the server said: ``taken`` (seq) it has for ever, ``rejected`` it never takes,
        ``open_again`` it said nothing of."""
        store = self._store
        now = _text(store._clock.utc())
        with store._transaction():
            store._db.executemany(
                "UPDATE outbox SET acknowledged_at = ?, leased_until = NULL WHERE seq = ?",
                ((now, seq) for seq in taken),
            )
            store._db.executemany(
                "UPDATE outbox SET rejected_code = ?, rejected_reason = ?, rejected_at = ?, leased_until = NULL"
                " WHERE seq = ? AND acknowledged_at IS NULL",
                ((one.code, one.reason, now, one.seq) for one in rejected),
            )
            store._db.executemany(
                "UPDATE outbox SET leased_until = NULL WHERE seq = ?", ((seq,) for seq in open_again)
            )
            for one in rejected:
                store._audit(
                    "system", "event.rejected", {"seq": one.seq, "code": one.code, "reason": one.reason}
                )

    def postpone(self, rows: Sequence[Row], wait_s: float, *, count: bool = True) -> None:
        """Try ``rows`` again in ``wait_s`` seconds; ``count``: it was a try."""
        store = self._store
        at = _text(store._clock.utc() + dt.timedelta(seconds=wait_s))
        with store._transaction():
            store._db.execute(
                "UPDATE outbox SET tries = tries + ?, next_try_at = ?, leased_until = NULL"
                f" WHERE seq BETWEEN ? AND ? AND {_PENDING}",
                (int(count), at, rows[0].seq, rows[-1].seq),
            )

    def due_in(self) -> float | None:
        """Return the seconds until the oldest pending row may be tried (0: now); None when nothing is pending."""
        store = self._store
        now = store._clock.utc()
        with store._guard():
            row = store._db.execute(
                f"SELECT next_try_at, leased_until FROM outbox WHERE {_PENDING} ORDER BY seq LIMIT 1"
            ).fetchone()
        if row is None:
            return None
        return max(_ahead(row[0], now, LONGEST_PATIENCE_S), _ahead(row[1], now, LONGEST_PATIENCE_S))

    def try_now(self, *, rejected: bool = False) -> None:
        """Forget every patience; with ``rejected`` send what was set aside once more, too."""
        store = self._store
        with store._transaction():
            store._db.execute(
                f"UPDATE outbox SET next_try_at = NULL WHERE {_PENDING} AND next_try_at IS NOT NULL"
            )
            if rejected:
                store._db.execute(
                    "UPDATE outbox SET rejected_code = NULL, rejected_reason = NULL, rejected_at = NULL, tries = 0,"
                    " next_try_at = NULL WHERE rejected_code IS NOT NULL AND acknowledged_at IS NULL"
                )

    def set_all_aside(self, code: str, reason: str) -> int:
        """Set every pending row aside: they are another unit's to send. Return how many."""
        store = self._store
        with store._transaction():
            done = store._db.execute(
                f"UPDATE outbox SET rejected_code = ?, rejected_reason = ?, rejected_at = ? WHERE {_PENDING}",
                (code, reason, _text(store._clock.utc())),
            ).rowcount
            store._audit("system", "outbox.set_aside", {"events": done, "code": code})
        return int(done)

    # --- upkeep -------------------------------------------------------------------------------------------------------

    def prune(self, older_than: dt.timedelta) -> int:
        """Delete acknowledged rows of before ``older_than``, the oldest first and some at a time; return how many."""
        store = self._store
        before = _text(store._clock.utc() - older_than)
        with store._transaction():
            return int(
                store._db.execute(
                    "DELETE FROM outbox WHERE seq IN (SELECT seq FROM (SELECT seq, acknowledged_at FROM outbox"
                    " ORDER BY seq LIMIT ?) WHERE acknowledged_at < ?)",
                    (PRUNED_AT_ONCE, before),
                ).rowcount
            )

    def fold(self) -> None:
        """Fold the WAL in where it has grown, as far as it goes without making anybody wait."""
        wal = self._store.path.with_name(self._store.path.name + "-wal")
        if wal.exists() and wal.stat().st_size > FOLD_ABOVE:
            with self._store._guard():
                self._store._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()

    def span(self) -> int:
        """Return from the oldest pending row to the newest how many there can be: two looks at an index."""
        with self._store._guard():
            oldest, last = self._store._db.execute(
                f"SELECT (SELECT min(seq) FROM outbox WHERE {_PENDING}), (SELECT max(seq) FROM outbox)"
            ).fetchone()
        return 0 if oldest is None else int(last - oldest + 1)

    # --- questions ----------------------------------------------------------------------------------------------------

    def figures(self) -> OutboxFigures:
        """Return how the outbox is."""
        with self._store._guard():
            return _figures(self._store._db, self._store._clock.utc())

    def rejected(self, most: int = 100) -> tuple[Rejected, ...]:
        """Return what was set aside, oldest first."""
        with self._store._guard():
            rows = self._store._db.execute(
                "SELECT seq, rejected_code, rejected_reason, uuid, type, ticket, rejected_at FROM outbox"
                " WHERE rejected_code IS NOT NULL ORDER BY seq LIMIT ?",
                (most,),
            ).fetchall()
        return tuple(Rejected(*row) for row in rows)

    def install(self) -> str:
        """Return this database's id: another one after a loss or a restored copy."""
        with self._store._guard():
            return str(self._store._db.execute("SELECT value FROM meta WHERE key = 'install'").fetchone()[0])

    # --- what is known of the server ----------------------------------------------------------------------------------

    def state(self) -> dict[str, str]:
        """Return everything that is known of the server."""
        with self._store._guard():
            return dict(self._store._db.execute("SELECT key, value FROM sync_state").fetchall())

    def get(self, key: str) -> str | None:
        """Return one thing that is known of the server."""
        with self._store._guard():
            row = self._store._db.execute("SELECT value FROM sync_state WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, **values: str | None) -> None:
        """Write down what is known of the server, all of it in one transaction; None forgets a key."""
        with self._store._transaction():
            self._put(values)

    def _put(self, values: Mapping[str, str | None]) -> None:
        for key, value in values.items():
            if value is None:
                self._store._db.execute("DELETE FROM sync_state WHERE key = ?", (key,))
            else:
                self._store._db.execute(
                    "INSERT INTO sync_state (key, value) VALUES (?, ?)"
                    " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    (key, value),
                )

    def forget_server(self) -> None:
        """Another server or another identity: nothing of the old one holds."""
        with self._store._transaction():
            self._store._db.execute("DELETE FROM sync_state")
            self._store._db.execute(
                f"UPDATE outbox SET next_try_at = NULL, leased_until = NULL WHERE {_PENDING}"
            )

    def go_on_above(
        self, last_seq: int, given: Iterable[tuple[dt.date, str, int]], last_of_band: int, who: str
    ) -> tuple[int, int]:
        """Let seq and numbers go on above what the server knows of this kiosk; return seq before and after.

        ``given``: day, queue and the last number of this kiosk's own band, which ends at ``last_of_band``.
        """
        store = self._store
        floors = sorted((day, queue, min(number, last_of_band)) for day, queue, number in given)
        with store._transaction():
            row = store._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchone()
            before = int(row[0]) if row else 0
            after = max(before, last_seq)
            if after > before:
                store._db.execute("DELETE FROM sqlite_sequence WHERE name = 'outbox'")
                store._db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', ?)", (after,))
            store._db.executemany(
                "INSERT INTO floors (service_day, queue, number) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                [(day.isoformat(), queue, number) for day, queue, number in floors],
            )
            store._audit(who, "kiosk.enrolled", {"seq": [before, after], "floors": len(floors)})
        return before, after

    def closures(self) -> dict[str, dict[str, str]]:
        """Return the services that give no tickets now by the server's last word: code → text by language."""
        text = self.get("closures")
        found: dict[str, dict[str, str]] = json.loads(text) if text else {}
        return found


def look(path: Path, now: dt.datetime) -> tuple[OutboxFigures, dict[str, str]] | None:
    """Return how the outbox of the database at ``path`` is and what it knows of its server, without changing anything.

    None where there is no database, or one of before there was a server. Raises StoreError.
    """
    if not path.exists():
        return None
    try:
        with closing(open_read_only(path)) as db:
            if int(db.execute("PRAGMA user_version").fetchone()[0]) < FIRST_SCHEMA:
                return None
            return _figures(db, now), dict(db.execute("SELECT key, value FROM sync_state").fetchall())
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error


def _figures(db: sqlite3.Connection, now: dt.datetime) -> OutboxFigures:
    depth, rejected, last_seq = db.execute(
        f"SELECT (SELECT count(*) FROM outbox WHERE {_PENDING}),"
        " (SELECT count(*) FROM outbox WHERE rejected_code IS NOT NULL),"
        " (SELECT seq FROM sqlite_sequence WHERE name = 'outbox')"
    ).fetchone()
    oldest = db.execute(
        f"SELECT occurred_at, tries, next_try_at FROM outbox WHERE {_PENDING} ORDER BY seq LIMIT 1"
    ).fetchone()
    if oldest is None:
        return OutboxFigures(int(depth), None, int(rejected), int(last_seq or 0))
    age = max(0.0, (now - dt.datetime.fromisoformat(oldest[0])).total_seconds())
    return OutboxFigures(int(depth), age, int(rejected), int(last_seq or 0), oldest[1], oldest[2])


def _ahead(text: str | None, now: dt.datetime, longest_s: float) -> float:
    """Return the seconds until ``text``; 0 where it has passed, or lies so far ahead that the clock went back."""
    if text is None:
        return 0.0
    left = (dt.datetime.fromisoformat(text) - now).total_seconds()
    return left if 0 < left <= longest_s + 1 else 0.0


def _text(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="milliseconds")
