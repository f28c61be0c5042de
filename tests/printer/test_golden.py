"""The bytes of each profile's ticket, held as files, and that a printer reads the same ticket out of all of them.

A change that was meant: ``python -m tests.support.golden``.
"""

from __future__ import annotations

import pytest
import zxingcpp
from PIL import Image

from kiosk import site
from kiosk.settings import DEFAULT_FILE
from printer import profiles
from printer.encode import encode
from printer.slip import Slip, Text
from printer.text import to_code_page
from printer.virtual.model import Paper
from printer.virtual.paper import draw
from tests.support.golden import FOLDER, as_picture, paper_of
from tests.support.slips import TICKET, URL

NAMES = profiles.names()


@pytest.mark.parametrize("name", NAMES)
def test_the_bytes_are_those_kept(name: str) -> None:
    assert encode(TICKET, profiles.load(name)).hex(" ") == (FOLDER / f"{name}.bin").read_bytes().hex(" ")


@pytest.mark.parametrize("name", NAMES)
def test_the_bytes_kept_are_the_picture_kept(name: str) -> None:
    profile = profiles.load(name)
    found = as_picture(paper_of((FOLDER / f"{name}.bin").read_bytes(), profile))
    assert found.splitlines() == (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def test_nothing_is_kept_that_is_no_profile() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(
        f"{name}.{kind}" for name in NAMES for kind in ("bin", "txt")
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_profile_gives_the_same_ticket(name: str) -> None:
    """The same words in the same order, and a code that a scanner reads: whatever the paper, the code page, the
    printer's own QR or a picture of one."""
    profile = profiles.load(name)
    paper = paper_of(encode(TICKET, profile), profile)
    spelled = [to_code_page(line.text, "ascii") for line in TICKET.lines if hasattr(line, "text")]
    found = " ".join(line for line in paper.lines if set(line) - set("─-"))
    assert to_code_page(found, "ascii").split() == " ".join(spelled).split()
    assert [code.text for code in zxingcpp.read_barcodes(drawn(paper, profile))] == [URL]


@pytest.mark.parametrize("width", [58, 80])
def test_a_code_sent_as_a_picture_is_dot_for_dot_the_printers_own(width: int) -> None:
    pictures = []
    for name in (f"generic-{width}", f"generic-{width}-raster"):
        profile = profiles.load(name)
        sheet = drawn(paper_of(encode(Slip(TICKET.lines[13:14]), profile), profile), profile).convert("L")
        inner = sheet.point(lambda grey: 255 if grey < 100 else 0).crop(
            (60, 60, sheet.width - 60, sheet.height - 60)
        )
        pictures.append(inner.crop(inner.getbbox()))
    assert pictures[0].size == pictures[1].size
    assert pictures[0].tobytes() == pictures[1].tobytes()


def drawn(paper: Paper, profile: profiles.Profile) -> Image.Image:
    return draw(paper, dots=profile.dots, width_mm=profile.width_mm)


# --- the catalogue's letters ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def characters() -> str:
    """Every character of the sample site and its catalogue."""
    data = site.load(DEFAULT_FILE.parent / "sites" / "bangkalan")
    text = (data.directory / "catalogue.json").read_text(encoding="utf-8")
    text += (data.directory / "site.toml").read_text(encoding="utf-8")
    # Blanks and soft hyphens are for wrapping; they leave no ink.
    return "".join(sorted(char for char in set(text) if not char.isspace() and char != "\u00ad"))


@pytest.mark.parametrize("name", NAMES)
def test_every_character_of_the_catalogue_prints_as_itself_or_spelled(name: str, characters: str) -> None:
    """Through the printer and back: what is in the code page as it is, the rest in letters, never ``?``."""
    profile = profiles.load(name)
    assert len(characters) > 80
    slip = Slip(tuple(Text(f"<{char}>") for char in characters))
    spelled = [to_code_page(char, profile.code_page) for char in characters]
    assert paper_of(encode(slip, profile), profile).lines == [f"<{letters}>" for letters in spelled]
    for char, letters in zip(characters, spelled, strict=True):
        assert letters, f"{char!r} U+{ord(char):04X} is lost"
        assert "?" not in letters or char == "?"
        try:
            char.encode(profile.code_page)
        except UnicodeEncodeError:
            continue
        assert letters == char
