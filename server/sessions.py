"""Who is signed in to the pages: sessions kept at the server, so that they end at once when they must.

A session's token is 256 random bits in a cookie, kept here as SHA-256 (``server.security`` says why). It ends by
signing out, after a time without a touch, after a working day in any case, and when the person is disabled. Role and
site are read with every request: what is taken from a person is gone with their next one.

The token that proves a form is ours (CSRF) is derived from the session's own, so it is another one after each sign-in
and there is nothing to keep.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from server.catalogue import site_ids
from server.db.models import PageSession, User
from server.security import token_hash
from server.users import Role

FRESH: Final = dt.timedelta(minutes=1)
"""How exactly the last touch is kept: not every request needs to write."""


@dataclass(frozen=True)
class Person:
    """Who asks for a page, and which site they are looking at."""

    id: int
    name: str
    role: Role
    site_id: str
    sites: tuple[str, ...] = ()
    """The sites this person may look at."""

    def may(self, least: Role) -> bool:
        """Whether this person's role is ``least`` or above."""
        return RANK[self.role] >= RANK[least]


RANK: Final = {Role.OFFICER: 1, Role.MANAGER: 2, Role.ADMIN: 3}


@dataclass(frozen=True)
class Found:
    """A session that is in force."""

    person: Person
    seen_at: dt.datetime


def begin(session: Session, user: User, now: dt.datetime, longest: dt.timedelta) -> str:
    """Begin a session for ``user``; return its token. Sessions that are over are cleared away."""
    session.execute(delete(PageSession).where(PageSession.created_at < now - longest))
    token = secrets.token_urlsafe(32)
    session.add(
        PageSession(
            token_hash=token_hash(token), user_id=user.id, created_at=now, seen_at=now, site_id=user.site_id
        )
    )
    return token


def find(
    session: Session, token: str, now: dt.datetime, idle: dt.timedelta, longest: dt.timedelta
) -> Found | None:
    """Return the session of ``token``; None where it is unknown or over."""
    query = (
        select(PageSession, User)
        .join(User, User.id == PageSession.user_id)
        .where(PageSession.token_hash == token_hash(token), User.disabled_at.is_(None))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    kept, user = row
    if now >= kept.seen_at + idle or now >= kept.created_at + longest:
        return None
    sites = (user.site_id,) if user.site_id else tuple(site_ids(session))
    chosen = kept.site_id if kept.site_id in sites else next(iter(sites), "")
    return Found(Person(user.id, user.name, Role(user.role), chosen, sites), kept.seen_at)


def touch(session: Session, token: str, now: dt.datetime) -> None:
    """The person is here."""
    kept = session.scalars(_of(token)).one_or_none()
    if kept is not None:
        kept.seen_at = now


def look_at(session: Session, token: str, site_id: str) -> None:
    """Look at another site from now on."""
    kept = session.scalars(_of(token)).one_or_none()
    if kept is not None:
        kept.site_id = site_id


def end(session: Session, token: str) -> None:
    """End one session."""
    session.execute(delete(PageSession).where(PageSession.token_hash == token_hash(token)))


def end_all(session: Session, user_id: int) -> None:
    """End every session of a person: the password is another one, or they have left."""
    session.execute(delete(PageSession).where(PageSession.user_id == user_id))


def csrf_of(token: str) -> str:
    """Return what each form of the session ``token`` carries."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


def _of(token: str) -> Select[PageSession]:
    return select(PageSession).where(PageSession.token_hash == token_hash(token))
