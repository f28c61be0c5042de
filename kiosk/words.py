"""Words for what the rules and the printer say, in any language: reasons, causes, dates, times, money.

Each problem has a short form (a badge on a row, at most 30 characters, or a headline) and a long one that
says what happened, what it means for the visitor and what to do next. Never a code, never blame.

Indonesian and English are written here without Babel, whose import costs the first frame 22 ms; every other
language takes its months, weekdays and clock from Babel's CLDR data.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.core.availability import Closed, Reason
from kiosk.core.common import say
from kiosk.i18n import _, translate

if TYPE_CHECKING:
    from kiosk.core.catalogue import Service, Site

BADGE_LENGTH = 30
"""Characters of ``closed_words(…).short`` at most."""


@dataclass(frozen=True)
class Words:
    """One thing said short and long, in one language."""

    short: str
    long: str


# --- dates, times, money ------------------------------------------------------------------------------------

_DAYS = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    "id": ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
           "November", "Desember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December"),
}  # fmt: skip


def date_long(date: dt.date, language: str) -> str:
    """Return ``Selasa, 24 November 2026``."""
    if language in _DAYS:
        return f"{date_short(date, language)} {date.year}"
    from babel.dates import format_date

    return format_date(date, "full", locale=language)


def date_short(date: dt.date, language: str) -> str:
    """Return the date without its year: ``Selasa, 24 November``."""
    if language in _DAYS:
        weekday, month = _DAYS[language][date.weekday()], _MONTHS[language][date.month - 1]
        return f"{weekday}, {date.day} {month}"
    from babel.dates import format_skeleton

    return format_skeleton("MMMMEEEEd", date, locale=language)


def weekday(date: dt.date, language: str) -> str:
    """Return ``Selasa``."""
    if language in _DAYS:
        return _DAYS[language][date.weekday()]
    from babel.dates import format_date

    return format_date(date, "EEEE", locale=language)


def time_of_day(time: dt.time, language: str) -> str:
    """Return ``09.41`` in Indonesian (PUEBI writes a point), ``09:41`` in English; 24 hours."""
    if language == "id":
        return f"{time:%H.%M}"
    if language == "en":
        return f"{time:%H:%M}"
    from babel.dates import format_time

    return format_time(time, "short", locale=language)


def rupiah(amount: int, language: str) -> str:
    """Return ``Rp30.000``; in other languages the separator of that language: ``Rp30,000``."""
    if language in _DAYS:
        grouped = f"{amount:,}"
        return "Rp" + (grouped.replace(",", ".") if language == "id" else grouped)
    from babel.numbers import format_decimal

    return "Rp" + format_decimal(amount, locale=language)


def unknown(language: str) -> str:
    """Return what stands where a fact is not known: never blank, never invented."""
    return translate(_("Tanyakan petugas"), language)


def fee(service: Service, language: str) -> str:
    """Return the fee as it is known: ``Gratis``, ``Rp30.000``, the note, or :func:`unknown`."""
    note = say(service.fee_note, language) if service.fee_note is not None else ""
    if service.fee_idr is None:
        return note or unknown(language)
    amount = rupiah(service.fee_idr, language) if service.fee_idr else translate(_("Gratis"), language)
    return f"{amount} ({note})" if note else amount


def when(moment: dt.datetime, now: dt.datetime, language: str) -> str:
    """Return ``moment`` as a person says it at ``now``: ``hari ini pukul 13.00``, ``besok pukul 08.00``,
    ``Senin, 30 November pukul 08.00``."""
    days = (moment.date() - now.date()).days
    pattern = {
        0: _("hari ini pukul {time}"),
        1: _("besok ({weekday}) pukul {time}"),
    }.get(days, _("{date} pukul {time}"))
    return translate(pattern, language).format(
        time=time_of_day(moment.time(), language),
        weekday=weekday(moment.date(), language),
        date=date_short(moment.date(), language),
    )


# --- why there is no ticket ---------------------------------------------------------------------------------


def closed_words(closed: Closed, site: Site, now: dt.datetime, language: str) -> Words:
    """Return why no ticket is given, and when to come again where that is known.

    ``now`` is the site's wall clock, aware. Said of a service and, from ``mall_state``, of the mall.
    """
    name = say(closed.name, language) if closed.name is not None else ""
    if closed.reason is Reason.NO_PRINTER:
        name = printer_words(closed.cause, language)
    at = time_of_day(closed.at, language) if closed.at is not None else ""
    fits = len(translate(_("Libur: {name}"), language).format(name=name)) <= BADGE_LENGTH
    short, long = {
        Reason.HOLIDAY: (
            _("Libur: {name}") if fits else _("Libur hari ini"),
            _("Hari ini libur: {name}."),
        ),
        Reason.CLOSED_TODAY: (
            _("Tutup hari ini"),
            _("Hari ini tutup: {name}.") if name else _("Hari ini tidak ada pelayanan."),
        ),
        Reason.NOT_YET: (_("Buka pukul {time}"), _("Nomor antrean diberikan mulai pukul {time}.")),
        Reason.LAST_TICKET: (
            _("Nomor terakhir pukul {time}"),
            _("Nomor antrean terakhir hari ini diberikan pukul {time}."),
        ),
        Reason.AFTER_HOURS: (_("Tutup sejak pukul {time}"), _("Pelayanan hari ini selesai pukul {time}.")),
        Reason.BREAK: (
            _("Buka lagi pukul {time}"),
            _("{name}. Nomor antrean diberikan lagi mulai pukul {time}.")
            if name
            else _("Sedang istirahat. Nomor antrean diberikan lagi mulai pukul {time}."),
        ),
        Reason.QUOTA: (_("Kuota hari ini habis"), _("Nomor antrean untuk hari ini sudah habis.")),
        Reason.SERVICE_CLOSED: (_("Tutup sementara"), _("Layanan ini tutup sementara: {name}.")),
        Reason.UNKNOWN_SERVICE: (_("Tidak tersedia"), _("Layanan ini tidak tersedia lagi.")),
        Reason.NO_PRINTER: (_("Tiket belum bisa dicetak"), _("{name}, jadi mesin ini belum memberi nomor.")),
    }[closed.reason]
    said = [translate(long, language).format(name=_without_stop(name), time=at)]
    said.append(_what_next(closed, now, language))
    return Words(
        short=translate(short, language).format(name=name, time=at),
        long=" ".join(part for part in said if part),
    )


def _what_next(closed: Closed, now: dt.datetime, language: str) -> str:
    if closed.reason in (Reason.NOT_YET, Reason.BREAK):
        return ""  # "from 13:00" has said it
    if closed.next_open is None:
        return translate(_("Silakan tanyakan ke meja informasi."), language)
    again = translate(_("Silakan datang lagi {when}."), language)
    return again.format(when=when(closed.next_open, now, language))


def _without_stop(name: str) -> str:
    return name.rstrip(".")


# --- why there is no paper ----------------------------------------------------------------------------------

_NOT_PRINTED = {
    "paper_out": _("Kertas habis, tiket tidak tercetak"),
    "cover_open": _("Penutup printer terbuka, tiket tidak tercetak"),
    "cutter": _("Pemotong kertas macet, tiket tidak tercetak"),
    "offline": _("Printer sedang tidak siap, tiket tidak tercetak"),
    "unreachable": _("Printer tidak tersambung, tiket tidak tercetak"),
    "error": _("Printer sedang terganggu, tiket tidak tercetak"),
}
"""By ``printer.status.Cause``."""


_PRINTER = {
    "paper_low": _("Kertas printer hampir habis"),
    "paper_out": _("Kertas printer habis"),
    "cover_open": _("Penutup printer terbuka"),
    "cutter": _("Pemotong kertas macet"),
    "offline": _("Printer tidak siap"),
    "unreachable": _("Printer tidak tersambung"),
    "error": _("Printer terganggu"),
}
"""By ``printer.status.Cause``: the trouble on its own, for visitors before they take a number and for staff."""


def printer_words(cause: str | None, language: str) -> str:
    """Return the printer's trouble in a few words; ``cause`` is a value of ``printer.status.Cause``."""
    return translate(_PRINTER.get(cause or "", _PRINTER["error"]), language)


