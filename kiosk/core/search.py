"""Finding a service by the words people use: ``ktp``, ``surat kehilangan``, ``pajak motor``, ``pasport``.

The catalogue is taken apart once into words; a query is taken apart the same way, and each of its words is
looked up as it is typed. Ways a word can match, the better always before the worse::

    exact    the word itself                         ktp       → KTP
    prefix   its beginning: typing is still going on  kehil     → kehilangan
    fuzzy    one letter wrong, missing, too many, or two swapped, in words of four letters and more;
             also in what is typed of a longer word   pasport   → paspor,  kehlia → kehilangan

Letter case, accents, hyphens and the order of words do not matter; "KTP-el", "ktp el" and "ktpel" are the
same. A rare word counts for more than a common one ("kehilangan" more than "surat"), and a word counts for more where
it is the visitor's own (search words, title) than where it only describes.
"""

from __future__ import annotations

import bisect
import functools
import heapq
import math
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.core.catalogue import Catalogue

EXACT, PREFIX, FUZZY = 3.0, 2.0, 1.0
"""What a match is worth. The place where a word stands adds less than the step between two of these."""
TITLE, NAME, AGENCY, LINE = 0.9, 0.7, 0.3, 0.2

_LARGEST_BONUS = 0.64

SHORTEST_OF_AGENCY = 3
"""Letters of an agency's name that also find its services: one or two begin the names of half the mall."""

SHORTEST_FORGIVEN = 4
"""Letters of a word in the catalogue that may be misspelt: in shorter ones a letter makes another word."""

_NOT_A_WORD = re.compile(r"[\W_]+")
_FILLERS = frozenset(
    {
        "saya",
        "aku",
        "mau",
        "ingin",
        "buat",
        "bikin",
        "membuat",
        "urus",
        "mengurus",
        "ambil",
        "untuk",
        "di",
        "ke",
    }
    | {
        "yang",
        "dan",
        "atau",
        "cara",
        "minta",
        "tolong",
        "mohon",
        "i",
        "want",
        "to",
        "a",
        "an",
        "the",
        "for",
        "of",
    }
    | {"and", "need", "get", "make", "my", "please"}
)
"""Words that say nothing of the service; left out unless nothing else is asked."""


@dataclass(frozen=True)
class Hit:
    """One finding: a service, or an agency as a whole (``service`` is None)."""

    agency: str
    service: str | None
    score: float
    """Larger is better; only the order means anything."""


