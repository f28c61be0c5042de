"""The configuration file and what it chooses."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.doctor.finding import Finding, Level, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _
from kiosk.settings import SettingsError

NAME = "configuration"


def check(machine: Machine) -> Iterator[Finding]:
    """Say whether the configuration is good, and what in it is for demonstrations only."""
    loaded = machine.loaded
    if isinstance(loaded, SettingsError):
        kept = (machine.state / "last-good" / "kiosk.toml").is_file()
        for fault in loaded.faults:
            yield Finding(
                NAME,
                Level.FAIL,
                say(_("Pengaturan salah: {fault}"), fault=fault),
                say(
                    _("Perbaiki baris itu, lalu jalankan main.py check. Kiosk memakai salinan baik terakhir.")
                )
                if kept
                else say(
                    _("Perbaiki baris itu, lalu jalankan main.py check. Tidak ada salinan baik terakhir.")
                ),
                loaded.code,
            )
        return
    from printer import profiles

    if loaded.printer.profile not in profiles.names():
        yield Finding(
            NAME,
            Level.FAIL,
            say(_("Profil printer {profile} tidak dikenal."), profile=loaded.printer.profile),
            say(_("Pilih salah satu: {allowed}."), allowed=", ".join(profiles.names())),
            "E-CFG-02",
        )
    yield Finding(
        NAME, Level.OK, say(_("Pengaturan sah: {file}"), file=loaded.file), facts={"file": str(loaded.file)}
    )
    if loaded.kiosk.ignore_hours:
        yield Finding(
            "ignore_hours",
            Level.WARN,
            say(_("Tiket diberikan pada jam berapa pun (ignore_hours): hanya untuk peragaan.")),
            say(_("Isi ignore_hours = false pada bagian [kiosk].")),
        )
