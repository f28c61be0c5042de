"""Offline codes: readable, and no single slip of a finger or an eye makes another valid code."""

from __future__ import annotations

import datetime as dt
import string
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.tickets import (
    CLEAR,
    CodeError,
    OfflineCode,
    PageToken,
    is_code_of,
    offline_code,
    parse_offline_code,
    parse_payload,
    qr_payload,
    site_mark,
)
from tests.core.builders import TUESDAY

UUID = uuid.UUID("019307d8-a41c-7e3b-9f52-0c8d5e6a7b10")
OTHER = uuid.UUID("019307d8-a41c-7e3b-9f52-0c8d5e6a7b11")
CODE = offline_code("bangkalan", TUESDAY, "C-001", UUID)
ALPHABET = string.ascii_uppercase + string.digits
TOKEN = "q7Zc0a-1_bGx2RkT9wYvLm"

numbers = st.builds(
    lambda code, separator, value, digits: f"{code}{separator}{value:0{digits}d}",
    st.from_regex(r"[A-Z0-9]{1,3}", fullmatch=True),
    st.sampled_from(["-", ".", "/", " ", ""]),
    st.integers(1, 99_999),
    st.integers(2, 4),
)
codes = st.builds(
    offline_code,
    st.from_regex(r"[a-z0-9-]{2,40}", fullmatch=True).filter(lambda site: site.strip("-")),
    st.dates(dt.date(2020, 1, 1), dt.date(2999, 12, 31)),
    numbers,
    st.uuids(),
)


def valid(text: str) -> bool:
    try:
        parse_offline_code(text)
    except CodeError:
        return False
    return True


def test_a_code_says_site_day_and_number_to_a_person() -> None:
    assert CODE.startswith("BKL-20261124-C001-")
    assert len(CODE) == len("BKL-20261124-C001-7F3K")
    assert set(CODE[-4:]) <= set(CLEAR)
    assert not set(CLEAR) & set("01ILOU")


def test_a_code_is_read_back_however_it_is_typed() -> None:
    parts = OfflineCode("BKL", TUESDAY, "C001", CODE[-4:-2])
    for typed in (CODE, CODE.lower(), f" {CODE}\n", CODE.replace("-", ""), CODE.replace("-", " ")):
        assert parse_offline_code(typed) == parts


def test_a_code_belongs_to_one_ticket_only() -> None:
    code = parse_offline_code(CODE)
    assert is_code_of(code, "bangkalan", TUESDAY, "C-001", UUID)
    assert is_code_of(code, "bangkalan", TUESDAY, "C001", str(UUID))
    assert not is_code_of(code, "sampang", TUESDAY, "C-001", UUID)
    assert not is_code_of(code, "bangkalan", TUESDAY + dt.timedelta(1), "C-001", UUID)
    assert not is_code_of(code, "bangkalan", TUESDAY, "C-002", UUID)
    assert not is_code_of(code, "bangkalan", TUESDAY, "C-001", OTHER)


def test_the_mark_spreads_over_tickets() -> None:
    """A code cannot be guessed from a neighbour's number: 900 marks, all about as likely."""
    marks = {
        parse_offline_code(offline_code("bangkalan", TUESDAY, "C-001", uuid.UUID(int=n))).mark
        for n in range(9000)
    }
    assert len(marks) > 850


def slips(code: str) -> list[str]:
    """Return every text that one wrong character or one swap of neighbours makes of ``code``, hyphens left out."""
    plain = code.replace("-", "")
    wrong = [
        plain[:place] + other + plain[place + 1 :]
        for place, right in enumerate(plain)
        for other in ALPHABET
        if other != right
    ]
    swapped = [
        plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
        for place in range(len(plain) - 1)
        if plain[place] != plain[place + 1]
    ]
    return wrong + swapped


@given(codes)
def test_every_single_slip_is_found(code: str) -> None:
    assert valid(code)
    assert [slip for slip in slips(code) if valid(slip)] == []


