"""Both databases for every test that asks for ``database``; PostgreSQL is a real one, started once."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from kiosk.sync.wire import DeviceClass
from server import backup, users
from server.app import create_app
from server.db import migrate
from server.db.database import Database
from server.settings import Settings
from server.users import Role
from tests.support import browser as browsers
from tests.support import postgres
from tests.support.browser import Chromium, Visits
from tests.support.live_server import LiveServer, live
from tests.support.server_driver import NOON, SITE, Kiosk, enrol, fill

PEOPLE: Mapping[str, Role] = {"wira": Role.ADMIN, "ratna": Role.MANAGER, "bagas": Role.OFFICER}
"""Made-up people who can sign in to a server of ``pages_server``, each with PASSWORD."""
PASSWORD = "sebelas becak biru"


@pytest.fixture(scope="session")
def cluster() -> Iterator[postgres.Cluster]:
    programs = postgres.binaries()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    made = postgres.Cluster(programs)
    try:
        made.start()
        yield made
    finally:
        made.remove()


@pytest.fixture(scope="session")
def template(cluster: postgres.Cluster) -> str:
    """A database with tables and the sample site: others are copied from it."""
    name = cluster.new_database()
    database = Database(cluster.url(name))
    migrate.migrate(database)
    fill(database)
    database.close()
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same as one SQLite file."""
    folder = tmp_path_factory.mktemp("template")
    database = Database(f"sqlite:///{folder / 'first.db'}")
    migrate.migrate(database)
    fill(database)
    backup.copy(database, folder / "template.db")
    database.close()
    return folder / "template.db"


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copyfile(sqlite_template, tmp_path / "anjungan.db")
    return f"sqlite:///{tmp_path / 'anjungan.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database with tables and the sample site."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    cluster: postgres.Cluster = request.getfixturevalue("cluster")
    name = cluster.new_database(request.getfixturevalue("template"))
    yield cluster.url(name)
    cluster.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.close()


@dataclass
class Clock:
    """A clock that stands until it is turned."""

    now: dt.datetime = NOON

    def __call__(self) -> dt.datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(requests_per_second=10_000, pages_per_second=10_000, voice_folder=str(tmp_path / "voice"))


@pytest.fixture
def app(database: Database, settings: Settings, clock: Clock) -> FastAPI:
    return create_app(settings, database, clock)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False, client=("127.0.0.1", 50000)) as made:
        yield made


@pytest.fixture
def kiosk(database: Database) -> Kiosk:
    return Kiosk.of(enrol(database))


@pytest.fixture
def display(database: Database) -> Kiosk:
    return Kiosk.of(enrol(database, DeviceClass.DISPLAY))


@pytest.fixture(scope="session")
def pages_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample site as an SQLite file with PEOPLE."""
    file = tmp_path_factory.mktemp("pages") / "pages.db"
    shutil.copyfile(sqlite_template, file)
    database = Database(f"sqlite:///{file}")
    for name, role in PEOPLE.items():
        site = None if role is Role.ADMIN else SITE
        database.write(
            lambda session, name=name, role=role, site=site: users.add(  # type: ignore[misc]
                session, name, role, PASSWORD, site_id=site, who="test", now=NOON
            )
        )
    backup.copy(database, file.with_name("template.db"))
    database.close()
    return file.with_name("template.db")


@pytest.fixture
def pages_server(
    pages_template: Path, settings: Settings, clock: Clock, tmp_path: Path
) -> Iterator[LiveServer]:
    """A server on a real port with the sample site, PEOPLE, and the standing ``clock``."""
    shutil.copyfile(pages_template, tmp_path / "pages.db")
    with live(create_app(settings, Database(f"sqlite:///{tmp_path / 'pages.db'}"), clock)) as server:
        yield server


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """One Chromium for all tests of this process. Tests that use it are marked ``browser``."""
    executable = browsers.program()
    if executable is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    made = Chromium(executable, *browsers.SOUND)
    yield made
    made.stop()


@pytest.fixture
def visits(chromium: Chromium, pages_server: LiveServer) -> Iterator[Visits]:
    """Pages of ``pages_server``; whatever went wrong on one of them fails the test."""
    with chromium.awake() as browser:
        made = Visits(browser, pages_server.address)
        yield made
        made.close()
