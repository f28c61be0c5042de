"""What stands around every request: problems, limits, headers, health, metrics."""

from __future__ import annotations

import logging
import secrets
import socket
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from kiosk.sync.wire import Problem, ProblemCode
from server import ingest
from server.app import create_app
from server.db.database import Database
from server.limits import Buckets
from server.settings import Settings
from tests.server.conftest import Clock
from tests.support.server_driver import Kiosk, enrol


def client_of(database: Database, clock: Clock, address: str = "127.0.0.1", **settings: Any) -> TestClient:
    app = create_app(Settings(**settings), database, clock)
    return TestClient(app, raise_server_exceptions=False, client=(address, 50000))


def test_nothing_of_the_inside_leaves_with_a_fault(
    client: TestClient, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the secret of line 42")

    monkeypatch.setattr(ingest, "ingest", broken)
    with caplog.at_level(logging.ERROR):
        answer = client.post("/api/v1/events", json={"events": kiosk.whole(1)}, headers=kiosk.headers)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate(answer.json())
    assert problem.code is ProblemCode.INTERNAL
    for word in ("secret", "Traceback", "RuntimeError", ".py"):
        assert word not in answer.text
    assert problem.instance is not None
    assert problem.instance in caplog.text, "the log can be found by it"
    assert "the secret of line 42" in caplog.text
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/static/../app.py", 404, "not_found"),
        ("GET", "/docs", 404, "not_found"),
        ("DELETE", "/api/v1/events", 405, "method_not_allowed"),
        ("TRACE", "/api/v1/events", 405, "method_not_allowed"),
    ],
)
def test_what_is_not_there(client: TestClient, method: str, path: str, status: int, code: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == code
    if status == 405:
        assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe", b'{"events": NaN}', b"[" * 100_000, b""])
def test_a_body_that_is_no_json(client: TestClient, kiosk: Kiosk, body: bytes) -> None:
    headers = kiosk.headers | {"Content-Type": "application/json"}
    answer = client.post("/api/v1/events", content=body, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_above_the_limit_is_refused_however_it_comes(sqlite_url: str, clock: Clock) -> None:
    database = Database(sqlite_url)
    kiosk = Kiosk.of(enrol(database))
    with client_of(database, clock, max_body_bytes=10_000) as client:
        large = b'{"events": [' + b" " * 20_000 + b"]}"
        headers = kiosk.headers | {"Content-Type": "application/json"}
        told = client.post("/api/v1/events", content=large, headers=headers)
        assert (told.status_code, told.json()["code"]) == (413, "too_large")

        def pieces() -> Any:
            for place in range(0, len(large), 1000):
                yield large[place : place + 1000]

        streamed = client.post("/api/v1/events", content=pieces(), headers=headers)
        assert (streamed.status_code, streamed.json()["code"]) == (413, "too_large")
        small = client.post("/api/v1/events", json={"events": kiosk.whole(1)}, headers=kiosk.headers)
        assert small.status_code == 200


def test_a_flood_of_one_device_does_not_stop_another(sqlite_url: str, clock: Clock) -> None:
    database = Database(sqlite_url)
    flooding, other = Kiosk.of(enrol(database)), Kiosk.of(enrol(database))
    with client_of(database, clock, requests_per_second=2) as client:
        answers = [client.get("/api/v1/queues", headers=flooding.headers) for _ in range(12)]
        assert [answer.status_code for answer in answers[:6]] == [200] * 6
        assert answers[-1].status_code == 429
        assert int(answers[-1].headers["Retry-After"]) >= 1
        assert answers[-1].json()["code"] == "too_many"
        assert client.get("/api/v1/queues", headers=other.headers).status_code == 200


def test_guessing_tickets_and_tokens_is_slow(sqlite_url: str, clock: Clock) -> None:
    with client_of(Database(sqlite_url), clock, pages_per_second=1) as client:
        pages = [client.get(f"/t/{secrets.token_urlsafe(16)}").status_code for _ in range(8)]
        assert pages[-1] == 429
        guesses = [
            client.get("/api/v1/queues", headers={"Authorization": f"Bearer {number}"}).status_code
            for number in range(8)
        ]
        assert (guesses[0], guesses[-1]) == (401, 429)


def test_buckets_fill_again_and_forget_nobody_too_early() -> None:
    now = [0.0]
    buckets = Buckets(2, 4, lambda: now[0])
    assert [buckets.wait("a") for _ in range(4)] == [0, 0, 0, 0]
    assert buckets.wait("a") == pytest.approx(0.5)
    assert buckets.wait("b") == 0
    now[0] = 0.5
    assert buckets.wait("a") == 0
    assert buckets.wait("a") > 0
    now[0] = 1000
    assert [buckets.wait("a") for _ in range(5)][3:] == [0, pytest.approx(0.5)]


def test_security_headers_are_on_everything(client: TestClient, kiosk: Kiosk) -> None:
    for path in ("/healthz", "/nothing", "/t/x", "/api/v1/queues", "/static/ticket.js"):
        headers = client.get(path, headers=kiosk.headers).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert "default-src 'none'" in headers["Content-Security-Policy"], path
        assert headers["X-Frame-Options"] == "DENY", path
        assert "Strict-Transport-Security" not in headers, "not over plain HTTP (RFC 6797, 7.2)"
    assert client.get("/nothing").headers["Cache-Control"] == "no-store"


def test_over_tls_browsers_are_told_to_stay_there(sqlite_url: str, clock: Clock) -> None:
    app = create_app(Settings(), Database(sqlite_url), clock)
    with TestClient(app, base_url="https://testserver") as client:
        assert client.get("/healthz").headers["Strict-Transport-Security"] == "max-age=31536000"


def test_health_and_readiness(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ok")


def test_a_server_without_tables_lives_and_is_not_ready(tmp_path: Path, clock: Clock) -> None:
    with client_of(Database(f"sqlite:///{tmp_path / 'empty.db'}"), clock) as client:
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json()["checks"] == {"database": True, "schema": False, "site": False}


def test_a_database_that_is_away_is_an_outage_and_no_fault(clock: Clock) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: refused at once
        url = f"postgresql+psycopg://anjungan@127.0.0.1:{nobody.getsockname()[1]}/anjungan"
        with client_of(Database(url), clock) as client:
            assert client.get("/healthz").status_code == 200
            assert client.get("/readyz").status_code == 503
            answer = client.get("/api/v1/queues", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "Retry-After" in answer.headers
    assert "refused" not in answer.text


def test_metrics_are_for_their_networks_alone(sqlite_url: str, clock: Clock) -> None:
    database = Database(sqlite_url)
    kiosk = Kiosk.of(enrol(database))
    with client_of(database, clock) as client:
        client.post("/api/v1/events", json={"events": [*kiosk.whole(1), {}]}, headers=kiosk.headers)
        client.get(f"/t/{secrets.token_urlsafe(16)}")
        told = {
            "sent_at": clock.now.isoformat(),
            "version": "1",
            "printer": {"state": "bad"},
            "outbox_depth": 9,
        }
        client.post("/api/v1/heartbeats", json=told, headers=kiosk.headers)
        text = client.get("/metrics").text
    for line in (
        'anjungan_requests_total{method="POST",route="/api/v1/events",status="200"} 1.0',
        'anjungan_requests_total{method="GET",route="/t/{token}",status="404"} 1.0',
        'anjungan_events_total{status="accepted"} 2.0',
        'anjungan_events_total{status="rejected"} 1.0',
        'anjungan_waiting{queue="C",site="mpp-bangkalan"} 1.0',
        "anjungan_alerts_open 0.0",
    ):
        assert line in text
    for name, value in (
        ("outbox_depth", 9.0),
        ("printer_ok", 0.0),
        ("seq_missing", 0.0),
        ("quiet_seconds", 0.0),
    ):
        assert (
            f'anjungan_kiosk_{name}{{class="kiosk",kiosk="{kiosk.id}",site="mpp-bangkalan"}} {value}' in text
        )
    with client_of(Database(sqlite_url), clock, address="192.0.2.7") as stranger:
        assert stranger.get("/metrics").status_code == 403
    with client_of(
        Database(sqlite_url), clock, address="192.0.2.7", metrics_from=("192.0.2.0/24",)
    ) as prometheus:
        assert prometheus.get("/metrics").status_code == 200


def test_a_tickets_address_is_never_in_the_log(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    token = secrets.token_urlsafe(16)
    with caplog.at_level(logging.DEBUG, logger="server"):
        client.get(f"/t/{token}")
    assert "/t/{token} 404" in caplog.text
    ours = [record for record in caplog.records if record.name.startswith("server")]
    assert not [record for record in ours if token in record.getMessage()]
