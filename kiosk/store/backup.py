"""A copy of the database to keep elsewhere, and such a copy put back, on the same machine or on its replacement.

A number is never given twice, and a copy that is put back is a memory that ends when it was taken. Whatever is known of
later numbers (the database it replaces, the journal, broken files) becomes floors. Where that is not all of them, as on
a spare unit, every queue goes on above what could have been given since: one ticket each ``VISIT_S`` seconds. ``seen``
replaces that guess for a queue by the last number somebody saw on paper. The same goes for ``seq`` of the outbox.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import itertools
import json
import os
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.core.numbers import Band
from kiosk.durable import give_to_owner, sync_folder
from kiosk.store import journal
from kiosk.store.database import INSTALL_ID, opening, quarantine, remove_unfinished, unfinished
from kiosk.store.errors import (
    BackupUnusable,
    StateIsNewer,
    StoreBroken,
    StoreBusy,
    StoreTooNew,
    StoreUnavailable,
    from_os,
    from_sqlite,
    is_damage,
)
from kiosk.store.facts import open_read_only
from kiosk.store.locks import try_flock
from kiosk.store.memory import encode_mark, last_numbers, predecessor, read_mark, rewrite_journal
from kiosk.store.migrate import latest_version, migrate

VISIT_S: Final = 20
"""Seconds a visitor takes at least: no unit gives tickets faster for hours."""
EVENTS_OF_A_TICKET: Final = 4
"""Issued, settled, kept or reprinted, voided: what a ticket adds to the outbox at most, as a rule."""


@dataclass(frozen=True)
class Snapshot:
    """What a copy of the database holds."""

    install: str
    schema: int
    last_seq: int
    newest: str | None
    """When its latest number was given, with the site's offset; None: never."""


@dataclass(frozen=True)
class Target:
    """What stands where a copy is put back."""

    given: frozenset[journal.Given]
    mark: journal.Mark | None
    install: str
    last_seq: int
    complete: bool
    """Whether it tells every number given in this folder."""
    readable: bool


@dataclass(frozen=True)
class Restored:
    """What putting a copy back came to."""

    exact: bool
    """Whether all later numbers were known; else queues go on above what could have been given."""
    continues: Mapping[str, int]
    """Queue → its next number today; those that have no number left are missing."""
    kept: str | None
    """The name under which the database that stood there was kept."""


