"""The site and its catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.doctor.finding import Finding, Level, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

NAME = "site"


def check(machine: Machine) -> Iterator[Finding]:
    """Say whether the catalogue is whole, and how much of it nobody has verified."""
    from kiosk.site import SiteFaults

    site = machine.site
    if site is None:
        yield Finding(NAME, Level.UNKNOWN, say(_("Tidak diperiksa: pengaturan salah.")))
        return
    if isinstance(site, SiteFaults):
        first = site.faults[0]
        yield Finding(
            NAME,
            Level.FAIL,
            say(
                _("Katalog salah di {count} tempat; yang pertama: {fault}"),
                count=len(site.faults),
                fault=first,
            ),
            say(_("Jalankan main.py catalogue check, lalu perbaiki berkas yang disebut.")),
            first.code,
            {"faults": [str(fault) for fault in site.faults[:50]]},
        )
        return
    catalogue = site.catalogue
    facts = {
        "agencies": len(catalogue.agencies),
        "services": len(catalogue.services),
        "directory": str(site.directory),
    }
    yield Finding(
        NAME,
        Level.OK,
        say(_("Katalog utuh: {agencies} instansi, {services} layanan."), **facts),
        facts=facts,
    )
    unverified = sum(service.must_verify for service in catalogue.services)
    if site.site.sample or unverified:
        yield Finding(
            "sample_data",
            Level.WARN,
            say(
                _("Data contoh: {unverified} dari {services} layanan belum diverifikasi."),
                unverified=unverified,
                services=len(catalogue.services),
            ),
            say(
                _(
                    "Instansi harus memeriksa setiap baris (main.py catalogue export) sebelum dilihat masyarakat."
                )
            ),
            facts={"unverified": unverified, "sample": site.site.sample},
        )
