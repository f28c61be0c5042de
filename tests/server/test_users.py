"""People who sign in: lock-out without locking out the wrong one."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server import users
from server.db.database import Database
from server.db.models import User
from server.errors import Refusal, UpkeepError
from server.users import MOST_FAILURES, Role
from tests.server.conftest import Clock
from tests.support.server_driver import NOON, SITE

PASSWORD = "kata sandi panjang"
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.9"


@pytest.fixture
def siti(database: Database) -> str:
    database.write(
        lambda session: users.add(session, "siti", Role.OFFICER, PASSWORD, site_id=SITE, who="test", now=NOON)
    )
    return "siti"


def sign_in(database: Database, clock: Clock, name: str, password: str, address: str = HERE) -> str | None:
    found = database.write(lambda session: users.sign_in(session, name, password, address, clock()))
    return found.role if found else None


def test_the_right_password_opens(database: Database, clock: Clock, siti: str) -> None:
    assert sign_in(database, clock, siti, PASSWORD) == "officer"
    assert sign_in(database, clock, siti, PASSWORD + " ") is None
    assert sign_in(database, clock, "nobody", PASSWORD) is None
    kept = database.read(lambda session: session.scalars(select(User.password_hash)).one())
    assert kept.startswith("$argon2id$")


def test_after_too_many_failures_even_the_right_one_must_wait(
    database: Database, clock: Clock, siti: str
) -> None:
    for _ in range(MOST_FAILURES):
        assert sign_in(database, clock, siti, "wrong") is None
    with pytest.raises(Refusal) as stopped:
        sign_in(database, clock, siti, PASSWORD)
    assert stopped.value.status == 429
    assert sign_in(database, clock, siti, PASSWORD, ELSEWHERE) == "officer", "a stranger locks nobody out"
    clock.turn(minutes=10)
    assert sign_in(database, clock, siti, PASSWORD) == "officer"


def test_many_addresses_do_not_help_a_guesser(database: Database, clock: Clock, siti: str) -> None:
    tries = 0
    with pytest.raises(Refusal):
        for tries in range(MOST_FAILURES * 10 + 1):
            sign_in(database, clock, siti, "wrong", f"198.51.100.{tries}")
    assert tries == MOST_FAILURES * 10


def test_one_who_is_disabled_stays_out(database: Database, clock: Clock, siti: str) -> None:
    def disable(session: object) -> None:
        from sqlalchemy.orm import Session

        assert isinstance(session, Session)
        session.scalars(select(User)).one().disabled_at = NOON

    database.write(disable)
    assert sign_in(database, clock, siti, PASSWORD) is None


@pytest.mark.parametrize(
    ("name", "password", "site", "fault"),
    [
        ("Siti", PASSWORD, SITE, "name is 'Siti'"),
        ("a", PASSWORD, SITE, "name is 'a'"),
        ("budi", "short", SITE, "the password has 5 characters; allowed: 10 to 200"),
        ("budibudibudi", "budibudibudi", SITE, "the password is the name"),
        ("budi", PASSWORD, "nowhere", "site is 'nowhere'"),
    ],
)
def test_who_may_not_be_added(database: Database, name: str, password: str, site: str, fault: str) -> None:
    with pytest.raises(UpkeepError, match=fault):
        database.write(
            lambda session: users.add(session, name, Role.ADMIN, password, site_id=site, who="test", now=NOON)
        )
