"""What is said of a call, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from server.board.announcement import LANGUAGES, announcement, cardinal, spoken_counter, spoken_number

WORDS = {
    "id": {"queue_word": "antrean", "counter_word": "Loket"},
    "en": {"queue_word": "queue", "counter_word": "Counter"},
}


@pytest.mark.parametrize(
    ("number", "counter", "language", "priority", "said"),
    [
        ("A-001", "3", "id", False, "Nomor antrean A, nol nol satu, silakan menuju loket tiga."),
        ("A-001", "3", "en", False, "Queue number A, zero zero one, please go to counter three."),
        ("A-001", "3", "id", True, "Nomor antrean prioritas A, nol nol satu, silakan menuju loket tiga."),
        ("A-001", "3", "en", True, "Priority queue number A, zero zero one, please go to counter three."),
        (
            "3C-120",
            "14",
            "id",
            False,
            "Nomor antrean tiga C, satu dua nol, silakan menuju loket empat belas.",
        ),
        (
            "C-2015",
            "26",
            "id",
            False,
            "Nomor antrean C, dua nol satu lima, silakan menuju loket dua puluh enam.",
        ),
        ("B 07", "Kasir 2", "id", False, "Nomor antrean B, nol tujuh, silakan menuju loket Kasir dua."),
        ("A001", "12B", "en", False, "Queue number A, zero zero one, please go to counter twelve B."),
    ],
)
def test_the_sentence(number: str, counter: str, language: str, priority: bool, said: str) -> None:
    assert announcement(number, counter, language, priority=priority, **WORDS[language]) == said


def test_the_sites_own_words() -> None:
    said = announcement("A-001", "1", "id", queue_word="antrian", counter_word="Counter")
    assert said == "Nomor antrian A, nol nol satu, silakan menuju counter satu."


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [
        (0, "nol", "zero"),
        (10, "sepuluh", "ten"),
        (11, "sebelas", "eleven"),
        (19, "sembilan belas", "nineteen"),
        (20, "dua puluh", "twenty"),
        (99, "sembilan puluh sembilan", "ninety nine"),
        (100, "seratus", "one hundred"),
        (111, "seratus sebelas", "one hundred eleven"),
        (250, "dua ratus lima puluh", "two hundred fifty"),
    ],
)
def test_quantities(value: int, indonesian: str, english: str) -> None:
    assert (cardinal(value, "id"), cardinal(value, "en")) == (indonesian, english)


def test_every_quantity_has_words_of_its_own() -> None:
    for language in LANGUAGES:
        assert len({cardinal(value, language) for value in range(1000)}) == 1000
    for wrong in (-1, 1000):
        with pytest.raises(ValueError, match="allowed: 0 to 999"):
            cardinal(wrong, "id")


@given(some.from_regex(r"[A-Z0-9]{0,2}[A-Z][-. /]?[0-9]{2,5}", fullmatch=True), some.sampled_from(LANGUAGES))
def test_a_number_is_said_sign_by_sign(number: str, language: str) -> None:
    said = spoken_number(number, language)
    assert len(said.replace(",", "").split()) == sum(sign.isalnum() for sign in number)
    assert not any(sign.isdigit() for sign in said)


@given(some.text(max_size=20), some.sampled_from(LANGUAGES))
def test_whatever_a_counter_is_called_it_can_be_said(counter: str, language: str) -> None:
    assert not any(sign.isascii() and sign.isdigit() for sign in spoken_counter(counter, language))


def test_a_counter_that_is_a_word_or_a_long_number() -> None:
    assert spoken_counter("Informasi", "id") == "Informasi"
    assert spoken_counter("VIP", "id") == "VIP"
    assert spoken_counter("2024", "id") == "dua nol dua empat"
    assert spoken_counter("07", "en") == "zero seven"
    assert spoken_counter("—", "id") == ""
