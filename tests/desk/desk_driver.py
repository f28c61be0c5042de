"""Run by test_processes.py as a process of its own: desks that work, or are killed, in one state folder.

``steps`` kills the first desk before its first step, the second before its second, … until one gets through. A step
is an SQL statement, a line of the journal, or a call that sends bytes (before, in the middle, after). ``moments N
SEED`` kills N desks that issue without end, at random moments. ``issue N`` issues N tickets and prints their numbers.
"""

from __future__ import annotations

import os
import random
import select
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kiosk import settings as configuration
from kiosk import site
from kiosk.clock import SystemClock
from kiosk.core.visit import Issued
from kiosk.desk import Desk
from kiosk.desk_setup import open_desk
from kiosk.store import database, journal
from printer import encode
from printer.transports.network import NetworkTransport

SETTINGS = configuration.load(None)
SITE = site.load(SETTINGS.site_dir)
OPEN, GIVEN = b"o", b"g"
PATIENCE_S = 60.0


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def desk(state: Path) -> Desk:
    return open_desk(SETTINGS, state, SITE, SystemClock())


def arm(step: int) -> None:
    """Die before the ``step``-th step of this process."""
    left = [step]

    def count(*_: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            die()

    connect, append, write = database._connect, journal.append, NetworkTransport.write

    def traced(path: Path) -> sqlite3.Connection:
        db = connect(path)
        db.set_trace_callback(count)
        return db

    def appending(*arguments: object) -> None:
        count()
        append(*arguments)  # type: ignore[arg-type]
        count()

    def writing(self: NetworkTransport, data: bytes, deadline: float) -> None:
        for part in (data[: len(data) // 2], data[len(data) // 2 :]):
            count()
            write(self, part, deadline)
        count()

    database._connect = traced
    journal.append = appending
    NetworkTransport.write = writing  # type: ignore[method-assign]


def child(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", flush=True)
            os._exit(1)
        os._exit(0)
    return pid


def steps(state: Path) -> None:
    def issue(step: int) -> None:
        arm(step)
        answer = desk(state).issue("C01")
        assert isinstance(answer, Issued), answer

    for step in range(1, 1000):
        _, status = os.waitpid(child(lambda step=step: issue(step)), 0)
        if os.WIFEXITED(status):
            print(f"killed {step - 1}", flush=True)
            sys.exit(os.WEXITSTATUS(status))
    sys.exit("no desk got through")


def moments(state: Path, count: int, seed: int) -> None:
    """Kill a third of the desks as they open, a third once they are open, a third after their first ticket: however
    slow the machine is, some are killed at each."""

    def issue(events: int) -> None:
        counter = desk(state)
        os.write(events, OPEN)
        while True:
            answer = counter.issue("C01")
            assert isinstance(answer, Issued), answer
            os.write(events, GIVEN)

    choose = random.Random(seed)
    for turn in range(count):
        heard, events = os.pipe()
        pid = child(lambda events=events: issue(events))
        os.close(events)
        for awaited in (OPEN, GIVEN)[: turn % 3]:
            if not select.select([heard], [], [], PATIENCE_S)[0] or os.read(heard, 1) != awaited:
                break  # it ended by itself, which its exit code tells, or is stuck
        time.sleep(choose.uniform(0.0, 0.12))
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        os.close(heard)
        if os.WIFEXITED(status):
            sys.exit(1)
    print(f"killed {count}", flush=True)


def issue(state: Path, count: int) -> None:
    counter = desk(state)
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(count):
        answer = counter.issue("C01")
        assert isinstance(answer, Issued), answer
        print(answer.number, answer.outcome.value, flush=True)
    counter.close()


if __name__ == "__main__":
    encode.warm_up()
    folder = Path(sys.argv[2])
    if sys.argv[1] == "steps":
        steps(folder)
    elif sys.argv[1] == "issue":
        issue(folder, int(sys.argv[3]))
    else:
        moments(folder, int(sys.argv[3]), int(sys.argv[4]))
