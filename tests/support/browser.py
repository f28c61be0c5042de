"""A real Chromium for tests of the server's pages: one for each test process, a fresh profile for each page.

Every page is watched: a fault in its script, a line of fault in its console or something its Content-Security-Policy
refused fails the test that opened it. With ``ANJUNGAN_TEST_PICTURES=FOLDER`` the pictures that tests take are kept.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypedDict

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
SOUND: Final = ("--autoplay-policy=no-user-gesture-required", "--mute-audio")
"""Sound as on the lobby's television, which nobody touches; not heard by whoever runs the tests."""
PATIENCE_MS: Final = 20_000
"""How long a page may take for anything: a deadline on events, far above what a busy machine needs."""


class Size(TypedDict):
    """A window's width and height."""

    width: int
    height: int


PHONE: Final = Size(width=390, height=844)
PC: Final = Size(width=1440, height=900)
TELEVISION: Final = Size(width=1920, height=1080)


def program() -> str | None:
    """Return the path of Chromium; None where there is none."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


class Chromium:
    """A Chromium without a screen. ``start``, use it within ``awake``, ``stop``.

    Playwright marks its event loop as this thread's running one for as long as it lives. Outside ``awake`` the mark is
    off: a test of another kind may follow, and could not use ``asyncio.run`` with it.
    """

    def __init__(self, executable: str, *flags: str) -> None:
        self._driver = sync_playwright()
        playwright = self._driver.__enter__()
        self._loop = asyncio.get_running_loop()
        self.browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-dev-shm-usage", *flags]
        )
        expect.set_options(timeout=PATIENCE_MS)
        asyncio._set_running_loop(None)

    @contextmanager
    def awake(self) -> Iterator[Browser]:
        """Yield the browser, for use by this thread."""
        asyncio._set_running_loop(self._loop)
        try:
            yield self.browser
        finally:
            asyncio._set_running_loop(None)

    def stop(self) -> None:
        """End it."""
        with self.awake() as browser:
            browser.close()
            self._driver.__exit__(None, None, None)


class Visits:
    """Opens pages of one server and keeps what went wrong on them."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.address = address
        self.faults: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._forgiven: list[re.Pattern[str]] = []

    def forgive(self, pattern: str) -> None:
        """Expect faults that match: a page that is refused on purpose tells its console so."""
        self._forgiven.append(re.compile(pattern))

    def context(self, size: Size = PC, **options: Any) -> BrowserContext:
        """Return a fresh profile: no cookie, nothing kept. ``options`` as Playwright's ``new_context`` takes them."""
        made = self._browser.new_context(
            **{
                "base_url": self.address,
                "viewport": size,
                "locale": "id-ID",
                "timezone_id": "Asia/Jakarta",
                "reduced_motion": "reduce",
                **options,
            }
        )
        made.set_default_timeout(PATIENCE_MS)
        self._contexts.append(made)
        return made

    def page(self, context: BrowserContext | None = None) -> Page:
        """Return an empty page of ``context``, watched."""
        page = (context or self.context()).new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", self._heard)
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"{message.location.get('url', '')}: {message.text}")

    def open(self, path: str, size: Size = PC, **options: Any) -> Page:
        """Open ``path`` in a fresh profile."""
        page = self.page(self.context(size, **options))
        page.goto(path)
        return page

    def close(self) -> None:
        """Close everything; raises AssertionError with what went wrong on any page and was not forgiven."""
        for context in self._contexts:
            context.close()
        left = [one for one in self.faults if not any(known.search(one) for known in self._forgiven)]
        assert not left, "on the pages of this test:\n" + "\n".join(left)


def clean(page: Page, **options: Any) -> None:
    """Fail with the list where axe-core finds something against WCAG on ``page`` as it is shown now."""
    found = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    lines = [
        f"{one['impact']}: {one['id']}: {one['help']}\n"
        + "\n".join(f"    {node['html']}\n    {node['failureSummary']}" for node in one["nodes"])
        for one in found
    ]
    assert not lines, f"axe-core on {page.url}:\n" + "\n".join(lines)


def picture(page: Page, name: str, **options: Any) -> None:
    """Keep a picture of ``page`` where somebody wants to look at it."""
    if folder := os.environ.get("ANJUNGAN_TEST_PICTURES"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", **options)
