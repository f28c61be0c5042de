"""Patience, the clock's offset, who this machine is."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kiosk.sync.backoff import patience
from kiosk.sync.identity import Fingerprint, fingerprint
from kiosk.sync.offset import OffsetMeter


@given(st.integers(1, 10_000), st.one_of(st.none(), st.floats(0, 1e6)), st.integers())
def test_sync_4_patience_is_between_a_second_and_five_minutes(
    tries: int, retry_after: float | None, seed: int
) -> None:
    wait = patience(tries, retry_after, random.Random(seed))
    assert 1.0 <= wait <= 300.0
    assert wait >= min(300.0, retry_after or 0.0)
    if retry_after is None:
        assert wait <= max(2.0, 2.0**tries if tries < 20 else 300.0)


def test_sync_4_kiosks_do_not_come_back_in_one_second() -> None:
    chance = random.Random(7)
    waits = sorted(patience(8, None, chance) for _ in range(200))
    assert waits[0] < 30
    assert waits[-1] > 200


@given(st.floats(-1e6, 1e6), st.lists(st.tuples(st.floats(0, 4.9), st.floats(0, 1)), min_size=1, max_size=20))
def test_the_offset_is_that_of_the_shortest_way(offset: float, ways: list[tuple[float, float]]) -> None:
    meter = OffsetMeter()
    for at, (way, share) in enumerate(ways):
        server = 1000.0
        asked = server + offset - way * share  # the server looked at its clock somewhere on the way
        meter.hear(server, asked, asked + way, float(at))
    found = meter.offset_s(float(len(ways)))
    assert found is not None
    assert abs(found - offset) <= min(way for way, _ in ways) / 2 + 1e-6


def test_a_clock_that_is_set_is_seen_at_once() -> None:
    meter = OffsetMeter()
    meter.hear(1000.0, 4600.0, 4600.01, 0.0)
    meter.hear(1060.0, 1060.0, 1060.2, 60.0)
    assert abs((meter.offset_s(60.0) or 0.0) - 0.1) < 0.01
    assert meter.offset_s(100_000.0) is None


def machine(root: Path, machine_id: str, cards: dict[str, str]) -> Fingerprint:
    (root / "etc").mkdir(parents=True)
    (root / "etc/machine-id").write_text(f"{machine_id}\n")
    for name, address in cards.items():
        (root / "sys/class/net" / name).mkdir(parents=True)
        (root / "sys/class/net" / name / "address").write_text(f"{address}\n")
        if name != "lo":
            (root / "sys/class/net" / name / "device").mkdir()
    return fingerprint(root)


def test_sync_8_a_machine_is_known_by_its_id_and_its_cards(tmp_path: Path) -> None:
    here = machine(tmp_path / "a", "1" * 32, {"lo": "00:00:00:00:00:00", "eth0": "02:00:00:00:00:01"})
    with_wifi = machine(tmp_path / "b", "1" * 32, {"eth0": "02:00:00:00:00:01", "wlan0": "02:00:00:00:00:07"})
    cloned = machine(tmp_path / "c", "1" * 32, {"eth0": "02:00:00:00:00:02"})
    reinstalled = machine(tmp_path / "d", "2" * 32, {"eth0": "02:00:00:00:00:01"})
    no_cards = machine(tmp_path / "e", "1" * 32, {})
    assert not here.differs(here)
    assert not here.differs(with_wifi), "a card that is added is no other machine"
    assert here.differs(cloned)
    assert here.differs(reinstalled)
    assert not here.differs(no_cards), "what is not known proves nothing"
    assert "02:00" not in str(here)
