"""Ways out of the kiosk that the installation must close; what the program itself closes is held by its tests.

Only a machine whose service is enabled is a kiosk: there an open way is a fault. On a desk nothing is looked at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kiosk.doctor.checks.touch import keyboards
from kiosk.doctor.finding import Finding, Level, Said, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

NAME = "escapes"
UNIT: Final = "anjungan.service"
ENABLED_AT: Final = "etc/systemd/system/*.wants/anjungan*.service"
SYSRQ: Final = say(_("Tulis kernel.sysrq = 0 di /etc/sysctl.d/ lalu: sysctl --system."))
USBGUARD_AT: Final = "etc/systemd/system/*.wants/usbguard*.service"
"""With a star: a link is found by it even where its target is not below this root."""
MASKS: Final = ("etc/systemd/system", "run/systemd/system", "usr/lib/systemd/system", "lib/systemd/system")


def check(machine: Machine) -> Iterator[Finding]:
    """Walk the list."""
    if not machine.glob(ENABLED_AT):
        yield Finding(
            NAME,
            Level.WARN,
            say(
                _("Mesin ini belum menjadi kiosk: layanan {unit} tidak aktif, jalan keluar tidak diperiksa."),
                unit=UNIT,
            ),
            say(_("Pasang paket anjungan dan aktifkan: systemctl enable --now {unit}."), unit=UNIT),
        )
        return
    faults = list(_faults(machine))
    yield from faults
    if not any(finding.level is Level.FAIL for finding in faults):
        yield Finding(NAME, Level.OK, say(_("Jalan keluar dari kiosk yang dapat diperiksa sudah tertutup.")))


def _faults(machine: Machine) -> Iterator[Finding]:
    sysrq = machine.number("proc/sys/kernel/sysrq")
    if sysrq is None:
        yield _open("sysrq", Level.UNKNOWN, say(_("Nilai kernel.sysrq tidak dapat dibaca.")), SYSRQ)
    elif sysrq != 0:
        yield _open(
            "sysrq", Level.FAIL, say(_("Tombol SysRq aktif (kernel.sysrq = {value})."), value=sysrq), SYSRQ
        )
    for unit in ("getty@tty1.service", "autovt@.service", "ctrl-alt-del.target"):
        if not _masked(machine, unit):
            yield _open(
                re.split("[@.]", unit)[0],
                Level.FAIL,
                say(
                    _("{unit} tidak ditutup: papan ketik dapat membuka konsol atau mematikan unit."),
                    unit=unit,
                ),
                say(_("Jalankan: {command}."), command=f"systemctl mask {unit}"),
            )
    if desktop := _desktop(machine):
        yield _open(
            "desktop",
            Level.FAIL,
            say(_("Ada layar masuk desktop ({name}) di belakang kiosk."), name=desktop),
            say(_("Gunakan sistem tanpa desktop, atau: systemctl disable {name}."), name=desktop),
        )
    typed = keyboards(machine.read("proc/bus/input/devices") or "")
    if typed:
        yield _open(
            "keyboard",
            Level.WARN,
            say(_("Papan ketik tersambung: {names}."), names=", ".join(typed)),
            say(_("Lepaskan; tutup lubang USB dan pasang usbguard dengan daftar perangkat yang boleh.")),
        )
    if not machine.glob(USBGUARD_AT):
        yield _open(
            "usbguard",
            Level.WARN,
            say(_("USBGuard tidak aktif: perangkat USB apa pun diterima.")),
            say(_("Pasang usbguard dan buat daftar: usbguard generate-policy.")),
        )
    yield from _kivy(machine)
    if os.geteuid() == 0 and machine.environ.get("INVOCATION_ID"):
        yield _open(
            "root",
            Level.FAIL,
            say(_("Kiosk berjalan sebagai root.")),
            say(_("Gunakan unit systemd dari paket: User=anjungan.")),
        )
    if not (machine.read("boot/grub/grub.cfg") or "password_pbkdf2").count("password_pbkdf2"):
        yield _open(
            "bootmenu",
            Level.WARN,
            say(_("Menu boot tidak dikunci dengan kata sandi.")),
            say(_("Buat dengan grub-mkpasswd-pbkdf2; kunci juga BIOS/UEFI.")),
        )


def _kivy(machine: Machine) -> Iterator[Finding]:
    """Kivy's own doors. The program shuts them whatever is set; a variable that would open one says somebody tried."""
    for name in sorted(machine.environ):
        if name.startswith("KCFG_") or name in ("KIVY_BUILD", "KIVY_MODULES"):
            yield _open(
                "kivy",
                Level.WARN,
                say(_("Variabel lingkungan {name} tidak semestinya ada."), name=name),
                say(_("Hapus dari unit systemd; lihat systemctl cat anjungan.service.")),
            )


def _desktop(machine: Machine) -> str:
    """Return the unit that brings a log-in screen up, or nothing."""
    try:
        return machine.path("etc/systemd/system/display-manager.service").readlink().name
    except OSError:
        return ""


def _masked(machine: Machine, unit: str) -> bool:
    for folder in MASKS:
        path = machine.path(f"{folder}/{unit}")
        if path.is_symlink():
            return path.readlink() == Path("/dev/null")
    return False


def _open(way: str, level: Level, message: Said, remedy: Said) -> Finding:
    return Finding(f"escape_{way}", level, message, remedy)
