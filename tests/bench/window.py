"""The window: first frame and memory beside a bare Kivy window, idle, big catalogues, a thousand visits.

The bare window has the kiosk's own window settings and one label. Runs take turns, so that a busy machine slows both.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil

from kiosk import settings as settings_module
from kiosk import site
from kiosk.core import visit as v
from kiosk.core.visit import Screen, Visit
from kiosk.ui import env
from kiosk.ui.present.whole import present
from tests.bench.report import Line, median
from tests.support.big_site import write_big_site
from tests.support.gallery import A_TUESDAY, at, issued, sample, surroundings

SIZE = "1080x1920"
TURNS = 7
SETTLED_S = 6.0
IDLE_S = 60.0
VISITS = 1000
WARM_VISITS = 200
ROUNDS = 9


def bench() -> Iterator[Line]:
    """Yield the lines of this file."""
    yield from start()
    yield from idle()
    # From here on this process has a window of its own.
    env.prepare(settings_module.load(environ={}), (1080, 1920))
    yield from screens()
    yield from visits()


# --- other processes --------------------------------------------------------------------------------------------------


class Started:
    """A window in a process of its own, from its start on."""

    def __init__(self, state: Path, bare: bool) -> None:
        command = [sys.executable, "-m", "tests.bench.bare_window", SIZE]
        if not bare:
            command = [sys.executable, "main.py", "run", "--windowed", SIZE, "--state", str(state)]
        self._bare, self._log = bare, state / "logs" / "kiosk.log"
        self.at = time.time()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.memory = psutil.Process(self.process.pid)

    def first_frame(self) -> float:
        """Return the seconds from the start of the process to its first frame."""
        if self._bare:
            assert self.process.stdout is not None
            return float(self.process.stdout.readline()) - self.at
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if self._log.exists():
                for line in self._log.read_text(encoding="utf-8").splitlines():
                    entry = json.loads(line)
                    if entry["event"] == "first frame":
                        return dt.datetime.fromisoformat(entry["at"]).timestamp() - self.at
            time.sleep(0.02)
        raise TimeoutError(f"no first frame within 30 s: {self._log}")

    def resident(self) -> float:
        """Return the megabytes of memory it has now."""
        return float(self.memory.memory_info().rss) / 1e6

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def start() -> Iterator[Line]:
    """First frame, and memory once all has been loaded."""
    frames: dict[bool, list[float]] = {True: [], False: []}
    memory: dict[bool, list[float]] = {True: [], False: []}
    for turn in range(TURNS):
        for bare in (True, False):
            with tempfile.TemporaryDirectory() as folder:
                window = Started(Path(folder), bare)
                frames[bare].append(window.first_frame() * 1000)
                if turn < 2:
                    time.sleep(SETTLED_S)
                    memory[bare].append(window.resident())
                window.close()
    least = median(frames[True])
    yield Line("first frame", median(frames[False]), "ms", least, 1.5 * least, "≤ 1.5 × a bare window")
    least = median(memory[True])
    yield Line("memory, all loaded", median(memory[False]), "MB", least, 1.3 * least, "≤ 1.3 × a bare window")


def idle() -> Iterator[Line]:
    """The share of a core that the attract screen takes."""
    with tempfile.TemporaryDirectory() as folder:
        window = Started(Path(folder), bare=False)
        window.first_frame()
        time.sleep(SETTLED_S)
        before = sum(window.memory.cpu_times()[:2])
        time.sleep(IDLE_S)
        used = (sum(window.memory.cpu_times()[:2]) - before) / IDLE_S * 100
        window.close()
    yield Line("idle on the attract screen", used, "% of a core", bound=1.0, bound_words="≤ 1 %")


# --- this process -----------------------------------------------------------------------------------------------------


def screens() -> Iterator[Line]:
    """Every screen with 13 agencies and 105 services, and with 200 and 10,000."""
    from kiosk.ui.stage import Stage
    from tests.support.loop import started, turn

    loop, window = started(1080, 1920)
    stage = Stage(lambda event: None, 21.5)
    window.add_widget(stage)
    stage.resize(1080, 1920)
    with tempfile.TemporaryDirectory() as folder:
        write_big_site(Path(folder), 200, 10_000)
        sites = {"small": sample(), "big": site.load(Path(folder))}
    around = {name: surroundings(data, at(data, *A_TUESDAY)) for name, data in sites.items()}
    faces = {name: dict(some_faces(data)) for name, data in sites.items()}
    for screen in faces["small"]:
        taken: dict[str, list[float]] = {"small": [], "big": []}
        for _ in range(ROUNDS):
            for name, times in taken.items():
                stage.show(present(Visit(), around[name]))
                turn(loop, 1)
                began = time.perf_counter()
                stage.show(present(faces[name][screen], around[name]))
                window.dispatch("on_draw")
                times.append((time.perf_counter() - began) * 1000)
        least = median(taken["small"])
        yield Line(
            f"{screen}, 200 agencies and 10,000 services",
            median(taken["big"]),
            "ms",
            least,
            1.5 * least,
            "≤ 1.5 × at 13/105",
        )
    window.remove_widget(stage)


def some_faces(data: site.SiteData) -> Iterator[tuple[str, Visit]]:
    """Yield one state of each screen."""
    catalogue = data.catalogue
    agency = max(catalogue.agencies, key=lambda a: len(catalogue.services_by_agency[a.code]))
    service = catalogue.services_by_agency[agency.code][0]
    chosen = Visit(agency=agency.code, service=service.code)
    yield "agencies", replace(chosen, screen=Screen.AGENCIES)
    yield "search", replace(chosen, screen=Screen.SEARCH, query=service.words[0][:6])
    yield "services", replace(chosen, screen=Screen.SERVICES)
    yield "sheet", replace(chosen, screen=Screen.SHEET)
    yield "result", replace(chosen, screen=Screen.RESULT, issued=issued(service=service.code), countdown=9)
    lost = issued(v.Outcome.NOT_PRINTED, service=service.code, cause="paper_out")
    yield "not printed", replace(chosen, screen=Screen.NOT_PRINTED, issued=lost, countdown=9)


def visits() -> Iterator[Line]:
    """A thousand visits with their tickets: what the process holds afterwards."""
    from tests.support.kiosk_window import Kiosk

    with tempfile.TemporaryDirectory() as folder:
        it = Kiosk(Path(folder), KIOSK__IGNORE_HOURS="true")
        it.ready()
        me = psutil.Process()
        marks: list[tuple[float, int, int]] = []
        for number in range(1, VISITS + 1):
            code = f"{'ABCDEFGHIJKLM'[number % 13]}01"
            for event in (v.Start(), v.ChooseAgency(code[0]), v.ChooseService(code, code[0]), v.TakeTicket()):
                it.app.dispatch_event(event)
                it.frames(1)
            it.until(lambda: it.screen is Screen.RESULT, "a ticket")
            it.app.dispatch_event(v.Done())
            it.frames(1)
            if number in (WARM_VISITS, VISITS):
                gc.collect()
                marks.append((me.memory_info().rss / 1e6, len(gc.get_objects()), me.num_fds()))
        it.close()
    (memory, objects, files), (memory_after, objects_after, files_after) = marks
    spread = f"visits {WARM_VISITS} to {VISITS:,}"
    yield Line(f"memory grown, {spread}", memory_after - memory, "MB", bound=5, bound_words="≤ 5 MB")
    yield Line(f"objects grown, {spread}", objects_after - objects, "objects", bound=500, bound_words="≤ 500")
    yield Line(f"file handles grown, {spread}", files_after - files, "handles", bound=0, bound_words="none")
