"""Text fits the code page and the paper, and nothing of it is lost."""

from __future__ import annotations

import pytest
from anyascii import anyascii
from hypothesis import given
from hypothesis import strategies as st

from printer.text import to_code_page, wrap


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("pukul 08.00–15.00", "pukul 08.00-15.00"),
        ("“Jum’at”", '"Jum\'at"'),
        ("menunggu…", "menunggu..."),
        ("café", "café"),
        ("cafe\u0301", "café"),  # the same letter in two code points
        ("Rp\u00a05.000", "Rp 5.000"),
        ("5 €", "5 EUR"),
        ("lan\u00adsia", "lansia"),
        ("Łódź", "Lódz"),
        ("a\u200bb", "ab"),
        ("baris\nbaru", "baris\nbaru"),
        ("a\x1bb\x1d\x00c", "ab c"),  # a text is never a command
        ("apa?", "apa?"),
    ],
)
def test_spelling_in_cp437(text: str, spelled: str) -> None:
    assert to_code_page(text, "cp437") == spelled


def test_the_code_page_decides() -> None:
    assert to_code_page("5 €", "cp858") == "5 €"


@given(st.text(), st.sampled_from(["cp437", "cp850", "cp858", "cp1252", "ascii"]))
def test_any_text_can_be_encoded_without_question_marks(text: str, codec: str) -> None:
    spelled = to_code_page(text, codec)
    data = spelled.encode(codec)  # raises nothing
    assert not any((byte < 0x20 and byte != 0x0A) or byte == 0x7F for byte in data)
    if "?" not in text:
        # Only characters that mean a question mark may become one.
        marks = {char for char in text if "?" in to_code_page(char, codec)}
        assert all("?" in anyascii(char) for char in marks)


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "P", "Zs"])), st.integers(1, 50))
def test_wrapping_keeps_every_character_but_blanks(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert all(len(line) <= columns for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_wrapping_is_on_words_and_breaks_only_long_ones() -> None:
    assert wrap("Dinas Kependudukan dan", 16) == ["Dinas", "Kependudukan dan"]
    assert wrap("Kependudukan", 5) == ["Kepen", "duduk", "an"]
    assert wrap("nomor A-001", 8) == ["nomor", "A-001"]  # never broken at its hyphen
    assert wrap("satu\n\ndua", 10) == ["satu", "", "dua"]
    assert wrap("", 10) == [""]
    assert wrap("[ ] satu dua tiga", 12, hang=4) == ["[ ] satu dua", "    tiga"]
