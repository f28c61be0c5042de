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
LISTENING: Final = "0A"
LOOPBACK: Final = frozenset({"0100007F", "0" * 24 + "01000000", "0000000000000000FFFF00000100007F"})
"""127.0.0.1, ::1 and ::ffff:127.0.0.1 as /proc/net/tcp and tcp6 have them (words of the machine's own order)."""
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
    yield from _hardware(machine)
    yield from _ports(machine)
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


def _hardware(machine: Machine) -> Iterator[Finding]:
    """Another boot medium, and a disk that somebody carries away."""
    # An EFI variable is four bytes of attributes, then its value.
    for path in machine.glob("sys/firmware/efi/efivars/SecureBoot-*"):
        value = _bytes(path)
        if len(value) == 5 and value[4] != 1:
            yield _open(
                "secureboot",
                Level.WARN,
                say(_("Secure Boot mati: sistem lain dapat dinyalakan di unit ini.")),
                say(_("Nyalakan Secure Boot di UEFI dan kunci UEFI dengan kata sandi.")),
            )
    encrypted = any(_bytes(path).startswith(b"CRYPT-") for path in machine.glob("sys/block/dm-*/dm/uuid"))
    if not encrypted:
        yield _open(
            "disk",
            Level.WARN,
            say(_("Disk tidak disandi: siapa pun yang membawanya membaca token unit dan tiket hari ini.")),
            say(_("Pada unit dengan TPM: LUKS dengan systemd-cryptenroll; lihat docs/security.md.")),
        )


def _ports(machine: Machine) -> Iterator[Finding]:
    """What others on the network can reach: nothing of the kiosk's own."""
    found: set[int] = set()
    for name in ("tcp", "tcp6"):
        for line in (machine.read(f"proc/net/{name}") or "").splitlines()[1:]:
            fields = line.split()
            if len(fields) > 3 and fields[3] == LISTENING:
                address, _sep, port = fields[1].rpartition(":")
                if address not in LOOPBACK:
                    found.add(int(port, 16))
    if found:
        ports = ", ".join(map(str, sorted(found)))
        yield _open(
            "ports",
            Level.WARN,
            say(_("Dapat dihubungi dari jaringan: port {ports}."), ports=ports),
            say(
                _("Matikan layanannya, atau batasi dengan nftables ke jaringan pengelola (docs/security.md).")
            ),
        )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


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
