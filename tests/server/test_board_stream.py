"""The board's stream: what was missed, what is shown, who may listen, and what holds nobody up."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError

from server.app import create_app
from server.board import channel, view
from server.board.listener import KEPT, Listener
from server.board.view import Cut, natural
from server.db.database import Database, utc_now
from server.settings import Settings, replaced
from tests.server.conftest import Clock
from tests.support import postgres
from tests.support.live_server import LiveServer, live
from tests.support.lobby import Lobby
from tests.support.server_driver import SITE, Process
from tests.support.stream import Event, Stream


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole board is looked at more often than every two seconds, and sooner again where the database was away."""
    monkeypatch.setattr(channel, "WHOLE_S", 0.2)
    monkeypatch.setattr(channel, "OUTAGE_S", 0.2)


@pytest.fixture
def lobby(database: Database) -> Lobby:
    return Lobby(database)


@pytest.fixture
def server(app: FastAPI) -> Iterator[LiveServer]:
    with live(app) as made:
        yield made


def names(events: list[Event]) -> list[str]:
    return [event.name for event in events]


def numbers(event: Event) -> list[str]:
    return [call["number"] for call in event.data["recent"]]


def test_a_board_is_told_each_call_and_what_it_missed(lobby: Lobby, server: LiveServer) -> None:
    lobby.issue(1, 2, 3)
    first = lobby.call("3")
    with Stream(server.port) as stream:
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.headers["cache-control"] == "no-store"
        began = stream.state()
        assert names(began) == ["tick", "state"], "nothing is called again for one who comes anew"
        assert numbers(began[-1]) == ["C-001"]
        assert began[-1].data["places"] == [{"counter": "3", "number": "C-001"}]
        lobby.call("4")
        told = stream.call("C-002")
        assert told.data["counter"] == "Loket 4"
        assert told.data["where"] == "Dukcapil · Zona B"
        assert numbers(stream.state()[-1]) == ["C-002", "C-001"]
        lobby.finish(first, "3")
        assert stream.state()[-1].data["places"] == [{"counter": "4", "number": "C-002"}]
        last = stream.last
    lobby.again(lobby.call("5"), "5")
    with Stream(server.port, last=last) as again:
        missed = [
            event for _ in range(2) for event in again.until(lambda one: one.data.get("number") == "C-003")
        ]
    missed = [event for event in missed if event.name == "call"]
    late = [event for event in missed if int(event.id or 0) > (last or 0)]
    assert [event.data["number"] for event in late] == ["C-003", "C-003"], "called, and called again"
    if server.database.is_sqlite:
        assert missed == late
    with Stream(server.port, f"?after={late[-1].id}") as third:
        assert not [event for event in third.state() if int(event.id or 0) > int(late[-1].id or 0)]


def test_a_board_of_one_zone_hears_its_own_queues(lobby: Lobby, server: LiveServer) -> None:
    lobby.issue(1)
    lobby.issue(7, queue="A")
    with Stream(server.port, "?zone=B&lang=en") as zone, Stream(server.port, "?queue=a,d") as queues:
        zone.state()
        queues.state()
        lobby.call("1", "A")
        assert queues.call("A-007").data["counter"] == "Loket 1"
        lobby.call("4")
        assert zone.call("C-001").data["counter"] == "Counter 4"
        assert numbers(zone.state()[-1]) == ["C-001"]


def test_a_ticket_that_is_voided_leaves_the_board(lobby: Lobby, server: LiveServer) -> None:
    lobby.issue(1, 2)
    with Stream(server.port) as stream:
        stream.state()
        ticket = lobby.call("3")
        stream.state()
        lobby.void(ticket)
        state = stream.state()[-1]
        assert numbers(state) == []
        assert state.data["places"] == []


