"""Heat and electricity: the two quiet killers of small computers.

``get_throttled`` of the Raspberry Pi's firmware: bit 0 undervoltage now, 1 frequency capped, 2 throttled, 3 soft
temperature limit; the same from bit 16 on: it has happened since boot (Raspberry Pi documentation, vcgencmd).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kiosk.doctor.finding import Finding, Level, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

HOT: Final = 70.0
TOO_HOT: Final = 80.0
"""Degrees Celsius; a Raspberry Pi slows itself down at 80."""
UNDERVOLTAGE_NOW: Final = 1 << 0
UNDERVOLTAGE_SINCE_BOOT: Final = 1 << 16


def check(machine: Machine) -> Iterator[Finding]:
    """Read temperatures, and on a Raspberry Pi what the firmware says of its supply."""
    yield _temperature(machine)
    yield from _supply(machine)


def _temperature(machine: Machine) -> Finding:
    zones = {}
    for path in machine.glob("sys/class/thermal/thermal_zone*/temp"):
        value = machine.number(str(path.relative_to(machine.root)))
        if value is not None and 0 < value < 200_000:
            kind = machine.read(str((path.parent / "type").relative_to(machine.root))) or path.parent.name
            zones[kind] = value / 1000
    if not zones:
        return Finding("temperature", Level.UNKNOWN, say(_("Unit ini tidak memberi tahu suhunya.")))
    hottest = max(zones.values())
    level = Level.FAIL if hottest >= TOO_HOT else Level.WARN if hottest >= HOT else Level.OK
    return Finding(
        "temperature",
        level,
        say(_("Suhu tertinggi {degrees} °C."), degrees=f"{hottest:.0f}"),
        say(_("Bersihkan lubang angin, periksa kipas, jauhkan dari matahari.")),
        facts={"celsius": zones},
    )


def _supply(machine: Machine) -> Iterator[Finding]:
    told = machine.output("vcgencmd", "get_throttled")
    bits: int | None = None
    if told is not None and "=" in told:
        try:
            bits = int(told.split("=", 1)[1].strip(), 16)
        except ValueError:
            bits = None
    if bits is None:
        for path in machine.glob("sys/class/hwmon/hwmon*/in0_lcrit_alarm"):
            alarm = machine.number(str(path.relative_to(machine.root)))
            if alarm is not None:
                bits = UNDERVOLTAGE_NOW if alarm else 0
    model = machine.read("proc/device-tree/model") or ""
    if bits is None:
        if "Raspberry Pi" in model:
            yield Finding(
                "undervoltage", Level.UNKNOWN, say(_("Firmware tidak memberi tahu tegangan (vcgencmd)."))
            )
        return
    level = (
        Level.FAIL if bits & UNDERVOLTAGE_NOW else Level.WARN if bits & UNDERVOLTAGE_SINCE_BOOT else Level.OK
    )
    messages = {
        Level.FAIL: say(_("Tegangan listrik kurang, sekarang.")),
        Level.WARN: say(_("Tegangan listrik pernah kurang sejak unit menyala.")),
        Level.OK: say(_("Tegangan listrik cukup.")),
    }
    yield Finding(
        "undervoltage",
        level,
        messages[level],
        say(_("Gunakan adaptor resmi dan kabel pendek; jangan mengambil listrik printer dari unit ini.")),
        facts={"throttled": f"0x{bits:x}"},
    )
