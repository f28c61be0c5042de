"""Search: what visitors type finds what they mean, in the sample site and in made-up ones."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kiosk.core.catalogue import Catalogue
from kiosk.core.search import EXACT, SHORTEST_FORGIVEN, SearchIndex, words_of
from tests.core.builders import both, make_agency, make_catalogue, make_service

SAMPLE = Path(__file__).resolve().parents[2] / "config" / "sites" / "bangkalan" / "catalogue.json"


@pytest.fixture(scope="module")
def sample() -> SearchIndex:
    return SearchIndex(Catalogue.model_validate_json(SAMPLE.read_text(encoding="utf-8")))


def services(index: SearchIndex, query: str, limit: int = 24) -> list[str]:
    return [hit.service or hit.agency for hit in index.find(query, limit)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("ktp hilang", "C03"),
        ("KTP-el hilang", "C03"),
        ("hilang ktp", "C03"),
        ("lost id card", "C03"),
        ("surat kehilangan", "J03"),
        ("kehilangan surat", "J03"),
        ("surat kehi", "J03"),
        ("surat kehilagan", "J03"),
        ("lost report", "J03"),
        ("pajak motor", "I01"),
        ("pajek motor", "I01"),
        ("buat ktp baru", "C01"),
        ("saya mau bikin skck", "J01"),
        ("dukcapil", "C"),
        ("samsat", "I"),
        ("imigrasi", "B"),
        ("bpjs", "H"),
        ("kia", "C08"),
        ("akta lahir", "C09"),
        ("tilang", "K01"),
    ],
)
def test_the_first_hit_is_what_is_meant(sample: SearchIndex, query: str, first: str) -> None:
    assert services(sample, query)[0] == first


@pytest.mark.parametrize(
    ("query", "prefix"),
    [("pasport", "B"), ("paspor", "B"), ("passport", "B"), ("skck", "J"), ("skk", "J"), ("stnk", "I")],
)
def test_the_first_hits_are_of_the_right_agency(sample: SearchIndex, query: str, prefix: str) -> None:
    assert {code[0] for code in services(sample, query, 2)} == {prefix}


@pytest.mark.parametrize("query", ["ktp el", "ktp-el", "KTP-EL", "ktpel", " Ktp  El ", "kTp—el"])
def test_case_hyphens_and_spaces_do_not_matter(sample: SearchIndex, query: str) -> None:
    assert set(services(sample, query, 4)) == {"C01", "C02", "C03", "C04"}


def test_typed_letter_by_letter_the_goal_appears_early_and_stays(sample: SearchIndex) -> None:
    word = "kehilangan"
    seen = ["J03" in services(sample, word[:typed]) for typed in range(1, len(word) + 1)]
    assert seen[2:] == [True] * (len(word) - 2)


@pytest.mark.parametrize("query", ["", "   ", "-", "…", "xyzzyq", "12345678"])
def test_nothing_asked_or_nothing_known_finds_nothing(sample: SearchIndex, query: str) -> None:
    assert sample.find(query) == ()


def test_the_limit_holds_and_the_best_come_first(sample: SearchIndex) -> None:
    everything = sample.find("s", 1000)
    assert len(everything) > 24
    assert sample.find("s") == everything[:24]
    assert [hit.score for hit in everything] == sorted((hit.score for hit in everything), reverse=True)


def test_every_service_is_found_by_its_own_title_and_words(sample: SearchIndex) -> None:
    catalogue = Catalogue.model_validate_json(SAMPLE.read_text(encoding="utf-8"))
    missed = [
        (service.code, text)
        for service in catalogue.services
        for text in (*service.short.values(), *service.words)
        if service.code not in services(sample, text)
    ]
    assert missed == []


def index_of(*titles: str) -> SearchIndex:
    return SearchIndex(
        make_catalogue(
            *(make_service(code=f"C{place}", short=both(title)) for place, title in enumerate(titles))
        )
    )


def test_exact_before_prefix_before_fuzzy() -> None:
    index = index_of("Lahiriah", "Lahur", "Lahir", "Zakat")
    assert services(index, "lahir") == ["C2", "C0"], "an exact word is no reason to guess"
    index = index_of("Lahur", "Lahiriah")
    assert services(index, "lahir") == ["C1", "C0"]


def test_an_exact_word_of_the_description_comes_before_a_beginning_in_a_title() -> None:
    described = make_service(code="C1", short=both("Zakat"), line=both("untuk lahir"))
    titled = make_service(code="C2", short=both("Lahiriah batin"))
    assert services(SearchIndex(make_catalogue(titled, described)), "lahir") == ["C1", "C2"]


def test_a_rare_word_counts_for_more_than_a_common_one() -> None:
    index = index_of("Surat pindah", "Surat datang", "Surat jalan", "Kehilangan barang", "Surat kuasa")
    assert services(index, "surat kehilangan")[0] == "C3"


def test_words_that_say_nothing_of_a_service_are_left_out() -> None:
    index = index_of("Ambil akta", "Paspor", "Paspor biru")
    assert services(index, "mau ambil paspor") == ["C1", "C2"]
    assert services(index, "ambil") == ["C0"], "unless nothing else is asked"


def test_popularity_decides_between_equals_only() -> None:
    agencies = (make_agency(code="X", short=both("Satu")), make_agency(code="Y", short=both("Dua")))
    equal = [make_service(code=f"{code}1", agency=code, short=both("Paspor")) for code in "XY"]
    better = make_service(code="X2", agency="X", short=both("Paspor biru"))
    index = SearchIndex(make_catalogue(*equal, better, agencies=agencies))
    assert services(index, "paspor") == ["X1", "Y1", "X2"], "the catalogue's order"
    assert [hit.service for hit in index.find("paspor", popular={"Y": 9, "X": 3})] == ["Y1", "X1", "X2"]
    assert index.find("paspor biru", popular={"Y": 9})[0].service == "X2"


def test_accents_and_soft_hyphens_do_not_matter() -> None:
    index = index_of("Café Ketenaga\u00adkerjaan")
    assert services(index, "cafe") == services(index, "CAFÉ") == services(index, "ketenagakerjaan") == ["C0"]
    assert words_of("Ketenaga\u00adkerjaan É-ktp_2") == ["ketenagakerjaan", "e", "ktp", "2"]


# --- one letter is forgiven -----------------------------------------------------------------------------------------

letters = st.sampled_from(string.ascii_lowercase)
word = st.text(letters, min_size=SHORTEST_FORGIVEN, max_size=14)


@st.composite
def slips(draw: st.DrawFn) -> tuple[str, str]:
    """A word and what a finger makes of it: a letter wrong, missing, too many, or two swapped."""
    right = draw(word)
    place = draw(st.integers(0, len(right) - 1))
    letter = draw(letters)
    kind = draw(st.sampled_from(["wrong", "missing", "extra", "swapped"]))
    typed = {
        "wrong": right[:place] + letter + right[place + 1 :],
        "missing": right[:place] + right[place + 1 :],
        "extra": right[:place] + letter + right[place:],
        "swapped": right[:place] + right[place : place + 2][::-1] + right[place + 2 :],
    }[kind]
    return right, typed


@given(slips())
def test_one_wrong_letter_is_forgiven(slip: tuple[str, str]) -> None:
    right, typed = slip
    assert "C0" in services(index_of(f"Layanan {right}", "Zakat"), typed)


@given(slips(), st.integers(SHORTEST_FORGIVEN, 14))
def test_one_wrong_letter_is_forgiven_while_typing(slip: tuple[str, str], so_far: int) -> None:
    """A slip early in a long word: what is typed so far still finds it."""
    right, typed = slip
    assume(so_far <= len(typed))
    so_far_typed = typed[:so_far]
    index = index_of(f"Layanan {right}", "Zakat")
    known = set(index.find(so_far_typed))
    assume(not any(hit.score > EXACT for hit in known if hit.service != "C0"))
    assert "C0" in {hit.service for hit in known}


@pytest.mark.parametrize(("title", "typed"), [("Sim", "sin"), ("Kk", "kj"), ("Kia", "kai"), ("Nib", "mib")])
def test_short_words_are_not_guessed(title: str, typed: str) -> None:
    """In "sim" or "kk" another letter is another word."""
    assert services(index_of(title), title.lower()) == ["C0"]
    assert services(index_of(title), typed) == []


@given(st.text(max_size=60))
def test_any_text_is_answered(sample: SearchIndex, query: str) -> None:
    hits = sample.find(query, 5)
    assert len(hits) <= 5
    assert len({(hit.agency, hit.service) for hit in hits}) == len(hits)


@given(st.permutations(["akta", "lahir", "terlambat", "kutipan"]))
def test_the_order_of_words_is_free(order: list[str]) -> None:
    index = index_of("Zakat", "Kutipan akta lahir terlambat", "Akta nikah")
    assert services(index, " ".join(order))[0] == "C1"
