"""Text as a printer can print it: inside its code page, and no wider than its paper."""

from __future__ import annotations

import textwrap
import unicodedata
from functools import lru_cache


@lru_cache(maxsize=4096)
def _printable(char: str, codec: str) -> str:
    """``char`` itself where the code page has it, else its nearest spelling there; control characters vanish."""
    if char.isspace():
        return " "
    if char.isascii():
        # A control character in a text would be a command to the printer.
        return char if char.isprintable() else ""
    if unicodedata.category(char)[0] != "C":
        try:
            char.encode(codec)
        except UnicodeEncodeError:
            pass  # not in this code page: spelled below
        else:
            return char
    from anyascii import anyascii  # its tables are read only when a text needs them

    return "".join(part for part in anyascii(char) if part.isascii() and part.isprintable())


def to_code_page(text: str, codec: str) -> str:
    """``text`` spelled with the characters of ``codec`` alone: ``–`` becomes ``-``, ``…`` becomes ``...``.

    Line breaks stay; other control characters are taken out. Never a ``?`` that was not there.
    """
    if text.isascii() and text.isprintable():
        return text
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").split("\n")
    return "\n".join("".join(_printable(char, codec) for char in line) for line in lines)


def wrap(text: str, columns: int, hang: int = 0) -> list[str]:
    """Lines of at most ``columns`` characters, broken between words; a word longer than a line is broken
    itself.

    At least one line comes back: an empty text is an empty line. The lines after the first begin with ``hang`` spaces.
    """
    if len(text) <= columns and "\n" not in text:
        return [text]
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += textwrap.wrap(
            paragraph, max(1, columns), break_on_hyphens=False, subsequent_indent=" " * hang
        ) or [""]
    return lines
