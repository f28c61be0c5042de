"""Which versions this is."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from kiosk.doctor.finding import Finding, Level, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

NAME = "versions"
LIBRARIES = ("kivy", "python-escpos", "pydantic", "msgspec", "pyserial", "pyusb")


def own_version() -> str:
    """Return this program's version as pyproject.toml has it, or as it was installed."""
    import tomllib

    from kiosk.settings import ROOT

    try:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return str(project["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return "?"


def versions(machine: Machine) -> dict[str, str]:
    """Return the versions of program, libraries and system."""
    from kiosk import store

    found = {
        "anjungan": own_version(),
        "python": platform.python_version(),
        "schema": str(store.latest_version()),
    }
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            found[library] = "-"
    release = dict(
        line.split("=", 1) for line in (machine.read("etc/os-release") or "").splitlines() if "=" in line
    )
    found["system"] = release.get("PRETTY_NAME", "?").strip('"')
    found["kernel"] = platform.release()
    found["machine"] = (machine.read("proc/device-tree/model") or platform.machine()).strip("\0")
    return found


def check(machine: Machine) -> Iterator[Finding]:
    """List them."""
    found = versions(machine)
    missing = [library for library in LIBRARIES if found[library] == "-"]
    if missing:
        yield Finding(
            NAME,
            Level.FAIL,
            say(_("Pustaka tidak terpasang: {names}."), names=", ".join(missing)),
            say(_("Pasang ulang paket anjungan (atau jalankan make setup).")),
            facts=found,
        )
        return
    yield Finding(
        NAME,
        Level.OK,
        say(_("Anjungan {anjungan}, Python {python}, {system}."), **found),
        facts=found,
    )
