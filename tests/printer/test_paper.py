"""The drawn paper: sizes that can be measured, codes that can be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image as Pictures

from printer import profiles
from printer.encode import encode
from printer.slip import Slip
from printer.virtual import paper as drawing
from printer.virtual.folder import PaperFolder, as_text
from printer.virtual.interpreter import Interpreter
from printer.virtual.model import Paper, Picture, Run, Space, TextLine
from printer.virtual.paper import HEAD_TO_CUTTER, MARGIN, draw

BLACK = 90


def ink_box(picture: Pictures.Image) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is printed, without the table around the paper."""
    inner = picture.convert("L").crop((MARGIN, MARGIN, picture.width - MARGIN, picture.height - MARGIN))
    box = inner.point([255 if value < BLACK else 0 for value in range(256)]).getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize(("dots", "width_mm"), [(576, 80), (384, 58)])
def test_one_pixel_is_one_dot(dots: int, width_mm: int) -> None:
    bar = Picture(dots // 8, (b"\xff" * (dots // 8),) * 16, "left")
    picture = draw(Paper((bar, Space(200)), "full"), dots=dots, width_mm=width_mm)
    assert picture.width == width_mm * 8 + 2 * MARGIN
    left, top, right, bottom = ink_box(picture)
    assert right - left == dots
    assert bottom - top == 16
    assert top == HEAD_TO_CUTTER
    assert left == (width_mm * 8 - dots) // 2


@pytest.mark.parametrize(("align", "left"), [("left", 0), ("center", 288 - 48), ("right", 576 - 96)])
def test_text_stands_where_it_is_aligned_in_cells_of_the_right_size(align: str, left: int) -> None:
    line = TextLine((Run("M" * 4, 2, 2),), align, 48)  # type: ignore[arg-type]
    box = ink_box(draw(Paper((line, Space(200)), "full"), dots=576, width_mm=80))
    assert left + 32 <= box[0] <= left + 32 + 6
    assert box[2] <= left + 32 + 96
    assert 60 <= box[2] - box[0] <= 96
    assert 24 <= box[3] - box[1] <= 48


def test_bold_is_darker_and_inverse_is_white_on_black() -> None:
    def black(run: Run) -> int:
        picture = draw(Paper((TextLine((run,), "left", 24), Space(200)), "full"), dots=576, width_mm=80)
        inner = picture.convert("L").crop((MARGIN, MARGIN, picture.width - MARGIN, picture.height - MARGIN))
        return sum(inner.histogram()[:BLACK])

    plain = black(Run("MMMM"))
    assert black(Run("MMMM", bold=True)) > plain
    assert black(Run("MMMM", underline=True)) > plain
    assert black(Run("MMMM", inverse=True)) > 2 * plain


def test_a_torn_edge_differs_from_a_cut_one() -> None:
    elements = (TextLine((Run("a"),), "left", 30), Space(180))
    assert draw(Paper(elements, "torn"), dots=576, width_mm=80) != draw(
        Paper(elements, "full"), dots=576, width_mm=80
    )


def test_a_runaway_paper_is_bounded() -> None:
    paper = Paper((Space(1_000_000), TextLine((Run("a"),), "left", 30)), "full")
    assert draw(paper, dots=384, width_mm=58).height <= drawing.MAX_DOTS + 2 * MARGIN


def test_without_a_monospaced_face_it_still_draws(ticket: Slip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for cache in (drawing._mono_file, drawing._font, drawing._glyph):
        cache.cache_clear()
    papers: list[Paper] = []
    Interpreter(576, papers.append).feed(encode(ticket, profiles.load("generic-80")))
    box = ink_box(draw(papers[0], dots=576, width_mm=80))
    for cache in (drawing._mono_file, drawing._font, drawing._glyph):
        cache.cache_clear()
    assert box[2] - box[0] == 576  # the rules


def test_papers_are_numbered_on_and_the_oldest_go(tmp_path: Path) -> None:
    paper = Paper((TextLine((Run("nomor"),), "left", 30), Space(180)), "full")
    folder = tmp_path / "papers"
    for expected in ("paper-000001.png", "paper-000002.png"):
        assert PaperFolder(folder, dots=384, width_mm=58).add(paper).name == expected
    few = PaperFolder(folder, dots=384, width_mm=58, keep=2)
    assert few.add(paper).name == "paper-000003.png"
    assert [path.name for path in few.papers()] == ["paper-000002.png", "paper-000003.png"]
    assert sorted(path.suffix for path in folder.iterdir()) == [".png", ".png", ".txt", ".txt"]
    assert (folder / "paper-000003.txt").read_text(encoding="utf-8") == "nomor\n"


def test_a_folder_that_is_not_there_holds_no_papers(tmp_path: Path) -> None:
    assert PaperFolder(tmp_path / "none", dots=384, width_mm=58).papers() == []


def test_the_text_beside_the_picture(ticket: Slip) -> None:
    papers: list[Paper] = []
    Interpreter(576, papers.append).feed(encode(ticket, profiles.load("generic-80")))
    text = as_text(papers[0])
    assert "A-001\n" in text
    assert "[QR] https://" in text
