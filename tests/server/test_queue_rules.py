"""Who is next: what holds for every line of people."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.queue_rules import Rule, Waiting, after, ahead, can_be_called, next_one, order

START = dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC)

people = st.lists(
    st.builds(
        Waiting,
        uuid=st.integers(0, 10_000).map(lambda number: UUID(int=number)),
        priority=st.booleans(),
        since=st.integers(0, 50).map(lambda minutes: START + dt.timedelta(minutes=minutes)),
    ),
    max_size=25,
    unique_by=lambda one: one.uuid,
)
rules = st.one_of(st.just(Rule("first")), st.builds(Rule, st.just("interleaved"), st.integers(1, 5)))
in_a_row = st.integers(0, 7)


@given(people, rules, in_a_row)
def test_the_order_is_what_calling_one_by_one_gives(line: list[Waiting], rule: Rule, count: int) -> None:
    rest, called, now = list(line), [], count
    while (one := next_one(rest, rule, now)) is not None:
        called.append(one)
        rest.remove(one)
        now = after(one, now)
    assert tuple(called) == order(line, rule, count)
    assert not rest


@given(people, rules, in_a_row, st.randoms())
def test_everybody_is_called_once_and_the_order_of_asking_does_not_matter(
    line: list[Waiting], rule: Rule, count: int, random: object
) -> None:
    found = order(line, rule, count)
    assert sorted(found, key=lambda one: one.uuid) == sorted(line, key=lambda one: one.uuid)
    shuffled = list(line)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert order(shuffled, rule, count) == found


@given(people, rules, in_a_row)
def test_within_a_kind_nobody_is_overtaken(line: list[Waiting], rule: Rule, count: int) -> None:
    found = order(line, rule, count)
    for priority in (True, False):
        kind = [one for one in found if one.priority is priority]
        assert all(one.place < other.place for one, other in pairwise(kind))


@given(people, in_a_row)
def test_first_means_every_priority_ticket_before_every_regular_one(line: list[Waiting], count: int) -> None:
    flags = [one.priority for one in order(line, Rule("first"), count)]
    assert flags == sorted(flags, reverse=True)


@given(people, st.integers(1, 5), in_a_row)
def test_interleaved_lets_neither_kind_starve(line: list[Waiting], most: int, count: int) -> None:
    found = order(line, Rule("interleaved", most), count)
    regular_in_a_row = count
    for place, one in enumerate(found):
        rest = found[place:]
        if one.priority:
            assert regular_in_a_row >= most or not any(not other.priority for other in rest)
        else:
            assert regular_in_a_row < most or not any(other.priority for other in rest)
        regular_in_a_row = after(one, regular_in_a_row)


@given(people, rules, in_a_row)
def test_people_ahead_count_down_to_nobody(line: list[Waiting], rule: Rule, count: int) -> None:
    for place, one in enumerate(order(line, rule, count)):
        assert ahead(one.uuid, line, rule, count) == place
    assert ahead(UUID(int=10_001), line, rule, count) is None


def test_two_regular_then_one_priority() -> None:
    line = [Waiting(UUID(int=n), n > 5, START + dt.timedelta(minutes=n)) for n in range(1, 9)]
    found = [one.uuid.int for one in order(line, Rule("interleaved", 2), 0)]
    assert found == [1, 2, 6, 3, 4, 7, 5, 8]


@pytest.mark.parametrize(
    ("paper", "kept", "callable_"),
    [
        ("reserved", False, False),
        ("printed", False, True),
        ("unconfirmed", False, True),
        ("not_printed", False, False),
        ("not_printed", True, True),
    ],
)
def test_a_ticket_is_callable_when_somebody_holds_its_number(paper: str, kept: bool, callable_: bool) -> None:
    assert can_be_called(paper=paper, kept=kept, voided=False, issued=True, call_state="waiting") is callable_
    assert not can_be_called(paper=paper, kept=kept, voided=True, issued=True, call_state="waiting")
    assert not can_be_called(paper=paper, kept=kept, voided=False, issued=False, call_state="waiting")
    assert not can_be_called(paper=paper, kept=kept, voided=False, issued=True, call_state="called")


def test_a_rule_that_means_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="priority_after is 0"):
        Rule("interleaved", 0)
