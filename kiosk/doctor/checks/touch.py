"""The touch panel, as the kernel lists it.

``/proc/bus/input/devices`` shows the bits of each input device: ABS bit 0x35 is ABS_MT_POSITION_X, property bit 1 is
INPUT_PROP_DIRECT, a device one points at directly (kernel: include/uapi/linux/input-event-codes.h).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kiosk.doctor.finding import Finding, Level, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

NAME = "touch"
ABS_MT_POSITION_X: Final = 0x35
ABS_X: Final = 0x00
INPUT_PROP_DIRECT: Final = 1


def check(machine: Machine) -> Iterator[Finding]:
    """Look for a device one touches."""
    listing = machine.read("proc/bus/input/devices")
    if listing is None:
        yield Finding(NAME, Level.UNKNOWN, say(_("Daftar perangkat masukan tidak dapat dibaca.")))
        return
    devices = [_device(block) for block in listing.split("\n\n") if block.strip()]
    panels = [name for name, touched, _letters in devices if touched]
    if panels:
        yield Finding(
            NAME,
            Level.OK,
            say(_("Panel sentuh: {names}."), names=", ".join(panels)),
            facts={"panels": panels},
        )
    else:
        yield Finding(
            NAME,
            Level.WARN,
            say(_("Tidak ada panel sentuh.")),
            say(
                _(
                    "Periksa kabel USB panel; lihat dmesg. Tanpa panel kiosk hanya dapat dipakai dengan tetikus."
                )
            ),
        )


def _device(block: str) -> tuple[str, bool, bool]:
    """Return a device's name, whether it is touched, whether it has letter keys."""
    name = re.search(r'^N: Name="(.*)"', block, re.MULTILINE)
    absolute, properties, keys = (_bits(block, kind) for kind in ("ABS", "PROP", "KEY"))
    direct = bool(properties >> INPUT_PROP_DIRECT & 1)
    touched = bool(absolute >> ABS_MT_POSITION_X & 1 or (direct and absolute >> ABS_X & 1))
    letters = all(keys >> code & 1 for code in range(16, 26))  # KEY_Q … KEY_P
    return name[1] if name else "?", touched, letters


def _bits(block: str, kind: str) -> int:
    """Return a bitmap printed as hexadecimal words of a long each, the highest first."""
    found = re.search(rf"^B: {kind}=(.+)$", block, re.MULTILINE)
    bits = 0
    for word in found[1].split() if found else ():
        bits = bits << 64 | int(word, 16)
    return bits


def keyboards(listing: str) -> list[str]:
    """Return the names of the devices in ``listing`` that have the keys of a typing keyboard."""
    return [
        name
        for name, _touched, letters in (_device(block) for block in listing.split("\n\n") if block.strip())
        if letters
    ]
