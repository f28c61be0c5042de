"""Looking after the people who sign in: role, password, lock. Each ends what it takes away at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from server import audit, security, sessions
from server.db.models import User
from server.errors import UpkeepError
from server.sessions import Person
from server.users import Role


class PersonRefused(UpkeepError):
    """``word`` is a key of ``server.words``."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def people(session: Session, by: Person) -> Sequence[User]:
    """Return the people ``by`` looks after: everybody, or those of their one site."""
    query = select(User).order_by(User.disabled_at.is_not(None), User.name)
    own = session.get_one(User, by.id).site_id
    return session.scalars(query if own is None else query.where(User.site_id == own)).all()


def find(session: Session, user_id: int, by: Person) -> User:
    """Return one of them. Raises PersonRefused."""
    for user in people(session, by):
        if user.id == user_id:
            return user
    raise PersonRefused("user_fault_gone")


def set_role(session: Session, user_id: int, role: Role, *, by: Person, now: dt.datetime) -> None:
    """Give a person another role; it holds from their next click. Nobody demotes themselves, so one admin stays."""
    user = find(session, user_id, by)
    if user.id == by.id and role is not Role.ADMIN:
        raise PersonRefused("user_fault_self")
    if user.role != role.value:
        audit.note(
            session,
            now,
            by.name,
            "user.role",
            name=user.name,
            before=user.role,
            after=role,
            site=user.site_id,
        )
        user.role = role.value


def set_password(session: Session, user_id: int, password: str, *, by: Person, now: dt.datetime) -> None:
    """Give a person a new password; whoever is signed in with the old one is out."""
    user = find(session, user_id, by)
    least, most = security.PASSWORD_LENGTH
    if not least <= len(password) <= most or password.casefold() in (user.name, user.name * 2):
        raise PersonRefused("user_fault_password")
    user.password_hash = security.password_hash(password)
    sessions.end_all(session, user.id)
    audit.note(session, now, by.name, "user.password", name=user.name, site=user.site_id)


def set_locked(session: Session, user_id: int, locked: bool, *, by: Person, now: dt.datetime) -> None:
    """Lock a person out at once, or let them in again. Nobody locks themselves."""
    user = find(session, user_id, by)
    if user.id == by.id:
        raise PersonRefused("user_fault_self")
    if locked == (user.disabled_at is not None):
        return
    user.disabled_at = now if locked else None
    if locked:
        sessions.end_all(session, user.id)
    what = "user.locked" if locked else "user.unlocked"
    audit.note(session, now, by.name, what, name=user.name, site=user.site_id)
