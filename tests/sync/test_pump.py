"""The whole way: a real store, real HTTP, a real server in its own process."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.store import NAME, Outbox, People
from kiosk.sync import identity as identities
from kiosk.sync.errors import CopiedDisk, StoreReplaced
from kiosk.sync_service import Listener, SyncService, run_once
from kiosk.sync_status import sync_status
from tests.support import far_end as far
from tests.sync.conftest import WIB, Central, Unit, pending, take, until


@pytest.fixture
def running(unit: Unit) -> Callable[..., SyncService]:
    """Start the sending thread; stopped at the end."""

    def start(listener: Listener | None = None) -> SyncService:
        service = SyncService(unit.settings, unit.state, unit.clock, WIB, listener)
        service.start()
        unit.stack.callback(lambda: service.stop(10.0))
        return service

    return start


def test_sync_2_everything_arrives_once_in_order(central: Central, unit: Unit, running) -> None:
    kiosk = unit.enrol(central)
    store = unit.store()
    tickets = take(store, 3)
    running()
    until(lambda: pending(store) == 0)
    sent = central.events(kiosk)
    assert [seq for seq, _ in sent] == list(range(1, 7))
    assert len({uuid for _, uuid in sent}) == 6
    assert set(central.numbers()) >= {ticket.display for ticket in tickets}
    status = sync_status(unit.settings, unit.state, store).document()
    assert (status["state"], status["outbox_depth"], status["rejected_total"]) == ("synced", 0, 0)
    assert status["last_success"] is not None
    assert status["paused"] is None


def test_a_new_event_is_sent_at_once_from_any_process(central: Central, unit: Unit, running) -> None:
    from kiosk.sync.wake import knock

    unit.enrol(central)
    store = unit.store()
    service = running()
    take(store)
    service.wake()
    until(lambda: pending(store) == 0)
    take(store)
    until(lambda: knock(unit.state))
    until(lambda: pending(store) == 0)


def test_sync_4_a_server_that_is_away_costs_nothing_but_time(central: Central, unit: Unit, running) -> None:
    kiosk = unit.enrol(central)
    store = unit.store()
    service = running()
    central.kill()
    try:
        take(store, 2)
        service.wake()
        until(lambda: Outbox(store).get("last_error"))
        assert pending(store) == 4
    finally:
        central.again()
    service.hurry()
    until(lambda: pending(store) == 0)
    assert [seq for seq, _ in central.events(kiosk)] == [1, 2, 3, 4]


def test_sync_3_an_answer_that_is_lost_makes_no_second_event(central: Central, unit: Unit) -> None:
    """What was sent and not acknowledged is sent again; the server says duplicate, and it is there once."""
    kiosk = unit.enrol(central)
    store = unit.store()
    take(store, 2)
    run_once(unit.settings, unit.state, unit.clock, store)
    with closing(sqlite3.connect(unit.state / NAME, isolation_level=None)) as db:
        db.execute("UPDATE outbox SET acknowledged_at = NULL")
    assert pending(store) == 4
    run_once(unit.settings, unit.state, unit.clock, store)
    assert pending(store) == 0
    assert [seq for seq, _ in central.events(kiosk)] == [1, 2, 3, 4]


def test_sync_4_a_rejected_event_is_set_aside_and_the_rest_goes_on(central: Central, unit: Unit) -> None:
    kiosk = unit.enrol(central)
    store = unit.store()
    take(store)
    with closing(sqlite3.connect(unit.state / NAME, isolation_level=None)) as db:
        db.execute(
            "INSERT INTO outbox (uuid, type, body, body_hash, occurred_at, schema_version) VALUES"
            " ('01a20e23-570a-752a-a916-e1d8899b5a92', 'ticket.eaten', '{}', ?, '2026-11-24T02:00:00+00:00', 1)",
            ("0" * 64,),
        )
    take(store)
    run_once(unit.settings, unit.state, unit.clock, store)
    assert [seq for seq, _ in central.events(kiosk)] == [1, 2, 4, 5]
    status = sync_status(unit.settings, unit.state, store).document()
    assert (status["outbox_depth"], status["rejected_total"]) == (0, 1)
    (rejected,) = status["rejected"]
    assert (rejected["seq"], rejected["code"]) == (3, "event_unknown_type")
    with closing(sqlite3.connect(unit.state / NAME)) as db, pytest.raises(sqlite3.IntegrityError):
        db.execute("DELETE FROM outbox WHERE seq = 3")  # SYNC-5: kept for ever, or until the server takes it


def test_sync_4_an_unknown_token_pauses_and_keeps_everything(central: Central, unit: Unit, running) -> None:
    kiosk = unit.enrol(central)
    store = unit.store()
    good = identities.load(unit.state)
    assert good is not None
    identities.save(replace(good, token="ajg_wrong"), unit.state)
    take(store, 2)
    running()
    until(lambda: Outbox(store).get("paused"))
    status = sync_status(unit.settings, unit.state, store).document()
    assert (status["state"], status["outbox_depth"]) == ("enrol_again", 4)
    assert status["paused"]["code"] == "E-SYN-03"
    assert unit.enrol(central) == kiosk  # the same machine stays the same kiosk
    until(lambda: pending(store) == 0)
    assert [seq for seq, _ in central.events(kiosk)] == [1, 2, 3, 4]
    assert sync_status(unit.settings, unit.state, store).document()["state"] == "synced"


@pytest.mark.parametrize("behave", [far.portal, far.silent, far.truncated])
def test_sync_4_what_answers_in_the_servers_place_acknowledges_nothing(
    central: Central, new_unit: Callable[..., Unit], behave: far.Behave
) -> None:
    with far.far_end(behave) as there:
        unit = new_unit(url=there.url)
        unit.enrol(central)
        store = unit.store()
        take(store)
        service = SyncService(unit.settings, unit.state, unit.clock, WIB)
        service.start()
        if behave is far.silent:
            until(lambda: there.connections)
        else:
            until(lambda: Outbox(store).get("last_error"))
        assert service.stop(10.0), "the thread must end although the server is silent"
        assert pending(store) == 2


def test_sync_6_what_a_dead_process_was_sending_is_sent_again(unit: Unit) -> None:
    store = unit.store()
    take(store, 2)
    outbox = Outbox(store)
    assert len(outbox.claim(500, 60.0)) == 4
    assert outbox.claim(500, 60.0) == ()  # nobody else meanwhile, and nothing before it
    assert 0 < (outbox.due_in() or 0) <= 60
    outbox.release_leases()
    assert len(outbox.claim(500, 60.0)) == 4


def test_a_clock_that_went_back_makes_no_patience_endless(unit: Unit) -> None:
    store = unit.store()
    take(store)
    outbox = Outbox(store)
    outbox.postpone(outbox.claim(500, 60.0), 200.0)
    assert 190 < (outbox.due_in() or 0) <= 200
    with closing(sqlite3.connect(unit.state / NAME, isolation_level=None)) as db:
        db.execute("UPDATE outbox SET next_try_at = '2090-01-01T00:00:00.000+00:00'")
    assert outbox.due_in() == 0


def test_sync_5_only_what_the_server_has_is_pruned(unit: Unit) -> None:
    import datetime as dt

    store = unit.store()
    take(store, 2)
    outbox = Outbox(store)
    outbox.settle([1, 2], [])
    assert outbox.prune(dt.timedelta(days=1)) == 0
    assert outbox.prune(dt.timedelta(seconds=-1)) == 2
    assert outbox.figures().depth == 2
    assert take(store)[0].number == 3


# --- what the server says ---


def test_a_lock_from_the_server_closes_the_kiosk_with_its_words(central: Central, unit: Unit) -> None:
    import uuid

    from server import enrolment

    kiosk = unit.enrol(central)
    store = unit.store()
    words = {"id": "Simulasi kebakaran", "en": "Fire drill"}

    def want(message: dict[str, str] | None) -> None:
        import datetime as dt

        now = dt.datetime.now(dt.UTC)
        central.database.write(
            lambda session: enrolment.set_lock(session, uuid.UUID(kiosk), message, who="test", now=now)
        )
        run_once(unit.settings, unit.state, unit.clock, store)

    want(words)
    lock = People(store).kiosk_lock()
    assert lock is not None
    assert (lock.who, lock.message) == ("server", words)
    run_once(unit.settings, unit.state, unit.clock, store)
    until(lambda: central.kiosk(kiosk).locked)
    want(None)
    assert People(store).kiosk_lock() is None


def test_a_new_catalogue_is_judged_whole_and_kept(central: Central, unit: Unit, running) -> None:
    import datetime as dt

    from kiosk.site.central import load, site_in_force
    from server import catalogue
    from tests.support.server_driver import sample

    unit.enrol(central)
    store = unit.store()
    heard: list[int] = []
    service = running(Listener(on_site=lambda site: heard.append(site.version)))
    until(lambda: heard)
    site, services = sample()
    first = services.services[0]
    changed = services.model_copy(
        update={
            "services": (
                first.model_copy(update={"closed": {"id": "Petugas rapat", "en": "Staff meeting"}}),
                *services.services[1:],
            )
        }
    )
    now = dt.datetime.now(dt.UTC)
    version = central.database.write(
        lambda session: catalogue.replace(session, site, changed, who="test", now=now)
    )
    service.hurry()
    until(lambda: version in heard)
    kept = load(unit.settings.site_dir, unit.state)
    assert kept is not None
    assert kept.version == version
    assert kept.data.catalogue.services[0].closed == {"id": "Petugas rapat", "en": "Staff meeting"}
    assert (unit.state / "central-site.previous.json").is_file()
    until(lambda: first.code in Outbox(store).closures())
    (unit.state / "central-site.json").write_text("{", encoding="utf-8")
    data, faults = site_in_force(unit.settings.site_dir, unit.state)  # a spoilt file closes no mall
    assert faults is not None
    assert data.catalogue.services[0].closed is None


# --- identity ---


def test_a_token_is_changed_and_the_old_one_ends(central: Central, unit: Unit) -> None:
    from kiosk.sync.pump import Rhythm
    from kiosk.sync_service import Worker

    unit.enrol(central)
    store = unit.store()
    before = identities.load(unit.state)
    assert before is not None
    from kiosk.sync.breaker import Breaker

    worker = Worker(unit.settings, unit.state, unit.clock, store, before, Listener(), Breaker())
    unit.stack.callback(worker.server.close)
    worker.pump.rhythm = Rhythm(token=0.0)
    worker.pump._due["token"] = 0.0
    worker.pump.round()
    after = identities.load(unit.state)
    assert after is not None
    assert after.token != before.token
    assert after.next_token == ""
    assert (unit.state / "identity.json").stat().st_mode & 0o777 == 0o600
    # Between asking and using it the power fails: whichever of the two is good is found out.
    identities.save(replace(after, next_token="ajg_never_given"), unit.state)
    run_once(unit.settings, unit.state, unit.clock, store)
    settled = identities.load(unit.state)
    assert settled is not None
    assert (settled.token, settled.next_token) == (after.token, "")


def test_sync_8_an_older_copy_of_the_database_is_noticed(central: Central, unit: Unit) -> None:
    kiosk = unit.enrol(central)
    with closing(unit.store()) as store:
        take(store, 1)
    old = (unit.state / NAME).read_bytes()
    store = unit.store()
    take(store, 2)
    run_once(unit.settings, unit.state, unit.clock, store)
    store.close()
    (unit.state / NAME).write_bytes(old)
    store = unit.store()
    pump = run_once(unit.settings, unit.state, unit.clock, store)
    assert pump.paused
    status = sync_status(unit.settings, unit.state, store).document()
    assert (status["state"], status["paused"]["code"]) == ("enrol_again", "E-SYN-06")
    assert unit.enrol(central) == kiosk
    (taken,) = take(store)
    run_once(unit.settings, unit.state, unit.clock, store)
    seqs = [seq for seq, _ in central.events(kiosk)]
    assert len(seqs) == len(set(seqs)), "no seq stands for two events"
    assert taken.display in central.numbers()


def test_sync_8_a_database_made_anew_is_noticed_and_the_kiosk_stays_the_same(
    central: Central, unit: Unit
) -> None:
    kiosk = unit.enrol(central)
    store = unit.store()
    take(store, 2)
    run_once(unit.settings, unit.state, unit.clock, store)
    store.close()
    for part in unit.state.glob(f"{NAME}*"):
        part.unlink()
    store = unit.store()
    with pytest.raises(StoreReplaced, match="E-SYN-07"):
        run_once(unit.settings, unit.state, unit.clock, store)
    (going_on,) = take(store)
    assert going_on.number == 3  # the journal knows
    assert unit.enrol(central) == kiosk
    take(store)
    run_once(unit.settings, unit.state, unit.clock, store)
    assert pending(store) == 0


def test_sync_8_a_disk_in_another_machine_is_refused(central: Central, unit: Unit) -> None:
    kiosk = unit.enrol(central)
    store = unit.store()
    take(store, 1)
    held = json.loads((unit.state / "identity.json").read_text())
    held["machine"] = {"machine": "0" * 32, "cards": ["1" * 32]}
    (unit.state / "identity.json").write_text(json.dumps(held))
    with pytest.raises(CopiedDisk, match="E-SYN-06"):
        run_once(unit.settings, unit.state, unit.clock, store)
    other = unit.enrol(central)
    assert other != kiosk
    assert [one.code for one in Outbox(store).rejected()] == ["event_copied"] * 2


def test_a_spare_takes_the_place_of_a_broken_unit(central: Central, new_unit: Callable[..., Unit]) -> None:
    broken, spare = new_unit("broken", "central"), new_unit("spare", "central")
    kiosk = broken.enrol(central)
    store = broken.store()
    take(store, 3)
    run_once(broken.settings, broken.state, broken.clock, store)
    assert spare.enrol(central, replaces=kiosk) == kiosk
    one, other = identities.load(broken.state), identities.load(spare.state)
    assert one is not None
    assert other is not None
    assert one.kiosk_digit == other.kiosk_digit
    fresh = spare.store()
    take(fresh)
    run_once(spare.settings, spare.state, spare.clock, fresh)
    seqs = [seq for seq, _ in central.events(kiosk)]
    assert len(seqs) == len(set(seqs)) == 8
    assert run_once(broken.settings, broken.state, broken.clock, store).paused  # its token has ended


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_an_identity_that_others_can_read_is_refused(central: Central, unit: Unit, mode: int) -> None:
    unit.enrol(central)
    path: Path = unit.state / "identity.json"
    path.chmod(mode)
    with pytest.raises(identities.IdentityUnusable, match=f"{mode:04o}; allowed: 0600"):
        identities.load(unit.state)


def test_a_systemd_credential_stands_for_the_token(central: Central, unit: Unit, tmp_path: Path) -> None:
    unit.enrol(central)
    (tmp_path / "anjungan-token").write_text("ajg_from_systemd\n")
    found = identities.load(unit.state, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert found is not None
    assert (found.token, found.fixed) == ("ajg_from_systemd", True)
    assert "ajg_" not in repr(found)
