"""A slip refuses what no printer can print."""

from __future__ import annotations

import dataclasses

import pytest

from printer.slip import Feed, Qr, Slip, Text


def test_a_slip_is_a_value() -> None:
    slip = Slip((Text("a"), Qr("b")))
    assert slip == Slip((Text("a"), Qr("b")))
    with pytest.raises(dataclasses.FrozenInstanceError):
        slip.lines = ()  # type: ignore[misc]


@pytest.mark.parametrize("keys", [{"width": 0}, {"width": 9}, {"height": 0}, {"height": 9}])
def test_magnification_is_one_to_eight(keys: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="allowed: 1 to 8"):
        Text("a", **keys)


@pytest.mark.parametrize("n", [-1, 256])
def test_a_feed_is_one_byte(n: int) -> None:
    with pytest.raises(ValueError, match="allowed: 0 to 255"):
        Feed(n)


def test_an_empty_code_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        Qr("")
