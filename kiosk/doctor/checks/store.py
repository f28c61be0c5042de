"""The kiosk's database and the journal that outlives it, looked at without changing them."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from kiosk.doctor.finding import Finding, Level, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

NAME = "store"


def check(machine: Machine) -> Iterator[Finding]:
    """Open the database read-only and say what it holds."""
    from kiosk import store
    from kiosk.site import SiteData

    site = machine.site
    zone = ZoneInfo(site.site.timezone) if isinstance(site, SiteData) else None
    today = machine.clock.utc().astimezone(zone).date()
    path = machine.state / store.NAME
    try:
        facts = store.facts(path, today)
    except store.StoreError as error:
        yield Finding(
            NAME,
            Level.FAIL,
            say(
                _("Basis data tidak dapat dibaca: {problem}"),
                problem=str(error).removeprefix(f"{error.code}: "),
            ),
            say(_("Lihat {code} di docs/errors.md."), code=error.code),
            error.code,
        )
        return
    if facts is None:
        yield Finding(
            NAME, Level.OK, say(_("Belum ada basis data: dibuat saat kiosk pertama kali berjalan."))
        )
        return
    yield Finding(
        NAME,
        Level.OK,
        say(
            _("Basis data utuh, skema {schema}: {today} tiket hari ini, {waiting} kejadian belum dikirim."),
            schema=facts.schema,
            today=facts.tickets_today,
            waiting=facts.events_waiting,
        ),
        facts=facts.document(),
    )
    if facts.refused_day is not None and today <= facts.refused_day:
        yield Finding(
            "numbers",
            Level.FAIL,
            say(_("Nomor hari ini tidak diketahui, maka tidak diberikan sampai besok.")),
            say(_("Gunakan kiosk lain hari ini; lihat E-STO-06 di docs/errors.md.")),
            "E-STO-06",
        )
    if not facts.journal_whole:
        yield Finding(
            "numbers",
            Level.WARN,
            say(_("Jurnal nomor tidak ada atau rusak; kiosk membuatnya lagi saat mulai.")),
            say(_("Mulai ulang kiosk.")),
        )
    if facts.broken:
        yield Finding(
            "store_broken",
            Level.WARN,
            say(_("Ada basis data rusak yang disisihkan: {files}."), files=", ".join(facts.broken)),
            say(_("Kirim ke pengembang bersama berkas diagnostik, lalu hapus. Periksa kesehatan disk.")),
            "E-STO-02",
            {"files": list(facts.broken)},
        )
