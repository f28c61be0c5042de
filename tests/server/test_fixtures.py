"""SYNC-11: today's server against the frozen requests of every version of the wire (``tests/contract``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import update

from kiosk.core.catalogue import Catalogue, Site
from kiosk.sync.wire import DeviceClass
from server import catalogue, enrolment
from server.app import create_app
from server.db import migrate
from server.db.database import Database
from server.db.models import Kiosk as KioskRow
from server.settings import Settings
from tests.support import contract
from tests.support.server_driver import NOON, SITE, Kiosk, enrol


@pytest.fixture
def database(tmp_path: Path) -> Any:
    made = Database(f"sqlite:///{tmp_path / 'contract.db'}")
    migrate.migrate(made)
    yield made
    made.close()


@pytest.fixture
def app(database: Database, settings: Settings) -> FastAPI:
    return create_app(settings, database, lambda: NOON)


@pytest.mark.parametrize("scenario", contract.scenarios(), ids=lambda one: one.name)
def test_the_server_answers_as_it_always_did(
    scenario: contract.Scenario, client: TestClient, database: Database
) -> None:
    told = contract.site(scenario.version)
    site, services = Site.model_validate(told["site"]), Catalogue.model_validate(told["catalogue"])
    database.write(lambda session: catalogue.replace(session, site, services, who="test", now=NOON))
    known = {"code": lambda: _code(database)}
    if scenario.enrolled:
        kiosk = Kiosk.of(enrol(database, install="install-of-the-contract"))
        display = Kiosk.of(enrol(database, DeviceClass.DISPLAY))
        known |= {"token": kiosk.token, "kiosk_id": kiosk.id, "display_token": display.token}
    if scenario.lock:
        words = json.dumps(scenario.lock)
        database.write(lambda session: session.execute(update(KioskRow).values(lock_message=words)))
    for step in scenario.steps:
        asked = contract.fill(step["request"], known)
        content = asked.get("text", "") + " " * asked.get("pad", 0)
        body = {"json": asked["body"]} if "body" in asked else {"content": content}
        if not body.get("content", True):
            body = {}
        got = client.request(asked["method"], asked["path"], headers=asked["headers"], **body)
        answer = {"status": got.status_code, "headers": dict(got.headers)}
        if got.content:
            answer["body"] = got.json()
        contract.compare(contract.fill(step["answer"], known), answer)
        for name, place in step.get("save", {}).items():
            known[name] = got.headers[place] if place == "ETag" else got.json()[place]


def _code(database: Database) -> str:
    return database.write(
        lambda session: enrolment.make_code(session, SITE, DeviceClass.KIOSK, who="test", now=NOON)
    )
