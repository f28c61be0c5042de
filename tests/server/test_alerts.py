"""Alerts are raised once and cleared once, and a real receiver hears of both, at least once and signed."""

from __future__ import annotations

import argparse
import base64
import datetime as dt
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from server import alerts, log, webhooks
from server.catalogue import Catalogues
from server.cli import register
from server.conditions import conditions
from server.db.database import Database
from server.db.models import Alert
from server.db.models import Kiosk as KioskRow
from server.db.models_management import Delivery, Duty
from server.keeper import DUTY_LIFE, Keeper
from server.services import Services
from server.settings import Settings
from server.watch import look
from tests.server.conftest import Clock
from tests.support.server_driver import NOON, SITE, Kiosk

SECRET = "a secret of enough length"


@dataclass
class Receiver:
    """A web server that takes what it is told to take."""

    server: ThreadingHTTPServer
    statuses: list[int] = field(default_factory=list)
    """Answers to give, in order; then 204."""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/alerts?to=ops"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(made.statuses.pop(0) if made.statuses else 204)
            self.send_header("Location", made.url)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass  # not on the tests' standard error

    made = Receiver(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join(5)


def word(clock: Clock, **values: Any) -> dict[str, Any]:
    told = {"sent_at": clock.now.isoformat(), "version": "1", "printer": {"state": "ok", "paper_left": 300}}
    return told | values


def open_alerts(database: Database) -> list[str]:
    query = select(Alert.kind).where(Alert.resolved_at.is_(None)).order_by(Alert.kind)
    return list(database.read(lambda session: session.scalars(query).all()))


def keeper_of(database: Database, clock: Clock, *urls: str) -> Keeper:
    settings = Settings(webhook_urls=urls, webhook_secret=SECRET)
    return Keeper(Services(settings, database, clock))


def test_a_kiosks_troubles_are_raised_once_and_cleared_once(
    client: TestClient, database: Database, kiosk: Kiosk, clock: Clock
) -> None:
    def beat(**values: Any) -> int:
        client.post("/api/v1/heartbeats", json=word(clock, **values), headers=kiosk.headers)
        return look(database, Catalogues(), Settings(), clock.now)

    assert beat() == 0
    bad = {"printer": {"state": "bad", "cause": "paper_out"}, "rejected": 2, "disk_free_bytes": 1000}
    assert beat(**bad, outbox_depth=9, oldest_unacknowledged_s=4000.0) == 4
    assert beat(**bad, outbox_depth=9, oldest_unacknowledged_s=5000.0) == 0, "known already"
    assert open_alerts(database) == ["disk.full", "events.rejected", "outbox.stuck", "printer.out"]
    assert beat(printer={"state": "ok", "paper_left": 20}) == 5
    assert open_alerts(database) == ["paper.low"]
    assert beat(sent_at=(clock.now + dt.timedelta(hours=1)).isoformat()) == 2
    assert open_alerts(database) == ["clock.off"]
    assert beat() == 1
    clock.turn(minutes=6)
    assert look(database, Catalogues(), Settings(), clock.now) == 1
    assert open_alerts(database) == ["kiosk.silent"]
    clock.turn(hours=10)
    assert look(database, Catalogues(), Settings(), clock.now) == 0, (
        "at night nobody is told, and nothing is over"
    )
    clock.now = NOON + dt.timedelta(days=1)
    assert beat() == 1
    assert open_alerts(database) == []


def test_a_kiosk_switched_off_at_night_is_no_alert(
    client: TestClient, database: Database, kiosk: Kiosk, clock: Clock
) -> None:
    client.post("/api/v1/heartbeats", json=word(clock), headers=kiosk.headers)
    clock.turn(hours=9)
    assert look(database, Catalogues(), Settings(), clock.now) == 0


def test_what_is_in_the_outbox_is_not_missing(
    client: TestClient, database: Database, kiosk: Kiosk, clock: Clock
) -> None:
    events = kiosk.whole(1)
    kiosk.seq += 3
    client.post("/api/v1/events", json={"events": events + kiosk.whole(2)}, headers=kiosk.headers)
    client.post("/api/v1/heartbeats", json=word(clock, outbox_depth=3), headers=kiosk.headers)
    assert look(database, Catalogues(), Settings(), clock.now) == 0
    client.post("/api/v1/heartbeats", json=word(clock), headers=kiosk.headers)
    look(database, Catalogues(), Settings(), clock.now)
    assert open_alerts(database) == ["seq.gap"]


def test_worst_first(client: TestClient, database: Database, kiosk: Kiosk, clock: Clock) -> None:
    bad = word(clock, printer={"state": "bad"}, rejected=1, outbox_depth=5, oldest_unacknowledged_s=9999.0)
    client.post("/api/v1/heartbeats", json=bad, headers=kiosk.headers)
    row = database.read(lambda session: session.get_one(KioskRow, UUID(kiosk.id)))
    found = [one.kind for one in conditions(row, Settings(), clock.now, is_open=True)]
    assert found == ["printer.out", "events.rejected", "outbox.stuck"]


def test_a_receiver_hears_of_both_ends_signed(database: Database, clock: Clock, receiver: Receiver) -> None:
    keeper = keeper_of(database, clock, receiver.url)

    def raise_one(session: Any) -> None:
        alerts.raise_alert(session, clock.now, site=SITE, kind="number.twice", about="C-001", detail="“x”")

    database.write(raise_one)
    database.write(raise_one)
    assert keeper.round()
    assert keeper.round()
    (first,) = receiver.got
    clock.turn(seconds=5)
    database.write(
        lambda session: alerts.clear(
            session, session.scalars(select(Alert).with_for_update()).one(), clock.now
        )
    )
    keeper.round()
    _, second = receiver.got
    told = [json.loads(body) for _, body in (first, second)]
    assert [one["type"] for one in told] == ["alert.raised", "alert.cleared"]
    assert told[0]["data"]["kind"] == "number.twice"
    assert told[0]["data"]["alert"] == told[1]["data"]["alert"]
    assert told[0]["id"] != told[1]["id"]
    headers, body = second
    assert headers["webhook-id"] == told[1]["id"]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"


def test_a_failure_is_tried_again_with_the_same_id_and_a_redirect_is_none(
    database: Database, clock: Clock, receiver: Receiver
) -> None:
    keeper = keeper_of(database, clock, receiver.url)
    receiver.statuses = [500, 307]
    database.write(
        lambda session: alerts.raise_alert(session, clock.now, site=SITE, kind="x", about="y", detail="z")
    )
    keeper.round()
    keeper.round()
    assert len(receiver.got) == 1, "not before its pause is over"
    clock.turn(seconds=5)
    keeper.round()
    assert len(receiver.got) == 2, "the redirect was not followed"
    clock.turn(seconds=30)
    keeper.round()
    clock.turn(hours=2)
    keeper.round()
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len(receiver.got) == 3
    row = database.read(lambda session: session.scalars(select(Delivery)).one())
    assert (row.tries, row.due_at, row.last_error, row.done_at is not None) == (3, None, None, True)


def test_nobody_there_is_given_up_after_a_day(sqlite_url: str, clock: Clock) -> None:
    database = Database(sqlite_url)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: refused at once
        keeper = keeper_of(database, clock, f"http://127.0.0.1:{nobody.getsockname()[1]}/")
        database.write(
            lambda session: alerts.raise_alert(session, clock.now, site=SITE, kind="x", about="y", detail="z")
        )
        for _ in range(40):
            keeper.round()
            clock.turn(hours=1)
    row = database.read(lambda session: session.scalars(select(Delivery)).one())
    assert row.due_at is None
    assert row.done_at is None
    assert 20 < row.tries < 30
    assert "refused" in (row.last_error or "")
    database.close()


def test_a_receiver_that_drips_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def drip() -> None:
            taken, _ = listening.accept()
            with taken:
                while not stop.wait(0.05):
                    try:
                        taken.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")  # never the answer itself
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        assert webhooks.post(url, "1", "{}", SECRET, NOON, 0.5) == "no answer within 0.5 s"
        stop.set()
        thread.join(5)


def test_one_process_is_on_duty_and_another_takes_over(database: Database, clock: Clock) -> None:
    one, other = keeper_of(database, clock), keeper_of(database, clock)
    assert one.round()
    assert not other.round()
    clock.turn(seconds=50)
    assert one.round(), "kept"
    clock.turn(seconds=50)
    assert not other.round()
    clock.turn(seconds=DUTY_LIFE.total_seconds())
    assert other.round()
    assert not one.round()


def test_the_thread_begins_ends_and_gives_the_duty_back(sqlite_url: str, clock: Clock) -> None:
    database = Database(sqlite_url)
    keeper = Keeper(Services(Settings(), database, clock), every_s=0.01)
    keeper.start()
    held = threading.Event()
    for _ in range(1000):
        if database.read(lambda session: session.get(Duty, "keeper")) is not None or held.wait(0.01):
            break
    keeper.stop()
    row = database.read(lambda session: session.get_one(Duty, "keeper"))
    assert row.until < clock.now
    database.close()


def test_the_command_says_what_came_back(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    register(parser.add_subparsers(), parser)

    def main(arguments: list[str]) -> int:
        options = parser.parse_args(arguments)
        code: int = options.run(options)
        return code

    monkeypatch.setattr(
        log, "set_up", lambda level: None
    )  # the log is the whole process's, of every other test, too
    monkeypatch.setenv("ANJUNGAN_SERVER_WEBHOOK_URLS", receiver.url)
    argv = ["server", "webhook-test", "--state", str(tmp_path), "--json"]
    assert main(argv) == 1
    assert "webhook_secret is empty" in capsys.readouterr().err
    monkeypatch.setenv("ANJUNGAN_SERVER_WEBHOOK_SECRET", SECRET)
    receiver.statuses = [204, 403]
    assert main(argv) == 0
    assert json.loads(capsys.readouterr().out)["webhooks"][0]["taken"]
    assert main(argv) == 1
    assert json.loads(capsys.readouterr().out)["webhooks"][0]["problem"] == "answered 403"
