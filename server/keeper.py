"""The server's own work in the background: one thread in each process, of which one at a time is on duty.

It opens what was closed until now, looks after the kiosks, and delivers webhooks. The duty is a row in the database
with an end: where its holder dies, another process takes over within a minute.
"""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import threading
from functools import partial
from typing import Final

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from server import watch, webhooks
from server.db.dialects import upsert
from server.db.models_management import Duty
from server.manage import closing
from server.services import Services

log = logging.getLogger("server.keeper")

EVERY_S: Final = 5.0
DUTY: Final = "keeper"
DUTY_LIFE: Final = dt.timedelta(seconds=60)
DUTY_LEAST: Final = dt.timedelta(seconds=25)
"""Left of the duty before a step that may take a while: longer than one delivery can take."""
STOPS_WITHIN_S: Final = 15.0


class Keeper:
    """Owns the thread. ``start`` and ``stop`` belong to the application's life."""

    def __init__(self, services: Services, every_s: float = EVERY_S) -> None:
        self._services = services
        self._every_s = every_s
        self._me = secrets.token_hex(8)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self) -> None:
        """Begin; the first round comes after one interval."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the step under way; the duty is given back."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(STOPS_WITHIN_S)

    def _run(self) -> None:
        on_duty = False
        while not self._stop.wait(self._every_s):
            try:
                on_duty = self.round()
            except Exception:
                # The thread must outlive a database that is away, and a fault of one round.
                log.exception("the round in the background failed; again in %g s", self._every_s)
        if on_duty:
            try:
                self._services.database.write(partial(_give_back, me=self._me))
            except Exception:
                log.warning("the duty could not be given back; it ends by itself within a minute")

    def round(self) -> bool:
        """Do what is to be done now, where this process is on duty; return whether it is."""
        services, database = self._services, self._services.database
        if not self._on_duty():
            return False
        now = services.now()
        for closure in database.read(partial(closing.due, now=now)):
            database.write(
                partial(closing.open_due, catalogues=services.catalogues, closure=closure, now=services.now())
            )
        watch.look(database, services.catalogues, services.settings, now)
        if database.read(webhooks.any_fresh):
            urls = services.settings.webhook_urls
            database.write(partial(webhooks.give_out, urls=urls, now=services.now()))
        for one in database.read(partial(webhooks.due, now=services.now())):
            if self._stop.is_set() or not self._on_duty():
                break
            secret = services.settings.webhook_secret
            problem = webhooks.post(one.url, one.notice, one.body, secret, services.now())
            database.write(partial(webhooks.settle, one=one, problem=problem, now=services.now()))
        return True

    def _on_duty(self) -> bool:
        now, database = self._services.now(), self._services.database
        row = database.read(lambda session: session.get(Duty, DUTY))
        if row is not None and row.until > now:
            if row.holder != self._me:
                return False
            if row.until - now > DUTY_LEAST:
                return True
        return database.write(partial(_take, me=self._me, now=now))


def _take(session: Session, me: str, now: dt.datetime) -> bool:
    """Take the duty or keep it: one statement decides between processes."""
    until = now + DUTY_LIFE
    session.execute(
        upsert(session, Duty)
        .values(name=DUTY, holder=me, until=until)
        .on_conflict_do_nothing(index_elements=["name"])
    )
    mine = update(Duty).where(Duty.name == DUTY, or_(Duty.holder == me, Duty.until <= now))
    taken = session.execute(mine.values(holder=me, until=until).returning(Duty.name))
    return taken.one_or_none() is not None


def _give_back(session: Session, me: str) -> None:
    epoch = dt.datetime.fromtimestamp(0, dt.UTC)
    session.execute(update(Duty).where(Duty.name == DUTY, Duty.holder == me).values(until=epoch))
