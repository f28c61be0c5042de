"""Each check against machines that are well, ill, and silent."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from kiosk import store
from kiosk.doctor import Level
from kiosk.doctor.checks.touch import keyboards
from kiosk.store import FileLock, Store
from tests.doctor.conftest import Bench
from tests.support.turnable_clock import WIB

OK, WARN, FAIL, UNKNOWN = Level.OK, Level.WARN, Level.FAIL, Level.UNKNOWN


# --- configuration and site ------------------------------------------------------------------------------------


def test_the_shipped_configuration_is_good(bench) -> None:
    assert {name: found.level for name, found in bench.check("configuration").items()} == {
        "configuration": OK
    }


def test_ignore_hours_is_a_warning(bench) -> None:
    bench.set(KIOSK__IGNORE_HOURS="true")
    assert bench.check("configuration")["ignore_hours"].level is WARN


def test_an_unknown_profile_is_a_fault_with_the_names_that_are_known(bench) -> None:
    bench.set(PRINTER__PROFILE="no-such-printer")
    found = bench.check("configuration")["configuration"]
    assert (found.level, found.code) == (FAIL, "E-CFG-02")
    assert "generic-80" in found.remedy.text("en")


def test_a_bad_configuration_says_whether_a_good_copy_serves(bench) -> None:
    bench.set(PRINTER__PORT="seven")
    assert "Tidak ada salinan" in bench.check("configuration")["configuration"].remedy.text("id")
    (bench.state / "last-good").mkdir()
    (bench.state / "last-good" / "kiosk.toml").write_text("")
    assert "memakai salinan baik" in bench.check("configuration")["configuration"].remedy.text("id")


def test_the_sample_says_that_it_is_one(bench) -> None:
    found = bench.check("site")
    assert found["site"].level is OK
    assert found["sample_data"].level is WARN
    assert found["sample_data"].facts["unverified"] == found["site"].facts["services"]


def test_a_site_with_faults_tells_how_many_and_the_first(bench, tmp_path: Path) -> None:
    site = tmp_path / "mall"
    shutil.copytree(bench.machine.settings.site_dir, site)
    catalogue = json.loads((site / "catalogue.json").read_text())
    catalogue["services"][0]["queue"] = "NOSUCH"
    (site / "catalogue.json").write_text(json.dumps(catalogue))
    bench.set(KIOSK__SITE=site)
    found = bench.check("site")["site"]
    assert found.level is FAIL
    assert found.code is not None and found.code.startswith("E-CAT-")
    assert "NOSUCH" in found.message.text("id")


# --- printer ---------------------------------------------------------------------------------------------------


def fault(bench, text: str) -> None:
    (bench.state / "paper").mkdir(exist_ok=True)
    (bench.state / "paper" / "faults.txt").write_text(f"{text}\n")


def test_a_virtual_printer_is_a_warning(bench) -> None:
    found = bench.check("printer")
    assert (found["printer"].level, found["paper"].level) == (WARN, OK)


@pytest.mark.parametrize(
    ("wrong", "printer", "paper"),
    [
        ("paper_out", WARN, FAIL),
        ("paper_low", WARN, WARN),
        ("cover_open", FAIL, None),
        ("silent", WARN, UNKNOWN),
    ],
)
def test_what_the_printer_says_is_told(bench, wrong: str, printer: Level, paper: Level | None) -> None:
    bench.set(PRINTER__DEADLINE_S="1")
    fault(bench, wrong)
    found = bench.check("printer")
    assert found["printer"].level is printer
    if paper is not None:
        assert found["paper"].level is paper


def test_a_printer_that_is_not_there_is_a_fault_with_its_code(bench) -> None:
    bench.set(PRINTER__TRANSPORT="file", PRINTER__DEVICE=bench.folder / "absent")
    found = bench.check("printer")["printer"]
    assert (found.level, found.code) == (FAIL, "E-PRN-11")


def test_a_kiosk_that_prints_is_not_disturbed(bench) -> None:
    lock = FileLock(bench.state / "desk.lock")
    assert lock.acquire(1)
    try:
        found = bench.check("printer")["printer"]
    finally:
        lock.release()
    assert found.level is UNKNOWN
    assert bench.check("printer")["printer"].level is WARN
    assert lock.acquire(1), "the doctor keeps the desk"
    lock.release()


# --- disk ------------------------------------------------------------------------------------------------------


def test_a_good_disk_is_written_and_read_and_left_as_it_was(bench) -> None:
    found = bench.check("disk")
    assert found["disk"].level is OK
    assert list(bench.state.iterdir()) == []


@pytest.mark.skipif(not os.path.isdir("/sys/kernel"), reason="needs a folder nobody can write: sysfs")  # noqa: PTH112
def test_a_folder_that_takes_no_file_is_a_fault(bench) -> None:
    machine = bench.machine
    machine.state = Path("/sys/kernel")
    from kiosk.doctor.checks import disk

    found = {finding.check: finding for finding in disk.check(machine)}
    assert (found["disk"].level, found["disk"].code) == (FAIL, "E-STO-01")


def test_what_the_kernel_counted_is_told(bench) -> None:
    bench.file("sys/fs/ext4/mmcblk0p2/errors_count", "3\n")
    assert bench.check("disk")["disk_health"].facts == {"ext4_errors": 3}


@pytest.mark.parametrize(("life", "told"), [("0x01 0x02", False), ("0x01 0x0a", True)])
def test_a_worn_emmc_is_told(bench, life: str, told: bool) -> None:
    bench.file("sys/block/mmcblk0/device/life_time", f"{life}\n")
    assert ("disk_health" in bench.check("disk")) is told


# --- store -----------------------------------------------------------------------------------------------------


def make_store(bench) -> Path:
    path = bench.state / store.NAME
    Store.open(path, bench.clock, WIB).close()
    return path


def test_no_database_yet_is_well(bench) -> None:
    assert bench.check("store")["store"].level is OK
    assert list(bench.state.iterdir()) == []


def test_a_whole_database_is_told_with_its_figures(bench) -> None:
    make_store(bench)
    found = bench.check("store")
    assert set(found) == {"store"}
    facts = found["store"].facts
    assert (facts["tickets_today"], facts["checked"], facts["journal_whole"]) == (0, True, True)


def test_a_damaged_database_is_a_fault_and_stays_where_it_is(bench) -> None:
    path = make_store(bench)
    data = bytearray(path.read_bytes())
    data[4096:12288] = b"\xa5" * 8192
    path.write_bytes(data)
    found = bench.check("store")["store"]
    assert (found.level, found.code) == (FAIL, "E-STO-02")
    assert path.read_bytes() == data


def test_a_newer_database_is_a_fault(bench) -> None:
    path = make_store(bench)
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    assert bench.check("store")["store"].code == "E-STO-04"


def test_lost_numbers_and_a_set_aside_database_are_told(bench) -> None:
    path = make_store(bench)
    (bench.state / "anjungan.db.broken-20261124T010203Z").write_bytes(b"")
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO meta VALUES ('refused_day', '2026-11-24')")
    db.close()
    (bench.state / "numbers.journal").unlink()
    found = bench.check("store")
    assert (found["numbers"].level, found["numbers"].code) == (FAIL, "E-STO-06")
    assert found["store_broken"].code == "E-STO-02"


# --- clock -----------------------------------------------------------------------------------------------------


def test_a_clock_that_forgot_the_year_is_a_fault(bench) -> None:
    bench.clock.wall = dt.datetime(1970, 1, 1, 0, 5, tzinfo=dt.UTC)
    assert bench.check("clock")["clock"].level is FAIL


@pytest.mark.parametrize(("synchronised", "level"), [("yes", OK), ("no", WARN)])
def test_network_time_is_what_timedatectl_says(bench, synchronised: str, level: Level) -> None:
    bench.program("timedatectl", f"NTP=yes\nNTPSynchronized={synchronised}\n")
    assert bench.check("clock")["clock"].level is level


def test_without_timedatectl_the_clock_is_unknown(bench) -> None:
    found = bench.check("clock")
    assert found["clock"].level is UNKNOWN
    assert found["rtc"].level is WARN
    assert found["timezone"].facts["zone"] == "Asia/Jakarta"


@pytest.mark.parametrize(("behind", "level"), [(0, OK), (3600, WARN)])
def test_a_battery_backed_clock_is_compared(bench, behind: int, level: Level) -> None:
    seconds = int(bench.clock.utc().timestamp()) - behind
    bench.file("sys/class/rtc/rtc0/since_epoch", f"{seconds}\n")
    assert bench.check("clock")["rtc"].level is level


# --- screen, touch, sound, scanner -------------------------------------------------------------------------------


XRANDR = "HDMI-1 connected primary 1920x1080+0+0 (normal left inverted right) {w}mm x {h}mm\n"


@pytest.mark.parametrize(
    ("w", "h", "level"), [(476, 268, OK), (344, 194, WARN), (0, 0, UNKNOWN), (508, 285, UNKNOWN)]
)
def test_the_panel_is_held_against_the_configured_diagonal(bench, w: int, h: int, level: Level) -> None:
    bench.environ["DISPLAY"] = ":7"
    bench.program("xrandr", XRANDR.format(w=w, h=h))
    found = bench.check("display")
    assert found["display"].level is OK
    assert found["display_scale"].level is level


def test_without_x_the_kernel_tells_the_panel(bench) -> None:
    edid = bytearray(128)
    edid[21:23] = bytes((48, 27))  # centimetres: 21.7 inches
    bench.file("sys/class/drm/card0-HDMI-A-1/status", "connected\n")
    bench.file("sys/class/drm/card0-HDMI-A-1/modes", "1920x1080\n1280x720\n")
    bench.file("sys/class/drm/card0-HDMI-A-1/edid", bytes(edid))
    bench.file("sys/class/drm/card0-HDMI-A-2/status", "disconnected\n")
    found = bench.check("display")
    assert (found["display"].level, found["display_scale"].level) == (OK, OK)
    assert found["display"].facts["pixels"] == [1920, 1080]


def test_a_screen_that_is_too_small_is_a_fault(bench) -> None:
    bench.environ["DISPLAY"] = ":7"
    bench.program("xrandr", XRANDR.format(w=154, h=86).replace("1920x1080", "800x480"))
    assert bench.check("display")["display"].level is FAIL


def test_no_screen_is_unknown_with_the_reason(bench) -> None:
    found = bench.check("display")["display"]
    assert found.level is UNKNOWN
    assert "DISPLAY" in found.message.text("en")


PANEL = """\
I: Bus=0003 Vendor=0eef Product=0001 Version=0110
N: Name="eGalax Inc. USB TouchController"
P: Phys=usb-0000:01:00.0-1.2/input0
H: Handlers=mouse0 event0
B: PROP=2
B: EV=b
B: KEY=400 0 0 0 0 0
B: ABS=2608000 3
"""
MOUSE = """\
N: Name="USB Mouse"
B: PROP=0
B: EV=17
B: KEY=70000 0 0 0 0
B: REL=903
"""
KEYBOARD = """\
N: Name="USB Keyboard"
B: PROP=0
B: EV=120013
B: KEY=1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe
"""
BUTTON = """\
N: Name="Power Button"
B: PROP=0
B: EV=3
B: KEY=10000000000000 0
"""


def test_a_touch_panel_is_told_from_mice_and_keyboards(bench) -> None:
    bench.file("proc/bus/input/devices", "\n".join((BUTTON, MOUSE, KEYBOARD)))
    assert bench.check("touch")["touch"].level is WARN
    bench.file("proc/bus/input/devices", "\n".join((BUTTON, MOUSE, PANEL)))
    assert bench.check("touch")["touch"].facts == {"panels": ["eGalax Inc. USB TouchController"]}


def test_a_keyboard_is_one_that_has_letters() -> None:
    assert keyboards("\n".join((BUTTON, MOUSE, PANEL, KEYBOARD))) == ["USB Keyboard"]


def test_sound_needs_voice_player_and_card(bench) -> None:
    assert bench.check("sound")["sound"].facts["missing_packages"] == ["espeak-ng", "alsa-utils"]
    bench.program("espeak-ng")
    bench.program("aplay")
    assert bench.check("sound")["sound"].level is WARN
    bench.file("proc/asound/cards", " 0 [Headphones     ]: bcm2835 - bcm2835 Headphones\n")
    assert bench.check("sound")["sound"].level is OK


def test_a_scanner_is_a_device_that_may_be_read(bench) -> None:
    assert bench.check("scanner")["scanner"].level is OK
    bench.set(SCANNER__DEVICE="/dev/ttyACM0")
    assert bench.check("scanner")["scanner"].level is FAIL
    there = bench.file("dev/ttyACM0", "")
    assert "not a device" in bench.check("scanner")["scanner"].message.text("en")
    there.unlink()
    bench.link("dev/ttyACM0", os.devnull)
    assert bench.check("scanner")["scanner"].level is OK


def test_a_scanner_that_types_is_one_of_the_keyboards(bench) -> None:
    bench.set(SCANNER__DEVICE="keyboard")
    assert bench.check("scanner")["scanner"].level is FAIL
    bench.file("proc/bus/input/devices", "\n".join((BUTTON, MOUSE, KEYBOARD)))
    found = bench.check("scanner")["scanner"]
    assert found.level is OK
    assert found.facts["keyboards"] == ["USB Keyboard"]


# --- heat and supply ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("milli", "level"), [(48312, OK), (74000, WARN), (81500, FAIL)])
def test_heat(bench, milli: int, level: Level) -> None:
    bench.file("sys/class/thermal/thermal_zone0/temp", f"{milli}\n")
    bench.file("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n")
    found = bench.check("power")["temperature"]
    assert found.level is level
    assert found.facts == {"celsius": {"cpu-thermal": milli / 1000}}


@pytest.mark.parametrize(("bits", "level"), [("0x0", OK), ("0x50000", WARN), ("0x50005", FAIL)])
def test_undervoltage_as_the_firmware_tells_it(bench, bits: str, level: Level) -> None:
    bench.program("vcgencmd", f"throttled={bits}\n")
    assert bench.check("power")["undervoltage"].level is level


def test_undervoltage_as_the_kernel_tells_it(bench) -> None:
    bench.file("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
    assert bench.check("power")["undervoltage"].level is FAIL


def test_a_pi_that_says_nothing_is_unknown_and_a_pc_is_not_asked(bench) -> None:
    assert set(bench.check("power")) == {"temperature"}
    bench.file("proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.5\0")
    assert bench.check("power")["undervoltage"].level is UNKNOWN


# --- crashes -----------------------------------------------------------------------------------------------------


def log_line(bench, age: dt.timedelta, **fields: object) -> str:
    at = (bench.clock.utc() - age).isoformat(timespec="milliseconds")
    return json.dumps(
        {"at": at, "level": "error", "area": "kiosk.ui.app", "event": "the window ended by itself"} | fields
    )


def test_the_latest_crash_of_the_rotated_log_is_told(bench) -> None:
    folder = bench.state / "logs"
    folder.mkdir()
    old = log_line(bench, dt.timedelta(days=2), trace="Traceback\nValueError: first")
    new = log_line(bench, dt.timedelta(hours=3), trace="Traceback\nKeyError: 'second'")
    (folder / "kiosk.log.1").write_text(old + "\n")
    (folder / "kiosk.log").write_text(f"{new}\nnot JSON\n{log_line(bench, dt.timedelta(minutes=1))}\n")
    found = bench.check("crashes")["crashes"]
    assert found.level is WARN
    assert found.facts["trace"] == ["KeyError: 'second'"]
    assert found.facts["errors_last_day"] == 2


def test_an_old_crash_is_forgotten(bench) -> None:
    folder = bench.state / "logs"
    folder.mkdir()
    (folder / "kiosk.log").write_text(
        log_line(bench, dt.timedelta(days=30), trace="ValueError: long ago") + "\n"
    )
    assert bench.check("crashes")["crashes"].level is OK


def test_versions_name_program_and_libraries(bench) -> None:
    bench.file("etc/os-release", 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n')
    found = bench.check("versions")["versions"]
    assert found.level is OK
    assert found.facts["kivy"].startswith("2.3")
    assert found.facts["system"] == "Debian GNU/Linux 12 (bookworm)"


# --- ways out ----------------------------------------------------------------------------------------------------


def installed(bench) -> None:
    """A kiosk as the manual says."""
    bench.link(
        "etc/systemd/system/graphical.target.wants/anjungan.service",
        "/usr/lib/systemd/system/anjungan.service",
    )
    bench.link(
        "etc/systemd/system/multi-user.target.wants/usbguard.service",
        "/usr/lib/systemd/system/usbguard.service",
    )
    for unit in ("getty@tty1.service", "autovt@.service", "ctrl-alt-del.target"):
        bench.link(f"etc/systemd/system/{unit}", os.devnull)
    bench.file("proc/sys/kernel/sysrq", "0\n")
    bench.file("sys/firmware/efi/efivars/SecureBoot-8be4df61", bytes([6, 0, 0, 0, 1]))
    bench.file("sys/block/dm-0/dm/uuid", "CRYPT-LUKS2-0123-root\n")
    bench.file("proc/net/tcp", LISTEN.format(address="0100007F", port="0277"))
    bench.file("proc/net/tcp6", LISTEN.format(address="00000000000000000000000001000000", port="0277"))


LISTEN = (
    "  sl  local_address rem_address   st tx_queue\n"
    "   0: {address}:{port} 00000000:0000 0A 00000000:00000000\n"
    "   1: 00000000:1F90 0A00000A:01BB 01 00000000:00000000\n"  # a connection of its own is no open port
)


def test_a_desk_is_not_looked_at(bench) -> None:
    assert {name: found.level for name, found in bench.check("escapes").items()} == {"escapes": WARN}


def test_a_closed_kiosk_is_well(bench) -> None:
    installed(bench)
    assert {name: found.level for name, found in bench.check("escapes").items()} == {"escapes": OK}


def test_every_open_way_is_told(bench) -> None:
    installed(bench)
    bench.file("proc/sys/kernel/sysrq", "438\n")
    (bench.folder / "root/etc/systemd/system/getty@tty1.service").unlink()
    (bench.folder / "root/etc/systemd/system/ctrl-alt-del.target").unlink()
    (bench.folder / "root/etc/systemd/system/multi-user.target.wants/usbguard.service").unlink()
    bench.link("etc/systemd/system/display-manager.service", "/lib/systemd/system/lightdm.service")
    bench.file("proc/bus/input/devices", KEYBOARD)
    bench.file("boot/grub/grub.cfg", "set timeout=5\n")
    bench.environ["KCFG_MODULES_INSPECTOR"] = ""
    bench.file("sys/firmware/efi/efivars/SecureBoot-8be4df61", bytes([6, 0, 0, 0, 0]))
    bench.file("sys/block/dm-0/dm/uuid", "LVM-0123\n")
    bench.file("proc/net/tcp6", LISTEN.format(address="0" * 32, port="0016"))
    assert "22." in bench.check("escapes")["escape_ports"].message.text("id")
    found = {name: one.level for name, one in bench.check("escapes").items()}
    assert found == {
        "escape_sysrq": FAIL,
        "escape_getty": FAIL,
        "escape_ctrl-alt-del": FAIL,
        "escape_desktop": FAIL,
        "escape_usbguard": WARN,
        "escape_keyboard": WARN,
        "escape_bootmenu": WARN,
        "escape_kivy": WARN,
        "escape_secureboot": WARN,
        "escape_disk": WARN,
        "escape_ports": WARN,
    }


# --- the screen at night and the last upgrade -----------------------------------------------------------------------


def test_a_screen_that_never_goes_dark_needs_no_word(bench: Bench) -> None:
    assert bench.check("screen") == {}


def test_a_dark_screen_says_when_and_by_what(bench: Bench) -> None:
    bench.set(DISPLAY__SCREEN_OFF="times", DISPLAY__OFF_AT="17:30")
    found = bench.check("screen")
    assert (found["screen_off"].level, found["screen_light"].level) == (Level.OK, Level.WARN)
    assert "17:30" in found["screen_off"].message.text("id")
    bench.file("etc/systemd/system/anjungan.service.wants/anjungan-screen.path", "")
    bench.file("etc/systemd/system/graphical.target.wants/anjungan-x11.service", "")
    bench.program("xset")
    assert "DPMS" in bench.check("screen")["screen_light"].message.text("id")
    bench.file("sys/class/backlight/10-0045/bl_power", "0")
    assert "10-0045" in bench.check("screen")["screen_light"].message.text("id")
    bench.file("usr/local/sbin/anjungan-panel", "#!/bin/sh").chmod(0o755)
    assert "/usr/local/sbin/anjungan-panel" in bench.check("screen")["screen_light"].message.text("en")


@pytest.mark.parametrize(
    ("outcome", "in_use", "level", "code"),
    [
        ("kept", False, Level.OK, None),
        ("gone back", True, Level.WARN, "E-UPG-01"),
        ("stuck", False, Level.FAIL, "E-UPG-02"),
    ],
)
def test_how_the_last_upgrade_ended(
    bench: Bench, outcome: str, in_use: bool, level: Level, code: str | None
) -> None:
    assert bench.check("upgrade") == {}
    told = {
        "outcome": outcome,
        "from": "1.0",
        "to": "2.0",
        "why": "it is failed",
        "at": "2026-11-24T02:00:00+00:00",
    }
    bench.file("opt/anjungan-previous/outcome.json", json.dumps(told))
    if in_use:
        bench.file("opt/anjungan-previous/in-use", "")
    found = bench.check("upgrade")["upgrade"]
    assert (found.level, found.code) == (level, code)
    assert "2.0" in found.message.text("en")
    bench.file("opt/anjungan-previous/pending.json", "{}")
    assert bench.check("upgrade")["upgrade"].level is Level.WARN


def test_an_outcome_that_cannot_be_read_is_none(bench: Bench) -> None:
    for text in ("", "[]", "{"):
        bench.file("opt/anjungan-previous/outcome.json", text)
        assert bench.check("upgrade") == {}
