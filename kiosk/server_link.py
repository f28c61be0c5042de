"""What ties a desk to its server: numbers from it, whether numbers may be given at all, and who is told of an event."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.store import Outbox, Store, StoreFull
from kiosk.sync import identity as identities
from kiosk.sync.errors import CopiedDisk, IdentityUnusable, SyncError
from kiosk.sync.identity import Identity, fingerprint
from kiosk.sync.wake import knock

if TYPE_CHECKING:
    from kiosk.settings import Settings
    from kiosk.sync.breaker import Breaker
    from kiosk.sync.numbers import CentralNumbers
    from kiosk.sync.server import CentralServer

log = logging.getLogger(__name__)

OUTBOX_CAP: Final = 1_000_000
"""Events that may wait for the server. A busy kiosk fills it in a year without a line; the doctor warns from 20,000 on.
At the cap no number is given: an event that cannot be kept would be a paper nobody knows of."""


@dataclass(frozen=True)
class Ties:
    """What a process that sends by itself gives its desk."""

    breaker: Breaker
    wake: Callable[[], None]
    on_trouble: Callable[[SyncError | None], None]


@dataclass(frozen=True)
class Link:
    """An enrolled kiosk's desk and its server."""

    identity: Identity
    url: str
    numbers: CentralNumbers | None
    """None: numbers are this kiosk's own."""
    told: Callable[[], None]
    """Something new is in the outbox."""

    def require(self, store: Store) -> None:
        """Raise CopiedDisk where this unit must not give numbers, StoreFull where events have no place."""
        outbox = Outbox(store)
        paused = outbox.get("paused")
        if paused is not None and (found := json.loads(paused))["code"] == CopiedDisk.code:
            raise CopiedDisk(str(found["text"]).removeprefix(f"{CopiedDisk.code}: "))
        if outbox.span() >= OUTBOX_CAP:
            raise StoreFull(
                f"{store.path}: {OUTBOX_CAP} events wait for the server; none has room until it takes some"
            )

    def closed(self, store: Store, service: str) -> dict[str, str] | None:
        """Return why the server has closed ``service``, by language."""
        return Outbox(store).closures().get(service)

    def close(self) -> None:
        """Let go of the server."""
        if self.numbers is not None:
            self.numbers.close()


def server_url(settings: Settings, identity: Identity | None) -> str:
    """Return the server's address: the configuration's, or that of the enrolment."""
    return settings.server.url or (identity.server if identity is not None else "")


def connect(settings: Settings, identity: Identity, token: str = "") -> CentralServer:
    """Return the server, spoken to with the identity's token. Loads requests: not on the window's thread."""
    from kiosk.doctor.checks.versions import own_version
    from kiosk.sync.anjungan import AnjunganServer
    from kiosk.sync.http import Http

    url = server_url(settings, identity)
    return AnjunganServer(
        Http(url, token or identity.token, settings.server.ca_file, own_version()), identity.kiosk_id
    )


def open_link(settings: Settings, state: Path, ties: Ties | None = None) -> Link | None:
    """Return the desk's link, None for a kiosk that was never enrolled. Raises CopiedDisk, and IdentityUnusable where
    numbers depend on it."""
    if not identities.exists(state):
        return None
    central = settings.kiosk.numbering == "central"
    try:
        identity = identities.load(state)
    except IdentityUnusable as error:
        if central:
            raise
        log.error("%s; numbers are this kiosk's own, and nothing is sent", error)  # noqa: TRY400
        return None
    if identity is None:
        return None
    identity.require_machine(fingerprint())
    numbers = None
    if central:
        from kiosk.sync.numbers import CentralNumbers

        numbers = CentralNumbers(
            partial(_for_numbers, settings, state, identity),
            settings.server.allot_timeout_s,
            ties.breaker if ties else None,
            ties.on_trouble if ties else lambda error: None,
        )

    def told() -> None:
        knock(state)

    return Link(identity, server_url(settings, identity), numbers, ties.wake if ties else told)


def _for_numbers(settings: Settings, state: Path, identity: Identity) -> CentralServer:
    return connect(settings, identity)