def test_every_slip_in_the_codes_of_a_day() -> None:
    """Every seventh number of a series, about 700 slips each."""
    for value in range(1, 1000, 7):
        code = offline_code("bangkalan", TUESDAY, f"C-{value:03d}", uuid.UUID(int=value))
        assert not any(map(valid, slips(code)))


def test_a_slip_between_the_groups_is_found_with_hyphens_too() -> None:
    for place in range(len(CODE) - 1):
        swapped = CODE[:place] + CODE[place + 1] + CODE[place] + CODE[place + 2 :]
        if swapped.replace("-", "") != CODE.replace("-", ""):
            assert not valid(swapped)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E-TKT-01"),
        ("C-001", "E-TKT-01"),
        ("https://mpp.example/t/abc", "E-TKT-01"),
        (CODE + "A", "E-TKT-01"),
        (CODE[:-1], "E-TKT-01"),
        (CODE.replace("C001", "C002"), "E-TKT-02"),
        (CODE.replace("20261124", "20261125"), "E-TKT-02"),
    ],
)
def test_what_is_no_code_of_ours(text: str, code: str) -> None:
    with pytest.raises(CodeError) as caught:
        parse_offline_code(text)
    assert caught.value.code == code
    assert code in str(caught.value)


def test_a_day_that_does_not_exist() -> None:
    """The check can be right by chance, or by somebody's computing; the date is still none."""
    made_up = next(
        text
        for first in CLEAR
        for second in CLEAR
        if _check_holds(text := f"BKL20261399C0017F{first}{second}")
    )
    with pytest.raises(CodeError, match="20261399"):
        parse_offline_code(made_up)


def _check_holds(text: str) -> bool:
    try:
        parse_offline_code(text)
    except CodeError as error:
        return error.code == "E-TKT-01"
    return True


@pytest.mark.parametrize("number", ["", "C", "C-1", "C-123456789", "CCCC-001", "C-00A"])
def test_a_number_of_no_known_form_gets_no_code(number: str) -> None:
    with pytest.raises(ValueError, match="allowed"):
        offline_code("bangkalan", TUESDAY, number, UUID)


@pytest.mark.parametrize(
    ("site", "mark"),
    [
        ("bangkalan", "BKL"),
        ("mpp-bangkalan", "BKL"),
        ("surabaya", "SRB"),
        ("sumenep", "SMN"),
        ("sampang", "SAP"),
        ("aceh", "ACE"),
        ("a-b", "ABX"),
        ("12", "12X"),
    ],
)
def test_site_marks(site: str, mark: str) -> None:
    assert site_mark(site) == mark


def test_the_qr_holds_the_page_or_the_code() -> None:
    assert qr_payload("", TOKEN, CODE) == CODE
    assert qr_payload("https://mpp.example", TOKEN, CODE) == f"https://mpp.example/t/{TOKEN}"
    assert qr_payload("https://mpp.example/antrean/", TOKEN, CODE) == f"https://mpp.example/antrean/t/{TOKEN}"


@pytest.mark.parametrize("token", ["", "short", "a" * 65, "with space in the middle", "../../admin/admin"])
def test_no_address_from_a_bad_token(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        qr_payload("https://mpp.example", token, CODE)


def test_scanned_payloads() -> None:
    server = "https://mpp.example/"
    assert parse_payload(f"https://mpp.example/t/{TOKEN}", server) == PageToken(TOKEN)
    assert parse_payload(CODE, server) == parse_payload(CODE) == parse_offline_code(CODE)
    for foreign in (
        f"https://evil.example/t/{TOKEN}",
        "https://mpp.example/t/x",
        f"https://mpp.example/t/{TOKEN}/edit",
    ):
        with pytest.raises(CodeError):
            parse_payload(foreign, server)
    with pytest.raises(CodeError):
        parse_payload(f"https://mpp.example/t/{TOKEN}")
