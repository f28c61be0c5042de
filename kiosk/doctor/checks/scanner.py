"""The code scanner: one that types is listed among the keyboards, one on a serial line has a device."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from kiosk.devices.scanner import KEYBOARD
from kiosk.doctor.checks.touch import keyboards
from kiosk.doctor.finding import Finding, Level, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

NAME = "scanner"


def check(machine: Machine) -> Iterator[Finding]:
    """Say whether the configured scanner is there and may be read."""
    settings = machine.settings
    if settings is None:
        yield Finding(NAME, Level.UNKNOWN, say(_("Tidak diperiksa: pengaturan salah.")))
        return
    device = settings.scanner.device
    if device in ("", KEYBOARD):
        typing = keyboards(machine.read("proc/bus/input/devices") or "")
        facts = {"device": device, "keyboards": typing}
        if typing:
            message = say(_("Pemindai yang mengetik boleh ada di antara: {names}."), names=", ".join(typing))
            yield Finding(NAME, Level.OK, message, facts=facts)
        elif not device:
            yield Finding(NAME, Level.OK, say(_("Tidak ada pemindai pada pengaturan.")), facts=facts)
        else:
            yield Finding(
                NAME,
                Level.FAIL,
                say(_("Pemindai yang mengetik tidak tersambung.")),
                say(
                    _(
                        "Periksa kabelnya; atur pemindai sebagai papan tombol USB (USB-HID) lewat buku panduannya."
                    )
                ),
                facts=facts,
            )
        return
    path = machine.path(device)
    try:
        kind = path.stat().st_mode
    except OSError as error:
        yield Finding(
            NAME,
            Level.FAIL,
            say(_("Pemindai {device} tidak ada: {problem}."), device=device, problem=error.strerror),
            say(_("Periksa kabelnya; nama yang tetap ada di /dev/serial/by-id/.")),
        )
        return
    if not stat.S_ISCHR(kind):
        yield Finding(
            NAME,
            Level.FAIL,
            say(_("{device} bukan perangkat."), device=device),
            say(_("Isi [scanner] device dengan nama di /dev/serial/by-id/.")),
        )
    elif not os.access(path, os.R_OK | os.W_OK):
        yield Finding(
            NAME,
            Level.FAIL,
            say(_("Pemindai {device} ada tetapi tidak boleh dibaca."), device=device),
            say(_("Masukkan pengguna kiosk ke grup dialout dan input, lalu mulai ulang.")),
        )
    else:
        yield Finding(NAME, Level.OK, say(_("Pemindai ada: {device}."), device=device))
