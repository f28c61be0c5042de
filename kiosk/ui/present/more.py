"""What can be taken along without a number, over the sheet: the list on paper, the same on a phone, where it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kiosk.core import visit as v
from kiosk.core.common import say
from kiosk.core.take_home import host_of, list_text, page_address, zone_of
from kiosk.i18n import _, translate
from kiosk.ui.context import Loaded, Surroundings
from kiosk.ui.present.common import Key
from kiosk.ui.present.sheet import where_words
from kiosk.words import fee, list_words, printer_words


@dataclass(frozen=True)
class CodeView:
    """A code for a phone, what it is for and what it says in words."""

    data: str
    head: str
    text: str


@dataclass(frozen=True)
class PlanView:
    """The plan of the hall with one zone marked; ``text`` says the same in words."""

    file: Path
    zone: str
    text: str


@dataclass(frozen=True)
class MoreView:
    title: str
    step: str
    print: Key | None
    state: str
    """What became of the list; empty while none was asked for."""
    tone: str
    codes: tuple[CodeView, ...]
    where_head: str
    where: str
    way: str
    plan: PlanView | None


def present_more(visit: v.Visit, around: Surroundings) -> MoreView | None:
    """Return the page while it is open and its service is known."""
    loaded = around.loaded
    service = loaded.catalogue.service_by_code.get(visit.service or "") if loaded else None
    if not visit.more or service is None or loaded is None:
        return None
    language, site = visit.language, loaded.site

    def tell(message: str) -> str:
        return translate(message, language)

    zone = zone_of(site, loaded.catalogue, service)
    where = where_words(site, loaded.catalogue, service, language)
    plan = None
    if loaded.plan is not None and zone is not None:
        marked = tell(_("Denah: {place} ditandai biru tua.")).format(place=say(zone.name, language))
        plan = PlanView(loaded.plan, zone.code, marked)
    state, tone = _state(visit, language)
    return MoreView(
        title=say(service.short, language).replace("\u00ad", ""),
        step=tell(_("Syarat dan tempat, tanpa nomor antrean")),
        print=_print(visit, around, language),
        state=state,
        tone=tone,
        codes=_codes(visit, around, loaded, where),
        where_head=tell(_("Tempat")),
        where=where,
        way=say(zone.way, language) if zone is not None and zone.way is not None else "",
        plan=plan,
    )


def _print(visit: v.Visit, around: Surroundings, language: str) -> Key | None:
    if not around.lists:
        return None
    busy = visit.listing is not None and visit.listing.outcome is None
    label = _("Mencetak daftar…") if busy else _("Cetak daftar syarat saja")
    note = printer_words(around.printer_out, language) if around.printer_out is not None else ""
    return Key("list", translate(label, language), v.PrintList(), "paper", enabled=not busy, note=note)


def _state(visit: v.Visit, language: str) -> tuple[str, str]:
    listing = visit.listing
    if listing is None or listing.outcome is None:
        return "", ""
    words = list_words(listing.outcome.value, listing.cause, language)
    return words, "red" if listing.outcome is v.Outcome.NOT_PRINTED else "green"


def _codes(visit: v.Visit, around: Surroundings, loaded: Loaded, where: str) -> tuple[CodeView, ...]:
    service = loaded.catalogue.service_by_code[visit.service or ""]
    language = visit.language

    def tell(message: str) -> str:
        return translate(message, language)

    found: list[CodeView] = []
    if around.server_url:
        address = page_address(around.server_url, loaded.site.id, service.code, language)
        scan = tell(_("Pindai dengan kamera ponsel: syarat ini terbuka di ponsel Anda."))
        found.append(CodeView(address, tell(_("Simpan di ponsel")), scan))
    else:
        bring = service.requirements.get(language) or service.requirements.get("id") or ()
        lines = [say(service.short, language), *(f"- {item}" for item in bring)]
        lines += [f"{tell(_('Biaya'))}: {fee(service, language)}", f"{tell(_('Tempat'))}: {where}"]
        text = list_text(lines) if bring else ""
        if text:
            scan = tell(_("Pindai dengan kamera ponsel: syarat ini tampil sebagai tulisan, tanpa internet."))
            found.append(CodeView(text, tell(_("Simpan di ponsel")), scan))
    if service.online:
        told = tell(_("Layanan ini juga ada di {host}. Pindai untuk membukanya di ponsel."))
        online = told.format(host=host_of(service.online))
        found.append(CodeView(service.online, tell(_("Urus dari rumah")), online))
    return tuple(found)
