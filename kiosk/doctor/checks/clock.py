"""The clock: whether it can be right, who keeps it right, and whether it survives a night without power."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from kiosk.doctor.finding import SILENT, Finding, Level, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

NAME = "clock"
NOT_BEFORE: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""This program is younger: an earlier clock is a clock that has forgotten."""


def check(machine: Machine) -> Iterator[Finding]:
    """Look at the year, the time zone, network time and the battery-backed clock."""
    from kiosk.site import SiteData

    now = machine.clock.utc()
    if now < NOT_BEFORE:
        yield Finding(
            NAME,
            Level.FAIL,
            say(_("Jam menunjuk {year}: pasti salah."), year=now.year),
            say(
                _(
                    "Setel jam (timedatectl set-time) dan sambungkan ke jaringan; ganti baterai jam bila berulang."
                )
            ),
            facts={"utc": now.isoformat(timespec="seconds")},
        )
    else:
        yield from _kept_right(machine, now)
    site = machine.site
    if isinstance(site, SiteData):
        from zoneinfo import ZoneInfo

        local = now.astimezone(ZoneInfo(site.site.timezone))
        yield Finding(
            "timezone",
            Level.OK,
            say(
                _("Zona waktu situs {zone}: di sana sekarang {time}."),
                zone=site.site.timezone,
                time=f"{local:%H:%M}",
            ),
            facts={"zone": site.site.timezone, "local": local.isoformat(timespec="seconds")},
        )
    if not machine.glob("sys/class/rtc/rtc*"):
        yield Finding(
            "rtc",
            Level.WARN,
            say(_("Tidak ada jam berbaterai: sesudah listrik padam jam salah sampai jaringan tersambung.")),
            say(_("Pasang modul jam (RTC) atau pastikan jaringan menyala lebih dulu.")),
        )
    elif (since := machine.number("sys/class/rtc/rtc0/since_epoch")) is not None:
        offset = since - now.timestamp()
        bad = abs(offset) > 120
        yield Finding(
            "rtc",
            Level.WARN if bad else Level.OK,
            say(_("Jam berbaterai berbeda {seconds} detik dari jam sistem."), seconds=round(offset)),
            say(_("Samakan: hwclock --systohc.")) if bad else SILENT,
            facts={"offset_s": round(offset)},
        )


def _kept_right(machine: Machine, now: dt.datetime) -> Iterator[Finding]:
    told = machine.output("timedatectl", "show", "--property=NTP", "--property=NTPSynchronized")
    values = dict(line.split("=", 1) for line in (told or "").splitlines() if "=" in line)
    facts = {"utc": now.isoformat(timespec="seconds"), **values}
    if "NTPSynchronized" not in values:
        yield Finding(
            NAME,
            Level.UNKNOWN,
            say(_("Tidak diketahui apakah jam dijaga: timedatectl tidak menjawab.")),
            say(_("Bandingkan dengan jam tangan; nomor tiket mengikuti tanggal unit ini.")),
            facts=facts,
        )
    elif values["NTPSynchronized"] == "yes":
        yield Finding(NAME, Level.OK, say(_("Jam dijaga oleh waktu jaringan (NTP).")), facts=facts)
    else:
        yield Finding(
            NAME,
            Level.WARN,
            say(
                _(
                    "Jam tidak disamakan dengan waktu jaringan; tanpa server, selisihnya tidak dapat diketahui."
                )
            ),
            say(_("Nyalakan: timedatectl set-ntp true; pasang systemd-timesyncd bila belum ada.")),
            facts=facts,
        )
