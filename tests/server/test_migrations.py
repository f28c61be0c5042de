"""The schema: what the migrations make is what the tables say, up and down, on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from server.db import migrate
from server.db.database import Database
from server.db.models import Audit, Base
from server.errors import DatabaseError
from tests.support.postgres import Cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        made = Database(cluster.url(cluster.new_database()))
    yield made
    made.close()


def test_up_makes_what_the_tables_say(empty: Database) -> None:
    assert migrate.is_empty(empty)
    assert migrate.migrate(empty) == (None, migrate.newest())
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    migrate.require_newest(empty)


def test_down_takes_all_away_and_up_again_works(empty: Database) -> None:
    migrate.migrate(empty)
    assert migrate.migrate(empty, "base") == (migrate.newest(), None)
    with empty.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    with pytest.raises(DatabaseError, match=r"main\.py server migrate"):
        migrate.require_newest(empty)
    assert migrate.migrate(empty) == (None, migrate.newest())
    assert migrate.migrate(empty) == (migrate.newest(), migrate.newest()), "once more changes nothing"


def test_two_at_once_do_it_once(empty: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        after = [done[1] for done in pool.map(lambda _: migrate.migrate(empty), range(4))]
    assert after == [migrate.newest()] * 4


def test_a_revision_that_is_not_known(empty: Database) -> None:
    with pytest.raises(DatabaseError, match="revision is '9999'; allowed: head, base, "):
        migrate.migrate(empty, "9999")
    migrate.migrate(empty)
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="A newer version has been here"):
        migrate.migrate(empty)


def test_revisions_are_one_line() -> None:
    script = ScriptDirectory.from_config(migrate.config())
    assert len(script.get_heads()) == 1
    assert all(not isinstance(one.down_revision, tuple) for one in script.walk_revisions())


def test_a_moment_is_the_same_moment_on_both(database: Database) -> None:
    wib = dt.timezone(dt.timedelta(hours=7))
    at = dt.datetime(2026, 11, 24, 9, 41, 7, 123456, tzinfo=wib)
    database.write(lambda session: session.add(Audit(at=at, who="a", what="b", details="{}")))
    kept = database.read(lambda session: session.scalars(select(Audit.at).where(Audit.who == "a")).one())
    assert kept == at
    assert kept.utcoffset() == dt.timedelta()
    with pytest.raises(Exception, match="must be aware"):
        naive = at.replace(tzinfo=None)
        database.write(lambda session: session.add(Audit(at=naive, who="a", what="b", details="{}")))


def test_a_password_is_never_shown() -> None:
    database = Database("postgresql://anjungan:secret@192.0.2.1/x")
    assert "secret" not in migrate.shown(database)
    assert database.url.drivername == "postgresql+psycopg"
