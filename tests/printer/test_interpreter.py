"""The virtual printer reads ESC/POS as the printers' documents say, whatever it is sent."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from printer.virtual.interpreter import Interpreter
from printer.virtual.model import Paper, Picture, Run, Space, TextLine

CUT = b"\x1dV\x00"


def papers_of(*chunks: bytes, dots: int = 576) -> tuple[list[Paper], Interpreter]:
    papers: list[Paper] = []
    interpreter = Interpreter(dots, papers.append)
    for chunk in chunks:
        interpreter.feed(chunk)
    return papers, interpreter


def line_of(data: bytes) -> TextLine:
    """The first line that ``data`` prints."""
    (paper,), _ = papers_of(data + b"\n" + CUT)
    return next(element for element in paper.elements if isinstance(element, TextLine))


@pytest.mark.parametrize(
    ("data", "run"),
    [
        (b"a", Run("a")),
        (b"\x1bE\x01a", Run("a", bold=True)),
        (b"\x1bE\x01\x1bE\x00a", Run("a")),
        (b"\x1bG\x01a", Run("a", bold=True)),
        (b"\x1b-\x01a", Run("a", underline=True)),
        (b"\x1bM\x01a", Run("a", font="b")),
        (b"\x1bM1a", Run("a", font="b")),
        (b"\x1dB\x01a", Run("a", inverse=True)),
        (b"\x1d!\x77a", Run("a", 8, 8)),
        (b"\x1d!\x10a", Run("a", 2, 1)),
        (b"\x1d!\x01a", Run("a", 1, 2)),
        (b"\x1b!\x30a", Run("a", 2, 2)),
        (b"\x1b!\x89a", Run("a", bold=True, underline=True, font="b")),
        (b"\x1d!\x77\x1bE\x01\x1b@a", Run("a")),
    ],
)
def test_styles(data: bytes, run: Run) -> None:
    assert line_of(data).runs == (run,)


def test_one_line_may_hold_several_styles() -> None:
    assert line_of(b"a\x1bE\x01b\x1bE\x00c").runs == (Run("a"), Run("b", bold=True), Run("c"))


@pytest.mark.parametrize(
    ("data", "align"),
    [
        (b"\x1ba\x00a", "left"),
        (b"\x1ba\x01a", "center"),
        (b"\x1ba2a", "right"),
        (b"\x1ba\x07a", "left"),
        (b"a\x1ba\x01", "left"),  # in the middle of a line it is ignored
    ],
)
def test_alignment(data: bytes, align: str) -> None:
    assert line_of(data).align == align


@pytest.mark.parametrize(
    ("slot", "byte", "char"), [(0, 0x82, "é"), (16, 0xE9, "é"), (19, 0xD5, "€"), (2, 0x9C, "£")]
)
def test_code_pages(slot: int, byte: int, char: str) -> None:
    assert line_of(bytes((0x1B, 0x74, slot, byte))).text == char


def test_an_unknown_code_page_is_noted() -> None:
    _, interpreter = papers_of(b"\x1bt\xf0a\n" + CUT)
    assert interpreter.unknown == [b"\x1bt\xf0"]


def test_kanji_mode_reads_pairs_until_fs_dot() -> None:
    papers: list[Paper] = []
    interpreter = Interpreter(576, papers.append, kanji=True)
    interpreter.feed("中".encode("gb18030") + b"\n\x1c.\x82\n\x1b@" + "文".encode("gb18030")[:1])
    interpreter.feed("文".encode("gb18030")[1:] + b"\n" + CUT)
    assert papers[0].lines == ["中", "é", "文"]


def test_text_wider_than_the_paper_goes_on_in_the_next_line() -> None:
    (paper,), _ = papers_of(b"x" * 50 + b"\n" + CUT)
    assert paper.lines == ["x" * 48, "xx"]
    (paper,), _ = papers_of(b"\x1d!\x70" + b"x" * 7 + b"\n" + CUT)
    assert paper.lines == ["x" * 6, "x"]


@pytest.mark.parametrize(
    ("data", "height"),
    [
        (b"a\n", 30),
        (b"\n", 30),
        (b"\x1b3\x40a\n", 64),
        (b"\x1b3\x05a\n", 24),  # never less than the characters
        (b"\x1b3\x05\x1b2a\n", 30),
        (b"\x1d!\x77a\n", 192),
        (b"a\x1bd\x03", 24 + 90),
        (b"a\x1bJ\x0a", 24 + 10),
        (b"a\n\x1dVB\x20", 30 + 32),
    ],
)
def test_how_far_the_paper_moves(data: bytes, height: int) -> None:
    (paper,), _ = papers_of(data if data[-4:-1] == b"\x1dVB" else data + CUT)
    assert paper.height == height


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (b"\x1dV\x00", "full"),
        (b"\x1dV0", "full"),
        (b"\x1dV\x01", "partial"),
        (b"\x1dV1", "partial"),
        (b"\x1dVA\x00", "full"),
        (b"\x1dVB\x00", "partial"),
        (b"\x1bi", "full"),
        (b"\x1bm", "partial"),
    ],
)
def test_cuts(data: bytes, end: str) -> None:
    (paper,), interpreter = papers_of(b"a\n" + data)
    assert paper.end == end
    assert interpreter.unknown == []


def test_a_cut_with_nothing_on_the_paper_makes_none() -> None:
    assert papers_of(CUT + CUT + b"\x1b@" + CUT)[0] == []


def test_esc_at_clears_the_line_but_not_the_paper() -> None:
    (paper,), _ = papers_of(b"satu\ndua\x1b@tiga\n" + CUT)
    assert paper.lines == ["satu", "tiga"]


def test_a_raster_picture() -> None:
    (paper,), _ = papers_of(b"\x1ba\x01\x1dv0\x03\x02\x00\x02\x00\x80\x01\x00\xff" + CUT)
    assert paper.elements == (Picture(2, (b"\x80\x01", b"\x00\xff"), "center", (2, 2)),)


def test_a_column_picture_is_turned_into_rows() -> None:
    (paper,), _ = papers_of(b"\x1b*\x01\x02\x00\x80\x01" + CUT)
    (picture,) = paper.elements
    assert isinstance(picture, Picture)
    assert picture.rows == (b"\x80", *[b"\x00"] * 6, b"\x40")
    (paper,), _ = papers_of(b"\x1b*\x21\x01\x00\x80\x00\x01" + CUT)
    assert paper.elements[0].advance == 24


def test_stored_graphics_print_when_told() -> None:
    store = b"0p0\x01\x011\x08\x00\x02\x00\xf0\x0f"
    data = b"\x1d(L" + len(store).to_bytes(2, "little") + store
    assert papers_of(data + CUT)[0] == []
    (paper,), _ = papers_of(data + b"\x1d(L\x02\x0002" + CUT)
    assert paper.elements == (Picture(1, (b"\xf0", b"\x0f"), "left"),)


def test_a_code_wider_than_the_paper_is_not_printed() -> None:
    data = b"\x1d(k\x03\x001C\x10\x1d(k\x0b\x001P0" + b"x" * 8 + b"\x1d(k\x03\x001Q0" + CUT
    assert len(papers_of(data, dots=576)[0]) == 1
    papers, interpreter = papers_of(data, dots=320)
    assert papers == []
    assert interpreter.unknown


def test_nul_and_carriage_return_do_nothing() -> None:
    assert line_of(b"a\x00\r\x00b").text == "ab"


def test_tabs_stand_every_eight_characters() -> None:
    assert line_of(b"ab\tc").text == "ab      c"


def test_unknown_commands_are_noted_and_passed_over() -> None:
    (paper,), interpreter = papers_of(b"\x1bZa\x1d(z\x02\x00qqb\n" + CUT)
    assert paper.lines == ["ab"]
    assert interpreter.unknown == [b"\x1bZ", b"\x1d(z\x02\x00qq"]


def test_barcodes_and_user_characters_do_not_spill_into_the_text() -> None:
    data = (
        b"\x1dkI\x03abc" + b"\x1dk\x04abc\x00" + b"\x1b&\x01aa\x02\xff\xff" + b"\x1bD\x08\x10\x00" + b"teks\n"
    )
    (paper,), _ = papers_of(data + CUT)
    assert paper.lines == ["teks"]


def test_answers_in_order() -> None:
    replies: list[bytes] = []
    interpreter = Interpreter(576, lambda paper: None, replies.append)
    interpreter.feed(b"\x1dr\x01\x1dr1")
    interpreter.paper_bits = 0x03
    interpreter.feed(b"\x1dr\x01\x1d(H\x06\x00000042\x1d(H\x06\x00")
    assert replies == [b"\x00", b"\x00", b"\x03", b"\x37\x220042\x00"]


def test_a_raster_cut_short_is_ended_by_enough_nuls() -> None:
    head = b"\x1dv0\x00\x48\x00\xf0\x00" + b"\xff" * 100
    papers, _ = papers_of(head + bytes(0x48 * 0xF0 - 100) + b"\x1b@lagi\n" + CUT)
    assert papers[0].lines == ["lagi"]


COMMANDS = st.sampled_from(
    [
        b"\x1b@", b"\x1ba\x01", b"\x1bE\x01", b"\x1d!\x33", b"\x1bt\x02", b"\x1c.", b"\x1c&", b"\n", b"\x1bd\x02",
        b"\x1bJ\x09", b"\x1dV\x00", b"\x1dV\x01", b"\x1dVB\x00", b"\x1bi", b"\x10\x04\x01", b"\x1dr\x01", b"\x1da\xff",
        b"\x1dv0\x00\x01\x00\x02\x00\xaa\x55", b"\x1dv0\x00\x02\x00\x09\x00", b"\x1b*\x21\x01\x00\x01\x02\x03",
        b"\x1d(k\x03\x001C\x04", b"\x1d(k\x07\x001P0abcd", b"\x1d(k\x03\x001Q0", b"\x1d(L\x02\x0002", b"\x1dk\x04",
        b"\x1dkI\x02", b"\x1b&\x03\x20\x7e", b"\x1bD", b"\x1d8L\x04\x00\x00\x00", b"\x10\x14\x01\x00\x01", b"\x1b",
    ]
)  # fmt: skip
STREAMS = st.lists(COMMANDS | st.binary(max_size=12) | st.text(max_size=12).map(str.encode), max_size=30).map(
    b"".join
)


@given(STREAMS, st.lists(st.integers(0, 400), max_size=10))
@settings(max_examples=400)
@example(b"\x1b", [0])
def test_any_stream_at_any_split_gives_the_same_paper(stream: bytes, cuts: list[int]) -> None:
    whole, first = papers_of(stream)
    places = sorted({cut for cut in cuts if cut < len(stream)})
    parts = [stream[a:b] for a, b in zip([0, *places], [*places, len(stream)], strict=True)]
    split, second = papers_of(*parts)
    assert split == whole
    assert second.unknown == first.unknown
    assert second.waiting == first.waiting
    first.tear()
    second.tear()
    assert split == whole


@given(STREAMS)
@settings(max_examples=200)
def test_after_enough_nuls_and_a_reset_any_printer_prints_clean(stream: bytes) -> None:
    papers, interpreter = papers_of(stream)
    # 64 KiB ends every command of these streams but a picture or block that announces more.
    interpreter.feed(bytes(70_000) + b"\x1b@" + CUT)
    if interpreter.waiting:
        return
    papers.clear()
    interpreter.feed(b"\x1b@\x1c.bersih\n" + CUT)
    assert [element for element in papers[0].elements if not isinstance(element, Space)] == [
        TextLine((Run("bersih"),), "left", 30)
    ]
