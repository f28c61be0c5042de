"""Pairing this kiosk with its server: a code becomes an identity, and the store goes on where the server says."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.core.numbers import series_band
from kiosk.store import Outbox, Store
from kiosk.store.backup import EVENTS_OF_A_TICKET, VISIT_S
from kiosk.sync import identity as identities
from kiosk.sync.errors import IdentityUnusable
from kiosk.sync.identity import Identity, fingerprint
from kiosk.sync.wake import NOW, knock

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.core.catalogue import Site
    from kiosk.settings import Settings
    from kiosk.sync.wire import Enrolled

WITHIN_S: Final = 20.0
COPIED: Final = "event_copied"


@dataclass(frozen=True)
class Paired:
    """What came of it."""

    identity: Identity
    set_aside: int
    """Events of another unit that this disk was copied from; they are that unit's to send."""
    seq: tuple[int, int]
    """The last seq before and after: it goes on above what the server has."""


def pair(
    settings: Settings,
    state: Path,
    clock: Clock,
    store: Store,
    site: Site,
    *,
    url: str,
    code: str,
    name: str,
    replaces: str,
    queues: Iterable[str],
) -> Paired:
    """Enrol with a pairing code. ``replaces`` is the id of a kiosk whose place this one takes, or empty.

    The same machine keeps its kiosk id by itself, whatever became of its database. Raises SyncError, StoreError and
    OSError; then nothing has changed on this side.
    """
    from kiosk.doctor.checks.versions import own_version
    from kiosk.sync.anjungan import enrol
    from kiosk.sync.http import Http
    from kiosk.sync.wire import Enrolment

    here, outbox = fingerprint(), Outbox(store)
    old = _old(state)
    copied = old is not None and old.machine.differs(here)
    same_server = old is not None and old.server.rstrip("/") == url.rstrip("/")
    if old is not None and same_server and not copied and not replaces:
        replaces = old.kiosk_id
    asked = Enrolment(
        code=code,
        # A copied disk has the other unit's install id: it must not become that unit by asking.
        install_id=outbox.install() if not copied or replaces else str(uuid.uuid4()),
        name=name,
        version=own_version(),
        replaces=uuid.UUID(replaces) if replaces else None,
    )
    http = Http(url, ca_file=settings.server.ca_file, version=own_version())
    try:
        answer = enrol(http, asked, WITHIN_S)
    finally:
        http.close()
    now = clock.utc()
    identity = Identity(
        server=url,
        kiosk_id=str(answer.kiosk_id),
        kiosk_digit=answer.kiosk_digit,
        site=answer.site,
        name=name,
        install=outbox.install(),
        machine=here,
        enrolled_at=now.isoformat(timespec="milliseconds"),
        token=answer.token,
        token_at=now.isoformat(timespec="seconds"),
    )
    outbox.forget_server()
    aside = (
        outbox.set_all_aside(COPIED, "of the unit this disk was copied from")
        if copied and not replaces
        else 0
    )
    seq = _go_on(outbox, site, answer, now, store, list(queues))
    # Last: until it is there, the old identity stands and says what it said.
    identities.save(identity, state)
    knock(state, NOW)
    return Paired(identity, aside, seq)


def _old(state: Path) -> Identity | None:
    try:
        return identities.load(state, {})
    except IdentityUnusable:
        return None  # that is what enrolling is for


def _go_on(
    outbox: Outbox, site: Site, answer: Enrolled, now: dt.datetime, store: Store, queues: list[str]
) -> tuple[int, int]:
    """Let seq and numbers go on above the server's. What another unit did and never sent is reckoned with too: one
    visitor each ``VISIT_S`` seconds since it was last heard of, today."""
    before = outbox.figures().last_seq
    if answer.last_seq <= before:
        return outbox.go_on_above(0, (), 0, "enrol")  # this database knows all the server knows
    zone = store.zone
    today = now.astimezone(zone).date()
    unsent = 0
    if answer.last_seen_at is not None:
        midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        since = max(answer.last_seen_at, midnight)
        unsent = max(0, int((answer.server_time - since).total_seconds() // VISIT_S) + 1)
    band = series_band(site.numbers, answer.kiosk_digit)
    known = {(one.service_day, one.queue): one.value for one in answer.given}
    floors = [(day, queue, value) for (day, queue), value in known.items() if day != today]
    for queue in queues:
        highest = known.get((today, queue), band.first - 1)
        if highest + unsent >= band.first:
            floors.append((today, queue, highest + unsent))
    return outbox.go_on_above(answer.last_seq + unsent * EVENTS_OF_A_TICKET, floors, band.last, "enrol")
