"""Reply bytes become health; silence and garbage become nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printer.status import (
    SILENT,
    UNREACHED,
    Asb,
    Cause,
    Health,
    Plain,
    ProcessId,
    Realtime,
    ReplyParser,
    Status,
    cause,
    is_realtime,
    parse,
    query,
)


@pytest.mark.parametrize(
    ("n", "byte", "expected"),
    [
        (1, 0x12, {"online": Health.OK}),
        (1, 0x16, {"online": Health.OK}),  # drawer pin high: no matter
        (1, 0x1A, {"online": Health.BAD}),
        (2, 0x12, {"cover": Health.OK, "error": Health.OK}),
        (2, 0x16, {"cover": Health.BAD, "error": Health.OK}),
        (2, 0x32, {"cover": Health.OK, "error": Health.OK, "paper": Health.BAD}),
        (2, 0x52, {"cover": Health.OK, "error": Health.BAD}),
        (3, 0x12, {"cutter": Health.OK, "error": Health.OK}),
        (3, 0x1A, {"cutter": Health.BAD, "error": Health.OK}),
        (3, 0x32, {"cutter": Health.OK, "error": Health.BAD}),
        (3, 0x52, {"cutter": Health.OK, "error": Health.WARNING}),  # a hot head mends itself
        (4, 0x12, {"paper": Health.OK}),
        (4, 0x1E, {"paper": Health.WARNING}),
        (4, 0x16, {"paper": Health.WARNING}),  # clones that set one bit of two
        (4, 0x1A, {"paper": Health.WARNING}),
        (4, 0x7E, {"paper": Health.BAD}),
        (4, 0x72, {"paper": Health.BAD}),
        (4, 0x32, {"paper": Health.BAD}),
        (4, 0x52, {"paper": Health.BAD}),
    ],
)
def test_dle_eot_bits(n: int, byte: int, expected: dict[str, Health]) -> None:
    assert parse({n: byte}) == Status(**expected, link=Health.OK)


@pytest.mark.parametrize("byte", [0x00, 0xFF, 0x11, 0x13, 0x10, 0x0F, 0x92, 0x02])
@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_what_is_no_reply_says_nothing(n: int, byte: int) -> None:
    assert parse({n: byte}) == SILENT


def test_the_worst_of_two_answers_about_paper_counts() -> None:
    assert parse({2: 0x32, 4: 0x12}).paper is Health.BAD
    assert parse({2: 0x12, 4: 0x12}).paper is Health.OK


def test_silence_is_unknown_and_no_cause() -> None:
    assert parse() == SILENT == Status()
    assert cause(SILENT) is None
    assert not SILENT.answered
    assert cause(UNREACHED) is Cause.UNREACHABLE


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Status(link=Health.OK), None),
        (Status(online=Health.BAD), Cause.OFFLINE),
        (Status(online=Health.BAD, paper=Health.BAD), Cause.PAPER_OUT),
        (Status(online=Health.BAD, paper=Health.BAD, cover=Health.BAD), Cause.COVER_OPEN),
        (Status(online=Health.BAD, cutter=Health.BAD, error=Health.BAD), Cause.CUTTER),
        (Status(online=Health.BAD, error=Health.BAD), Cause.ERROR),
        (Status(paper=Health.WARNING), Cause.PAPER_LOW),
        (Status(paper=Health.WARNING, online=Health.BAD), Cause.OFFLINE),
        (Status(error=Health.WARNING), None),
    ],
)
def test_one_cause_the_most_useful_first(status: Status, expected: Cause | None) -> None:
    assert cause(status) is expected


def test_low_paper_alone_does_not_block() -> None:
    assert [found for found in Cause if not found.blocks] == [Cause.PAPER_LOW]


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        ((0x10, 0x00, 0x00, 0x00), Status(*[Health.OK] * 6)),
        (
            (0x18, 0x00, 0x0F, 0x00),
            Status(Health.BAD, Health.OK, Health.BAD, Health.OK, Health.OK, Health.OK),
        ),
        (
            (0x38, 0x00, 0x00, 0x00),
            Status(Health.BAD, Health.BAD, Health.OK, Health.OK, Health.OK, Health.OK),
        ),
        (
            (0x10, 0x08, 0x03, 0x00),
            Status(Health.OK, Health.OK, Health.WARNING, Health.BAD, Health.OK, Health.OK),
        ),
        ((0x10, 0x20, 0x00, 0x00), Status(Health.OK, Health.OK, Health.OK, Health.OK, Health.BAD, Health.OK)),
    ],
)
def test_asb_bits(packet: tuple[int, int, int, int], expected: Status) -> None:
    assert parse(asb=Asb(packet)) == expected


def test_replies_are_told_apart_in_one_stream() -> None:
    stream = b"\x11\x10\x00\x0f\x00\x13\x12\xff\x37\x220001\x00\x03\x7e"
    assert ReplyParser().feed(stream) == [
        Asb((0x10, 0x00, 0x0F, 0x00)),
        Realtime(0x12),
        ProcessId(b"0001"),
        Plain(0x03),
        Realtime(0x7E),
    ]


def test_an_asb_packet_cut_short_does_not_swallow_a_reply() -> None:
    assert ReplyParser().feed(b"\x10\x00\x12") == [Plain(0x00), Realtime(0x12)]


@given(st.binary(max_size=200), st.data())
def test_any_stream_at_any_split_gives_the_same_replies(stream: bytes, data: st.DataObject) -> None:
    whole = ReplyParser().feed(stream)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    parser = ReplyParser()
    parts = [parser.feed(stream[a:b]) for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert [reply for part in parts for reply in part] == whole


@given(st.dictionaries(st.integers(1, 4), st.integers(0, 255)))
def test_any_replies_make_a_status(replies: dict[int, int]) -> None:
    status = parse(replies)
    assert status.answered == any(is_realtime(byte) for byte in replies.values())
    cause(status)


@pytest.mark.parametrize("n", [0, 5])
def test_there_are_four_questions(n: int) -> None:
    assert query(4) == b"\x10\x04\x04"
    with pytest.raises(ValueError, match="allowed: 1 to 4"):
        query(n)
