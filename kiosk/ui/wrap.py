"""Breaks a text into lines of a given width: at spaces, at soft hyphens, between syllables, and only then anywhere.

Free of Kivy: the caller says how wide a piece of text is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SOFT_HYPHEN = "\u00ad"
_BREAK_AFTER = "/-–"

Measure = Callable[[str], float]


GENTLE, SYLLABLE, FORCED = 0, 1, 2
"""How the worst break of a text was made: at a space or a mark, between syllables, anywhere."""


@dataclass(frozen=True)
class Lines:
    """The broken text, and its worst break."""

    lines: tuple[str, ...]
    worst: int = GENTLE

    @property
    def whole(self) -> bool:
        """Whether no word had to be broken where no reader would break it."""
        return self.worst < FORCED


def plain(text: str) -> str:
    """Return ``text`` without the marks that only say where a word may break."""
    return text.replace(SOFT_HYPHEN, "")


def wrap(text: str, width: float, measure: Measure) -> Lines:
    """Break ``text`` into lines no wider than ``width`` (same unit as ``measure``)."""
    lines: list[str] = []
    worst = GENTLE
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            line, done, made = _place(word, line, width, measure)
            lines += done
            worst = max(worst, made)
        lines.append(line)
    return Lines(tuple(lines), worst)


def balance(text: str, width: float, measure: Measure) -> Lines:
    """Break like ``wrap`` but into lines of nearly the same length: no single word is left alone at the end."""
    best = wrap(text, width, measure)
    if len(best.lines) < 2:
        return best
    low, high = 0.4 * width, width
    for _ in range(7):
        middle = (low + high) / 2
        candidate = wrap(text, middle, measure)
        if candidate.worst <= best.worst and len(candidate.lines) == len(best.lines):
            best, high = candidate, middle
        else:
            low = middle
    return best


def _place(word: str, line: str, width: float, measure: Measure) -> tuple[str, list[str], int]:
    """Put ``word`` behind ``line``; return the line now open, the lines that were filled, and the worst break."""
    joined = f"{line} {word}" if line else word
    if measure(plain(joined)) <= width:
        return plain(joined), [], GENTLE
    if line and measure(plain(word)) <= width:
        return (
            plain(word),
            [line],
            GENTLE,
        )  # a whole word on the next line reads better than a broken one here
    for head, tail, made in _breaks(word):
        start = f"{line} {head}" if line else head
        if measure(start) <= width and (line == "" or len(plain(head)) >= 4):
            rest, more, worst = _place(tail, "", width, measure)
            return rest, [start, *more], max(made, worst)
    if line:
        rest, more, worst = _place(word, "", width, measure)
        return rest, [line, *more], worst
    return _force(plain(word), width, measure)


def _breaks(word: str) -> Iterator[tuple[str, str, int]]:
    """Yield (head as drawn, tail, kind) for each break of ``word``: marks before syllables, the latest first."""
    for index in range(len(word) - 1, 0, -1):
        if word[index] == SOFT_HYPHEN:
            yield plain(word[:index]) + "-", word[index + 1 :], GENTLE
        elif word[index - 1] in _BREAK_AFTER and index > 1:
            yield plain(word[:index]), word[index:], GENTLE
    bare = plain(word)
    for index in reversed(syllables(bare)):
        yield bare[:index] + "-", bare[index:], SYLLABLE


_LONG = 8
_VOWEL, _CONSONANT = "[aiueo]", "[b-df-hj-np-tv-z]"
_SYLLABLE = re.compile(
    f"{_VOWEL}(?:(?=(?:ng|ny|sy|kh|{_CONSONANT}){_VOWEL})|(?:ng|{_CONSONANT})(?={_CONSONANT}{_VOWEL}))"
)


def syllables(word: str) -> list[int]:
    """Return where a long Indonesian word may break: before one consonant and a vowel, between two consonants (PUEBI
    on syllables); never closer than three letters to either end, and never in capitals or digits."""
    if len(word) < _LONG or not word[1:].islower():
        return []
    ends = (match.end() for match in _SYLLABLE.finditer(word.lower()))
    return [end for end in ends if 3 <= end <= len(word) - 3]


def _force(word: str, width: float, measure: Measure) -> tuple[str, list[str], int]:
    done: list[str] = []
    while len(word) > 1 and measure(word) > width:
        cut = next((n for n in range(len(word) - 1, 1, -1) if measure(word[:n] + "-") <= width), 1)
        done.append(word[:cut] + "-")
        word = word[cut:]
    return word, done, FORCED if done else GENTLE