def cause_words(cause: str | None, language: str) -> Words:
    """Return why there is no paper, and what the visitor does now.

    ``cause`` is a value of ``printer.status.Cause``; any other, or None where the printer said nothing, gets
    words that promise nothing about the printer.
    """
    headline = _NOT_PRINTED.get(cause or "", _("Tiket tidak tercetak"))
    next_step = _(
        "Nomor Anda tetap berlaku tanpa kertas. Silakan foto layar ini atau catat nomornya, "
        "lalu tunggu nomor Anda dipanggil."
    )
    return Words(translate(headline, language), translate(next_step, language))


# --- what became of a list ------------------------------------------------------------------------------------------


def list_words(outcome: str, cause: str | None, language: str) -> str:
    """Return what became of the list of what to bring; ``outcome`` is a value of ``kiosk.core.visit.Outcome``."""
    if outcome == "printed":
        return translate(_("Silakan ambil daftar Anda di bawah layar."), language)
    if outcome == "unconfirmed":
        return translate(
            _("Lihat di bawah layar. Bila daftar tidak keluar, mintalah kepada petugas."), language
        )
    if cause == "too_many":
        return translate(
            _("Untuk menghemat kertas, daftar tidak dicetak lagi. Foto layar ini atau pindai kodenya."),
            language,
        )
    trouble = printer_words(cause, language)
    return translate(
        _("Daftar tidak tercetak: {trouble}. Foto layar ini atau pindai kodenya."), language
    ).format(trouble=trouble[:1].lower() + trouble[1:])
