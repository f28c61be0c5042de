"""What watches the pages in a browser sees what it should."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.browser import Chromium, Visits, clean
from tests.support.live_server import LiveServer

pytestmark = pytest.mark.browser


async def _number() -> int:
    return 7


def test_a_page_at_fault_fails_its_test(chromium: Chromium, pages_server: LiveServer) -> None:
    with chromium.awake() as browser:
        visits = Visits(browser, pages_server.address)
        visits.forgive(r"status of 404")
        page = visits.open("/t/unknown-but-of-the-right-length")
        page.evaluate("document.body.append(Object.assign(document.createElement('img'), {src: 'data:,x'}))")
        with page.expect_event("pageerror"):
            page.evaluate("setTimeout(() => { throw new Error('a slip') }, 0)")
        with pytest.raises(AssertionError, match="image-alt"):
            clean(page)
        with pytest.raises(AssertionError, match="Content Security Policy") as told:
            visits.close()
    assert "a slip" in str(told.value)
    assert "404" not in str(told.value)


def test_other_tests_may_run_a_loop_of_their_own(chromium: Chromium) -> None:
    assert asyncio.run(_number()) == 7
    with chromium.awake() as browser:
        assert browser.is_connected()
    assert asyncio.run(_number()) == 7
