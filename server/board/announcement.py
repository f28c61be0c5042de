"""What the board says of a call, word by word: numbers are spoken as people read them off their paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

LANGUAGES: Final = ("id", "en")

_DIGITS: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
_TEENS: Final = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS: Final = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

_SENTENCES: Final[Mapping[str, Mapping[bool, str]]] = {
    "id": {
        False: "Nomor {queue} {number}, silakan menuju {counter}.",
        True: "Nomor {queue} prioritas {number}, silakan menuju {counter}.",
    },
    "en": {
        False: "{queue} number {number}, please go to {counter}.",
        True: "Priority {queue} number {number}, please go to {counter}.",
    },
}
_NUMBER: Final = re.compile(r"(.*?)[-. /]?(\d+)")
_PARTS: Final = re.compile(r"[0-9]+|[^\W\d_]+")
_SPELT: Final = 2
"""Capital letters in a row that are read one by one; more of them are a word."""


def announcement(
    number: str, counter: str, language: str, *, queue_word: str, counter_word: str, priority: bool = False
) -> str:
    """Return the sentence for the ticket ``number`` (``A-001``) at ``counter`` (``3``, ``12B``, ``Kasir``).

    >>> announcement("A-001", "3", "id", queue_word="antrean", counter_word="Loket")
    'Nomor antrean A, nol nol satu, silakan menuju loket tiga.'
    """
    sentence = _SENTENCES[language][priority].format(
        queue=queue_word.lower(),
        number=spoken_number(number, language),
        counter=f"{counter_word.lower()} {spoken_counter(counter, language)}",
    )
    return sentence[0].upper() + sentence[1:]


def spoken_number(number: str, language: str) -> str:
    """Return a ticket's number: its queue letter by letter, a pause, its digits one by one."""
    found = _NUMBER.fullmatch(number)
    queue, digits = found.groups() if found else (number, "")
    said = [_one_by_one(queue, language), _one_by_one(digits, language)]
    return ", ".join(part for part in said if part)


def spoken_counter(counter: str, language: str) -> str:
    """Return a counter's name: numbers as quantities (fourteen), capitals one by one, words as they are."""
    said = []
    for part in _PARTS.findall(counter):
        if part[0] in "0123456789":
            whole = len(part) < 4 and (part == "0" or not part.startswith("0"))
            said.append(cardinal(int(part), language) if whole else _one_by_one(part, language))
        elif len(part) == 1 or (part.isupper() and len(part) <= _SPELT):
            said.append(_one_by_one(part, language))
        else:
            said.append(part)
    return " ".join(said)


def _one_by_one(text: str, language: str) -> str:
    signs = (sign for sign in text.upper() if sign.isalnum())
    return " ".join(
        _DIGITS[language][int(sign)] if sign.isascii() and sign.isdigit() else sign for sign in signs
    )


def cardinal(value: int, language: str) -> str:
    """Return ``value`` (0 to 999) as a quantity. Raises ValueError outside."""
    if not 0 <= value <= 999:
        raise ValueError(f"value is {value}; allowed: 0 to 999")
    return (_indonesian if language == "id" else _english)(value)


def _indonesian(value: int) -> str:
    words = _DIGITS["id"]
    if value < 10:
        return words[value]
    if value < 20:
        ones = value - 10
        return ("sepuluh", "sebelas")[ones] if ones < 2 else f"{words[ones]} belas"
    if value < 100:
        return _with_rest(f"{words[value // 10]} puluh", value % 10, "id")
    hundreds = "seratus" if value < 200 else f"{words[value // 100]} ratus"
    return _with_rest(hundreds, value % 100, "id")


def _english(value: int) -> str:
    if value < 10:
        return _DIGITS["en"][value]
    if value < 20:
        return _TEENS[value - 10]
    if value < 100:
        return _with_rest(_TENS[value // 10], value % 10, "en")
    return _with_rest(f"{_DIGITS['en'][value // 100]} hundred", value % 100, "en")


def _with_rest(words: str, rest: int, language: str) -> str:
    return f"{words} {cardinal(rest, language)}" if rest else words
