"""The disk of the state folder: room, a file written and read back, what the kernel has counted.

``errors_count`` of ext4 is how often the file system found itself damaged (kernel: Documentation/ABI/testing/
sysfs-fs-ext4); ``life_time`` of eMMC is two estimates of wear in tenths, 0x0b beyond the end (JEDEC eMMC 5.1, EXT_CSD
268 and 269).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kiosk.doctor.finding import Finding, Level, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

NAME = "disk"
FAIL_BELOW: Final = 64 << 20
"""Bytes: a month of tickets and all logs still fit, a package upgrade does not."""
WARN_BELOW: Final = 512 << 20
FEW_INODES: Final = 1000
EMMC_WORN: Final = 9
"""Tenths of the eMMC's life used: 80 to 90 %."""


def check(machine: Machine) -> Iterator[Finding]:
    """Look at the file system below the state folder."""
    folder = nearest(machine.state)
    yield _room(folder)
    yield _canary(folder, machine.state)
    yield from _kernel(machine, folder)


def nearest(path: Path) -> Path:
    """Return the deepest folder on the way to ``path`` that exists."""
    return next(one for one in (path, *path.parents) if one.is_dir())


def _room(folder: Path) -> Finding:
    disk = os.statvfs(folder)
    free, size = disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
    facts = {"free_bytes": free, "size_bytes": size, "free_inodes": disk.f_favail, "folder": str(folder)}
    room = say(_("Ruang kosong {free} MB dari {size} MB."), free=free >> 20, size=size >> 20)
    remedy = say(_("Hapus berkas yang tidak perlu; log kiosk sendiri tidak pernah lebih dari 6 MB."))
    few_inodes = disk.f_files > 0 and disk.f_favail < FEW_INODES
    if free < FAIL_BELOW or few_inodes:
        return Finding("disk_space", Level.FAIL, room, remedy, "E-STO-03", facts)
    if free < WARN_BELOW:
        return Finding("disk_space", Level.WARN, room, remedy, None, facts)
    return Finding("disk_space", Level.OK, room, facts=facts)


def _canary(folder: Path, state: Path) -> Finding:
    """Write a small file durably and read it back."""
    path = folder / f".doctor-{os.getpid()}"
    written = secrets.token_bytes(4096)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, written)
            os.fsync(descriptor)
            read = os.pread(descriptor, 4096, 0)
        finally:
            os.close(descriptor)
            path.unlink(missing_ok=True)
    except OSError as error:
        return Finding(
            NAME,
            Level.FAIL,
            say(_("Folder {folder} tidak dapat ditulis: {problem}."), folder=folder, problem=error.strerror),
            say(
                _(
                    "Periksa hak folder dan apakah disk menjadi hanya-baca (mount, dmesg); disk rusak harus diganti."
                )
            ),
            "E-STO-01",
        )
    if read != written:
        return Finding(
            NAME,
            Level.FAIL,
            say(_("Yang dibaca dari disk bukan yang ditulis.")),
            say(_("Disk rusak: buat cadangan (main.py backup) lalu ganti disk.")),
            "E-STO-05",
        )
    return Finding(NAME, Level.OK, say(_("Disk dapat ditulis dan dibaca: {folder}"), folder=state))


def _kernel(machine: Machine, folder: Path) -> Iterator[Finding]:
    errors = 0
    for path in machine.glob("sys/fs/ext4/*/errors_count"):
        errors += machine.number(str(path.relative_to(machine.root))) or 0
    if errors:
        yield Finding(
            "disk_health",
            Level.WARN,
            say(_("Sistem berkas mencatat {count} kesalahan."), count=errors),
            say(_("Buat cadangan (main.py backup), periksa disk dengan fsck, siapkan pengganti.")),
            facts={"ext4_errors": errors},
        )
    for path in machine.glob("sys/block/mmcblk*/device/life_time"):
        text = machine.read(str(path.relative_to(machine.root))) or ""
        worn = max((int(one, 16) for one in text.split() if one.startswith("0x")), default=0)
        if worn >= EMMC_WORN:
            yield Finding(
                "disk_health",
                Level.WARN,
                say(
                    _("Memori eMMC {device} sudah terpakai {percent} % dari umurnya."),
                    device=path.parts[-3],
                    percent=worn * 10,
                ),
                say(_("Siapkan penggantinya; buat cadangan setiap hari (main.py backup).")),
                facts={"life_time": worn},
            )
