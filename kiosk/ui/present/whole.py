"""From a visit to everything the window shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from kiosk.core.visit import Screen, Visit
from kiosk.ui.context import Surroundings
from kiosk.ui.present.attract import AttractView, present_attract
from kiosk.ui.present.common import FrameView
from kiosk.ui.present.frame import present_frame
from kiosk.ui.present.lists import (
    AgenciesView,
    SearchView,
    ServicesView,
    present_agencies,
    present_search,
    present_services,
)
from kiosk.ui.present.overlays import (
    FaultView,
    HelpView,
    WarningView,
    present_fault,
    present_help,
    present_warning,
)
from kiosk.ui.present.sheet import SheetView, present_sheet
from kiosk.ui.present.ticket import (
    IssuingView,
    NotPrintedView,
    ResultView,
    present_issuing,
    present_not_printed,
    present_result,
)

Body: TypeAlias = (
    AttractView
    | AgenciesView
    | SearchView
    | ServicesView
    | SheetView
    | IssuingView
    | ResultView
    | NotPrintedView
    | FaultView
)


@dataclass(frozen=True)
class WholeView:
    """All that is on the glass: the screen's own view, the frame around it, what lies over it."""

    screen: Screen
    frame: FrameView
    body: Body
    help: HelpView | None = None
    warning: WarningView | None = None


def present(visit: Visit, around: Surroundings, waiting: bool = False) -> WholeView:
    """Return what the window shows for ``visit``. What the catalogue has no more falls back to the agencies."""
    screen = visit.screen
    body = _body(visit, around, waiting)
    if body is None:
        screen = Screen.AGENCIES if around.loaded else Screen.ATTRACT
        assert around.loaded is None or around.loaded.catalogue.agencies
        body = (
            present_agencies(visit, around, around.loaded)
            if around.loaded
            else present_attract(visit, around, True)
        )
    return WholeView(
        screen, present_frame(visit, around), body, present_help(visit, around), present_warning(visit)
    )


def _body(visit: Visit, around: Surroundings, waiting: bool) -> Body | None:
    loaded = around.loaded
    match visit.screen:
        case Screen.ATTRACT:
            return present_attract(visit, around, waiting)
        case Screen.FAULT:
            return present_fault(visit)
        case Screen.ISSUING:
            return present_issuing(visit, around)
        case _ if loaded is None:
            return None
        case Screen.AGENCIES:
            return present_agencies(visit, around, loaded)
        case Screen.SERVICES:
            return present_services(visit, around, loaded)
        case Screen.SEARCH:
            return present_search(visit, around, loaded)
        case Screen.SHEET:
            return present_sheet(visit, around, loaded)
        case Screen.RESULT:
            return present_result(visit, around, loaded)
        case Screen.NOT_PRINTED:
            return present_not_printed(visit, around, loaded)
