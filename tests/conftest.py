"""For all tests: property tests have no deadline of their own, since a slow machine is no fault (bench measures).

``ANJUNGAN_TEST_SCREEN`` (set by scripts/test) gives each worker of pytest-xdist a virtual screen of its own, so that
windows can be tested side by side: Kivy holds one OpenGL context for a process, and a screen has one keyboard.
"""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Iterator

import hypothesis
import pytest

hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

END_S = 10.0
_screen = pytest.StashKey[subprocess.Popen[bytes]]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the worker's screen before any test can open a window."""
    size = os.environ.get("ANJUNGAN_TEST_SCREEN")
    if not size or "PYTEST_XDIST_WORKER" not in os.environ:
        return
    told, tell = os.pipe()
    xvfb = subprocess.Popen(
        ["Xvfb", "-displayfd", str(tell), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=[tell],
        stderr=subprocess.DEVNULL,
    )
    os.close(tell)
    with os.fdopen(told) as file:  # Xvfb writes its number once it serves, or closes the pipe as it ends
        number = file.readline().strip()
    if not number:
        raise pytest.UsageError(f"Xvfb did not start: exit {xvfb.wait(END_S)}")
    config.stash[_screen] = xvfb
    os.environ["DISPLAY"] = f":{number}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the screen that this worker started."""
    xvfb = config.stash.get(_screen, None)
    if xvfb is not None:
        xvfb.terminate()
        xvfb.wait(END_S)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """A test that leaves the log deaf fails itself, instead of the next one that listens to it."""
    yield
    root = logging.getLogger()
    level, root.manager.disable, off = root.level, 0, root.manager.disable
    deaf = [name for name, each in root.manager.loggerDict.items() if getattr(each, "disabled", False)]
    root.setLevel(logging.WARNING)
    assert (level <= logging.WARNING, off, deaf) == (True, 0, []), f"{item.nodeid}: level {level}"
