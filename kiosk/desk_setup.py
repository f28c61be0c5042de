"""From configuration to an open desk: the one place that puts store, press, site and paper together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk import store
from kiosk.desk import Desk, DeskOptions, site_zone
from kiosk.paper_roll import PaperRoll
from kiosk.store import Store
from kiosk.ticket_slip import ticket_slip

if TYPE_CHECKING:
    from kiosk.clock import Clock
    from kiosk.core.availability import HolidayNames
    from kiosk.settings import Settings
    from kiosk.site import SiteData
    from printer.connect import Address
    from printer.press import Press

PAPER_FOLDER: Final = "paper"
"""Where the virtual printer puts its papers, below the state folder."""
KNOWN_FILE: Final = "printer.json"
"""What `printer detect` found out about this very unit."""


def open_desk(
    settings: Settings, state: Path, site_data: SiteData, clock: Clock, holiday: HolidayNames | None = None
) -> Desk:
    """Open store, press and desk on the calling thread, which then owns them. The caller closes the desk.

    Everything slow is loaded here (0.6 s), so that the first ticket is as quick as the second. ``holiday`` names the
    holidays where the caller knows them already. Raises StoreError, DeskError and PrinterError.
    """
    press = open_press(settings, state)
    ledger = open_store(state, site_data, clock)
    try:
        desk = Desk(
            ledger,
            press,
            site_data.site,
            site_data.catalogue,
            clock,
            lambda ticket, qr: ticket_slip(ticket, site_data, qr),
            DeskOptions(
                numbering=settings.kiosk.numbering,
                kiosk_digit=settings.kiosk.kiosk_digit,
                ignore_hours=settings.kiosk.ignore_hours,
                server_url=settings.server.url,
            ),
            PaperRoll(state, settings.printer.roll_m),
            holiday,
        )
        desk.recover()
        _warm_up(desk)
    except BaseException:
        ledger.close()
        raise
    return desk


def open_store(state: Path, site_data: SiteData, clock: Clock) -> Store:
    """Open the store in the state folder. Raises StoreError."""
    return Store.open(state / store.NAME, clock, site_zone(site_data.site))


def open_press(settings: Settings, state: Path) -> Press:
    """Return the press of the configuration. Raises PrinterError."""
    from printer.connect import press_for

    printer = settings.printer
    return press_for(
        printer.transport,
        address_of(settings),
        profile=printer.profile,
        deadline_s=printer.deadline_s,
        paper_dir=state / PAPER_FOLDER,
        known_file=state / KNOWN_FILE,
        on_paper=PaperRoll(state, printer.roll_m).add,
    )


def address_of(settings: Settings) -> Address:
    """Return where the configured printer is."""
    from printer.connect import Address

    printer = settings.printer
    return Address(printer.host, printer.port, printer.device, printer.baudrate, printer.flow)


def _warm_up(desk: Desk) -> None:
    from printer.encode import warm_up

    warm_up()
    desk.all_counts()
    desk.availability(desk.catalogue.services[0].code)  # loads the holidays
