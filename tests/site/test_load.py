"""Every kind of fault names its file, its place, what stands there and what is allowed; all of them at once."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.site import Fault, SiteFaults, load
from kiosk.site.rules import judged

SAMPLE = Path(__file__).resolve().parents[2] / "config" / "sites" / "bangkalan"
Edit = Callable[[Callable[[Any], object]], None]


def faults_in(directory: Path) -> tuple[Fault, ...]:
    with pytest.raises(SiteFaults) as caught:
        load(directory)
    assert caught.value.code == caught.value.faults[0].code
    return caught.value.faults


def only(directory: Path) -> Fault:
    faults = faults_in(directory)
    assert len(faults) == 1, "\n".join(map(str, faults))
    return faults[0]


def set_service(code: str, **fields: object) -> Callable[[Any], object]:
    return lambda data: next(row for row in data["services"] if row["code"] == code).update(fields)


def day(opened: str, last: str) -> dict[str, str]:
    return {"open": opened, "close": "12:00", "last_ticket": last}


@pytest.mark.parametrize(
    ("fields", "code", "place", "value", "allowed"),
    [
        ({"fee_idr": "30000"}, "E-CAT-06", "fee_idr", '"30000"', "whole number"),
        ({"fee_idr": -1}, "E-CAT-06", "fee_idr", "-1", "at least 0"),
        ({"fee_idr": True}, "E-CAT-06", "fee_idr", "true", "whole number"),
        ({"fee_idr": 10**13}, "E-CAT-06", "fee_idr", str(10**13), "at most"),
        ({"quota": 0}, "E-CAT-06", "quota", "0", "at least 1"),
        ({"must_verify": "yes"}, "E-CAT-06", "must_verify", '"yes"', "true, false"),
        ({"words": "ktp"}, "E-CAT-06", "words", '"ktp"', "list"),
        ({"short": {"id": "KTP"}}, "E-CAT-06", "short", '{"id": "KTP"}', "needs a text for en"),
        ({"short": "KTP"}, "E-CAT-06", "short", '"KTP"', "by language"),
        ({"line": {"id": " ", "en": "x"}}, "E-CAT-06", "line.id", '" "', "must not be empty"),
        ({"line": {"id": "\x1bp", "en": "x"}}, "E-CAT-06", "line.id", '"\\u001bp"', "without line breaks"),
        ({"legal_basis": ""}, "E-CAT-06", "legal_basis", '""', "must not be empty"),
        (
            {"requirements": {"id": ["KTP", "KK"], "en": ["ID card"]}},
            "E-CAT-06",
            "requirements",
            '{"id": ["KTP", "KK"], "en": ["ID card"]}',
            "id: 2, en: 1",
        ),
        ({"week": {"mon": day("08:00", "12:30")}}, "E-CAT-06", "week.mon", None, "08:00, 12:30, 12:00"),
        ({"week": {"mon": day("8 pagi", "11:30")}}, "E-CAT-06", "week.mon.open", '"8 pagi"', '"08:00"'),
        ({"week": {"mon": day("08:00Z", "11:30")}}, "E-CAT-06", "week.mon.open", '"08:00Z"', "no time zone"),
        ({"week": {"senin": day("08:00", "11:30")}}, "E-CAT-06", "week.senin", '"senin"', "'mon'"),
        ({"syarat": ["KTP"]}, "E-CAT-04", "syarat", '["KTP"]', "requirements"),
        ({"short": {"id": "a", "en": "b", "jv": "c"}}, "E-CAT-04", "short.jv", '"c"', "allowed: en, id"),
        ({"agency": "Z"}, "E-CAT-07", "agency", '"Z"', "allowed: A, B, C"),
        ({"queue": "ZZ"}, "E-CAT-07", "queue", '"ZZ"', "allowed: A, B, C"),
        ({"queue": "c"}, "E-CAT-06", "queue", '"c"', "1 to 3 capital letters or digits"),
        ({"words": ["KTP"]}, "E-CAT-09", "words[0]", '"KTP"', "'ktp'"),
        ({"words": ["ktp", "?!"]}, "E-CAT-09", "words[1]", '"?!"', "2 to 60 letters"),
        ({"words": ["ktp", "kk", "ktp"]}, "E-CAT-09", "words[2]", '"ktp"', "words[0]"),
        ({"words": ["ktp, kk"]}, "E-CAT-09", "words[0]", '"ktp, kk"', "several words"),
    ],
)  # fmt: skip
def test_a_fault_in_a_service(
    site_dir: Path,
    edit: Edit,
    fields: dict[str, object],
    code: str,
    place: str,
    value: str | None,
    allowed: str,
) -> None:
    edit(set_service("C03", **fields))
    fault = only(site_dir)
    assert (fault.code, fault.file) == (code, "catalogue.json")
    assert fault.place == f"services[31] (C03).{place}"
    assert value is None or fault.value == value
    assert allowed in fault.problem
    assert str(fault).startswith(f"{code} catalogue.json: services[31] (C03).{place}")


def test_a_missing_field(site_dir: Path, edit: Edit) -> None:
    edit(lambda data: data["services"][31].pop("source"))
    fault = only(site_dir)
    assert (fault.code, fault.place, fault.value) == ("E-CAT-05", "services[31] (C03).source", "")


def test_faults_between_the_records(site_dir: Path, edit: Edit) -> None:
    def spoil(data: Any) -> None:
        data["services"][1]["code"] = data["services"][0]["code"]
        data["queues"][2]["zone"] = "Q"
        data["agencies"][0]["pictogram"] = "no-such-picture"
        data["services"] = [row for row in data["services"] if row["agency"] != "M"]

    edit(spoil)
    told = {(fault.code, fault.place, fault.value) for fault in faults_in(site_dir)}
    assert told == {
        ("E-CAT-07", "services[1] (A01).code", '"A01"'),
        ("E-CAT-07", "queues[2] (C).zone", '"Q"'),
        ("E-CAT-08", "agencies[0] (A).pictogram", '"no-such-picture"'),
        ("E-CAT-07", "agencies[12] (M)", ""),
    }


def test_faults_inside_and_between_records_and_in_both_files_come_at_once(site_dir: Path, edit: Edit) -> None:
    def spoil(data: Any) -> None:
        data["services"][3]["fee_idr"] = "gratis"
        data["services"][4]["agency"] = "Z"
        data["services"][5]["agency"] = 7
        data["agencies"][1]["extra"] = 1
        data["services"][6]["words"] = ["KTP"]

    edit(spoil)
    toml = site_dir / "site.toml"
    toml.write_text(
        toml.read_text(encoding="utf-8").replace("sample = true", "sampel = true"), encoding="utf-8"
    )
    told = [(fault.file, fault.code, fault.place) for fault in faults_in(site_dir)]
    assert sorted(told) == [
        ("catalogue.json", "E-CAT-04", "agencies[1] (B).extra"),
        ("catalogue.json", "E-CAT-06", "services[3] (A04).fee_idr"),
        ("catalogue.json", "E-CAT-06", "services[5] (A06).agency"),
        ("catalogue.json", "E-CAT-07", "services[4] (A05).agency"),
        ("catalogue.json", "E-CAT-09", "services[6] (A07).words[0]"),
        ("site.toml", "E-CAT-04", "sampel"),
        ("site.toml", "E-CAT-05", "sample"),
    ]


@pytest.mark.parametrize(
    "content", ["[]", "{}", '{"agencies": {}, "queues": [], "services": [1, null]}', "null", "7"]
)
def test_any_json_that_is_no_catalogue_is_told_and_never_a_crash(site_dir: Path, content: str) -> None:
    (site_dir / "catalogue.json").write_text(content, encoding="utf-8")
    assert {fault.file for fault in faults_in(site_dir)} == {"catalogue.json"}


@pytest.mark.parametrize("name", ["site.toml", "catalogue.json"])
def test_a_file_that_is_not_there_or_not_text(site_dir: Path, name: str) -> None:
    (site_dir / name).write_bytes(b"\xff\xfe{")
    fault = only(site_dir)
    assert (fault.code, fault.file) == ("E-CAT-02", name)
    assert "0xff" in fault.problem
    (site_dir / name).unlink()
    fault = only(site_dir)
    assert (fault.code, fault.file) == ("E-CAT-01", name)
    assert str(site_dir) in fault.problem
    (site_dir / name).mkdir()
    assert only(site_dir).code == "E-CAT-01"


@pytest.mark.parametrize(
    ("old", "new", "code", "place", "allowed"),
    [
        ('timezone = "Asia/Jakarta"', 'timezone = "Asia/Bangkalan"', "E-CAT-06", "timezone", "'Asia/Jakarta'"),
        ('start = "11:30"', 'start = "13:30"', "E-CAT-06", "breaks[0]", "start must be before end"),
        ('days = ["fri"]', "days = []", "E-CAT-06", "breaks[0].days", "at least 1"),
        ('languages = ["id", "en"]', 'languages = ["id"]', "E-CAT-06", "languages", "'en' must be one"),
        ('separator = "-"', 'separator = "#"', "E-CAT-06", "numbers.separator", "one of - . /"),
        ("digits = 3", "digits = 9", "E-CAT-06", "numbers.digits", "at most 4"),
        ('# logo = "logo.png"', 'logo = "no.png"', "E-CAT-08", "ticket.logo", "no such file"),
        ("open_anyway = []", 'open_anyway = ["24-12-2026"]', "E-CAT-06", "holidays.open_anyway[0]", '"2026-12-24"'),
        ('code = "B"', 'code = "A"', "E-CAT-07", "zones[1] (A).code", "row 0"),
    ],
)  # fmt: skip
def test_a_fault_in_the_site_file(
    site_dir: Path, old: str, new: str, code: str, place: str, allowed: str
) -> None:
    file = site_dir / "site.toml"
    text = file.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    fault = next(fault for fault in faults_in(site_dir) if fault.file == "site.toml")
    assert (fault.code, fault.place) == (code, place)
    assert allowed in fault.problem


def test_a_syntax_error_in_the_site_file_names_the_line(site_dir: Path) -> None:
    (site_dir / "site.toml").write_text('id = "x"\nsample = yes\n', encoding="utf-8")
    fault = only(site_dir)
    assert (fault.code, fault.place) == ("E-CAT-02", "line 2, column 10")


def test_dates_and_times_of_toml_itself_are_read_too(site_dir: Path) -> None:
    file = site_dir / "site.toml"
    text = file.read_text(encoding="utf-8").replace('start = "11:30"', "start = 11:30:00")
    file.write_text(text.replace("open_anyway = []", "open_anyway = [2026-12-24]"), encoding="utf-8")
    site = load(site_dir).site
    assert str(site.breaks[0].start) == "11:30:00"
    assert str(site.holidays.open_anyway[0]) == "2026-12-24"


def test_a_byte_order_mark_is_no_fault(site_dir: Path) -> None:
    for name in ("site.toml", "catalogue.json"):
        path = site_dir / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(load(site_dir).catalogue.services) == 105


def _paths(tree: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [here, *(path for key, value in inner for path in _paths(value, (*here, key)))]


SMALL = json.loads((SAMPLE / "catalogue.json").read_text(encoding="utf-8"))
for _kind, _count in (("agencies", 1), ("queues", 1), ("services", 3)):
    del SMALL[_kind][_count:]
SMALL["services"][0]["week"] = {"mon": day("08:00", "11:30")}
PATHS = _paths(SMALL)[1:]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.just("code"), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.lists(st.tuples(st.sampled_from(PATHS), JSON), min_size=1, max_size=4))
def test_whatever_stands_in_the_fields_it_is_a_catalogue_or_faults_with_places(changes: list[Any]) -> None:
    data = copy.deepcopy(SMALL)
    for path, value in changes:
        try:
            place = reduce(lambda tree, key: tree[key], path[:-1], data)
            place[path[-1]] = value
        except (LookupError, TypeError):
            continue  # an earlier change has taken this place away
    text = json.dumps(data)
    catalogue, faults = judged(json.loads(text), None, "catalogue.json", text)
    assert (catalogue is None) == bool(faults)
    for fault in faults:
        assert fault.place.startswith(("agencies", "queues", "services")), fault
        assert fault.problem