class SearchIndex:
    """The words of a catalogue, ready to be searched. Building takes about 0.1 ms a service; not
    thread-safe."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._entries: list[tuple[str, str | None]] = []
        self._phrases: list[str] = []
        self._postings: dict[str, dict[int, float]] = {}
        self._by_agency: dict[str, list[int]] = {}
        agency_words: dict[str, set[str]] = {}
        for agency in catalogue.agencies:
            texts = (
                (TITLE, agency.short.values()),
                (NAME, agency.name.values()),
                (LINE, agency.line.values()),
            )
            self._add(agency.code, None, texts)
            for text in (*agency.short.values(), *agency.name.values()):
                for word in _index_words(text):
                    agency_words.setdefault(agency.code, set()).add(word)
        for service in catalogue.services:
            self._add(
                service.agency,
                service.code,
                (
                    (TITLE, (*service.words, *service.short.values())),
                    (NAME, service.name.values()),
                    (LINE, service.line.values()),
                ),
            )
            for word in agency_words.get(service.agency, ()):
                self._by_agency.setdefault(word, []).append(len(self._entries) - 1)
        # A word of half the mall ("dinas", "kantor") tells no agency from another.
        common = len(catalogue.services) / 2
        self._by_agency = {
            word: entries for word, entries in self._by_agency.items() if len(entries) <= common
        }
        self._vocabulary = sorted(self._postings.keys() | self._by_agency.keys())
        self._beginnings: dict[int, list[str]] = {}
        self._looked_up: OrderedDict[str, dict[int, float]] = OrderedDict()

    def _add(self, agency: str, service: str | None, texts: Iterable[tuple[float, Iterable[str]]]) -> None:
        entry = len(self._entries)
        self._entries.append((agency, service))
        phrases: list[str] = []
        for weight, group in texts:
            for text in group:
                if weight >= TITLE:
                    phrases.append(" ".join(words_of(text)))
                for word in _index_words(text):
                    posting = self._postings.setdefault(word, {})
                    posting[entry] = max(weight, posting.get(entry, 0.0))
        self._phrases.append("".join(f"| {phrase} " for phrase in phrases))

    def find(self, query: str, limit: int = 24, popular: Mapping[str, int] | None = None) -> tuple[Hit, ...]:
        """Return at most ``limit`` hits, best first; none for an empty query.

        ``popular`` (agency code → tickets) decides between hits that match equally well; then the catalogue's
        order.
        """
        asked = words_of(query)
        asked = [word for word in asked if word not in _FILLERS] or asked
        matches = [match for match in map(self._look_up, dict.fromkeys(asked)) if match]
        if not matches:
            return ()
        scores: dict[int, float] = {}
        for match in matches:
            rarity = math.log(1 + len(self._entries) / len(match))
            for entry, worth in match.items():
                scores[entry] = scores.get(entry, 0.0) + rarity * worth
        # Whoever has half of what was asked is still worth a look; the rest is noise. Of those, only who can still
        # come first with the largest bonus is looked at closely: one letter matches thousands.
        enough = max(scores.values()) / 2
        if len(scores) > limit:
            enough = max(enough, heapq.nlargest(limit, scores.values())[-1] - _LARGEST_BONUS)
        rank = popular or {}
        phrase = " " + " ".join(asked)
        order: list[tuple[float, int, int]] = []
        for entry, score in scores.items():
            if score >= enough:
                phrases = self._phrases[entry]
                bonus = _bonus(phrase, phrases) if phrase in phrases else 0.0
                order.append((-round(score + bonus, 6), -rank.get(self._entries[entry][0], 0), entry))
        return tuple(
            Hit(*self._entries[entry], score=-score) for score, _, entry in heapq.nsmallest(limit, order)
        )

    def _look_up(self, word: str) -> dict[int, float]:
        """Return what each entry has for ``word``. Remembered, since typing a letter asks the other words
        again."""
        known = self._looked_up.get(word)
        if known is None:
            known = self._looked_up[word] = self._match(word)
            if len(self._looked_up) > 256:
                self._looked_up.popitem(last=False)
        return known

    def _match(self, word: str) -> dict[int, float]:
        found: dict[int, float] = {}
        for worth, alike in self._alike(word):
            for entry, weight in self._postings.get(alike, {}).items():
                if worth + weight > found.get(entry, 0.0):
                    found[entry] = worth + weight
            if len(word) >= SHORTEST_OF_AGENCY:
                for entry in self._by_agency.get(alike, ()):
                    if worth + AGENCY > found.get(entry, 0.0):
                        found[entry] = worth + AGENCY
        return found

    def _alike(self, word: str) -> Iterator[tuple[float, str]]:
        """Yield the words of the catalogue that ``word`` can mean, with what that is worth."""
        start = bisect.bisect_left(self._vocabulary, word)
        for known in self._vocabulary[start:]:
            if not known.startswith(word):
                break
            yield (EXACT if known == word else PREFIX), known
        if (word not in self._postings and word not in self._by_agency) and len(
            word
        ) >= SHORTEST_FORGIVEN - 1:
            for known in self._misspelt(word):
                yield FUZZY, known

    def _misspelt(self, word: str) -> set[str]:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        # Three letters may be a word of four with one missing; they are too few to guess how a word goes on.
        whole = len(word) < SHORTEST_FORGIVEN
        lengths = (SHORTEST_FORGIVEN,) if whole else range(len(word) - 1, len(word) + 2)
        found: set[str] = set()
        for length in lengths:
            for beginning, _, _ in process.extract(
                word, self._begin(length), scorer=OSA.distance, score_cutoff=1, limit=None
            ):
                start = bisect.bisect_left(self._vocabulary, beginning)
                for known in self._vocabulary[start:]:
                    if not known.startswith(beginning):
                        break
                    if len(known) >= SHORTEST_FORGIVEN and (not whole or known == beginning):
                        found.add(known)
        return found

    def _begin(self, length: int) -> list[str]:
        """Return the first ``length`` letters of all words that have as many."""
        if length not in self._beginnings:
            self._beginnings[length] = sorted(
                {word[:length] for word in self._vocabulary if len(word) >= length}
            )
        return self._beginnings[length]


def _bonus(phrase: str, phrases: str) -> float:
    """Words asked in the very order of a title or search phrase are surely meant, most of all at its start.

    A beginning gets less than the least step between prefix and exact, so that exact stays first.
    """
    return 0.04 + 0.1 * ("|" + phrase in phrases) + 0.5 * (phrase + " " in phrases)


def words_of(text: str) -> list[str]:
    """Return the words of ``text`` without case, accents and punctuation: ``KTP-el`` → ``ktp``, ``el``."""
    return _NOT_A_WORD.sub(" ", _plain(text)).split()


@functools.lru_cache(maxsize=1024)  # an agency's name stands with each of its services
def _index_words(text: str) -> tuple[str, ...]:
    """Return the words of ``text``, and once more in one piece what is written in one: ``ktp``, ``el``, ``ktpel``."""
    joined = ["".join(words_of(part)) for part in text.split()]
    return tuple(dict.fromkeys([*words_of(text), *filter(None, joined)]))


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text.replace("\u00ad", "")).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
