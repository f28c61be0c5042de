"""Runs every check beside the others. A check that hangs or fails is itself a finding; the report always comes."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Final

from kiosk.doctor.finding import Finding, Level, Report, say
from kiosk.doctor.machine import Machine
from kiosk.i18n import _

log = logging.getLogger(__name__)

Check = Callable[[Machine], Iterable[Finding]]

CHECKS: Final = (
    "configuration",
    "site",
    "printer",
    "disk",
    "store",
    "clock",
    "server",
    "sync",
    "display",
    "screen",
    "touch",
    "sound",
    "scanner",
    "power",
    "escapes",
    "crashes",
    "versions",
    "upgrade",
)
"""Each is a module of ``kiosk.doctor.checks`` with one function, ``check``."""
TOTAL_S: Final = 9.0
"""Seconds for all checks together."""


def named_checks() -> dict[str, Check]:
    """Return every check by its name."""
    return {name: import_module(f"kiosk.doctor.checks.{name}").check for name in CHECKS}


def examine(
    machine: Machine,
    checks: Mapping[str, Check] | None = None,
    patience_s: float = TOTAL_S,
    progress: Callable[[str], None] = lambda name: None,
) -> Report:
    """Run ``checks`` (default: all) and return what they found within ``patience_s`` seconds, the worst first.

    ``progress`` is told the name of each check that is done, on the calling thread.
    """
    checks = named_checks() if checks is None else checks
    began = time.monotonic()
    asked = (machine.loaded, machine.site)  # by several checks: read once, before those run beside each other
    log.debug("examining with %s", type(asked[0]).__name__)
    results: queue.SimpleQueue[tuple[str, list[Finding]]] = queue.SimpleQueue()
    for name, check in checks.items():
        # Daemons: a check stuck in the kernel (a dead disk) must not keep the process.
        threading.Thread(
            target=_work, args=(name, check, machine, results), name=f"doctor-{name}", daemon=True
        ).start()
    done: dict[str, list[Finding]] = {}
    while len(done) < len(checks):
        left = began + patience_s - time.monotonic()
        if left <= 0:
            break
        try:
            name, found = results.get(timeout=left)
        except queue.Empty:
            break
        done[name] = found
        progress(name)
    findings = [
        finding
        for name in checks
        for finding in done.get(name) or ([] if name in done else [_late(name, patience_s)])
    ]
    findings.sort(key=lambda finding: finding.level.rank)  # stable: the order of CHECKS within a level
    return Report(machine.clock.utc(), tuple(findings), time.monotonic() - began)


def _work(
    name: str, check: Check, machine: Machine, results: queue.SimpleQueue[tuple[str, list[Finding]]]
) -> None:
    try:
        found = list(check(machine))
    except Exception as error:
        log.exception("the check %s failed", name)
        message = say(
            _("Pemeriksaan ini sendiri gagal: {problem}"), problem=f"{type(error).__name__}: {error}"
        )
        found = [
            Finding(
                name,
                Level.UNKNOWN,
                message,
                say(_("Sertakan berkas diagnostik (main.py bundle) saat melapor.")),
            )
        ]
    results.put((name, found))


def _late(name: str, patience_s: float) -> Finding:
    return Finding(
        name,
        Level.UNKNOWN,
        say(_("Tidak ada jawaban dalam {seconds} detik."), seconds=f"{patience_s:g}"),
        say(
            _(
                "Ulangi; bila tetap begitu, perangkat atau disk yang diperiksa macet: matikan lalu nyalakan unit."
            )
        ),
    )
