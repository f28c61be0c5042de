"""Catalogues as hypothesis invents them: whole, and as odd as the models allow."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from kiosk.core.catalogue import Agency, Catalogue, Hours, Queue, Service
from kiosk.core.common import WEEKDAYS
from kiosk.core.search import words_of

ODD = (
    "=1+1",
    "'quoted",
    "#N/A",
    "007",
    "4-7",
    "1e5",
    "TRUE",
    "ya",
    "a, b; c",
    "_x000D_",
    "Loket\u00ad3",
    "@x",
    "-1",
)
texts = (
    st.one_of(
        st.sampled_from(ODD),
        st.text(st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=1, max_size=30),
    )
    .map(str.strip)
    .filter(bool)
)
lines = texts
bilingual = st.fixed_dictionaries({"id": texts, "en": texts})
codes = st.text("ABCXYZ019", min_size=1, max_size=3)
words = (
    st.text(st.characters(categories=("Ll", "Nd", "Zs"), include_characters="-.'"), min_size=2, max_size=20)
    .map(lambda text: " ".join(text.lower().split()))
    .filter(lambda text: 2 <= len("".join(words_of(text))) <= 60)
)


@st.composite
def two_lists(draw: st.DrawFn) -> dict[str, Any]:
    size = draw(st.integers(0, 3))
    return {tag: draw(st.lists(lines, min_size=size, max_size=size)) for tag in ("id", "en")} if size else {}


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    times = draw(st.lists(st.times(), min_size=3, max_size=3, unique=True))
    opened, last, closed = sorted(times)
    return Hours(open=opened, last_ticket=last, close=closed)


def _optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


@st.composite
def services(draw: st.DrawFn, code: str, agency: str, queue: str) -> Service:
    week = st.dictionaries(st.sampled_from(WEEKDAYS), hours(), min_size=1)
    return Service(
        code=code,
        agency=agency,
        queue=queue,
        name=draw(bilingual),
        short=draw(bilingual),
        line=draw(bilingual),
        requirements=draw(two_lists()),
        fee_idr=draw(_optional(st.integers(0, 10**12))),
        fee_note=draw(_optional(bilingual)),
        duration=draw(_optional(bilingual)),
        product=draw(_optional(bilingual)),
        legal_basis=draw(_optional(texts)),
        complaint=draw(_optional(bilingual)),
        online=draw(st.sampled_from([None, "https://oss.go.id", "https://layanan.example.go.id:8443/a?b=c"])),
        words=tuple(draw(st.lists(words, max_size=3, unique=True))),
        week=draw(_optional(week)),
        quota=draw(_optional(st.integers(1, 9999))),
        closed=draw(_optional(bilingual)),
        must_verify=draw(st.booleans()),
        source=draw(texts),
        details_source=tuple(draw(st.lists(texts, max_size=2))),
        note=draw(_optional(texts)),
    )


@st.composite
def catalogues(draw: st.DrawFn) -> Catalogue:
    """One to three agencies, each with one or two services."""
    agency_codes = draw(st.lists(codes, min_size=1, max_size=3, unique=True))
    queue_codes = draw(st.lists(codes, min_size=1, max_size=3, unique=True))
    agencies = tuple(
        Agency(
            code=code,
            name=draw(bilingual),
            short=draw(bilingual),
            line=draw(bilingual),
            pictogram="agency-a",
            source=tuple(draw(st.lists(texts, max_size=2))),
            note=draw(_optional(texts)),
        )
        for code in agency_codes
    )
    queues = tuple(
        Queue(
            code=code,
            zone=draw(codes),
            counters=draw(st.just("") | st.sampled_from(("4–7", "4-7", "12", "1/2"))),
            quota=draw(_optional(st.integers(1, 9999))),
            note=draw(_optional(texts)),
        )
        for code in queue_codes
    )
    rows = [
        draw(services(f"{number}{agency}", agency, draw(st.sampled_from(queue_codes))))
        for agency in agency_codes
        for number in range(draw(st.integers(1, 2)))
    ]
    return Catalogue(agencies=agencies, queues=queues, services=tuple(rows))
