"""A real store in a folder of its own, on a clock that can be turned."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from kiosk.core.numbers import Band
from kiosk.core.record import Ticket
from kiosk.store import NAME, Draft, Store
from tests.support.turnable_clock import WIB, TurnableClock

hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

SERIES = Band(1, 999)
_tokens = itertools.count()


def draft(
    queue: str = "C", *, service: str | None = None, band: Band = SERIES, kiosk_digit: int = 0
) -> Draft:
    return Draft(
        queue, service or f"{queue}01", queue, False, "id", f"page-{next(_tokens)}", kiosk_digit, band
    )


def take(
    store: Store, clock: TurnableClock, queue: str = "C", band: Band = SERIES, kiosk_digit: int = 0
) -> Ticket:
    wanted = draft(queue, band=band, kiosk_digit=kiosk_digit)
    return store.reserve(wanted, clock.local, lambda code, number: f"{code}-{number:03}")


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / NAME


@pytest.fixture
def open_store(path: Path, clock: TurnableClock) -> Iterator[Callable[[], Store]]:
    """Open the store; every store opened is closed at the end."""
    opened: list[Store] = []

    def open_it() -> Store:
        opened.append(Store.open(path, clock, WIB))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    return open_store()
