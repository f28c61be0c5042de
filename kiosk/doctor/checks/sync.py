"""Whether this kiosk and its server are of one mind: enrolled, nothing stuck, nothing rejected. Facts alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from kiosk.core.outbox import OutboxFigures
from kiosk.doctor.finding import Finding, Level, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

NAME = "sync"
MANY: Final = 20_000
"""Events that wait: a busy kiosk's week."""
FAR_TOO_MANY: Final = 800_000
"""At a million the kiosk gives no more numbers."""
OLD_S: Final = 86_400.0


def check(machine: Machine) -> Iterator[Finding]:
    """Read identity and outbox, without changing either."""
    from kiosk import store
    from kiosk.sync import identity as identities
    from kiosk.sync.errors import IdentityUnusable

    settings = machine.settings
    again = say(_("Perlu pendaftaran ulang: main.py enrol --code KODE. Semua kejadian tetap disimpan."))
    try:
        identity = identities.load(machine.state, machine.environ)
    except IdentityUnusable as error:
        problem = str(error).removeprefix(f"{error.code}: ")
        yield Finding(
            NAME,
            Level.FAIL,
            say(_("Identitas tidak dapat dipakai: {problem}"), problem=problem),
            again,
            error.code,
        )
        return
    if identity is None:
        if settings is not None and (settings.server.url or settings.kiosk.numbering == "central"):
            yield Finding(
                NAME,
                Level.WARN,
                say(_("Ada server pada pengaturan, tetapi kiosk ini belum didaftarkan.")),
                say(_("Daftarkan: main.py enrol --server URL --code KODE.")),
                "E-SYN-08",
            )
        else:
            yield Finding(NAME, Level.OK, say(_("Tidak terdaftar pada server: kiosk bekerja sendiri.")))
        return
    try:
        found = store.look_at_outbox(machine.state / store.NAME, machine.clock.utc())
    except store.StoreError as error:
        yield Finding(
            NAME, Level.UNKNOWN, say(_("Tidak diperiksa: basis data tidak dapat dibaca.")), code=error.code
        )
        return
    if found is None:
        yield Finding(NAME, Level.OK, say(_("Terdaftar; belum ada yang dikirim.")))
        return
    figures, known = found
    if "paused" in known:
        told = json.loads(known["paused"])
        problem = str(told["text"]).removeprefix(f"{told['code']}: ")
        yield Finding(
            NAME, Level.FAIL, say(_("Pengiriman berhenti: {problem}"), problem=problem), again, told["code"]
        )
    yield _outbox(figures, known.get("last_success"))
    if figures.rejected:
        yield Finding(
            "sync_rejected",
            Level.WARN,
            say(_("{count} kejadian ditolak server dan disisihkan."), count=figures.rejected),
            say(_("Lihat sebabnya: main.py sync status. Setelah diperbaiki: main.py sync now --rejected.")),
        )


def _outbox(figures: OutboxFigures, last_success: str | None) -> Finding:
    old = figures.oldest_s is not None and figures.oldest_s > OLD_S
    level = Level.OK
    if figures.depth >= FAR_TOO_MANY:
        level = Level.FAIL
    elif figures.depth >= MANY or old:
        level = Level.WARN
    return Finding(
        NAME,
        level,
        say(
            _("{count} kejadian menunggu dikirim; terakhir terkirim: {when}."),
            count=figures.depth,
            when=last_success or "-",
        ),
        say(_("Periksa jaringan dan server; kiosk mencoba sendiri. Pada 1.000.000 kejadian tiket berhenti.")),
        facts={
            "outbox_depth": figures.depth,
            "oldest_unacked_seconds": figures.oldest_s,
            "rejected_total": figures.rejected,
            "last_success": last_success,
        },
    )
