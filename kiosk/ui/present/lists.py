"""The screens one chooses from: agencies, services, search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.core import visit as v
from kiosk.core.availability import Closed
from kiosk.core.common import say
from kiosk.i18n import _, translate
from kiosk.ui.context import Loaded, Surroundings
from kiosk.ui.present.common import Heading, Key, step_words
from kiosk.words import closed_words

if TYPE_CHECKING:
    from kiosk.core.catalogue import Agency, Service


@dataclass(frozen=True)
class EntryView:
    """A tile or a row: what is touched, one line below, and a badge with picture and colour."""

    key: Key
    line: str = ""
    badge: str = ""
    badge_icon: str = ""
    badge_colour: str = "green"


@dataclass(frozen=True)
class AgenciesView:
    heading: Heading
    search: Key
    tiles: tuple[EntryView, ...]
    page: int
    language: str


@dataclass(frozen=True)
class ServicesView:
    heading: Heading
    rows: tuple[EntryView, ...]
    page: int
    language: str


@dataclass(frozen=True)
class SearchView:
    heading: Heading
    query: str
    """As shown in the field."""
    prompt: str
    """What the field says while it is empty."""
    letters: tuple[Key, ...]
    """A to Z."""
    space: Key
    delete: Key
    clear: Key
    hits: tuple[EntryView, ...]
    message: str
    """Said instead of hits: an invitation to type, or that nothing was found."""
    examples: tuple[Key, ...]
    page: int
    language: str


def present_agencies(visit: v.Visit, around: Surroundings, loaded: Loaded) -> AgenciesView:
    """Return all agencies, the most used first where that is known."""
    language = visit.language
    agencies = sorted(loaded.catalogue.agencies, key=lambda agency: -loaded.usage.get(agency.code, 0))
    return AgenciesView(
        Heading(translate(_("Mau ke instansi mana?"), language), step_words(1, language)),
        Key(
            "search",
            translate(_("Cari layanan"), language),
            v.OpenSearch(),
            "search",
            note=translate(_("“ktp”, “pajak motor”, “paspor”"), language),
        ),
        tuple(_agency(agency, language) for agency in agencies),
        visit.page,
        language,
    )


def _agency(agency: Agency, language: str) -> EntryView:
    key = Key(
        f"agency:{agency.code}", say(agency.short, language), v.ChooseAgency(agency.code), agency.pictogram
    )
    return EntryView(key, say(agency.line, language))


def present_services(visit: v.Visit, around: Surroundings, loaded: Loaded) -> ServicesView:
    """Return the services of the chosen agency, each open or closed with the reason."""
    language = visit.language
    agency = loaded.catalogue.agency_by_code.get(visit.agency or "")
    services = loaded.catalogue.services_by_agency.get(visit.agency or "", ())
    return ServicesView(
        Heading(
            translate(_("Apa keperluan Anda?"), language),
            step_words(2, language, say(agency.short, language).replace("\u00ad", "") if agency else ""),
        ),
        tuple(_service(service, say(service.line, language), visit, around, loaded) for service in services),
        visit.page,
        language,
    )


def _service(service: Service, line: str, visit: v.Visit, around: Surroundings, loaded: Loaded) -> EntryView:
    language = visit.language
    key = Key(
        f"service:{service.code}", say(service.short, language), v.ChooseService(service.code, service.agency)
    )
    state = loaded.availability(service.code, around.now)
    if isinstance(state, Closed):
        words = closed_words(state, loaded.site, around.now, language)
        return EntryView(key, line, words.short, "clock", "red")
    ahead = loaded.ahead(service.code)
    if ahead is None:
        return EntryView(key, line, translate(_("Buka"), language), "ok", "green")
    waiting = _("{count} menunggu") if ahead else _("Tidak menunggu")
    return EntryView(key, line, translate(waiting, language).format(count=ahead), "people", "green")


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_EXAMPLES = (_("ktp"), _("paspor"), _("pajak motor"), _("surat kehilangan"))


def present_search(visit: v.Visit, around: Surroundings, loaded: Loaded) -> SearchView:
    """Return what the typed letters find, and the keys that type on."""
    language, query = visit.language, visit.query

    def say_(message: str) -> str:
        return translate(message, language)

    hits = tuple(loaded.search(query)) if query.strip() else ()
    entries = []
    for hit in hits:
        service = loaded.catalogue.service_by_code.get(hit.service or "")
        agency = loaded.catalogue.agency_by_code.get(hit.agency)
        if agency is None:
            continue
        if service is None:
            entries.append(_agency(agency, language))
        else:
            entries.append(_service(service, say(agency.short, language), visit, around, loaded))
    message = ""
    if not query.strip():
        message = say_(_("Ketik keperluan Anda, atau sentuh salah satu contoh."))
    elif not entries:
        message = say_(_("Belum ketemu. Coba kata lain yang lebih pendek, atau sentuh salah satu contoh."))
    return SearchView(
        heading=Heading(say_(_("Cari layanan")), step_words(1, language)),
        query=query.upper(),
        prompt=say_(_("Ketik…")),
        letters=tuple(
            Key(f"key:{letter}", letter, v.TypeQuery(query + letter.lower())) for letter in LETTERS
        ),
        space=Key(
            "key:space", say_(_("Spasi")), v.TypeQuery(f"{query} "), enabled=bool(query) and query[-1] != " "
        ),
        delete=Key("key:delete", say_(_("Hapus")), v.TypeQuery(query[:-1]), "delete", enabled=bool(query)),
        clear=Key("key:clear", say_(_("Ulang")), v.TypeQuery(""), "x", enabled=bool(query)),
        hits=tuple(entries),
        message=message,
        examples=()
        if entries
        else tuple(Key(f"example:{word}", say_(word), v.TypeQuery(say_(word))) for word in _EXAMPLES),
        page=visit.page,
        language=language,
    )
