"""The published contract, tried by schemathesis with every check on: no 500, no answer that is not documented, nothing
accepted that the document forbids and nothing refused that it allows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from server.db.database import Database
from tests.support.server_driver import Kiosk, enrol, running

EXAMPLES = 25


@pytest.mark.timeout(150)
def test_the_server_keeps_its_published_word(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    kiosk = Kiosk.of(enrol(database))
    database.close()
    with running(tmp_path / "state", database_url, pairing_attempts="1000") as server:
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("st")),
                *("run", f"{server.address}/api/v1/openapi.json", "--checks", "all", "--mode", "all"),
                *("--max-examples", str(EXAMPLES), "--continue-on-failure", "--no-color"),
                *("--header", f"Authorization: Bearer {kiosk.token}"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=140,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Tested: 9" in done.stdout, "every operation"
        assert "Traceback" not in server.log
        events = {"events": kiosk.whole(1)}
        told = httpx2.post(f"{server.address}/api/v1/events", json=events, headers=kiosk.headers)
        assert [answer["status"] for answer in told.json()["answers"]] == ["accepted"] * 2, "and it is well"


@pytest.mark.timeout(90)
def test_the_document_is_whole(sqlite_url: str, tmp_path: Path) -> None:
    with running(tmp_path / "state", sqlite_url) as server:
        document = httpx2.get(f"{server.address}/api/v1/openapi.json").json()
    text = json.dumps(document)
    names = set(document["components"]["schemas"])
    referred = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert referred <= names
    assert {"Event", "Problem", "Enrolment", "Allotment", "Queues", "Heartbeat", "SiteCatalogue"} <= names
    assert set(document["paths"]) == {
        *(f"/api/v1/{name}" for name in ("enrolments", "tokens", "catalogue", "tickets")),
        *(f"/api/v1/{name}" for name in ("events", "queues", "heartbeats")),
        "/t/{token}",
        "/l/{site}/{service}",
    }
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["description"], path
            open_to_all = path in ("/api/v1/enrolments", "/t/{token}", "/l/{site}/{service}")
            assert ("security" in operation) is not open_to_all, path
