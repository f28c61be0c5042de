"""The service sheet: what to bring, what it costs, how long it takes, where it is, before a number is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.core import visit as v
from kiosk.core.availability import Closed
from kiosk.core.common import say
from kiosk.core.take_home import terms_in, texts_of
from kiosk.i18n import _, translate
from kiosk.ui.context import Loaded, Surroundings
from kiosk.ui.present.common import Heading, Key, step_words
from kiosk.words import closed_words, fee, printer_words, unknown

if TYPE_CHECKING:
    from kiosk.core.catalogue import Agency, Catalogue, Service, Site


@dataclass(frozen=True)
class FactView:
    """A picture, a quiet heading, what is known, and a second line."""

    name: str
    icon: str
    head: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class ClosedView:
    """Why no number is given now, short and long."""

    short: str
    long: str


@dataclass(frozen=True)
class SheetView:
    heading: Heading
    fee: FactView
    time: FactView
    where: FactView
    bring_head: str
    bring_more: str
    """The heading when the list goes on on the next page."""
    bring: tuple[str, ...]
    bring_known: bool
    details: tuple[FactView, ...]
    """Product, legal basis, complaint."""
    priority: Key
    priority_on: bool
    take: Key | None
    more: Key
    """What can be taken along without a number."""
    closed: ClosedView | None
    page: int
    language: str


def present_sheet(visit: v.Visit, around: Surroundings, loaded: Loaded) -> SheetView | None:
    """Return the sheet of the chosen service; None when the catalogue has it no more."""
    service = loaded.catalogue.service_by_code.get(visit.service or "")
    if service is None:
        return None
    language, site = visit.language, loaded.site
    agency = loaded.catalogue.agency_by_code[service.agency]

    def tell(message: str) -> str:
        return translate(message, language)

    state = visit.refused or loaded.availability(service.code, around.now)
    closed = None
    if isinstance(state, Closed):
        words = closed_words(state, site, around.now, language)
        closed = ClosedView(words.short, words.long)
    bring = tuple(service.requirements.get(language) or service.requirements.get("id") or ())
    ahead = loaded.ahead(service.code)
    place = where_words(site, loaded.catalogue, service, language)
    waiting = tell(_("{count} orang menunggu")).format(count=ahead) if ahead is not None else ""
    return SheetView(
        heading=Heading(
            say(service.short, language),
            step_words(3, language, say(agency.short, language).replace("\u00ad", "")),
        ),
        fee=FactView("fee", "coin", tell(_("Biaya")), fee(service, language)),
        time=FactView("time", "clock", tell(_("Waktu")), known(service.duration, language)),
        where=FactView("where", "pin", tell(_("Tempat")), place, waiting),
        bring_head=tell(_("Yang perlu Anda bawa")),
        bring_more=tell(_("Yang perlu Anda bawa (lanjutan)")),
        bring=bring or (unknown(language),),
        bring_known=bool(bring),
        details=(
            FactView("product", "paper", tell(_("Hasil layanan")), known(service.product, language)),
            FactView("legal", "doc", tell(_("Dasar hukum")), service.legal_basis or unknown(language)),
            FactView(
                "complaint",
                "people",
                tell(_("Pengaduan")),
                say(service.complaint or site.complaint, language),
            ),
            *_terms(service, agency, site, language),
        ),
        priority=Key(
            "priority",
            tell(_("Saya perlu didahulukan")),
            v.SetPriority(not visit.priority),
            note=tell(_("Lansia, disabilitas, hamil atau menyusui, membawa balita")),
            short_note=tell(_("Lansia, disabilitas, hamil, menyusui, balita")),
        ),
        priority_on=visit.priority,
        take=_take(visit, around, language) if closed is None else None,
        more=more_key(loaded, language),
        closed=closed,
        page=visit.page,
        language=language,
    )


def _terms(service: Service, agency: Agency, site: Site, language: str) -> tuple[FactView, ...]:
    """Return what the abbreviations on this sheet mean; nothing where it has none."""
    told = terms_in(texts_of(service, agency, language), site.glossary, language)
    if not told:
        return ()
    text = " · ".join(f"{term}: {meaning}" for term, meaning in told)
    return (FactView("terms", "help", translate(_("Arti singkatan"), language), text),)


def _take(visit: v.Visit, around: Surroundings, language: str) -> Key:
    """Return the button that takes the number; where no paper will come, it says so before it is touched."""
    label = _("Ambil nomor antrean") if around.printer_out is None else _("Ambil nomor di layar")
    note = ""
    if around.printer_out is not None:
        note = printer_words(around.printer_out, language)
    busy = visit.listing is not None and visit.listing.outcome is None
    if busy:
        note = translate(_("Daftar syarat sedang dicetak"), language)
    return Key("take", translate(label, language), v.TakeTicket(), note=note, enabled=not busy)


def more_key(loaded: Loaded, language: str) -> Key:
    """Return the button of what can be taken along without a number."""
    if loaded.plan is not None:
        label, short = _("Cetak syarat, lihat denah"), _("Syarat, denah")
    else:
        label, short = _("Cetak atau simpan syarat"), _("Simpan syarat")
    return Key("more", translate(label, language), v.ShowMore(), "doc", short=translate(short, language))


def known(text: dict[str, str] | None, language: str) -> str:
    """Return ``text`` in ``language``, or "Tanyakan petugas" when it is not known."""
    return say(text, language) if text else unknown(language)


def where_words(
    site: Site, catalogue: Catalogue, service: Service, language: str, counters: bool = True
) -> str:
    """Return "Lantai 3, Zona B, Loket 4–7", as much of it as is known."""
    queue = catalogue.queue_by_code.get(service.queue)
    zone = next((zone for zone in site.zones if queue is not None and zone.code == queue.zone), None)
    if queue is None or zone is None:
        return unknown(language)
    parts = [say(zone.floor, language), say(zone.name, language)]
    if queue.counters and counters:
        parts.append(f"{say(site.counter_word, language)} {queue.counters}")
    return ", ".join(parts)
