"""The screens about a ticket: it is being printed, here it is, it did not print."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kiosk.core import visit as v
from kiosk.core.common import say
from kiosk.i18n import _, translate, translate_many
from kiosk.ui.context import Loaded, Surroundings
from kiosk.ui.present.common import Key
from kiosk.ui.present.sheet import FactView, where_words
from kiosk.words import cause_words


@dataclass(frozen=True)
class IssuingView:
    title: str
    text: str
    progress: float | None
    """From 0 to 1 of the time a ticket may take at most; None within the first second, and for who
    asked that nothing moves."""
    waited: str


@dataclass(frozen=True)
class TicketView:
    """What is known of a ticket, for both result screens."""

    label: str
    number: str
    about: str
    priority: str
    where: FactView
    ahead: FactView | None
    issued_at: str
    qr: str


@dataclass(frozen=True)
class ResultView:
    banner: str
    banner_note: str
    banner_short_note: str
    ticket: TicketView
    code_head: str
    code_text: str
    done: Key
    another: Key


@dataclass(frozen=True)
class NotPrintedView:
    banner: str
    text: str
    short_text: str
    ticket: TicketView
    keep: Key
    cancel: Key
    countdown: str


def present_issuing(visit: v.Visit, around: Surroundings) -> IssuingView:
    """Return the waiting screen; past the first second it shows how far the wait is."""
    language = visit.language
    waited = max(0.0, visit.now - visit.since)
    whole = math.floor(waited)
    return IssuingView(
        title=translate(_("Mencetak tiket Anda…"), language),
        text=translate(_("Mohon tunggu, tiket keluar di bawah layar."), language),
        progress=min(1.0, waited / around.deadline_s) if waited >= 1.0 and not visit.modes.still else None,
        waited=translate(_("Menunggu printer: {seconds} dari paling lama {limit} detik"), language).format(
            seconds=min(whole, math.ceil(around.deadline_s)), limit=math.ceil(around.deadline_s)
        )
        if waited >= 1.0
        else "",
    )


def _ticket(visit: v.Visit, loaded: Loaded) -> TicketView | None:
    issued, language = visit.issued, visit.language
    if issued is None:
        return None
    service = loaded.catalogue.service_by_code.get(issued.service)
    if service is None:
        return None
    agency = loaded.catalogue.agency_by_code[service.agency]
    about = f"{say(agency.short, language)} · {say(service.short, language)}".replace("\u00ad", "")
    ahead = None
    if issued.ahead is not None:
        words = translate_many("{count} orang", "{count} orang", issued.ahead, language)
        ahead = FactView(
            "ahead", "people", translate(_("Di depan Anda"), language), words.format(count=issued.ahead)
        )
    return TicketView(
        label=translate(_("Nomor antrean Anda"), language),
        number=issued.number,
        about=about,
        priority=translate(_("Prioritas"), language) if issued.priority else "",
        where=FactView(
            "where", "pin", translate(_("Tunggu di"), language),
            where_words(loaded.site, loaded.catalogue, service, language),
        ),
        ahead=ahead,
        issued_at=issued.issued_at,
        qr=issued.qr,
    )  # fmt: skip


def present_result(visit: v.Visit, around: Surroundings, loaded: Loaded) -> ResultView | None:
    """Return what to do with the ticket; None when there is none."""
    ticket = _ticket(visit, loaded)
    if ticket is None or visit.issued is None:
        return None
    language = visit.language

    def tell(message: str) -> str:
        return translate(message, language)

    unsure = visit.issued.outcome is v.Outcome.UNCONFIRMED
    left = visit.countdown or 0
    back = translate_many(
        "kembali ke awal dalam {count} detik", "kembali ke awal dalam {count} detik", left, language
    )
    seconds = translate_many("{count} detik", "{count} detik", left, language)
    return ResultView(
        banner=tell(_("Silakan ambil tiket Anda di bawah")),
        banner_note=tell(_("Tiket tidak keluar? Foto layar ini, nomor Anda tetap berlaku."))
        if unsure
        else "",
        banner_short_note=tell(_("Tidak keluar? Foto layar ini, nomor berlaku.")) if unsure else "",
        ticket=ticket,
        code_head=tell(_("Pantau dari ponsel")) if around.server else tell(_("Kode tiket Anda")),
        code_text=tell(_("Pindai kode ini. Anda boleh menunggu di luar, nomor Anda muncul saat dipanggil."))
        if around.server
        else tell(_("Tunjukkan ke petugas bila diminta. Kode yang sama ada di tiket Anda.")),
        done=Key(
            "done",
            tell(_("Selesai")),
            v.Done(),
            note=back.format(count=left),
            short_note=seconds.format(count=left),
        ),
        another=Key(
            "another",
            tell(_("Ambil nomor untuk layanan lain")),
            v.AnotherTicket(),
            short=tell(_("Layanan lain")),
        ),
    )


def present_not_printed(visit: v.Visit, around: Surroundings, loaded: Loaded) -> NotPrintedView | None:
    """Return the cause in plain words, the number large, and the two answers; None when there is no ticket."""
    ticket = _ticket(visit, loaded)
    if ticket is None or visit.issued is None:
        return None
    language = visit.language
    words = cause_words(visit.issued.cause, language)
    left = visit.countdown or 0
    silence = translate_many(
        "Tanpa jawaban, nomor dibatalkan dalam {count} detik",
        "Tanpa jawaban, nomor dibatalkan dalam {count} detik",
        left,
        language,
    )
    by_itself = translate_many("otomatis dalam {count} detik", "otomatis dalam {count} detik", left, language)
    return NotPrintedView(
        banner=words.short,
        text=words.long,
        short_text=translate(_("Nomor Anda tetap berlaku. Foto layar ini atau catat nomornya."), language),
        ticket=ticket,
        keep=Key("keep", translate(_("Nomor sudah saya catat"), language), v.KeepNumber(), "ok"),
        cancel=Key(
            "cancel",
            translate(_("Batalkan nomor ini"), language),
            v.CancelNumber(),
            "x",
            short_note=by_itself.format(count=left),
        ),
        countdown=silence.format(count=left),
    )