def test_who_may_listen(sqlite_url: str, settings: Settings, clock: Clock) -> None:
    few = replaced(settings, board_listeners=2)
    with live(create_app(few, Database(sqlite_url), clock)) as server:
        for wrong in ("?zone=Z", "?queue=A,QQ", "?site=nowhere"):
            with Stream(server.port, wrong) as stream:
                assert stream.status == 404, wrong
        with Stream(server.port) as one, Stream(server.port) as other, Stream(server.port) as third:
            assert (one.status, other.status, third.status) == (200, 200, 503)
            assert third.headers["retry-after"] == "10"
            one.state()
            one.close()
            assert other.state()
        for _ in range(100):
            if server.services.board.count == 0:
                break
            with Stream(server.port) as again:
                assert again.status in (200, 503)
        else:
            pytest.fail("places are given back")


def test_who_takes_nothing_is_sent_away_and_holds_nobody(lobby: Lobby, server: LiveServer) -> None:
    listener = Listener(Cut(SITE, None, None, "id"))
    for _ in range(KEPT):
        listener.put(b"x")
    assert not listener.closed
    listener.put(b"x")
    assert listener.closed
    assert asyncio.run(listener.next()) is None
    with socket.create_connection(("127.0.0.1", server.port)) as deaf, Stream(server.port) as stream:
        deaf.sendall(b"GET /papan/kejadian HTTP/1.1\r\nHost: x\r\n\r\n")
        stream.state()
        lobby.issue(1)
        lobby.call("3")
        assert stream.call("C-001")


def test_a_database_that_is_away_is_told_and_what_was_called_meanwhile(
    sqlite_url: str, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(sqlite_url)
    lobby = Lobby(database)
    lobby.issue(1)
    whole = view.read
    with live(create_app(settings, database, clock)) as server, Stream(server.port) as stream:
        stream.state()

        def away(*_: object) -> None:
            raise OperationalError("SELECT", {}, Exception("gone"))

        monkeypatch.setattr(view, "read", away)
        assert stream.next().name == "lost"  # type: ignore[union-attr]
        lobby.call("3")
        monkeypatch.setattr(view, "read", whole)
        assert names(stream.state()) == ["call", "state"]


def test_two_processes_hear_of_a_call_that_neither_made(
    cluster: postgres.Cluster, template: str, tmp_path: Path
) -> None:
    url = cluster.url(cluster.new_database(template))
    database = Database(url)
    lobby = Lobby(database, utc_now())
    lobby.issue(1, 2)
    with contextlib.ExitStack() as ending:
        ending.callback(database.close)
        servers = [Process(tmp_path / f"state{place}", url) for place in range(2)]
        for server in servers:
            ending.callback(server.kill)
        streams = [ending.enter_context(Stream(server.port)) for server in servers for _ in range(3)]
        for stream in streams:
            stream.state()
        lobby.call("3")
        for stream in streams:
            assert stream.call("C-001").data["counter"] == "Loket 3"
        assert servers[0].stop() == 0
        while streams[0].next() is not None:
            continue  # it ended in good order: a connection that is cut raises
        lobby.call("4")
        assert streams[-1].call("C-002")
        back = Process(tmp_path / "state0", url, port=servers[0].port)
        ending.callback(back.kill)
        with Stream(back.port, last=streams[0].last) as again:
            assert again.call("C-002"), "a call that was made while the server was down"


def test_the_page_says_the_same_without_javascript(lobby: Lobby, client: TestClient) -> None:
    lobby.issue(1, 2)
    lobby.call("3")
    lobby.call("4")
    page = client.get("/papan").text
    for text in ("C-002", "Loket 4", "C-001", "12.00", "Selasa, 24 November 2026", "Mal Pelayanan Publik"):
        assert text in page
    assert '<noscript><meta http-equiv="refresh" content="15"></noscript>' in page
    assert " style=" not in page
    assert "Open today 08:00–14:00, last number 13:30" in client.get("/papan?lang=en").text


def test_counters_are_sorted_as_people_count() -> None:
    assert sorted(["10", "2", "Kasir", "2B", "1"], key=natural) == ["1", "2", "2B", "10", "Kasir"]
