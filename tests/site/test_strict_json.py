"""JSON by hand: syntax and doubled keys are told with line and column; what is sound is what json.loads says."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.site import Fault, SiteFaults
from kiosk.site.strict_json import parse

TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def faults(text: str) -> tuple[Fault, ...]:
    with pytest.raises(SiteFaults) as caught:
        parse(text, "catalogue.json")
    return caught.value.faults


@given(TREES, st.sampled_from([None, 1, 3]), st.booleans())
def test_sound_json_is_read_as_it_is(tree: object, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(tree, indent=indent, ensure_ascii=ascii_only)
    assert parse(text, "x") == json.loads(text)


def test_each_doubled_key_is_told_with_its_line_and_column() -> None:
    text = (
        '{"a": [{"b": "{\\"b\\": 1}", "c": "b"},\n  {"b": 1, "x": {"b": 2},\n   "b": 3}],\n'
        ' "d": {"e": ["e", "e"], "\\u0065": 1},\n "a": ":,"}'
    )
    assert [(fault.code, fault.place, fault.value) for fault in faults(text)] == [
        ("E-CAT-03", "line 3, column 4", '"b"'),
        ("E-CAT-03", "line 4, column 25", '"e"'),
        ("E-CAT-03", "line 5, column 2", '"a"'),
    ]
    assert "line 2" in faults(text)[0].problem


@given(TREES, st.text())
def test_a_doubled_key_anywhere_is_found_once(tree: object, key: str) -> None:
    name = json.dumps(key)
    text = "[" + json.dumps(tree) + ",\n{" + name + ": 1,\n" + name + ": " + json.dumps(tree) + "}]"
    (fault,) = faults(text)
    assert fault.place == "line 3, column 1"
    assert "line 2" in fault.problem


@pytest.mark.parametrize(
    ("text", "place", "value"),
    [
        ('{"a": 1 "b": 2}', "line 1, column 9", '"\\"b\\": 2}"'),
        ('{\n "a" 1}', "line 2, column 6", '"1}"'),
        ("", "line 1, column 1", ""),
        ('{"a": tru}', "line 1, column 7", '"tru}"'),
    ],
)
def test_a_syntax_error_names_line_and_column(text: str, place: str, value: str) -> None:
    (fault,) = faults(text)
    assert (fault.code, fault.file, fault.place) == ("E-CAT-02", "catalogue.json", place)
    assert not value or fault.value == value


@pytest.mark.parametrize("text", ['{"fee": NaN}', '{"fee": -Infinity}', "[" * 100_000])
def test_what_is_not_json_in_other_ways_is_refused(text: str) -> None:
    (fault,) = faults(text)
    assert fault.code == "E-CAT-02"
