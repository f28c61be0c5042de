"""Enrolment, tokens, classes of devices, catalogue, queues, heartbeats."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from kiosk.sync import wire
from kiosk.sync.wire import DeviceClass
from server import calling, catalogue, enrolment, security
from server.api.access import ALLOWED
from server.calling import Desk
from server.db.database import Database
from server.db.models import Audit, PairingCode, Token
from server.db.models import Kiosk as KioskRow
from server.errors import UpkeepError
from server.queue_rules import Rule
from tests.server.conftest import Clock
from tests.support.server_driver import DAY, NOON, SITE, Kiosk, enrol, sample


def pairing_code(
    database: Database, now: dt.datetime = NOON, device_class: DeviceClass = DeviceClass.KIOSK
) -> str:
    return database.write(
        lambda session: enrolment.make_code(session, SITE, device_class, who="test", now=now)
    )


def pair(client: TestClient, code: str, install: str = "install-0001") -> Response:
    return client.post("/api/v1/enrolments", json={"code": code, "install_id": install, "name": "Lobi timur"})


def beat(client: TestClient, kiosk: Kiosk, **more: Any) -> Response:
    told = {"sent_at": NOON.isoformat(), "version": "0.1.0", "printer": {"state": "ok"}} | more
    return client.post("/api/v1/heartbeats", json=told, headers=kiosk.headers)


# --- enrolment --------------------------------------------------------------------------------------------------


def test_a_code_makes_a_device_known_once(client: TestClient, database: Database) -> None:
    code = pairing_code(database)
    assert re.fullmatch(r"[BCDFGHJKLMNPQRSTVWXZ]{8}", code)
    answer = pair(client, code)
    assert answer.status_code == 201
    told = wire.Enrolled.model_validate(answer.json())
    assert (told.kiosk_digit, told.site, told.device_class) == (1, SITE, DeviceClass.KIOSK)
    assert len(told.token) >= 43, "256 bits"
    kiosk = Kiosk.of(told)
    assert client.get("/api/v1/queues", headers=kiosk.headers).status_code == 200
    again = pair(client, code, "install-0002")
    assert (again.status_code, again.json()["code"]) == (403, "code_unknown")


def test_a_code_lives_ten_minutes(client: TestClient, database: Database, clock: Clock) -> None:
    early, late = pairing_code(database), pairing_code(database)
    clock.turn(minutes=9, seconds=59)
    assert pair(client, early).status_code == 201
    clock.turn(seconds=1)
    assert pair(client, late).status_code == 403


def test_two_devices_with_one_code_at_once(client: TestClient, database: Database) -> None:
    code = pairing_code(database)
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda number: pair(client, code, f"install-{number:04d}").status_code, range(6))
        )
    assert sorted(answers) == [201, *[403] * 5]


def test_nothing_secret_is_kept_in_the_clear(client: TestClient, database: Database) -> None:
    code = pairing_code(database)
    token = pair(client, code).json()["token"]
    kept = database.read(
        lambda session: [
            *session.scalars(select(PairingCode.code_hash)),
            *session.scalars(select(Token.token_hash)),
            *session.scalars(select(Audit.details)),
        ]
    )
    assert kept
    assert not [text for text in kept if code in text or token in text or token[4:] in text]


def test_wrong_codes_are_counted_and_stopped(client: TestClient, database: Database, clock: Clock) -> None:
    good = pairing_code(database)
    answers = [pair(client, "BBBBBBBB").status_code for _ in range(12)]
    assert answers == [403] * 10 + [429] * 2
    stopped = pair(client, good)
    assert stopped.status_code == 429
    assert 0 < int(stopped.headers["Retry-After"]) <= 600
    clock.turn(minutes=10)
    assert pair(client, pairing_code(database, clock.now)).status_code == 201


def test_digits_are_given_one_each_and_rest_after_revoking(database: Database) -> None:
    first, second = enrol(database), enrol(database)
    assert (first.kiosk_digit, second.kiosk_digit) == (1, 2)
    assert enrol(database, DeviceClass.DISPLAY).kiosk_digit == 0
    database.write(lambda session: enrolment.revoke(session, first.kiosk_id, who="test", now=NOON))
    assert enrol(database).kiosk_digit == 3, "papers with its numbers are still in people's hands"
    later = NOON + dt.timedelta(days=2, seconds=1)
    assert enrol(database, now=later).kiosk_digit == 1


def test_devices_that_enrol_at_once_get_different_digits(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        digits = list(pool.map(lambda _: enrol(database).kiosk_digit, range(8)))
    assert sorted(digits) == list(range(1, 9))


def test_the_hundredth_kiosk_is_refused(client: TestClient, database: Database) -> None:
    def full(session: Any) -> None:
        for digit in range(1, 100):
            session.add(
                KioskRow(
                    id=uuid.uuid4(),
                    site_id=SITE,
                    device_class="kiosk",
                    digit=digit,
                    name="Kiosk",
                    install_id=f"full-{digit:04d}",
                    version="",
                    created_at=NOON,
                )
            )

    database.write(full)
    answer = pair(client, pairing_code(database))
    assert (answer.status_code, answer.json()["code"]) == (409, "no_digit_free")


def test_the_same_installation_keeps_its_id_and_loses_its_old_token(
    client: TestClient, database: Database
) -> None:
    before = enrol(database, install="install-0001")
    after = pair(client, pairing_code(database)).json()
    assert (after["kiosk_id"], after["kiosk_digit"]) == (str(before.kiosk_id), before.kiosk_digit)
    assert client.get("/api/v1/queues", headers=Kiosk.of(before).headers).status_code == 401


def test_a_code_for_a_site_that_is_not_there(database: Database) -> None:
    with pytest.raises(UpkeepError, match=f"site is 'nowhere'; allowed: {SITE}"):
        database.write(
            lambda session: enrolment.make_code(session, "nowhere", DeviceClass.KIOSK, who="test", now=NOON)
        )


# --- tokens and access ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer nonsense", "Basic YTpi", "Bearer " + "x" * 5000]
)
def test_without_a_good_token_there_is_nothing(client: TestClient, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = client.get("/api/v1/catalogue", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_new_token_ends_the_old_one_when_it_is_first_used(client: TestClient, kiosk: Kiosk) -> None:
    def works(token: str) -> bool:
        answer = client.get("/api/v1/queues", headers={"Authorization": f"Bearer {token}"})
        return answer.status_code == 200

    def rotate(token: str) -> str:
        answer = client.post("/api/v1/tokens", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 201
        made: str = answer.json()["token"]
        return made

    old = kiosk.token
    lost = rotate(old)
    assert works(old), "the answer may be lost"
    new = rotate(old)
    assert not works(lost), "a token nobody used is not left lying about"
    assert works(new)
    assert not works(old)
    assert works(new)


def test_revoking_is_at_once_and_for_ever(client: TestClient, kiosk: Kiosk, database: Database) -> None:
    assert client.get("/api/v1/queues", headers=kiosk.headers).status_code == 200
    database.write(lambda session: enrolment.revoke(session, uuid.UUID(kiosk.id), who="test", now=NOON))
    assert client.get("/api/v1/queues", headers=kiosk.headers).status_code == 401
    with pytest.raises(UpkeepError, match="revoked already"):
        database.write(lambda session: enrolment.revoke(session, uuid.UUID(kiosk.id), who="test", now=NOON))


def test_each_class_of_device_has_its_routes(client: TestClient, database: Database) -> None:
    calls = {
        "allot_number": ("POST", "/tickets"),
        "post_events": ("POST", "/events"),
        "rotate_token": ("POST", "/tokens"),
        "get_catalogue": ("GET", "/catalogue"),
        "get_queues": ("GET", "/queues"),
        "post_heartbeat": ("POST", "/heartbeats"),
    }
    published = {
        operation["operationId"].split("_api_")[0]
        for path, methods in client.get("/api/v1/openapi.json").json()["paths"].items()
        for operation in methods.values()
        if path.startswith("/api/") and "security" in operation
    }
    assert published == set(calls)
    for device_class in DeviceClass:
        device = Kiosk.of(enrol(database, device_class))
        for name, (method, path) in calls.items():
            answer = client.request(method, f"/api/v1{path}", headers=device.headers, json={})
            assert (answer.status_code == 403) is (name not in ALLOWED[device_class]), (device_class, name)


def test_an_unknown_class_has_no_routes() -> None:
    assert set(ALLOWED) == set(DeviceClass)


# --- catalogue --------------------------------------------------------------------------------------------------


def test_the_catalogue_is_whole_and_the_second_time_only_its_tag(client: TestClient, kiosk: Kiosk) -> None:
    answer = client.get("/api/v1/catalogue", headers=kiosk.headers)
    told = wire.SiteCatalogue.model_validate(answer.json())
    assert (told.version, told.site, told.catalogue) == (1, *sample())
    for tag in (answer.headers["ETag"], f"W/{answer.headers['ETag']}", f'"x", {answer.headers["ETag"]}', "*"):
        again = client.get("/api/v1/catalogue", headers=kiosk.headers | {"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == answer.headers["ETag"]
    other = client.get("/api/v1/catalogue", headers=kiosk.headers | {"If-None-Match": '"x"'})
    assert other.status_code == 200


def test_a_change_is_a_new_version_and_the_same_again_is_none(
    client: TestClient, kiosk: Kiosk, database: Database
) -> None:
    site, services = sample()
    renamed = site.model_copy(
        update={"region": {"id": "Kabupaten Bangkalan, Madura", "en": "Bangkalan, Madura"}}
    )

    def put(site_: Any) -> int:
        return database.write(
            lambda session: catalogue.replace(session, site_, services, who="test", now=NOON)
        )

    tags = [client.get("/api/v1/catalogue", headers=kiosk.headers).headers["ETag"]]
    assert put(site) == 1
    assert put(renamed) == 2
    tags.append(client.get("/api/v1/catalogue", headers=kiosk.headers).headers["ETag"])
    assert put(site) == 3
    tags.append(client.get("/api/v1/catalogue", headers=kiosk.headers).headers["ETag"])
    assert len(set(tags)) == 3, "going back is a change too"
    assert beat(client, kiosk).json()["catalogue_version"] == 3


def test_a_catalogue_that_does_not_fit_together_is_refused(database: Database) -> None:
    site, services = sample()
    broken = services.model_copy(update={"queues": services.queues[1:]})
    with pytest.raises(UpkeepError, match="is not a queue"):
        database.write(lambda session: catalogue.replace(session, site, broken, who="test", now=NOON))
    assert database.read(lambda session: catalogue.Catalogues().current(session, SITE).number) == 1


# --- queues -----------------------------------------------------------------------------------------------------


def test_queues_tell_who_waits_and_who_was_called(
    client: TestClient, kiosk: Kiosk, database: Database
) -> None:
    def state(code: str) -> dict[str, Any]:
        answer = client.get("/api/v1/queues", headers=kiosk.headers).json()
        assert answer["service_day"] == "2026-11-24"
        found: dict[str, Any] = next(one for one in answer["queues"] if one["code"] == code)
        return found

    assert state("C") == {"code": "C", "waiting": 0, "oldest_issued_at": None, "last_called": None}
    told = [
        event for value in (1, 2, 3) for event in kiosk.whole(value, at=NOON + dt.timedelta(minutes=value))
    ]
    client.post("/api/v1/events", json={"events": told}, headers=kiosk.headers)
    assert (state("C")["waiting"], state("A")["waiting"]) == (3, 0)
    assert dt.datetime.fromisoformat(state("C")["oldest_issued_at"]) == NOON + dt.timedelta(minutes=1)
    tag = client.get("/api/v1/queues", headers=kiosk.headers).headers["ETag"]
    headers = kiosk.headers | {"If-None-Match": tag}
    assert client.get("/api/v1/queues", headers=headers).status_code == 304
    desk = Desk(SITE, "3", ("C",), "officer")
    database.write(lambda session: calling.call_next(session, desk, DAY, Rule(), NOON))
    assert client.get("/api/v1/queues", headers=headers).status_code == 200
    assert state("C")["waiting"] == 2
    assert (state("C")["last_called"]["number"], state("C")["last_called"]["counter"]) == ("C-001", "3")


# --- heartbeats -------------------------------------------------------------------------------------------------


def test_a_heartbeat_is_kept_and_the_clocks_are_compared(
    client: TestClient, kiosk: Kiosk, database: Database, clock: Clock
) -> None:
    sent = (clock.now + dt.timedelta(hours=7, seconds=-90)).replace(tzinfo=dt.timezone(dt.timedelta(hours=7)))
    printer = {"state": "warning", "cause": "paper_near_end", "paper_left": 40}
    answer = beat(client, kiosk, sent_at=sent.isoformat(), outbox_depth=7, printer=printer)
    told = wire.HeartbeatAnswer.model_validate(answer.json())
    assert (told.server_time, told.lock) == (NOON, None)
    row = database.read(lambda session: session.get_one(KioskRow, uuid.UUID(kiosk.id)))
    assert (row.clock_offset_s, row.seen_at, row.version) == (-90, NOON, "0.1.0")
    kept = wire.Heartbeat.model_validate_json(row.heartbeat or "")
    assert (kept.outbox_depth, kept.printer.paper_left) == (7, 40)


def test_a_kiosk_hears_that_it_is_to_be_locked(client: TestClient, kiosk: Kiosk, database: Database) -> None:
    message = {"id": "Sedang diperbaiki", "en": "Under repair"}

    def lock(text: dict[str, str] | None) -> None:
        database.write(
            lambda session: enrolment.set_lock(session, uuid.UUID(kiosk.id), text, who="manager", now=NOON)
        )

    lock(message)
    assert beat(client, kiosk).json()["lock"] == {"message": message}
    lock(None)
    assert beat(client, kiosk).json()["lock"] is None


@pytest.mark.parametrize(
    "edge", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-11-24T12:00:00Z"]
)
def test_a_clock_that_is_far_off_is_no_fault_of_the_server(
    client: TestClient, kiosk: Kiosk, edge: str
) -> None:
    assert beat(client, kiosk, sent_at=edge).status_code == 200


def test_a_time_without_an_offset_is_refused(client: TestClient, kiosk: Kiosk) -> None:
    answer = beat(client, kiosk, sent_at="2026-11-24T12:00:00")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["place"] == "body.sent_at"


def test_tokens_and_codes_are_of_the_strength_that_is_written() -> None:
    tokens = {security.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(re.fullmatch(r"ajg_[A-Za-z0-9_-]{43}", token) for token in tokens)
    assert security.code_hash("BCDFGHJK", bytes(16)) != security.code_hash("BCDFGHJK", b"1" * 16)
    assert not security.password_fits("a long password", None)
    kept = security.password_hash("a long password")
    assert kept.startswith("$argon2id$")
    assert security.password_fits("a long password", kept)
    assert not security.password_fits("another password", kept)
