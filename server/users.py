"""People who sign in to the pages: roles, passwords, lock-out. The pages themselves come on top of this."""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from server import audit, limits, security
from server.db.models import Site, User
from server.errors import UpkeepError

MOST_FAILURES: Final = 8
"""Wrong passwords of one name in ten minutes, before it must wait."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


class Role(StrEnum):
    """What a person may do."""

    ADMIN = "admin"
    MANAGER = "manager"
    OFFICER = "officer"


def add(
    session: Session, name: str, role: Role, password: str, *, site_id: str | None, who: str, now: dt.datetime
) -> User:
    """Add a person. Raises UpkeepError that names every fault."""
    least, most = security.PASSWORD_LENGTH
    faults = []
    if not _NAME.fullmatch(name):
        faults.append(f"name is {name!r}; allowed: 2 to 40 small letters, digits, dots, hyphens, underscores")
    if not least <= len(password) <= most:
        faults.append(f"the password has {len(password)} characters; allowed: {least} to {most}")
    if password and password.casefold() in (name.casefold(), name.casefold() * 2):
        faults.append("the password is the name")
    if site_id is not None and session.get(Site, site_id) is None:
        faults.append(f"site is {site_id!r}; there is no such site")
    if session.scalars(select(User).where(User.name == name)).one_or_none() is not None:
        faults.append(f"name is {name!r}; it is taken")
    if faults:
        raise UpkeepError(*faults)
    user = User(
        name=name,
        role=role.value,
        site_id=site_id,
        password_hash=security.password_hash(password),
        created_at=now,
    )
    session.add(user)
    audit.note(session, now, who, "user.added", name=name, role=role.value, site=site_id)
    return user


def sign_in(session: Session, name: str, password: str, address: str, now: dt.datetime) -> User | None:
    """Return the person, or None: a failure, which is counted. Raises the Refusal 429 after too many.

    Counted by name and address together first, so that a stranger elsewhere cannot lock a person out (ASVS 5.0, 6.1.1),
    and by name alone at ten times as many.
    """
    keys = ((f"user {name[:80]} {address}", MOST_FAILURES), (f"user {name[:80]}", MOST_FAILURES * 10))
    for key, most in keys:
        limits.require_patience(session, key, most, now)
    user = session.scalars(select(User).where(User.name == name, User.disabled_at.is_(None))).one_or_none()
    if not security.password_fits(password, user.password_hash if user else None):
        for key, _ in keys:
            limits.count_failure(session, key, now)
        return None
    limits.forget_failures(session, keys[0][0])
    return user
