"""The doctor's rounds while the kiosk runs: every quarter of an hour, on a thread of its own, for the heartbeat.

Whoever sends heartbeats asks :meth:`Rounds.latest` and never waits. A round is bounded (``examine.TOTAL_S``), and a
check that hangs in the kernel is not begun again until it has come back: a dead disk costs one thread, not one each
round. The printer is left out: the desk knows it better, and a question must not keep a visitor's paper waiting.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from kiosk.doctor.examine import TOTAL_S, Check, examine, named_checks
from kiosk.doctor.finding import Finding, Level, say
from kiosk.doctor.machine import Machine
from kiosk.doctor.summary import Summary, summary
from kiosk.i18n import _

log = logging.getLogger(__name__)

EVERY_S: Final = 900.0
FIRST_S: Final = 60.0
"""Not in the first minute: the machine has just started, and a visitor may be waiting for it."""
LEFT_OUT: Final = frozenset({"printer"})


class Rounds:
    """Owns the thread. ``stop`` ends it within the time it is given."""

    def __init__(
        self,
        machine: Callable[[], Machine],
        checks: Mapping[str, Check] | None = None,
        *,
        every_s: float = EVERY_S,
        first_s: float = FIRST_S,
        patience_s: float = TOTAL_S,
    ) -> None:
        """``machine`` gives a fresh one for each round: what it has read is read anew."""
        self._machine, self._checks = machine, checks
        self._every_s, self._first_s, self._patience_s = every_s, first_s, patience_s
        self._latest: Summary | None = None
        self._running: set[str] = set()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="doctor's rounds", daemon=True)

    def start(self) -> None:
        """Begin the rounds, in the background."""
        self._thread.start()

    def stop(self, deadline_s: float) -> bool:
        """End the thread; say whether it ended in time. A round under way is left to end by itself."""
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join(deadline_s)
        return not self._thread.is_alive()

    def latest(self) -> Summary | None:
        """What the last round found; None before the first has ended."""
        return self._latest

    def _run(self) -> None:
        wait_s = self._first_s
        while not self._ended.wait(wait_s):
            checks = self._checks if self._checks is not None else named_checks()
            guarded = {name: self._guard(name, one) for name, one in checks.items() if name not in LEFT_OUT}
            try:
                self._latest = summary(examine(self._machine(), guarded, self._patience_s))
            except Exception:
                log.exception("the doctor's round failed")  # the next one may not
            wait_s = self._every_s

    def _guard(self, name: str, check: Check) -> Check:
        def guarded(machine: Machine) -> Iterable[Finding]:
            with self._lock:
                stuck = name in self._running
                self._running.add(name)
            if stuck:
                return [Finding(name, Level.UNKNOWN, say(_("Pemeriksaan yang lalu belum selesai.")))]
            try:
                return list(check(machine))
            finally:
                with self._lock:
                    self._running.discard(name)

        return guarded