def snapshot(path: Path, copy: Path) -> Snapshot:
    """Write a whole copy of the database at ``path`` to the new file ``copy``, while the kiosk goes on.

    Raises StoreError; StoreUnavailable where there is no database.
    """
    if not path.exists():
        raise StoreUnavailable(f"{path}: there is no database to copy")
    try:
        with (
            closing(open_read_only(path)) as source,
            closing(sqlite3.connect(copy, isolation_level=None)) as target,
        ):
            source.backup(target)  # one step, one read transaction: the kiosk's writes go on beside it
            target.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
        descriptor = os.open(copy, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except sqlite3.Error as error:
        if is_damage(error):
            raise StoreBroken(f"{path}: {error}", None) from error
        raise from_sqlite(error, path) from error
    except OSError as error:
        raise from_os(error, copy) from error
    return examine(copy)


def examine(copy: Path) -> Snapshot:
    """Read a copy in full and say what it holds. Raises BackupUnusable and StoreTooNew."""
    try:
        with closing(
            sqlite3.connect(f"{copy.as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
        ) as db:
            (schema,) = db.execute("PRAGMA user_version").fetchone()
            if schema > latest_version():
                raise StoreTooNew(
                    f"{copy.name}: its schema is {schema}, this program knows up to {latest_version()}"
                )
            found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok" or schema < 1:
                raise BackupUnusable(
                    f"{copy.name}: {found if schema else 'is not a database of this program'}"
                )
            (install,) = db.execute("SELECT value FROM meta WHERE key = 'install'").fetchone()
            mark = read_mark(db)
            return Snapshot(install, schema, _last_seq(db), mark.stamp.at.isoformat() if mark else None)
    except (sqlite3.Error, TypeError) as error:
        raise BackupUnusable(f"{copy.name}: {error}") from error


def restore(
    copy: Path,
    path: Path,
    *,
    taken_at: dt.datetime,
    now: dt.datetime,
    band: Band,
    queues: Iterable[str],
    seen: Mapping[str, int] | None = None,
    force: bool = False,
    before_switch: Callable[[], None] = lambda: None,
) -> Restored:
    """Put ``copy`` in the place of the database at ``path``: wholly or not at all.

    ``now`` is aware, in the site's zone; ``taken_at`` is when the copy was made. ``band`` and ``queues`` are those of
    this kiosk; ``seen`` names the last number on paper of a queue. ``before_switch`` runs when everything is prepared
    and nothing has changed. What stood there is kept beside it. Raises StoreBusy while the kiosk runs, StateIsNewer
    where newer numbers stand there and not ``force``, BackupUnusable, and the other store errors.
    """
    held = examine(copy)
    if taken_at > now + dt.timedelta(minutes=5):
        raise BackupUnusable(
            f"{copy.name} was taken at {taken_at.isoformat()}, after this machine's clock: set the clock"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with opening(path):
            install = path.with_name(INSTALL_ID)
            in_use = os.open(install, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            give_to_owner(install)
            try:
                if not try_flock(in_use, fcntl.LOCK_EX):
                    raise StoreBusy(f"{path}: the kiosk is running; stop it first (systemctl stop anjungan)")
                there = _target(path, install)
                _refuse_older(held, there, path, force)
                return _put_back(
                    copy,
                    path,
                    install,
                    held,
                    there,
                    _Wish(taken_at, now, band, tuple(queues), seen or {}),
                    before_switch,
                )
            finally:
                os.close(in_use)
    except sqlite3.Error as error:
        raise from_sqlite(error, path) from error
    except OSError as error:
        raise from_os(error, path) from error


@dataclass(frozen=True)
class _Wish:
    taken_at: dt.datetime
    now: dt.datetime
    band: Band
    queues: tuple[str, ...]
    seen: Mapping[str, int]

    def could_have_been_given(self) -> int:
        """How many numbers of one queue the unit may have given today after the copy was taken."""
        midnight = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        since = max(self.taken_at.astimezone(self.now.tzinfo), midnight)
        return max(0, int((self.now - since).total_seconds() // VISIT_S) + 1)


def _target(path: Path, install: Path) -> Target:
    """Read what stands in the folder. Raises OSError."""
    named = install.read_text(encoding="ascii").strip()
    record = journal.read(path.with_name(journal.NAME))
    given = set(record.given) if record else set()
    mark = record.mark if record else None
    if not path.exists():
        left, known = predecessor(path, install) if named or record else (journal.Record(), True)
        return Target(frozenset(given | left.given), mark or left.mark, named, 0, known, readable=False)
    try:
        with closing(open_read_only(path)) as db:
            given |= set(last_numbers(db))
            own = read_mark(db)
            if own and (mark is None or own.stamp.at > mark.stamp.at):
                mark = own
            (named,) = db.execute("SELECT value FROM meta WHERE key = 'install'").fetchone()
            return Target(frozenset(given), mark, named, _last_seq(db), complete=True, readable=True)
    except (sqlite3.DatabaseError, TypeError):
        # Damaged: the journal beside it knows the numbers, where it is whole.
        complete = record is not None and record.whole
        return Target(frozenset(given), mark, named, 0, complete, readable=False)


def _refuse_older(held: Snapshot, there: Target, path: Path, force: bool) -> None:
    if force or there.mark is None:
        return
    newest = dt.datetime.fromisoformat(held.newest) if held.newest else None
    if newest is None or there.mark.stamp.at > newest:
        raise StateIsNewer(
            f"{path}: its latest number is of {there.mark.stamp.at.isoformat(timespec='seconds')}, the copy's of"
            f" {newest.isoformat(timespec='seconds') if newest else 'never'}; --force puts it back all the same"
        )


def _put_back(
    copy: Path,
    path: Path,
    install: Path,
    held: Snapshot,
    there: Target,
    wish: _Wish,
    before_switch: Callable[[], None],
) -> Restored:
    remove_unfinished(path)
    fresh = unfinished(path)
    # All later numbers are known only where the copy comes from this very folder and nothing of it is lost.
    exact = there.complete and there.install == held.install
    new_install = str(uuid.uuid4())
    try:
        _copy_file(copy, fresh)
        with closing(sqlite3.connect(fresh, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous = FULL")
            migrate(db)
            db.execute("BEGIN")
            _raise_floors(db, there, wish, exact)
            _move_on(db, there, wish, exact, new_install)
            db.execute("COMMIT")
            continues = {}
            for queue in wish.queues:
                highest = _highest(db, queue, wish.now.date(), wish.band)
                if highest < wish.band.last:
                    continues[queue] = highest + 1
            give_to_owner(fresh)
            before_switch()
            # First the journal: should the power fail now, the old database stands with a journal that knows more.
            rewrite_journal(db, path)
    except BaseException:
        remove_unfinished(path)
        raise
    kept = _keep_old(path, there, wish.now)
    fresh.replace(path)
    sync_folder(path.parent)
    install.write_text(f"{new_install}\n", encoding="ascii")
    return Restored(exact, continues, kept)


def _raise_floors(db: sqlite3.Connection, there: Target, wish: _Wish, exact: bool) -> None:
    today = wish.now.date()
    floors = set(there.given)
    for queue in wish.queues:
        if queue in wish.seen:
            floors.add(journal.Given(today, queue, wish.seen[queue]))
        elif not exact:
            above = max(
                _highest(db, queue, today, wish.band), _highest_of(there.given, queue, today, wish.band)
            )
            floors.add(journal.Given(today, queue, min(wish.band.last, above + wish.could_have_been_given())))
    db.executemany(
        "INSERT INTO floors (service_day, queue, number) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(one.day.isoformat(), one.queue, one.number) for one in sorted(floors) if one.number > 0],
    )


def _move_on(db: sqlite3.Connection, there: Target, wish: _Wish, exact: bool, install: str) -> None:
    """Make the copy a database of its own: its id, its latest mark, a ``seq`` nobody has used, a line in the audit."""
    mark = read_mark(db)
    if there.mark and (mark is None or there.mark.stamp.at > mark.stamp.at):
        db.execute(
            "INSERT INTO meta (key, value) VALUES ('mark', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (encode_mark(there.mark),),
        )
    (before,) = db.execute("SELECT value FROM meta WHERE key = 'install'").fetchone()
    db.execute("UPDATE meta SET value = ? WHERE key = 'install'", (install,))
    seq = _last_seq(db)
    lost = 0 if exact else wish.could_have_been_given() * EVENTS_OF_A_TICKET
    next_seq = max(seq + lost, there.last_seq if there.install == before else 0)
    if next_seq > seq:
        db.execute("DELETE FROM sqlite_sequence WHERE name = 'outbox'")
        db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('outbox', ?)", (next_seq,))
    details = {"from": before, "taken_at": wish.taken_at.isoformat(), "exact": exact, "seq": [seq, next_seq]}
    db.execute(
        "INSERT INTO audit (at, who, what, details) VALUES (?, 'system', 'store.restored', ?)",
        (wish.now.astimezone(dt.UTC).isoformat(timespec="milliseconds"), json.dumps(details)),
    )


def _keep_old(path: Path, there: Target, now: dt.datetime) -> str | None:
    """Leave the database that stands at ``path`` a second name; it goes on standing there until it is replaced."""
    if not path.exists():
        return None
    if not there.readable:
        return quarantine(path, now.astimezone(dt.UTC)).name
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None)) as db:
        db.execute(
            "PRAGMA wal_checkpoint(TRUNCATE)"
        ).fetchone()  # closing then removes the WAL: the file is whole
        db.execute("PRAGMA journal_mode = DELETE").fetchone()
    stem = f"{path.name}.replaced-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    names = (path.with_name(stem if count == 1 else f"{stem}-{count}") for count in itertools.count(1))
    kept = next(name for name in names if not name.exists())
    kept.hardlink_to(path)
    return kept.name


def _copy_file(source: Path, target: Path) -> None:
    with source.open("rb") as reading, target.open("xb") as writing:
        while block := reading.read(1 << 20):
            writing.write(block)
        writing.flush()
        os.fsync(writing.fileno())


def _last_seq(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchone()
    return int(row[0]) if row else 0


def _highest(db: sqlite3.Connection, queue: str, day: dt.date, band: Band) -> int:
    """Return the highest number known of a queue from ``day`` on; the one before the first where none is."""
    (highest,) = db.execute(
        "SELECT max(number) FROM (SELECT max(number) AS number FROM tickets"
        " WHERE queue = ?1 AND service_day >= ?2 AND number BETWEEN ?3 AND ?4 UNION ALL"
        " SELECT max(number) FROM floors WHERE queue = ?1 AND service_day >= ?2 AND number BETWEEN ?3 AND ?4)",
        (queue, day.isoformat(), band.first, band.last),
    ).fetchone()
    return band.first - 1 if highest is None else int(highest)


def _highest_of(given: Iterable[journal.Given], queue: str, day: dt.date, band: Band) -> int:
    numbers = (one.number for one in given if one.queue == queue and one.day >= day and one.number in band)
    return max(numbers, default=band.first - 1)
