"""One real window for the tests of this folder; each panel is a resize of it (Kivy has one GL context a process)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk import settings
from kiosk.ui import env
from kiosk.ui.glass import picture
from tests.support.gallery import PANELS
from tests.support.loop import started, turn

SIDE = 1920


class Glass:
    """A stage on the real window, at one panel's size."""

    def __init__(self, panel: str) -> None:
        from kiosk.ui.stage import Stage

        self.panel = panel
        self.width, self.height, diagonal = PANELS[panel]
        self.events: list[Any] = []
        self._loop, self.window = started(self.width, self.height)
        self.stage = Stage(self.events.append, diagonal)
        self.window.add_widget(self.stage)
        self.stage.resize(self.width, self.height)

    def show(self, view: Any) -> None:
        """Show ``view`` and draw it."""
        self.stage.show(view)
        self.frames(1)

    def frames(self, count: int) -> None:
        """Let the loop turn ``count`` times."""
        turn(self._loop, count)

    def pixels(self) -> Any:
        """Return what is on the glass as a Pillow image, top row first."""
        return picture(self.window)

    def close(self) -> None:
        """Take the stage off the window."""
        self.window.remove_widget(self.stage)


@pytest.fixture(scope="session", autouse=True)
def _prepared() -> None:
    env.prepare(settings.load(environ={}), (SIDE, SIDE))


@pytest.fixture(params=PANELS)
def glass(request: pytest.FixtureRequest) -> Iterator[Glass]:
    """A stage at each panel in turn."""
    it = Glass(request.param)
    yield it
    it.close()


@pytest.fixture
def pictures() -> Path | None:
    """Where the walker leaves its pictures, when a person asks for them."""
    import os

    named = os.environ.get("ANJUNGAN_TEST_PICTURES")
    return Path(named) if named else None


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Any]:
    """Opens whole kiosks, one at a time, and closes what a test left open."""
    from tests.support.kiosk_window import Kiosk

    opened: list[Kiosk] = []

    def open_kiosk(**kwargs: Any) -> Kiosk:
        kwargs.setdefault("state", tmp_path / "state")
        opened.append(Kiosk(**kwargs))
        return opened[-1]

    yield open_kiosk
    for it in opened:
        it.close()
