"""Bytes of a slip, read back by the virtual printer, which knows nothing of the encoder."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pictures

from printer import profiles
from printer.encode import big_magnification, compose, cut, encode
from printer.errors import SlipError
from printer.profiles import Cutter, Profile
from printer.slip import Big, Feed, Image, Qr, Rule, Slip, Text
from printer.virtual.interpreter import Interpreter
from printer.virtual.model import Paper, Picture, QrCode, Space, TextLine
from printer.virtual.paper import draw


def printed(slip: Slip, profile: Profile, *, kanji: bool = False) -> Paper:
    """The one paper that ``slip`` becomes."""
    papers: list[Paper] = []
    interpreter = Interpreter(profile.dots, papers.append, kanji=kanji)
    interpreter.feed(encode(slip, profile))
    assert interpreter.unknown == []
    assert interpreter.waiting == 0
    interpreter.tear()  # where there is no cutter, a hand takes the paper off
    (paper,) = papers
    return paper


def codes_on(paper: Paper, profile: Profile) -> list[str]:
    """The codes a scanner reads off the drawn paper."""
    picture = draw(paper, dots=profile.dots, width_mm=profile.width_mm)
    return [code.text for code in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("name", profiles.names())
def test_a_ticket_reads_back_whole(ticket: Slip, name: str) -> None:
    profile = profiles.load(name)
    paper = printed(ticket, profile)
    text = " ".join(paper.lines)
    for line in ticket.lines:
        if isinstance(line, Text):
            assert line.text.replace("–", "-") in text
    assert paper.end == {"none": "torn"}.get(profile.cutter.kind, profile.cutter.kind)
    (code,) = [line.data for line in ticket.lines if isinstance(line, Qr)]
    assert codes_on(paper, profile) == [code]


@pytest.mark.parametrize("name", profiles.names())
def test_the_number_is_the_largest_thing_on_the_paper(ticket: Slip, name: str) -> None:
    paper = printed(ticket, profiles.load(name))
    sizes = {
        line.text: line.runs[0].cell for line in paper.elements if isinstance(line, TextLine) and line.runs
    }
    number = sizes.pop("A-001")
    assert number[1] == 24 * big_magnification("A-001", profiles.load(name).columns)
    assert all(cell[1] < number[1] for cell in sizes.values())


def test_nothing_grows_to_the_size_of_the_number() -> None:
    slip = Slip((Text("BESAR", width=8, height=8), Big("PENDUDUK-001")))
    sizes = [
        line.runs[0].cell[1]
        for line in printed(slip, profiles.load("generic-58")).elements
        if isinstance(line, TextLine)
    ]
    assert sizes == [24, 48]


@pytest.mark.parametrize(
    ("text", "columns", "times"),
    [("A-001", 48, 8), ("A-001", 32, 6), ("A-2001", 32, 5), ("X" * 60, 48, 1), ("", 48, 8)],
)
def test_big_is_as_large_as_the_paper_allows(text: str, columns: int, times: int) -> None:
    assert big_magnification(text, columns) == times


def test_a_standard_ticket_is_at_most_600_bytes(ticket: Slip) -> None:
    assert len(encode(ticket, profiles.load("generic-80"))) <= 600
    assert len(encode(ticket, profiles.load("generic-58"))) <= 600


def test_the_job_starts_from_a_known_state_and_sets_the_code_page_once(quick: Callable[..., Profile]) -> None:
    slip = Slip((Text("é"), Text("abc é"), Big("A-001")))
    job = encode(slip, quick(code_page="cp858", code_page_slot=19))
    assert job.startswith(b"\x1b@\x1c.\x1bt\x13")
    assert job.count(b"\x1bt") == 1
    assert encode(slip, quick(leave_kanji=False)).startswith(b"\x1b@\x1bt\x00")


def test_a_board_that_wakes_up_in_kanji_mode_prints_accents(quick: Callable[..., Profile]) -> None:
    slip = Slip((Text("Café – Résumé"),))
    assert printed(slip, quick(), kanji=True).lines == ["Café - Résumé"]
    # The same without FS .: two bytes are read as one character, which is why it is sent.
    assert printed(slip, quick(leave_kanji=False), kanji=True).lines != ["Café - Résumé"]


def test_long_text_is_wrapped_on_words_and_never_lost() -> None:
    text = "Surat Keterangan Tempat Tinggal bagi Orang Asing Pemegang Izin Tinggal Terbatas"
    for name in ("generic-80", "generic-58"):
        profile = profiles.load(name)
        lines = printed(Slip((Text(text, width=2),)), profile).lines
        assert " ".join(lines) == text
        assert all(len(line) * 2 <= profile.columns for line in lines)


@given(st.lists(st.text(max_size=80), max_size=5))
@settings(max_examples=60)
def test_any_text_prints_and_holds_no_command(texts: list[str]) -> None:
    profile = profiles.load("generic-58")
    slip = Slip((*(Text(text) for text in texts), Text("akhir")))
    paper = printed(slip, profile)
    assert paper.lines[-1] == "akhir"


@pytest.mark.parametrize(
    ("cutter", "expected", "end"),
    [
        (Cutter(kind="full"), b"\x1bd\x06\x1dV\x00", "full"),
        (Cutter(kind="partial"), b"\x1bd\x06\x1dV\x01", "partial"),
        (Cutter(kind="full", command="esc_i"), b"\x1bd\x06\x1bi", "full"),
        (Cutter(kind="partial", command="esc_i"), b"\x1bd\x06\x1bm", "partial"),
        (Cutter(kind="none"), b"\x1bd\x06", "torn"),
    ],
)
def test_the_cut_of_each_cutter(
    quick: Callable[..., Profile], cutter: Cutter, expected: bytes, end: str
) -> None:
    profile = quick(cutter=cutter)
    assert cut(profile) == expected
    papers: list[Paper] = []
    interpreter = Interpreter(profile.dots, papers.append)
    interpreter.feed(encode(Slip((Text("a"),)), profile))
    interpreter.tear()
    assert [paper.end for paper in papers] == [end]


@pytest.mark.parametrize("name", ["generic-80-raster", "generic-58-raster"])
def test_raster_codes_come_in_slices_with_a_quiet_zone(name: str) -> None:
    profile = profiles.load(name)
    elements = [e for e in printed(Slip((Qr("A" * 1000, "L"),)), profile).elements if e.advance]
    pictures = [element for element in elements if isinstance(element, Picture)]
    assert len(pictures) == 2
    assert all(len(picture.rows) <= 240 for picture in pictures)
    above, below = elements[0], elements[1 + len(pictures)]
    assert isinstance(above, Space)
    assert isinstance(below, Space)
    assert above.advance == below.advance >= 8, "white above and below"
    wide = 8 * pictures[0].width_bytes
    assert all(picture.align == "center" and profile.dots - wide >= 2 * 8 for picture in pictures), (
        "and beside"
    )


@given(st.text(min_size=1, max_size=120), st.sampled_from(["L", "M", "Q", "H"]))
@settings(max_examples=15, deadline=None)
def test_native_and_raster_codes_hold_what_was_given(data: str, level: str) -> None:
    native = profiles.load("generic-80")
    paper = printed(Slip((Qr(data, level),)), native)  # type: ignore[arg-type]
    assert paper.qr_codes == [data]
    (code,) = [element for element in paper.elements if isinstance(element, QrCode)]
    assert code.level == level
    raster = profiles.load("generic-80-raster")
    assert len(codes_on(printed(Slip((Qr(data, level),)), raster), raster)) == 1  # type: ignore[arg-type]


def test_a_code_too_large_for_paper_is_an_error() -> None:
    for name in ("generic-58", "generic-58-raster"):
        with pytest.raises(SlipError, match="E-PRN-02"):
            encode(Slip((Qr("x" * 3000),)), profiles.load(name))


def test_a_rule_crosses_the_paper_and_is_cheap(quick: Callable[..., Profile]) -> None:
    for profile in (quick(), quick("generic-58"), quick(code_page="ascii"), quick(columns=42, dots=512)):
        (line,) = [e for e in printed(Slip((Rule(),)), profile).elements if isinstance(e, TextLine)]
        assert sum(len(run.text) * run.cell[0] for run in line.runs) == profile.columns * 12
        assert line.runs[0].height == 1


def test_feed_moves_the_paper() -> None:
    plain = printed(Slip((Text("a"),)), profiles.load("generic-80")).height
    assert printed(Slip((Text("a"), Feed(3))), profiles.load("generic-80")).height == plain + 90
    assert printed(Slip((Text("a"), Feed(0))), profiles.load("generic-80")).height == plain


def test_a_logo_is_shrunk_to_the_paper_and_see_through_parts_stay_white(tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    logo = Pictures.new("RGBA", (1200, 600), (0, 0, 0, 0))
    logo.paste((0, 0, 0, 255), (300, 150, 900, 450))
    logo.save(path)
    for name in ("generic-80", "generic-58"):
        profile = profiles.load(name)
        paper = printed(Slip((Image(path),)), profile)
        pictures = [e for e in paper.elements if isinstance(e, Picture)]
        rows = [row for picture in pictures for row in picture.rows]
        assert {len(row) * 8 for row in rows} == {profile.dots}
        assert len(rows) == profile.dots // 2
        assert not any(rows[0])
        black = sum(bin(byte).count("1") for byte in b"".join(rows))
        assert black == pytest.approx(profile.dots * len(rows) / 4, rel=0.02)


def test_a_picture_of_odd_width_has_no_black_edge(tmp_path: Path) -> None:
    path = tmp_path / "white.png"
    Pictures.new("L", (13, 5), 255).save(path)
    (picture,) = [
        e
        for e in printed(Slip((Image(path),)), profiles.load("generic-80")).elements
        if isinstance(e, Picture)
    ]
    assert not any(any(row) for row in picture.rows)


def test_a_file_that_is_no_picture_is_named(tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    for content in (None, b"not a picture"):
        if content:
            path.write_bytes(content)
        with pytest.raises(SlipError, match=r"logo\.png"):
            encode(Slip((Image(path),)), profiles.load("generic-80"))


def test_the_composing_library_leaves_the_process_as_it_was(tmp_path: Path) -> None:
    script = (
        "import logging, os, tempfile\n"
        "from printer.encode import warm_up\n"
        "warm_up()\n"
        "assert logging.getLogger().handlers == [], logging.getLogger().handlers\n"
        "assert os.listdir(tempfile.gettempdir()) == [], os.listdir(tempfile.gettempdir())\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == ""


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    script = (
        "import sys\n"
        "import printer.connect, printer.press, printer.slip, printer.status\n"
        "heavy = {'escpos', 'PIL', 'qrcode', 'kivy', 'anyascii', 'pydantic'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])


def test_encoding_twice_gives_the_same_bytes(ticket: Slip) -> None:
    profile = profiles.load("generic-80")
    assert encode(ticket, profile) == encode(ticket, profile)


@pytest.mark.parametrize("name", profiles.names())
def test_the_length_is_what_the_printer_moves(name: str, ticket: Slip, tmp_path: Path) -> None:
    """By its own interpreter: text of all heights, wrapped and empty, codes, pictures and the feed to the cutter."""
    Pictures.new("L", (300, 77), 0).save(tmp_path / "logo.png")
    profile = profiles.load(name)
    more = (Image(tmp_path / "logo.png"), Text("a b " * 40, height=3), Text("", height=4), Feed(3), Feed(0))
    job = compose(Slip((*ticket.lines, *more)), profile)
    printer = Interpreter(profile.dots, lambda paper: None)
    printer.feed(job.data)
    assert job.data == encode(Slip((*ticket.lines, *more)), profile)
    assert job.length_mm == pytest.approx(printer.moved / profile.dpi * 25.4)
    assert job.length_mm > 80
