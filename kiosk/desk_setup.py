"""From configuration to an open desk: the one place that puts store, press, site and paper together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk import store
from kiosk.desk import Compose, Desk, DeskOptions, site_zone
from kiosk.paper_roll import PaperRoll
from kiosk.server_link import Ties, open_link
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
WARM_UP_S: Final = 5.0
"""What loading the server's client may take; numbers come from the own band until it is there."""
KNOWN_FILE: Final = "printer.json"
"""What `printer detect` found out about this very unit."""


def open_desk(
    settings: Settings,
    state: Path,
    site_data: SiteData,
    clock: Clock,
    holiday: HolidayNames | None = None,
    ties: Ties | None = None,
) -> Desk:
    """Open store, press and desk on the calling thread, which then owns them. The caller closes the desk.

    Everything slow is loaded here (0.6 s), so that the first ticket is as quick as the second. ``holiday`` names the
    holidays where the caller knows them already; ``ties`` are those of a process that sends by itself. Raises
    StoreError, DeskError, PrinterError and SyncError.
    """
    link = open_link(settings, state, ties)
    press = open_press(settings, state)
    ledger = open_store(state, site_data, clock)
    try:
        if link is not None:
            set_right(clock, ledger)
        central = settings.kiosk.numbering == "central"
        desk = Desk(
            ledger,
            press,
            site_data.site,
            site_data.catalogue,
            clock,
            composer(site_data),
            DeskOptions(
                numbering=settings.kiosk.numbering,
                # Where the server counts, it gives the digit too: no other kiosk of the site has it.
                kiosk_digit=link.identity.kiosk_digit if central and link else settings.kiosk.kiosk_digit,
                ignore_hours=settings.kiosk.ignore_hours,
                server_url=link.url if link else settings.server.url,
            ),
            PaperRoll(state, settings.printer.roll_m),
            holiday,
            link,
        )
        desk.recover()
        _warm_up(desk)
        if link is not None and link.numbers is not None:
            link.numbers.warm_up(WARM_UP_S)
    except BaseException:
        if link is not None:
            link.close()
        ledger.close()
        raise
    return desk


def composer(site_data: SiteData) -> Compose:
    """Return what draws a ticket's paper for this site."""
    return lambda ticket, qr: ticket_slip(ticket, site_data, qr)


def set_right(clock: Clock, ledger: Store) -> None:
    """Tell ``clock`` what this machine's differs from the server's, as measured since it was started."""
    from kiosk.clock import SystemClock
    from kiosk.store import Outbox

    known = Outbox(ledger).state()
    offset = known.get("clock_offset_ms")
    if offset is not None and isinstance(clock, SystemClock) and known.get("clock_boot") == clock.boot()[0]:
        clock.correct(int(offset) / 1000)


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
