"""A call for staff, from the desk to the alert at a real server and back; and a list that leads to its page."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from contextlib import closing

from sqlalchemy import select

from kiosk.core.take_home import page_address
from kiosk.desk_setup import open_desk
from kiosk.sync_service import SyncService
from server.db.models import Alert
from tests.sync.conftest import WIB, Central, Unit, until


def test_a_call_is_told_when_the_server_has_it(central: Central, new_unit: Callable[..., Unit]) -> None:
    unit = new_unit()
    unit.enrol(central)
    service = SyncService(unit.settings, unit.state, unit.clock, WIB)
    service.start()
    try:
        with closing(
            open_desk(unit.settings, unit.state, unit.site, unit.clock, None, service.ties())
        ) as desk:
            event = desk.call_staff("sheet", "id")
            until(lambda: desk.store.is_acknowledged(event), "the server to have the call")
            address = page_address(desk.server_url, unit.site.site.id, "C01", "en")
    finally:
        assert service.stop(10.0)
    alerts = central.database.read(lambda session: list(session.scalars(select(Alert.kind))))
    assert alerts.count("staff.called") == 1
    with urllib.request.urlopen(address, timeout=10) as page:
        assert b"What to bring" in page.read()
